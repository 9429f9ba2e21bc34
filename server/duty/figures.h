/* What the evidence says of one person at one meeting, for SQL: the judgment stands in C alone, and
 * a statement that lists people joins it.
 *
 *   … join attendance_figures(MEETING, PERSON, CAPACITY, NOW, MONO_US, BOOT) f
 *
 * is one row, also of somebody who never came: state, late and left_early as drafted (draft.h);
 * present_s, seconds within the window; first_in and last_out, null where there is none;
 * window_from and window_to, the effective window, null before the opening; rules, the version of
 * the limits; ended, whether the meeting is over. Times are milliseconds UTC. CAPACITY is what
 * somebody was invited as, or null; NOW, MONO_US and BOOT are the moment up to which a meeting that
 * is not over counts.
 *
 * Evidence is loaded when a column is first read, once for a statement and meeting. That of a
 * meeting that is over is kept with the connection as long as nothing that it rests on has changed.
 * Source: domain.md section 3. */
#pragma once

/* For connections that are opened from now on; any thread, as often as one likes. */
void figures_register(void);
