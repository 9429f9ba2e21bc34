#include "outbox/batch.h"

#include <string.h>

#include "model/notice-time.h"
#include "store/database.h"
#include "store/integrations.h"
#include "store/statement.h"

/* ---- memory ---- */

static void item_free(void *pointer) {
  Item *item = pointer;
  g_free(item->delivery);
  g_free(item->code);
  g_free(item->subject);
  g_free(item->record);
  json_decref(item->params);
  g_free(item);
}

static void device_free(void *pointer) {
  Device *device = pointer;
  g_free(device->id);
  g_free(device->endpoint);
  g_free(device->p256dh);
  g_free(device->auth);
  g_free(device);
}

static void parcel_free(void *pointer) {
  Parcel *parcel = pointer;
  g_free(parcel->person);
  g_free(parcel->language);
  g_free(parcel->email);
  g_free(parcel->phone);
  g_free(parcel->webhook);
  g_free(parcel->secret);
  g_ptr_array_unref(parcel->items);
  g_ptr_array_unref(parcel->devices);
  g_free(parcel);
}

Batch *batch_new(Channel channel, int64_t now_ms) {
  Batch *batch = g_new0(Batch, 1);
  batch->channel = channel;
  batch->now_ms = now_ms;
  batch->parcels = g_ptr_array_new_with_free_func(parcel_free);
  return batch;
}

void batch_free(Batch *batch) {
  if (!batch)
    return;
  way_free(batch->way);
  g_ptr_array_unref(batch->parcels);
  g_free(batch);
}

/* ---- reading ---- */

static Parcel *add_parcel(Batch *batch, Statement *row) {
  Parcel *parcel = g_new0(Parcel, 1);
  parcel->person = g_strdup(column_text(row, 8));
  parcel->language = g_strdup(column_text(row, 9));
  parcel->email = g_strdup(column_text(row, 10));
  parcel->phone = g_strdup(column_text(row, 11));
  parcel->webhook = g_strdup(column_text(row, 12));
  parcel->secret = g_strdup(column_text(row, 13));
  parcel->active = column_int(row, 14);
  parcel->items = g_ptr_array_new_with_free_func(item_free);
  parcel->devices = g_ptr_array_new_with_free_func(device_free);
  g_ptr_array_add(batch->parcels, parcel);
  return parcel;
}

/* Rows of one person follow each other. */
static Parcel *parcel_for(Batch *batch, Statement *row) {
  bool gathers = batch->channel == CHANNEL_EMAIL || batch->channel == CHANNEL_PUSH;
  Parcel *last = batch->parcels->len ? batch->parcels->pdata[batch->parcels->len - 1] : NULL;
  return gathers && last && strcmp(last->person, column_text(row, 8)) == 0 ? last
                                                                           : add_parcel(batch, row);
}

static void add_item(Batch *batch, Statement *row) {
  Item *item = g_new0(Item, 1);
  item->delivery = g_strdup(column_text(row, 0));
  item->attempts = (unsigned)column_int(row, 1);
  item->code = g_strdup(column_text(row, 2));
  item->subject = g_strdup(column_text(row, 3));
  item->record = g_strdup(column_text(row, 4));
  item->params = json_loads(column_text(row, 5), 0, NULL);
  item->urgent = strcmp(column_text(row, 6), "urgent") == 0;
  item->at_ms = column_int(row, 7);
  item->unread = column_int(row, 15);
  g_ptr_array_add(parcel_for(batch, row)->items, item);
}

static bool load_devices(sqlite3 *db, Parcel *parcel, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 "select id, endpoint, p256dh, auth from push_device where person = :person"
                 " order by created_at, id",
                 error);
  int result;
  if (!rows)
    return false;
  statement_text(rows, ":person", parcel->person);
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    Device *device = g_new0(Device, 1);
    device->id = g_strdup(column_text(rows, 0));
    device->endpoint = g_strdup(column_text(rows, 1));
    device->p256dh = g_strdup(column_text(rows, 2));
    device->auth = g_strdup(column_text(rows, 3));
    g_ptr_array_add(parcel->devices, device);
  }
  return result == SQLITE_DONE;
}

/* The most overdue ones, then by person. A text message that was not made with its entry reminds
 * of it. */
static const char due[] =
    "select d.id, d.attempts, n.code, n.subject, n.record, n.params, n.severity, n.at,"
    "  e.person, i.language, i.email, i.phone, i.webhook, i.webhook_secret, p.active,"
    "  d.channel = 'sms' and d.created_at > e.posted_at"
    " from (select * from delivery where channel = :channel and state = 'queued'"
    "   and next_at <= :now order by next_at, id limit :most) d"
    " join notice_entry e on e.id = d.entry join notice n on n.id = e.notice"
    " join inbox i on i.id = e.person join person p on p.id = e.person"
    " order by e.person, n.at, d.id";

/* The same columns of what programs of the house are to be told: nothing about people. */
static const char due_calls[] =
    "select c.id, c.attempts, n.code, n.subject, n.record, '{}', n.severity, n.at,"
    "  i.id, '', null, null, i.url, s.secret, 1, 0"
    " from integration_call c join integration i on i.id = c.integration and i.active = 1"
    " join notice n on n.id = c.notice left join integration_secret s on s.integration = i.id"
    " where c.next_at <= :now order by c.next_at, c.id limit :most";

bool batch_load(sqlite3 *db, Batch *batch, const Way *configured, GError **error) {
  batch->way = way_load(db, batch->channel, configured, error);
  if (!batch->way || !batch->way->there)
    return batch->way;
  bool calls = batch->channel == CHANNEL_CALL;
  g_autoptr(Statement) rows = db_prepare(db, calls ? due_calls : due, error);
  int result;
  if (!rows)
    return false;
  if (!calls)
    statement_text(rows, ":channel", channel_name(batch->channel));
  statement_int(rows, ":now", batch->now_ms);
  statement_int(rows, ":most", BATCH_MOST);
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    add_item(batch, rows);
  if (result != SQLITE_DONE)
    return false;
  for (unsigned i = 0; i < batch->parcels->len && batch->channel == CHANNEL_PUSH; i++)
    if (!load_devices(db, batch->parcels->pdata[i], error))
      return false;
  return true;
}

/* ---- writing ---- */

/* 0: it is not tried again. */
static int64_t next_try(const Batch *batch, const Parcel *parcel, const Item *item, int64_t now_ms,
                        const NoticeTimes *times) {
  int64_t at_ms = parcel->outcome.final ? 0 : notice_retry_ms(item->attempts + 1, now_ms);
  bool rests = !item->urgent && batch->channel != CHANNEL_WEBHOOK && batch->channel != CHANNEL_CALL;
  return at_ms && rests ? notice_after_quiet_ms(times, at_ms) : at_ms;
}

/* What was read in the inbox meanwhile is not queued any more, and stays as it is. */
static bool save_item(sqlite3 *db, const Batch *batch, const Parcel *parcel, const Item *item,
                      int64_t now_ms, const NoticeTimes *times, GError **error) {
  g_autoptr(Statement) update = db_prepare(
      db,
      "update delivery set state = :state, at = :now, attempts = attempts + 1,"
      " next_at = nullif(:next, 0), reason = :reason where id = :id and state = 'queued'",
      error);
  if (!update)
    return false;
  int64_t next_ms = parcel->outcome.ok ? 0 : next_try(batch, parcel, item, now_ms, times);
  statement_text(update, ":state", parcel->outcome.ok ? "sent" : next_ms ? "queued" : "failed");
  statement_text(update, ":reason", parcel->outcome.ok ? NULL : parcel->outcome.reason);
  statement_int(update, ":next", next_ms);
  statement_int(update, ":now", now_ms);
  statement_text(update, ":id", item->delivery);
  return statement_run(update, error);
}

static bool drop_call(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) drop = db_prepare(db, "delete from integration_call where id = :id", error);
  if (!drop)
    return false;
  statement_text(drop, ":id", id);
  return statement_run(drop, error);
}

/* What was taken or is given up is forgotten; how it went stands with the integration. */
static bool save_call(sqlite3 *db, const Batch *batch, const Parcel *parcel, int64_t now_ms,
                      const NoticeTimes *times, GError **error) {
  const Item *item = parcel->items->pdata[0];
  int64_t next_ms = parcel->outcome.ok ? 0 : next_try(batch, parcel, item, now_ms, times);
  if (!integration_note(db, parcel->person, now_ms,
                        parcel->outcome.ok ? NULL : parcel->outcome.reason, error))
    return false;
  if (next_ms == 0)
    return drop_call(db, item->delivery, error);
  g_autoptr(Statement) update = db_prepare(
      db, "update integration_call set attempts = attempts + 1, next_at = :next where id = :id",
      error);
  if (!update)
    return false;
  statement_int(update, ":next", next_ms);
  statement_text(update, ":id", item->delivery);
  return statement_run(update, error);
}

/* A push is a hint that may never come: who was to have one and could not be reached is reminded by
 * a text message as if he had not looked for long. */
static bool remind_soon(sqlite3 *db, const Item *item, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update notice_entry set escalate_at = :now where escalate_at > :now"
                 " and id = (select entry from delivery where id = :delivery and state <> 'read')",
                 error);
  if (!update)
    return false;
  statement_int(update, ":now", now_ms);
  statement_text(update, ":delivery", item->delivery);
  return statement_run(update, error);
}

/* It failed for the second time, or will not be tried a second time. */
static bool falls_back(const Batch *batch, const Parcel *parcel, const Item *item) {
  return batch->channel == CHANNEL_PUSH && !parcel->outcome.ok &&
         (parcel->outcome.final || item->attempts + 1 >= PUSH_FAILURES_MOST);
}

static bool drop_device(sqlite3 *db, const Device *device, GError **error) {
  g_autoptr(Statement) drop = db_prepare(db, "delete from push_device where id = :id", error);
  if (!drop)
    return false;
  statement_text(drop, ":id", device->id);
  return statement_run(drop, error);
}

/* How the last parcel that was carried went, where an integration carried it. */
static bool save_use(sqlite3 *db, const Batch *batch, int64_t now_ms, GError **error) {
  const Outcome *last = NULL;
  for (unsigned i = 0; i < batch->parcels->len; i++) {
    const Parcel *parcel = batch->parcels->pdata[i];
    if (parcel->tried && parcel->outcome.carried)
      last = &parcel->outcome;
  }
  return !last || !*batch->way->integration ||
         integration_note(db, batch->way->integration, now_ms, last->ok ? NULL : last->reason,
                          error);
}

bool batch_save(sqlite3 *db, const Batch *batch, int64_t now_ms, const char *zone, GError **error) {
  NoticeTimes times;
  if (!notice_times_load(db, zone, &times, error))
    return false;
  for (unsigned i = 0; i < batch->parcels->len; i++) {
    const Parcel *parcel = batch->parcels->pdata[i];
    if (!parcel->tried)
      continue;
    if (batch->channel == CHANNEL_CALL) {
      if (!save_call(db, batch, parcel, now_ms, &times, error))
        return false;
      continue;
    }
    for (unsigned n = 0; n < parcel->items->len; n++) {
      const Item *item = parcel->items->pdata[n];
      if (!save_item(db, batch, parcel, item, now_ms, &times, error) ||
          (falls_back(batch, parcel, item) && !remind_soon(db, item, now_ms, error)))
        return false;
    }
    for (unsigned n = 0; n < parcel->devices->len; n++) {
      const Device *device = parcel->devices->pdata[n];
      if (device->gone && !drop_device(db, device, error))
        return false;
    }
  }
  return save_use(db, batch, now_ms, error);
}

/* ---- what nobody read ---- */

#define OVERDUE                                                                                    \
  " from notice_entry e join notice n on n.id = e.notice where e.escalate_at <= :now"              \
  " and (not :night or n.severity = 'urgent')"

static bool run_at(sqlite3 *db, const char *sql, int64_t now_ms, bool night, GError **error) {
  g_autoptr(Statement) statement = db_prepare(db, sql, error);
  if (!statement)
    return false;
  statement_int(statement, ":now", now_ms);
  statement_int(statement, ":night", night);
  return statement_run(statement, error);
}

bool batch_escalate(sqlite3 *db, int64_t now_ms, const char *zone, GError **error) {
  NoticeTimes times;
  if (!notice_times_load(db, zone, &times, error))
    return false;
  bool night = notice_after_quiet_ms(&times, now_ms) != now_ms;
  return run_at(db,
                "insert into delivery (id, entry, channel, state, at, next_at, created_at)"
                " select lower(hex(randomblob(8))), u.id, 'sms', 'queued', :now, :now, :now"
                " from (select e.id, e.person" OVERDUE ") u join inbox i on i.id = u.person"
                " join person p on p.id = u.person"
                " where p.active and i.by_sms and i.phone is not null"
                " and exists (select 1 from notice_way where channel = 'sms')"
                " on conflict (entry, channel) do nothing",
                now_ms, night, error) &&
         run_at(db,
                "update notice_entry set escalate_at = null where id in (select e.id" OVERDUE ")",
                now_ms, night, error);
}
