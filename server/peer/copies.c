/* See copies.h. */
#include "peer/copies.h"

#define LOSING 0.01 /* feedback is believed to tell of losses, not of jitter */
#define LOSING_MUCH 0.08

unsigned copies_for(double loss) {
  return loss < LOSING ? 0 : loss < LOSING_MUCH ? 1 : COPIES_MAX;
}

unsigned copies_list(const Copies *copies, unsigned wanted, uint32_t timestamp,
                     RedBlock blocks[COPIES_MAX]) {
  unsigned count = 0;
  for (unsigned i = wanted; i-- > 0;) {
    const Packet *packet = copies->packets[i];
    if (!packet)
      continue;
    RedBlock block = {packet->data + packet->rtp.payload_offset, packet->rtp.payload_len,
                      timestamp - copies->timestamps[i]};
    if (red_fits(&block))
      blocks[count++] = block;
  }
  return count;
}

void copies_keep(Copies *copies, Packet *packet, uint32_t timestamp) {
  packet_unref(&copies->packets[COPIES_MAX - 1]);
  for (unsigned i = COPIES_MAX - 1; i > 0; i--) {
    copies->packets[i] = copies->packets[i - 1];
    copies->timestamps[i] = copies->timestamps[i - 1];
  }
  copies->packets[0] = packet_ref(packet);
  copies->timestamps[0] = timestamp;
}

void copies_clear(Copies *copies) {
  for (unsigned i = 0; i < COPIES_MAX; i++)
    packet_unref(&copies->packets[i]);
}
