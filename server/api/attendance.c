#include "duty/attendance.h"

#include <string.h>

#include "api/handlers.h"

#define ITEMS_MAX 1000

void attendance_index(Call *call) {
  GError *error = NULL;
  json_t *rows =
      attendance_rows(call->db, call_id(call, 0), call->context->config, moment_now(), &error);
  call_answer(call, 200, rows, error);
}

void attendance_export(Call *call) {
  GError *error = NULL;
  g_autofree char *text =
      attendance_csv(call->db, call_id(call, 0), call->context->config, moment_now(), &error);
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

static bool confirm(sqlite3 *db, void *data, GError **error) {
  Call *call = data;
  return attendance_confirm(db, call_id(call, 0), json_object_get(call->body, "items"),
                            &call->actor, call->now_ms, error);
}

/* Those of all that the request decided. */
static json_t *decided(const json_t *all, const json_t *asked) {
  json_t *found = json_array();
  for (size_t i = 0; i < json_array_size(all); i++) {
    json_t *row = json_array_get(all, i);
    const char *person = body_text(json_object_get(row, "person"), "id");
    for (size_t j = 0; person && j < json_array_size(asked); j++)
      if (g_strcmp0(body_text(json_array_get(asked, j), "person"), person) == 0) {
        json_array_append(found, row);
        break;
      }
  }
  return found;
}

void attendance_decide(Call *call) {
  static const BodyField fields[] = {{"items", BODY_LIST, true, ITEMS_MAX}};
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
  if (!call_write(call, confirm))
    return;
  json_t *rows =
      attendance_rows(call->db, call_id(call, 0), call->context->config, moment_now(), &error);
  if (!rows) {
    call_fail(call, error);
    return;
  }
  call_json(call, 200, json_pack("{s:o}", "items", decided(json_object_get(rows, "items"), items)));
  json_decref(rows);
}
