#include "store/kept-answer.h"

#include <string.h>

#include "store/statement.h"

void kept_answer_clear(KeptAnswer *answer) {
  g_free(answer->body);
  g_free(answer->location);
  *answer = (KeptAnswer){0};
}

AnswerFound kept_answer_find(sqlite3 *db, const AnswerKey *key, KeptAnswer *answer,
                             GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select request, status, body, location, version from kept_answer"
                 " where person = :person and key = :key",
                 error);
  if (!row)
    return ANSWER_FAILED;
  statement_text(row, ":person", key->person);
  statement_text(row, ":key", key->key);
  int result = statement_step(row, error);
  if (result != SQLITE_ROW)
    return result == SQLITE_DONE ? ANSWER_NEW : ANSWER_FAILED;
  if (strcmp(column_text(row, 0), key->request) != 0)
    return ANSWER_OTHER;
  *answer = (KeptAnswer){(int)column_int(row, 1), g_strdup(column_text(row, 2)),
                         g_strdup(column_text(row, 3)), column_int(row, 4)};
  return ANSWER_SAME;
}

bool kept_answer_put(sqlite3 *db, const AnswerKey *key, const KeptAnswer *answer, int64_t now_ms,
                     GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db,
      "insert into kept_answer (person, key, request, status, body, location, version, at)"
      " values (:person, :key, :request, :status, :body, :location, :version, :at)",
      error);
  if (!insert)
    return false;
  statement_text(insert, ":person", key->person);
  statement_text(insert, ":key", key->key);
  statement_text(insert, ":request", key->request);
  statement_int(insert, ":status", answer->status);
  statement_text(insert, ":body", answer->body);
  statement_text(insert, ":location", answer->location);
  statement_int(insert, ":version", answer->version);
  statement_int(insert, ":at", now_ms);
  return statement_run(insert, error);
}

bool kept_answers_purge(sqlite3 *db, int64_t now_ms, GError **error) {
  g_autoptr(Statement) old = db_prepare(db, "delete from kept_answer where at < :until", error);
  if (!old)
    return false;
  statement_int(old, ":until", now_ms - ANSWER_KEPT_MS);
  return statement_run(old, error);
}
