/* What an import would do: for each line of the table whether it makes a row, changes one, finds it
 * as it is, or is wrong, and why. Nothing is written: the plan is kept (import-run.h), people look
 * at it, and exactly that is done later, or nothing.
 *
 * Each line goes the way that a request would: the subject's own CREATE or EDIT judges it with the
 * rights of who imports, up to the point where it would write. A cell that is empty says nothing,
 * so it never overwrites. One thread. */
#pragma once

#include "model/call.h"
#include "model/import-table.h"

typedef enum { IMPORT_CREATE, IMPORT_UPDATE, IMPORT_SKIP, IMPORT_ERROR } ImportOutcome;
#define IMPORT_OUTCOMES "create update skip error"

typedef struct {
  unsigned n; /* in the table */
  ImportOutcome outcome;
  char *key;    /* what it is about, for people */
  char *target; /* the row that was found, or NULL */
  int64_t seen; /* its version */
  json_t *data; /* {field: value} that is to be written */
  json_t
      *shown; /* [{field, old, new}]: the same for people; of a line that is wrong, what it says */
  json_t *errors; /* [{field, code, params}], NULL where there is none */
} ImportRow;

typedef struct {
  const Info *target;
  GPtrArray *rows;    /* ImportRow, in the table's order */
  unsigned counts[4]; /* by outcome */
  json_t *columns;    /* [{head, field}]; field null: it is not taken */
  char digest[65];
} ImportPlan;

void import_row_free(void *row);
void import_plan_free(ImportPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImportPlan, import_plan_free)

/* On a reader: call has an IMPORT route, and the actor may. NULL: the call's problem (the table
 * could not be read: import.unreadable …; its heads: import.heads) or error says why. */
ImportPlan *import_plan_new(Call *call, const ImportTable *table);

/* Over everything that is to be done. rows: ImportRow. */
void import_digest(const char *subject, const GPtrArray *rows, char digest[65]);

const char *import_outcome_name(ImportOutcome outcome);
/* The subject's IMPORT, or the first of another kind; NULL. */
const Route *import_route(const Info *info, RouteKind kind);
/* The CREATE by which the subject's IMPORT makes rows. */
const Route *import_maker(const Info *info);
/* A call for one row of the subject, by the same actor on the same connection. */
void import_call(Call *one, const Call *all, const Info *target, const Route *route);
