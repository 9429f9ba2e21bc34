/* A statement of the kernel's, prepared once for a connection, with what is known about its columns
 * and parameters. Where a value comes from is said by the parameter's sigil (sections.h). By the
 * connection's thread. */
#pragma once

#include <sqlite3.h>

#include "model/model.h"
#include "model/values.h"

typedef enum { OUT_TEXT, OUT_INT, OUT_BOOL, OUT_JSON, OUT_OBJECT } OutType; /* JSON: a list */

/* A column as JSON has it. */
typedef struct {
  char **path;        /* {"lead", "name"} */
  char *head;         /* "\"name\":", as JSON has it before the value */
  const char *value;  /* "lead_name", interned: its name as a value ($lead_name) */
  OutType type;       /* by the field that the column is kept for, else by a suffix (":json") */
  bool null;          /* it may be, or its group may */
  const Field *field; /* or NULL */
  bool computed;      /* an expression, not a column of any table */
  int see;            /* bit of the verb that shows it, or -1: whoever may read the row */
} Column;

typedef struct {
  sqlite3_stmt *stmt;
  char *key;            /* in the connection's cache */
  unsigned hidden;      /* columns that are not shown: the scope bits, a list's key */
  GArray *columns;      /* of Column, behind the hidden ones */
  int state, published; /* which of the statement's columns they are; -1: there is none */
  uint64_t may;         /* the verbs that were last written as JSON, and their text */
  GString *may_text;
} Plan;

/* Where the three kinds of parameters find their values. */
typedef struct {
  const Values *asked, *server, *row;
} Sources;

/* Taken out of the connection's cache, or made by compose(data), whose text it frees. The key has
 * to name all that shapes the text. NULL with error: it does not compile, a column has no type (an
 * expression wants a suffix), or shows what is another subject's and not for everybody. */
#define PLANS_MAX 256
Plan *plan_get(sqlite3 *db, const Model *model, const Info *info, const char *key, unsigned hidden,
               char *(*compose)(void *data), void *data, GError **error);

/* Resets and binds all parameters. An asked value that is not there is null; any other is an error
 * of the program. */
bool plan_bind(Plan *plan, const Sources *from, GError **error);
/* SQLITE_ROW, SQLITE_DONE or SQLITE_ERROR with error set. */
int plan_step(Plan *plan, GError **error);
/* After use: puts it back, without values and without holding a snapshot. At most PLANS_MAX wait
 * there. NULL is fine. */
void plan_reset(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_reset)

/* The scope bits of the current row, as info_scopes numbers them. */
uint32_t plan_scopes(const Plan *plan, const Info *info, unsigned roles);
/* The state of the current row; NULL when it is null or the rows have none. Borrowed until the next
 * step. */
const char *plan_state(const Plan *plan);
/* The columns of the current row as values. */
void plan_values(const Plan *plan, Values *row);
/* One column of any statement as a value. */
void column_value(sqlite3_stmt *stmt, int column, const char *name, Values *values);

/* Binds the parameters of any statement. */
bool bind_all(sqlite3_stmt *stmt, const Sources *from, GError **error);
