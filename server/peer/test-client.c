#include "peer/test-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <unistd.h>

#include "wire/sdp.h"

#define PWD "clientPasswordOf28Characters" /* ice-char has no hyphen */
#define TWCC_ID 5
#define TWCC_URI "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

static int open_socket(uint16_t server_port, bool tcp) {
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct sockaddr_in server = any;
  server.sin_port = htons(server_port);
  int fd = socket(AF_INET, (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fd, (struct sockaddr *)&any, sizeof any), ==, 0);
  g_assert_cmpint(connect(fd, (struct sockaddr *)&server, sizeof server), ==, 0);
  return fd;
}

static void transmit(Client *client, const void *data, size_t len) {
  if (client->tcp) { /* what the server has closed takes nothing more */
    uint8_t frame[FRAME_HEAD_BYTES + FRAME_MAX_BYTES] = {(uint8_t)(len >> 8), (uint8_t)len};
    memcpy(frame + FRAME_HEAD_BYTES, data, len);
    ssize_t sent = send(client->fd, frame, FRAME_HEAD_BYTES + len, MSG_NOSIGNAL);
    g_assert_true(sent == (ssize_t)(FRAME_HEAD_BYTES + len) || errno == EPIPE ||
                  errno == ECONNRESET);
    return;
  }
  g_assert_cmpint(send(client->fd, data, len, 0), ==, (ssize_t)len);
}

static void on_dtls(void *user, const uint8_t *data, size_t len) {
  transmit(user, data, len);
}

static Client *new_with(unsigned number, unsigned server_port, DtlsContext *context) {
  static uint64_t last_origin;
  Client *client = g_new0(Client, 1);
  client->number = number;
  client->server_port = (uint16_t)server_port;
  client->origin = ++last_origin;
  client->fd = open_socket(client->server_port, false);
  client->context = context;
  g_strlcpy(client->fingerprint, dtls_context_fingerprint(client->context),
            sizeof client->fingerprint);
  return client;
}

Client *client_new(unsigned number, unsigned server_port) {
  return new_with(number, server_port, dtls_context_new(DTLS_CLIENT, NULL));
}

Client *client_new_like(const Client *other) {
  Client *client = new_with(other->number, other->server_port, other->context);
  client->borrows = true;
  client->generation = other->generation + 1;
  return client;
}

void client_free(Client *client) {
  if (!client)
    return;
  dtls_free(client->dtls);
  if (!client->borrows)
    dtls_context_free(client->context);
  srtp_free(client->in);
  srtp_free(client->out);
  close(client->fd);
  g_free(client);
}

char *client_offer(Client *client, bool restart_ice) {
  if (restart_ice || client->generation == 0)
    client->generation++;
  g_snprintf(client->ufrag, sizeof client->ufrag, "cl%02ug%02u", client->number,
             client->generation);
  GString *sdp = g_string_new("v=0\r\n");
  g_string_append_printf(sdp,
                         "o=- %" G_GUINT64_FORMAT " 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
                         "a=group:BUNDLE 0 1 2 3\r\n",
                         client->origin);
  for (int i = 0; i < 4; i++) {
    bool video = i & 1;
    g_string_append_printf(sdp, "m=%s 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\n",
                           video ? "video" : "audio", video ? "96 97" : "111");
    g_string_append_printf(sdp, "a=mid:%d\r\na=%s\r\na=rtcp-mux\r\na=ice-ufrag:%s\r\n", i,
                           i < 2 ? "sendonly" : "recvonly", client->ufrag);
    g_string_append_printf(sdp,
                           "a=ice-pwd:" PWD "\r\na=fingerprint:sha-256 %s\r\na=setup:actpass\r\n",
                           client->fingerprint);
    g_string_append(sdp, video ? "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
                                 "a=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\n"
                                 "a=fmtp:97 apt=96\r\n"
                               : "a=rtpmap:111 opus/48000/2\r\n");
    if (i >= 2 && client->transport_wide)
      g_string_append_printf(sdp, "a=extmap:%d " TWCC_URI "\r\na=rtcp-fb:%s transport-cc\r\n",
                             TWCC_ID, video ? "96" : "111");
    if (i < 2)
      g_string_append_printf(sdp, "a=ssrc:%u cname:c\r\n",
                             (video ? CLIENT_VIDEO_SSRC : CLIENT_AUDIO_SSRC) + client->number);
  }
  return g_string_free(sdp, FALSE);
}

void client_answer(Client *client, const char *sdp) {
  SdpError why;
  Sdp *answer = sdp_parse(sdp, strlen(sdp), &why);
  g_assert_nonnull(answer);
  const SdpMedia *media = &answer->media[0];
  g_strlcpy(client->old_ufrag, client->server_ufrag, sizeof client->old_ufrag);
  g_strlcpy(client->old_pwd, client->server_pwd, sizeof client->old_pwd);
  g_strlcpy(client->server_ufrag, media->ice_ufrag, sizeof client->server_ufrag);
  g_strlcpy(client->server_pwd, media->ice_pwd, sizeof client->server_pwd);
  if (!client->dtls)
    client->dtls =
        dtls_new(client->context, media->fingerprint_hash, media->fingerprint, on_dtls, client);
  g_assert_nonnull(client->dtls);
  free(answer);
}

static void check(Client *client, const char *ufrag, const char *pwd, bool nominate) {
  static const uint16_t known[] = {STUN_ATTRIBUTE_USERNAME, 0};
  StunAgent agent;
  StunMessage message;
  uint8_t data[1280];
  g_autofree char *username = g_strdup_printf("%s:%s", ufrag, client->ufrag);
  stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  size_t len = stun_usage_ice_conncheck_create(
      &agent, &message, data, sizeof data, (const uint8_t *)username, strlen(username),
      (const uint8_t *)pwd, strlen(pwd), nominate, !client->controlled, 1, 7, NULL,
      STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  memcpy(client->last_check, data, len);
  client->last_check_len = len;
  transmit(client, data, len);
}

void client_check_again(Client *client) {
  transmit(client, client->last_check, client->last_check_len);
}

void client_check(Client *client, bool nominate) {
  check(client, client->server_ufrag, client->server_pwd, nominate);
}

void client_check_old(Client *client) {
  check(client, client->old_ufrag, client->old_pwd, false);
}

void client_start_dtls(Client *client) {
  dtls_start(client->dtls);
}

bool client_connected(const Client *client) {
  return client->out != NULL;
}

static void note_arrival(Client *client, const uint8_t *data, const RtpHeader *header) {
  const uint8_t *value;
  size_t len;
  if (client->transport_wide && rtp_extension(data, header, TWCC_ID, &value, &len) && len == 2)
    feedback_received(&client->feedback, (uint16_t)(value[0] << 8 | value[1]),
                      g_get_monotonic_time());
}

static void on_rtcp(Client *client, const uint8_t *data, size_t len) {
  RtcpReader reader;
  RtcpPacket packet;
  bool malformed = false;
  client->rtcp++;
  rtcp_reader_init(&reader, data, len);
  while (rtcp_next(&reader, &packet, &malformed))
    client->keyframes_asked += packet.type == RTCP_PSFB && packet.count == RTCP_FB_PLI;
  g_assert_false(malformed);
}

static void on_media(Client *client, uint8_t *data, size_t len) {
  bool rtcp = rtp_is_rtcp(data, len);
  SrtpStatus status = !client->in ? SRTP_AUTHENTICATION
                      : rtcp      ? srtp_unprotect_rtcp(client->in, data, &len)
                                  : srtp_unprotect(client->in, data, &len);
  RtpHeader header;
  if (status != SRTP_OK) {
    client->undecryptable++;
  } else if (rtcp) {
    on_rtcp(client, data, len);
  } else {
    g_assert_true(rtp_parse(data, len, true, &header));
    note_arrival(client, data, &header);
    client->last_ssrc = header.ssrc;
    memset(client->last_payload, 0, sizeof client->last_payload);
    memcpy(client->last_payload, data + header.payload_offset,
           MIN(header.payload_len, sizeof client->last_payload));
    if (header.payload_type == 111)
      client->rtp_audio++, client->sound_number = header.sequence;
    else
      client->rtp_video++, client->video_ssrc = header.ssrc;
  }
}

static void take_keys(Client *client) {
  DtlsKeys keys;
  g_assert_true(dtls_keys(client->dtls, &keys));
  client->in = srtp_new(keys.profile, keys.remote_key, keys.remote_salt);
  client->out = srtp_new(keys.profile, keys.local_key, keys.local_salt);
}

static bool own_password(StunAgent *agent, StunMessage *message, uint8_t *username,
                         uint16_t username_len, uint8_t **password, size_t *password_len,
                         void *user) {
  const Client *client = user;
  size_t len = strlen(client->ufrag);
  *password = (uint8_t *)PWD;
  *password_len = strlen(PWD);
  return username_len > len && memcmp(username, client->ufrag, len) == 0;
}

/* The server asks whether it is there. */
static void answer_ask(Client *client, const uint8_t *data, size_t len) {
  static const uint16_t known[] = {STUN_ATTRIBUTE_USERNAME, STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
                                   STUN_ATTRIBUTE_PRIORITY, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, 0};
  StunAgent agent;
  StunMessage request, reply;
  uint8_t out[1280];
  size_t out_len = sizeof out;
  struct sockaddr_storage from = {.ss_family = AF_INET};
  bool control = true;
  client->asked++;
  if (client->deaf)
    return;
  stun_agent_init(&agent, known, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  if (stun_agent_validate(&agent, &request, data, len, own_password, client) ==
          STUN_VALIDATION_SUCCESS &&
      stun_usage_ice_conncheck_create_reply(
          &agent, &request, &reply, out, &out_len, &from, sizeof(struct sockaddr_in), &control, 9,
          STUN_USAGE_ICE_COMPATIBILITY_RFC5245) == STUN_USAGE_ICE_RETURN_SUCCESS)
    transmit(client, out, out_len);
}

static bool on_packet(void *user, uint8_t *data, size_t len) {
  Client *client = user;
  if (data[0] == 0 && data[1] == 1)
    answer_ask(client, data, len);
  else if (data[0] <= 3)
    client->checks_answered += data[0] == 1 && data[1] == 1; /* success response */
  else if (data[0] >= 128)
    on_media(client, data, len);
  else if (client->dtls && dtls_receive(client->dtls, data, len) == DTLS_CONNECTED && !client->out)
    take_keys(client);
  return true;
}

void client_poll(Client *client) {
  uint8_t data[2048];
  ssize_t len;
  while ((len = recv(client->fd, data, sizeof data, MSG_DONTWAIT)) > 0)
    if (client->tcp)
      g_assert_true(frame_read(&client->reader, data, (size_t)len, on_packet, client));
    else
      on_packet(client, data, (size_t)len);
  if (client->dtls)
    dtls_tick(client->dtls);
}

static void send_rtp(Client *client, const RtpHeader *header, const uint8_t *payload, size_t len) {
  uint8_t data[256];
  rtp_write(data, header);
  memcpy(data + RTP_HEADER_BYTES, payload, len);
  len += RTP_HEADER_BYTES;
  g_assert_cmpint(srtp_protect(client->out, data, &len, sizeof data), ==, SRTP_OK);
  transmit(client, data, len);
}

void client_send_audio(Client *client) {
  uint16_t sequence = client->audio_sequence++;
  RtpHeader header = {.payload_type = 111,
                      .sequence = sequence,
                      .timestamp = sequence * 960u,
                      .ssrc = CLIENT_AUDIO_SSRC + client->number};
  uint8_t payload[20] = {0xfc, (uint8_t)client->number};
  send_rtp(client, &header, payload, sizeof payload);
}

void client_send_forged(Client *client) {
  uint8_t data[RTP_HEADER_BYTES + 40] = {0};
  rtp_write(data, &(RtpHeader){.payload_type = 111,
                               .sequence = client->audio_sequence,
                               .ssrc = CLIENT_AUDIO_SSRC + client->number});
  transmit(client, data, sizeof data);
}

void client_send_video(Client *client, bool keyframe) {
  uint16_t sequence = client->video_sequence++;
  RtpHeader header = {.marker = true,
                      .payload_type = 96,
                      .sequence = sequence,
                      .timestamp = sequence * 3000u,
                      .ssrc = CLIENT_VIDEO_SSRC + client->number};
  uint8_t payload[32] = {0x10, keyframe ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68,
                         0x01, (uint8_t)client->number};
  send_rtp(client, &header, payload, sizeof payload);
}

static void send_rtcp(Client *client, uint8_t *data, size_t len, size_t size) {
  g_assert_cmpuint(len, >, 0);
  g_assert_cmpint(srtp_protect_rtcp(client->out, data, &len, size), ==, SRTP_OK);
  transmit(client, data, len);
}

void client_want_keyframe(Client *client) {
  uint8_t data[200];
  size_t len = rtcp_write_pli(data, sizeof data - SRTP_OVERHEAD_MAX,
                              CLIENT_VIDEO_SSRC + client->number, client->video_ssrc);
  send_rtcp(client, data, len, sizeof data);
}

void client_send_report(Client *client) {
  uint8_t data[100];
  size_t len = rtcp_write_rr(data, sizeof data - SRTP_OVERHEAD_MAX,
                             CLIENT_VIDEO_SSRC + client->number, NULL, 0);
  send_rtcp(client, data, len, sizeof data);
}

void client_send_feedback(Client *client) {
  static RtcpTwcc twcc;
  uint8_t data[1200];
  while (feedback_take(&client->feedback, &twcc)) {
    size_t len = rtcp_write_twcc(data, sizeof data - SRTP_OVERHEAD_MAX,
                                 CLIENT_VIDEO_SSRC + client->number, 0, &twcc);
    send_rtcp(client, data, len, sizeof data);
  }
}

void client_move(Client *client) {
  close(client->fd);
  client->fd = open_socket(client->server_port, client->tcp);
  frame_reader_init(&client->reader);
}
