/* Sequence numbers that wrap: comparison (RFC 1982) and unwrapping to 64 bits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* a after b, on the 16-bit circle. */
static inline bool seq_newer(uint16_t a, uint16_t b) {
  return (uint16_t)(a - b) != 0 && (uint16_t)(a - b) < 0x8000;
}
static inline bool timestamp_newer(uint32_t a, uint32_t b) {
  return a - b != 0 && a - b < 0x80000000u;
}

typedef struct {
  uint64_t highest; /* 0: none seen; first value is 2^16 + seq, so that late ones stay positive */
} SeqUnwrap;
/* The nearest 64-bit value; moves highest forward only. */
uint64_t seq_unwrap(SeqUnwrap *unwrap, uint16_t sequence);
/* The same without moving. */
uint64_t seq_peek(const SeqUnwrap *unwrap, uint16_t sequence);
