/* What a change was answered, kept for a day under the key that the page gave it, so that a request
 * that is sent again because its answer was lost is not done again (Idempotency-Key,
 * draft-ietf-httpapi-idempotency-key-header). In the transaction of the change itself. On the
 * writer.
 */
#pragma once

#include "store/database.h"

#define ANSWER_MOST 65536 /* bytes of an answer that is kept */
#define ANSWER_KEPT_MS (24 * 60 * 60 * INT64_C(1000))

/* Whose request, and which: request is the hex SHA-256 of what was asked. */
typedef struct {
  const char *person, *key;
  char request[65];
} AnswerKey;

typedef struct {
  int status;
  char *body;     /* NULL: it was not to be kept */
  char *location; /* or NULL */
  int64_t version;
} KeptAnswer;

void kept_answer_clear(KeptAnswer *answer);

typedef enum {
  ANSWER_NEW,    /* nothing was asked under this key */
  ANSWER_SAME,   /* this very request: answer is filled in */
  ANSWER_OTHER,  /* another request had this key */
  ANSWER_FAILED, /* error is set */
} AnswerFound;

AnswerFound kept_answer_find(sqlite3 *db, const AnswerKey *key, KeptAnswer *answer, GError **error);
bool kept_answer_put(sqlite3 *db, const AnswerKey *key, const KeptAnswer *answer, int64_t now_ms,
                     GError **error);
/* Those that are older than a day. */
bool kept_answers_purge(sqlite3 *db, int64_t now_ms, GError **error);
