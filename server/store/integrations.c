#include "store/integrations.h"

#include "base/secret-file.h"
#include "store/statement.h"

void integration_free(Integration *integration) {
  if (!integration)
    return;
  g_free(integration->url);
  g_free(integration->account);
  g_free(integration->sender);
  secret_free(integration->secret);
  g_free(integration);
}

GPtrArray *integrations_active(sqlite3 *db, const char *kind, GError **error) {
  g_autoptr(Statement) row = db_prepare(db,
                                        "select i.url, i.account, i.sender, s.secret, i.id"
                                        " from integration i left join integration_secret s"
                                        " on s.integration = i.id"
                                        " where i.active = 1 and i.kind = :kind order by i.name",
                                        error);
  if (!row)
    return NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)integration_free);
  int result;
  statement_text(row, ":kind", kind);
  while ((result = statement_step(row, error)) == SQLITE_ROW) {
    Integration *one = g_new0(Integration, 1);
    one->url = g_strdup(column_text(row, 0));
    one->account = g_strdup(column_text(row, 1));
    one->sender = g_strdup(column_text(row, 2));
    one->secret = g_strdup(column_text(row, 3));
    g_strlcpy(one->id, column_text(row, 4), sizeof one->id);
    g_ptr_array_add(list, one);
  }
  return result == SQLITE_DONE ? g_steal_pointer(&list) : NULL;
}

bool integration_note(sqlite3 *db, const char *id, int64_t at_ms, const char *failure,
                      GError **error) {
  g_autoptr(Statement) note = db_prepare(
      db,
      "insert into integration_use (integration, last_sent_at, last_failed_at, failure)"
      " values (:id, iif(:failure is null, :at, null), iif(:failure is null, null, :at), :failure)"
      " on conflict (integration) do update set"
      " last_sent_at = coalesce(excluded.last_sent_at, last_sent_at),"
      " last_failed_at = coalesce(excluded.last_failed_at, last_failed_at),"
      " failure = excluded.failure",
      error);
  if (!note)
    return false;
  statement_text(note, ":id", id);
  statement_int(note, ":at", at_ms);
  statement_text(note, ":failure", failure);
  return statement_run(note, error);
}
