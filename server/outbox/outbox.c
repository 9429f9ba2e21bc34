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

typedef struct {
  Outbox *outbox;
  Channel channel;
  bool configured, busy;
} Lane;

struct Outbox {
  const Config *config;
  Store *store;
  Mailbox *mailbox;
  PushKey *key;
  Carrier *carrier;
  Sender sender;
  Pool *threads; /* NULL: nothing is configured */
  Lane lanes[CHANNEL_COUNT];
  int64_t escalated_ms;
  bool escalating, stopped;
};

/* A batch under way. Its lane is busy until it is freed. */
typedef struct {
  Lane *lane;
  Batch *batch;
  int64_t began_us; /* monotonic */
} Trip;

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

/* A full batch was perhaps not all. */
static void saved(void *data, const GError *error) {
  Trip *trip = data;
  Outbox *outbox = trip->lane->outbox;
  int64_t now_ms = trip_now_ms(trip);
  unsigned count = 0;
  if (error)
    log_warn("outbox", "save_failed", "channel=%s reason=%s", channel_name(trip->lane->channel),
             log_q(error->message));
  for (unsigned i = 0; i < trip->batch->parcels->len; i++)
    count += ((const Parcel *)trip->batch->parcels->pdata[i])->items->len;
  trip_end(trip);
  if (count == BATCH_MOST && !error)
    outbox_run(outbox, now_ms);
}

static void count_outcomes(const Batch *batch) {
  for (unsigned i = 0; i < batch->parcels->len; i++) {
    const Parcel *parcel = batch->parcels->pdata[i];
    metric_add(parcel->outcome.ok ? &metric_sent : &metric_failed, parcel->items->len);
    if (!parcel->outcome.ok)
      log_warn("outbox", "not_sent", "channel=%s reason=%s", channel_name(batch->channel),
               log_q(parcel->outcome.reason));
  }
}

static void sent(void *data) {
  Trip *trip = data;
  count_outcomes(trip->batch);
  store_write(trip->lane->outbox->store, save, saved, trip);
}

static void dropped(void *data) {
  trip_end(data);
}

/* On a thread of the pool. */
static void send_batch(void *data, void *user) {
  Trip *trip = data;
  const Outbox *outbox = user;
  for (unsigned i = 0; i < trip->batch->parcels->len; i++)
    send_parcel(&outbox->sender, trip->batch->channel, trip->batch->parcels->pdata[i],
                trip->batch->now_ms);
  mailbox_post(outbox->mailbox, sent, dropped, trip);
}

static bool load(sqlite3 *db, void *data, GError **error) {
  return batch_load(db, ((Trip *)data)->batch, error);
}

static void loaded(void *data, const GError *error) {
  Trip *trip = data;
  Outbox *outbox = trip->lane->outbox;
  if (error)
    log_warn("outbox", "load_failed", "reason=%s", log_q(error->message));
  if (error || outbox->stopped || trip->batch->parcels->len == 0)
    trip_end(trip);
  else
    pool_push(outbox->threads, trip);
}

/* ---- what nobody read ---- */

static bool escalate(sqlite3 *db, void *data, GError **error) {
  const Lane *lane = data;
  return batch_escalate(db, lane->outbox->escalated_ms, lane->outbox->config->time_zone, error);
}

static void escalated(void *data, const GError *error) {
  ((Lane *)data)->outbox->escalating = false;
  if (error)
    log_warn("outbox", "escalate_failed", "reason=%s", log_q(error->message));
}

/* ---- the whole ---- */

void outbox_run(Outbox *outbox, int64_t now_ms) {
  if (outbox->stopped || !outbox->threads)
    return;
  Lane *sms = &outbox->lanes[CHANNEL_SMS];
  if (sms->configured && !outbox->escalating &&
      now_ms - outbox->escalated_ms >= ESCALATE_EVERY_MS) {
    outbox->escalated_ms = now_ms;
    outbox->escalating = true;
    store_write(outbox->store, escalate, escalated, sms);
  }
  for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
    Lane *lane = &outbox->lanes[i];
    if (!lane->configured || lane->busy)
      continue;
    Trip *trip = g_new0(Trip, 1);
    trip->lane = lane;
    trip->began_us = clock_mono_us();
    trip->batch = batch_new(lane->channel, now_ms);
    lane->busy = true;
    store_read(outbox->store, load, loaded, trip);
  }
}

bool outbox_is_idle(const Outbox *outbox) {
  for (unsigned i = 0; i < CHANNEL_COUNT; i++)
    if (outbox->lanes[i].busy)
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
    if (outbox->lanes[i].configured)
      g_string_append_printf(names, "%s%s", names->len ? " " : "", channel_name(i));
  told->channels = g_strdup(names->str);
  told->push_key = g_strdup(outbox->key ? push_key_public(outbox->key) : "");
  store_write(outbox->store, tell, was_told, told);
}

Outbox *outbox_new(const Config *config, Store *store, Mailbox *mailbox, const Model *model,
                   GError **error) {
  const bool configured[CHANNEL_COUNT] = {[CHANNEL_EMAIL] = *config->smtp_server,
                                          [CHANNEL_SMS] = *config->sms_hook_url,
                                          [CHANNEL_WEBHOOK] = config->webhooks,
                                          [CHANNEL_PUSH] = *config->push_contact};
  Outbox *outbox = g_new0(Outbox, 1);
  bool any = false;
  outbox->config = config;
  outbox->store = store;
  outbox->mailbox = mailbox;
  for (unsigned i = 0; i < CHANNEL_COUNT; i++) {
    outbox->lanes[i] = (Lane){outbox, (Channel)i, configured[i], false};
    any |= configured[i];
  }
  outbox->carrier = carrier_new(config, error);
  if (outbox->carrier && configured[CHANNEL_PUSH])
    outbox->key = push_key_own(config->data_dir, error);
  if (!outbox->carrier || (configured[CHANNEL_PUSH] && !outbox->key)) {
    outbox_free(outbox);
    return NULL;
  }
  outbox->sender = (Sender){outbox->carrier, outbox->key, config, model};
  if (any)
    outbox->threads = pool_new("outbox", CHANNEL_COUNT, send_batch, outbox);
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
}

void outbox_free(Outbox *outbox) {
  if (!outbox)
    return;
  if (outbox->carrier)
    outbox_stop(outbox);
  carrier_free(outbox->carrier);
  push_key_free(outbox->key);
  g_free(outbox);
}
