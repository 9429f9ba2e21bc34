/* The event log of a meeting: append-only, numbered by the writer, wall and monotonic time.
 *
 * The store itself writes opened, ended, cancelled (meetings.c) and crashed (presence.c); what the
 * room writes is listed in room/eventlog.h. A new kind needs no migration. */
#pragma once

#include <jansson.h>

#include "store/database.h"
#include "store/moment.h"

typedef struct {
  const char *meeting;
  const char *kind;        /* 1…40 characters */
  const char *person;      /* id or NULL */
  const char *participant; /* or NULL */
  json_t *data;            /* borrowed object; NULL: {} */
  Moment at;
} MeetingEvent;

/* Writer. */
bool event_add(sqlite3 *db, const MeetingEvent *event, GError **error);
/* Any thread: copies and queues; a failure is logged as an error. */
void event_queue(Store *store, const MeetingEvent *event);
