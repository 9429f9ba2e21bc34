/* The load client's only loop: one epoll for the media sockets, HTTP and WebSockets of everybody,
 * and a few periodic timers. One thread does it all, so that the client takes as little as it can
 * of the processors that it shares with the server it measures. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Loop Loop;

/* Embedded in what owns the descriptor. */
typedef struct {
  void (*ready)(void *data, uint32_t events, int64_t now_us);
  void *data;
} LoopWatch;

Loop *loop_new(void);
void loop_free(Loop *loop);
/* events: of epoll, level-triggered. The watch stays the caller's and must stay where it is. */
void loop_watch(Loop *loop, int fd, uint32_t events, LoopWatch *watch);
void loop_change(Loop *loop, int fd, uint32_t events, LoopWatch *watch);
/* Before closing fd. No event of this turn reaches the watch any more. */
void loop_unwatch(Loop *loop, int fd, LoopWatch *watch);
/* At most LOOP_TIMERS_MAX. */
#define LOOP_TIMERS_MAX 8
void loop_every(Loop *loop, int64_t period_us, void (*run)(void *data, int64_t now_us), void *data);
/* Monotonic time of this turn. */
int64_t loop_now(const Loop *loop);
/* Waits for events or timers, until_us at the latest, and runs them. */
void loop_turn(Loop *loop, int64_t until_us);
/* Turns until done says so or the time is over; false then. done NULL: never. */
bool loop_until(Loop *loop, bool (*done)(void *data), void *data, int64_t until_us);
