#include "stage.h"

#include <string.h>

#define TICK_US 5000
#define LINK_TICK_US 1000
#define BUCKETS 10 /* a seat is in one of them: every 50 ms */

struct Stage {
  Loop *loop;
  GPtrArray *seats, *senders, *linked;
  GPtrArray *missing; /* seats with something to ask for again */
  unsigned turn;
  uint64_t seed;
  Figures plain, bad;
};

static void run_links(void *data, int64_t now_us) {
  const Stage *stage = data;
  for (unsigned i = 0; i < stage->linked->len; i++)
    transport_run_links(seat_transport(stage->linked->pdata[i]), now_us);
}

static void tick(void *data, int64_t now_us) {
  Stage *stage = data;
  for (unsigned i = 0; i < stage->senders->len; i++)
    seat_send_due(stage->senders->pdata[i], now_us);
  for (unsigned i = stage->missing->len; i-- > 0;)
    if (!seat_repair(stage->missing->pdata[i], now_us))
      g_ptr_array_remove_index_fast(stage->missing, i);
  for (unsigned i = stage->turn; i < stage->seats->len; i += BUCKETS)
    seat_tick(stage->seats->pdata[i], now_us);
  stage->turn = (stage->turn + 1) % BUCKETS;
}

Stage *stage_new(Loop *loop) {
  Stage *stage = g_new0(Stage, 1);
  stage->loop = loop;
  stage->seats = g_ptr_array_new();
  stage->senders = g_ptr_array_new();
  stage->linked = g_ptr_array_new();
  stage->missing = g_ptr_array_new();
  loop_every(loop, TICK_US, tick, stage);
  return stage;
}

void stage_free(Stage *stage) {
  if (!stage)
    return;
  for (unsigned i = 0; i < stage->seats->len; i++)
    seat_free(stage->seats->pdata[i]);
  g_ptr_array_unref(stage->seats);
  g_ptr_array_unref(stage->senders);
  g_ptr_array_unref(stage->linked);
  g_ptr_array_unref(stage->missing);
  g_free(stage);
}

Loop *stage_loop(const Stage *stage) {
  return stage->loop;
}

Figures *stage_figures(Stage *stage, bool linked) {
  return linked ? &stage->bad : &stage->plain;
}

void stage_add(Stage *stage, Seat *seat) {
  g_ptr_array_add(stage->seats, seat);
  seat_report_missing(seat, stage->missing);
  if (seat_plan(seat)->publishes)
    g_ptr_array_add(stage->senders, seat);
}

void stage_remove(Stage *stage, Seat *seat) {
  seat_close_window(seat, loop_now(stage->loop));
  g_ptr_array_remove_fast(stage->seats, seat);
  g_ptr_array_remove_fast(stage->senders, seat);
  g_ptr_array_remove_fast(stage->linked, seat);
  g_ptr_array_remove_fast(stage->missing, seat);
  seat_free(seat);
}

void stage_link(Stage *stage, Seat *seat, bool up, const LinkSetting *setting) {
  link_set(transport_link(seat_transport(seat), up, ++stage->seed), setting);
  if (g_ptr_array_find(stage->linked, seat, NULL))
    return;
  if (stage->seed == 1)
    loop_every(stage->loop, LINK_TICK_US, run_links, stage);
  g_ptr_array_add(stage->linked, seat);
  seat_close_window(seat, loop_now(stage->loop));
  seat_set_figures(seat, &stage->bad);
}

unsigned stage_count(const Stage *stage) {
  return stage->seats->len;
}

Seat *stage_seat(const Stage *stage, unsigned index) {
  return stage->seats->pdata[index];
}

static json_t *take(Stage *stage, bool linked) {
  Figures *figures = stage_figures(stage, linked);
  unsigned widths[4] = {0}, seats = 0;
  int64_t queue_us = 0;
  for (unsigned i = 0; i < stage->seats->len; i++) {
    Seat *seat = stage->seats->pdata[i];
    if (seat_plan(seat)->figures != figures)
      continue;
    seats++;
    seat_close_window(seat, loop_now(stage->loop));
    seat_count_widths(seat, widths);
    int64_t worst_us = transport_worst_queue_us(seat_transport(seat));
    queue_us = MAX(queue_us, worst_us);
  }
  json_t *json = figures_json(figures);
  memset(figures, 0, sizeof *figures);
  json_object_set_new(json, "seats", json_integer(seats));
  json_object_set_new(json, "widths",
                      json_pack("[i, i, i, i]", widths[0], widths[1], widths[2], widths[3]));
  if (linked)
    json_object_set_new(json, "queue_ms", json_real((double)queue_us / 1000));
  return json;
}

/* How much of what the others said the worst served one on the network as it is did not get, 0…1:
 * what a server that numbers anew hides from who looks for holes. */
static double speech_missing(Stage *stage) {
  uint64_t all = 0;
  double worst = 0;
  g_autofree uint64_t *said = g_new0(uint64_t, stage->seats->len + 1);
  g_autofree uint64_t *heard = g_new0(uint64_t, stage->seats->len + 1);
  for (unsigned i = 0; i < stage->seats->len; i++) {
    seat_take_speech(stage->seats->pdata[i], &said[i], &heard[i]);
    all += said[i];
  }
  for (unsigned i = 0; i < stage->seats->len; i++)
    if (all > said[i] && seat_plan(stage->seats->pdata[i])->figures == &stage->plain)
      worst = MAX(worst, 1 - (double)heard[i] / (double)(all - said[i]));
  return worst;
}

json_t *stage_mark(Stage *stage) {
  json_t *json =
      json_pack("{s:o, s:f}", "plain", take(stage, false), "speech_missing", speech_missing(stage));
  if (stage->linked->len > 0)
    json_object_set_new(json, "linked", take(stage, true));
  return json;
}
