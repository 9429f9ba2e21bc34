/* Framing over pieces of every size; the queue against a plain model of what must come out. */
#include "peer/frame.h"

#include <glib.h>
#include <string.h>

typedef struct {
  GPtrArray *packets; /* GBytes */
  unsigned stop_after;
} Sink;

static bool on_packet(void *user, uint8_t *data, size_t len) {
  Sink *sink = user;
  for (unsigned i = 0; i < PORT_PADDING; i++)
    g_assert_cmpuint(data[len + i], ==, 0);
  g_ptr_array_add(sink->packets, g_bytes_new(data, len));
  memset(data, 0xAA, len); /* as decryption in place would */
  return sink->packets->len != sink->stop_after;
}

static Sink sink_new(void) {
  return (Sink){.packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref)};
}

static void add_frame(GByteArray *stream, size_t len, uint8_t fill) {
  uint8_t head[FRAME_HEAD_BYTES] = {(uint8_t)(len >> 8), (uint8_t)len};
  g_autofree uint8_t *data = g_malloc(len + 1);
  memset(data, fill, len);
  g_byte_array_append(stream, head, sizeof head);
  g_byte_array_append(stream, data, (unsigned)len);
}

static void check_packet(const Sink *sink, unsigned index, size_t len, uint8_t fill) {
  size_t got;
  const uint8_t *data = g_bytes_get_data(g_ptr_array_index(sink->packets, index), &got);
  g_assert_cmpuint(got, ==, len);
  for (size_t i = 0; i < len; i++)
    g_assert_cmpuint(data[i], ==, fill);
}

/* A short, an empty and a longest frame, cut in two at every byte. */
static void test_split(void) {
  g_autoptr(GByteArray) stream = g_byte_array_new();
  add_frame(stream, 20, 1);
  add_frame(stream, 0, 0);
  add_frame(stream, FRAME_MAX_BYTES, 2);
  add_frame(stream, 1, 3);
  FrameReader *reader = g_new(FrameReader, 1);
  for (unsigned cut = 0; cut <= stream->len; cut++) {
    Sink sink = sink_new();
    frame_reader_init(reader);
    g_assert_true(frame_read(reader, stream->data, cut, on_packet, &sink));
    g_assert_true(frame_read(reader, stream->data + cut, stream->len - cut, on_packet, &sink));
    g_assert_cmpuint(sink.packets->len, ==, 3);
    check_packet(&sink, 0, 20, 1);
    check_packet(&sink, 1, FRAME_MAX_BYTES, 2);
    check_packet(&sink, 2, 1, 3);
    g_ptr_array_unref(sink.packets);
  }
  Sink sink = sink_new();
  frame_reader_init(reader);
  for (unsigned i = 0; i < stream->len; i++) /* and byte by byte */
    g_assert_true(frame_read(reader, stream->data + i, 1, on_packet, &sink));
  g_assert_cmpuint(sink.packets->len, ==, 3);
  g_ptr_array_unref(sink.packets);
  g_free(reader);
}

static void test_bounds(void) {
  FrameReader *reader = g_new(FrameReader, 1);
  static const uint8_t longer[] = {(FRAME_MAX_BYTES + 1) >> 8, (FRAME_MAX_BYTES + 1) & 0xFF};
  Sink sink = sink_new();
  frame_reader_init(reader);
  g_assert_true(frame_read(reader, longer, 1, on_packet, &sink));
  g_assert_false(
      frame_read(reader, longer + 1, 1, on_packet, &sink)); /* before a byte of it came */
  g_assert_cmpuint(sink.packets->len, ==, 0);

  g_autoptr(GByteArray) stream = g_byte_array_new();
  for (int i = 0; i < 5; i++)
    add_frame(stream, 3, 7);
  sink.stop_after = 2;
  frame_reader_init(reader);
  g_assert_false(frame_read(reader, stream->data, stream->len, on_packet, &sink));
  g_assert_cmpuint(sink.packets->len, ==, 2); /* nothing after who said stop */
  g_ptr_array_unref(sink.packets);
  g_free(reader);
}

static void put(FrameQueue *queue, size_t len, uint8_t fill, int64_t now_us) {
  uint8_t data[FRAME_MAX_BYTES];
  memset(data, fill, len);
  g_assert_true(frame_queue_put(queue, data, len, now_us));
}

/* Takes so many bytes as the kernel would, and reads them as the other side would. */
static void take(FrameQueue *queue, size_t bytes, FrameReader *reader, Sink *sink) {
  const uint8_t *data;
  size_t len = MIN(bytes, frame_queue_peek(queue, &data));
  g_assert_true(frame_read(reader, data, len, on_packet, sink));
  frame_queue_took(queue, len);
}

static void test_queue_expires(void) {
  FrameQueue *queue = g_new(FrameQueue, 1);
  FrameReader *reader = g_new(FrameReader, 1);
  Sink sink = sink_new();
  frame_queue_init(queue);
  frame_reader_init(reader);
  put(queue, 100, 1, 0);
  put(queue, 200, 2, 1000);
  put(queue, 300, 3, 200000);
  g_assert_cmpuint(frame_queue_expire(queue, FRAME_QUEUE_US), ==, 0);
  take(queue, 50, reader, &sink); /* the first is begun: it stays however late */
  g_assert_cmpuint(frame_queue_expire(queue, FRAME_QUEUE_US + 1001), ==, 1);
  take(queue, 51, reader, &sink);
  g_assert_cmpuint(sink.packets->len, ==, 0);
  take(queue, 1, reader, &sink);
  check_packet(&sink, 0, 100, 1);
  take(queue, 1000, reader, &sink);
  check_packet(&sink, 1, 300, 3);
  g_assert_true(frame_queue_empty(queue));
  put(queue, 10, 4, 0);
  put(queue, 10, 5, 0);
  g_assert_cmpuint(frame_queue_expire(queue, 1000000), ==, 2);
  g_assert_true(frame_queue_empty(queue));
  g_assert_cmpuint(sink.packets->len, ==, 2);
  g_ptr_array_unref(sink.packets);
  g_free(reader);
  g_free(queue);
}

static void test_queue_is_bounded(void) {
  FrameQueue *queue = g_new(FrameQueue, 1);
  uint8_t data[FRAME_MAX_BYTES] = {0};
  frame_queue_init(queue);
  unsigned count = 0;
  while (frame_queue_put(queue, data, 1200, 0))
    count++;
  g_assert_cmpuint(count, ==, FRAME_QUEUE_BYTES / (1200 + FRAME_HEAD_BYTES));
  frame_queue_init(queue);
  for (count = 0; frame_queue_put(queue, data, 1, 0); count++)
    ;
  g_assert_cmpuint(count, ==, FRAME_QUEUE_FRAMES);
  g_free(queue);
}

/* A link of random speed: what comes out are whole frames, in order, each once; and each that was
 * queued either comes or is counted. */
static void test_queue_random(void) {
  FrameQueue *queue = g_new(FrameQueue, 1);
  FrameReader *reader = g_new(FrameReader, 1);
  Sink sink = sink_new();
  GRand *rand = g_rand_new_with_seed(4571);
  frame_queue_init(queue);
  frame_reader_init(reader);
  int64_t now_us = 0;
  unsigned put_count = 0, refused = 0, expired = 0;
  for (int i = 0; i < 20000; i++) {
    now_us += g_rand_int_range(rand, 0, 4000);
    uint8_t data[FRAME_MAX_BYTES] = {0};
    size_t len = (size_t)g_rand_int_range(rand, 4, 1400);
    memcpy(data, &put_count, sizeof put_count);
    if (frame_queue_put(queue, data, len, now_us))
      put_count++;
    else
      refused++;
    bool slow = i / 2000 % 2;
    if (g_rand_int_range(rand, 0, 3) == 0)
      take(queue, (size_t)g_rand_int_range(rand, 0, slow ? 1200 : 6000), reader, &sink);
    expired += frame_queue_expire(queue, now_us);
  }
  take(queue, SIZE_MAX, reader, &sink);
  g_assert_true(frame_queue_empty(queue));
  g_assert_cmpuint(expired, >, 100);
  g_assert_cmpuint(sink.packets->len + expired, ==, put_count);
  for (unsigned i = 0, last = 0; i < sink.packets->len; i++) {
    unsigned number;
    memcpy(&number, g_bytes_get_data(g_ptr_array_index(sink.packets, i), NULL), sizeof number);
    g_assert_true(i == 0 || number > last);
    last = number;
  }
  g_test_message("%u came, %u late, %u refused", sink.packets->len, expired, refused);
  g_ptr_array_unref(sink.packets);
  g_rand_free(rand);
  g_free(reader);
  g_free(queue);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/frame/split", test_split);
  g_test_add_func("/peer/frame/bounds", test_bounds);
  g_test_add_func("/peer/frame/queue-expires", test_queue_expires);
  g_test_add_func("/peer/frame/queue-is-bounded", test_queue_is_bounded);
  g_test_add_func("/peer/frame/queue-random", test_queue_random);
  return g_test_run();
}
