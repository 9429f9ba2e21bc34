#include "duty/attendance.h"

#include <string.h>

#include "api/handlers.h"
#include "duty/decide.h"
#include "store/check.h"

#define ITEMS_MAX 1000

/* As the one who asks sees it: with what he may still take back. */
static json_t *rows_of(Exchange *exchange, GError **error) {
  json_t *undo = attendance_undoable(exchange->db, exchange_id(exchange, 0),
                                     exchange->session->person, exchange->now_ms, error);
  json_t *rows =
      undo ? attendance_rows(exchange->db, exchange_id(exchange, 0), exchange->now, error) : NULL;
  if (rows)
    json_object_set(rows, "undo", undo);
  json_decref(undo);
  return rows;
}

void attendance_index(Exchange *exchange) {
  GError *error = NULL;
  json_t *rows = rows_of(exchange, &error);
  exchange_answer(exchange, 200, rows, error);
}

void attendance_export(Exchange *exchange) {
  GError *error = NULL;
  g_autofree char *text =
      attendance_csv(exchange->db, exchange_id(exchange, 0), exchange->context->config->time_zone,
                     exchange->now, &error);
  if (!text) {
    exchange_fail(exchange, error);
    return;
  }
  const AuditEntry entry = {.kind = "attendance.export",
                            .subject = exchange->session->person,
                            .object = exchange_id(exchange, 0),
                            .result = "ok",
                            .address = exchange->request->address};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  exchange->response->status = 200;
  exchange->response->content_type = "text/csv; charset=utf-8";
  exchange->response->disposition =
      g_strdup_printf("attachment; filename=\"attendance-%s.csv\"", exchange_id(exchange, 0));
  g_string_assign(exchange->response->body, text);
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

static bool confirm(Exchange *exchange, GError **error) {
  const json_t *items = json_object_get(exchange->body, "items");
  SeenWindow seen = {body_integer(exchange->body, "window_from"),
                     body_integer(exchange->body, "window_to")};
  char batch[ID_CHARS + 1];
  if (!attendance_confirm(exchange->db, exchange_id(exchange, 0), items, seen, &exchange->actor,
                          exchange->now, batch, error))
    return false;
  json_t *rows = attendance_rows(exchange->db, exchange_id(exchange, 0), exchange->now, error);
  if (!rows)
    return false;
  json_t *chosen = decided(json_object_get(rows, "items"), items);
  json_decref(rows);
  return exchange_made(exchange, 200,
                       json_pack("{s:o, s:s, s:I}", "items", chosen, "batch", batch, "undo_until",
                                 (json_int_t)(exchange->now_ms + UNDO_MS)));
}

void attendance_decide(Exchange *exchange) {
  static const BodyField fields[] = {{"items", BODY_LIST, true, ITEMS_MAX},
                                     {"window_from", BODY_INTEGER, false, 0},
                                     {"window_to", BODY_INTEGER, false, 0}};
  static const BodyField item[] = {
      {"person", BODY_TEXT, true, 64},          {"state", BODY_TEXT, true, 64},
      {"late", BODY_SWITCH, false, 0},          {"left_early", BODY_SWITCH, false, 0},
      {"note", BODY_TEXT_OR_NULL, false, 4000},
  };
  if (!exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  const json_t *items = json_object_get(exchange->body, "items");
  for (size_t i = 0; i < json_array_size(items); i++)
    if (!body_check(json_array_get(items, i), item, G_N_ELEMENTS(item), &error)) {
      exchange_fail(exchange, error);
      return;
    }
  exchange_write(exchange, confirm);
}

static bool take_back(Exchange *exchange, GError **error) {
  if (!attendance_undo(exchange->db, exchange_id(exchange, 0), body_text(exchange->body, "batch"),
                       &exchange->actor, exchange->now_ms, error))
    return false;
  exchange_empty(exchange);
  return true;
}

void attendance_take_back(Exchange *exchange) {
  static const BodyField fields[] = {{"batch", BODY_TEXT, true, 64}};
  if (exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    exchange_write(exchange, take_back);
}

/* A time in the query: milliseconds. */
static bool read_time(Exchange *exchange, const char *name, int64_t *value) {
  const char *text = exchange_query(exchange, name);
  GError *error = NULL;
  if (text && g_ascii_string_to_signed(text, 10, 0, G_MAXINT64, value, NULL))
    return true;
  check_fail(&error, "%s wants a time in milliseconds", name);
  exchange_fail(exchange, error);
  return false;
}

void attendance_window_preview(Exchange *exchange) {
  GError *error = NULL;
  int64_t from, to;
  if (!read_time(exchange, "from", &from) || !read_time(exchange, "to", &to))
    return;
  json_t *preview =
      attendance_preview(exchange->db, exchange_id(exchange, 0), from, to, exchange->now, &error);
  exchange_answer(exchange, 200, preview, error);
}

static bool move(Exchange *exchange, GError **error) {
  return attendance_move(exchange->db, exchange_id(exchange, 0),
                         body_integer(exchange->body, "from"), body_integer(exchange->body, "to"),
                         body_text(exchange->body, "reason"), &exchange->actor, exchange->now,
                         error) &&
         exchange_made(exchange, 200, rows_of(exchange, error));
}

void attendance_window_move(Exchange *exchange) {
  static const BodyField fields[] = {{"from", BODY_INTEGER, true, 0},
                                     {"to", BODY_INTEGER, true, 0},
                                     {"reason", BODY_TEXT, true, 4000}};
  if (exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    exchange_write(exchange, move);
}
