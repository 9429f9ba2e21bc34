/* The drafted state of one person: the rules of attendance on figures, nothing else.
 *
 * Pure; any thread. Times are milliseconds on the meeting's line. Source: domain.md section 3. */
#pragma once

#include "duty/window.h"

/* Sorts the intervals and joins those that overlap or touch: two devices at once count once.
 * Returns how many are left; empty ones go. */
unsigned draft_merge(Interval *intervals, unsigned count);

typedef struct {
  int64_t present_ms;  /* within the window */
  int64_t first_in_ms; /* the same; -1: never there */
  int64_t last_out_ms;
  bool observer; /* draft_observes */
} AttendanceFacts;

/* Whether somebody of this capacity (NULL or "": not invited) only observes. */
bool draft_observes(const char *capacity);

/* stays: one person's, merged. */
AttendanceFacts draft_facts(const Interval *stays, unsigned count, Window window, bool observer);

typedef struct {
  const char *state; /* present, observer, absent; leave comes from staff only. Static */
  bool late, left_early;
} AttendanceDraft;

AttendanceDraft draft_of(const AttendanceFacts *facts, Window window, const AttendanceRule *rule);
