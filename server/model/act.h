/* What is done to a record outside of an HTTP request: a room opens its meeting, because a host
 * says so in it, or ends it, because everybody has left; the command line makes an account. It is
 * the same call as over HTTP, whole in one transaction: rights as they are then, the check of what
 * is said, guard, row, effect, history and audit. */
#pragma once

#include <jansson.h>

#include "model/model.h"
#include "store/audit.h"
#include "store/database.h"
#include "store/moment.h"

typedef struct {
  const char *subject;
  const char *verb;  /* of a step, or of a CREATE, EDIT or DO */
  const char *id;    /* of the row; NULL: it is made */
  const char *under; /* of the record that it belongs to, where its routes are on one */
  Actor by;          /* person NULL: the server itself (SERVER) */
  bool with_roles;   /* he may what his roles give; not who came by a personal link */
  Moment at;
  const char *base;   /* "https://host" of links that are made, or NULL */
  const json_t *body; /* what is said, borrowed; of act_now only */
} Act;

/* On a writing connection, in a transaction that is undone when it returns NULL with error:
 * CONFLICT with the code when it is refused, or INVALID with what is wrong. The answer is the
 * caller's. zone: in which days are counted. */
json_t *act_now(sqlite3 *db, const Model *model, const char *zone, const Act *act, GError **error);

/* code: NULL when it is done and durable; otherwise why not ("wrong_state", "forbidden",
 * "not_found" or one of the subject's). error: the database failed. Both borrowed. */
typedef void (*ActDone)(void *user, const char *code, const GError *error);

/* Main thread: a step, on the writer. Copies act, but for its boot, which is static. store, model
 * and zone outlive it. The effects are not told: whoever acts knows what he does. */
void act_post(Store *store, const Model *model, const char *zone, const Act *act, ActDone done,
              void *user);
