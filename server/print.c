#include "print.h"

#include <glib.h>
#include <string.h>

#include "api/openapi.h"
#include "base/config.h"
#include "domain/print.h"
#include "domain/subjects.h"
#include "front/protocol.h"
#include "model/model.h"

/* %s: the subject. */
static const Print prints[] = {
    {"config", "every key with its default and meaning", NULL, config_document},
    {"rights", "who may what: role, scope, state and verb, and what it is", NULL, subjects_rights},
    {"web", "the list of the subjects, for pages that show all", "web/src/domain/subjects.ts",
     subjects_web},
    {"web-rights", "which roles hold a verb, for its buttons", "web/src/domain/rights.ts",
     subjects_web_rights},
    {"web/%s", "what its pages know of it", "web/src/domain/%s/gen.ts", .text_of = subject_web},
    {"api", "the types of the API beside the records, for the page", "web/src/sdk/api.gen.ts",
     openapi_types},
    {"protocol", "the tables of the signalling protocol", "server/PROTOCOL.md", protocol_tables},
    {"messages", "the same for the page", "web/src/sdk/messages.gen.ts", protocol_types},
};

static char *filled(const char *text, const char *subject) {
  g_auto(GStrv) parts = g_strsplit(text ? text : "", "%s", -1);
  return text ? g_strjoinv(subject, parts) : NULL;
}

static void add_each(GArray *all, const Print *print, const Model *model) {
  for (unsigned i = 0; i < model_count(model); i++) {
    Print one = *print;
    one.subject = model_info(model, i)->subject->name;
    one.what = filled(print->what, one.subject);
    one.file = filled(print->file, one.subject);
    g_array_append_val(all, one);
  }
}

const Print *print_all(void) {
  static GArray *all;
  if (all)
    return &g_array_index(all, Print, 0);
  g_autoptr(Model) model = subjects_model();
  all = g_array_new(TRUE, FALSE, sizeof(Print));
  for (unsigned i = 0; i < G_N_ELEMENTS(prints); i++)
    if (prints[i].text_of)
      add_each(all, &prints[i], model);
    else
      g_array_append_val(all, prints[i]);
  return &g_array_index(all, Print, 0);
}

char *print_text(const Print *print) {
  return print->text_of ? print->text_of(print->subject) : print->text();
}

const Print *print_find(const char *what) {
  for (const Print *print = print_all(); print->what; print++)
    if (strcmp(print->what, what) == 0)
      return print;
  return NULL;
}

char *print_help(void) {
  GString *lines = g_string_new("What --print prints:\n");
  for (const Print *print = print_all(); print->what; print++)
    g_string_append_printf(lines, "  %-12s %s\n", print->what, print->meaning);
  return g_string_free(lines, FALSE);
}
