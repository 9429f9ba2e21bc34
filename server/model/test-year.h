/* The calendar of 2026 as it is shipped, for the tests that count with it. */
#pragma once

#include "model/calendar.h"

static inline Day day(const char *text) {
  Day number;
  if (!day_parse(text, &number))
    g_error("%s is no day", text);
  return number;
}

static inline void assert_day(Day is, const char *expected) {
  char text[DAY_TEXT_BYTES];
  day_format(is, text);
  g_assert_cmpstr(text, ==, expected);
}

/* The rows of the file in server/model; free with g_array_unref. */
static inline GArray *year_2026_rows(const char *folder) {
  g_autofree char *path = g_build_filename(folder, "calendar-2026.csv", NULL);
  g_autofree char *text = NULL;
  size_t length;
  g_autoptr(GError) error = NULL;
  g_file_get_contents(path, &text, &length, &error);
  g_assert_no_error(error);
  GArray *rows = calendar_read_csv(text, length, 2026, &error);
  g_assert_no_error(error);
  return rows;
}

static inline Calendar *year_2026(const char *folder) {
  g_autoptr(GArray) rows = year_2026_rows(folder);
  g_autoptr(GError) error = NULL;
  Calendar *calendar = calendar_new(day("2026-01-01"), day("2026-12-31"),
                                    (const CalendarDay *)(void *)rows->data, rows->len, &error);
  g_assert_no_error(error);
  return calendar;
}
