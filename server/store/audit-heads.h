/* The audit chain's heads, signed and kept outside the database: whoever cuts the chain's end off,
 * or puts an older database in place, leaves a head that the chain does not reach any more.
 *
 * The file (config: audit_heads_file) has a line a head:
 *
 *   v1 SEQ HASH AT KIND PREVIOUS SIGNATURE
 *
 * AT in ms; KIND "head", or "restore": a backup was put in place, heads from SEQ on that came
 * before are void; PREVIOUS the SHA-256 of the line before (zeros for the first), so that a line
 * that is taken out is found; SIGNATURE over all before it, base64. A copy of the file elsewhere is
 * what a thief of this machine's key cannot change. Any thread, one at a time a file.
 */
#pragma once

#include "base/config.h"
#include "store/audit-key.h"
#include "store/audit.h"

/* Where the heads are: config's, or data_dir/audit-heads.log. Free with g_free. */
char *audit_heads_path(const Config *config);

/* Appends a line and syncs it. kind: "head" or "restore". */
bool audit_heads_append(const char *path, const AuditKey *key, const AuditHead *head,
                        const char *kind, int64_t at_ms, GError **error);

typedef struct {
  unsigned lines, voids; /* voids: of those, made void by a restore */
  unsigned restores;
  AuditHead last; /* of the last line */
  int64_t last_ms;
} AuditHeads;

/* Checks every line's form, signature and place, and that db still has each head that is not void.
 * INVALID names the first that does not fit; NOT_FOUND when there is no file. */
bool audit_heads_verify(const char *path, const AuditKey *key, sqlite3 *db, AuditHeads *heads,
                        GError **error);
/* The last line alone, unverified: false also when there is none (no error then). */
bool audit_heads_last(const char *path, AuditHead *head, GError **error);
