/* A subject's SQL, in sections with names. A line "--: kind name" begins one; what stands before
 * the first is comment.
 *
 *   row           one SELECT without WHERE; its main table has an alias of one letter, and {p}
 *                 stands for the columns of the subject's own fields in the table with alias p, but
 *                 for references; an expression says its type, and "!" where it is never null:
 *                 "roles:json!"
 *   scope NAME    whether the row is one of those (a right is given for a scope)
 *   where NAME    which rows a list has
 *   filter NAME   the same, when the request asks for it; its value is :NAME
 *   sort NAME     an expression to order by
 *   count NAME    which value of that filter a row has, for who counts the list by it (count.h): an
 *                 expression, or "select … as value" where a row may have several
 *   get NAME      one row; its columns become @column
 *   rows NAME     many rows, for call_each and what blocks a step
 *   people NAME   persons' ids and what they are told with a notice (notice.h)
 *   search        one row of what the row @id is found by (index.h), or none
 *   run NAME      statements, separated by semicolons
 *
 * Values are parameters only, and the sigil says where they come from: ":x" what was asked, after
 * its check; "@x" what the server knows; "$x" a column of the row before ("$lead_id" is "lead.id").
 * Pure; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef enum {
  SECTION_ROW,
  SECTION_SCOPE,
  SECTION_WHERE,
  SECTION_FILTER,
  SECTION_SORT,
  SECTION_COUNT,
  SECTION_GET,
  SECTION_ROWS,
  SECTION_PEOPLE,
  SECTION_SEARCH,
  SECTION_RUN
} SectionKind;

typedef struct {
  SectionKind kind;
  char *name; /* "" for the row and what it is found by */
  char *text; /* without blanks at its ends and without a last semicolon */
} Section;

typedef struct {
  GArray *items; /* of Section, in the order of the file */
} Sections;

/* false, with *why (to be freed with g_free) naming the line: an unknown kind, a name twice, a
 * section without text. */
bool sections_parse(Sections *sections, const char *sql, char **why);
void sections_clear(Sections *sections);

/* Its text, or NULL; borrowed. name "" or NULL where there is one at most. */
const char *sections_find(const Sections *sections, SectionKind kind, const char *name);
