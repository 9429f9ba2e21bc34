/* Deliveries that are due, read from the database and given to a thread that sends, and what came
 * of it, written back.
 *
 * A parcel goes to one person at once: all mails that wait for him are one mail, all pushes one
 * push; each text message and each webhook call is a parcel of its own, as is each call to a
 * program of the house, whose "person" is the integration. A delivery stays queued until its
 * outcome is committed, so a crash in between sends it again, with the same id. batch_load on any
 * connection, batch_save on the writer; between them one thread at a time. */
#pragma once

#include <jansson.h>
#include <sqlite3.h>

#include "outbox/carrier.h"
#include "outbox/way.h"

/* One notice of the parcel. */
typedef struct {
  char *delivery; /* id */
  unsigned attempts;
  bool urgent, unread; /* unread: he is reminded of it */
  char *code, *subject, *record;
  json_t *params;
  int64_t at_ms;
} Item;

typedef struct {
  char *id, *endpoint, *p256dh, *auth;
  bool gone; /* its service does not know it any more */
} Device;

typedef struct {
  char *person, *language;
  bool active;
  char *email, *phone, *webhook, *secret; /* each may be NULL */
  GPtrArray *items;                       /* Item */
  GPtrArray *devices;                     /* Device; of pushes */
  bool tried;                             /* false: it stays as it is, for the next batch */
  Outcome outcome;
} Parcel;

typedef struct {
  Channel channel;
  int64_t now_ms;
  Way *way;           /* as it was when the batch was read; NULL before */
  GPtrArray *parcels; /* Parcel */
} Batch;

#define BATCH_MOST 50        /* deliveries */
#define PUSH_FAILURES_MOST 2 /* then a text message says it (systems.md 1.6) */

Batch *batch_new(Channel channel, int64_t now_ms);
void batch_free(Batch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Batch, batch_free)

/* configured: way_configured of the channel. A batch without a way stays empty. */
bool batch_load(sqlite3 *db, Batch *batch, const Way *configured, GError **error);
/* now_ms: of the outcomes. zone: tries do not fall into the night (notice-time.h). */
bool batch_save(sqlite3 *db, const Batch *batch, int64_t now_ms, const char *zone, GError **error);

/* Text messages about what lay unread for so long that it is to be escalated, or could not be
 * pushed, to those who have a telephone and did not say no; at night about what is urgent only.
 * Each entry once. Writer.
 */
bool batch_escalate(sqlite3 *db, int64_t now_ms, const char *zone, GError **error);
