/* The outbox: sends what notices queued, by the ways that there are: the integrations that are in
 * use, and what the configuration says (way.h). Where there is none nothing is tried, and no thread
 * runs before the first batch.
 *
 * Main thread. Each channel has one batch (batch.h) under way at most: read on a reader, sent on a
 * thread of its own, its outcome written on the writer; so a mail server that hangs holds up mail
 * alone. A batch that takes longer than a minute leaves the rest for the next. What was sent and
 * could not be noted (a full disk) is not sent again but noted later; only when the server ends
 * before that, it goes out once more after the next start. */
#pragma once

#include "base/config.h"
#include "base/mailbox.h"
#include "model/model.h"
#include "store/database.h"

typedef struct Outbox Outbox;

#define OUTBOX_POLL_S 5

/* Makes the push key where pushes are configured, and notes in the database which ways the
 * configuration has. NULL with CONFIG_ERROR_VALUE or STORE_ERROR. */
Outbox *outbox_new(const Config *config, Store *store, Mailbox *mailbox, const Model *model,
                   GError **error);
/* Looks for what is due at now_ms; to be called every OUTBOX_POLL_S. */
void outbox_run(Outbox *outbox, int64_t now_ms);
/* How long a batch may take before it leaves the rest. For tests. */
void outbox_bound(Outbox *outbox, int64_t most_ms);
/* Nothing is under way, though perhaps something waits for outbox_run to be noted. For tests. */
bool outbox_is_idle(const Outbox *outbox);
/* Ends what is under way within a second or so; its outcome may be written still, so the mailbox is
 * to be drained before the store stops. */
void outbox_stop(Outbox *outbox);
/* After the store stopped. NULL is fine. */
void outbox_free(Outbox *outbox);
