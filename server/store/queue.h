/* A queue between threads whose consumers sleep until there is something: several producers,
 * several consumers. It has lanes: what waits in a lower one comes before what waits in a higher
 * one, and in a lane it is first in, first out. Beside the mailbox (which has one consumer that
 * polls) because readers share their work and the writer takes the urgent first.
 *
 * On pthread primitives rather than GLib's, so that ThreadSanitizer sees the order they make. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Queue Queue;

#define QUEUE_LANES_MAX 2

Queue *queue_new(unsigned lanes); /* 1…QUEUE_LANES_MAX */
void queue_free(Queue *queue);    /* it must be empty */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Queue, queue_free)

/* Any thread. data is not NULL. */
void queue_push(Queue *queue, unsigned lane, void *data);
/* Before all others of its lane: what was taken and is not done yet goes back where it was. */
void queue_return(Queue *queue, unsigned lane, void *data);
/* Sleeps until there is something. */
void *queue_pop(Queue *queue);
/* The same, but NULL when there is nothing until then (clock_mono_us; INT64_MAX: for ever). */
void *queue_pop_until(Queue *queue, int64_t until_us);
/* NULL when there is nothing. */
void *queue_try_pop(Queue *queue);
/* Whether there is something; any thread, true for that moment only. */
bool queue_waits(Queue *queue);
