/* A media packet: decrypted RTP in a pooled, reference-counted buffer.
 *
 * One packet is received once and forwarded to hundreds: nobody copies it until it is rewritten
 * into an egress buffer. Produced by peer/uplink, read by tracks, histories and taps; immutable
 * after track_receive. Pools belong to a media thread and are not shared: reference counts are
 * plain. The idea of unref clearing the caller's pointer is dav1d's (src/ref.h).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "wire/rtp.h"
#include "wire/vp8.h"

#define PACKET_MAX_BYTES 1500 /* an Ethernet frame's payload: browsers send less */
#define AUDIO_LEVEL_UNKNOWN 255
#define LAYERS_MAX 3      /* spatial layers of a track: simulcast */
#define TEMPORAL_LAYERS 4 /* RFC 7741 §4.2: two bits */

typedef struct PacketPool PacketPool;

typedef struct Packet {
  PacketPool *pool;
  uint32_t refs;
  uint16_t len;        /* bytes of data in use */
  RtpHeader rtp;       /* parsed from data; offsets into data */
  int64_t arrival_us;  /* monotonic, when the datagram was received */
  int64_t capture_us;  /* monotonic, server's clock, from the sender reports; arrival until then */
  uint64_t sequence;   /* of its layer, extended: rises over all epochs, never comes twice */
  uint8_t audio_level; /* RFC 6464: 0 loudest … 127 silent; or UNKNOWN */
  uint8_t layer;       /* which of its track's, smallest first */
  uint16_t epoch;      /* of its layer: another one than before begins with nothing of before */
  Vp8Descriptor vp8;   /* parsed from the payload, once; zeroes: sound, or nothing but padding */
  uint8_t data[PACKET_MAX_BYTES];
} Packet;

PacketPool *packet_pool_new(void);
/* Asserts that every packet came back. */
void packet_pool_free(PacketPool *pool);

/* One reference, contents undefined. Grows the pool when it is empty; never NULL. */
Packet *packet_new(PacketPool *pool);
Packet *packet_ref(Packet *packet);

/* A packet as bytes, for another thread's pool. */
size_t packet_packed_len(const Packet *packet);
void packet_pack(const Packet *packet, uint8_t *out);
/* One reference. Asserts that data is what packet_pack wrote. */
Packet *packet_unpack(PacketPool *pool, const uint8_t *data, size_t len);

/* Its VP8 descriptor; NULL: it has none. */
static inline const Vp8Descriptor *packet_vp8(const Packet *packet) {
  return packet->vp8.header_len ? &packet->vp8 : NULL;
}

/* Gives the reference back and clears the caller's pointer. */
void packet_unref(Packet **packet);
