/* Limits as they run, on the calendar of 2026. */
#include <string.h>

#include "model/deadline.h"
#include "model/test-year.h"

typedef struct {
  Calendar *calendar;
  GTimeZone *zone;
} Bench;

static void bench_init(Bench *bench, const char *zone) {
  bench->calendar = year_2026(MODEL_FOLDER);
  bench->zone = g_time_zone_new_identifier(zone);
  g_assert_nonnull(bench->zone);
}

static void bench_clear(Bench *bench) {
  calendar_free(bench->calendar);
  g_time_zone_unref(bench->zone);
}

/* "2026-03-06T10:00" of the zone, or "…T10:00:00.000Z". */
static int64_t ms(const Bench *bench, const char *text) {
  g_autofree char *full = g_strconcat(text, strlen(text) == 16 ? ":00" : "", NULL);
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, bench->zone);
  if (!time)
    g_error("%s is no time", text);
  return g_date_time_to_unix(time) * 1000 + g_date_time_get_microsecond(time) / 1000;
}

/* A time; a day alone stands for its end. */
static void assert_ms(const Bench *bench, int64_t is, const char *expected) {
  int64_t wanted =
      strlen(expected) == 10 ? day_end_ms(day(expected), bench->zone) : ms(bench, expected);
  if (is != wanted) {
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(is / 1000);
    g_autofree char *text = g_date_time_format(utc, "%FT%TZ");
    g_error("%s, %" G_GINT64_FORMAT " ms, instead of %s", text, is, expected);
  }
}

static DeadlineRule rule_of(SpanUnit unit, unsigned count) {
  return (DeadlineRule){.code = "x", .limit = {unit, count}, .is_pausable = true};
}

static Deadline started(const Bench *bench, const DeadlineRule *rule, const char *start) {
  Deadline deadline;
  g_autoptr(GError) error = NULL;
  deadline_start(&deadline, rule, bench->calendar, bench->zone, ms(bench, start), &error);
  g_assert_no_error(error);
  return deadline;
}

/* systems' check table first; whatever time of the day it begins, the end is the same. */
static void test_due(void) {
  static const struct {
    SpanUnit unit;
    unsigned count;
    const char *start, *due;
  } cases[] = {
      {SPAN_WORKING_DAYS, 5, "2026-03-06", "2026-03-13"},  /* object */
      {SPAN_WORKING_DAYS, 15, "2026-03-06", "2026-03-27"}, /* contact */
      {SPAN_MONTHS, 3, "2026-03-06", "2026-06-08"},        /* reply */
      {SPAN_MONTHS, 6, "2026-03-06", "2026-09-07"},        /* the most of an extension */
      {SPAN_WORKING_DAYS, 15, "2026-06-08", "2026-06-30"}, /* evaluate */
      {SPAN_WORKING_DAYS, 5, "2026-02-12", "2026-02-26"},
      {SPAN_WORKING_DAYS, 7, "2026-02-12", "2026-02-28"},
      {SPAN_WORKING_DAYS, 5, "2026-09-29", "2026-10-12"},
      {SPAN_WORKING_DAYS, 0, "2026-03-06", "2026-03-06"},
      {SPAN_WORKING_DAYS, 0, "2026-03-07", "2026-03-09"},
      {SPAN_WORKING_DAYS, 1, "2026-02-20", "2026-02-24"},
      {SPAN_MONTHS, 1, "2026-01-31", "2026-02-28"},
      {SPAN_MONTHS, 1, "2026-01-30", "2026-02-28"},
      {SPAN_DAYS, 7, "2026-03-06", "2026-03-13"},
      {SPAN_DAYS, 2, "2026-03-05", "2026-03-09"},
      {SPAN_DAYS, 2, "2026-02-26", "2026-02-28"}, /* a Saturday that is worked */
      {SPAN_DAYS, 3, "2026-09-29", "2026-10-08"},
      {SPAN_DAYS, 0, "2026-10-03", "2026-10-08"},
  };
  static const char *const times[] = {"T00:00:00.000", "T10:00:00.000", "T23:59:59.999"};
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    for (unsigned j = 0; j < G_N_ELEMENTS(times); j++) {
      DeadlineRule rule = rule_of(cases[i].unit, cases[i].count);
      g_autofree char *start = g_strconcat(cases[i].start, times[j], NULL);
      Deadline deadline = started(&bench, &rule, start);
      assert_ms(&bench, deadline.due_ms, cases[i].due);
      assert_ms(&bench, deadline.start_ms, start);
      g_assert_cmpint(deadline.paused_since_ms, ==, 0);
      g_assert_cmpint(deadline.paused_ms, ==, 0);
    }
  Deadline reply;
  DeadlineRule months = rule_of(SPAN_MONTHS, 3);
  reply = started(&bench, &months, "2026-03-06T10:00");
  assert_ms(&bench, reply.due_ms, "2026-06-08T15:59:59.999Z");
  bench_clear(&bench);
}

/* Hours pass on whatever day, also on one that is not loaded. */
static void test_hours(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule urgent = rule_of(SPAN_HOURS, 4), at_once = rule_of(SPAN_HOURS, 0);
  assert_ms(&bench, started(&bench, &urgent, "2026-03-06T22:30").due_ms, "2026-03-07T02:30");
  assert_ms(&bench, started(&bench, &urgent, "2026-12-31T22:30").due_ms, "2027-01-01T02:30");
  assert_ms(&bench, started(&bench, &at_once, "2026-02-18T09:00").due_ms, "2026-02-18T09:00");
  bench_clear(&bench);
}

/* The same moment is another day elsewhere. */
static void test_zones(void) {
  static const struct {
    const char *zone, *due;
  } cases[] = {
      {"-08:00", "2026-03-13T07:59:59.999Z"},              /* Thursday the 5th there, five days */
      {"Asia/Shanghai", "2026-03-13T15:59:59.999Z"},       /* Friday the 6th */
      {"+14:00", "2026-03-13T09:59:59.999Z"},              /* Friday the 6th */
      {"America/Los_Angeles", "2026-03-13T06:59:59.999Z"}, /* over the change of its clocks */
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Bench bench;
    bench_init(&bench, cases[i].zone);
    DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, 5);
    assert_ms(&bench, started(&bench, &rule, "2026-03-06T02:00:00.000Z").due_ms, cases[i].due);
    bench_clear(&bench);
  }
}

static void test_pause(void) {
  static const struct {
    SpanUnit unit;
    unsigned count;
    const char *start, *pause, *resume, *due;
  } cases[] = {
      /* within one day nothing is won */
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-10T09:00", "2026-03-10T17:00",
       "2026-03-13"},
      {SPAN_DAYS, 7, "2026-03-06T09:00", "2026-03-10T09:00", "2026-03-10T17:00", "2026-03-13"},
      /* over a night: one day */
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-09T17:00", "2026-03-10T09:00",
       "2026-03-16"},
      {SPAN_DAYS, 6, "2026-03-06T09:00", "2026-03-09T17:00", "2026-03-10T09:00", "2026-03-13"},
      /* from Friday into the weekend: none of the working days passed */
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-06T17:00", "2026-03-08T09:00",
       "2026-03-13"},
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-07T17:00", "2026-03-09T09:00",
       "2026-03-16"},
      /* over the Spring Festival: 4 are left (14, 24, 25, 26 February), then 25 to 28 */
      {SPAN_WORKING_DAYS, 5, "2026-02-12T09:00", "2026-02-13T09:00", "2026-02-24T09:00",
       "2026-02-28"},
      /* from holiday to holiday: the 3 are left from then on */
      {SPAN_WORKING_DAYS, 5, "2026-02-12T09:00", "2026-02-16T09:00", "2026-02-20T09:00",
       "2026-02-26"},
      /* over the first of October: 4 are left, the 12th to the 15th */
      {SPAN_WORKING_DAYS, 5, "2026-09-29T09:00", "2026-09-30T09:00", "2026-10-10T09:00",
       "2026-10-15"},
      /* paused on the last day: none is left, the end of the day on which it goes on */
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-13T09:00", "2026-03-18T09:00",
       "2026-03-18"},
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-13T09:00", "2026-03-21T09:00",
       "2026-03-23"},
      /* days and months: as many days later; the 19th of June and the 25th of September are off */
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-04-01T09:00", "2026-04-12T08:00", "2026-06-22"},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-04-01T09:00", "2026-04-05T09:00", "2026-06-12"},
      {SPAN_DAYS, 7, "2026-09-14T09:00", "2026-09-15T09:00", "2026-09-19T09:00", "2026-09-28"},
      /* hours: to the millisecond, on a Saturday too */
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T10:00", "2026-03-07T10:30:00.001",
       "2026-03-07T13:30:00.001"},
      /* overdue: as it was */
      {SPAN_WORKING_DAYS, 5, "2026-03-06T09:00", "2026-03-14T00:00", "2026-04-15T09:00",
       "2026-03-13"},
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T13:00:00.001", "2026-03-09T10:30",
       "2026-03-07T13:00"},
      /* the clock was set back meanwhile, or before */
      {SPAN_DAYS, 7, "2026-03-06T09:00", "2026-03-10T09:00", "2026-03-08T09:00", "2026-03-13"},
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T08:00", "2026-03-07T09:01",
       "2026-03-07T13:01"},
  };
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    DeadlineRule rule = rule_of(cases[i].unit, cases[i].count);
    Deadline deadline = started(&bench, &rule, cases[i].start);
    int64_t pause = ms(&bench, cases[i].pause), resume = ms(&bench, cases[i].resume);
    g_assert_true(deadline_pause(&deadline, &rule, pause, NULL));
    g_assert_cmpint(deadline.paused_since_ms, ==, MAX(pause, deadline.start_ms));
    g_assert_true(deadline_resume(&deadline, &rule, bench.calendar, bench.zone, resume, NULL));
    assert_ms(&bench, deadline.due_ms, cases[i].due);
    g_assert_cmpint(deadline.paused_since_ms, ==, 0);
    g_assert_cmpint(deadline.paused_ms, ==, MAX(0, resume - MAX(pause, deadline.start_ms)));
  }
  bench_clear(&bench);
}

static void assert_fails(bool is_done, GError **error, GQuark domain, int code) {
  g_assert_false(is_done);
  g_assert_error(*error, domain, code);
  g_clear_error(error);
}

static void assert_same(const Deadline *a, const Deadline *b) {
  g_assert_cmpmem(a, sizeof *a, b, sizeof *b);
}

static void test_pause_refused(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, 5), stiff = rule;
  stiff.is_pausable = false;
  Deadline deadline = started(&bench, &rule, "2026-12-21T09:00"), before = deadline;
  int64_t at = ms(&bench, "2026-12-22T09:00"), late = ms(&bench, "2026-12-30T09:00");
  g_autoptr(GError) error = NULL;
  assert_fails(deadline_pause(&deadline, &stiff, at, &error), &error, DEADLINE_ERROR,
               DEADLINE_NOT_PAUSABLE);
  assert_fails(deadline_resume(&deadline, &rule, bench.calendar, bench.zone, at, &error), &error,
               DEADLINE_ERROR, DEADLINE_NOT_PAUSED);
  assert_same(&deadline, &before);
  g_assert_true(deadline_pause(&deadline, &rule, at, NULL));
  before = deadline;
  assert_fails(deadline_pause(&deadline, &rule, late, &error), &error, DEADLINE_ERROR,
               DEADLINE_PAUSED);
  /* 4 are left, and two days of the year after the 29th */
  assert_fails(deadline_resume(&deadline, &rule, bench.calendar, bench.zone, late, &error), &error,
               CALENDAR_ERROR, CALENDAR_NOT_LOADED);
  assert_same(&deadline, &before);
  bench_clear(&bench);
}

static void test_start_refused(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  static const Span spans[] = {{SPAN_WORKING_DAYS, 5},   {SPAN_DAYS, 10},
                               {SPAN_MONTHS, 1},         {SPAN_DAYS, G_MAXUINT},
                               {SPAN_MONTHS, G_MAXUINT}, {SPAN_WORKING_DAYS, G_MAXUINT}};
  for (unsigned i = 0; i < G_N_ELEMENTS(spans); i++) {
    g_autoptr(GError) error = NULL;
    DeadlineRule rule = rule_of(spans[i].unit, spans[i].count);
    Deadline deadline = {.due_ms = 7};
    assert_fails(deadline_start(&deadline, &rule, bench.calendar, bench.zone,
                                ms(&bench, "2026-12-28T09:00"), &error),
                 &error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
    g_assert_cmpint(deadline.due_ms, ==, 7);
  }
  bench_clear(&bench);
}

/* A day that was worked when the limit was counted has become one that is off. */
static void test_pause_on_changed_calendar(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, 5);
  Deadline deadline = started(&bench, &rule, "2026-03-06T09:00");
  const CalendarDay off = {.day = day("2026-03-13")};
  g_autoptr(Calendar) changed = calendar_new(day("2026-01-01"), day("2026-12-31"), &off, 1, NULL);
  int64_t at = ms(&bench, "2026-03-10T09:00");
  g_assert_true(deadline_pause(&deadline, &rule, at, NULL));
  g_assert_true(deadline_resume(&deadline, &rule, changed, bench.zone, at + 1, NULL));
  assert_ms(&bench, deadline.due_ms, "2026-03-16");
  bench_clear(&bench);
}

static void test_extend(void) {
  static const struct {
    const char *to;
    int code; /* -1: it is extended */
    const char *due;
  } cases[] = {
      {"2026-06-07", DEADLINE_NOT_LATER, NULL}, /* moves to the 8th, when it is due */
      {"2026-06-08", DEADLINE_NOT_LATER, NULL}, {"2026-05-01", DEADLINE_NOT_LATER, NULL},
      {"2026-06-09", -1, "2026-06-09"},         {"2026-07-04", -1, "2026-07-06"}, /* a Saturday */
      {"2026-09-06", -1, "2026-09-07"}, /* six months are over on Sunday, so on the 7th */
      {"2026-09-07", -1, "2026-09-07"},         {"2026-09-08", DEADLINE_TOO_FAR, NULL},
  };
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = rule_of(SPAN_MONTHS, 3);
  Span most = {SPAN_MONTHS, 6};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Deadline deadline = started(&bench, &rule, "2026-03-06T09:00"), before = deadline;
    g_autoptr(GError) error = NULL;
    bool is_done =
        deadline_extend(&deadline, bench.calendar, bench.zone, day(cases[i].to), most, &error);
    if (cases[i].code >= 0) {
      assert_fails(is_done, &error, DEADLINE_ERROR, cases[i].code);
      assert_same(&deadline, &before);
    } else {
      g_assert_no_error(error);
      assert_ms(&bench, deadline.due_ms, cases[i].due);
    }
  }
  Deadline late = started(&bench, &rule, "2026-09-20T09:00"), before = late;
  g_autoptr(GError) error = NULL;
  assert_fails(deadline_extend(&late, bench.calendar, bench.zone, day("2026-12-25"), most, &error),
               &error, CALENDAR_ERROR, CALENDAR_NOT_LOADED); /* where six months end */
  assert_same(&late, &before);
  bench_clear(&bench);
}

/* A pause after an extension keeps the days that the extension gave. */
static void test_extend_then_pause(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, 5);
  Deadline deadline = started(&bench, &rule, "2026-03-06T09:00");
  Span most = {SPAN_WORKING_DAYS, 10};
  g_assert_true(
      deadline_extend(&deadline, bench.calendar, bench.zone, day("2026-03-18"), most, NULL));
  g_assert_true(deadline_pause(&deadline, &rule, ms(&bench, "2026-03-16T09:00"), NULL));
  g_assert_true(deadline_resume(&deadline, &rule, bench.calendar, bench.zone,
                                ms(&bench, "2026-04-03T09:00"), NULL));
  assert_ms(&bench, deadline.due_ms, "2026-04-08"); /* the 7th and 8th, after Qingming */
  bench_clear(&bench);
}

static void test_colour(void) {
  static const struct {
    SpanUnit unit;
    unsigned count;
    const char *start, *at;
    DeadlineColour colour;
  } cases[] = {
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-03-01T09:00", COLOUR_NONE},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-03-06T09:00", COLOUR_NONE},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-05-29T23:59", COLOUR_NONE}, /* 6 are left */
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-01T00:00", COLOUR_YELLOW},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-04T23:59", COLOUR_YELLOW}, /* 2 */
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-05T00:00", COLOUR_ORANGE}, /* 1: Monday */
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-07T12:00", COLOUR_ORANGE},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-08T23:59:59.999", COLOUR_ORANGE},
      {SPAN_MONTHS, 3, "2026-03-06T09:00", "2026-06-09T00:00", COLOUR_RED},
      /* a short limit is not yellow from its first day on: half of the time has to be over */
      {SPAN_WORKING_DAYS, 4, "2026-03-09T00:00", "2026-03-11T11:59", COLOUR_NONE},
      {SPAN_WORKING_DAYS, 4, "2026-03-09T00:00", "2026-03-11T12:01", COLOUR_YELLOW},
      {SPAN_WORKING_DAYS, 4, "2026-03-09T00:00", "2026-03-12T00:00", COLOUR_ORANGE},
      {SPAN_WORKING_DAYS, 1, "2026-03-09T09:00", "2026-03-09T23:00", COLOUR_NONE},
      {SPAN_WORKING_DAYS, 1, "2026-03-09T09:00", "2026-03-10T09:00", COLOUR_ORANGE},
      /* over a holiday: the 24th to the 26th are left all the time */
      {SPAN_WORKING_DAYS, 5, "2026-02-12T09:00", "2026-02-20T09:00", COLOUR_YELLOW},
      {SPAN_WORKING_DAYS, 5, "2026-02-12T09:00", "2026-02-24T09:00", COLOUR_YELLOW},
      {SPAN_WORKING_DAYS, 5, "2026-02-12T09:00", "2026-02-25T09:00", COLOUR_ORANGE},
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T10:59", COLOUR_NONE},
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T11:00", COLOUR_ORANGE}, /* exactly half */
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T13:00", COLOUR_ORANGE},
      {SPAN_HOURS, 4, "2026-03-07T09:00", "2026-03-07T13:00:00.001", COLOUR_RED},
      {SPAN_HOURS, 4, "2026-12-31T21:00", "2026-12-31T22:00", COLOUR_NONE},
      {SPAN_HOURS, 4, "2026-12-31T21:00", "2027-01-01T02:00", COLOUR_RED},
      /* the start may lie before what is loaded */
      {SPAN_MONTHS, 3, "2025-11-06T09:00", "2025-12-31T09:00", COLOUR_NONE},
      {SPAN_MONTHS, 3, "2025-11-06T09:00", "2026-02-05T09:00", COLOUR_ORANGE},
      {SPAN_MONTHS, 3, "2025-10-12T09:00", "2025-12-20T09:00", COLOUR_NONE}, /* 6 in 2026 alone */
  };
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    DeadlineRule rule = rule_of(cases[i].unit, cases[i].count);
    Deadline deadline = started(&bench, &rule, cases[i].start);
    DeadlineColour colour;
    g_assert_true(deadline_colour(&deadline, bench.calendar, bench.zone, ms(&bench, cases[i].at),
                                  &colour, NULL));
    if (colour != cases[i].colour)
      g_error("%s at %s: colour %d instead of %d", cases[i].start, cases[i].at, (int)colour,
              (int)cases[i].colour);
  }
  DeadlineRule hours = rule_of(SPAN_HOURS, 4);
  Deadline deadline = started(&bench, &hours, "2026-12-31T21:00");
  DeadlineColour colour;
  g_autoptr(GError) error = NULL;
  assert_fails(deadline_colour(&deadline, bench.calendar, bench.zone,
                               ms(&bench, "2026-12-31T23:30"), &colour, &error),
               &error, CALENDAR_ERROR, CALENDAR_NOT_LOADED);
  bench_clear(&bench);
}

static DeadlineColour colour_at(const Bench *bench, const Deadline *deadline, const char *at) {
  DeadlineColour colour;
  g_assert_true(
      deadline_colour(deadline, bench->calendar, bench->zone, ms(bench, at), &colour, NULL));
  return colour;
}

/* While it is paused the colour stays; afterwards the pause is no time that has passed. */
static void test_colour_paused(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, 4);
  Deadline deadline = started(&bench, &rule, "2026-03-09T00:00"); /* until the 13th */
  g_assert_true(deadline_pause(&deadline, &rule, ms(&bench, "2026-03-10T00:00"), NULL));
  g_assert_cmpint(colour_at(&bench, &deadline, "2026-03-13T12:00"), ==, COLOUR_NONE);
  g_assert_cmpint(colour_at(&bench, &deadline, "2026-05-13T12:00"), ==, COLOUR_NONE);
  g_assert_true(deadline_resume(&deadline, &rule, bench.calendar, bench.zone,
                                ms(&bench, "2026-04-14T00:00"), NULL));
  assert_ms(&bench, deadline.due_ms, "2026-04-17"); /* 5 days, of which 1 had passed */
  g_assert_cmpint(colour_at(&bench, &deadline, "2026-04-15T11:59"), ==, COLOUR_NONE);
  g_assert_cmpint(colour_at(&bench, &deadline, "2026-04-15T12:01"), ==, COLOUR_YELLOW);
  g_assert_true(deadline_pause(&deadline, &rule, ms(&bench, "2026-04-18T00:00"), NULL));
  g_assert_cmpint(colour_at(&bench, &deadline, "2026-04-17T00:00"), ==, COLOUR_RED);
  bench_clear(&bench);
}

static void check_warnings(const Bench *bench, const DeadlineRule *rule, const Deadline *deadline,
                           const char *const *expected) {
  int64_t at_ms[DEADLINE_WARNS];
  unsigned count, wanted = g_strv_length((char **)(uintptr_t)expected);
  g_autoptr(GError) error = NULL;
  deadline_warnings(deadline, rule, bench->calendar, bench->zone, at_ms, &count, &error);
  g_assert_no_error(error);
  g_assert_cmpuint(count, ==, wanted);
  for (unsigned i = 0; i < count; i++)
    assert_ms(bench, at_ms[i], expected[i]);
}

static void test_warnings(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  DeadlineRule rule = {.limit = {SPAN_WORKING_DAYS, 5},
                       .warn = {{SPAN_HOURS, 12},
                                {SPAN_WORKING_DAYS, 1},
                                {SPAN_WORKING_DAYS, 4},
                                {SPAN_WORKING_DAYS, 5}},
                       .warn_count = 4,
                       .is_pausable = true};
  Deadline deadline = started(&bench, &rule, "2026-02-12T09:00"); /* until the 26th */
  static const char *const three[] = {"2026-02-13T00:00", "2026-02-25T00:00",
                                      "2026-02-26T11:59:59.999", NULL};
  static const char *const none[] = {NULL};
  static const char *const moved[] = {"2026-02-24T00:00", "2026-02-27T00:00",
                                      "2026-02-28T11:59:59.999", NULL};
  check_warnings(&bench, &rule, &deadline, three); /* five days before is the day it began */
  rule.warn[3] = rule.warn[1];
  check_warnings(&bench, &rule, &deadline, three); /* twice the same is one */
  g_assert_true(deadline_pause(&deadline, &rule, ms(&bench, "2026-02-13T09:00"), NULL));
  check_warnings(&bench, &rule, &deadline, none);
  g_assert_true(deadline_resume(&deadline, &rule, bench.calendar, bench.zone,
                                ms(&bench, "2026-02-24T09:00"), NULL));
  check_warnings(&bench, &rule, &deadline, moved);

  DeadlineRule long_rule = {.limit = {SPAN_MONTHS, 3},
                            .warn = {{SPAN_DAYS, 7}, {SPAN_MONTHS, 1}, {SPAN_DAYS, 1}},
                            .warn_count = 3};
  static const char *const days[] = {"2026-05-08T00:00", "2026-06-01T00:00", "2026-06-05T00:00",
                                     NULL};
  deadline = started(&bench, &long_rule, "2026-03-06T09:00"); /* until Monday 8 June */
  check_warnings(&bench, &long_rule, &deadline, days);

  /* Nothing before the start is asked for: the year before is not loaded. */
  DeadlineRule short_rule = {
      .limit = {SPAN_WORKING_DAYS, 3},
      .warn = {{SPAN_WORKING_DAYS, 1}, {SPAN_WORKING_DAYS, 9}, {SPAN_DAYS, 30}, {SPAN_MONTHS, 1}},
      .warn_count = 4};
  static const char *const last[] = {"2026-01-05T00:00", NULL};
  deadline = started(&bench, &short_rule, "2026-01-02T09:00"); /* until Tuesday the 6th */
  check_warnings(&bench, &short_rule, &deadline, last);
  bench_clear(&bench);
}

/* Some pauses of one limit in working days: each time as many are left as before, it ends on a
 * working day, and never earlier. */
static void check_random_pauses(const Bench *bench, const DeadlineRule *rule, Deadline deadline) {
  int64_t now_ms = deadline.start_ms;
  for (unsigned pause = 0; pause < 3; pause++) {
    int64_t due_ms = deadline.due_ms;
    int left, then;
    bool is_working;
    int64_t since_ms = now_ms + g_test_rand_int_range(0, 4 * 86400) * INT64_C(1000);
    now_ms = since_ms + g_test_rand_int_range(0, 12 * 86400) * INT64_C(1000);
    g_assert_true(deadline_pause(&deadline, rule, since_ms, NULL));
    if (!deadline_resume(&deadline, rule, bench->calendar, bench->zone, now_ms, NULL))
      return;
    Day since = day_of_ms(since_ms, bench->zone), now = day_of_ms(now_ms, bench->zone);
    Day due = day_of_ms(deadline.due_ms, bench->zone), before = day_of_ms(due_ms, bench->zone);
    if (since_ms > due_ms) {
      g_assert_cmpint(deadline.due_ms, ==, due_ms);
      return;
    }
    g_assert_true(calendar_working_days(bench->calendar, since, before, &left, NULL));
    g_assert_true(calendar_working_days(bench->calendar, now, due, &then, NULL));
    g_assert_true(calendar_is_working(bench->calendar, due, &is_working, NULL));
    g_assert_true(is_working);
    g_assert_true(due >= before && due >= now);
    if (left > 0 || due == now)
      g_assert_cmpint(left, ==, then);
    if (since == now)
      g_assert_cmpint(due, ==, before);
  }
}

static void test_random_pauses(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  int64_t first_ms = ms(&bench, "2026-01-01T00:00");
  for (unsigned i = 0; i < 3000; i++) {
    DeadlineRule rule = rule_of(SPAN_WORKING_DAYS, (unsigned)g_test_rand_int_range(0, 25));
    Deadline deadline;
    int64_t start_ms = first_ms + g_test_rand_int_range(0, 364 * 86400) * INT64_C(1000);
    if (deadline_start(&deadline, &rule, bench.calendar, bench.zone, start_ms, NULL))
      check_random_pauses(&bench, &rule, deadline);
  }
  bench_clear(&bench);
}

/* The times at which the colour turns tell the same as the colour itself. */
static void test_turns(void) {
  Bench bench;
  bench_init(&bench, "Asia/Shanghai");
  for (unsigned i = 0; i < 2000; i++) {
    DeadlineRule rule = rule_of(i % 3 ? SPAN_WORKING_DAYS : SPAN_HOURS,
                                (unsigned)g_test_rand_int_range(0, i % 3 ? 25 : 300));
    Deadline deadline;
    int64_t yellow_ms, orange_ms;
    int64_t start_ms =
        ms(&bench, "2026-01-01T00:00") + g_test_rand_int_range(0, 311 * 86400) * INT64_C(1000);
    if (!deadline_start(&deadline, &rule, bench.calendar, bench.zone, start_ms, NULL))
      continue;
    g_assert_true(
        deadline_turns(&deadline, bench.calendar, bench.zone, &yellow_ms, &orange_ms, NULL));
    for (unsigned n = 0; n < 40; n++) {
      int64_t at_ms = start_ms + (deadline.due_ms + 1 - start_ms) * n / 39;
      DeadlineColour is, wanted = at_ms > deadline.due_ms ? COLOUR_RED
                                  : at_ms >= orange_ms    ? COLOUR_ORANGE
                                  : at_ms >= yellow_ms    ? COLOUR_YELLOW
                                                          : COLOUR_NONE;
      g_assert_true(deadline_colour(&deadline, bench.calendar, bench.zone, at_ms, &is, NULL));
      g_assert_cmpint(is, ==, wanted);
    }
  }
  bench_clear(&bench);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/deadline/due", test_due);
  g_test_add_func("/model/deadline/hours", test_hours);
  g_test_add_func("/model/deadline/zones", test_zones);
  g_test_add_func("/model/deadline/start-refused", test_start_refused);
  g_test_add_func("/model/deadline/pause", test_pause);
  g_test_add_func("/model/deadline/pause-refused", test_pause_refused);
  g_test_add_func("/model/deadline/pause-on-changed-calendar", test_pause_on_changed_calendar);
  g_test_add_func("/model/deadline/random-pauses", test_random_pauses);
  g_test_add_func("/model/deadline/extend", test_extend);
  g_test_add_func("/model/deadline/extend-then-pause", test_extend_then_pause);
  g_test_add_func("/model/deadline/colour", test_colour);
  g_test_add_func("/model/deadline/colour-paused", test_colour_paused);
  g_test_add_func("/model/deadline/turns", test_turns);
  g_test_add_func("/model/deadline/warnings", test_warnings);
  return g_test_run();
}
