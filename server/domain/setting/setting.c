#include "domain/setting/setting.h"

#include "domain/list.h"
#include "model/call.h"
#include "model/take.h"
#include "store/people.h"
#include "store/statement.h"

/* What each of SETTING_KEYS may be. */
static const Field known[] = {
    INT("absence_days_most", 1, 366),
    INT("behalf_idle_min", 1, 480),
    INT("recording_days", 0, 36500), /* 0: they are kept for ever */
    END,
};

static const Field fields[] = {
    WORD("key", SETTING_KEYS, .flags = ONCE),
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
  return take_text(&field, call_text(call, ":value"), &taken, &call->problem);
}

bool setting_int(sqlite3 *db, const char *key, int64_t *value, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select cast(value as integer) from setting_value where key = :key"
                 " order by created_at desc, rowid desc limit 1",
                 error);
  if (!row)
    return false;
  statement_text(row, ":key", key);
  if (!statement_one(row, "no such setting", error))
    return false;
  *value = column_int(row, 0);
  return true;
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
