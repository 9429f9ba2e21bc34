/* yishi-thumbnail: makes a thumbnail (thumbnail.h) of the picture on its standard input, which must
 * be a file, on its standard output, which may be one. When there is none to be made of it, it ends
 * with STATUS_REFUSED and has written nothing. Any other end says that it died. It runs for one
 * picture, locked in (sandbox.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "thumbnail.h"

#define STATUS_REFUSED 3
#define INPUT_MOST (50u << 20) /* as large as attachments may be */
#define OUTPUT_MOST (1u << 20)
/* The picture as it came, its pixels, and of a progressive JPEG its coefficients. */
#define MEMORY_MOST (1ull << 30)
#define CPU_MOST_S 20
#define NICER 10 /* a meeting goes first */

static int make(const void *bytes, size_t size) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  if (thumbnail_make(bytes, size, out) != THUMBNAIL_FINE)
    return STATUS_REFUSED;
  return fwrite(out->data, 1, out->len, stdout) == out->len && fflush(stdout) == 0 ? EXIT_SUCCESS
                                                                                   : EXIT_FAILURE;
}

int main(void) {
  g_autoptr(GError) error = NULL;
  SandboxState state;
  struct stat facts;
  thumbnail_prepare();
  if (nice(NICER) < 0) /* or as it is */
    errno = 0;
  if (fstat(STDIN_FILENO, &facts) != 0 || facts.st_size <= 0 || facts.st_size > INPUT_MOST)
    return STATUS_REFUSED;
  void *bytes = mmap(NULL, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0);
  if (bytes == MAP_FAILED)
    return EXIT_FAILURE;
  if (!sandbox_enter_pure(MEMORY_MOST, OUTPUT_MOST, CPU_MOST_S, &state, &error)) {
    fprintf(stderr, "yishi-thumbnail: %s\n", error->message);
    return EXIT_FAILURE;
  }
  return make(bytes, (size_t)facts.st_size);
}
