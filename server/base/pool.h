/* A few threads that do one kind of work, in the order in which it is given to them.
 *
 * Not GThreadPool: ThreadSanitizer does not see through its locks, and takes each hand-over for a
 * race. What is done is told by posting to a mailbox (mailbox.h). */
#pragma once

#include <glib.h>

typedef struct Pool Pool;

/* One of the pool's threads; takes the task. */
typedef void (*PoolRun)(void *task, void *user);

Pool *pool_new(const char *name, unsigned threads, PoolRun run, void *user);
/* Any thread; never blocks. */
void pool_push(Pool *pool, void *task);
/* Waits until all that was pushed is done. NULL is fine. */
void pool_free(Pool *pool);
