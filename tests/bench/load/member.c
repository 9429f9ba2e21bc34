#include "member.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "wire/sdp.h"

enum { AUDIO_TYPE = 111, VIDEO_TYPE = 96, RTX_TYPE = 97 };
enum { LEVEL_EXTENSION = 1, SEQUENCE_EXTENSION = 3, MID_EXTENSION = 4 };
#define PING_S 5

struct Member {
  const MemberSetting *setting;
  Rest *rest;
  SoupWebsocketConnection *socket;
  Seat *seat;
  char *secret, *trouble;
  unsigned next_id, ping;
  int64_t join_us, answer_us;
  bool joined, gone, sends;
};

static void set_trouble(Member *member, const char *what, const char *detail) {
  if (!member->trouble)
    member->trouble = g_strdup_printf("%s: %s", what, detail ? detail : "");
}

static void send_json(Member *member, json_t *message) {
  char *text = json_dumps(message, JSON_COMPACT);
  json_decref(message);
  if (member->socket &&
      soup_websocket_connection_get_state(member->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_text(member->socket, text);
  free(text);
}

static void media_head(SdpWriter *sdp, Member *member, bool audio, unsigned mid,
                       const char *direction) {
  Transport *transport = seat_transport(member->seat);
  sdp_line(sdp, "m=%s 9 UDP/TLS/RTP/SAVPF %s", audio ? "audio" : "video", audio ? "111" : "96 97");
  sdp_line(sdp, "c=IN IP4 0.0.0.0");
  sdp_line(sdp, "a=mid:%u", mid);
  sdp_line(sdp, "a=%s", direction);
  sdp_line(sdp, "a=rtcp-mux");
  sdp_line(sdp, "a=rtcp-rsize");
  sdp_line(sdp, "a=ice-ufrag:%s", transport_ufrag(transport));
  sdp_line(sdp, "a=ice-pwd:%s", transport_pwd(transport));
  sdp_line(sdp, "a=fingerprint:sha-256 %s", member->setting->fingerprint);
  sdp_line(sdp, "a=setup:actpass");
  sdp_line(sdp,
           "a=extmap:%d http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
           SEQUENCE_EXTENSION);
  sdp_line(sdp, "a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:mid", MID_EXTENSION);
  if (audio) {
    sdp_line(sdp, "a=extmap:%d urn:ietf:params:rtp-hdrext:ssrc-audio-level", LEVEL_EXTENSION);
    sdp_line(sdp, "a=rtpmap:%d opus/48000/2", AUDIO_TYPE);
    sdp_line(sdp, "a=fmtp:%d minptime=10;useinbandfec=1", AUDIO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d transport-cc", AUDIO_TYPE);
  } else {
    sdp_line(sdp, "a=rtpmap:%d VP8/90000", VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d transport-cc", VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d ccm fir", VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d nack", VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d nack pli", VIDEO_TYPE);
    sdp_line(sdp, "a=rtpmap:%d rtx/90000", RTX_TYPE);
    sdp_line(sdp, "a=fmtp:%d apt=%d", RTX_TYPE, VIDEO_TYPE);
  }
}

static void send_offer(Member *member) {
  SdpWriter sdp = {0};
  unsigned mids = 2 + 3 + member->setting->video_slots + 1;
  GString *bundle = g_string_new("a=group:BUNDLE");
  for (unsigned mid = 0; mid < mids; mid++)
    g_string_append_printf(bundle, " %u", mid);
  sdp_line(&sdp, "v=0");
  sdp_line(&sdp, "o=- 1 1 IN IP4 127.0.0.1");
  sdp_line(&sdp, "s=-");
  sdp_line(&sdp, "t=0 0");
  sdp_line(&sdp, "%s", bundle->str);
  g_string_free(bundle, TRUE);
  for (unsigned mid = 0; mid < 2; mid++) {
    uint32_t ssrc = mid == 0 ? seat_audio_ssrc(member->seat) : seat_video_ssrc(member->seat);
    media_head(&sdp, member, mid == 0, mid, member->sends ? "sendonly" : "inactive");
    sdp_line(&sdp, "a=msid:load source-%u", mid);
    sdp_line(&sdp, "a=ssrc:%u cname:load", ssrc);
  }
  for (unsigned mid = 2; mid < mids; mid++)
    media_head(&sdp, member, mid < 5, mid, "recvonly");
  json_t *sources =
      member->sends ? json_pack("{s:s, s:s}", "0", "mic", "1", "camera") : json_object();
  send_json(member, json_pack("{s:s, s:i, s:s#, s:o}", "t", "offer", "id", ++member->next_id, "sdp",
                              sdp.text, (int)sdp.len, "sources", sources));
  free(sdp.text);
}

/* The candidate line wanted: "a=candidate:… 1 udp PRIORITY ADDRESS PORT typ host". */
static bool find_candidate(const char *sdp, const char *address, struct sockaddr_in *out) {
  for (const char *line = sdp; (line = strstr(line, "a=candidate:")); line++) {
    char ip[64], transport[8];
    unsigned port;
    if (sscanf(line, "a=candidate:%*s %*u %7s %*u %63s %u", transport, ip, &port) != 3 ||
        g_ascii_strcasecmp(transport, "udp") != 0 || (address && strcmp(ip, address) != 0))
      continue;
    *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    if (inet_pton(AF_INET, ip, &out->sin_addr) == 1)
      return true;
  }
  return false;
}

static uint8_t extension_id(const SdpMedia *media, const char *what) {
  for (unsigned i = 0; i < media->extension_count; i++)
    if (strstr(media->extensions[i].uri, what))
      return media->extensions[i].id;
  return 0;
}

static void read_layout(const Sdp *sdp, SeatLayout *layout) {
  *layout = (SeatLayout){.audio_type = AUDIO_TYPE, .video_type = VIDEO_TYPE};
  for (unsigned i = 0; i < sdp->media_count; i++) {
    const SdpMedia *media = &sdp->media[i];
    if (i < 2) {
      layout->sequence_extension = extension_id(media, "transport-wide");
      if (i == 0)
        layout->level_extension = extension_id(media, "ssrc-audio-level");
    } else if (media->direction == SDP_SENDONLY && media->ssrc_count > 0) {
      layout->slots[layout->slot_count++] =
          (SeatSlot){.ssrc = media->ssrcs[0], .video = media->kind == SDP_VIDEO};
    }
  }
}

static void take_answer(Member *member, const char *text) {
  const char *why = NULL;
  Sdp *sdp = sdp_parse(text, strlen(text), &why);
  struct sockaddr_in server;
  if (!sdp || sdp->media_count == 0 ||
      !find_candidate(text, member->setting->server_address, &server)) {
    set_trouble(member, "the answer", why ? why : "has no candidate");
    free(sdp);
    return;
  }
  SeatLayout layout;
  read_layout(sdp, &layout);
  stage_add(member->setting->stage, member->seat, &layout, &server, sdp->media[0].ice_ufrag,
            sdp->media[0].ice_pwd, sdp->media[0].fingerprint);
  member->joined = true;
  member->answer_us = clock_mono_us();
  free(sdp);
}

static gboolean on_ping(void *data) {
  Member *member = data;
  send_json(member, json_pack("{s:s, s:i, s:i}", "t", "ping", "id", ++member->next_id, "at", 1));
  return G_SOURCE_CONTINUE;
}

static void on_message(SoupWebsocketConnection *socket, int type, GBytes *bytes, void *data) {
  Member *member = data;
  size_t len = 0;
  const char *text = g_bytes_get_data(bytes, &len);
  json_t *message = json_loadb(text, len, 0, NULL);
  const char *kind = json_string_value(json_object_get(message, "t"));
  if (!kind) {
    set_trouble(member, "not a message", NULL);
  } else if (strcmp(kind, "welcome") == 0) {
    send_offer(member);
    if (member->sends)
      send_json(member, json_pack("{s:s, s:i, s:b, s:b}", "t", "media", "id", ++member->next_id,
                                  "mic", 1, "camera", 1));
  } else if (strcmp(kind, "answer") == 0) {
    take_answer(member, json_string_value(json_object_get(message, "sdp")));
  } else if (strcmp(kind, "error") == 0) {
    set_trouble(member, json_string_value(json_object_get(message, "code")),
                json_string_value(json_object_get(message, "message")));
  } else if (strcmp(kind, "bye") == 0 &&
             g_strcmp0(json_string_value(json_object_get(message, "reason")), "left") != 0 &&
             g_strcmp0(json_string_value(json_object_get(message, "reason")), "ended") != 0) {
    set_trouble(member, "bye", json_string_value(json_object_get(message, "reason")));
  }
  json_decref(message);
}

static void on_closed(SoupWebsocketConnection *socket, void *data) {
  Member *member = data;
  member->gone = true;
}

static void on_open(GObject *source, GAsyncResult *result, void *data) {
  Member *member = data;
  g_autoptr(GError) error = NULL;
  member->socket = soup_session_websocket_connect_finish(SOUP_SESSION(source), result, &error);
  if (!member->socket) {
    set_trouble(member, "WebSocket", error->message);
    member->gone = true;
    return;
  }
  soup_websocket_connection_set_max_incoming_payload_size(member->socket, 4 << 20);
  g_signal_connect(member->socket, "message", G_CALLBACK(on_message), member);
  g_signal_connect(member->socket, "closed", G_CALLBACK(on_closed), member);
  member->ping = g_timeout_add_seconds(PING_S, on_ping, member);
  send_json(member, json_pack("{s:s, s:i, s:s, s:s, s:s}", "t", "hello", "id", ++member->next_id,
                              "token", member->secret, "device", "other", "client", "load 1"));
}

Member *member_new(const MemberSetting *setting, const char *secret, const SeatPlan *plan) {
  Member *member = g_new0(Member, 1);
  member->setting = setting;
  member->secret = g_strdup(secret);
  member->rest = rest_new(setting->url);
  member->seat = seat_new(setting->context, plan);
  member->sends = plan->audio || plan->video;
  return member;
}

bool member_join(Member *member, GError **error) {
  if (!rest_sign_in_by_link(member->rest, member->secret, error))
    return false;
  member->join_us = clock_mono_us();
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/join", member->setting->meeting);
  json_t *join = rest_call(member->rest, "POST", path, json_object(), error);
  if (!join)
    return false;
  g_free(member->secret);
  member->secret = g_strdup(json_string_value(json_object_get(join, "token")));
  json_decref(join);
  g_autofree char *url = g_strconcat("ws", member->setting->url + strlen("http"), "/ws", NULL);
  g_autoptr(SoupMessage) message = soup_message_new("GET", url);
  char *protocols[] = {"yishi.v1", NULL};
  soup_session_websocket_connect_async(member->rest->session, message, member->setting->url,
                                       protocols, G_PRIORITY_DEFAULT, NULL, on_open, member);
  return true;
}

void member_leave(Member *member) {
  if (member->joined)
    stage_remove(member->setting->stage, member->seat);
  member->seat = member->joined ? NULL : member->seat;
  send_json(member, json_pack("{s:s, s:i}", "t", "leave", "id", ++member->next_id));
}

bool member_joined(const Member *member) {
  return member->joined;
}

bool member_gone(const Member *member) {
  return member->gone;
}

const char *member_trouble(const Member *member) {
  return member->trouble;
}

double member_answer_ms(const Member *member) {
  return member->joined ? (double)(member->answer_us - member->join_us) / 1000 : -1;
}

void member_free(Member *member) {
  if (!member)
    return;
  if (member->ping)
    g_source_remove(member->ping);
  if (member->socket) {
    g_signal_handlers_disconnect_by_data(member->socket, member);
    g_object_unref(member->socket);
  }
  if (!member->joined)
    seat_free(member->seat);
  rest_free(member->rest);
  g_free(member->secret);
  g_free(member->trouble);
  g_free(member);
}
