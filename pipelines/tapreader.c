#include "tapreader.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

#define BATCH 32 /* messages a system call */

struct TapReader {
  int fd;
  Mailbox *mailbox;
  TapReaderEvents events;
  void *user;
  atomic_size_t queued; /* bytes in the mailbox */
};

typedef struct {
  TapReader *reader;
  int64_t now_us;
  uint64_t dropped;
  unsigned count;
  size_t bytes;
  uint16_t lengths[BATCH];
  uint8_t data[]; /* the messages, one after the other */
} Batch;

static void deliver(void *data) {
  Batch *batch = data;
  TapReader *reader = batch->reader;
  if (batch->dropped)
    reader->events.overrun(reader->user, batch->dropped);
  const uint8_t *at = batch->data;
  for (unsigned i = 0; i < batch->count; at += batch->lengths[i++]) {
    TapMessage message;
    if (tapwire_parse(at, batch->lengths[i], &message))
      reader->events.message(reader->user, &message, batch->now_us);
  }
  atomic_fetch_sub(&reader->queued, batch->bytes);
  g_free(batch);
}

static void deliver_end(void *data) {
  TapReader *reader = data;
  reader->events.closed(reader->user);
}

/* Packets can be spared, what is said of tracks and of the stage cannot. */
static bool is_rtp(const struct mmsghdr *got) {
  TapMessage message;
  return tapwire_parse(got->msg_hdr.msg_iov->iov_base, got->msg_len, &message) &&
         message.type == TAP_RTP;
}

/* Leaves the packets out when there is no room for them; returns how many. */
static uint64_t leave_out(struct mmsghdr *got, unsigned *count) {
  unsigned kept = 0;
  for (unsigned i = 0; i < *count; i++) {
    if (is_rtp(&got[i]))
      continue;
    struct mmsghdr keep = got[i];
    got[i] = got[kept];
    got[kept++] = keep;
  }
  uint64_t left = *count - kept;
  *count = kept;
  return left;
}

static void post(TapReader *reader, const struct mmsghdr *got, unsigned count, uint64_t dropped) {
  size_t bytes = 0;
  for (unsigned i = 0; i < count; i++)
    bytes += got[i].msg_len;
  Batch *batch = g_malloc(sizeof *batch + bytes);
  batch->reader = reader;
  batch->now_us = clock_mono_us();
  batch->dropped = dropped;
  batch->bytes = bytes;
  batch->count = 0;
  uint8_t *out = batch->data;
  for (unsigned i = 0; i < count; i++) {
    if (got[i].msg_hdr.msg_flags & MSG_TRUNC)
      continue;
    memcpy(out, got[i].msg_hdr.msg_iov->iov_base, got[i].msg_len);
    batch->lengths[batch->count++] = (uint16_t)got[i].msg_len;
    out += got[i].msg_len;
  }
  atomic_fetch_add(&reader->queued, bytes);
  mailbox_post(reader->mailbox, deliver, g_free, batch);
}

static void *read_loop(void *data) {
  TapReader *reader = data;
  static uint8_t buffers[BATCH][TAP_MESSAGE_MAX];
  static struct iovec vectors[BATCH];
  static struct mmsghdr messages[BATCH];
  uint64_t dropped = 0;
  for (unsigned i = 0; i < BATCH; i++) {
    vectors[i] = (struct iovec){buffers[i], sizeof buffers[i]};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
  }
  for (;;) {
    struct pollfd wait = {reader->fd, POLLIN, 0};
    if (poll(&wait, 1, -1) < 0 && errno != EINTR)
      break;
    int count = recvmmsg(reader->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
      continue;
    if (count <= 0)
      break;
    /* The end of the stream reads as empty messages; none of ours is empty. */
    unsigned filled = 0;
    while (filled < (unsigned)count && messages[filled].msg_len > 0)
      filled++;
    bool end = filled < (unsigned)count;
    if (atomic_load(&reader->queued) > TAP_QUEUE_MAX_BYTES)
      dropped += leave_out(messages, &filled);
    if (filled) {
      post(reader, messages, filled, dropped);
      dropped = 0;
    }
    if (end)
      break;
  }
  mailbox_post(reader->mailbox, deliver_end, NULL, reader);
  return NULL;
}

TapReader *tapreader_start(int fd, Mailbox *mailbox, const TapReaderEvents *events, void *user) {
  TapReader *reader = g_new0(TapReader, 1);
  *reader = (TapReader){.fd = fd, .mailbox = mailbox, .events = *events, .user = user};
  g_thread_unref(g_thread_new("tap", read_loop, reader));
  return reader;
}
