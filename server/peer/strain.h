/* How hard a media thread is pressed, and what is to be left out for it.
 *
 * Beyond what a thread can send everything would come late, and in the end get lost, for everybody.
 * So before it comes to that pictures are thinned, in all its rooms: first the uppermost temporal
 * layer (half of the frames), then the next. Sound and the recording are never touched. It is taken
 * up again when there has been time to spare for a while, and the more patiently the more often
 * that was too early.
 *
 * Long before, a busy thread, or one to which much comes, rests for a moment between two turns, as
 * network cards moderate their interrupts: what comes meanwhile is received with one call,
 * forwarded as a longer train and sent in larger pieces, which costs less than a turn for each.
 * Embedded in a Media; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STRAIN_MOST 2 /* temporal layers that may be left out */

typedef struct {
  int64_t since_us, waited_us; /* of the window that is being measured */
  uint64_t datagrams;          /* received before it */
  int64_t easy_since_us, patience_us, lowered_us;
  unsigned relief; /* temporal layers to leave out now */
  int64_t rest_us; /* between two turns */
} Strain;

void strain_init(Strain *strain, int64_t now_us);
/* The thread had nothing to do for waited_us, until now, and has received so many datagrams since
 * it began. True when `relief` changed. */
bool strain_waited(Strain *strain, int64_t waited_us, uint64_t datagrams, int64_t now_us);
