/* Days, working days and the file of a year. */
#include <string.h>

#include "model/calendar-load.h"
#include "model/test-year.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static void test_days(void) {
  static const char *const wrong[] = {
      "",           "2026",        "2026-13-01",  "2026-00-01", "2026-02-29", "2026-04-31",
      "2026-1-01",  "2026-01-01 ", " 2026-01-01", "2026/01/01", "1899-12-31", "2201-01-01",
      "1900-02-29", "20260101",    "2026-01-0a",  "+026-01-01"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    if (day_parse(wrong[i], NULL))
      g_error("\"%s\" passed as a day", wrong[i]);
  g_assert_cmpint(day("1970-01-01"), ==, 719163);
  g_assert_cmpint(day("2024-02-29") + 1, ==, day("2024-03-01"));
  for (Day at = day("1900-01-01"); at <= day("2200-12-31"); at++) {
    char text[DAY_TEXT_BYTES];
    day_format(at, text);
    g_assert_cmpint(day(text), ==, at);
  }
}

static void test_months(void) {
  static const struct {
    const char *from;
    int months;
    const char *to;
  } cases[] = {
      {"2026-03-06", 3, "2026-06-06"},  {"2026-01-31", 1, "2026-02-28"},
      {"2024-01-31", 1, "2024-02-29"},  {"2024-02-29", 12, "2025-02-28"},
      {"2024-02-29", 48, "2028-02-29"}, {"2025-11-30", 3, "2026-02-28"},
      {"2025-10-31", 1, "2025-11-30"},  {"2025-12-31", 1, "2026-01-31"},
      {"2026-03-31", -1, "2026-02-28"}, {"2024-03-31", -1, "2024-02-29"},
      {"2026-01-15", -1, "2025-12-15"}, {"2026-03-06", 0, "2026-03-06"},
      {"2000-01-31", 1, "2000-02-29"},  {"2100-01-31", 1, "2100-02-28"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    assert_day(day_add_months(day(cases[i].from), cases[i].months), cases[i].to);
}

static int64_t utc(int year, int month, int of_month, int hour, int minute) {
  g_autoptr(GDateTime) time = g_date_time_new_utc(year, month, of_month, hour, minute, 0);
  return g_date_time_to_unix(time) * 1000;
}

/* Where a day ends: offsets to both sides, days of 23 and 25 hours, and days whose last hour is
 * missing or comes twice. */
static void test_zones(void) {
  static const struct {
    const char *zone, *day;
    int next[5]; /* when the next day begins: year, month, day, hour, minute in UTC */
  } cases[] = {
      {"Asia/Shanghai", "2026-03-06", {2026, 3, 6, 16, 0}},
      {"Asia/Shanghai", "2026-12-31", {2026, 12, 31, 16, 0}},
      {"UTC", "2026-03-06", {2026, 3, 7, 0, 0}},
      {"-08:00", "2026-03-06", {2026, 3, 7, 8, 0}},
      {"+14:00", "2026-03-06", {2026, 3, 6, 10, 0}},
      {"+14:00", "1969-12-31", {1969, 12, 31, 10, 0}},
      {"Asia/Kolkata", "2026-03-06", {2026, 3, 6, 18, 30}},
      {"America/Los_Angeles", "2026-03-08", {2026, 3, 9, 7, 0}},  /* 23 hours */
      {"America/Los_Angeles", "2026-11-01", {2026, 11, 2, 8, 0}}, /* 25 hours */
      {"America/Santiago", "2022-09-10", {2022, 9, 11, 4, 0}},    /* no 00:00 on the next day */
      {"America/Santiago", "2022-04-02", {2022, 4, 3, 4, 0}},     /* 23:00 comes twice */
      {"Atlantic/Azores", "2022-10-29", {2022, 10, 30, 0, 0}},    /* the next 00:00 comes twice */
      {"America/Nuuk", "2024-03-30", {2024, 3, 31, 1, 0}},        /* no 23:00 */
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(cases[i].zone);
    g_assert_nonnull(zone);
    const int *n = cases[i].next;
    int64_t next_ms = utc(n[0], n[1], n[2], n[3], n[4]),
            end_ms = day_end_ms(day(cases[i].day), zone);
    if (end_ms != next_ms - 1)
      g_error("%s in %s: %" G_GINT64_FORMAT " ms beside", cases[i].day, cases[i].zone,
              end_ms - (next_ms - 1));
    assert_day(day_of_ms(end_ms, zone), cases[i].day);
    g_assert_cmpint(day_of_ms(end_ms + 1, zone), ==, day(cases[i].day) + 1);
  }
}

/* Random moments against what GDateTime says of them. */
static void test_random_zones(void) {
  static const char *const zones[] = {"Asia/Shanghai", "-08:00", "+14:00", "Europe/Berlin",
                                      "Australia/Lord_Howe"};
  int64_t first = utc(1990, 1, 1, 0, 0) / 1000, last = utc(2037, 1, 1, 0, 0) / 1000;
  for (unsigned i = 0; i < 5000; i++) {
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zones[i % G_N_ELEMENTS(zones)]);
    int64_t at = first + (int64_t)(g_test_rand_double() * (double)(last - first));
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(at);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(time, zone);
    g_autofree char *text = g_date_time_format(local, "%Y-%m-%d");
    Day of = day_of_ms(at * 1000 + g_test_rand_int_range(0, 1000), zone);
    assert_day(of, text);
    int64_t end_ms = day_end_ms(of, zone);
    g_assert_true(end_ms >= at * 1000 && end_ms < (at + 90000) * 1000);
    g_assert_cmpint(day_of_ms(end_ms, zone), ==, of);
    g_assert_cmpint(day_of_ms(end_ms + 1, zone), ==, of + 1);
  }
}

/* Every shipped row, and the days around them. */
static void test_2026(void) {
  static const char *const off[] = {"01-01", "01-03", "02-15", "02-23", "04-04", "04-06", "05-01",
                                    "05-05", "06-19", "06-21", "09-25", "09-27", "10-01", "10-07"};
  static const char *const work[] = {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"};
  g_autoptr(Calendar) calendar = year_2026(MODEL_FOLDER);
  bool is_off[367] = {false};
  Day first = day("2026-01-01");
  for (Day at = first; at <= day("2026-12-31"); at++)
    is_off[at - first] =
        (at - first) % 7 == 2 || (at - first) % 7 == 3; /* it began on a Thursday */
  for (unsigned i = 0; i < G_N_ELEMENTS(off); i += 2) {
    g_autofree char *from = g_strconcat("2026-", off[i], NULL);
    g_autofree char *to = g_strconcat("2026-", off[i + 1], NULL);
    for (Day at = day(from); at <= day(to); at++)
      is_off[at - first] = true;
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(work); i++) {
    g_autofree char *text = g_strconcat("2026-", work[i], NULL);
    g_assert_true(is_off[day(text) - first]); /* only weekends are worked for a holiday */
    is_off[day(text) - first] = false;
  }
  for (Day at = first; at <= day("2026-12-31"); at++) {
    bool is_working;
    g_assert_true(calendar_is_working(calendar, at, &is_working, NULL));
    g_assert_true(is_working == !is_off[at - first]);
  }
}

/* systems' check table, spans over the holidays and the weekends that are worked for them. */
static void test_working_days(void) {
  static const struct {
    const char *from;
    unsigned n;
    const char *to;
  } cases[] = {
      {"2026-03-06", 5, "2026-03-13"},  {"2026-03-06", 15, "2026-03-27"},
      {"2026-06-08", 15, "2026-06-30"}, {"2026-02-12", 5, "2026-02-26"},
      {"2026-02-12", 7, "2026-02-28"},  {"2026-09-29", 5, "2026-10-12"},
      {"2026-09-29", 4, "2026-10-10"},  {"2026-01-01", 1, "2026-01-04"},
      {"2026-02-13", 1, "2026-02-14"},  {"2026-02-14", 1, "2026-02-24"},
      {"2026-02-18", 1, "2026-02-24"},  {"2026-04-30", 1, "2026-05-06"},
      {"2026-04-30", 4, "2026-05-09"},  {"2026-09-18", 1, "2026-09-20"},
      {"2026-09-24", 1, "2026-09-28"},  {"2026-09-30", 1, "2026-10-08"},
      {"2026-10-01", 3, "2026-10-10"},  {"2026-12-30", 1, "2026-12-31"},
      {"2026-02-16", 0, "2026-02-24"},  {"2026-02-24", 0, "2026-02-24"},
      {"2026-02-28", 0, "2026-02-28"},
  };
  g_autoptr(Calendar) calendar = year_2026(MODEL_FOLDER);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Day to, from = day(cases[i].from);
    int count;
    g_assert_true(calendar_after(calendar, from, cases[i].n, &to, NULL));
    assert_day(to, cases[i].to);
    g_assert_true(calendar_working_days(calendar, from, to, &count, NULL));
    g_assert_cmpint(count, ==, cases[i].n ? (int)cases[i].n : to > from);
    g_assert_true(calendar_working_days(calendar, to, from, &count, NULL));
    g_assert_cmpint(count, ==, cases[i].n ? -(int)cases[i].n : -(to > from));
  }
}

static void test_working_days_before(void) {
  g_autoptr(Calendar) calendar = year_2026(MODEL_FOLDER);
  Day found;
  g_assert_true(calendar_on_or_before(calendar, day("2026-02-24"), 2, 1, &found, NULL));
  assert_day(found, "2026-02-14");
  g_assert_true(calendar_on_or_before(calendar, day("2026-02-24"), 1, 1, &found, NULL));
  assert_day(found, "2026-02-24");
  g_assert_true(calendar_on_or_before(calendar, day("2026-10-07"), 1, 1, &found, NULL));
  assert_day(found, "2026-09-30");
  g_assert_true(calendar_on_or_before(calendar, day("2026-10-12"), 4, 1, &found, NULL));
  assert_day(found, "2026-10-08");
  /* Fewer, and of a year that is not loaded. */
  g_assert_true(
      calendar_on_or_before(calendar, day("2026-10-12"), 4, day("2026-10-09"), &found, NULL));
  assert_day(found, "2026-10-09");
  g_assert_true(
      calendar_on_or_before(calendar, day("2026-01-05"), 3, day("2025-12-31"), &found, NULL));
  assert_day(found, "2025-12-31");
}

static void test_months_after(void) {
  static const struct {
    const char *from;
    unsigned n;
    const char *to;
  } cases[] = {
      {"2026-03-06", 3, "2026-06-08"}, {"2026-03-06", 6, "2026-09-07"},
      {"2026-01-31", 1, "2026-02-28"}, /* a Saturday that is worked */
      {"2026-03-31", 6, "2026-09-30"}, {"2026-07-31", 2, "2026-09-30"},
      {"2026-01-19", 1, "2026-02-24"}, {"2026-08-31", 1, "2026-09-30"},
      {"2025-12-31", 2, "2026-02-28"}, /* the start need not be loaded */
      {"2026-03-01", 2, "2026-05-06"}, {"2026-03-20", 6, "2026-09-20"},
      {"2026-06-08", 0, "2026-06-08"}, {"2026-06-06", 0, "2026-06-08"},
  };
  g_autoptr(Calendar) calendar = year_2026(MODEL_FOLDER);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Day to;
    g_assert_true(calendar_months_after(calendar, day(cases[i].from), cases[i].n, &to, NULL));
    assert_day(to, cases[i].to);
  }
}

static void assert_not_loaded(bool is_known, GError **error, const char *names) {
  g_assert_false(is_known);
  g_assert_error(*error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
  if (!strstr((*error)->message, names))
    g_error("\"%s\" does not name %s", (*error)->message, names);
  g_clear_error(error);
}

/* What would have to look at a day that is not loaded fails, what need not does not. */
static void test_refusal(void) {
  g_autoptr(Calendar) calendar = year_2026(MODEL_FOLDER);
  g_autoptr(GError) error = NULL;
  Day found = 0, last = day("2026-12-31");
  int count = 0;
  bool is;
  g_assert_true(calendar_after(calendar, day("2026-12-24"), 5, &found, NULL));
  assert_day(found, "2026-12-31");
  found = 0;
  assert_not_loaded(calendar_after(calendar, day("2026-12-24"), 6, &found, &error), &error,
                    "2026-12-31");
  assert_not_loaded(calendar_is_working(calendar, last + 1, &is, &error), &error, "2027-01-01");
  assert_not_loaded(calendar_is_working(calendar, day("2025-12-31"), &is, &error), &error,
                    "2025-12-31");
  assert_not_loaded(calendar_on_or_after(calendar, last + 1, &found, &error), &error, "2027-01-01");
  assert_not_loaded(calendar_on_or_before(calendar, day("2026-01-03"), 1, 1, &found, &error),
                    &error, "2025-12-31");
  assert_not_loaded(calendar_months_after(calendar, day("2026-10-31"), 3, &found, &error), &error,
                    "2027-01-31");
  assert_not_loaded(calendar_months_after(calendar, last, G_MAXUINT, &found, &error), &error,
                    "3026-12-31");
  assert_not_loaded(calendar_after(calendar, last, G_MAXUINT, &found, &error), &error,
                    "2027-01-01");
  assert_not_loaded(calendar_working_days(calendar, last, last + 1, &count, &error), &error,
                    "2027-01-01");
  assert_not_loaded(calendar_working_days(calendar, last + 1, last, &count, &error), &error,
                    "2027-01-01");
  g_assert_cmpint(found, ==, 0);
  g_assert_cmpint(count, ==, 0);
  g_assert_true(calendar_working_days(calendar, day("2025-12-31"), last, &count, NULL));
  g_assert_true(calendar_working_days(calendar, last + 1, last + 1, &count, NULL));
  g_assert_cmpint(count, ==, 0);
}

static void test_rows(void) {
  const CalendarDay twice[] = {{day("2026-05-01"), false, NULL}, {day("2026-05-01"), true, NULL}};
  const CalendarDay outside[] = {{day("2027-01-01"), false, NULL}};
  g_autoptr(GError) error = NULL;
  Day first = day("2026-01-01"), last = day("2026-12-31");
  g_assert_null(calendar_new(first, last, twice, 2, &error));
  g_assert_error(error, CALENDAR_ERROR, CALENDAR_BAD_ROWS);
  g_clear_error(&error);
  g_assert_null(calendar_new(first, last, outside, 1, &error));
  g_assert_error(error, CALENDAR_ERROR, CALENDAR_BAD_ROWS);
  g_autoptr(Calendar) none = calendar_new(first, last, NULL, 0, NULL);
  bool is_working;
  g_assert_true(calendar_is_working(none, first, &is_working, NULL));
  g_assert_true(is_working);
}

/* The naive count: GDate's weekdays and a search through the rows, day by day. */
static bool is_working_naive(const CalendarDay *rows, unsigned count, Day at) {
  GDate date;
  g_date_clear(&date, 1);
  g_date_set_julian(&date, (guint32)at);
  for (unsigned i = 0; i < count; i++)
    if (rows[i].day == at)
      return rows[i].is_work;
  return g_date_get_weekday(&date) <= G_DATE_FRIDAY;
}

static unsigned random_rows(CalendarDay rows[200], Day first, Day last) {
  unsigned count = 0;
  for (unsigned i = 0; i < 200; i++) {
    Day at = g_test_rand_int_range(first, last + 1);
    bool is_there = false;
    for (unsigned j = 0; j < count; j++)
      is_there = is_there || rows[j].day == at;
    if (!is_there)
      rows[count++] = (CalendarDay){.day = at, .is_work = g_test_rand_bit()};
  }
  return count;
}

static void check_random_day(const Calendar *calendar, const CalendarDay *rows, unsigned count,
                             Day first, Day last) {
  Day from = g_test_rand_int_range(first, last + 1), at = from, found;
  unsigned n = (unsigned)g_test_rand_int_range(1, 80), seen = 0;
  int between;
  while (at < last && seen < n)
    seen += is_working_naive(rows, count, ++at);
  bool is_known = calendar_after(calendar, from, n, &found, NULL);
  g_assert_true(is_known == (seen == n));
  if (is_known)
    g_assert_cmpint(found, ==, at);
  g_assert_true(calendar_working_days(calendar, from, at, &between, NULL));
  g_assert_cmpint(between, ==, (int)seen);
  if (is_known && is_working_naive(rows, count, from)) {
    g_assert_true(calendar_on_or_before(calendar, found, n + 1, 1, &found, NULL));
    g_assert_cmpint(found, ==, from);
  }
  for (at = from; at <= last && !is_working_naive(rows, count, at);)
    at++;
  is_known = calendar_on_or_after(calendar, from, &found, NULL);
  g_assert_true(is_known == (at <= last));
  if (is_known)
    g_assert_cmpint(found, ==, at);
}

static void test_random(void) {
  Day first = day("2023-01-01"), last = day("2028-12-31");
  for (unsigned round = 0; round < 20; round++) {
    CalendarDay rows[200];
    unsigned count = random_rows(rows, first, last);
    g_autoptr(Calendar) calendar = calendar_new(first, last, rows, count, NULL);
    for (unsigned i = 0; i < 200; i++)
      check_random_day(calendar, rows, count, first, last);
  }
}

#define HEAD "date,kind,note\n"

static void test_files(void) {
  static const struct {
    const char *text;
    unsigned rows;    /* 0: it is refused */
    const char *says; /* the whole message behind "the calendar of 2026: " */
  } cases[] = {
      {HEAD "2026-01-01,off,元旦\n2026-01-04,work,\n", 2, NULL},
      {"\xef\xbb\xbf" HEAD "2026-01-01,off,a", 1, NULL},
      {"date,kind,note\r\n2026-01-01,off,a\r\n2026-01-02,work,b\r\n", 2, NULL}, /* a Friday */
      {HEAD "2026-01-03,off,a weekend\n", 1, NULL},
      {HEAD "2026-01-01,off,\"a \"\"b\"\", c\"\n", 1, NULL},
      {HEAD "\"2026-01-01\",\"off\",\"\"\n", 1, NULL},
      {"", 0, "the file has no days"},
      {HEAD, 0, "the file has no days"},
      {"2026-01-01,off,a\n", 0, "line 1: the first line is not date,kind,note"},
      {"Date,kind,note\n2026-01-01,off,a\n", 0, "line 1: the first line is not date,kind,note"},
      {"\xef\xbb\xbf\xef\xbb\xbf" HEAD "2026-01-01,off,a\n", 0,
       "line 1: the first line is not date,kind,note"},
      {HEAD "2026-01-01,holiday,a\n2026-02-30,off,a\n2026-1-5,off,a\n2026-01-06,off,a\n", 0,
       "line 2: its kind is neither work nor off; "
       "line 3: its date is no day, or not written as 2026-03-06; "
       "line 4: its date is no day, or not written as 2026-03-06"},
      {HEAD "2026-01-01,Off,a\n2026-01-02, off,a\n2026-01-05,,a\n", 0,
       "line 2: its kind is neither work nor off; line 3: its kind is neither work nor off; "
       "line 4: its kind is neither work nor off"},
      {HEAD "2025-12-31,off,a\n2027-01-01,off,a\n", 0,
       "line 2: its date is of another year; line 3: its date is of another year"},
      {HEAD "2026-01-01,off,a\n2026-01-02,off,a\n2026-01-01,work,b\n", 0,
       "line 4: its date has come before"},
      {HEAD "2026-01-01,off\n\n2026-01-02,off,a,b\n", 0,
       "line 2: it has less than the three cells date,kind,note; "
       "line 3: it has less than the three cells date,kind,note; "
       "line 4: it has more than the three cells date,kind,note"},
      {HEAD "2026-01-01,off,\"a\n2026-01-02,off,a\"b\n2026-01-05,off,\"a\"b\n", 0,
       "line 2: a quote is not closed, or stands inside a cell without quotes; "
       "line 3: a quote is not closed, or stands inside a cell without quotes; "
       "line 4: a quote is not closed, or stands inside a cell without quotes"},
      {HEAD "2026-01-01,off,\xd4\xaa\xb5\xa9\n", 0, "line 2: it is not UTF-8"}, /* GBK */
      {HEAD "2026-01-01,off,a\tb\n2026-01-02,off,a\rb\n", 0,
       "line 2: its note has control characters; line 3: its note has control characters"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) rows = calendar_read_csv(cases[i].text, strlen(cases[i].text), 2026, &error);
    if (!rows != !cases[i].rows)
      g_error("%s: %s", cases[i].text, error ? error->message : "it passed");
    if (rows) {
      g_assert_cmpuint(rows->len, ==, cases[i].rows);
      continue;
    }
    g_assert_error(error, CALENDAR_ERROR, CALENDAR_BAD_FILE);
    g_autofree char *says = g_strconcat("the calendar of 2026: ", cases[i].says, NULL);
    g_assert_cmpstr(error->message, ==, says);
  }
}

static void test_file_values(void) {
  static const char text[] = HEAD "2026-01-01,off,\" e\xcc\x81, \"\"b\"\" \"\n2026-01-04,work,\n";
  g_autoptr(GArray) rows = calendar_read_csv(text, sizeof text - 1, 2026, NULL);
  const CalendarDay *first = &g_array_index(rows, CalendarDay, 0);
  const CalendarDay *second = &g_array_index(rows, CalendarDay, 1);
  assert_day(first->day, "2026-01-01");
  assert_day(second->day, "2026-01-04");
  g_assert_false(first->is_work);
  g_assert_true(second->is_work);
  g_assert_cmpstr(first->note, ==, "\xc3\xa9, \"b\"");
  g_assert_cmpstr(second->note, ==, "");
  g_autoptr(GArray) shipped = year_2026_rows(MODEL_FOLDER);
  g_assert_cmpuint(shipped->len, ==, 39);
  g_assert_cmpstr(g_array_index(shipped, CalendarDay, 0).note, ==, "元旦");
}

static GArray *read_text(const GString *text, GError **error) {
  return calendar_read_csv(text->str, text->len, 2026, error);
}

/* The bounds: of a note, of the lines that are named, of the file; and a zero byte in it. */
static void test_file_bounds(void) {
  g_autoptr(GString) text = g_string_new(HEAD "2026-01-01,off,");
  g_autoptr(GError) error = NULL;
  for (unsigned i = 0; i < 500; i++)
    g_string_append(text, "节");
  g_autoptr(GArray) rows = read_text(text, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(rows->len, ==, 1);
  g_string_append(text, "节");
  g_assert_null(read_text(text, &error));
  g_assert_nonnull(strstr(error->message, "line 2: its note is longer"));
  g_clear_error(&error);

  g_string_assign(text, HEAD);
  for (unsigned i = 0; i < 25; i++)
    g_string_append(text, "x\n");
  g_assert_null(read_text(text, &error));
  g_assert_nonnull(strstr(error->message, "line 21: "));
  g_assert_null(strstr(error->message, "line 22: "));
  g_assert_true(g_str_has_suffix(error->message, "; and 5 more"));
  g_clear_error(&error);

  g_string_assign(text, HEAD "2026-01-01,off,a");
  g_string_append_len(text, "\0b\n", 3);
  g_assert_null(read_text(text, &error));
  g_assert_nonnull(strstr(error->message, "line 2: it is not UTF-8"));
  g_clear_error(&error);

  g_string_set_size(text, 65537);
  g_assert_null(read_text(text, &error));
  g_assert_nonnull(strstr(error->message, "64 KiB"));
}

/* A new database has the year that is shipped, and knows of no other. */
static void test_shipped(void) {
  Fixture f;
  fixture_init(&f);
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) rows = year_2026_rows(MODEL_FOLDER);
  g_autoptr(Statement) kept =
      db_prepare(f.db, "select date, kind = 'work', note from calendar_day order by date", &error);
  for (unsigned i = 0; i < rows->len; i++) {
    const CalendarDay *row = &g_array_index(rows, CalendarDay, i);
    g_assert_cmpint(statement_step(kept, &error), ==, SQLITE_ROW);
    assert_day(row->day, column_text(kept, 0));
    g_assert_cmpint(row->is_work, ==, column_int(kept, 1));
    g_assert_cmpstr(row->note, ==, column_text(kept, 2));
  }
  g_assert_cmpint(statement_step(kept, &error), ==, SQLITE_DONE);
  g_clear_pointer(&kept, statement_free);
  g_autoptr(Calendar) calendar = calendar_load(f.db, &error);
  g_assert_no_error(error);
  Day end;
  g_assert_true(calendar_after(calendar, day("2026-02-12"), 7, &end, &error));
  assert_day(end, "2026-02-28");
  g_assert_true(calendar_after(calendar, day("2026-12-30"), 1, &end, &error));
  g_assert_false(calendar_after(calendar, day("2026-12-30"), 2, &end, &error));
  g_assert_error(error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/calendar/days", test_days);
  g_test_add_func("/model/calendar/months", test_months);
  g_test_add_func("/model/calendar/zones", test_zones);
  g_test_add_func("/model/calendar/random-zones", test_random_zones);
  g_test_add_func("/model/calendar/2026", test_2026);
  g_test_add_func("/model/calendar/working-days", test_working_days);
  g_test_add_func("/model/calendar/working-days-before", test_working_days_before);
  g_test_add_func("/model/calendar/months-after", test_months_after);
  g_test_add_func("/model/calendar/refusal", test_refusal);
  g_test_add_func("/model/calendar/rows", test_rows);
  g_test_add_func("/model/calendar/random", test_random);
  g_test_add_func("/model/calendar/files", test_files);
  g_test_add_func("/model/calendar/file-values", test_file_values);
  g_test_add_func("/model/calendar/file-bounds", test_file_bounds);
  g_test_add_func("/model/calendar/shipped", test_shipped);
  return g_test_run();
}
