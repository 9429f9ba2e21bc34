/* yishi-paper: fills a template (paper.h). Its standard input is a line of JSON, what it is filled
 * with, and behind it the bytes of the template; its standard output, which may be a file, is the
 * document. When that cannot be, it ends with STATUS_REFUSED and has written why instead:
 * {"fault":"unknown","names":["nam"]}. Any other end says that it died. It runs for one document,
 * locked in (sandbox.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "paper.h"
#include "sandbox/sandbox.h"

#define STATUS_REFUSED 3
#define INPUT_MOST ((16u << 20) + PAPER_TEMPLATE_MOST)
#define OUTPUT_MOST (64u << 20)
#define MEMORY_MOST (768ull << 20)
#define CPU_MOST_S 20
#define NAMES_MOST 50 /* that are told */

static bool read_input(GByteArray *bytes) {
  guint8 chunk[65536];
  for (;;) {
    ssize_t size = read(STDIN_FILENO, chunk, sizeof chunk);
    if (size < 0 && errno == EINTR)
      continue;
    if (size <= 0)
      return size == 0;
    if (bytes->len + (size_t)size > INPUT_MOST)
      return false;
    g_byte_array_append(bytes, chunk, (guint)size);
  }
}

static int refuse(PaperFault fault, const GPtrArray *names) {
  json_t *list = json_array();
  for (unsigned i = 0; i < MIN(names->len, NAMES_MOST); i++)
    json_array_append_new(list, json_string(names->pdata[i]));
  json_t *why = json_pack("{s:s, s:o}", "fault", paper_fault_name(fault), "names", list);
  bool fine = json_dumpf(why, stdout, JSON_COMPACT) == 0 && fflush(stdout) == 0;
  json_decref(why);
  return fine ? STATUS_REFUSED : EXIT_FAILURE;
}

static int write_out(const GByteArray *out) {
  return fwrite(out->data, 1, out->len, stdout) == out->len && fflush(stdout) == 0 ? EXIT_SUCCESS
                                                                                   : EXIT_FAILURE;
}

int main(void) {
  g_autoptr(GByteArray) in = g_byte_array_new(), out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  SandboxState state;
  paper_prepare();
  if (!sandbox_enter_pure(MEMORY_MOST, OUTPUT_MOST, CPU_MOST_S, &state, &error)) {
    fprintf(stderr, "yishi-paper: %s\n", error->message);
    return EXIT_FAILURE;
  }
  if (!read_input(in))
    return refuse(PAPER_TOO_LARGE, names);
  const guint8 *line = memchr(in->data, '\n', in->len);
  json_t *data =
      line ? json_loadb((const char *)in->data, (size_t)(line - in->data), 0, NULL) : NULL;
  if (!data)
    return EXIT_FAILURE;
  PaperFault fault =
      paper_fill(line + 1, (size_t)(in->data + in->len - line - 1), data, out, names);
  json_decref(data);
  return fault == PAPER_FINE ? write_out(out) : refuse(fault, names);
}
