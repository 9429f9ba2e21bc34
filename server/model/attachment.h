/* Files of records (attachments): rows of `attachment` about bytes that store/blob.h keeps.
 *
 * A file is sent first, and waits ATTACHMENT_WAITS_MS for the record that takes it: a request names
 * it in a field of type FILES, and it belongs to that field of that record from the commit on. Who
 * may see the field may fetch it (attachment_may). What is taken out of the field cannot be fetched
 * any more and goes after ATTACHMENT_REMOVED_MS. Source of the limits: systems.md 1.4. */
#pragma once

#include "model/call.h"
#include "store/blob.h"

#define ATTACHMENT_WAITS_MS (24 * 3600 * INT64_C(1000))
#define ATTACHMENT_RECORD_BYTES_MOST (200 * INT64_C(1024) * 1024) /* of all files of a record */
/* Of what one person sent and no record took. */
#define ATTACHMENT_WAITING_BYTES_MOST ATTACHMENT_RECORD_BYTES_MOST
#define ATTACHMENT_REMOVED_MS (30 * 24 * 3600 * INT64_C(1000)) /* then the bytes go */

/* Whether this person may send that many bytes more; false also with error. Any connection. */
bool attachment_has_room(sqlite3 *db, const char *person, uint64_t bytes, int64_t now_ms,
                         GError **error);

/* A file that was sent, named as its sender names it. id gets 17 bytes. CONFLICT: the bytes are
 * not there any more (blobs_sweep). Writer. */
bool attachment_put(sqlite3 *db, const char *data_dir, const BlobFacts *facts, const char *name,
                    const char *person, int64_t now_ms, char *id, GError **error);

/* For each FILES field that was asked: its files are now these. Those that wait must be the
 * actor's. false: a problem of the field (reference, large), or an error. After the row was
 * written. */
bool attachments_adopt(Call *call);

typedef struct {
  char *name, *sha256;
  char *mime;
  char *kind, *owner, *field; /* NULL: it waits for a record */
  char *sender;
} Attachment;

void attachment_clear(Attachment *attachment);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attachment, attachment_clear)

/* Fills it when the call's actor may fetch the file: what waits is its sender's; what a record has
 * is for whoever may see that field of that record, in this snapshot. call has a model, an actor,
 * roles, and nothing else was done with it. false: the problem not_found, or an error. */
bool attachment_may(Call *call, const char *id, Attachment *attachment);

/* What waited too long and what was taken out long ago. Writer. */
bool attachments_purge(sqlite3 *db, int64_t now_ms, GError **error);
