#include "api/filling.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "api/transit.h"
#include "api/worker.h"

#define FILLING_MOST_S 30
#define STATUS_REFUSED 3   /* papers/main.c */
#define REFUSAL_MOST 16384 /* bytes of what it says then */
#define NAMES_CHARS_MOST 500

void filling_clear(Filling *filling) {
  if (filling->in)
    g_unlink(filling->in);
  if (filling->out)
    g_unlink(filling->out);
  g_clear_pointer(&filling->in, g_free);
  g_clear_pointer(&filling->out, g_free);
}

bool filling_prepare(Filling *filling, const Config *config, const json_t *data, GBytes *template,
                     GError **error) {
  gsize size;
  const char *bytes = g_bytes_get_data(template, &size);
  g_autoptr(GString) text = g_string_new(NULL);
  filling->in = transit_path(config, ".form", error);
  filling->out = filling->in ? transit_path(config, ".docx", error) : NULL;
  if (!filling->out)
    return false;
  char *line = json_dumps(data, JSON_COMPACT);
  g_string_append(text, line);
  free(line);
  g_string_append_c(text, '\n');
  g_string_append_len(text, bytes, (gssize)size);
  return g_file_set_contents_full(filling->in, text->str, (gssize)text->len,
                                  G_FILE_SET_CONTENTS_NONE, 0600, error);
}

bool filling_run(Filling *filling, ApiContext *context, void (*done)(void *, int, const GError *),
                 void *user) {
  g_autofree char *program =
      worker_program(context->config->paper_program, "yishi-paper", "papers");
  Worker worker = {
      .program = program, .in = filling->in, .out = filling->out, .most_s = FILLING_MOST_S};
  return workers_run(context->workers, &worker, done, user);
}

/* The program may have been taken over by what it read: one of the codes that there are, and
 * texts. */
static bool say_why(const json_t *why, Problem *problem) {
  static const char *const faults[][2] = {{"unreadable", "paper_template.unreadable"},
                                          {"encrypted", "paper_template.encrypted"},
                                          {"too_large", "paper_template.too_large"},
                                          {"foreign", "paper_template.foreign"},
                                          {"unknown", "paper_template.unknown"}};
  const char *fault = json_string_value(json_object_get(why, "fault"));
  const json_t *names = json_object_get(why, "names");
  g_autoptr(GString) text = g_string_new(NULL);
  for (size_t i = 0; i < json_array_size(names) && text->len < NAMES_CHARS_MOST; i++)
    g_string_append_printf(text, "%s%s", i ? "、" : "",
                           json_string_value(json_array_get(names, i)));
  for (unsigned i = 0; fault && i < G_N_ELEMENTS(faults); i++)
    if (strcmp(fault, faults[i][0]) == 0)
      return problem_say(problem, 422, faults[i][1],
                         *text->str ? json_pack("{s:s}", "names", text->str) : NULL);
  return problem_say(problem, 500, "paper_template.failed", NULL);
}

bool filling_fine(const Filling *filling, int status, Problem *problem) {
  g_autofree char *text = NULL;
  gsize size = 0;
  GStatBuf facts;
  if (status == 0)
    return true;
  bool told = status == STATUS_REFUSED && g_stat(filling->out, &facts) == 0 &&
              facts.st_size < REFUSAL_MOST && g_file_get_contents(filling->out, &text, &size, NULL);
  json_t *why = told ? json_loadb(text, size, 0, NULL) : NULL;
  say_why(why, problem);
  json_decref(why);
  return false;
}
