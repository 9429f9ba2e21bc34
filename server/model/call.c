#include "model/call.h"

#include <string.h>

#include "base/zone.h"
#include "model/plan.h"
#include "store/database.h"
#include "store/statement.h"

void call_init(Call *call) {
  *call = (Call){.out = g_string_new(NULL), .effects = g_array_new(FALSE, FALSE, sizeof(Effect))};
  g_array_set_clear_func(call->effects, effect_clear);
}

void call_clear(Call *call) {
  values_clear(&call->asked);
  values_clear(&call->server);
  values_clear(&call->row);
  problem_clear(&call->problem);
  g_clear_error(&call->error);
  g_string_free(call->out, TRUE);
  g_array_unref(call->effects);
  json_decref(call->detail);
  json_decref(call->about);
  json_decref(call->refused);
  g_clear_pointer(&call->given, g_ptr_array_unref);
  json_decref(call->said);
}

void call_begin(Call *call) {
  int64_t from_ms, to_ms;
  zone_day(call->zone, call->now_ms, &from_ms, &to_ms);
  values_text(&call->server, "me", call->actor.person);
  values_text(&call->server, "deputy", call->deputy);
  values_text(&call->server, "link", call->link);
  values_int(&call->server, "now", call->now_ms);
  values_int(&call->server, "mono_us", call->mono_us);
  values_text(&call->server, "boot", call->boot);
  values_int(&call->server, "day_from", from_ms);
  values_int(&call->server, "day_to", to_ms);
  g_autofree char *today = zone_format(call->zone, call->now_ms, "%Y-%m-%d");
  values_text(&call->server, "today", today);
  values_text(&call->server, "on", today);
}

void call_row(Call *call, const char *id) {
  values_text(&call->server, "id", id);
  call->id = call_text(call, "@id");
}

void call_begin_other(Call *other, const Call *call, const Info *info) {
  call_init(other);
  other->model = call->model;
  other->info = info;
  other->db = call->db;
  other->actor = call->actor;
  other->deputy = call->deputy;
  other->given = call->given ? g_ptr_array_ref(call->given) : NULL;
  other->roles = call->roles;
  other->link = call->link;
  other->now_ms = call->now_ms;
  other->mono_us = call->mono_us;
  other->boot = call->boot;
  other->base = call->base;
  other->zone = call->zone;
  other->one_of_many = call->one_of_many;
  other->tell_nobody = call->tell_nobody;
  call_begin(other);
}

void call_join(Call *call, Call *other) {
  if (call->problem.status == 0) {
    call->problem = other->problem;
    other->problem = (Problem){0};
  }
  if (!call->error)
    call->error = g_steal_pointer(&other->error);
  g_array_append_vals(call->effects, other->effects->data, other->effects->len);
  g_array_set_clear_func(other->effects, NULL); /* their texts went along */
}

static const Value *find(const Call *call, const char *name) {
  switch (*name) {
  case ':':
    return values_find(&call->asked, name + 1);
  case '@':
    return values_find(&call->server, name + 1);
  case '$':
    return values_find(&call->row, name + 1);
  }
  g_assert_not_reached();
}

const char *call_text(const Call *call, const char *name) {
  const Value *value = find(call, name);
  return value ? value->text : NULL;
}

int64_t call_int(const Call *call, const char *name) {
  const Value *value = find(call, name);
  return value ? value->number : 0;
}

bool call_has(const Call *call, const char *name) {
  const Value *value = find(call, name);
  return value && value->kind != VALUE_NULL;
}

bool call_said(const Call *call, const char *name) {
  return find(call, name) != NULL;
}

void call_default(Call *call, const char *name, const char *text) {
  if (!values_find(&call->asked, name))
    values_text(&call->asked, name, text);
}

void call_let(Call *call, const char *name, const char *text) {
  values_text(&call->server, name, text);
}

void call_let_int(Call *call, const char *name, int64_t number) {
  values_int(&call->server, name, number);
}

/* What the kernel says, and no section may say otherwise. */
static bool is_reserved(const char *name) {
  static const char *const names[] = {"me",    "deputy",   "link",   "now", "mono_us", "boot",
                                      "today", "day_from", "day_to", "on",  "id",      "to",
                                      "shown", "version",  "limit",  NULL};
  return g_strv_contains(names, name);
}

/* Steps the statement once; its columns become values of the server. */
static bool take_row(Call *call, sqlite3_stmt *stmt, bool *found) {
  int result = sqlite3_step(stmt);
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    return db_fail(call->db, &call->error);
  *found = result == SQLITE_ROW;
  for (int n = 0; *found && n < sqlite3_column_count(stmt); n++) {
    g_assert(!is_reserved(sqlite3_column_name(stmt, n)));
    column_value(stmt, n, g_intern_string(sqlite3_column_name(stmt, n)), &call->server);
  }
  return true;
}

/* The first statement of a section's text, without blanks around it; *rest is what stands behind
 * it. NULL: there is none. Free with g_free. */
static char *cut_statement(const char *text, const char **rest) {
  const char *end = text;
  while (*end && *end != ';') {
    if (*end == '\'' || *end == '"')
      end = strchr(end + 1, *end);
    else if (g_str_has_prefix(end, "--"))
      end += strcspn(end, "\n") - 1;
    g_assert(end && *end);
    end++;
  }
  *rest = end + (*end == ';');
  char *statement = g_strstrip(g_strndup(text, (gsize)(end - text)));
  if (*statement)
    return statement;
  g_free(statement);
  return NULL;
}

/* A statement that the connection keeps prepared: what is compiled for each row of an import takes
 * longer than what it does. */
static bool run_kept(Call *call, const char *text, bool *found) {
  Sources from = {&call->asked, &call->server, &call->row};
  g_autoptr(Statement) kept = db_prepare(call->db, text, &call->error);
  return kept && bind_all(statement_handle(kept), &from, &call->error) &&
         take_row(call, statement_handle(kept), found);
}

bool call_get(Call *call, const char *section, bool *found) {
  const char *text = sections_find(&call->info->sections, SECTION_GET, section);
  g_assert(text);
  return run_kept(call, text, found);
}

static void row_values(sqlite3_stmt *stmt, Values *row) {
  values_clear(row);
  for (int n = 0; n < sqlite3_column_count(stmt); n++)
    column_value(stmt, n, g_intern_string(sqlite3_column_name(stmt, n)), row);
}

bool call_each(Call *call, const char *section, CallRow function, void *data) {
  const char *text = sections_find(&call->info->sections, SECTION_ROWS, section);
  g_auto(Values) row = {NULL};
  Sources from = {&call->asked, &call->server, &call->row};
  g_assert(text);
  g_autoptr(Statement) kept = db_prepare(call->db, text, &call->error);
  sqlite3_stmt *stmt = kept ? statement_handle(kept) : NULL;
  if (!stmt || !bind_all(stmt, &from, &call->error))
    return false;
  int result;
  while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
    row_values(stmt, &row);
    if (!function(call, &row, data))
      return false;
  }
  return result == SQLITE_DONE || db_fail(call->db, &call->error);
}

bool call_run(Call *call, const char *section) {
  const char *text = sections_find(&call->info->sections, SECTION_RUN, section);
  g_assert(text);
  while (*text) {
    bool row = false;
    g_autofree char *statement = cut_statement(text, &text);
    if (statement && !run_kept(call, statement, &row))
      return false;
  }
  return true;
}

Moment call_moment(const Call *call) {
  return (Moment){call->now_ms, call->mono_us, call->boot};
}

bool call_refuse(Call *call, const char *code) {
  if (strcmp(code, "not_found") == 0)
    return problem_set(&call->problem, PROBLEM_NOT_FOUND);
  if (strcmp(code, "forbidden") == 0)
    return problem_set(&call->problem, PROBLEM_FORBIDDEN);
  const Code *known = call->info->subject->codes;
  while (known && known->code && strcmp(known->code, code) != 0)
    known++;
  if (!known || !known->code)
    g_error("%s refuses by %s, which is none of its codes", call->info->subject->name, code);
  return problem_say(&call->problem, known->status, known->code, NULL);
}

void call_say(Call *call, const char *name, json_t *value) {
  if (!call->said)
    call->said = json_object();
  json_object_set_new(call->said, name, value);
}

void call_effect(Call *call, EffectKind kind, const char *meeting, const char *person,
                 const char *name) {
  Effect effect = {kind, g_strdup(meeting), g_strdup(person), g_strdup(name)};
  g_array_append_val(call->effects, effect);
}
