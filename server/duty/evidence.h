/* What is known of who was at a meeting and when, brought onto the meeting's line, and the window
 * in which it counts. Everything that is drafted, shown or decided reads it from here.
 *
 * Loaded whole, with three queries whatever the number of people. Any connection; the caller's own
 * and of one thread. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

#include "duty/draft.h"
#include "store/moment.h"

/* One connection of a device, as it was seen. */
typedef struct {
  int64_t joined_at, left_at; /* wall clock; left_at only when it is not open */
  bool open;                  /* still there */
  char *device, *address;
  char *ended_by; /* or NULL */
  Interval at;
} Segment;

/* All of one person's. */
typedef struct {
  GArray *segments; /* Segment, in the order of joining */
  GArray *stays;    /* Interval: merged */
  bool here;        /* one is still open */
} Stay;

/* The newest change of the window by staff. */
typedef struct {
  char *by, *by_name, *reason;
  int64_t at; /* wall clock */
  bool moved; /* false: set back to the default */
} WindowChange;

typedef struct {
  bool opened, ended;
  int64_t opened_at; /* wall clock of the line's 0 */
  int64_t end_ms;    /* when it was ended; up to now while it is live */
  AttendanceRule rule;
  Window window, usual;  /* in force; the default */
  WindowWhy why;         /* of the default */
  int least;             /* of the default: so many had to be there */
  WindowChange *changed; /* NULL: never */
  CurveStep *curve;
  unsigned curve_count;
  GHashTable *people; /* id → Stay */
} Evidence;

/* NOT_FOUND: no such meeting. One that was never opened has no window (0…0) and no people. */
Evidence *evidence_load(sqlite3 *db, const char *meeting, Moment now, GError **error);
void evidence_free(Evidence *evidence);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evidence, evidence_free)

/* NULL: never there. */
const Stay *evidence_stay(const Evidence *evidence, const char *person);
/* Figures and draft in a window. */
AttendanceFacts evidence_facts(const Evidence *evidence, const char *person, Window window,
                               bool observer);
/* A time of the line as wall clock. */
int64_t evidence_wall_ms(const Evidence *evidence, int64_t line_ms);

/* How long one person was in the meeting, from its opening to its end, whatever the window:
 * milliseconds. For the person; cheaper than the whole evidence. */
bool evidence_own_ms(sqlite3 *db, const char *meeting, const char *person, Moment now,
                     int64_t *total_ms, GError **error);
