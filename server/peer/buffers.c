/* See buffers.h. */
#include "peer/buffers.h"

#include <glib.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/metrics.h"

#define NAME "yishi_media_socket_buffer_bytes"
#define HELP "Smallest buffer of a media socket, and what was wanted of the kernel."

static Metric receive_metric = {
    .name = NAME, .help = HELP, .label = "buffer=\"receive\"", .kind = METRIC_GAUGE};
static Metric send_metric = {
    .name = NAME, .help = HELP, .label = "buffer=\"send\"", .kind = METRIC_GAUGE};
static Metric wanted_metric = {
    .name = NAME, .help = HELP, .label = "buffer=\"wanted\"", .kind = METRIC_GAUGE};

static int set(int fd, int forced, int plain) {
  int bytes = BUFFERS_WANTED_BYTES;
  socklen_t size = sizeof bytes;
  if (setsockopt(fd, SOL_SOCKET, forced, &bytes, sizeof bytes) != 0)
    setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof bytes); /* the kernel takes what it allows */
  return getsockopt(fd, SOL_SOCKET, plain, &bytes, &size) == 0 ? bytes / 2 : 0;
}

Buffers buffers_set(int fd) {
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  return (Buffers){.receive_bytes = set(fd, SO_RCVBUFFORCE, SO_RCVBUF),
                   .send_bytes = set(fd, SO_SNDBUFFORCE, SO_SNDBUF)};
}

bool buffers_enough(const Buffers *buffers) {
  return MIN(buffers->receive_bytes, buffers->send_bytes) >= BUFFERS_WANTED_BYTES;
}

void buffers_note(const Buffers *buffers) {
  static Buffers least;
  static bool said;
  bool first = least.receive_bytes == 0;
  least.receive_bytes =
      first ? buffers->receive_bytes : MIN(least.receive_bytes, buffers->receive_bytes);
  least.send_bytes = first ? buffers->send_bytes : MIN(least.send_bytes, buffers->send_bytes);
  metric_set(&receive_metric, least.receive_bytes);
  metric_set(&send_metric, least.send_bytes);
  metric_set(&wanted_metric, BUFFERS_WANTED_BYTES);
  if (said || buffers_enough(buffers))
    return;
  said = true;
  log_warn("port", "socket_buffers_small",
           "wanted_bytes=%d receive_bytes=%d send_bytes=%d remedy=%s", BUFFERS_WANTED_BYTES,
           buffers->receive_bytes, buffers->send_bytes,
           log_q("sysctl net.core.rmem_max=8388608 net.core.wmem_max=8388608 (yishi-sysctl.conf)"));
}
