#include "model/notice.h"

#include <string.h>

#include "base/id.h"
#include "model/behalf.h"
#include "model/notice-time.h"
#include "model/plan.h"
#include "model/take.h"
#include "store/database.h"
#include "store/statement.h"

const NoticeKind *notice_kind(const Subject *subject, const char *code) {
  for (const NoticeKind *kind = subject->notices; kind && kind->code; kind++)
    if (strcmp(kind->code, code) == 0)
      return kind;
  return NULL;
}

/* ---- the notice ---- */

/* The one that this is again; id stays empty when there is none. */
static bool find_recent(sqlite3 *db, const NoticeNew *notice, const char *code, int64_t since_ms,
                        char *id, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select id from notice where subject = :subject and record = :record"
                 " and code = :code and about is :about and created_at > :since"
                 " order by created_at desc limit 1",
                 error);
  if (!row)
    return false;
  statement_text(row, ":subject", notice->subject);
  statement_text(row, ":record", notice->record);
  statement_text(row, ":code", code);
  statement_text(row, ":about", notice->about);
  statement_int(row, ":since", since_ms);
  int result = statement_step(row, error);
  if (result == SQLITE_ROW)
    g_strlcpy(id, column_text(row, 0), ID_CHARS + 1);
  return result != SQLITE_ERROR;
}

static bool write_notice(sqlite3 *db, const NoticeNew *notice, const char *code, int64_t now_ms,
                         const char *id, GError **error) {
  g_autoptr(Statement) upsert = db_prepare(
      db,
      "insert into notice (id, code, subject, record, about, severity, params, actor, created_at,"
      "  at) values (:id, :code, :subject, :record, :about, :severity, coalesce(:params, '{}'),"
      "  :actor, :now, :now)"
      " on conflict (id) do update set params = excluded.params, actor = excluded.actor,"
      "  at = excluded.at, times = times + 1",
      error);
  if (!upsert)
    return false;
  statement_text(upsert, ":id", id);
  statement_text(upsert, ":code", code);
  statement_text(upsert, ":subject", notice->subject);
  statement_text(upsert, ":record", notice->record);
  statement_text(upsert, ":about", notice->about);
  statement_text(upsert, ":severity", notice->urgent ? "urgent" : "normal");
  statement_text(upsert, ":params", notice->params);
  statement_text(upsert, ":actor", notice->actor);
  statement_int(upsert, ":now", now_ms);
  return statement_run(upsert, error);
}

/* ---- programs that listen ---- */

static bool write_calls(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into integration_call (id, integration, notice, next_at)"
                 " select lower(hex(randomblob(8))), i.id, :notice, :now from integration i"
                 " where i.kind = 'webhook' and i.active = 1",
                 error);
  if (!insert)
    return false;
  statement_text(insert, ":notice", id);
  statement_int(insert, ":now", now_ms);
  return statement_run(insert, error);
}

/* ---- whom it is told ---- */

static bool write_entry(sqlite3 *db, const NoticeNew *notice, const char *id, const char *person,
                        int64_t now_ms, int64_t escalate_ms, GError **error) {
  char entry[ID_CHARS + 1];
  id_random(entry, ID_CHARS);
  g_autoptr(Statement) upsert = db_prepare(
      db,
      "insert into notice_entry (id, notice, person, posted_at, escalate_at, created_at)"
      " select :id, :notice, p.id, :now, :escalate, :now from person p"
      "  where p.id = :person and p.active and p.id is not :actor"
      " on conflict (notice, person) do update set posted_at = excluded.posted_at, read_at = null,"
      "  escalate_at = excluded.escalate_at",
      error);
  if (!upsert)
    return false;
  statement_text(upsert, ":id", entry);
  statement_text(upsert, ":notice", id);
  statement_text(upsert, ":person", person);
  statement_text(upsert, ":actor", notice->actor);
  statement_int(upsert, ":now", now_ms);
  statement_int(upsert, ":escalate", escalate_ms);
  return statement_run(upsert, error);
}

/* The other ways in which he wants to be told and can be. A program that listens needs no
 * gathering; a text message is for what is urgent, and for what was not read. */
static const char other_ways[] =
    "insert into delivery (id, entry, channel, state, at, next_at, created_at)"
    " select lower(hex(randomblob(8))), e.id, c.channel, 'queued', :now,"
    "  case when :urgent or c.channel = 'webhook' then :now else :digest end, :now"
    " from notice_entry e join inbox i on i.id = e.person"
    " join notice_way c"
    " where e.notice = :notice and e.person = :person"
    "  and case c.channel when 'email' then i.by_email and i.email is not null"
    "   when 'sms' then :urgent and i.by_sms and i.phone is not null"
    "   when 'webhook' then i.webhook is not null"
    "   else i.by_push and exists (select 1 from push_device d where d.person = i.id) end"
    " on conflict (entry, channel) do nothing";

static bool write_deliveries(sqlite3 *db, const NoticeNew *notice, const char *id,
                             const char *person, int64_t now_ms, int64_t digest_ms,
                             GError **error) {
  g_autoptr(Statement) insert = db_prepare(db, other_ways, error);
  if (!insert)
    return false;
  statement_text(insert, ":notice", id);
  statement_text(insert, ":person", person);
  statement_int(insert, ":urgent", notice->urgent);
  statement_int(insert, ":now", now_ms);
  statement_int(insert, ":digest", digest_ms);
  return statement_run(insert, error);
}

bool notice_put(sqlite3 *db, const NoticeNew *notice, const char *const *people, unsigned count,
                int64_t now_ms, const char *zone, GError **error) {
  char id[ID_CHARS + 1] = "";
  g_autofree char *code = g_strdup_printf("%s.%s", notice->subject, notice->code);
  NoticeTimes times;
  if (count == 0)
    return true;
  if (!notice_times_load(db, zone, &times, error) ||
      (!notice->urgent && !find_recent(db, notice, code, now_ms - times.merge_ms, id, error)))
    return false;
  bool again = *id;
  if (!again)
    id_random(id, ID_CHARS);
  if (!write_notice(db, notice, code, now_ms, id, error) ||
      (!again && !write_calls(db, id, now_ms, error)))
    return false;
  int64_t escalate_ms = now_ms + times.escalate_ms, digest_ms = notice_digest_ms(&times, now_ms);
  for (unsigned i = 0; i < count; i++)
    if (!write_entry(db, notice, id, people[i], now_ms, escalate_ms, error) ||
        !write_deliveries(db, notice, id, people[i], now_ms, digest_ms, error))
      return false;
  return true;
}

bool notice_channels_set(sqlite3 *db, const char *channels, GError **error) {
  g_autoptr(Statement) upsert = db_prepare(
      db, "insert or replace into setting (key, value) values ('notice_channels', :value)", error);
  if (!upsert)
    return false;
  statement_text(upsert, ":value", channels);
  return statement_run(upsert, error);
}

/* ---- by a subject's section ---- */

/* The columns behind the person's id, as JSON. */
static json_t *row_params(sqlite3_stmt *stmt) {
  json_t *params = json_object();
  for (int n = 1; n < sqlite3_column_count(stmt); n++) {
    const char *name = sqlite3_column_name(stmt, n);
    if (sqlite3_column_type(stmt, n) == SQLITE_INTEGER)
      json_object_set_new(params, name, json_integer(sqlite3_column_int64(stmt, n)));
    else if (sqlite3_column_type(stmt, n) != SQLITE_NULL)
      json_object_set_new(params, name, json_string((const char *)sqlite3_column_text(stmt, n)));
  }
  return params;
}

/* The persons of the section, and the parameters of its first row (free with free), NULL when there
 * is no row. */
static bool find_people(Call *call, const char *section, GPtrArray *people, char **params) {
  const char *text = sections_find(&call->info->sections, SECTION_PEOPLE, section);
  g_autoptr(sqlite3_stmt) stmt = NULL;
  Sources from = {&call->asked, &call->server, &call->row};
  int result;
  g_assert(text);
  if (sqlite3_prepare_v2(call->db, text, -1, &stmt, NULL) != SQLITE_OK)
    return db_fail(call->db, &call->error);
  if (!bind_all(stmt, &from, &call->error))
    return false;
  while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
    if (!*params) {
      json_t *object = row_params(stmt);
      *params = json_dumps(object, JSON_COMPACT);
      json_decref(object);
    }
    if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
      g_ptr_array_add(people, g_strdup((const char *)sqlite3_column_text(stmt, 0)));
  }
  return result == SQLITE_DONE || db_fail(call->db, &call->error);
}

const Field tell_nobody_field[] = {
    BOOL(TELL_NOBODY, .about = "nobody is sent its notices this time; the history says so"), END};

bool notice_take(Call *call, unsigned flags, json_t *said) {
  g_auto(Values) taken = {NULL};
  if (!(flags & MAY_TELL_NOBODY))
    return true;
  json_t *own = json_object();
  json_object_set(own, TELL_NOBODY, json_object_get(said, TELL_NOBODY));
  json_object_del(said, TELL_NOBODY);
  bool fine = take_object(tell_nobody_field, TELL_NOBODY "?", own, &taken, &call->problem);
  const Value *value = values_find(&taken, TELL_NOBODY);
  call->tell_nobody = value && value->number;
  json_decref(own);
  return fine;
}

bool notice_post(Call *call, const char *code, const char *people) {
  return notice_post_about(call, code, people, NULL);
}

bool notice_post_about(Call *call, const char *code, const char *people, const char *about) {
  const NoticeKind *kind = notice_kind(call->info->subject, code);
  if (call->one_of_many || call->tell_nobody)
    return true;
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
  char *params = NULL;
  g_assert(kind);
  bool fine = find_people(call, people, found, &params);
  NoticeNew notice = {.subject = call->info->subject->name,
                      .code = code,
                      .record = call->id,
                      .about = about,
                      .urgent = kind->flags & URGENT,
                      .actor = behalf_doer(call),
                      .params = params};
  fine = fine && notice_put(call->db, &notice, (const char *const *)found->pdata, found->len,
                            call->now_ms, call->zone, &call->error);
  free(params);
  return fine;
}
