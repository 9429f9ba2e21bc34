/* A way that suddenly carries much less than is sent: until its queue is gone pictures wait here.
 *
 * The estimate needs some tenths of a second to learn of a drop, and what comes down to the new
 * rate still adds to the queue, before which everybody's sound waits. So the newest packets are
 * looked at by themselves: each comes later than the one before, and they come much more slowly
 * than they were sent and than others came. To be wrong costs little, pictures wait for two more
 * feedbacks: a delay that does not fall although nothing is added to it is another's queue, or the
 * way's own.
 *
 * Embedded in a Bandwidth; media thread; time is passed in. What arrived is on the receiver's
 * clock, all else on ours.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STALL_MOST_US 1500000
#define STALL_NEWEST 3 /* packets */

typedef struct {
  struct {
    int64_t sent_us, arrived_us;
    unsigned bytes;
  } newest[STALL_NEWEST]; /* a ring */
  unsigned at, count;
  bool on;
  int64_t since_us, begun_with_us; /* with which delay it began */
  int64_t fell_us, fell_to_us;     /* when the delay fell last, and to what */
  int64_t again_us;                /* not before this time */
} Stall;

void stall_arrived(Stall *stall, unsigned bytes, int64_t sent_us, int64_t arrived_us);
/* After each feedback that told of an arrival. base: the least delay of late; acked: what came
 * through before. True when it began or ended. */
bool stall_judge(Stall *stall, int64_t base_us, int64_t jitter_us, int64_t acked_bps,
                 int64_t now_us);
/* Whenever time has passed. True when it ended: it lasted too long, or nothing is under way. */
bool stall_tick(Stall *stall, int64_t last_sent_us, int64_t now_us);
/* What comes through now was sent before it began, and comes ever later: as fast as the way
 * carries. */
bool stall_grows(const Stall *stall);
