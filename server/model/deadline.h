/* Limits, and how one runs: when it ends, pause, extension, colour.
 *
 * A rule comes with the case that it was frozen with; its versions are kept elsewhere. Counting
 * begins the day after the start. Limits in days, working days and months end with the last
 * millisecond of a working day of the zone; limits in hours are time that passes and end when it
 * has, whatever day that is (calendar.h names the articles). What fails changes nothing; beside the
 * codes below it fails with CALENDAR_NOT_LOADED. All times are milliseconds UTC. Pure; any thread.
 */
#pragma once

#include "model/calendar.h"

typedef enum { SPAN_HOURS, SPAN_DAYS, SPAN_WORKING_DAYS, SPAN_MONTHS } SpanUnit;

typedef struct {
  SpanUnit unit;
  unsigned count; /* 0 hours: at once; otherwise 0: on the same day */
} Span;

#define DEADLINE_WARNS 4

typedef struct {
  const char *code; /* "reply" */
  Span limit;
  Span warn[DEADLINE_WARNS]; /* so long before the end */
  unsigned warn_count;
  bool is_pausable;
} DeadlineRule;

typedef struct {
  int64_t start_ms, due_ms; /* at due_ms it is still in time */
  int64_t paused_since_ms;  /* 0: it runs */
  int64_t paused_ms;        /* all pauses that are over */
} Deadline;

/* Lists sort by it. It is always shown with words. */
typedef enum { COLOUR_NONE, COLOUR_YELLOW, COLOUR_ORANGE, COLOUR_RED } DeadlineColour;

#define DEADLINE_ERROR deadline_error_quark()
GQuark deadline_error_quark(void);
typedef enum {
  DEADLINE_NOT_PAUSABLE, /* by its rule */
  DEADLINE_PAUSED,       /* already */
  DEADLINE_NOT_PAUSED,
  DEADLINE_NOT_LATER, /* than it is due without the extension */
  DEADLINE_TOO_FAR,   /* later than the most from the start */
} DeadlineError;

/* When a limit is over that begins at start_ms. */
bool deadline_due(Span limit, const Calendar *calendar, GTimeZone *zone, int64_t start_ms,
                  int64_t *due_ms, GError **error);
bool deadline_start(Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                    GTimeZone *zone, int64_t start_ms, GError **error);

bool deadline_pause(Deadline *deadline, const DeadlineRule *rule, int64_t at_ms, GError **error);
/* Ends the pause. With a limit in working days as many of them are left as when it was paused, from
 * the day of at_ms on, which is not counted; days and months are shifted by as many days as passed
 * between the two days, and then to a working day; hours are shifted by the time. A pause within
 * one day so gives no more days. What was overdue when it was paused stays as it was. */
bool deadline_resume(Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                     GTimeZone *zone, int64_t at_ms, GError **error);
/* Due at the end of that day, or of the next working day when it is off. most: from the start, in
 * all; pauses are not added to it. */
bool deadline_extend(Deadline *deadline, const Calendar *calendar, GTimeZone *zone, Day to,
                     Span most, GError **error);

/* Red: overdue. None: more than half of the time is left, pauses not counted. Otherwise orange when
 * it is due within 1 working day, yellow within 5, none with more. Of a paused one: as when it was
 * paused. */
bool deadline_colour(const Deadline *deadline, const Calendar *calendar, GTimeZone *zone,
                     int64_t at_ms, DeadlineColour *colour, GError **error);

/* From when on it has these colours, if nothing moves it; red follows due_ms. What begins late has
 * some of them from its start. They tell the same as deadline_colour, without a calendar at hand.
 */
bool deadline_turns(const Deadline *deadline, const Calendar *calendar, GTimeZone *zone,
                    int64_t *yellow_ms, int64_t *orange_ms, GError **error);

/* When to warn, each time once, earliest first: hours before it is due; for the other units the
 * beginning of the working day so many working days before, or of the working day on or before the
 * day so many days or months before. Not before the start, and not while it is paused. To be asked
 * again whenever the deadline has moved. */
bool deadline_warnings(const Deadline *deadline, const DeadlineRule *rule, const Calendar *calendar,
                       GTimeZone *zone, int64_t at_ms[DEADLINE_WARNS], unsigned *count,
                       GError **error);
