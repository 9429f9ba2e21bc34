/* One part of one room's recording: the tap's messages in, files and reports out.
 *
 * Holds the tracks (source.h), the program (program.h) and the files' fate (files.h) together; it
 * reads no clock and no descriptor, so that tests drive hours of meeting in seconds. Main thread of
 * the pipeline process. Times are the server's monotonic microseconds.
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mailbox.h"
#include "wire/tapwire.h"

typedef struct Record Record;

typedef struct {
  /* A message for the control channel (PIPELINE.md); borrowed. */
  void (*report)(void *user, const json_t *message);
  /* For the tap: a key frame of this track is wanted. */
  void (*keyframe)(void *user, uint32_t track);
} RecordEvents;

/* zero_us is the part's zero. The mailbox is borrowed and drained by the caller. Reports `ready`
 * when it returns. */
Record *record_new(const char *dir, unsigned part, int64_t zero_us, Mailbox *mailbox,
                   const RecordEvents *events, void *user, GError **error);
void record_free(Record *record);

/* now_us: when the message was read, not earlier than any given before. */
void record_message(Record *record, const TapMessage *message, int64_t now_us);
void record_tick(Record *record, int64_t now_us);
/* Packets were thrown away before they reached record_message. */
void record_overrun(Record *record, uint64_t packets);
/* Closes every file; `done` is reported once all are hashed. */
void record_stop(Record *record, int64_t now_us);
/* `done` was reported. */
bool record_done(const Record *record);
