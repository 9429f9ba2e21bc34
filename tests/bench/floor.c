/* The floor of forwarding: what protecting and sending alone costs, with nothing around it.
 *
 *   floor SUBSCRIBERS [SECONDS]
 *
 * 100 times a second a burst of 4 packets of 1200 bytes is copied, protected (AEAD_AES_128_GCM, a
 * context per subscriber) and sent to each subscriber as one UDP GSO message, all of them in
 * sendmmsg calls, on loopback, to sockets that take bursts whole (UDP GRO), as the load client's
 * do, and that another thread drains. Prints the sending thread's CPU time per packet as JSON. The
 * forwarding server is measured beside it in the same run (tests/run bar fanout). */
#include <arpa/inet.h>
#include <glib.h>
#include <inttypes.h>
#include <netinet/udp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "peer/srtp.h"
#include "wire/rtp.h"

enum { BURST = 4, PACKET = 1200, PERIOD_US = 10000, BATCH = 64 };
#define ROOM (PACKET + SRTP_OVERHEAD_MAX)
#define WIRE (PACKET + 16) /* with the GCM tag */

static atomic_bool stopping;
static atomic_uint_fast64_t drained;

static double cpu_seconds(void) {
  struct timespec ts;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
  return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void *drain(void *data) {
  int epoll = GPOINTER_TO_INT(data);
  static char buffers[BATCH][65536];
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  struct epoll_event events[64];
  for (unsigned i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){buffers[i], sizeof buffers[i]};
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i], .msg_iovlen = 1}};
  }
  while (!atomic_load(&stopping)) {
    int ready = epoll_wait(epoll, events, G_N_ELEMENTS(events), 20);
    for (int i = 0; i < ready; i++) {
      int got = recvmmsg(events[i].data.fd, messages, BATCH, MSG_DONTWAIT, NULL);
      for (int m = 0; m < got; m++)
        atomic_fetch_add(&drained, messages[m].msg_len / WIRE);
    }
  }
  return NULL;
}

typedef struct {
  Srtp *srtp;
  struct sockaddr_in address;
  uint8_t data[BURST * WIRE];
  uint8_t control[CMSG_SPACE(sizeof(uint16_t))];
} Subscriber;

static int open_receiver(struct sockaddr_in *address) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  socklen_t len = sizeof *address;
  int bytes = 1 << 20, on = 1;
  *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
  g_assert(bind(fd, (struct sockaddr *)address, len) == 0);
  g_assert(getsockname(fd, (struct sockaddr *)address, &len) == 0);
  return fd;
}

static void protect_burst(Subscriber *subscriber, const uint8_t *payload, uint16_t sequence) {
  uint8_t room[ROOM];
  for (unsigned i = 0; i < BURST; i++) {
    RtpHeader header = {.payload_type = 96,
                        .sequence = (uint16_t)(sequence + i),
                        .timestamp = sequence,
                        .ssrc = 1,
                        .marker = i + 1 == BURST};
    size_t len = PACKET;
    rtp_write(room, &header);
    memcpy(room + RTP_HEADER_BYTES, payload, PACKET - RTP_HEADER_BYTES);
    g_assert(srtp_protect(subscriber->srtp, room, &len, sizeof room) == SRTP_OK && len == WIRE);
    memcpy(subscriber->data + i * WIRE, room, WIRE);
  }
}

static void send_all(int fd, Subscriber *subscribers, unsigned count) {
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  for (unsigned first = 0; first < count; first += BATCH) {
    unsigned batch = MIN(BATCH, count - first);
    for (unsigned i = 0; i < batch; i++) {
      Subscriber *subscriber = &subscribers[first + i];
      parts[i] = (struct iovec){subscriber->data, sizeof subscriber->data};
      struct msghdr head = {.msg_name = &subscriber->address,
                            .msg_namelen = sizeof subscriber->address,
                            .msg_iov = &parts[i],
                            .msg_iovlen = 1,
                            .msg_control = subscriber->control,
                            .msg_controllen = sizeof subscriber->control};
      struct cmsghdr *segment = CMSG_FIRSTHDR(&head);
      segment->cmsg_level = SOL_UDP;
      segment->cmsg_type = UDP_SEGMENT;
      segment->cmsg_len = CMSG_LEN(sizeof(uint16_t));
      *(uint16_t *)(void *)CMSG_DATA(segment) = WIRE;
      messages[i] = (struct mmsghdr){.msg_hdr = head};
    }
    g_assert(sendmmsg(fd, messages, batch, 0) == (int)batch);
  }
}

int main(int argc, char **argv) {
  unsigned count = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
  double seconds = argc > 2 ? atof(argv[2]) : 5;
  if (count < 1 || count > 2000 || seconds <= 0) {
    fprintf(stderr, "floor SUBSCRIBERS [SECONDS]\n");
    return 2;
  }
  uint8_t key[16] = {1}, salt[12] = {2}, payload[PACKET] = {3};
  int epoll = epoll_create1(0);
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int bytes = 8 << 20;
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  Subscriber *subscribers = g_new0(Subscriber, count);
  for (unsigned i = 0; i < count; i++) {
    subscribers[i].srtp = srtp_new(SRTP_PROFILE_GCM_128, key, salt);
    struct epoll_event event = {.events = EPOLLIN,
                                .data.fd = open_receiver(&subscribers[i].address)};
    epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
  }
  GThread *drainer = g_thread_new("drain", drain, GINT_TO_POINTER(epoll));
  uint64_t sent = 0;
  int64_t start_us = g_get_monotonic_time(), next_us = start_us;
  double start_cpu = cpu_seconds();
  for (uint16_t sequence = 0; g_get_monotonic_time() - start_us < (int64_t)(seconds * 1e6);
       sequence = (uint16_t)(sequence + BURST)) {
    for (unsigned i = 0; i < count; i++)
      protect_burst(&subscribers[i], payload, sequence);
    send_all(fd, subscribers, count);
    sent += (uint64_t)count * BURST;
    next_us += PERIOD_US;
    int64_t left_us = next_us - g_get_monotonic_time();
    if (left_us > 0)
      g_usleep((gulong)left_us);
  }
  double cpu = cpu_seconds() - start_cpu;
  g_usleep(100000);
  atomic_store(&stopping, true);
  g_thread_join(drainer);
  printf("{\"subscribers\": %u, \"packets\": %" PRIu64 ", \"delivered\": %" PRIu64
         ", \"floor_us\": %.3f}\n",
         count, sent, (uint64_t)atomic_load(&drained), cpu * 1e6 / (double)sent);
  for (unsigned i = 0; i < count; i++)
    srtp_free(subscribers[i].srtp);
  g_free(subscribers);
  return 0;
}
