/* Packets over a byte stream: each behind its length in 16 bits (RFC 4571 §2).
 *
 * FrameReader puts packets together from whatever pieces the stream brings. FrameQueue holds the
 * frames that the kernel does not take yet. It is bounded in bytes, and in time, since what waits
 * behind a slow link is worth less every millisecond: the oldest go, as whole frames; one that has
 * been begun is always finished, as the stream has no way to say otherwise.
 *
 * Bytes only: no sockets, and time is passed in. Embedded in tcp.c's connections; media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/port.h"

#define FRAME_HEAD_BYTES 2
#define FRAME_MAX_BYTES 2048 /* of the packet; a UDP datagram may be as long (port.c) */

typedef struct {
  size_t len; /* of the unfinished frame, its head included */
  uint8_t bytes[FRAME_HEAD_BYTES + FRAME_MAX_BYTES + PORT_PADDING];
} FrameReader;

/* A whole packet with PORT_PADDING zeroes behind it; may be changed in place. False: read no more.
 */
typedef bool (*FrameReceive)(void *user, uint8_t *data, size_t len);

void frame_reader_init(FrameReader *reader);
/* Hands on each packet that `data` completes; empty ones are nothing (RFC 4571 §2: the null
 * packet). False when one is announced longer than FRAME_MAX_BYTES or receive said so: the stream
 * is of no use any more. */
bool frame_read(FrameReader *reader, const uint8_t *data, size_t len, FrameReceive receive,
                void *user);

#define FRAME_QUEUE_BYTES (128 * 1024) /* 200 ms of 5 Mbit/s */
#define FRAME_QUEUE_FRAMES 512
/* Through a link of 500 kbit/s into which three times as much was written all the time, packets
 * came 0.4 s late: this, what the kernel holds (tcp.c) and the link's own queue. With 250 ms and 8
 * KiB in the kernel it was 0.65 s. A link that is not too narrow adds nothing. */
#define FRAME_QUEUE_US 200000

typedef struct {
  size_t start, end;     /* of the bytes that wait */
  size_t begun;          /* bytes of the first frame that have left; 0: none has */
  unsigned first, count; /* in the ring of marks */
  struct {
    int64_t queued_us;
    uint16_t bytes; /* head included */
  } marks[FRAME_QUEUE_FRAMES];
  uint8_t bytes[FRAME_QUEUE_BYTES];
} FrameQueue;

void frame_queue_init(FrameQueue *queue);
bool frame_queue_empty(const FrameQueue *queue);
/* Queues one packet of 1…FRAME_MAX_BYTES; false: it does not fit. */
bool frame_queue_put(FrameQueue *queue, const void *data, size_t len, int64_t now_us);
/* What is to be sent next, contiguous; its length. */
size_t frame_queue_peek(const FrameQueue *queue, const uint8_t **bytes);
/* So many bytes of that have left. */
void frame_queue_took(FrameQueue *queue, size_t bytes);
/* Drops what has waited longer than FRAME_QUEUE_US; returns how many frames that were. */
unsigned frame_queue_expire(FrameQueue *queue, int64_t now_us);
