/* See witness.h. */
#include "router/witness.h"

void witness_feedback(Witness *witness, bool well_formed) {
  witness->feedbacks++;
  witness->malformed += !well_formed;
  if (witness->malformed >= WITNESS_MALFORMED &&
      witness->malformed * WITNESS_ONE_IN >= witness->feedbacks)
    witness->doubted = true;
}

void witness_packets(Witness *witness, uint64_t lost, uint64_t revived, uint64_t unsent) {
  witness->lost = lost;
  witness->revived = revived;
  witness->unsent = unsent;
  if ((revived >= WITNESS_FALSE && revived * WITNESS_FALSE_HALF >= lost) || unsent >= WITNESS_FALSE)
    witness->doubted = true;
}
