/* Settings (参数): what the office sets while the server runs, each checked as the field of its
 * name is; store/settings.h reads them. What an installation is made of (addresses, folders, limits
 * of the machine) is configuration (base/config.h) instead. To add one: its word in KEYS, its field
 * in `known`, a row with its value in a migration, its words. */
#include "domain/list.h"

#include "model/call.h"
#include "model/take.h"
#include "store/people.h"
#include "store/settings.h"

#define KEYS                                                                                       \
  "absence_days_most behalf_idle_min notice_digest_afternoon notice_digest_morning"                \
  " notice_escalate_hours notice_merge_min notice_quiet_from notice_quiet_to recording_days"
#define CLOCK(name) TEXT(name, 5, 5, .of = "0-9:", .about = "a time of day, HH:MM")

/* What each of KEYS may be. */
static const Field known[] = {
    INT("absence_days_most", 1, 366),
    INT("behalf_idle_min", 1, 480),
    CLOCK("notice_digest_afternoon"),
    CLOCK("notice_digest_morning"),
    INT("notice_escalate_hours", 1, 720),
    INT("notice_merge_min", 0, 1440),
    CLOCK("notice_quiet_from"),
    CLOCK("notice_quiet_to"),        /* as notice_quiet_from: there is no night */
    INT("recording_days", 0, 36500), /* 0: they are kept for ever */
    END,
};

static const Field fields[] = {
    WORD("key", KEYS, .flags = ONCE),
    TEXT("value", 1, 500, .flags = ONCE),
    END,
};

static const Grant grants[] = {
    {ROLES_ADMIN | ROLE_STAFF | ROLE_OFFICE, "all", "read export", NULL},
    {ROLE_SYSTEM_ADMIN, "all", "set", NULL},
    {0},
};

static bool may_set(Call *call) {
  Field field = *field_find(known, call_text(call, ":key"));
  g_auto(Values) taken = {NULL};
  field.name = "value";
  if (!take_text(&field, call_text(call, ":value"), &taken, &call->problem))
    return false;
  return field.type != F_TEXT || setting_minute_of(call_text(call, ":value")) >= 0 ||
         problem_add(&call->problem, "value", "characters", NULL);
}

static const List current = {NULL, "current", "key", NULL, 200};
static const List all = {"all", NULL, "-created_at", "key", 200};

static const Route routes[] = {
    {R_LIST, "settings", "read", .list = &current},
    {R_LIST, "settings/all", "read", .list = &all},
    {R_ONE, "settings/{setting}", "read"},
    {R_CREATE, "settings", "set", .in = "key value", .guard = may_set},
    {0},
};

extern const char setting_sql[], setting_words[];
const Subject subject_setting = {"setting",   "setting_value",       fields, grants, routes, NULL,
                                 setting_sql, .words = setting_words};
