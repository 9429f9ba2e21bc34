/* The proof of a table: a page of text, signed with the audit record's key, that says which table
 * left here, when, by whose hand, and where in the chain that is recorded. Whoever has the table,
 * the proof and the public key can tell without this server that nobody changed the table since.
 *
 *   yishi-table v1
 *   list: audit
 *   query: kind=person.export
 *   rows: 12
 *   sha256: …                    of the file
 *   taken-by: NAME (LOGIN)       as they are when the proof is made
 *   taken-by-id: ID              of the person, as in the record
 *   taken-at: 2026-11-30T08:15:00Z
 *   record: 1234 HASH            of the audit record that tells it
 *   head: 1250 HASH              the chain's end when the proof was made
 *   made-at: 2026-11-30T09:00:00Z
 *   signature: BASE64            of all lines before
 *
 * Values have no control characters. Any thread. */
#pragma once

#include "store/audit-key.h"
#include "store/audit.h"

#define AUDIT_PROOF_BYTES_MOST 16384

/* Of the table that this record tells of; free with g_free. NULL with error: NOT_FOUND where the
 * record is of no table. */
char *audit_proof_make(sqlite3 *db, const AuditKey *key, int64_t record, int64_t now_ms,
                       GError **error);
/* Whether the proof is signed by the key and of a file with this SHA-256 (hex). INVALID says what
 * does not fit. */
bool audit_proof_check(const char *proof, const AuditKey *key, const char *sha256, GError **error);
