#include "duty/attendance.h"

#include <string.h>

#include "api/exchange.h"
#include "duty/decide.h"

#define ITEMS_MOST 1000

/* As the one who asks sees it: with what he may still take back. */
static json_t *rows_of(Exchange *exchange, GError **error) {
  json_t *undo = attendance_undoable(exchange->db, exchange_text(exchange, "meeting"),
                                     exchange->session->person, exchange->now_ms, error);
  json_t *rows =
      undo ? attendance_rows(exchange->db, exchange_text(exchange, "meeting"), exchange->now, error)
           : NULL;
  if (rows)
    json_object_set(rows, "undo", undo);
  json_decref(undo);
  return rows;
}

static void show(Exchange *exchange) {
  GError *error = NULL;
  json_t *rows = rows_of(exchange, &error);
  exchange_answer(exchange, 200, rows, error);
}

static void export(Exchange *exchange) {
  GError *error = NULL;
  g_autofree char *text =
      attendance_csv(exchange->db, exchange_text(exchange, "meeting"),
                     exchange->context->config->time_zone, exchange->now, &error);
  if (!text) {
    exchange_fail(exchange, error);
    return;
  }
  const AuditEntry entry = {.kind = "attendance.export",
                            .subject = exchange->session->person,
                            .object = exchange_text(exchange, "meeting"),
                            .result = "ok",
                            .address = exchange->request->address};
  audit_queue(exchange->context->store, &entry, exchange->now_ms);
  exchange->response->status = 200;
  exchange->response->content_type = "text/csv; charset=utf-8";
  exchange->response->disposition = g_strdup_printf("attachment; filename=\"attendance-%s.csv\"",
                                                    exchange_text(exchange, "meeting"));
  g_string_assign(exchange->response->body, text);
}

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

/* Those of all that the request decided. */
static json_t *decided(const json_t *all, const json_t *asked) {
  json_t *found = json_array();
  g_autoptr(GHashTable) people = g_hash_table_new(g_str_hash, g_str_equal); /* borrowed ids */
  for (size_t i = 0; i < json_array_size(asked); i++)
    g_hash_table_add(people, (void *)text_of(json_array_get(asked, i), "person"));
  for (size_t i = 0; i < json_array_size(all); i++) {
    json_t *row = json_array_get(all, i);
    if (g_hash_table_contains(people, text_of(json_object_get(row, "person"), "id")))
      json_array_append(found, row);
  }
  return found;
}

static bool confirm(Exchange *exchange, GError **error) {
  const json_t *items = exchange_parts(exchange, "items");
  SeenWindow seen = {exchange_int(exchange, "window_from"), exchange_int(exchange, "window_to")};
  char batch[ID_CHARS + 1];
  if (!attendance_confirm(exchange->db, exchange_text(exchange, "meeting"), items, seen,
                          &exchange->actor, exchange->now, batch, error))
    return false;
  json_t *rows =
      attendance_rows(exchange->db, exchange_text(exchange, "meeting"), exchange->now, error);
  if (!rows)
    return false;
  json_t *chosen = decided(json_object_get(rows, "items"), items);
  json_decref(rows);
  return exchange_made(exchange, 200,
                       json_pack("{s:o, s:s, s:I}", "items", chosen, "batch", batch, "undo_until",
                                 (json_int_t)(exchange->now_ms + UNDO_MS)));
}

static void decide(Exchange *exchange) {
  exchange_write(exchange, confirm);
}

static bool take_back(Exchange *exchange, GError **error) {
  if (!attendance_undo(exchange->db, exchange_text(exchange, "meeting"),
                       exchange_text(exchange, "batch"), &exchange->actor, exchange->now_ms, error))
    return false;
  exchange_empty(exchange);
  return true;
}

static void undo(Exchange *exchange) {
  exchange_write(exchange, take_back);
}

static void preview(Exchange *exchange) {
  GError *error = NULL;
  json_t *counts = attendance_preview(exchange->db, exchange_text(exchange, "meeting"),
                                      exchange_int(exchange, "from"), exchange_int(exchange, "to"),
                                      exchange->now, &error);
  exchange_answer(exchange, 200, counts, error);
}

static bool move(Exchange *exchange, GError **error) {
  return attendance_move(exchange->db, exchange_text(exchange, "meeting"),
                         exchange_int(exchange, "from"), exchange_int(exchange, "to"),
                         exchange_text(exchange, "reason"), &exchange->actor, exchange->now,
                         error) &&
         exchange_made(exchange, 200, rows_of(exchange, error));
}

static void move_window(Exchange *exchange) {
  exchange_write(exchange, move);
}

/* ---- what is said ---- */

#define STATES "present observer leave absent"

static const Field verdict_parts[] = {
    WORD("state", STATES),
    BOOL("late"),
    BOOL("left_early"),
    END,
};
static const Field window_parts[] = {TIME("from"), TIME("to"), END};
static const Field someone_parts[] = {ID("id"), RAW("name", 0, INT32_MAX), END};
static const Field usual_parts[] = {
    TIME("from"),
    TIME("to"),
    WORD("why", "ended left quiet",
         .about = "what closed it: the end, people leaving, nothing going on after the planned "
                  "end"),
    INT("least", 0, INT32_MAX, .about = "so many people had to be there"),
    END,
};
static const Field change_parts[] = {
    OBJECT("by", "Someone", someone_parts),
    TIME("at"),
    RAW("reason", 0, INT32_MAX),
    BOOL("moved", .about = "false: set back to the default"),
    END,
};
static const Field effective_parts[] = {
    TIME("from"),
    TIME("to"),
    OBJECT("default", "UsualWindow", usual_parts),
    OBJECT("changed", "WindowChange", change_parts, .flags = OR_NULL),
    END,
};
static const Field person_parts[] = {
    ID("id"),
    RAW("name", 0, INT32_MAX),
    WORD("kind", "member staff guest admin"),
    RAW("sector", 0, INT32_MAX),
    RAW("organisation", 0, INT32_MAX),
    RAW("code", 0, INT32_MAX, .about = "tells two of the same name and unit apart"),
    END,
};
static const Field segment_parts[] = {
    TIME("in"),
    TIME("out", .flags = OR_NULL),
    RAW("device", 0, INT32_MAX),
    RAW("address", 0, INT32_MAX),
    WORD("ended_by", "left dropped removed revoked replaced ended shutdown crash",
         .flags = OR_NULL),
    END,
};
static const Field segment = OBJECT("segment", "PresenceSegment", segment_parts);
static const Field decision_parts[] = {
    WORD("state", STATES),
    BOOL("late"),
    BOOL("left_early"),
    RAW("note", 0, INT32_MAX),
    OBJECT("by", "Someone", someone_parts),
    TIME("at"),
    /* What it rests on; null in old ones. */
    INT("rules", 0, INT32_MAX, .flags = OR_NULL,
        .about = "version of the limits that it was drafted with"),
    OBJECT("window", "TimeWindow", window_parts, .flags = OR_NULL,
           .about = "the effective window that it saw"),
    OBJECT("drafted", "AttendanceVerdict", verdict_parts, .flags = OR_NULL,
           .about = "what was drafted then"),
    INT("present_s", 0, INT32_MAX, .flags = OR_NULL, .about = "in the window that it saw"),
    END,
};
static const Field row_parts[] = {
    OBJECT("person", "AttendancePerson", person_parts),
    WORD("capacity", "attend observe invited host", .flags = OR_NULL,
         .about = "null: came without an invitation"),
    TIME("first_in", .flags = OR_NULL),
    TIME("last_out", .flags = OR_NULL),
    INT("present_s", 0, INT32_MAX),
    LIST("segments", 0, INT32_MAX, &segment),
    OBJECT("drafted", "AttendanceVerdict", verdict_parts),
    OBJECT("decision", "AttendanceDecision", decision_parts, .flags = OR_NULL),
    END,
};
static const Field row = OBJECT("row", "AttendanceRow", row_parts);
static const Field rules_parts[] = {
    INT("version", 0, INT32_MAX),          INT("late_after_min", 0, INT32_MAX),
    INT("left_early_min", 0, INT32_MAX),   INT("present_percent", 0, 100),
    INT("window_quiet_min", 0, INT32_MAX), END,
};
static const Field undo_parts[] = {ID("batch"), TIME("until"), INT("count", 1, INT32_MAX), END};
static const Field step = LIST("step", 2, 2, &(const Field)INT("value", 0, INT64_MAX));
static const Field attendance_parts[] = {
    ID("meeting"),
    OBJECT("rules", "AttendanceRules", rules_parts,
           .about = "the limits in force when the meeting was opened"),
    OBJECT("undo", "AttendanceUndo", undo_parts, .flags = OR_NULL,
           .about = "the last confirmation of whoever asks, while it can be taken back"),
    OBJECT("line", "TimeWindow", window_parts, .flags = OR_NULL,
           .about =
               "what a drawing of the meeting spans: from its opening to its end, or now; null "
               "before it was opened"),
    OBJECT("window", "EffectiveWindow", effective_parts, .flags = OR_NULL,
           .about = "null before the meeting was opened"),
    LIST("curve", 0, INT32_MAX, &step,
         .about = "[time, people from then on]; the last holds until the end"),
    LIST("items", 0, INT32_MAX, &row),
    END,
};
static const Field attendance = OBJECT("attendance", "Attendance", attendance_parts);

static const Field counts_parts[] = {
    INT("present", 0, INT32_MAX), INT("observer", 0, INT32_MAX),   INT("absent", 0, INT32_MAX),
    INT("late", 0, INT32_MAX),    INT("left_early", 0, INT32_MAX), END,
};
static const Field decided_parts[] = {
    ID("person"),
    WORD("state", STATES),
    BOOL("late", .flags = OPTIONAL),
    BOOL("left_early", .flags = OPTIONAL),
    TEXT("note", 0, 500, .flags = OPTIONAL | LINES),
    END,
};
static const Field decided_one = OBJECT("item", "AttendanceItem", decided_parts);
static const Field batch_parts[] = {
    LIST("items", 1, ITEMS_MOST, &row, .about = "the rows that were decided"),
    ID("batch", .about = "for undo"),
    TIME("undo_until"),
    END,
};
static const Field batch = OBJECT("batch", "AttendanceBatch", batch_parts);
static const Field fields[] = {
    LIST("items", 1, ITEMS_MOST, &decided_one),
    TIME("window_from", .about = "with window_to: the window that was looked at; conflict when it "
                                 "is another one by now"),
    TIME("window_to"),
    ID("batch"),
    TIME("from"),
    TIME("to"),
    OBJECT("counts", "WindowCounts", counts_parts),
    TEXT("reason", 1, 500, .flags = LINES),
    END,
};

#define PATH "meetings/{meeting}/attendance"

const Endpoint attendance_endpoints[] = {
    {HTTP_GET, PATH, FOR_PERSON, "getAttendance", show, .on = "meeting.run", .answer = &attendance,
     .what = "Who was there, the drafted state and the evidence"},
    {HTTP_GET, PATH ".csv", FOR_PERSON, "exportAttendance", export, .on = "meeting.run",
     .type = "text/csv", .what = "The same for a spreadsheet: UTF-8 with a byte order mark"},
    {HTTP_POST, PATH "/confirm", FOR_STAFF, "confirmAttendance", decide, .on = "meeting.read",
     .fields = fields, .in = "items window_from? window_to?", .answer = &batch,
     .what = "Decides; all rows or none", .about = "not one's own row"},
    {HTTP_POST, PATH "/undo", FOR_STAFF, "undoAttendance", undo, .on = "meeting.read",
     .fields = fields, .in = "batch",
     .what = "Takes a confirmation back, within ten minutes; what was decided before it counts "
             "again",
     .about = "only who confirmed"},
    {HTTP_GET, PATH "/window", FOR_PERSON, "previewWindow", preview, .on = "meeting.run",
     .fields = fields, .query = "from to", .out = "from to counts",
     .what = "What would be drafted in another effective window; changes nothing"},
    {HTTP_PUT, PATH "/window", FOR_STAFF, "moveWindow", move_window, .on = "meeting.read",
     .fields = fields, .in = "from to reason", .answer = &attendance,
     .what = "Moves the effective window of a meeting that has ended; the default's times set it "
             "back"},
    {0},
};
