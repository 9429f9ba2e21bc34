/* Tries, from inside the sandbox, what a taken-over process would try. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *dir;

static void *nothing(void *data) {
  return data;
}

static int inside(void) {
  SandboxState state;
  if (!sandbox_enter(dir, &state, NULL))
    return 1;
  if (!state.seccomp)
    return 77; /* a sanitizer's build */
  if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM ||
      socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
    return 2;
  char *argv[] = {(char *)"/bin/true", NULL};
  execv(argv[0], argv);
  if (errno != EPERM)
    return 3;
  if (fork() >= 0)
    return 4;
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 || kill(getppid(), 0) == 0)
    return 5;
  int own = openat(AT_FDCWD, g_build_filename(dir, "own", NULL), O_CREAT | O_RDWR, 0600);
  if (own < 0 || write(own, "x", 1) != 1)
    return 6;
  if (state.landlock && (open("/etc/passwd", O_RDONLY) >= 0 ||
                         open("/tmp/yishi-outside", O_CREAT | O_WRONLY, 0600) >= 0))
    return 7;
  g_thread_join(g_thread_new("works", nothing, NULL));
  return 0;
}

static int inside_pure(void) {
  SandboxState state;
  int ends[2];
  char byte;
  if (pipe(ends) != 0 || !sandbox_enter_pure(512 << 20, 1 << 20, 5, &state, NULL))
    return 1;
  if (!state.seccomp)
    return 77;
  if (write(ends[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 1)
    return 2;
  if (open("/etc/passwd", O_RDONLY) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || dup(0) >= 0)
    return 3;
  char *argv[] = {(char *)"/bin/true", NULL};
  execv(argv[0], argv);
  if (errno != EPERM || fork() >= 0 || kill(getppid(), 0) == 0)
    return 4;
  return 0;
}

/* What becomes another program has files and threads; nobody outside, and no process. */
static int inside_program(void) {
  SandboxState state;
  if (!sandbox_enter_program(dir, 2048u << 20, 1 << 20, 5, &state, NULL))
    return 1;
  if (!state.seccomp)
    return 77;
  struct sockaddr_un place = {.sun_family = AF_UNIX, .sun_path = "/run/nobody"};
  int stream = socket(AF_UNIX, SOCK_STREAM, 0);
  if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_DGRAM, 0) >= 0 ||
      connect(stream, (struct sockaddr *)&place, sizeof place) == 0 || errno != EPERM)
    return 2;
  if (fork() >= 0 || kill(getppid(), 0) == 0)
    return 3;
  g_autofree char *own = g_build_filename(dir, "own", NULL);
  if (open(own, O_CREAT | O_RDWR, 0600) < 0 || open("/usr/bin/env", O_RDONLY) < 0)
    return 4;
  if (state.landlock &&
      (open("/etc/shadow", O_RDONLY) >= 0 || open("/etc/hostname", O_RDONLY) >= 0 ||
       open("/tmp/yishi-outside", O_CREAT | O_WRONLY, 0600) >= 0 || open("/tmp", O_RDONLY) >= 0))
    return 5;
  g_thread_join(g_thread_new("works", nothing, NULL));
  char *argv[] = {(char *)"/usr/bin/true", NULL};
  execv(argv[0], argv); /* it became that */
  return 6;
}

static void try_inside(int (*function)(void)) {
  pid_t child = fork();
  if (child == 0)
    _exit(function());
  int status = 0;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77)
    g_test_skip("built with a sanitizer");
  else
    g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

static void test_refused(void) {
  try_inside(inside);
}

static void test_pure(void) {
  try_inside(inside_pure);
}

static void test_program(void) {
  try_inside(inside_program);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *made = g_dir_make_tmp("yishi-sandbox-XXXXXX", NULL);
  g_autofree char *own = g_build_filename(made, "own", NULL);
  dir = made;
  g_test_add_func("/sandbox/refused", test_refused);
  g_test_add_func("/sandbox/pure", test_pure);
  g_test_add_func("/sandbox/program", test_program);
  int result = g_test_run();
  g_unlink(own);
  g_rmdir(made);
  return result;
}
