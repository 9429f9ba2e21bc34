#include "model/calendar-load.h"

#include "store/statement.h"

typedef struct {
  Day first, last;
  GArray *rows; /* CalendarDay without notes */
} Years;

static bool fail(GError **error, CalendarError code, const char *why) {
  g_set_error_literal(error, CALENDAR_ERROR, code, why);
  return false;
}

static Day day_of(int64_t year, const char *rest) {
  Day day = 0;
  char text[24];
  g_snprintf(text, sizeof text, "%d%s", (int)year, rest);
  day_parse(text, &day); /* of a year that the subject's bounds let in */
  return day;
}

static bool find_years(sqlite3 *db, Years *years, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select min(year), max(year), count(distinct year) from calendar_year where state = 'active'",
      error);
  if (!row || !statement_one(row, "", error))
    return false;
  if (column_null(row, 0))
    return fail(error, CALENDAR_NOT_LOADED, "no year of the calendar is active");
  if (column_int(row, 1) - column_int(row, 0) + 1 != column_int(row, 2))
    return fail(error, CALENDAR_BAD_ROWS, "a year is missing between those that are active");
  years->first = day_of(column_int(row, 0), "-01-01");
  years->last = day_of(column_int(row, 1), "-12-31");
  return true;
}

static bool read_days(sqlite3 *db, Years *years, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select d.date, d.kind = 'work' from calendar_day d"
                 " join calendar_year y on y.id = d.calendar_year where y.state = 'active'",
                 error);
  int result = SQLITE_ERROR;
  while (row && (result = statement_step(row, error)) == SQLITE_ROW) {
    CalendarDay day = {.is_work = column_int(row, 1)};
    if (!day_parse(column_text(row, 0), &day.day))
      return fail(error, CALENDAR_BAD_ROWS, "a row of the calendar is no day");
    g_array_append_val(years->rows, day);
  }
  return result == SQLITE_DONE;
}

Calendar *calendar_load(sqlite3 *db, GError **error) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(CalendarDay));
  Years years = {.rows = rows};
  if (!find_years(db, &years, error) || !read_days(db, &years, error))
    return NULL;
  return calendar_new(years.first, years.last, (const CalendarDay *)(void *)rows->data, rows->len,
                      error);
}
