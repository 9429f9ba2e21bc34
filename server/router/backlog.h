/* How long is the queue on the way to one receiver?
 *
 * Each packet's one-way delay, on two clocks that have nothing in common, less the smallest one of
 * the last ten seconds. One packet says little: it may be late for any reason. But a queue delays
 * all of them, so the smallest of the last tenth of a second is what counts: jitter, however wild,
 * lets some through at once, a full queue none. A rise of the way's own delay counts as a queue
 * until ten seconds have passed.
 *
 * Embedded in a Bandwidth; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define BACKLOG_RECENT 2 /* steps of 50 ms */
#define BACKLOG_BASE 10  /* steps of a second */

typedef struct {
  int64_t step_us; /* of arrival: when the newest step began */
  int64_t least_us[BACKLOG_BASE];
  unsigned at, count;
} BacklogWindow;

typedef struct {
  BacklogWindow recent, base;
  int64_t delay_us;  /* of the newest packet */
  int64_t jitter_us; /* mean difference of neighbours' delays, smoothed */
} Backlog;

void backlog_init(Backlog *backlog);
/* One packet that arrived, its arrival on the receiver's clock. */
void backlog_arrived(Backlog *backlog, int64_t sent_us, int64_t arrived_us);
/* The least that packets waited lately; 0 when nothing is known. */
int64_t backlog_us(const Backlog *backlog);
/* The smallest delay of the last ten seconds, on two clocks; 0 when nothing is known. */
int64_t backlog_base_us(const Backlog *backlog);
