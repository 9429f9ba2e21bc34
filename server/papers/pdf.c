/* yishi-pdf CONVERTER FOLDER: makes FOLDER/form.pdf of FOLDER/form.docx by LibreOffice, whose own
 * program CONVERTER is. It is locked in (sandbox_enter_program), or does not run: it reads what is
 * installed, writes in FOLDER alone, and reaches nobody. Nothing else than form.pdf is left there.
 * It runs for one document. */
#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "papers-fonts.h"
#include "sandbox/sandbox.h"

/* Of a document of ours it takes two seconds, 220 MB of memory, and much more of addresses. */
#define MEMORY_MOST (4ull << 30)
#define FILE_MOST (64u << 20)
#define CPU_MOST_S 60
#define STATUS_AGAIN 81 /* it has made its profile, and wants to be started again */
#define FONTS "fonts.conf"
#define MADE "form.pdf"
#define NICER 10
#define FOLDERS_OPEN_MOST 16 /* while they are emptied */

/* In a process of its own, which ends with this one. */
static void become_converter(char *converter, char *folder, pid_t parent) {
  g_autoptr(GError) error = NULL;
  SandboxState state;
  g_autofree char *in = g_build_filename(folder, "form.docx", NULL);
  g_autofree char *place = g_filename_to_uri(folder, NULL, NULL);
  g_autofree char *profile = g_strdup_printf("-env:UserInstallation=%s/profile", place);
  g_autofree char *home = g_strconcat("HOME=", folder, NULL);
  g_autofree char *temporary = g_strconcat("TMPDIR=", folder, NULL);
  g_autofree char *fonts = g_strdup_printf("FONTCONFIG_FILE=%s/" FONTS, folder);
  char *environment[] = {home, temporary, fonts, "SAL_USE_VCLPLUGIN=svp", "LC_ALL=C.UTF-8", NULL};
  char *arguments[] = {
      converter, "--headless",   "--norestore", "--nologo", "--nolockcheck", "--nodefault",
      profile,   "--convert-to", "pdf",         "--outdir", folder,          in,
      NULL};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent ||
      !sandbox_enter_program(folder, MEMORY_MOST, FILE_MOST, CPU_MOST_S, &state, &error)) {
    fprintf(stderr, "yishi-pdf: %s\n", error ? error->message : "left alone");
    return;
  }
  execve(converter, arguments, environment);
  perror("yishi-pdf");
}

/* What it ended with; -1: it died. */
static int convert(char *converter, char *folder) {
  pid_t self = getpid(), child = fork();
  int status = 0;
  if (child == 0) {
    become_converter(converter, folder, self);
    _exit(EXIT_FAILURE);
  }
  while (child > 0 && waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return -1;
  return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int remove_other(const char *path, const struct stat *facts, int kind, struct FTW *at) {
  bool stays = at->level == 0 || (at->level == 1 && strcmp(path + at->base, MADE) == 0);
  if (!stays && remove(path) != 0)
    errno = 0; /* whoever removes the folder will see it */
  return 0;
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  char *folder = argc == 3 ? realpath(argv[2], NULL) : NULL;
  if (!folder || chdir(folder) != 0) {
    fprintf(stderr, "usage: yishi-pdf CONVERTER FOLDER\n");
    return EXIT_FAILURE;
  }
  if (!g_file_set_contents(FONTS, fonts_conf, -1, &error)) {
    fprintf(stderr, "yishi-pdf: %s\n", error->message);
    return EXIT_FAILURE;
  }
  if (nice(NICER) < 0) /* a meeting goes first; or as it is */
    errno = 0;
  int status = convert(argv[1], folder);
  if (status == STATUS_AGAIN)
    status = convert(argv[1], folder);
  nftw(folder, remove_other, FOLDERS_OPEN_MOST, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
  free(folder);
  return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
