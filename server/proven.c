#include "proven.h"

#include <stdio.h>

#include "store/audit-proof.h"
#include "store/statement.h"

int proven_by_record(sqlite3 *db, const char *sha256, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db,
      "select a.seq, strftime('%Y-%m-%d %H:%M:%SZ', a.at / 1000, 'unixepoch'), p.name, p.login,"
      " a.detail ->> '$.list', a.detail ->> '$.query', a.detail ->> '$.rows'"
      " from audit_record a left join person p on p.id = a.subject"
      " where a.kind like '%.export' and a.detail ->> '$.sha256' = :sha256 order by a.seq",
      error);
  if (!rows)
    return -1;
  statement_text(rows, ":sha256", sha256);
  int found = 0, result;
  for (; (result = statement_step(rows, error)) == SQLITE_ROW; found++) {
    const char *query = column_text(rows, 5);
    printf("record %" G_GINT64_FORMAT ": %s took it away at %s (login %s): %s%s%s, %s rows\n",
           column_int(rows, 0), column_text(rows, 2), column_text(rows, 1), column_text(rows, 3),
           column_text(rows, 4), query && *query ? "?" : "", query ? query : "",
           column_text(rows, 6));
  }
  return result == SQLITE_ERROR ? -1 : found;
}

bool proven_by_page(const Config *config, const char *proof, const char *key, const char *sha256,
                    GError **error) {
  g_autofree char *path =
      key ? g_strdup(key) : g_build_filename(config->data_dir, "audit-key.pub", NULL);
  g_autoptr(AuditKey) public_key = audit_key_public(path, error);
  g_autofree char *text = NULL;
  gsize size;
  if (!public_key || !g_file_get_contents(proof, &text, &size, error))
    return false;
  if (size > AUDIT_PROOF_BYTES_MOST)
    return store_invalid(error, "%s is too long for a proof", proof);
  if (!audit_proof_check(text, public_key, sha256, error))
    return false;
  fputs(text, stdout);
  puts("the table is the one that the proof is of, and the proof is signed by this key");
  return true;
}
