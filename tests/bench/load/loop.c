#include "loop.h"

#include <glib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define EVENTS 256

typedef struct {
  int64_t period_us, next_us;
  void (*run)(void *data, int64_t now_us);
  void *data;
} Timer;

struct Loop {
  int epoll, count;
  int64_t now_us;
  unsigned timer_count;
  Timer timers[LOOP_TIMERS_MAX];
  struct epoll_event events[EVENTS]; /* of this turn */
};

Loop *loop_new(void) {
  Loop *loop = g_new0(Loop, 1);
  loop->epoll = epoll_create1(EPOLL_CLOEXEC);
  g_assert(loop->epoll >= 0);
  loop->now_us = clock_mono_us();
  return loop;
}

void loop_free(Loop *loop) {
  if (!loop)
    return;
  close(loop->epoll);
  g_free(loop);
}

static void control(Loop *loop, int operation, int fd, uint32_t events, LoopWatch *watch) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  g_assert(epoll_ctl(loop->epoll, operation, fd, &event) == 0);
}

void loop_watch(Loop *loop, int fd, uint32_t events, LoopWatch *watch) {
  control(loop, EPOLL_CTL_ADD, fd, events, watch);
}

void loop_change(Loop *loop, int fd, uint32_t events, LoopWatch *watch) {
  control(loop, EPOLL_CTL_MOD, fd, events, watch);
}

void loop_unwatch(Loop *loop, int fd, LoopWatch *watch) {
  control(loop, EPOLL_CTL_DEL, fd, 0, watch);
  for (int i = 0; i < loop->count; i++)
    if (loop->events[i].data.ptr == watch)
      loop->events[i].data.ptr = NULL;
}

void loop_every(Loop *loop, int64_t period_us, void (*run)(void *, int64_t), void *data) {
  g_assert(loop->timer_count < LOOP_TIMERS_MAX);
  loop->timers[loop->timer_count++] = (Timer){period_us, loop->now_us + period_us, run, data};
}

int64_t loop_now(const Loop *loop) {
  return loop->now_us;
}

void loop_turn(Loop *loop, int64_t until_us) {
  for (unsigned i = 0; i < loop->timer_count; i++)
    until_us = MIN(until_us, loop->timers[i].next_us);
  int64_t left_us = MAX(until_us - clock_mono_us(), 0);
  struct timespec timeout = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
  loop->count = epoll_pwait2(loop->epoll, loop->events, EVENTS, &timeout, NULL);
  loop->now_us = clock_mono_us();
  for (int i = 0; i < loop->count; i++) {
    const LoopWatch *watch = loop->events[i].data.ptr;
    if (watch)
      watch->ready(watch->data, loop->events[i].events, loop->now_us);
  }
  loop->count = 0;
  loop->now_us = clock_mono_us(); /* what came may have taken a while to read */
  for (unsigned i = 0; i < loop->timer_count; i++) {
    Timer *timer = &loop->timers[i];
    if (loop->now_us < timer->next_us)
      continue;
    timer->next_us = MAX(timer->next_us + timer->period_us, loop->now_us);
    timer->run(timer->data, loop->now_us);
  }
}

bool loop_until(Loop *loop, bool (*done)(void *), void *data, int64_t until_us) {
  while (!done || !done(data)) {
    if (clock_mono_us() >= until_us)
      return false;
    loop_turn(loop, until_us);
  }
  return true;
}
