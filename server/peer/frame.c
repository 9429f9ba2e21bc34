#include "peer/frame.h"

#include <glib.h>
#include <string.h>

void frame_reader_init(FrameReader *reader) {
  reader->len = 0;
}

/* Moves bytes over until the reader holds `wanted`; false when there were too few. */
static bool fill(FrameReader *reader, const uint8_t **data, size_t *len, size_t wanted) {
  size_t missing = wanted - reader->len;
  size_t bytes = MIN(missing, *len);
  memcpy(reader->bytes + reader->len, *data, bytes);
  reader->len += bytes;
  *data += bytes;
  *len -= bytes;
  return bytes == missing;
}

bool frame_read(FrameReader *reader, const uint8_t *data, size_t len, FrameReceive receive,
                void *user) {
  while (len) {
    if (reader->len < FRAME_HEAD_BYTES && !fill(reader, &data, &len, FRAME_HEAD_BYTES))
      return true;
    size_t bytes = (size_t)reader->bytes[0] << 8 | reader->bytes[1];
    if (bytes > FRAME_MAX_BYTES)
      return false;
    if (!fill(reader, &data, &len, FRAME_HEAD_BYTES + bytes))
      return true;
    reader->len = 0;
    uint8_t *packet = reader->bytes + FRAME_HEAD_BYTES;
    memset(packet + bytes, 0, PORT_PADDING);
    if (bytes && !receive(user, packet, bytes))
      return false;
  }
  return true;
}

void frame_queue_init(FrameQueue *queue) {
  queue->start = queue->end = queue->begun = 0;
  queue->first = queue->count = 0;
}

bool frame_queue_empty(const FrameQueue *queue) {
  return queue->count == 0;
}

static unsigned mark_at(const FrameQueue *queue, unsigned index) {
  return (queue->first + index) % FRAME_QUEUE_FRAMES;
}

bool frame_queue_put(FrameQueue *queue, const void *data, size_t len, int64_t now_us) {
  g_assert(len && len <= FRAME_MAX_BYTES);
  size_t bytes = FRAME_HEAD_BYTES + len;
  if (queue->count == FRAME_QUEUE_FRAMES || queue->end - queue->start + bytes > sizeof queue->bytes)
    return false;
  if (queue->end + bytes > sizeof queue->bytes) {
    memmove(queue->bytes, queue->bytes + queue->start, queue->end - queue->start);
    queue->end -= queue->start;
    queue->start = 0;
  }
  uint8_t *out = queue->bytes + queue->end;
  out[0] = (uint8_t)(len >> 8);
  out[1] = (uint8_t)len;
  memcpy(out + FRAME_HEAD_BYTES, data, len);
  unsigned mark = mark_at(queue, queue->count++);
  queue->marks[mark].queued_us = now_us;
  queue->marks[mark].bytes = (uint16_t)bytes;
  queue->end += bytes;
  return true;
}

size_t frame_queue_peek(const FrameQueue *queue, const uint8_t **bytes) {
  *bytes = queue->bytes + queue->start;
  return queue->end - queue->start;
}

static void drop_marks(FrameQueue *queue, unsigned count) {
  queue->first = mark_at(queue, count);
  queue->count -= count;
  if (!queue->count)
    queue->start = queue->end = 0;
}

void frame_queue_took(FrameQueue *queue, size_t bytes) {
  g_assert(bytes <= queue->end - queue->start);
  queue->start += bytes;
  queue->begun += bytes;
  while (queue->count && queue->begun >= queue->marks[queue->first].bytes) {
    queue->begun -= queue->marks[queue->first].bytes;
    drop_marks(queue, 1);
  }
}

unsigned frame_queue_expire(FrameQueue *queue, int64_t now_us) {
  unsigned kept = queue->begun ? 1 : 0, dropped = 0;
  size_t bytes = 0;
  for (; kept + dropped < queue->count; dropped++) {
    unsigned mark = mark_at(queue, kept + dropped);
    if (now_us - queue->marks[mark].queued_us <= FRAME_QUEUE_US)
      break;
    bytes += queue->marks[mark].bytes;
  }
  if (!dropped)
    return 0;
  if (kept) { /* the rest of the one that was begun moves up to what stays */
    unsigned begun = queue->first;
    memmove(queue->bytes + queue->start + bytes, queue->bytes + queue->start,
            queue->marks[begun].bytes - queue->begun);
    queue->marks[mark_at(queue, dropped)] = queue->marks[begun];
  }
  queue->start += bytes;
  drop_marks(queue, dropped);
  return dropped;
}
