#include "peer/egress.h"

#include <errno.h>
#include <glib.h>
#include <netinet/udp.h>
#include <string.h>

#include "base/clock.h"
#include "base/prefetch.h"
#include "peer/tcp.h"

/* A burst of 4 to 1000 subscribers: to protect all and then send all costs a quarter less than to
 * change between the two every few hundred packets. */
#define QUEUE_DATAGRAMS 4096
#define ARENA_BYTES (QUEUE_DATAGRAMS * 1250)
#define STRAYS 64       /* destinations without a flow, in one turn */
#define BATCH 128       /* messages a sendmmsg */
#define GSO_SEGMENTS 64 /* UDP_MAX_SEGMENTS of Linux 4.18…6.8 */
#define GSO_BYTES 64000 /* below the 65507 of one UDP send */
#define NONE UINT32_MAX
#define SOCKETS_MAX 32

typedef struct {
  uint32_t offset, next;
  uint16_t len;
} Queued;

/* In the order of what they queued: it lies one behind the other. */
typedef struct {
  EgressFlow *first, *last;
} FlowList;

struct Egress {
  const int *fds;
  unsigned socket_count;
  bool gso;
  int64_t now_us, set_us;      /* the caller's time, set then by the clock */
  FlowList flows[SOCKETS_MAX]; /* with something queued, per socket */
  FlowList tcp_flows;          /* the same, those of TCP connections */
  Tcp *tcp;
  unsigned queued_count, stray_count;
  size_t used;
  EgressStats stats;
  Queued queued[QUEUE_DATAGRAMS];
  EgressFlow strays[STRAYS];
  uint8_t *arena;
  /* One sendmmsg being built. */
  unsigned message_count, iov_count;
  struct mmsghdr messages[BATCH];
  struct {
    uint16_t bytes, count; /* all have so many but the last */
  } segments[BATCH];
  struct sockaddr_storage addresses[BATCH];
  union {
    char bytes[CMSG_SPACE(sizeof(uint16_t))];
    struct cmsghdr align;
  } controls[BATCH];
  struct iovec iovs[QUEUE_DATAGRAMS];
};

Egress *egress_new(const int *fds, unsigned count, Tcp *tcp, bool gso) {
  g_assert(count <= SOCKETS_MAX);
  Egress *egress = g_new0(Egress, 1);
  egress->fds = fds;
  egress->socket_count = count;
  egress->tcp = tcp;
  egress->gso = gso;
  egress->arena = g_malloc(ARENA_BYTES);
  return egress;
}

void egress_free(Egress *egress) {
  if (!egress)
    return;
  g_free(egress->arena);
  g_free(egress);
}

void egress_set_now(Egress *egress, int64_t now_us) {
  egress->now_us = now_us;
  egress->set_us = clock_mono_us();
}

int64_t egress_now(const Egress *egress) {
  return egress->now_us;
}

uint8_t *egress_reserve(Egress *egress, size_t size) {
  g_assert(size <= EGRESS_DATAGRAM_MAX);
  if (egress->queued_count == QUEUE_DATAGRAMS || egress->used + size > ARENA_BYTES)
    egress_flush(egress);
  return egress->arena + egress->used;
}

void egress_commit(Egress *egress, EgressFlow *flow, size_t len) {
  if (flow->path.socket >= egress->socket_count || !flow->path.family)
    return;
  unsigned index = egress->queued_count++;
  egress->queued[index] = (Queued){(uint32_t)egress->used, NONE, (uint16_t)len};
  egress->used += len;
  if (flow->queued) {
    egress->queued[flow->last].next = index;
  } else {
    FlowList *list = flow->path.tcp ? &egress->tcp_flows : &egress->flows[flow->path.socket];
    flow->queued = true;
    flow->first = index;
    flow->next = NULL;
    *(list->first ? &list->last->next : &list->first) = flow;
    list->last = flow;
  }
  flow->last = index;
}

void egress_send(Egress *egress, const Path *path, const void *data, size_t len) {
  if (egress->stray_count == STRAYS)
    egress_flush(egress);
  memcpy(egress_reserve(egress, len), data, len);
  EgressFlow *flow = &egress->strays[egress->stray_count++];
  *flow = (EgressFlow){.path = *path};
  egress_commit(egress, flow, len);
}

/* The segments of one refused GSO message, one by one. */
static void send_singly(Egress *egress, int fd, const struct msghdr *refused, size_t segment) {
  for (size_t i = 0; i < refused->msg_iovlen; i++) {
    const struct iovec *part = &refused->msg_iov[i];
    for (size_t at = 0; at < part->iov_len; at += segment) {
      struct iovec packet = {(uint8_t *)part->iov_base + at, MIN(segment, part->iov_len - at)};
      struct msghdr one = {.msg_name = refused->msg_name,
                           .msg_namelen = refused->msg_namelen,
                           .msg_iov = &packet,
                           .msg_iovlen = 1};
      egress->stats.calls++;
      if (sendmsg(fd, &one, MSG_DONTWAIT) < 0)
        egress->stats.dropped++;
    }
  }
}

static void send_batch(Egress *egress, int fd) {
  unsigned done = 0;
  while (done < egress->message_count) {
    egress->stats.calls++;
    int sent = sendmmsg(fd, egress->messages + done, egress->message_count - done, MSG_DONTWAIT);
    if (sent > 0) {
      done += (unsigned)sent;
      continue;
    }
    struct msghdr *first = &egress->messages[done].msg_hdr;
    if (errno == EINTR)
      continue;
    int why = errno;
    if ((why == EIO || why == EINVAL || why == EMSGSIZE) && first->msg_controllen) {
      /* EIO: the device cannot. The others are about this destination, such as a segment above its
       * path's MTU, and must not cost everybody else. */
      if (why == EIO)
        egress->gso = false;
      send_singly(egress, fd, first, egress->segments[done].bytes);
    } else {
      /* A full buffer stays full for the rest of this batch too: each is tried once and counted. */
      egress->stats.dropped += egress->segments[done].count;
    }
    done++;
  }
  egress->message_count = egress->iov_count = 0;
}

/* What lies together is one part, however many packets. */
static void add_part(Egress *egress, struct msghdr *message, uint8_t *data, size_t len) {
  struct iovec *last = message->msg_iovlen ? &egress->iovs[egress->iov_count - 1] : NULL;
  if (last && (uint8_t *)last->iov_base + last->iov_len == data) {
    last->iov_len += len;
    return;
  }
  egress->iovs[egress->iov_count++] = (struct iovec){.iov_base = data, .iov_len = len};
  message->msg_iovlen++;
}

/* Appends the next message of the flow, from index; returns where the one after it starts. */
static unsigned add_message(Egress *egress, const EgressFlow *flow, unsigned index) {
  unsigned at = egress->message_count++;
  struct msghdr *message = &egress->messages[at].msg_hdr;
  *message = (struct msghdr){.msg_name = &egress->addresses[at],
                             .msg_namelen = path_to_sockaddr(&flow->path, &egress->addresses[at]),
                             .msg_iov = &egress->iovs[egress->iov_count]};
  uint16_t segment = egress->queued[index].len;
  unsigned count = 0;
  size_t total = 0;
  uint16_t len;
  do {
    const Queued *queued = &egress->queued[index];
    len = queued->len;
    add_part(egress, message, egress->arena + queued->offset, len);
    count++;
    total += len;
    egress->stats.packets++;
    egress->stats.bytes += len;
    index = queued->next;
    /* All segments but the last are of one size. */
  } while (egress->gso && index != NONE && len == segment && egress->queued[index].len <= segment &&
           count < GSO_SEGMENTS && total + segment <= GSO_BYTES);
  egress->segments[at].bytes = segment;
  egress->segments[at].count = (uint16_t)count;
  if (count > 1) {
    message->msg_control = egress->controls[at].bytes;
    message->msg_controllen = sizeof egress->controls[at].bytes;
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(control), &segment, sizeof segment);
  }
  return index;
}

static int64_t time_now(const Egress *egress) {
  return egress->now_us + clock_mono_us() - egress->set_us;
}

static void flush_tcp(Egress *egress) {
  int64_t left_us = time_now(egress);
  for (EgressFlow *flow = egress->tcp_flows.first; flow; flow = flow->next) {
    unsigned count = 0;
    flow->queued = false;
    flow->left_us = left_us;
    for (unsigned index = flow->first; index != NONE; index = egress->queued[index].next) {
      const Queued *queued = &egress->queued[index];
      egress->iovs[count++] =
          (struct iovec){.iov_base = egress->arena + queued->offset, .iov_len = queued->len};
      egress->stats.bytes += queued->len;
    }
    egress->stats.packets += count;
    tcp_send(egress->tcp, &flow->path, egress->iovs, count, egress->now_us);
  }
  egress->tcp_flows.first = NULL;
}

void egress_flush(Egress *egress) {
  for (unsigned socket = 0; socket < egress->socket_count; socket++) {
    if (!egress->flows[socket].first)
      continue;
    int fd = egress->fds[socket]; /* -1: its address is gone, and so is what goes there */
    int64_t left_us = time_now(egress);
    for (EgressFlow *flow = egress->flows[socket].first; flow; flow = flow->next) {
      if (flow->next)
        prefetch(flow->next, sizeof *flow);
      flow->queued = false;
      flow->left_us = left_us;
      for (unsigned index = flow->first; index != NONE;) {
        index = add_message(egress, flow, index);
        if (egress->message_count < BATCH)
          continue;
        send_batch(egress, fd);
        left_us = time_now(egress);
      }
    }
    egress->flows[socket].first = NULL;
    send_batch(egress, fd);
  }
  if (egress->tcp_flows.first)
    flush_tcp(egress);
  egress->queued_count = egress->stray_count = 0;
  egress->used = 0;
}

const EgressStats *egress_stats(const Egress *egress) {
  return &egress->stats;
}
