#include "wire/seq.h"

#define FIRST_LAP (UINT64_C(1) << 16) /* so that what came before the first stays positive */

uint64_t seq_peek(const SeqUnwrap *unwrap, uint16_t sequence) {
  if (unwrap->highest == 0)
    return FIRST_LAP + sequence;
  uint16_t ahead = (uint16_t)(sequence - (uint16_t)unwrap->highest);
  if (ahead < 0x8000)
    return unwrap->highest + ahead;
  return unwrap->highest - (UINT64_C(0x10000) - ahead); /* at most half a lap, highest ≥ one */
}

uint64_t seq_unwrap(SeqUnwrap *unwrap, uint16_t sequence) {
  uint64_t value = seq_peek(unwrap, sequence);
  if (value > unwrap->highest)
    unwrap->highest = value;
  return value;
}
