/* What stands in the source tree and is printed by the program is what it prints. `test-print
 * --refresh` writes the files anew. */
#include "print.h"

#include <glib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Where the printed part of a file begins and how long it is: all of it when it has no such lines.
 * false: one of the two lines is missing. */
static bool find_part(const char *file, const char *what, size_t *at, size_t *length) {
  g_autofree char *begin = g_strdup_printf(PRINT_BEGIN "\n", what);
  g_autofree char *end = g_strdup_printf(PRINT_END "\n", what);
  const char *from = strstr(file, begin), *to = strstr(file, end);
  *at = from ? (size_t)(from - file) + strlen(begin) : 0;
  *length = to ? (size_t)(to - file) - *at : strlen(file);
  return !from == !to && (!from || from < to);
}

static char *path_of(const Print *print) {
  return g_build_filename(SOURCE_FOLDER, print->file, NULL);
}

/* The file as it should be, or NULL. */
static char *renewed(const Print *print, const char *file) {
  size_t at, length;
  if (!find_part(file, print->what, &at, &length))
    return NULL;
  g_autofree char *text = print_text(print);
  return g_strdup_printf("%.*s%s%s", (int)at, file, text, file + at + length);
}

static void test_file(const void *data) {
  const Print *print = data;
  g_autofree char *path = path_of(print), *file = NULL;
  g_assert_true(g_file_get_contents(path, &file, NULL, NULL));
  g_autofree char *wanted = renewed(print, file);
  if (!wanted)
    g_test_fail_printf("%s: only one of the two lines around `yishid --print %s`", print->file,
                       print->what);
  else if (strcmp(file, wanted) != 0)
    g_test_fail_printf("%s is not what `yishid --print %s` prints; %s --refresh writes it anew",
                       print->file, print->what, g_get_prgname());
}

/* Names are looked up, and each prints lines. */
static void test_names(void) {
  g_assert_null(print_find("nothing"));
  g_autofree char *help = print_help();
  for (const Print *print = print_all(); print->what; print++) {
    g_assert_true(print_find(print->what) == print);
    g_autofree char *text = print_text(print);
    g_assert_true(g_str_has_suffix(text, "\n"));
    g_assert_nonnull(strstr(help, print->meaning));
  }
}

static void test_part(void) {
  size_t at, length;
  g_assert_true(find_part("all\nof it\n", "x", &at, &length));
  g_assert_cmpuint(at, ==, 0);
  g_assert_cmpuint(length, ==, 10);
  g_assert_true(find_part("a\n<!-- yishid --print x: -->\nin\n<!-- :yishid --print x -->\nb\n", "x",
                          &at, &length));
  g_assert_cmpuint(at, ==, 29);
  g_assert_cmpuint(length, ==, 3);
  g_assert_false(find_part("a\n<!-- yishid --print x: -->\nin\n", "x", &at, &length));
  g_assert_false(
      find_part("<!-- :yishid --print x -->\n<!-- yishid --print x: -->\n", "x", &at, &length));
}

static int refresh(void) {
  for (const Print *print = print_all(); print->what; print++) {
    if (!print->file)
      continue;
    g_autofree char *path = path_of(print), *file = NULL;
    g_autofree char *text =
        g_file_get_contents(path, &file, NULL, NULL) ? renewed(print, file) : print_text(print);
    g_autofree char *folder = g_path_get_dirname(path);
    g_mkdir_with_parents(folder, 0755); /* of a new subject; what fails shows below */
    if (!text || !g_file_set_contents(path, text, -1, NULL)) {
      g_printerr("%s: not written\n", path);
      return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--refresh") == 0)
    return refresh();
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/print/names", test_names);
  g_test_add_func("/print/part", test_part);
  for (const Print *print = print_all(); print->what; print++) {
    g_autofree char *path = g_strconcat("/print/file/", print->what, NULL);
    if (print->file)
      g_test_add_data_func(path, print, test_file);
  }
  return g_test_run();
}
