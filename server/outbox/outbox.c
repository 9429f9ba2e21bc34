#include "outbox/outbox.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/pool.h"
#include "model/notice.h"
#include "outbox/send.h"
#include "store/statement.h"

METRIC(metric_sent, METRIC_COUNTER, "yishi_deliveries_sent_total", "Deliveries that were taken");
METRIC(metric_failed, METRIC_COUNTER, "yishi_deliveries_failed_total",
       "Attempts at deliveries that failed");

#define ESCALATE_EVERY_MS (60 * INT64_C(1000))
#define BATCH_MS (60 * INT64_C(1000)) /* no parcel of a batch is begun later */

typedef struct Trip Trip;

typedef struct {
  Outbox *outbox;
  Channel channel;
  Way *configured; /* what the configuration says */
  bool busy;
  Trip *unsaved; /* what was sent could not be noted: the next run tries it again */
} Lane;

struct Outbox {
  const Config *config;
  Store *store;
  Mailbox *mailbox;
  PushKey *key;
  Carrier *carrier;
  Sender sender;
  Pool *threads; /* NULL: nothing was to be sent yet */
  Lane lanes[CHANNEL_COUNT];
  int64_t escalated_ms, batch_ms;
  bool escalating, stopped;
};

/* A batch under way. Its lane is busy until it is freed. */
struct Trip {
  Lane *lane;
  Batch *batch;
  int64_t began_us; /* monotonic */
};

/* What time it is, by the clock of whoever asked for the batch. */
static int64_t trip_now_ms(const Trip *trip) {
  return trip->batch->now_ms + (clock_mono_us() - trip->began_us) / 1000;
}

static void trip_end(Trip *trip) {
  trip->lane->busy = false;
  batch_free(trip->batch);
  g_free(trip);
}

/* ---- the way of a batch ---- */

static bool save(sqlite3 *db, void *data, GError **error) {
  const Trip *trip = data;
  return batch_save(db, trip->batch, trip_now_ms(trip), trip->lane->outbox->config->time_zone,
                    error);
}

static unsigned count_items(const Batch *batch) {
  unsigned count = 0;
  for (unsigned i = 0; i < batch->parcels->len; i++)
    count += ((const Parcel *)batch->parcels->pdata[i])->items->len;
  return count;
}

/* What is not noted would be sent again: it waits for that. A full batch was perhaps not all. */
static void saved(void *data, const GError *error) {
  Trip *trip = data;
  Outbox *outbox = trip->lane->outbox;
  int64_t now_ms = trip_now_ms(trip);
  if (error)
    log_warn("outbox", "save_failed", "channel=%s reason=%s", channel_name(trip->lane->channel),
             log_q(error->message));
  if (error && !outbox->stopped) {
    trip->lane->unsaved = trip;
    return;
  }
  bool more = count_items(trip->batch) == BATCH_MOST;
  trip_end(trip);
  if (more)
    outbox_run(outbox, now_ms);
}

static void save_again(Lane *lane) {
  Trip *trip = g_steal_pointer(&lane->unsaved);
  if (trip)
    store_write(lane->outbox->store, save, saved, trip);
}

/* One line for what failed, with the first reason. */
static void count_outcomes(const Batch *batch) {
  const Parcel *first = NULL;
  unsigned failed = 0;
  for (unsigned i = 0; i < batch->parcels->len; i++) {
    const Parcel *parcel = batch->parcels->pdata[i];
    if (!parcel->tried)
      continue;
    metric_add(parcel->outcome.ok ? &metric_sent : &metric_failed, parcel->items->len);
    if (parcel->outcome.ok)
      continue;
    failed += parcel->items->len;
    first = first ? first : parcel;
  }
  if (first)
    log_warn("outbox", "not_sent", "channel=%s count=%u first=%s", channel_name(batch->channel),
             failed, log_q(first->outcome.brief));
}

static void sent(void *data) {
  Trip *trip = data;
  count_outcomes(trip->batch);
  store_write(trip->lane->outbox->store, save, saved, trip);
}

static void dropped(void *data) {
  trip_end(data);
}

/* On a thread of the pool. What a stop cut short was not tried. */
static void send_batch(void *data, void *user) {
  Trip *trip = data;
  const Outbox *outbox = user;
  const Batch *batch = trip->batch;
  for (unsigned i = 0; i < batch->parcels->len && !carrier_stopped(outbox->carrier); i++) {
    Parcel *parcel = batch->parcels->pdata[i];
    int64_t now_ms = trip_now_ms(trip);
    if (now_ms - batch->now_ms >= outbox->batch_ms)
      break;
    send_parcel(&outbox->sender, batch, parcel, now_ms);
    parcel->tried = parcel->outcome.ok || !carrier_stopped(outbox->carrier);
  }
  mailbox_post(outbox->mailbox, sent, dropped, trip);
}

static bool load(sqlite3 *db, void *data, GError **error) {
  Trip *trip = data;
  return batch_load(db, trip->batch, trip->lane->configured, error);
}

static void loaded(void *data, const GError *error) {
  Trip *trip = data;
  Outbox *outbox = trip->lane->outbox;
  if (error)
    log_warn("outbox", "load_failed", "reason=%s", log_q(error->message));
  if (error || outbox->stopped || trip->batch->parcels->len == 0) {
    trip_end(trip);
    return;
  }
  if (!outbox->threads)
    outbox->threads = pool_new("outbox", CHANNEL_COUNT, send_batch, outbox);
  pool_push(outbox->threads, trip);
}

/* ---- what nobody read ---- */

static bool escalate(sqlite3 *db, void *data, GError **error) {
  const Outbox *outbox = data;
  return batch_escalate(db, outbox->escalated_ms, outbox->config->time_zone, error);
}

static void escalated(void *data, const GError *error) {
  ((Outbox *)data)->escalating = false;
  if (error)
    log_warn("outbox", "escalate_failed", "reason=%s", log_q(error->message));
}

/* ---- the whole ---- */

void outbox_run(Outbox *outbox, int64_t now_ms) {
  if (outbox->stopped)
    return;
  if (!outbox->escalating && now_ms - outbox->escalated_ms >= ESCALATE_EVERY_MS) {
    outbox->escalated_ms = now_ms;
    outbox->escalating = true;
    store_write(outbox->store, escalate, escalated, outbox);
  }
  for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
    Lane *lane = &outbox->lanes[i];
    save_again(lane);
    if (lane->busy)
      continue;
    Trip *trip = g_new0(Trip, 1);
    trip->lane = lane;
    trip->began_us = clock_mono_us();
    trip->batch = batch_new(lane->channel, now_ms);
    lane->busy = true;
    store_read(outbox->store, load, loaded, trip);
  }
}

void outbox_bound(Outbox *outbox, int64_t most_ms) {
  outbox->batch_ms = most_ms;
}

bool outbox_is_idle(const Outbox *outbox) {
  for (unsigned i = 0; i < CHANNEL_COUNT; i++)
    if (outbox->lanes[i].busy && !outbox->lanes[i].unsaved)
      return false;
  return !outbox->escalating;
}

typedef struct {
  char *channels, *push_key;
} Told;

static void told_free(Told *told) {
  g_free(told->channels);
  g_free(told->push_key);
  g_free(told);
}

static bool tell(sqlite3 *db, void *data, GError **error) {
  const Told *told = data;
  g_autoptr(Statement) upsert = db_prepare(
      db, "insert or replace into setting (key, value) values ('push_key', :value)", error);
  if (!upsert || !notice_channels_set(db, told->channels, error))
    return false;
  statement_text(upsert, ":value", told->push_key);
  return statement_run(upsert, error);
}

static void was_told(void *data, const GError *error) {
  if (error)
    log_warn("outbox", "channels_failed", "reason=%s", log_q(error->message));
  told_free(data);
}

/* For whoever posts notices, and for pages that subscribe. */
static void tell_channels(Outbox *outbox) {
  Told *told = g_new0(Told, 1);
  g_autoptr(GString) names = g_string_new(NULL);
  for (unsigned i = 0; i < CHANNEL_COUNT; i++)
    if (i != CHANNEL_CALL && outbox->lanes[i].configured->there)
      g_string_append_printf(names, "%s%s", names->len ? " " : "", channel_name(i));
  told->channels = g_strdup(names->str);
  told->push_key = g_strdup(outbox->key ? push_key_public(outbox->key) : "");
  store_write(outbox->store, tell, was_told, told);
}

static bool read_configured(Outbox *outbox, GError **error) {
  for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
    Lane *lane = &outbox->lanes[i];
    lane->outbox = outbox;
    lane->channel = (Channel)i;
    lane->configured = way_configured(outbox->config, lane->channel, error);
    if (!lane->configured)
      return false;
  }
  return true;
}

Outbox *outbox_new(const Config *config, Store *store, Mailbox *mailbox, const Model *model,
                   GError **error) {
  Outbox *outbox = g_new0(Outbox, 1);
  outbox->config = config;
  outbox->store = store;
  outbox->mailbox = mailbox;
  outbox->batch_ms = BATCH_MS;
  outbox->carrier = read_configured(outbox, error) ? carrier_new(config, error) : NULL;
  bool pushes = outbox->carrier && outbox->lanes[CHANNEL_PUSH].configured->there;
  if (pushes)
    outbox->key = push_key_own(config->data_dir, error);
  if (!outbox->carrier || (pushes && !outbox->key)) {
    outbox_free(outbox);
    return NULL;
  }
  outbox->sender = (Sender){outbox->carrier, outbox->key, config, model};
  metric_register(&metric_sent);
  metric_register(&metric_failed);
  tell_channels(outbox);
  return outbox;
}

void outbox_stop(Outbox *outbox) {
  if (!outbox || outbox->stopped)
    return;
  outbox->stopped = true;
  carrier_stop(outbox->carrier);
  g_clear_pointer(&outbox->threads, pool_free);
  for (unsigned i = 0; i < CHANNEL_COUNT; i++)
    if (outbox->lanes[i].unsaved)
      trip_end(g_steal_pointer(&outbox->lanes[i].unsaved));
}

void outbox_free(Outbox *outbox) {
  if (!outbox)
    return;
  if (outbox->carrier)
    outbox_stop(outbox);
  carrier_free(outbox->carrier);
  for (unsigned i = 0; i < CHANNEL_COUNT; i++)
    way_free(outbox->lanes[i].configured);
  push_key_free(outbox->key);
  g_free(outbox);
}
