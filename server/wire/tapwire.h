/* The tap: what the server tells a pipeline process, and back, over a SOCK_SEQPACKET pair.
 *
 * One datagram is one message: a 16-byte header in network byte order, then the body. Server to
 * pipeline: TAP_TRACK before a track's first packet, TAP_RTP per packet, TAP_TRACK_END, TAP_PROGRAM
 * when the program's picture changes. Pipeline to server: TAP_KEYFRAME. All tracks share one time
 * line, capture_us: microseconds of the server's monotonic clock at which the sample was captured.
 * However many SSRCs a track had and however much of it was dropped, its numbers only rise: a gap
 * is a loss. Pure bytes; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_HEADER_BYTES 16
#define TAP_MESSAGE_MAX 1600

typedef enum {
  TAP_TRACK = 1, /* body: TapTrack */
  TAP_RTP = 2,   /* body: the RTP packet, decrypted; a track is one stream, numbered in one go */
  TAP_TRACK_END = 3, /* no body */
  TAP_PROGRAM = 4,   /* no body; track 0: nobody's picture */
  TAP_KEYFRAME = 5,  /* no body; upward */
} TapType;

typedef enum { TAP_OPUS = 1, TAP_VP8 = 2 } TapCodec;

typedef struct {
  TapType type;
  uint32_t track;
  int64_t capture_us;
  uint64_t sequence;   /* TAP_RTP: extended to 40 bits; its low 16 are the RTP header's */
  const uint8_t *body; /* into the message that was read */
  size_t body_len;
} TapMessage;

typedef struct {
  TapCodec codec;
  uint8_t source; /* Source of wire/source.h */
  uint8_t payload_type;
  uint32_t clock_rate; /* Hz */
} TapTrack;

/* Writes the header into out (TAP_HEADER_BYTES). The body follows in a second iovec. */
void tapwire_write_header(uint8_t *out, TapType type, uint32_t track, int64_t capture_us);
/* That of a TAP_RTP, whose body's RTP header has the low 16 bits of sequence. */
void tapwire_write_rtp(uint8_t *out, uint32_t track, int64_t capture_us, uint64_t sequence);

/* False when the message is too short, too long or of no known type. Keeps pointers into data. */
bool tapwire_parse(const uint8_t *data, size_t len, TapMessage *message);

#define TAP_TRACK_BYTES 8
void tapwire_write_track(uint8_t out[TAP_TRACK_BYTES], const TapTrack *track);
bool tapwire_parse_track(const uint8_t *body, size_t len, TapTrack *track);
