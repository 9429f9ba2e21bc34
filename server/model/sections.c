#include "model/sections.h"

#include <string.h>

static const char *const kinds[] = {
    [SECTION_ROW] = "row",       [SECTION_SCOPE] = "scope", [SECTION_WHERE] = "where",
    [SECTION_FILTER] = "filter", [SECTION_SORT] = "sort",   [SECTION_COUNT] = "count",
    [SECTION_GET] = "get",       [SECTION_ROWS] = "rows",   [SECTION_PEOPLE] = "people",
    [SECTION_SEARCH] = "search", [SECTION_RUN] = "run",
};

static void clear_section(void *pointer) {
  Section *section = pointer;
  g_free(section->name);
  g_free(section->text);
}

void sections_clear(Sections *sections) {
  g_clear_pointer(&sections->items, g_array_unref);
}

const char *sections_find(const Sections *sections, SectionKind kind, const char *name) {
  for (unsigned i = 0; i < sections->items->len; i++) {
    const Section *section = &g_array_index(sections->items, Section, i);
    if (section->kind == kind && strcmp(section->name, name ? name : "") == 0)
      return section->text;
  }
  return NULL;
}

static bool fail(char **why, unsigned line, const char *what) {
  *why = g_strdup_printf("line %u: %s", line, what);
  return false;
}

/* "scope own" */
static bool begin(Sections *sections, const char *head, unsigned line, char **why) {
  g_auto(GStrv) words = g_strsplit(head, " ", -1);
  unsigned kind = 0;
  while (kind < G_N_ELEMENTS(kinds) && g_strcmp0(words[0], kinds[kind]) != 0)
    kind++;
  if (kind == G_N_ELEMENTS(kinds))
    return fail(why, line, "no such kind of section");
  bool named = words[0] && words[1] && *words[1] && !words[2];
  bool single = kind == SECTION_ROW || kind == SECTION_SEARCH;
  if (single ? words[1] != NULL : !named)
    return fail(why, line, "a section has one name, and the row and search none");
  if (sections_find(sections, kind, words[1]))
    return fail(why, line, "there is one of that name");
  Section section = {kind, g_strdup(words[1] ? words[1] : ""), NULL};
  g_array_append_val(sections->items, section);
  return true;
}

static char *trimmed(GString *text) {
  g_autofree char *stripped = g_strstrip(g_string_free(text, FALSE));
  size_t length = strlen(stripped);
  if (length > 0 && stripped[length - 1] == ';')
    stripped[length - 1] = 0;
  return g_steal_pointer(&stripped);
}

/* Gives the text to the section that was begun last. */
static bool end(Sections *sections, GString *text, unsigned line, char **why) {
  g_autofree char *whole = trimmed(text);
  if (sections->items->len == 0)
    return true;
  Section *last = &g_array_index(sections->items, Section, sections->items->len - 1);
  last->text = g_steal_pointer(&whole);
  return *last->text || fail(why, line, "the section before it is empty");
}

bool sections_parse(Sections *sections, const char *sql, char **why) {
  static const char mark[] = "--: ";
  g_auto(GStrv) lines = g_strsplit(sql, "\n", -1);
  GString *text = g_string_new(NULL);
  bool fine = true;
  unsigned line;
  sections->items = g_array_new(FALSE, FALSE, sizeof(Section));
  g_array_set_clear_func(sections->items, clear_section);
  for (line = 0; fine && lines[line]; line++) {
    if (!g_str_has_prefix(lines[line], mark)) {
      g_string_append(text, lines[line]);
      g_string_append_c(text, '\n');
      continue;
    }
    fine = end(sections, text, line + 1, why) &&
           begin(sections, lines[line] + strlen(mark), line + 1, why);
    text = g_string_new(NULL);
  }
  if (fine)
    return end(sections, text, line, why);
  g_string_free(text, TRUE);
  return false;
}
