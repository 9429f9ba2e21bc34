/* The key with which the audit record's heads (audit-heads.h) and proofs of tables (audit-proof.h)
 * are signed: Ed25519 (RFC 8032), data_dir/audit-key.pem, mode 0600, beside it audit-key.pub, made
 * once. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct AuditKey AuditKey;

/* The pair of the private key in data_dir; made when there is none. */
AuditKey *audit_key_own(const char *data_dir, GError **error);
/* To verify only: a public key in PEM. */
AuditKey *audit_key_public(const char *file, GError **error);
void audit_key_free(AuditKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuditKey, audit_key_free)

/* The signature in base64; free with g_free. */
char *audit_key_sign(const AuditKey *key, const char *text);
/* Whether it is this key's signature of the text. */
bool audit_key_signed(const AuditKey *key, const char *text, const char *signature);
