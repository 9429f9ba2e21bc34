/* The statements that the kernel makes of a subject's sections. Only sections and names out of the
 * declarations are joined; every value is a parameter. Their first columns are the scope bits of
 * info_scopes, lowest first. The texts are to be freed with g_free. Pure; any thread. */
#pragma once

#include "model/model.h"

#define FILTERS_MAX 16

/* How a list is asked for; each pointer is out of the declarations. */
typedef struct {
  const List *list;
  const char *sort;                 /* a field or a `sort` */
  bool down;                        /* from the last to the first */
  bool after;                       /* behind the row whose key and id are @after_key, @after_id */
  const char *under;                /* the rows that refer to :NAME by the column NAME; or NULL */
  const char *filters[FILTERS_MAX]; /* fields (value :NAME) and `filter`s that the request uses */
  unsigned filter_count;
  uint32_t several; /* which of the filters have several values (several.h), by their place */
  const char *by;   /* the filter that it is counted by; of compose_counts alone */
} ListWish;

/* The row whose id is @id, if these roles may use the verb on it in some state, and it refers to
 * :UNDER by the column `under` (NULL: whatever it refers to). NULL: nobody of them may on any. */
char *compose_one(const Info *info, unsigned roles, int verb, const char *under);
/* The column behind the bits is "key", what the list is ordered by; then the row's. @limit rows. */
char *compose_list(const Info *info, unsigned roles, int verb, const ListWish *wish);
/* id, version and these columns of the table or `sort`s (ends with NULL), of all rows of the list.
 */
char *compose_keys(const Info *info, unsigned roles, int verb, const List *list,
                   const char *const *names);
/* One column: how many the list has, at most @limit. */
char *compose_count(const Info *info, unsigned roles, int verb, const ListWish *wish);
/* Whether a list can be counted by that filter (count.h). */
bool compose_counts_by(const Info *info, const char *name);
/* And whether a row may have several of its values. */
bool compose_counts_several(const Info *info, const char *name);
/* Two columns: a value of the filter that it is counted by, or null, and how many rows have it. Of
 * the list's rows, with each of their values, at most @limit are looked at. */
char *compose_counts(const Info *info, unsigned roles, int verb, const ListWish *wish);
/* Sets the columns that the request has values for, and with_state the state to @to and, where it
 * is not null, what is published of it to @shown; where id is @id and, if with_version, the version
 * is @version. Counts the version up. names end with NULL. */
char *compose_update(const Info *info, const char *const *names, bool with_version,
                     bool with_state);
/* A row with @id, the columns that the request has values for, created_at, and where there are
 * states created_by, the state @to and what is published of it @shown. */
char *compose_insert(const Info *info, const char *const *names);
/* Whether what the index has (doc.kind, doc.id; search.h) is a row that these roles may use the
 * verb on. NULL: nobody of them may on any. */
char *compose_found(const Info *info, unsigned roles, int verb);
/* The state that these roles see of that row: text or null. */
char *compose_found_state(const Info *info, unsigned roles);
