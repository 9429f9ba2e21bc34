/* Who may what, as a table: for each subject, role, scope and state the verbs, and what each is.
 *
 * It is computed from the declarations that the kernel itself works with, so it says what is, not
 * what somebody wrote down. Of a verb that somebody holds in two scopes there are two rows. Pure;
 * any thread. */
#pragma once

#include "model/model.h"

typedef struct {
  const Info *info;
  const char *role;  /* "staff" (grantee_name); never the server itself */
  const char *scope; /* "own", or "all" */
  const char *state; /* in which; NULL: there are no states, or it makes the row */
  const char *verb;
  const Step *step;   /* that it is in this state, or that makes the row; or NULL */
  const Route *route; /* that it is asked by, STEPS for a step; NULL: it shows or lists something */
  const Paper *paper; /* of one record, that is printed by it; NULL: none */
  bool decides;       /* not by who is in the scope `party` */
} Right;

/* Of Right, ordered by subject, role, scope, state and verb as they are declared. Free with
 * g_array_unref; all that it points to is the model's. */
GArray *rights_of(const Model *model);

/* As a table of text for people and programs: a line a right, columns parted by two blanks or more,
 * none of them empty ("-"). */
void print_rights(const Model *model, GString *out);

/* As a module for pages: of each subject's verbs the roles that hold it, in whichever scope and
 * state, so that a page offers what it cannot ask a row for only to them. */
void print_web_rights(const Model *model, GString *out);
