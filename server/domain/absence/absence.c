/* Absences (外出): on which days somebody is away, so that whoever gives him work that is due then
 * sees it before (?on=2026-07-01&person=…). Everybody says his own; whoever looks after members
 * says theirs. */
#include "domain/list.h"

#include <string.h>

#include "model/calendar.h"
#include "model/call.h"
#include "store/people.h"
#include "store/settings.h"

static const Field fields[] = {
    REF("person", "person", .flags = ONCE),
    DATE("starts_on"),
    DATE("ends_on", .about = "the last day"),
    TEXT("reason", 1, 200, .see = "reasons", .flags = OPTIONAL | PERSONAL),
    BOOL("is_cancelled", .at = "", .flags = GIVEN),
    TEXT("deputies", 1, 5000, .at = "delegation", .flags = GIVEN | OPTIONAL,
         .about = "names of those who act for him on one of these days"),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "own", "read reasons edit cancel history export", NULL},
    {ROLES_ALL, "all", "create", NULL},
    {ROLES_OFFICE, "all", "read export", NULL},
    {ROLE_LIAISON | ROLE_OFFICE, "all", "reasons edit cancel history", NULL},
    {0},
};

static Day day_of(const Call *call, const char *asked, const char *before) {
  Day day = 0;
  day_parse(call_text(call, call_said(call, asked) ? asked : before), &day);
  return day;
}

static bool may_write(Call *call) {
  int64_t most;
  int days = day_of(call, ":ends_on", "$ends_on") - day_of(call, ":starts_on", "$starts_on") + 1;
  if (days < 1)
    return call_refuse(call, "absence.ends_before");
  if (!setting_int(call->db, "absence_days_most", &most, &call->error))
    return false;
  return days <= most || call_refuse(call, "absence.too_long");
}

/* One's own, unless somebody is named. */
static bool may_create(Call *call) {
  bool found;
  call_default(call, "person", call_text(call, "@me"));
  bool own = strcmp(call_text(call, ":person"), call_text(call, "@me")) == 0;
  if (!own && !(call->roles & (ROLE_LIAISON | ROLE_OFFICE)))
    return call_refuse(call, "forbidden");
  return call_get(call, "person", &found) && (found || call_refuse(call, "absence.unknown")) &&
         may_write(call);
}

static bool is_on(Call *call) {
  return !call_int(call, "$is_cancelled") || call_refuse(call, "absence.cancelled");
}

static bool may_edit(Call *call) {
  return is_on(call) && may_write(call);
}

static bool cancelled(Call *call) {
  return call_run(call, "cancelled");
}

static const List all = {NULL, "on_day", "starts_on name", "person", 500};
static const List coming = {"coming", "coming", "starts_on", "person", 500};
static const List of_person = {"of_person", "of_person", "-starts_on", NULL, 200};

static const Route routes[] = {
    {R_LIST, "absences", "read", .list = &all},
    {R_LIST, "absences/coming", "read", .list = &coming},
    {R_LIST, "people/{person}/absences", "read", .list = &of_person},
    {R_ONE, "absences/{absence}", "read"},
    {R_EVENTS, "absences/{absence}/events", "history"},
    {R_CREATE, "absences", "create", .in = "person? starts_on ends_on reason?",
     .guard = may_create},
    {R_EDIT, "absences/{absence}", "edit", .in = "starts_on? ends_on? reason?", .guard = may_edit},
    {R_DO, "absences/{absence}/cancel", "cancel", .guard = is_on, .effect = cancelled},
    {0},
};

static const Code codes[] = {
    {"absence.unknown", 422},
    {"absence.ends_before", 422},
    {"absence.too_long", 422},
    {"absence.cancelled", 409},
    {0},
};

extern const char absence_sql[], absence_words[];
const Subject subject_absence = {"absence", "absence", fields,      grants,
                                 routes,    codes,     absence_sql, .words = absence_words};
