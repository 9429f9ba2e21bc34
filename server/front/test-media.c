/* Media: offers, on which engine one is, what is in which slot, and what the engines tell. */
#include <string.h>

#include "front/bed.h"

#define SDP "v=0\r\na=fingerprint:sha-256 AA:01\r\n"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

static BedOffer *offer_at(Bed *bed, unsigned index) {
  g_assert_cmpuint(index, <, bed->offers->len);
  return &g_array_index(bed->offers, BedOffer, index);
}

static int offer(Page *page, const char *sdp) {
  return page_send(page, "{s:s, s:s, s:{s:s, s:s}}", "t", "offer", "sdp", sdp, "sources", "0",
                   "mic", "1", "camera");
}

/* fresh: it begins a PeerConnection. */
static void answer(Bed *bed, const BedOffer *to, bool fresh) {
  const EngineSlotName slots[] = {{"3", "a0"}, {"6", "v0"}};
  bed_events_of()->answer(
      bed->assembly, to->peer, to->request,
      &(EngineAnswer){.sdp = "v=0\r\n", .fresh = fresh, .slots = slots, .slot_count = 2});
}

static void test_offer(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *page = bed_join(bed, person(bed, 0));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "camera", 1);
  int id = offer(page, SDP);
  BedOffer *first = offer_at(bed, 0);
  g_assert_cmpuint(first->source_count, ==, 2);
  g_assert_cmpstr(first->sdp, ==, SDP);
  g_assert_nonnull(strstr(bed->calls->str, "peer_open 1 1\n"));
  g_assert_nonnull(strstr(bed->calls->str, "peer_mute 1 0 1\n")); /* mic is off */
  g_assert_true(bed_called(bed, "peer_mute 1 1 0"));              /* camera is on */
  answer(bed, first, true);
  json_t *reply = page_expected(page, "answer", id);
  g_assert_cmpstr(text_at(reply, "sdp"), ==, "v=0\r\n");
  g_assert_cmpstr(text_at(reply, "slots.6"), ==, "v0");
  json_decref(reply);
  answer(bed, first, false); /* twice: nobody waits */
  g_assert_null(page_take(page, "answer"));

  id = offer(page, SDP "a=more\r\n");
  const EngineAnswer refusal = {.error = {.code = "bad_sdp",
                                          .message = "rtcp-mux is required",
                                          .line = 12,
                                          .attribute = "rtcp-mux",
                                          .mid = "1"}};
  bed_events_of()->answer(bed->assembly, 1, offer_at(bed, 1)->request, &refusal);
  reply = page_expected(page, "!bad_sdp", id); /* what to change, and where */
  g_assert_cmpint(json_integer_value(json_object_get(reply, "line")), ==, 12);
  g_assert_cmpstr(text_at(reply, "attribute"), ==, "rtcp-mux");
  g_assert_cmpstr(text_at(reply, "mid"), ==, "1");
  json_decref(reply);
  g_assert_cmpuint(offer_at(bed, 1)->peer, ==, 1);

  /* Which PeerConnection an offer is of is the engine's to say: the peer stays the same. */
  id = page_send(page, "{s:s, s:s, s:s, s:{}}", "t", "offer", "connection", "tab-2", "sdp", SDP,
                 "sources");
  g_assert_cmpuint(offer_at(bed, 2)->peer, ==, 1);
  g_assert_cmpstr(offer_at(bed, 2)->connection, ==, "tab-2");
  answer(bed, offer_at(bed, 2), true);
  json_decref(page_expected(page, "answer", id));

  for (unsigned i = 0; i < 8; i++)
    offer(page, SDP);
  page_expect(page, "!too_fast", "{s:s, s:s, s:{}}", "t", "offer", "sdp", SDP, "sources");
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  g_assert_true(bed_called(bed, "peer_mute 1 0 0"));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "screen", 1);
  g_assert_nonnull(strstr(bed->calls->str, "peer_mute 1 3 0\n")); /* with its sound */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  g_assert_true(bed_called(bed, "peer_close 1"));
  page_free(page);
  bed_free(bed);
}

/* A room with more participants than one engine takes goes on another one as well. */
static void test_spread(void) {
  Bed *bed = bed_new_on(5, 2, 2);
  bed_open(bed);
  Page *pages[5];
  for (unsigned i = 0; i < 5; i++) {
    pages[i] = bed_join(bed, person(bed, i));
    offer(pages[i], SDP);
    if (i == 1)
      g_assert_null(strstr(bed->calls->str, "room_link"));
  }
  static const char *const calls[] = {"peer_open 1 1\n",       "peer_open 1 2\n",
                                      "peer_open 1 3 there\n", "peer_open 1 4 there\n",
                                      "peer_open 1 5\n",       "room_link 0 1 1\n"};
  for (unsigned i = 0; i < G_N_ELEMENTS(calls); i++)
    g_assert_nonnull(strstr(bed->calls->str, calls[i]));
  g_string_truncate(bed->calls, 0);

  Page *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s, s:s}", "t", "floor", "pid", pages[3]->pid);
  g_assert_nonnull(strstr(bed->calls->str, "room_floor 1 4\n"));
  g_assert_true(bed_called(bed, "room_floor 1 4 there"));

  page_expect(pages[2], "bye", "{s:s}", "t", "leave"); /* there is room for one again there */
  Page *again = bed_join(bed, person(bed, 2));
  offer(again, SDP);
  g_assert_true(bed_called(bed, "peer_open 1 6 there"));
  page_expect(host, "ok", "{s:s}", "t", "end");
  for (unsigned i = 0; i < 5; i++)
    page_free(pages[i]);
  page_free(again);
  page_free(host);
  bed_settle(bed);
  g_assert_nonnull(strstr(bed->calls->str, "room_close 1\n"));
  g_assert_nonnull(strstr(bed->calls->str, "room_close 1 there\n"));
  bed_free(bed);
}

static void test_slots(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  offer(one, SDP);
  offer(two, SDP);
  const EngineEvents *events = bed_events_of();
  page_forget(one);
  events->slot(bed->assembly, 1, "v0", 2, SOURCE_CAMERA);
  events->slot(bed->assembly, 1, "a2", 2, SOURCE_MIC);
  events->slot(bed->assembly, 1, "v0", 0, SOURCE_CAMERA);
  events->slot(bed->assembly, 1, "v0", 2, SOURCE_CAMERA);
  events->slot(bed->assembly, 1, "s0", 77, SOURCE_SCREEN); /* somebody who is gone */
  events->slot(bed->assembly, 1, "v99", 2, SOURCE_CAMERA);
  events->slot(bed->assembly, 1, "", 2, SOURCE_CAMERA);
  events->slot(bed->assembly, 99, "v0", 2, SOURCE_CAMERA);
  json_t *slots = page_wait(one, "slots"); /* all in one, in the next turn */
  json_t *set = json_object_get(slots, "set");
  g_assert_cmpuint(json_object_size(set), ==, 3);
  g_assert_cmpstr(text_at(set, "v0.pid"), ==, two->pid);
  g_assert_cmpstr(text_at(set, "v0.source"), ==, "camera");
  g_assert_cmpstr(text_at(set, "v0.name"), ==, "委员 Member 1");
  g_assert_cmpstr(text_at(set, "a2.source"), ==, "mic");
  g_assert_true(json_is_null(json_object_get(set, "s0")));
  json_decref(slots);
  bed_settle(bed);
  g_assert_null(page_take(one, "slots"));

  /* What changed while away is told after the resume. */
  g_autofree char *session = g_strdup(one->session);
  page_free(one);
  events->slot(bed->assembly, 1, "v0", 0, SOURCE_CAMERA);
  bed_settle(bed);
  one = page_new(bed);
  page_expect(one, "welcome", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", session, "device",
              "desktop", "client", "");
  slots = page_wait(one, "slots");
  set = json_object_get(slots, "set");
  g_assert_true(json_is_null(json_object_get(set, "v0")));
  g_assert_cmpstr(text_at(set, "a2.pid"), ==, two->pid);
  json_decref(slots);

  /* A reloaded page has another PeerConnection: its slots begin empty. An offer of before the
   * reload is nobody's, though it may have the number of a later one. */
  page_forget(one);
  int id = offer(one, SDP);
  answer(bed, offer_at(bed, 0), false);
  g_assert_null(page_take(one, "answer"));
  answer(bed, offer_at(bed, 2), true);
  json_decref(page_expected(one, "answer", id));
  slots = page_wait(one, "slots");
  g_assert_true(json_is_null(json_object_get(json_object_get(slots, "set"), "a2")));
  json_decref(slots);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* What the engine says of the media, told to the one client that it is about, and again after a
 * resume; a new PeerConnection knows nothing yet. */
static void test_demand_and_downlink(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  const EngineEvents *events = bed_events_of();
  offer(one, SDP);
  offer(two, SDP);
  const char layers[][17] = {"l", "h"};
  events->demand(bed->assembly, 1, SOURCE_CAMERA, layers, 2);
  events->downlink(bed->assembly, 1, 900000, 1500000);
  events->downlink(bed->assembly, 1, 700000, 1500000);
  events->downlink(bed->assembly, 99, 1, 1);
  for (unsigned i = 0; i < 2; i++) {
    json_t *message = page_wait(one, "downlink");
    g_assert_cmpint(json_integer_value(json_object_get(message, "bps")), ==, i ? 700000 : 900000);
    g_assert_cmpint(json_integer_value(json_object_get(message, "wanted_bps")), ==, 1500000);
    json_decref(message);
  }
  json_decref(page_wait(one, "demand"));
  bed_settle(bed);
  g_assert_null(page_take(two, "downlink"));
  g_assert_null(page_take(two, "demand"));

  g_autofree char *session = g_strdup(one->session);
  page_free(one);
  events->downlink(bed->assembly, 1, 300000, 1500000);
  one = page_new(bed);
  page_expect(one, "welcome", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", session, "device",
              "desktop", "client", "");
  json_t *message = page_wait(one, "downlink");
  g_assert_cmpint(json_integer_value(json_object_get(message, "bps")), ==, 300000);
  json_decref(message);
  message = page_wait(one, "demand");
  g_assert_cmpuint(json_array_size(json_object_get(message, "layers")), ==, 2);
  json_decref(message);

  offer(one, SDP);
  answer(bed, offer_at(bed, 2), true);
  page_free(one);
  one = page_new(bed);
  page_expect(one, "welcome", "{s:s, s:s, s:s, s:s}", "t", "resume", "session", session, "device",
              "desktop", "client", "");
  bed_settle(bed);
  g_assert_null(page_take(one, "downlink"));
  g_assert_null(page_take(one, "demand"));
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_view(void) {
  Bed *bed = bed_new(3);
  bed_open(bed);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  Page *three = bed_join(bed, person(bed, 2));
  offer(one, SDP);
  offer(two, SDP);
  bed_settle(bed);
  g_string_truncate(bed->calls, 0);
  page_expect(one, "ok", "{s:s, s:[{s:s, s:i, s:i}, {s:s, s:i, s:i}, {s:s, s:i, s:i}]}", "t",
              "view", "want", "pid", three->pid, "w", 640, "h", 360, "pid", two->pid, "w", 320, "h",
              180, "pid", two->pid, "w", 320, "h", 180);
  bed_settle(bed);
  g_assert_true(bed_called(bed, "peer_view 1: 2:320x180")); /* the third has no media yet */
  offer(three, SDP);
  bed_settle(bed);
  g_assert_true(bed_called(bed, "peer_view 1: 3:640x360 2:320x180"));
  page_free(one);
  page_free(two);
  page_free(three);
  bed_free(bed);
}

static void test_speaker_and_levels(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  const EngineEvents *events = bed_events_of();
  offer(one, SDP);
  offer(two, SDP);
  events->speaker(bed->assembly, 1, 2);
  json_t *speaker = page_wait(one, "speaker");
  g_assert_cmpstr(text_at(speaker, "pid"), ==, two->pid);
  json_decref(speaker);
  events->speaker(bed->assembly, 1, 0);
  speaker = page_wait(one, "speaker");
  g_assert_true(json_is_null(json_object_get(speaker, "pid")));
  json_decref(speaker);
  const uint32_t peers[] = {2, 99};
  const uint8_t levels[] = {90, 10};
  events->levels(bed->assembly, 1, peers, levels, 2);
  events->levels(bed->assembly, 1, peers, levels, 2); /* too soon */
  json_t *message = page_wait(one, "levels");
  json_t *by_pid = json_object_get(message, "levels");
  g_assert_cmpuint(json_object_size(by_pid), ==, 1);
  g_assert_cmpint(json_integer_value(json_object_get(by_pid, two->pid)), ==, 90);
  json_decref(message);
  g_assert_null(page_take(one, "levels"));
  events->state(bed->assembly, 1, PEER_LOST, "");
  events->state(bed->assembly, 1, PEER_CLOSED, "srtp_profile");
  message = page_wait(one, "media_state");
  g_assert_cmpstr(text_at(message, "state"), ==, "lost");
  g_assert_null(json_object_get(message, "reason"));
  json_decref(message);
  message = page_wait(one, "media_state");
  g_assert_cmpstr(text_at(message, "state"), ==, "closed");
  g_assert_cmpstr(text_at(message, "reason"), ==, "srtp_profile");
  json_decref(message);
  g_assert_null(page_take(one, "media_state"));
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_tracks(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host);
  const EngineEvents *events = bed_events_of();
  offer(host, SDP);
  events->track(bed->assembly, 1, 11, 1, SOURCE_MIC, true);
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  g_assert_cmpuint(bed_recorder_tracks(bed), ==, 1); /* the one that flowed before */
  events->track(bed->assembly, 1, 12, 1, SOURCE_SCREEN, true);
  events->track(bed->assembly, 1, 12, 1, SOURCE_SCREEN, true);
  g_assert_cmpuint(bed_recorder_tracks(bed), ==, 2);
  events->heard(bed->assembly, 1, 11, 1, true);
  events->shown(bed->assembly, 1, 12, 1, true);
  events->heard(bed->assembly, 1, 99, 1, true);
  page_expect(host, "bye", "{s:s}", "t", "leave");
  events->heard(bed->assembly, 1, 11, 1, false); /* its publisher is gone */
  events->track(bed->assembly, 1, 12, 1, SOURCE_SCREEN, false);
  events->tap_closed(bed->assembly, 1, 3);
  g_assert_cmpint(bed_events(bed, "heard"), ==, 2);
  g_assert_cmpint(bed_events(bed, "shown"), ==, 1);
  g_assert_cmpint(bed_events(bed, "screen"), ==, 2);
  g_assert_cmpint(bed_number(bed,
                             "select count(*) from meeting_event where kind = 'heard'"
                             " and person = '%s'",
                             bed->host),
                  ==, 2);
  page_free(host);
  bed_free(bed);
}

/* What the log has the beginning of it has the end of, when everybody is sent home. */
static void test_log_ends(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  const EngineEvents *events = bed_events_of();
  offer(host, SDP);
  events->track(bed->assembly, 1, 11, 1, SOURCE_MIC, true);
  events->track(bed->assembly, 1, 12, 1, SOURCE_SCREEN, true);
  events->heard(bed->assembly, 1, 11, 1, true);
  events->shown(bed->assembly, 1, 12, 1, true);
  page_expect(host, "ok", "{s:s}", "t", "end");
  bed_settle(bed);
  events->track(bed->assembly, 1, 12, 1, SOURCE_SCREEN, false); /* the engine says so later */
  static const char *const kinds[] = {"heard", "shown", "screen"};
  for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
    g_assert_cmpint(bed_number(bed,
                               "select json_extract(data, '$.on') = 0 and count(*) = 1 from"
                               " (select * from meeting_event where kind = '%s'"
                               "  order by seq desc limit 1)",
                               kinds[i]),
                    ==, 1);
  g_assert_cmpint(bed_number(bed, "select count(*) from meeting_event where kind = 'left'"
                                  " and json_extract(data, '$.reason') = 'ended'"),
                  ==, 2);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/media/offer", test_offer);
  g_test_add_func("/media/spread", test_spread);
  g_test_add_func("/media/slots", test_slots);
  g_test_add_func("/media/demand-and-downlink", test_demand_and_downlink);
  g_test_add_func("/media/view", test_view);
  g_test_add_func("/media/speaker-and-levels", test_speaker_and_levels);
  g_test_add_func("/media/tracks", test_tracks);
  g_test_add_func("/media/log-ends", test_log_ends);
  return g_test_run();
}
