#include "duty/attendance.h"

#include <string.h>

#include "api/handlers.h"
#include "duty/decide.h"
#include "store/check.h"

#define ITEMS_MAX 1000

/* As the one who asks sees it: with what he may still take back. */
static json_t *rows_of(Call *call, GError **error) {
  json_t *undo =
      attendance_undoable(call->db, call_id(call, 0), call->session->person, call->now_ms, error);
  json_t *rows = undo ? attendance_rows(call->db, call_id(call, 0), call->now, error) : NULL;
  if (rows)
    json_object_set(rows, "undo", undo);
  json_decref(undo);
  return rows;
}

void attendance_index(Call *call) {
  GError *error = NULL;
  json_t *rows = rows_of(call, &error);
  call_answer(call, 200, rows, error);
}

void attendance_export(Call *call) {
  GError *error = NULL;
  g_autofree char *text = attendance_csv(call->db, call_id(call, 0),
                                         call->context->config->time_zone, call->now, &error);
  if (!text) {
    call_fail(call, error);
    return;
  }
  const AuditEntry entry = {.kind = "attendance.export",
                            .subject = call->session->person,
                            .object = call_id(call, 0),
                            .result = "ok",
                            .address = call->request->address};
  audit_queue(call->context->store, &entry, call->now_ms);
  call->response->status = 200;
  call->response->content_type = "text/csv; charset=utf-8";
  call->response->disposition =
      g_strdup_printf("attachment; filename=\"attendance-%s.csv\"", call_id(call, 0));
  g_string_assign(call->response->body, text);
}

/* Those of all that the request decided. */
static json_t *decided(const json_t *all, const json_t *asked) {
  json_t *found = json_array();
  g_autoptr(GHashTable) people = g_hash_table_new(g_str_hash, g_str_equal); /* borrowed ids */
  for (size_t i = 0; i < json_array_size(asked); i++)
    g_hash_table_add(people, (void *)body_text(json_array_get(asked, i), "person"));
  for (size_t i = 0; i < json_array_size(all); i++) {
    json_t *row = json_array_get(all, i);
    if (g_hash_table_contains(people, body_text(json_object_get(row, "person"), "id")))
      json_array_append(found, row);
  }
  return found;
}

static bool confirm(Call *call, GError **error) {
  const json_t *items = json_object_get(call->body, "items");
  SeenWindow seen = {body_integer(call->body, "window_from"),
                     body_integer(call->body, "window_to")};
  char batch[ID_CHARS + 1];
  if (!attendance_confirm(call->db, call_id(call, 0), items, seen, &call->actor, call->now, batch,
                          error))
    return false;
  json_t *rows = attendance_rows(call->db, call_id(call, 0), call->now, error);
  if (!rows)
    return false;
  json_t *chosen = decided(json_object_get(rows, "items"), items);
  json_decref(rows);
  return call_made(call, 200,
                   json_pack("{s:o, s:s, s:I}", "items", chosen, "batch", batch, "undo_until",
                             (json_int_t)(call->now_ms + UNDO_MS)));
}

void attendance_decide(Call *call) {
  static const BodyField fields[] = {{"items", BODY_LIST, true, ITEMS_MAX},
                                     {"window_from", BODY_INTEGER, false, 0},
                                     {"window_to", BODY_INTEGER, false, 0}};
  static const BodyField item[] = {
      {"person", BODY_TEXT, true, 64},          {"state", BODY_TEXT, true, 64},
      {"late", BODY_SWITCH, false, 0},          {"left_early", BODY_SWITCH, false, 0},
      {"note", BODY_TEXT_OR_NULL, false, 4000},
  };
  if (!call_body(call, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  const json_t *items = json_object_get(call->body, "items");
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!body_check(json_array_get(items, i), item, G_N_ELEMENTS(item), &error)) {
      call_fail(call, error);
      return;
    }
  call_write(call, confirm);
}

static bool take_back(Call *call, GError **error) {
  if (!attendance_undo(call->db, call_id(call, 0), body_text(call->body, "batch"), &call->actor,
                       call->now_ms, error))
    return false;
  call_empty(call);
  return true;
}

void attendance_take_back(Call *call) {
  static const BodyField fields[] = {{"batch", BODY_TEXT, true, 64}};
  if (call_body(call, fields, G_N_ELEMENTS(fields)))
    call_write(call, take_back);
}

/* A time in the query: milliseconds. */
static bool read_time(Call *call, const char *name, int64_t *value) {
  const char *text = call_query(call, name);
  GError *error = NULL;
  if (text && g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, value, NULL))
    return true;
  check_fail(&error, "%s wants a time in milliseconds", name);
  call_fail(call, error);
  return false;
}

void attendance_window_preview(Call *call) {
  GError *error = NULL;
  int64_t from, to;
  if (!read_time(call, "from", &from) || !read_time(call, "to", &to))
    return;
  json_t *preview = attendance_preview(call->db, call_id(call, 0), from, to, call->now, &error);
  call_answer(call, 200, preview, error);
}

static bool move(Call *call, GError **error) {
  return attendance_move(call->db, call_id(call, 0), body_integer(call->body, "from"),
                         body_integer(call->body, "to"), body_text(call->body, "reason"),
                         &call->actor, call->now, error) &&
         call_made(call, 200, rows_of(call, error));
}

void attendance_window_move(Call *call) {
  static const BodyField fields[] = {{"from", BODY_INTEGER, true, 0},
                                     {"to", BODY_INTEGER, true, 0},
                                     {"reason", BODY_TEXT, true, 4000}};
  if (call_body(call, fields, G_N_ELEMENTS(fields)))
    call_write(call, move);
}
