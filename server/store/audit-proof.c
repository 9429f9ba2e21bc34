#include "store/audit-proof.h"

#include <string.h>

#include "store/statement.h"

#define FIRST "yishi-table v1\n"
#define SIGNATURE "signature: "

static void add(GString *text, const char *name, const char *value) {
  g_string_append_printf(text, "%s: ", name);
  for (const char *at = value ? value : ""; *at; at++)
    g_string_append_c(text, g_ascii_iscntrl(*at) ? ' ' : *at);
  g_string_append_c(text, '\n');
}

static void add_time(GString *text, const char *name, int64_t at_ms) {
  g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
  g_autofree char *said = g_date_time_format(at, "%Y-%m-%dT%H:%M:%SZ");
  add(text, name, said);
}

static void add_place(GString *text, const char *name, int64_t seq, const char *hash) {
  g_autofree char *place = g_strdup_printf("%" G_GINT64_FORMAT " %s", seq, hash);
  add(text, name, place);
}

char *audit_proof_make(sqlite3 *db, const AuditKey *key, int64_t record, int64_t now_ms,
                       GError **error) {
  AuditHead head;
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select a.detail ->> '$.list', a.detail ->> '$.query', a.detail ->> '$.rows',"
                 " a.detail ->> '$.sha256', coalesce(p.name, '') ||"
                 " coalesce(' (' || p.login || ')', ''), a.subject, a.at, a.seq, a.hash"
                 " from audit_record a left join person p on p.id = a.subject where a.seq = :record"
                 " and a.kind like '%.export' and a.detail ->> '$.sha256' is not null",
                 error);
  if (!row)
    return NULL;
  statement_int(row, ":record", record);
  if (!statement_one(row, "this record is of no table", error) || !audit_head(db, &head, error))
    return NULL;
  GString *text = g_string_new(FIRST);
  static const char *const names[] = {"list", "query", "rows", "sha256", "taken-by", "taken-by-id"};
  for (int i = 0; i < (int)G_N_ELEMENTS(names); i++)
    add(text, names[i], column_text(row, i));
  add_time(text, "taken-at", column_int(row, 6));
  add_place(text, "record", column_int(row, 7), column_text(row, 8));
  add_place(text, "head", head.seq, head.hash);
  add_time(text, "made-at", now_ms);
  g_autofree char *signature = audit_key_sign(key, text->str);
  g_string_append_printf(text, SIGNATURE "%s\n", signature);
  return g_string_free(text, FALSE);
}

bool audit_proof_check(const char *proof, const AuditKey *key, const char *sha256, GError **error) {
  const char *mark = strstr(proof, "\n" SIGNATURE);
  if (!g_str_has_prefix(proof, FIRST) || !mark)
    return store_invalid(error, "this is no proof of a table");
  g_autofree char *said = g_strndup(proof, (gsize)(mark + 1 - proof));
  g_autofree char *signature = g_strchomp(g_strdup(mark + strlen("\n" SIGNATURE)));
  g_autofree char *line = g_strdup_printf("\nsha256: %s\n", sha256);
  if (!audit_key_signed(key, said, signature))
    return store_invalid(error, "the proof is not signed by this key, or was changed");
  if (!strstr(said, line))
    return store_invalid(error, "the proof is of another table, or the table was changed");
  return true;
}
