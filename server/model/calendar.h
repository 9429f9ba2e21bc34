/* Days, and which of them are worked: what every limit in days, working days or months is counted
 * with.
 *
 * A Day is a number, so that days can be compared and subtracted; as text it is YYYY-MM-DD. A
 * Calendar knows for each day of some whole years whether it is worked: Monday to Friday are,
 * unless a row says otherwise, which is a holiday or a weekend that is worked in exchange for one.
 * Such rows are published for one year at a time. Of a day outside the loaded years nothing is
 * known, and whatever would have to look at one fails with CALENDAR_NOT_LOADED instead of guessing.
 * NULL stands for a Calendar of no year at all.
 *
 * Everything here is pure; a Calendar never changes once it is made. Any thread.
 * Source of the counting: Civil Code of the PRC, articles 201 (the day on which a period begins is
 * not counted), 202 (a month ends on the same day, or the last one there is) and 203 (a period
 * whose last day is off ends on the next day that is not, at 24:00). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 1 is 0001-01-01, as in GDate; 0 is no day. The functions want days of the years 1900 to 2200, and
 * times of those years. */
typedef int32_t Day;
#define DAY_TEXT_BYTES 11 /* "2026-03-06" and the terminating zero */

/* Whether the text is a day that there is, from 1900-01-01 to 2200-12-31, written as ISO 8601
 * writes it. day may be NULL. */
bool day_parse(const char *text, Day *day);
void day_format(Day day, char text[DAY_TEXT_BYTES]);
/* The same day of another month, or the last day of that month where it is shorter. Negative:
 * before. */
Day day_add_months(Day day, int months);

/* The day that it is in the zone at that time, milliseconds UTC. */
Day day_of_ms(int64_t at_ms, GTimeZone *zone);
/* The last millisecond of the day in the zone, 23:59:59.999 there; milliseconds UTC. Where the
 * clocks leave that time out or show it twice it is the last one before the next day begins. */
int64_t day_end_ms(Day day, GTimeZone *zone);

/* A row that overrides Monday to Friday. */
typedef struct {
  Day day;
  bool is_work; /* or it is off */
  char *note;   /* why: "春节"; never NULL where this module makes it, not read by it */
} CalendarDay;

typedef struct Calendar Calendar;

#define CALENDAR_ERROR calendar_error_quark()
GQuark calendar_error_quark(void);
typedef enum {
  CALENDAR_NOT_LOADED, /* a day outside first…last would have to be known */
  CALENDAR_BAD_ROWS,   /* outside first…last, or a day twice */
  CALENDAR_BAD_FILE,   /* the message names each bad line */
} CalendarError;

/* first, last: the days that are loaded; every year between them is. The rows are copied, without
 * their notes. NULL with CALENDAR_BAD_ROWS. */
Calendar *calendar_new(Day first, Day last, const CalendarDay *rows, size_t count, GError **error);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

bool calendar_is_working(const Calendar *calendar, Day day, bool *is_working, GError **error);
/* The day itself when it is worked, otherwise the next one that is. */
bool calendar_on_or_after(const Calendar *calendar, Day day, Day *working, GError **error);
/* The n-th working day after the day, which itself is not counted: 1 is the next working day. 0 is
 * calendar_on_or_after. */
bool calendar_after(const Calendar *calendar, Day day, unsigned n, Day *working, GError **error);
/* Backwards: the n-th working day at or before the day, from 1 on; `first` where there are fewer
 * after that day. Neither `first` nor what lies before it has to be loaded. */
bool calendar_on_or_before(const Calendar *calendar, Day day, unsigned n, Day first, Day *working,
                           GError **error);
/* n months after the day; when that is off, the next working day. */
bool calendar_months_after(const Calendar *calendar, Day day, unsigned n, Day *working,
                           GError **error);
/* In how many working days `to` is, seen from `from`: the working days after `from` up to and with
 * `to`. When `to` lies before, the same count from there, negative. */
bool calendar_working_days(const Calendar *calendar, Day from, Day to, int *count, GError **error);

/* The rows of one year from a file, CalendarDay in the order of the lines; free with g_array_unref.
 * The file is CSV (RFC 4180, no line ends inside quotes) in UTF-8, with or without a byte order
 * mark, with LF or CRLF. Its first line is "date,kind,note"; the kind is work or off; a note has at
 * most 500 characters and comes out in NFC without blanks at its ends. NULL with CALENDAR_BAD_FILE,
 * also when there is no row at all: no year is without holidays. */
GArray *calendar_read_csv(const char *text, size_t length, int year, GError **error);
