/* Tries, from inside the sandbox, what a taken-over process would try. */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *dir, *outside; /* a folder, and a file beside it */

static void *nothing(void *data) {
  return data;
}

/* Its own limits, which libc asks about, and nobody else's: a bound on processor time would end the
 * server. */
static bool limits_others(void) {
  struct rlimit own, hour = {3600, 3600};
  return getrlimit(RLIMIT_NOFILE, &own) != 0 || prlimit(getppid(), RLIMIT_CPU, &hour, NULL) == 0;
}

/* Streams that are each other's; a datagram could be sent to any of this machine by its name. */
static bool reaches_by_pair(void) {
  int ends[2];
  return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0 ||
         socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0 ||
         socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0;
}

/* They are answered as if they had been, since an office suite asks for it. */
static bool changes_outside(const char *file) {
  static const struct timespec none[2] = {{0}};
  struct stat facts;
  bool answered = chmod(file, 0) == 0 && fchmodat(AT_FDCWD, file, 0, 0) == 0 &&
                  utimensat(AT_FDCWD, file, none, 0) == 0;
  return !answered || stat(file, &facts) != 0 || (facts.st_mode & 0777) != 0600 ||
         facts.st_mtim.tv_sec == 0;
}

/* A file that it has may be given rights. */
static bool changes_own(const char *file) {
  struct stat facts;
  int own = open(file, O_CREAT | O_RDWR, 0600);
  return own >= 0 && fchmod(own, 0640) == 0 && fstat(own, &facts) == 0 &&
         (facts.st_mode & 0777) == 0640;
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
  if (reaches_by_pair() || limits_others())
    return 8;
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
  if (!changes_own(own) || open("/usr/bin/env", O_RDONLY) < 0)
    return 4;
  if (state.landlock &&
      (open("/etc/shadow", O_RDONLY) >= 0 || open("/etc/hostname", O_RDONLY) >= 0 ||
       open("/tmp/yishi-outside", O_CREAT | O_WRONLY, 0600) >= 0 || open("/tmp", O_RDONLY) >= 0))
    return 5;
  if (changes_outside(outside))
    return 6;
  if (limits_others())
    return 7;
  if (reaches_by_pair())
    return 8;
  g_thread_join(g_thread_new("works", nothing, NULL));
  char *argv[] = {(char *)"/usr/bin/true", NULL};
  execv(argv[0], argv); /* it became that */
  return 9;
}

/* A kernel without Landlock, as far as this process can tell. */
static bool take_landlock_away(void) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  bool taken =
      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
      seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SYS_landlock_create_ruleset, 0) == 0 &&
      seccomp_load(filter) == 0;
  seccomp_release(filter);
  return taken;
}

/* The recorder does without, another program is not run. */
static int inside_without_landlock(void) {
  SandboxState state;
  g_autoptr(GError) error = NULL;
  if (!take_landlock_away())
    return 1;
  if (sandbox_enter_program(dir, 2048u << 20, 1 << 20, 5, &state, &error))
    return state.seccomp ? 2 : 77;
  if (!error || state.landlock || sandbox_can_hold_program())
    return 3;
  return sandbox_enter(dir, &state, NULL) && !state.landlock ? 0 : 4;
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

static void test_without_landlock(void) {
  try_inside(inside_without_landlock);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autofree char *made = g_dir_make_tmp("yishi-sandbox-XXXXXX", NULL);
  g_autofree char *own = g_build_filename(made, "own", NULL);
  g_autofree char *beside = g_strconcat(made, "-beside", NULL);
  int file = open(beside, O_CREAT | O_WRONLY, 0600);
  g_assert_cmpint(file, >=, 0);
  close(file);
  dir = made;
  outside = beside;
  g_test_add_func("/sandbox/refused", test_refused);
  g_test_add_func("/sandbox/pure", test_pure);
  g_test_add_func("/sandbox/program", test_program);
  g_test_add_func("/sandbox/without_landlock", test_without_landlock);
  int result = g_test_run();
  g_unlink(own);
  g_unlink(beside);
  g_rmdir(made);
  return result;
}
