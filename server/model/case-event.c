#include "model/case-event.h"

#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "model/behalf.h"
#include "model/right.h"
#include "model/row.h"
#include "model/undo.h"
#include "store/database.h"
#include "store/statement.h"

static void hash_of(const char *before, const Call *call, const CaseEvent *event, int64_t seq,
                    const char *data, char out[DIGEST_SIZE]) {
  g_autoptr(GString) text = g_string_sized_new(1024);
  digest_add_field(text, before);
  g_string_append_printf(text, "%" PRId64 " %" PRId64 " %d ", seq, call->now_ms, event->internal);
  const char *const fields[] = {call->info->subject->name,
                                call->id,
                                behalf_doer(call),
                                event->verb,
                                event->from,
                                event->to,
                                event->note,
                                data};
  for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++)
    digest_add_field(text, fields[i]);
  if (call->deputy) /* others read as they did before there was such */
    digest_add_field(text, call->actor.person);
  digest_bytes(text->str, text->len, out);
}

/* The newest one's number and hash; 0 and NULL when there is none. */
static bool find_last(Call *call, int64_t *seq, char **hash) {
  g_autoptr(Statement) last = db_prepare(call->db,
                                         "select seq, hash from case_event where subject = :subject"
                                         " and id = :id order by seq desc limit 1",
                                         &call->error);
  if (!last)
    return false;
  statement_text(last, ":subject", call->info->subject->name);
  statement_text(last, ":id", call->id);
  int result = statement_step(last, &call->error);
  *seq = result == SQLITE_ROW ? column_int(last, 0) : 0;
  *hash = result == SQLITE_ROW ? g_strdup(column_text(last, 1)) : NULL;
  return result != SQLITE_ERROR;
}

bool case_event_add(Call *call, const CaseEvent *event) {
  int64_t seq;
  g_autofree char *before = NULL;
  g_autoptr(Statement) insert = db_prepare(
      call->db,
      "insert into case_event (subject, id, seq, at, actor, verb, from_state, to_state, note, data,"
      " internal, hash, on_behalf) values (:subject, :id, :seq, :at, :actor, :verb, :from, :to, "
      ":note, :data,"
      " :internal, :hash, :on_behalf)",
      &call->error);
  if (!insert || !find_last(call, &seq, &before))
    return false;
  char *data = event->data ? json_dumps(event->data, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
  char hash[DIGEST_SIZE];
  hash_of(before, call, event, seq + 1, data, hash);
  statement_text(insert, ":subject", call->info->subject->name);
  statement_text(insert, ":id", call->id);
  statement_int(insert, ":seq", seq + 1);
  statement_int(insert, ":at", call->now_ms);
  statement_text(insert, ":actor", behalf_doer(call));
  statement_text(insert, ":on_behalf", call->deputy ? call->actor.person : NULL);
  statement_text(insert, ":verb", event->verb);
  statement_text(insert, ":from", event->from);
  statement_text(insert, ":to", event->to);
  statement_text(insert, ":note", event->note);
  statement_text(insert, ":data", data);
  statement_int(insert, ":internal", event->internal);
  statement_text(insert, ":hash", hash);
  free(data);
  return statement_run(insert, &call->error);
}

/* ---- the history ---- */

static void add_member(GString *out, const char *name, const char *text) {
  g_string_append_printf(out, ",\"%s\":", name);
  json_string_append(out, text);
}

/* Id and name, from this column on. */
static void add_person(GString *out, const char *name, Statement *row, int column) {
  g_string_append_printf(out, ",\"%s\":", name);
  if (column_null(row, column)) {
    g_string_append(out, "null");
    return;
  }
  g_string_append(out, "{\"id\":");
  json_string_append(out, column_text(row, column));
  add_member(out, "name", column_text(row, column + 1));
  g_string_append_c(out, '}');
}

static bool works(const Call *call) {
  return call->info->work >= 0 && (call->verbs >> call->info->work & 1);
}

/* Which limit began, moved or ended with it tells the state that is not shown. */
static void hide_due(json_t *data) {
  const char *key;
  json_t *value;
  void *next;
  json_object_foreach_safe(data, next, key, value) {
    if (g_str_has_prefix(key, "due."))
      json_object_del(data, key);
  }
}

/* Takes out the fields that whoever asks may not see. */
static void hide_fields(const Call *call, json_t *data) {
  if (call->info->published && !works(call))
    hide_due(data);
  if (!works(call)) {
    json_object_del(data, "published_state");
    json_object_del(data, "waived");
  }
  for (const Field *field = call->info->subject->fields; field->name; field++)
    if (field->see && !(call->verbs >> info_verb(call->info, field->see) & 1))
      json_object_del(data, field->name);
}

typedef struct {
  const char *from, *to;
} Way;

/* From which state to which, as whoever asks sees them. Borrowed from the row and its data. */
static Way way_of(const Call *call, Statement *row, const json_t *data) {
  if (!call->info->published || works(call))
    return (Way){column_text(row, 5), column_text(row, 6)};
  const json_t *pair = json_object_get(data, "published_state");
  if (json_is_string(pair)) /* it made the row */
    return (Way){NULL, json_string_value(pair)};
  return (Way){json_string_value(json_array_get(pair, 0)),
               json_string_value(json_array_get(pair, 1))};
}

/* What was said with it, for who may see the field `note`. */
static const char *note_of(const Call *call, Statement *row) {
  const Field *note = field_find(call->info->subject->fields, "note");
  bool hidden = note && note->see && !(call->verbs >> info_verb(call->info, note->see) & 1);
  return hidden ? NULL : column_text(row, 7);
}

/* Until when whoever asks may take it back; only the last event of a row can be. */
static int64_t undo_of(const Call *call, Statement *row) {
  bool mine = g_strcmp0(column_text(row, 2), behalf_doer(call)) == 0;
  int64_t until =
      mine ? undo_until(call->info, column_text(row, 4), column_text(row, 5), column_int(row, 1))
           : 0;
  return column_int(row, 9) && until >= call->now_ms ? until : 0;
}

static void add_event(const Call *call, Statement *row, GString *out) {
  json_t *kept = json_loads(column_text(row, 8) ? column_text(row, 8) : "{}", 0, NULL);
  Way way = way_of(call, row, kept);
  int64_t until = undo_of(call, row);
  g_string_append_printf(out, "{\"seq\":%" PRId64 ",\"at\":%" PRId64, column_int(row, 0),
                         column_int(row, 1));
  add_person(out, "actor", row, 2);
  add_person(out, "on_behalf", row, 10);
  add_member(out, "verb", column_text(row, 4));
  add_member(out, "from", way.from);
  add_member(out, "to", way.to);
  add_member(out, "note", note_of(call, row));
  hide_fields(call, kept);
  char *data = json_dumps(kept, JSON_COMPACT);
  g_string_append_printf(out, ",\"data\":%s", data);
  if (until)
    g_string_append_printf(out, ",\"undo_until\":%" PRId64, until);
  g_string_append_c(out, '}');
  free(data);
  json_decref(kept);
}

bool case_event_list(Call *call) {
  g_autoptr(Statement) rows = db_prepare(
      call->db,
      "select e.seq, e.at, e.actor, (select s.name from person_shown s where s.id = e.actor),"
      " e.verb, e.from_state, e.to_state, e.note, e.data,"
      " e.seq = (select max(l.seq) from case_event l where l.subject = e.subject and l.id = e.id),"
      " e.on_behalf, (select s.name from person_shown s where s.id = e.on_behalf)"
      " from case_event e"
      " where e.subject = :subject and e.id = :id and (not e.internal or :work) order by e.seq",
      &call->error);
  if (!rows)
    return false;
  statement_text(rows, ":subject", call->info->subject->name);
  statement_text(rows, ":id", call->id);
  statement_int(rows, ":work", works(call));
  g_string_assign(call->out, "{\"items\":[");
  int result;
  for (bool first = true; (result = statement_step(rows, &call->error)) == SQLITE_ROW;
       first = false) {
    if (!first)
      g_string_append_c(call->out, ',');
    add_event(call, rows, call->out);
  }
  g_string_append(call->out, "]}");
  return result == SQLITE_DONE;
}
