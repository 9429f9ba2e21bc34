/* The audit record: append-only, each record's hash over the one before it.
 *
 * Functions of people.h, sessions.h and meetings.h that change something write their own records in
 * the same transaction; audit_add is for what happens elsewhere (a recording viewed, a participant
 * removed). Reader or writer thread; audit_queue on any.
 */
#pragma once

#include <jansson.h>

#include "store/database.h"

/* Who does it, for the record; person NULL: nobody signed in, or the command line. */
typedef struct {
  const char *person;
  const char *address;
} Actor;

typedef struct {
  const char *kind;    /* "session.create", "recording.view" … */
  const char *subject; /* person id or NULL */
  const char *object;  /* id of what it was done to, or NULL */
  const char *result;  /* "ok", "refused" or "failed" */
  const char *address; /* or NULL */
  json_t *detail;      /* borrowed; NULL: {} */
} AuditEntry;

/* On the writer. */
bool audit_add(sqlite3 *db, const AuditEntry *entry, int64_t now_ms, GError **error);
/* On the writer: a success of `by`. Takes detail (NULL: {}). */
bool audit_note(sqlite3 *db, const char *kind, const Actor *by, const char *object, json_t *detail,
                int64_t now_ms, GError **error);
/* Any thread; copies. A failure is logged. */
void audit_queue(Store *store, const AuditEntry *entry, int64_t now_ms);
/* The same; then runs on the main thread when it is durable, or with an error that says why it
 * never will be. A disk that is full is waited for. */
void audit_queue_then(Store *store, const AuditEntry *entry, int64_t now_ms,
                      void (*then)(void *user, const GError *error), void *user);

typedef struct {
  int64_t seq; /* 0: no record yet */
  char hash[65];
} AuditHead;

bool audit_head(sqlite3 *db, AuditHead *head, GError **error);
/* Recomputes the chain. false and STORE_ERROR_INVALID naming the first record that does not fit.
 * known: a head that was written down earlier and must still be in the chain (finds truncation), or
 * NULL. */
bool audit_verify(sqlite3 *db, const AuditHead *known, AuditHead *head, GError **error);
