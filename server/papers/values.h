/* What a placeholder stands for: looked up among the values, or in a row of a list. Pure. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

#define VALUES_STRIDE_MOST 12 /* rows of a list that one row of a table may take at once */

/* Where a row of a list stands; list NULL: outside of lists. */
typedef struct {
  const char *list;
  size_t row; /* the first of those that are taken at once, from 0 */
} Place;

/* A placeholder, taken apart. */
typedef struct {
  bool qr;
  char *list;    /* NULL: a value of the record */
  char *name;    /* of the value, or the column */
  unsigned step; /* in a list: which of the rows taken at once, from 0 */
} Name;

void name_clear(Name *name);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Name, name_clear)

/* text: "posts.2.org" without braces and blanks. false: there is no such thing. */
bool name_read(const json_t *data, const char *text, Name *name);
/* What it says there: "" behind the last row. Free with g_free. */
char *name_value(const json_t *data, const Name *name, const Place *place);
size_t list_rows(const json_t *data, const char *list);
