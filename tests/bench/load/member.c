#include "member.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "offer.h"
#include "websocket.h"

#define PING_US 5000000
#define AUDIO_SLOTS 3
#define JOIN_US 30000000    /* then it has failed */
#define NO_PICTURE_US 20000 /* connected, and nobody to see or hear: it is in */
#define VIEWS_MAX 16

struct Member {
  const MemberSetting *setting;
  unsigned index, next_id, version;
  bool publishes, anew, has_answer, expects_media;
  bool leaving; /* the socket is left to the server to close, whatever begins meanwhile */
  MemberState state;
  Http *http;
  Websocket *socket;
  Seat *seat;
  char *secret, *token, *session, *pid, *speaker, *trouble;
  SeatLayout layout;
  int64_t click_us, answer_us, next_ping_us;
};

static const WebsocketEvents socket_events;

static void fail(Member *member, const char *what, const char *detail) {
  if (!member->trouble)
    member->trouble = g_strdup_printf("%s: %s", what, detail ? detail : "");
  member->state = MEMBER_FAILED;
}

static Loop *loop_of(const Member *member) {
  return stage_loop(member->setting->stage);
}

static unsigned send_json(Member *member, json_t *message) {
  unsigned id = ++member->next_id;
  json_object_set_new(message, "id", json_integer(id));
  char *text = json_dumps(message, JSON_COMPACT);
  json_decref(message);
  if (member->socket)
    websocket_send(member->socket, text, strlen(text));
  free(text);
  return id;
}

/* --- what it says --- */

static void make_seat(Member *member) {
  Stage *stage = member->setting->stage;
  SeatPlan plan = {.show = member->setting->show,
                   .publishes = member->publishes,
                   .index = member->index,
                   .figures = stage_figures(stage, false)};
  member->version++;
  member->seat = seat_new(loop_of(member), member->setting->contexts[member->version % 2], &plan);
  if (!member->publishes && member->setting->listener_address)
    transport_bind(seat_transport(member->seat), member->setting->listener_address);
}

static void send_offer(Member *member) {
  const SeatShow *show = member->setting->show;
  bool sends = member->publishes;
  OfferSetting offer = {.seat = member->seat,
                        .fingerprint = member->setting->fingerprints[member->version % 2],
                        .sends = sends,
                        .simulcast = show->layers > 1,
                        .silent = show->no_feedback,
                        .audio_slots = AUDIO_SLOTS,
                        .video_slots = member->setting->video_slots + 1};
  char *sdp = offer_write(&offer);
  json_t *sources = sends ? json_pack("{s:s, s:s}", "0", "mic", "1", "camera") : json_object();
  member->has_answer = false;
  send_json(member, json_pack("{s:s, s:s, s:o}", "t", "offer", "sdp", sdp, "sources", sources));
  free(sdp);
}

/* The speaker first, then the others in an order of one's own, so that not all look at the same. */
static void send_view(Member *member) {
  GPtrArray *all = member->setting->pictures;
  if (!member->setting->view || all->len == 0)
    return;
  g_auto(GStrv) sizes = g_strsplit(member->setting->view, " ", VIEWS_MAX);
  const char *chosen[VIEWS_MAX];
  unsigned count = 0, most = g_strv_length(sizes);
  if (member->speaker && g_strcmp0(member->speaker, member->pid) != 0 &&
      g_ptr_array_find_with_equal_func(all, member->speaker, g_str_equal, NULL))
    chosen[count++] = member->speaker;
  for (unsigned i = 0; i < all->len && count < most; i++) {
    const char *pid = all->pdata[(member->index + i) % all->len];
    if (g_strcmp0(pid, member->pid) != 0 && (count == 0 || strcmp(pid, chosen[0]) != 0))
      chosen[count++] = pid;
  }
  json_t *want = json_array();
  for (unsigned i = 0; i < count; i++) {
    unsigned width = 0, height = 0;
    if (sscanf(sizes[i], "%ux%u", &width, &height) == 2)
      json_array_append_new(
          want, json_pack("{s:s, s:i, s:i}", "pid", chosen[i], "w", (int)width, "h", (int)height));
  }
  member->expects_media = count > 0;
  send_json(member, json_pack("{s:s, s:o}", "t", "view", "want", want));
}

/* --- what it hears --- */

static void take_welcome(Member *member, const json_t *message) {
  g_free(member->session);
  member->session = g_strdup(json_string_value(json_object_get(message, "session")));
  g_free(member->pid);
  member->pid = g_strdup(json_string_value(json_object_get(message, "pid")));
  bool resumed = json_is_true(json_object_get(message, "resumed"));
  if (!member->seat || member->anew) {
    if (member->seat)
      stage_remove(member->setting->stage, member->seat);
    make_seat(member);
    stage_add(member->setting->stage, member->seat);
    member->anew = true; /* until the answer starts it */
  } else {
    transport_restart(seat_transport(member->seat));
  }
  send_offer(member);
  if (member->publishes && !resumed) {
    send_json(member, json_pack("{s:s, s:b, s:b}", "t", "media", "mic", 1, "camera", 1));
    g_ptr_array_add(member->setting->pictures, g_strdup(member->pid));
  }
  g_free(member->speaker);
  member->speaker = g_strdup(json_string_value(json_object_get(message, "speaker")));
  send_view(member);
}

static void name_slots(SeatLayout *layout, char mids[SEAT_SLOTS_MAX][17], const json_t *names) {
  for (unsigned i = 0; i < layout->slot_count; i++) {
    const char *name = json_string_value(json_object_get(names, mids[i]));
    g_strlcpy(layout->slots[i].name, name ? name : "?", sizeof layout->slots[i].name);
  }
}

static void take_answer(Member *member, const json_t *message) {
  const char *text = json_string_value(json_object_get(message, "sdp"));
  SdpError error = {0};
  Sdp *sdp = text ? sdp_parse(text, strlen(text), &error) : NULL;
  struct sockaddr_in server;
  if (!sdp || !offer_candidate(text, member->setting->server_address, &server)) {
    fail(member, "the answer", error.why ? error.why : "has no candidate");
    free(sdp);
    return;
  }
  int64_t now_us = clock_mono_us();
  const SdpMedia *media = &sdp->media[0];
  char mids[SEAT_SLOTS_MAX][17];
  Transport *transport = seat_transport(member->seat);
  if (member->anew) {
    offer_read(sdp, &member->layout, mids);
    name_slots(&member->layout, mids, json_object_get(message, "slots"));
    seat_start(member->seat, &member->layout, now_us);
    transport_start(transport, &server, media->ice_ufrag, media->ice_pwd, media->fingerprint,
                    now_us);
  } else {
    transport_restarted(transport, media->ice_ufrag, media->ice_pwd, now_us);
  }
  member->anew = false;
  member->has_answer = true;
  member->answer_us = now_us;
  free(sdp);
}

static void take_slots(Member *member, const json_t *message) {
  const char *name;
  json_t *who;
  if (!member->seat)
    return;
  json_object_foreach(json_object_get(message, "set"), name, who) {
    seat_assign(member->seat, name, json_is_object(who), clock_mono_us());
    member->expects_media = member->expects_media || json_is_object(who);
  }
}

static void take_demand(Member *member, const json_t *message) {
  if (!member->seat || g_strcmp0(json_string_value(json_object_get(message, "source")), "camera"))
    return;
  const json_t *list = json_object_get(message, "layers");
  unsigned layers = 0;
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *name = json_string_value(json_array_get(list, i));
    if (g_strcmp0(name, "all") == 0)
      layers = ~0u;
    for (unsigned layer = 0; layer < SEAT_LAYERS_MAX; layer++)
      if (g_strcmp0(name, seat_rids[layer]) == 0)
        layers |= 1u << layer;
  }
  seat_demand(member->seat, layers, clock_mono_us());
}

static void take_speaker(Member *member, const json_t *message) {
  g_free(member->speaker);
  member->speaker = g_strdup(json_string_value(json_object_get(message, "pid")));
  if (member->speaker)
    send_view(member);
}

static void take_trouble(Member *member, const json_t *message, const char *kind) {
  const char *code = json_string_value(json_object_get(message, "code"));
  const char *reason = json_string_value(json_object_get(message, "reason"));
  if (strcmp(kind, "error") == 0)
    fail(member, code, json_string_value(json_object_get(message, "message")));
  else if (g_strcmp0(reason, "left") != 0 && g_strcmp0(reason, "ended") != 0)
    fail(member, "bye", reason);
}

static const struct {
  const char *kind;
  void (*take)(Member *member, const json_t *message);
} takes[] = {{"welcome", take_welcome},
             {"answer", take_answer},
             {"slots", take_slots},
             {"demand", take_demand},
             {"speaker", take_speaker}};

static void take(Member *member, const json_t *message, const char *kind) {
  if (!kind)
    fail(member, "a message without type", NULL);
  else if (strcmp(kind, "error") == 0 || strcmp(kind, "bye") == 0)
    take_trouble(member, message, kind);
  for (unsigned i = 0; kind && i < G_N_ELEMENTS(takes); i++)
    if (strcmp(kind, takes[i].kind) == 0)
      takes[i].take(member, message);
}

/* Most of what comes is the roster's deltas and levels, which a page shows and nobody looks at
 * here: those are known by their first bytes and not parsed. */
static bool nobody_looks(const char *text) {
  static const char *const heads[] = {"{\"t\":\"roster_delta\"", "{\"t\":\"levels\"",
                                      "{\"t\":\"ok\""};
  for (unsigned i = 0; i < G_N_ELEMENTS(heads); i++)
    if (g_str_has_prefix(text, heads[i]))
      return true;
  return false;
}

static void on_message(void *user, const char *text, size_t len) {
  Member *member = user;
  if (nobody_looks(text))
    return;
  json_t *message = json_loadb(text, len, 0, NULL);
  take(member, message, json_string_value(json_object_get(message, "t")));
  json_decref(message);
}

static void on_closed(void *user, const char *why) {
  Member *member = user;
  websocket_free(member->socket);
  member->socket = NULL;
  if (member->leaving)
    member->leaving = false;
  else if (member->state == MEMBER_JOINING || member->state == MEMBER_IN)
    fail(member, "WebSocket", why);
}

static void on_open(void *user) {
  Member *member = user;
  bool resumes = member->session != NULL;
  send_json(member,
            json_pack("{s:s, s:s, s:s, s:s}", "t", resumes ? "resume" : "hello",
                      resumes ? "session" : "token", resumes ? member->session : member->token,
                      "device", "other", "client", "load 2"));
}

static const WebsocketEvents socket_events = {on_open, on_message, on_closed};

static void open_socket(Member *member) {
  websocket_free(member->socket); /* one that it left by and that is not closed yet */
  member->leaving = false;
  member->next_ping_us = clock_mono_us() + PING_US;
  member->socket = websocket_new(loop_of(member), member->setting->url, "/ws", "yishi.v1",
                                 http_cookies(member->http), &socket_events, member);
  if (!member->socket)
    fail(member, "WebSocket", "no descriptor left");
}

/* --- coming and going --- */

static void on_token(void *user, unsigned status, json_t *json) {
  Member *member = user;
  const char *token = json_string_value(json_object_get(json, "token"));
  if (!token) {
    fail(member, "join", json_string_value(json_object_get(json, "title")));
    return;
  }
  g_free(member->token);
  member->token = g_strdup(token);
  http_rest(member->http);
  open_socket(member);
}

static void on_signed_in(void *user, unsigned status, json_t *json) {
  Member *member = user;
  if (status != 200 && status != 201) {
    fail(member, "sign-in", json_string_value(json_object_get(json, "title")));
    return;
  }
  member->click_us = clock_mono_us();
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/join", member->setting->meeting);
  http_call(member->http, "POST", path, json_object(), on_token, member);
}

Member *member_new(const MemberSetting *setting, const char *secret, unsigned index,
                   bool publishes) {
  Member *member = g_new0(Member, 1);
  member->setting = setting;
  member->secret = g_strdup(secret);
  member->index = index;
  member->publishes = publishes;
  member->http = http_new(stage_loop(setting->stage), setting->url);
  return member;
}

static void end_seat(Member *member) {
  if (member->seat)
    stage_remove(member->setting->stage, member->seat);
  member->seat = NULL;
}

void member_free(Member *member) {
  if (!member)
    return;
  end_seat(member);
  websocket_free(member->socket);
  http_free(member->http);
  g_free(member->secret);
  g_free(member->token);
  g_free(member->session);
  g_free(member->pid);
  g_free(member->speaker);
  g_free(member->trouble);
  g_free(member);
}

void member_join(Member *member) {
  member->state = MEMBER_JOINING;
  member->expects_media = false;
  g_clear_pointer(&member->session, g_free);
  member->click_us = clock_mono_us();
  if (member->token) /* it was here before: the session of the sign-in lasts */
    on_signed_in(member, 200, NULL);
  else
    http_call(member->http, "POST", "/api/v1/session/link",
              json_pack("{s:s}", "secret", member->secret), on_signed_in, member);
}

void member_leave(Member *member) {
  if (member->publishes && member->pid) {
    guint at;
    if (g_ptr_array_find_with_equal_func(member->setting->pictures, member->pid, g_str_equal, &at))
      g_ptr_array_remove_index(member->setting->pictures, at);
  }
  send_json(member, json_pack("{s:s}", "t", "leave"));
  member->leaving = member->socket != NULL;
  end_seat(member);
  if (member->state != MEMBER_FAILED)
    member->state = MEMBER_AWAY;
}

void member_drop(Member *member) {
  websocket_free(member->socket);
  member->socket = NULL;
  if (member->seat)
    transport_cut(seat_transport(member->seat));
  member->state = MEMBER_DROPPED;
}

void member_return(Member *member, MemberReturn how) {
  member->state = MEMBER_JOINING;
  member->expects_media = false;
  member->click_us = clock_mono_us();
  member->anew = how == RETURN_ANEW;
  if (member->seat)
    seat_return(member->seat);
  open_socket(member);
}

void member_tick(Member *member, int64_t now_us) {
  if (member->socket && now_us >= member->next_ping_us) {
    member->next_ping_us = now_us + PING_US;
    send_json(member, json_pack("{s:s, s:i}", "t", "ping", "at", 1));
  }
  if (member->seat && seat_trouble(member->seat) && member->state != MEMBER_FAILED)
    fail(member, "media", seat_trouble(member->seat));
  if (member->state != MEMBER_JOINING)
    return;
  const SeatTimes *times = member->seat && member->has_answer ? seat_times(member->seat) : NULL;
  bool waits = member->expects_media && !(times && times->first_picture_us);
  if (times && times->connected_us && !waits && now_us - times->connected_us > NO_PICTURE_US)
    member->state = MEMBER_IN;
  else if (now_us - member->click_us > JOIN_US)
    fail(member, "join", times ? "no picture within 30 s" : "no answer within 30 s");
}

MemberState member_state(const Member *member) {
  return member->state;
}

const char *member_trouble(const Member *member) {
  return member->trouble;
}

Seat *member_seat(Member *member) {
  return member->seat;
}

static double since(const Member *member, int64_t at_us) {
  return at_us > member->click_us ? (double)(at_us - member->click_us) / 1000 : -1;
}

MemberTimes member_times(const Member *member) {
  static const SeatTimes none;
  const SeatTimes *times = member->seat ? seat_times(member->seat) : &none;
  return (MemberTimes){.answer = since(member, member->answer_us),
                       .connected = since(member, times->connected_us),
                       .first_packet = since(member, times->first_packet_us),
                       .first_picture = since(member, times->first_picture_us)};
}
