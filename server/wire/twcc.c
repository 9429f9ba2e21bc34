/* Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): the FCI is a
 * list of 16-bit chunks that say per packet "lost, small delta or large delta", then the deltas.
 * Its functions are declared in rtcp.h; it is a file of its own because it is an idea of its own.
 */
#include <string.h>

#include "wire/bytes.h"
#include "wire/rtcp.h"

#define HEAD_BYTES 12 /* RTCP head and the two SSRCs */
#define FCI_HEAD_BYTES 8
#define REFERENCE_US 64000
#define DELTA_US 250
#define RUN_MAX 0x1fff

enum { LOST = 0, SMALL = 1, LARGE = 2 };

/* One chunk's symbols; returns how many, 0 when a reserved one is among them. */
static unsigned read_chunk(uint16_t chunk, unsigned left, uint8_t *symbols) {
  unsigned count;
  if (chunk >> 15 == 0) {
    uint8_t symbol = chunk >> 13 & 3;
    count = chunk & RUN_MAX;
    if (count > left)
      count = left;
    memset(symbols, symbol, count);
    return symbol == 3 ? 0 : count;
  }
  bool wide = chunk >> 14 & 1;
  count = wide ? 7 : 14;
  if (count > left)
    count = left;
  for (unsigned i = 0; i < count; i++) {
    unsigned symbol = wide ? (unsigned)chunk >> (12 - 2 * i) & 3 : (unsigned)chunk >> (13 - i) & 1;
    symbols[i] = (uint8_t)symbol;
    if (symbols[i] == 3)
      return 0;
  }
  return count;
}

bool rtcp_parse_twcc(const uint8_t *fci, size_t len, RtcpTwcc *twcc) {
  if (len < FCI_HEAD_BYTES)
    return false;
  const uint8_t *at = fci + FCI_HEAD_BYTES, *end = fci + len;
  uint32_t reference = bytes_get24(fci + 4);
  twcc->base_sequence = bytes_get16(fci);
  twcc->count = bytes_get16(fci + 2);
  twcc->reference_us = ((int64_t)reference - (reference & 0x800000 ? 0x1000000 : 0)) * REFERENCE_US;
  twcc->feedback_count = fci[7];
  if (twcc->count == 0 || twcc->count > TWCC_PACKETS_MAX)
    return false;

  uint8_t symbols[TWCC_PACKETS_MAX];
  for (unsigned known = 0; known < twcc->count;) {
    if (end - at < 2)
      return false;
    unsigned read = read_chunk(bytes_get16(at), twcc->count - known, symbols + known);
    if (read == 0)
      return false;
    known += read;
    at += 2;
  }
  for (unsigned i = 0; i < twcc->count; i++) {
    twcc->received[i] = symbols[i] != LOST;
    twcc->delta_us[i] = 0;
    if (symbols[i] > end - at) /* the symbol is the delta's size in bytes */
      return false;
    if (symbols[i] == SMALL)
      twcc->delta_us[i] = at[0] * DELTA_US;
    else if (symbols[i] == LARGE)
      twcc->delta_us[i] = (int16_t)bytes_get16(at) * DELTA_US;
    at += symbols[i];
  }
  return true;
}

/* One chunk for the symbols from here on; returns how many it holds. */
static unsigned write_chunk(const uint8_t *symbols, unsigned left, uint8_t *out) {
  unsigned run = 1, vector = left < 14 ? left : 14;
  while (run < left && run < RUN_MAX && symbols[run] == symbols[0])
    run++;
  bool wide = memchr(symbols, LARGE, vector) != NULL;
  if (wide && vector > 7)
    vector = 7;
  if (run >= vector) {
    bytes_put16(out, (uint16_t)((unsigned)symbols[0] << 13 | run));
    return run;
  }
  unsigned chunk = wide ? 0xc000 : 0x8000;
  for (unsigned i = 0; i < vector; i++)
    chunk |= (unsigned)symbols[i] << (wide ? 12 - 2 * i : 13 - i);
  bytes_put16(out, (uint16_t)chunk);
  return vector;
}

/* Each delta in steps, rounded so that the errors do not add up. False: one needs a packet of its
 * own with a new reference. */
static bool count_steps(const RtcpTwcc *twcc, int16_t *steps, uint8_t *symbols) {
  int64_t exact_us = 0, written = 0;
  for (unsigned i = 0; i < twcc->count; i++) {
    symbols[i] = LOST;
    if (!twcc->received[i])
      continue;
    exact_us += twcc->delta_us[i];
    int64_t half = exact_us < 0 ? -DELTA_US / 2 : DELTA_US / 2;
    int64_t step = (exact_us + half) / DELTA_US - written;
    if (step < INT16_MIN || step > INT16_MAX)
      return false;
    written += step;
    steps[i] = (int16_t)step;
    symbols[i] = step >= 0 && step <= 255 ? SMALL : LARGE;
  }
  return true;
}

size_t rtcp_write_twcc(uint8_t *out, size_t size, uint32_t sender_ssrc, uint32_t media_ssrc,
                       const RtcpTwcc *twcc) {
  int16_t steps[TWCC_PACKETS_MAX];
  uint8_t symbols[TWCC_PACKETS_MAX];
  size_t at = HEAD_BYTES + FCI_HEAD_BYTES;
  if (twcc->count == 0 || twcc->count > TWCC_PACKETS_MAX || size < at ||
      !count_steps(twcc, steps, symbols))
    return 0;
  for (unsigned i = 0; i < twcc->count; at += 2) {
    if (size - at < 2)
      return 0;
    i += write_chunk(symbols + i, twcc->count - i, out + at);
  }
  for (unsigned i = 0; i < twcc->count; at += symbols[i++]) {
    if (size - at < symbols[i])
      return 0;
    if (symbols[i] == SMALL)
      out[at] = (uint8_t)steps[i];
    else if (symbols[i] == LARGE)
      bytes_put16(out + at, (uint16_t)steps[i]);
  }
  size_t bytes = (at + 3) & ~(size_t)3;
  if (bytes > size)
    return 0;
  memset(out + at, 0, bytes - at);

  out[0] = 0x80 | RTCP_FB_TWCC;
  out[1] = RTCP_RTPFB;
  bytes_put16(out + 2, (uint16_t)(bytes / 4 - 1));
  bytes_put32(out + 4, sender_ssrc);
  bytes_put32(out + 8, media_ssrc);
  bytes_put16(out + 12, twcc->base_sequence);
  bytes_put16(out + 14, twcc->count);
  bytes_put24(out + 16, (uint32_t)(twcc->reference_us / REFERENCE_US) & 0xffffff);
  out[19] = twcc->feedback_count;
  return bytes;
}
