/* Who was at a meeting as a picture: the effective window, people over time and what is drafted in
 * it, or in another one. It is computed and no record; what staff make of it is
 * (domain/attendance). */
#include "api/exchange.h"
#include "duty/attendance.h"

static void show(Exchange *exchange) {
  GError *error = NULL;
  json_t *picture =
      attendance_picture(exchange->db, exchange_text(exchange, "meeting"), exchange->now, &error);
  exchange_answer(exchange, 200, picture, error);
}

static void preview(Exchange *exchange) {
  GError *error = NULL;
  json_t *counts = attendance_preview(exchange->db, exchange_text(exchange, "meeting"),
                                      exchange_int(exchange, "from"), exchange_int(exchange, "to"),
                                      exchange->now, &error);
  exchange_answer(exchange, 200, counts, error);
}

/* ---- what is said ---- */

static const Field someone_parts[] = {ID("id"), RAW("name", 0, INT32_MAX), END};
static const Field window_parts[] = {TIME("from"), TIME("to"), END};
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
static const Field rules_parts[] = {
    INT("version", 0, INT32_MAX),          INT("late_after_min", 0, INT32_MAX),
    INT("left_early_min", 0, INT32_MAX),   INT("present_percent", 0, 100),
    INT("window_quiet_min", 0, INT32_MAX), END,
};
static const Field counts_parts[] = {
    INT("present", 0, INT32_MAX), INT("observer", 0, INT32_MAX),   INT("absent", 0, INT32_MAX),
    INT("late", 0, INT32_MAX),    INT("left_early", 0, INT32_MAX), END,
};
static const Field step = LIST("step", 2, 2, &(const Field)INT("value", 0, INT64_MAX));
static const Field presence_parts[] = {
    ID("meeting"),
    OBJECT("rules", "AttendanceRules", rules_parts,
           .about = "the limits in force when the meeting was opened"),
    OBJECT("line", "TimeWindow", window_parts, .flags = OR_NULL,
           .about =
               "what a drawing of the meeting spans: from its opening to its end, or now; null "
               "before it was opened"),
    OBJECT("window", "EffectiveWindow", effective_parts, .flags = OR_NULL,
           .about = "null before the meeting was opened"),
    LIST("curve", 0, INT32_MAX, &step,
         .about = "[time, people from then on]; the last holds until the end"),
    OBJECT("counts", "WindowCounts", counts_parts, .about = "what is drafted in the window"),
    END,
};
static const Field presence = OBJECT("presence", "Presence", presence_parts);
static const Field fields[] = {
    TIME("from"),
    TIME("to"),
    OBJECT("counts", "WindowCounts", counts_parts),
    END,
};

#define PATH "meetings/{meeting}/presence"

const Endpoint presence_endpoints[] = {
    {HTTP_GET, PATH, FOR_PERSON, "getPresence", show, .on = "meeting.run", .answer = &presence,
     .what = "The effective window, people over time, and what is drafted"},
    {HTTP_GET, PATH "/window", FOR_PERSON, "previewWindow", preview, .on = "meeting.run",
     .fields = fields, .query = "from to", .out = "from to counts",
     .what = "What would be drafted in another effective window; changes nothing"},
    {0},
};
