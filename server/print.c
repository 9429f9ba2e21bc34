#include "print.h"

#include <glib.h>
#include <string.h>

#include "base/config.h"

const Print prints[] = {
    {"config", "every key with its default and meaning", NULL, config_document},
    {0},
};

const Print *print_find(const char *what) {
  for (const Print *print = prints; print->what; print++)
    if (strcmp(print->what, what) == 0)
      return print;
  return NULL;
}

char *print_help(void) {
  GString *lines = g_string_new("What --print prints:\n");
  for (const Print *print = prints; print->what; print++)
    g_string_append_printf(lines, "  %-10s %s\n", print->what, print->meaning);
  return g_string_free(lines, FALSE);
}
