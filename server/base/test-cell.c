#include "base/cell.h"

#include <string.h>

static void holds(const char *text, const char *cell) {
  g_autoptr(GString) csv = g_string_new(NULL);
  cell_append(csv, text);
  g_assert_cmpstr(csv->str, ==, cell);
}

static void test_quotes(void) {
  holds("", "\"\"");
  holds("李明", "\"李明\"");
  holds("a \"b\", c\n", "\"a \"\"b\"\", c\n\"");
}

static void test_formulas(void) {
  holds("=1+1", "\"'=1+1\"");
  holds("+86", "\"'+86\"");
  holds("-1", "\"'-1\"");
  holds("@sum", "\"'@sum\"");
  holds("\t=1", "\"'\t=1\"");
  holds("\r=1", "\"'\r=1\"");
  holds("＝1", "\"'＝1\"");
  holds("1=1", "\"1=1\"");
  holds("'tis", "\"'tis\"");
}

/* Whatever is written is read back. */
static void test_back(void) {
  static const char *const texts[] = {"",  "a",  "=a", "'=a", "''=a", "'a",   "'",    "''",
                                      "-", "'-", "\t", "＋1", "'＋1", "a'=b", "'''@", "=\"x"};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autoptr(GString) csv = g_string_new(NULL);
    cell_append(csv, texts[i]);
    g_autofree char *inside = g_strndup(csv->str + 1, csv->len - 2);
    g_auto(GStrv) parts = g_strsplit(inside, "\"\"", -1);
    g_autofree char *cell = g_strjoinv("\"", parts);
    g_assert_cmpstr(cell_bare(cell), ==, texts[i]);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/cell/quotes", test_quotes);
  g_test_add_func("/cell/formulas", test_formulas);
  g_test_add_func("/cell/back", test_back);
  return g_test_run();
}
