/* The only way between threads: owned messages, posted to the thread that owns the data.
 *
 * A mailbox is a multi-producer, single-consumer queue with an eventfd. A message is a function and
 * the data that it owns. Posting never blocks; a message runs exactly once, on the consuming
 * thread, in the order of posting per producer, or is dropped (its drop function called) when the
 * mailbox is freed. A media thread polls mailbox_fd in its epoll; the main thread attaches
 * mailbox_source.
 */
#pragma once

#include <glib.h>

typedef struct Mailbox Mailbox;

/* run(data) takes ownership of data. */
typedef void (*MailboxRun)(void *data);

Mailbox *mailbox_new(void);

/* Drops what is still queued. No thread may post any more. */
void mailbox_free(Mailbox *mailbox);

/* Any thread. drop releases data when it will never run; NULL when there is nothing to release. */
void mailbox_post(Mailbox *mailbox, MailboxRun run, GDestroyNotify drop, void *data);

/* Readable when there is something to run. */
int mailbox_fd(const Mailbox *mailbox);

/* Consumer thread: runs what was queued when it was called; returns how many ran. */
unsigned mailbox_drain(Mailbox *mailbox);

/* Consumer thread: a source that drains the mailbox; attach it to the thread's context. The caller
 * owns the returned reference. The mailbox must outlive it. */
GSource *mailbox_source(Mailbox *mailbox);

/* How many messages wait; any thread, for metrics. */
unsigned mailbox_depth(Mailbox *mailbox);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Mailbox, mailbox_free)
