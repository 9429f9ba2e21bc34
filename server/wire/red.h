/* Redundant audio data (RFC 2198): a payload that carries copies of the ones before it. Any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RED_BLOCKS_MAX 4 /* that are read of one payload, the primary one among them */

typedef struct {
  const uint8_t *data;
  size_t len;
  uint32_t age; /* RTP ticks before the packet's own timestamp; the primary block: 0 */
} RedBlock;

/* A copy can be told of: its age in 14 bits, its length in 10. */
bool red_fits(const RedBlock *copy);
/* Bytes of everything before the primary block: heads and copies. */
size_t red_len(const RedBlock *copies, unsigned count);
/* Writes that, and returns how long it is. The copies, oldest first, all fit; payload_type is what
 * all blocks are. */
size_t red_write(uint8_t *out, uint8_t payload_type, const RedBlock *copies, unsigned count);
/* Reads a payload: the blocks in their order, the primary one last. Of more than RED_BLOCKS_MAX the
 * oldest are passed over. Returns how many, 0 when it is malformed. */
unsigned red_parse(const uint8_t *payload, size_t len, RedBlock blocks[RED_BLOCKS_MAX]);
