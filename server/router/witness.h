/* Can transport-wide feedback be believed? Some stacks send what is malformed, or each track's
 * packets for itself, as if the others' had been lost (platform.md): an estimate that believes them
 * collapses. What such a receiver says counts for nothing from then on, and its receiver reports
 * decide (capacity.h).
 *
 * Honest receivers are never doubted for a bad way: a packet that is called lost and comes after
 * all is one that was overtaken by more than loss is judged after, and there are few.
 *
 * Embedded in a Capacity; media thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WITNESS_MALFORMED 3  /* feedback packets that cannot be read, and one in … */
#define WITNESS_ONE_IN 4     /* … so many of all */
#define WITNESS_FALSE 50     /* packets of which something false was said, and … */
#define WITNESS_FALSE_HALF 2 /* … one in so many of those called lost */

typedef struct {
  unsigned feedbacks, malformed;
  uint64_t lost;    /* packets that were judged lost by what it said */
  uint64_t revived; /* of these: said to have come, later */
  uint64_t unsent;  /* said to have come, and never sent */
  bool doubted;     /* for good */
} Witness;

/* A feedback packet came; well_formed: it could be read. */
void witness_feedback(Witness *witness, bool well_formed);
/* What it turned out to say, counted since the connection began. */
void witness_packets(Witness *witness, uint64_t lost, uint64_t revived, uint64_t unsent);
