/* See tap.h. */
#include "router/tap.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "router/core.h"
#include "wire/tapwire.h"

/* About two seconds of a room at 10 Mbit/s, what a worker may stall, as for an fsync; without
 * CAP_NET_ADMIN the kernel gives no more than net.core.wmem_max, some 200 packets. */
#define SEND_BUFFER_BYTES (4 * 1024 * 1024)
#define READS_MAX 64 /* messages taken in one call */

struct Tap {
  Router *router; /* set by router_add_tap; borrowed */
  unsigned index;
  int fd;
  bool broken;           /* the other end is gone */
  uint64_t dropped;      /* packets */
  uint32_t program_sent; /* the last TAP_PROGRAM */
  bool program_known;    /* there was one */
  GArray *ended;         /* uint32_t ids whose end did not fit yet */
};

Tap *tap_new(unsigned index, int fd) {
  Tap *tap = g_new0(Tap, 1);
  tap->index = index;
  tap->fd = fd;
  tap->ended = g_array_new(FALSE, FALSE, sizeof(uint32_t));
  /* Beyond the administrator's limit if we may, else as much as it gives. */
  int bytes = SEND_BUFFER_BYTES;
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0)
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  return tap;
}

void tap_free(Tap *tap) {
  if (!tap)
    return;
  close(tap->fd);
  g_array_unref(tap->ended);
  g_free(tap);
}

static bool send_parts(Tap *tap, uint8_t header[TAP_HEADER_BYTES], const void *body,
                       size_t body_len) {
  if (tap->broken)
    return false;
  struct iovec parts[2] = {{header, TAP_HEADER_BYTES}, {(void *)body, body_len}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = body_len ? 2 : 1};
  ssize_t sent;
  do
    sent = sendmsg(tap->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  if (sent < 0 && errno != EAGAIN && errno != ENOBUFS)
    tap->broken = true;
  return sent >= 0;
}

static bool send_message(Tap *tap, TapType type, uint32_t track, int64_t capture_us,
                         const void *body, size_t body_len) {
  uint8_t header[TAP_HEADER_BYTES];
  tapwire_write_header(header, type, track, capture_us);
  return send_parts(tap, header, body, body_len);
}

static uint64_t bit(const Tap *tap) {
  return UINT64_C(1) << tap->index;
}

static bool send_ends(Tap *tap) {
  while (tap->ended->len > 0) {
    if (!send_message(tap, TAP_TRACK_END, g_array_index(tap->ended, uint32_t, 0), 0, NULL, 0))
      return false;
    g_array_remove_index(tap->ended, 0);
  }
  return true;
}

void tap_announce(Tap *tap, Track *track) {
  if (track->packet_us == 0 || (track->tapped & bit(tap)))
    return;
  TapTrack described = {
      .codec = track->audio ? TAP_OPUS : TAP_VP8,
      .source = (uint8_t)track->info.source,
      .payload_type = track->payload_type,
      .clock_rate = track->info.clock_rate,
  };
  uint8_t body[TAP_TRACK_BYTES];
  tapwire_write_track(body, &described);
  if (send_message(tap, TAP_TRACK, track->info.id, track->router->now_us, body, sizeof body))
    track->tapped |= bit(tap);
}

/* Layers and epochs have SSRCs and numbers of their own; to the recorder they are one stream. */
static size_t write_packet(uint8_t data[PACKET_MAX_BYTES], const Track *track, const Packet *packet,
                           const Rewritten *rewritten) {
  RtpHeader header = {.marker = packet->rtp.marker,
                      .payload_type = track->payload_type,
                      .sequence = (uint16_t)rewritten->sequence,
                      .timestamp = rewritten->timestamp,
                      .ssrc = track->info.id};
  rtp_write(data, &header);
  memcpy(data + RTP_HEADER_BYTES, packet->data + packet->rtp.payload_offset,
         packet->rtp.payload_len);
  const Vp8Descriptor *vp8 = packet_vp8(packet);
  if (vp8)
    vp8_rewrite(data + RTP_HEADER_BYTES, vp8, rewritten->picture_id, rewritten->tl0picidx);
  return RTP_HEADER_BYTES + packet->rtp.payload_len;
}

void tap_send(Tap *tap, Track *track, const Packet *packet, const Rewritten *rewritten) {
  uint8_t header[TAP_HEADER_BYTES], data[PACKET_MAX_BYTES];
  if (tap->ended->len > 0)
    send_ends(tap);
  if (!(track->tapped & bit(tap)))
    tap_announce(tap, track);
  tapwire_write_rtp(header, track->info.id, packet->capture_us, rewritten->sequence);
  size_t len = write_packet(data, track, packet, rewritten);
  if (!(track->tapped & bit(tap)) || !send_parts(tap, header, data, len))
    tap->dropped++;
}

void tap_end_track(Tap *tap, Track *track) {
  if (!(track->tapped & bit(tap)))
    return;
  track->tapped &= ~bit(tap);
  g_array_append_val(tap->ended, track->info.id);
  send_ends(tap);
}

void tap_tick(Tap *tap) {
  if (!send_ends(tap))
    return;
  Track *program = tap->router->program;
  uint32_t id = program ? program->info.id : 0;
  if (tap->program_known && tap->program_sent == id)
    return;
  if (program) {
    tap_announce(tap, program);
    if (!(program->tapped & bit(tap)))
      return; /* never the program before its track */
  }
  if (send_message(tap, TAP_PROGRAM, id, tap->router->now_us, NULL, 0)) {
    tap->program_sent = id;
    tap->program_known = true;
  }
}

Tap *router_add_tap(Router *router, int fd) {
  uint64_t used = 0;
  for (guint i = 0; i < router->taps->len; i++)
    used |= bit(g_ptr_array_index(router->taps, i));
  g_assert(router->taps->len < TAPS_MAX);
  unsigned index = 0;
  while (used & (UINT64_C(1) << index))
    index++;
  Tap *tap = tap_new(index, fd);
  tap->router = router;
  g_ptr_array_add(router->taps, tap);
  for (guint i = 0; i < router->tracks->len; i++) {
    Track *track = g_ptr_array_index(router->tracks, i);
    if (!track->muted)
      tap_announce(tap, track);
    track_update_recording(track);
    track_want_recording_keyframe(track, router->now_us);
  }
  router_rearrange(router);
  tap_tick(tap);
  return tap;
}

void router_remove_tap(Router *router, Tap *tap) {
  for (guint i = 0; i < router->tracks->len; i++) {
    Track *track = g_ptr_array_index(router->tracks, i);
    track->tapped &= ~bit(tap);
  }
  gboolean found = g_ptr_array_remove(router->taps, tap);
  g_assert(found);
  tap_free(tap);
  for (guint i = 0; i < router->tracks->len; i++)
    track_update_recording(g_ptr_array_index(router->tracks, i));
  router_rearrange(router);
}

static void take_message(Tap *tap, const TapMessage *message, int64_t now_us) {
  if (message->type != TAP_KEYFRAME)
    return;
  for (guint i = 0; i < tap->router->tracks->len; i++) {
    Track *track = g_ptr_array_index(tap->router->tracks, i);
    if (track->info.id == message->track)
      track_want_recording_keyframe(track, now_us);
  }
}

bool tap_read(Tap *tap, int64_t now_us) {
  for (int i = 0; i < READS_MAX && !tap->broken; i++) {
    uint8_t data[TAP_MESSAGE_MAX];
    ssize_t len = recv(tap->fd, data, sizeof data, MSG_DONTWAIT);
    if (len < 0 && errno == EINTR)
      continue;
    if (len < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      return true;
    if (len <= 0) {
      tap->broken = true;
      break;
    }
    TapMessage message;
    if (tapwire_parse(data, (size_t)len, &message))
      take_message(tap, &message, now_us);
  }
  return !tap->broken;
}

int tap_fd(const Tap *tap) {
  return tap->fd;
}

uint64_t tap_dropped(const Tap *tap) {
  return tap->dropped;
}
