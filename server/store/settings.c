#include "store/settings.h"

#include <string.h>

#include "store/statement.h"

static Statement *latest(sqlite3 *db, const char *key, GError **error) {
  g_autoptr(Statement) row = db_prepare(db,
                                        "select value from setting_value where key = :key"
                                        " order by created_at desc, rowid desc limit 1",
                                        error);
  if (!row)
    return NULL;
  statement_text(row, ":key", key);
  return statement_one(row, "no such setting", error) ? g_steal_pointer(&row) : NULL;
}

bool setting_int(sqlite3 *db, const char *key, int64_t *value, GError **error) {
  g_autoptr(Statement) row = latest(db, key, error);
  if (row)
    *value = g_ascii_strtoll(column_text(row, 0), NULL, 10);
  return row;
}

bool setting_minute(sqlite3 *db, const char *key, int *minute, GError **error) {
  g_autoptr(Statement) row = latest(db, key, error);
  if (row)
    *minute = setting_minute_of(column_text(row, 0));
  return row;
}

int setting_minute_of(const char *text) {
  static const char form[] = "00:00";
  if (strlen(text) != strlen(form))
    return -1;
  for (unsigned i = 0; form[i]; i++)
    if (form[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != form[i])
      return -1;
  int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  return hour < 24 && minute < 60 ? hour * 60 + minute : -1;
}
