#include "stage.h"

#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mailbox.h"

#define TICK_US 5000

struct Stage {
  int epoll;
  Mailbox *mailbox;
  GThread *thread;
  GPtrArray *seats; /* the thread's, until it ended */
  atomic_bool stopping;
};

typedef struct {
  Stage *stage;
  Seat *seat;
  SeatLayout layout;
  struct sockaddr_in server;
  char ufrag[257], pwd[257], fingerprint[96];
} Entry;

static void run_add(void *data) {
  Entry *entry = data;
  Stage *stage = entry->stage;
  int64_t now_us = clock_mono_us();
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = entry->seat};
  g_assert(epoll_ctl(stage->epoll, EPOLL_CTL_ADD, transport_fd(seat_transport(entry->seat)),
                     &event) == 0);
  g_ptr_array_add(stage->seats, entry->seat);
  seat_start(entry->seat, &entry->layout, now_us);
  transport_start(seat_transport(entry->seat), &entry->server, entry->ufrag, entry->pwd,
                  entry->fingerprint, now_us);
  g_free(entry);
}

void stage_add(Stage *stage, Seat *seat, const SeatLayout *layout, const struct sockaddr_in *server,
               const char *ufrag, const char *pwd, const char *fingerprint) {
  Entry *entry = g_new0(Entry, 1);
  entry->stage = stage;
  entry->seat = seat;
  entry->layout = *layout;
  entry->server = *server;
  g_strlcpy(entry->ufrag, ufrag, sizeof entry->ufrag);
  g_strlcpy(entry->pwd, pwd, sizeof entry->pwd);
  g_strlcpy(entry->fingerprint, fingerprint, sizeof entry->fingerprint);
  mailbox_post(stage->mailbox, run_add, g_free, entry);
}

static void run_remove(void *data) {
  Entry *entry = data;
  epoll_ctl(entry->stage->epoll, EPOLL_CTL_DEL, transport_fd(seat_transport(entry->seat)), NULL);
  g_ptr_array_remove(entry->stage->seats, entry->seat);
  g_free(entry);
}

void stage_remove(Stage *stage, Seat *seat) {
  Entry *entry = g_new0(Entry, 1);
  entry->stage = stage;
  entry->seat = seat;
  mailbox_post(stage->mailbox, run_remove, g_free, entry);
}

static void run_count_anew(void *data) {
  Stage *stage = data;
  for (unsigned i = 0; i < stage->seats->len; i++)
    seat_count_anew(stage->seats->pdata[i]);
}

void stage_count_anew(Stage *stage) {
  mailbox_post(stage->mailbox, run_count_anew, NULL, stage);
}

static void *run_loop(void *data) {
  Stage *stage = data;
  struct epoll_event events[64];
  int64_t next_tick_us = clock_mono_us();
  while (!atomic_load(&stage->stopping)) {
    int64_t left_us = next_tick_us - clock_mono_us();
    int count = epoll_wait(stage->epoll, events, G_N_ELEMENTS(events),
                           left_us <= 0 ? 0 : (int)(left_us + 999) / 1000);
    int64_t now_us = clock_mono_us();
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr == stage)
        mailbox_drain(stage->mailbox);
      else
        transport_readable(seat_transport(events[i].data.ptr), now_us);
    }
    if (now_us < next_tick_us)
      continue;
    for (unsigned i = 0; i < stage->seats->len; i++)
      seat_tick(stage->seats->pdata[i], now_us);
    next_tick_us = MAX(next_tick_us + TICK_US, now_us);
  }
  return NULL;
}

Stage *stage_new(void) {
  Stage *stage = g_new0(Stage, 1);
  stage->epoll = epoll_create1(EPOLL_CLOEXEC);
  stage->mailbox = mailbox_new();
  stage->seats = g_ptr_array_new_with_free_func((GDestroyNotify)seat_free);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = stage};
  g_assert(epoll_ctl(stage->epoll, EPOLL_CTL_ADD, mailbox_fd(stage->mailbox), &event) == 0);
  stage->thread = g_thread_new("stage", run_loop, stage);
  return stage;
}

void stage_stop(Stage *stage) {
  if (!stage->thread)
    return;
  atomic_store(&stage->stopping, true);
  g_thread_join(stage->thread);
  stage->thread = NULL;
  mailbox_drain(stage->mailbox);
}

GPtrArray *stage_seats(Stage *stage) {
  return stage->seats;
}

void stage_free(Stage *stage) {
  if (!stage)
    return;
  stage_stop(stage);
  g_ptr_array_unref(stage->seats);
  mailbox_free(stage->mailbox);
  close(stage->epoll);
  g_free(stage);
}
