/* Years of the calendar (工作日历): the holidays and the weekends that are worked, of one year at a
 * time. They are loaded, looked at by somebody else, and made active; a version that comes later
 * takes the place of the one before. Limits that run are reckoned again (model/due.h). */
#include "domain/list.h"

#include "model/call.h"
#include "model/due.h"
#include "model/subcase.h"
#include "store/people.h"

static const Field day_parts[] = {
    DATE("date"),
    WORD("kind", "work off"),
    TEXT("note", 0, 500),
    END,
};
static const Field day = OBJECT("day", "day", day_parts);

static const Field fields[] = {
    INT("year", 2000, 2199, .flags = ONCE),
    TEXT("source", 1, 200, .flags = ONCE, .about = "where the days were published"),
    LIST("days", 1, 366, &day, .at = "calendar_day"),
    TEXT("note", 1, 500, .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read export", NULL},
    {ROLE_OFFICE | ROLE_SYSTEM_ADMIN, "all", "load check activate refuse", NULL},
    {SERVER, "all", "read replace", NULL},
    {ROLE_STAFF | ROLE_OFFICE | ROLES_ADMIN, "all", "history", NULL},
    {0},
};

static const State states[] = {
    {"loaded", STATE_OPEN},   {"checked", STATE_OPEN},   {"active", 0},
    {"refused", STATE_FINAL}, {"replaced", STATE_FINAL}, {0},
};

static bool may_load(Call *call) {
  bool found;
  if (!call_get(call, "days", &found))
    return false;
  if (call_int(call, "@abroad"))
    return call_refuse(call, "calendar_year.other_year");
  return !call_int(call, "@twice") || call_refuse(call, "calendar_year.twice");
}

static bool loaded(Call *call) {
  return call_run(call, "loaded");
}

/* Nothing is known of a year that lies between two; so none may be left out. */
static bool may_activate(Call *call) {
  bool found;
  return call_get(call, "neighbours", &found) &&
         (!call_int(call, "@gap") || call_refuse(call, "calendar_year.gap"));
}

static bool activated(Call *call) {
  bool found;
  if (!call_get(call, "before", &found))
    return false;
  if (found && !call_step(call, "calendar_year", call_text(call, "@replaced"), "replace", NULL))
    return false;
  return due_recount(call);
}

static const Step steps[] = {
    {"", "load", "loaded", .guard = may_load, .effect = loaded},
    {"loaded", "check", "checked", .flags = DECIDES},
    {"checked", "activate", "active", .guard = may_activate, .effect = activated},
    {"loaded checked", "refuse", "refused", .in = "note"},
    {"active", "replace", "replaced"},
    {0},
};

static const List all = {NULL, NULL, "-year", "year state", 100};

static const Route routes[] = {
    {R_LIST, "calendar_years", "read", .list = &all},
    {R_ONE, "calendar_years/{calendar_year}", "read"},
    {R_EVENTS, "calendar_years/{calendar_year}/events", "history"},
    {R_CREATE, "calendar_years", "load", .in = "year source days"},
    {R_STEPS, "calendar_years/{calendar_year}", NULL},
    {0},
};

static const Code codes[] = {
    {"calendar_year.other_year", 422},
    {"calendar_year.twice", 422},
    {"calendar_year.gap", 409},
    {0},
};

extern const char calendar_year_sql[], calendar_year_words[];
const Subject subject_calendar_year = {
    "calendar_year", "calendar_year",   fields, grants, routes,
    codes,           calendar_year_sql, states, steps,  .words = calendar_year_words};
