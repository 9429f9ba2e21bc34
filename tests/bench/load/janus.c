#include "janus.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "offer.h"
#include "websocket.h"

#define ROOM 1234
#define CONCURRENCY 8
#define JOIN_US 120000000
#define KEEPALIVE_US 20000000 /* Janus forgets a session after 60 s of silence */
#define SETTLE_S 3

typedef struct Janus Janus;

typedef struct {
  Janus *janus;
  json_int_t handle; /* 0: not attached yet */
  Seat *seat;
  SeatLayout layout;
  bool publishes;
} Peer;

struct Janus {
  Loop *loop;
  const JanusSetting *setting;
  Websocket *socket;
  Stage *stage;
  SSL_CTX *context;
  char fingerprint[96];
  json_int_t session, feed;
  Peer *peers; /* the publisher, then the subscribers */
  unsigned count, started;
  bool published; /* Janus says that the publisher's media path is up */
  char *trouble;
};

static void fail(Janus *janus, const char *what) {
  if (!janus->trouble)
    janus->trouble = g_strdup(what);
}

static void say(Janus *janus, const char *transaction, json_t *message) {
  json_object_set_new(message, "transaction", json_string(transaction));
  if (janus->session)
    json_object_set_new(message, "session_id", json_integer(janus->session));
  char *text = json_dumps(message, JSON_COMPACT);
  json_decref(message);
  websocket_send(janus->socket, text, strlen(text));
  free(text);
}

/* body, jsep: stolen; jsep may be NULL. */
static void say_to_plugin(Peer *peer, json_t *body, json_t *jsep) {
  json_t *message =
      json_pack("{s:s, s:I, s:o}", "janus", "message", "handle_id", peer->handle, "body", body);
  if (jsep)
    json_object_set_new(message, "jsep", jsep);
  say(peer->janus, "m", message);
}

/* --- one peer --- */

static Seat *make_seat(Peer *peer) {
  Janus *janus = peer->janus;
  SeatPlan plan = {.show = janus->setting->show,
                   .publishes = peer->publishes,
                   .figures = stage_figures(janus->stage, false)};
  peer->seat = seat_new(janus->loop, janus->context, &plan);
  return peer->seat;
}

/* Janus wants a candidate of ours before it answers checks. */
static char *with_candidate(char *sdp, const Janus *janus, Seat *seat) {
  char *text = g_strdup_printf("%sa=candidate:1 1 udp 2130706431 %s %u typ host\r\n", sdp,
                               janus->setting->address, transport_port(seat_transport(seat)));
  free(sdp);
  return text;
}

static void start_seat(Peer *peer, const Sdp *sdp, const char *text) {
  Janus *janus = peer->janus;
  struct sockaddr_in server;
  char mids[SEAT_SLOTS_MAX][17];
  if (!offer_candidate(text, janus->setting->address, &server)) {
    fail(janus, "Janus has no candidate with that address");
    return;
  }
  const SdpMedia *media = &sdp->media[0];
  int64_t now_us = clock_mono_us();
  offer_read(sdp, &peer->layout, mids);
  stage_add(janus->stage, peer->seat);
  seat_start(peer->seat, &peer->layout, now_us);
  transport_start(seat_transport(peer->seat), &server, media->ice_ufrag, media->ice_pwd,
                  media->fingerprint, now_us);
}

static void publish(Peer *peer) {
  OfferSetting offer = {.seat = make_seat(peer),
                        .fingerprint = peer->janus->fingerprint,
                        .sends = true,
                        .active = true};
  g_autofree char *sdp = with_candidate(offer_write(&offer), peer->janus, peer->seat);
  say_to_plugin(peer,
                json_pack("{s:s, s:i, s:s}", "request", "joinandconfigure", "room", ROOM, "ptype",
                          "publisher"),
                json_pack("{s:s, s:s}", "type", "offer", "sdp", sdp));
}

static void subscribe(Peer *peer) {
  make_seat(peer);
  say_to_plugin(peer,
                json_pack("{s:s, s:i, s:s, s:[{s:I}]}", "request", "join", "room", ROOM, "ptype",
                          "subscriber", "streams", "feed", peer->janus->feed),
                NULL);
}

static void take_jsep(Peer *peer, const json_t *jsep) {
  const char *text = json_string_value(json_object_get(jsep, "sdp"));
  SdpError error = {0};
  Sdp *sdp = text ? sdp_parse(text, strlen(text), &error) : NULL;
  if (!sdp) {
    fail(peer->janus, error.why ? error.why : "no SDP");
    return;
  }
  if (!peer->publishes) {
    g_autofree char *answer = with_candidate(
        offer_answer(sdp, peer->seat, peer->janus->fingerprint), peer->janus, peer->seat);
    say_to_plugin(peer, json_pack("{s:s}", "request", "start"),
                  json_pack("{s:s, s:s}", "type", "answer", "sdp", answer));
  }
  start_seat(peer, sdp, text);
  free(sdp);
}

/* --- the session --- */

static void attach(Janus *janus, unsigned index) {
  g_autofree char *transaction = g_strdup_printf("a%u", index);
  say(janus, transaction,
      json_pack("{s:s, s:s}", "janus", "attach", "plugin", "janus.plugin.videoroom"));
}

static void take_success(Janus *janus, const char *transaction, const json_t *message) {
  json_int_t id = json_integer_value(json_object_get(json_object_get(message, "data"), "id"));
  if (strcmp(transaction, "create") == 0) {
    janus->session = id;
    attach(janus, 0);
  } else if (transaction[0] == 'a') {
    Peer *peer = &janus->peers[atoi(transaction + 1)];
    peer->handle = id;
    if (peer->publishes)
      say(janus, "room",
          json_pack("{s:s, s:I, s:{s:s, s:i, s:i, s:b, s:s}}", "janus", "message", "handle_id", id,
                    "body", "request", "create", "room", ROOM, "publishers", 4, "permanent", 0,
                    "videocodec", "vp8"));
    else
      subscribe(peer);
  } else if (strcmp(transaction, "room") == 0) {
    publish(&janus->peers[0]);
  }
}

static void take_event(Janus *janus, const json_t *message) {
  json_int_t sender = json_integer_value(json_object_get(message, "sender"));
  const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");
  const char *error = json_string_value(json_object_get(data, "error"));
  const json_t *jsep = json_object_get(message, "jsep");
  if (error)
    fail(janus, error);
  if (g_strcmp0(json_string_value(json_object_get(data, "videoroom")), "joined") == 0)
    janus->feed = json_integer_value(json_object_get(data, "id"));
  for (unsigned i = 0; jsep && i < janus->count; i++)
    if (janus->peers[i].handle == sender)
      take_jsep(&janus->peers[i], jsep);
}

static void on_open(void *user) {
  say(user, "create", json_pack("{s:s}", "janus", "create"));
}

static void on_message(void *user, const char *text, size_t len) {
  Janus *janus = user;
  json_t *message = json_loadb(text, len, 0, NULL);
  const char *kind = json_string_value(json_object_get(message, "janus"));
  const char *transaction = json_string_value(json_object_get(message, "transaction"));
  if (g_strcmp0(kind, "success") == 0 && transaction)
    take_success(janus, transaction, message);
  else if (g_strcmp0(kind, "event") == 0)
    take_event(janus, message);
  else if (g_strcmp0(kind, "webrtcup") == 0)
    janus->published = true; /* the publisher's comes first: nobody else is asked before it */
  else if (g_strcmp0(kind, "error") == 0)
    fail(janus, text);
  json_decref(message);
}

static void on_closed(void *user, const char *why) {
  Janus *janus = user;
  websocket_free(janus->socket);
  janus->socket = NULL;
  fail(janus, why);
}

static unsigned connected(const Janus *janus) {
  unsigned count = 0;
  for (unsigned i = 0; i < janus->count; i++)
    count += janus->peers[i].seat && seat_times(janus->peers[i].seat)->first_packet_us != 0;
  return count;
}

static bool all_there(void *data) {
  Janus *janus = data;
  if (janus->trouble)
    return true;
  if (!janus->feed || !janus->published)
    return false;
  unsigned there = connected(janus);
  while (janus->started < janus->count && janus->started - 1 < there + CONCURRENCY)
    attach(janus, janus->started++);
  return there == janus->count - 1;
}

static void keep_alive(void *data, int64_t now_us) {
  Janus *janus = data;
  if (janus->socket && janus->session)
    say(janus, "k", json_pack("{s:s}", "janus", "keepalive"));
}

static json_t *measure(Janus *janus, GError **error) {
  Meter meter = {.server_pid = janus->setting->server_pid};
  bool there = loop_until(janus->loop, all_there, janus, clock_mono_us() + JOIN_US);
  if (!there || janus->trouble) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "Janus: %u of %u receive: %s",
                connected(janus), janus->count - 1, janus->trouble ? janus->trouble : "too slow");
    return NULL;
  }
  loop_until(janus->loop, NULL, NULL, clock_mono_us() + SETTLE_S * G_USEC_PER_SEC);
  json_decref(meter_mark(&meter, janus->stage));
  int64_t for_us = (int64_t)(janus->setting->seconds * 1e6);
  loop_until(janus->loop, NULL, NULL, clock_mono_us() + for_us);
  json_t *json = meter_mark(&meter, janus->stage);
  json_object_set_new(json, "in", json_integer(connected(janus)));
  return json;
}

json_t *janus_measure(Loop *loop, const JanusSetting *setting, GError **error) {
  static const WebsocketEvents events = {on_open, on_message, on_closed};
  Janus janus = {.loop = loop,
                 .setting = setting,
                 .stage = stage_new(loop),
                 .count = setting->subscribers + 1,
                 .started = 1};
  janus.context = transport_context(janus.fingerprint);
  janus.peers = g_new0(Peer, janus.count);
  for (unsigned i = 0; i < janus.count; i++)
    janus.peers[i] = (Peer){.janus = &janus, .publishes = i == 0};
  loop_every(loop, KEEPALIVE_US, keep_alive, &janus);
  janus.socket = websocket_new(loop, setting->url, "/", "janus-protocol", "", &events, &janus);
  json_t *json = janus.socket ? measure(&janus, error) : NULL;
  websocket_free(janus.socket);
  stage_free(janus.stage);
  SSL_CTX_free(janus.context);
  g_free(janus.peers);
  g_free(janus.trouble);
  return json;
}
