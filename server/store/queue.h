/* A queue between threads whose consumers sleep until there is something: several producers,
 * several consumers, first in, first out. Beside the mailbox (which has one consumer that polls)
 * because readers share their work and a waiting caller waits for one answer.
 *
 * On pthread primitives rather than GLib's, so that ThreadSanitizer sees the order they make. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct Queue Queue;

Queue *queue_new(void);
void queue_free(Queue *queue); /* it must be empty */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)

/* Any thread. data is not NULL. */
void queue_push(Queue *queue, void *data);
/* Sleeps until there is something. */
void *queue_pop(Queue *queue);
/* The same, but NULL when there is nothing until then (clock_mono_us; INT64_MAX: for ever). */
void *queue_pop_until(Queue *queue, int64_t until_us);
/* NULL when there is nothing. */
void *queue_try_pop(Queue *queue);
