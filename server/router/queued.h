/* How much does a way carry while a queue stands before it?
 *
 * What came through in the last half second is what the way carries only when there was enough to
 * send all the time. Before somebody to whom a shared screen comes now and then there is a queue
 * for some tenths of a second with each large frame, and silence in between. So only packets that
 * waited count, from the first of them on: the way was busy with nothing else meanwhile.
 *
 * Embedded in a Bandwidth; media thread; times are the receiver's clock, but for the delay.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool waits;        /* the newest packet waited */
  int64_t begun_us;  /* arrival of the first that waited … */
  int64_t newest_us; /* … and of the newest */
  unsigned bytes;    /* of those after the first */
} Queued;

/* A packet that came; waited: it was in a queue. */
void queued_arrived(Queued *queued, unsigned bytes, int64_t arrived_us, bool waited);
/* 0: there is no queue, or it is too new to tell. */
int64_t queued_bps(const Queued *queued);
