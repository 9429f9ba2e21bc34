/* Puts the audit chain's head, signed, into the file of heads (audit-heads.h): at start and then
 * every hour. Main thread; the file is written by a thread of its own, because it may lie on a
 * network file system that hangs. */
#pragma once

#include "base/config.h"
#include "store/database.h"

#define AUDIT_EXPORT_S 3600

typedef struct AuditExport AuditExport;

/* Loads the key, or makes it. */
AuditExport *audit_export_new(const Config *config, Store *store, GError **error);
void audit_export_free(AuditExport *export);
/* Reads the head and appends it, unless there is none, it is the last line already, or one is still
 * being written.
 * The first time it looks whether the last line is still in the chain, and says so loudly when it
 * is not: the end was cut off, or an older database was put in place. */
void audit_export_now(AuditExport *export);
