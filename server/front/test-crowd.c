/* Media, roster and chat: what many see of each other, and what it costs. */
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

static void answer(Bed *bed, const BedOffer *to) {
  const EngineSlotName slots[] = {{"3", "a0"}, {"6", "v0"}};
  bed_events_of()->answer(bed->assembly, to->peer, to->request, "v=0\r\n", slots, 2, NULL, NULL);
}

static void test_offer(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *page = bed_join(bed, person(bed, 0));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "camera", 1);
  page_expect(page, "!bad_sdp", "{s:s, s:s, s:{}}", "t", "offer", "sdp", "v=0", "sources");
  g_assert_cmpuint(bed->offers->len, ==, 0);
  int id = offer(page, SDP);
  BedOffer *first = offer_at(bed, 0);
  g_assert_cmpuint(first->source_count, ==, 2);
  g_assert_cmpstr(first->sdp, ==, SDP);
  g_assert_nonnull(strstr(bed->calls->str, "peer_open 1 1\n"));
  g_assert_nonnull(strstr(bed->calls->str, "peer_mute 1 0 1\n")); /* mic is off */
  g_assert_true(bed_called(bed, "peer_mute 1 1 0"));              /* camera is on */
  answer(bed, first);
  json_t *reply = page_expected(page, "answer", id);
  g_assert_cmpstr(text_at(reply, "sdp"), ==, "v=0\r\n");
  g_assert_cmpstr(text_at(reply, "slots.6"), ==, "v0");
  json_decref(reply);
  answer(bed, first); /* twice: nobody waits */
  g_assert_null(page_take(page, "answer"));

  id = offer(page, SDP "a=more\r\n");
  bed_events_of()->answer(bed->assembly, 1, (uint32_t)id, NULL, NULL, 0, "no_media", "nothing");
  json_decref(page_expected(page, "!no_media", id));
  g_assert_cmpuint(offer_at(bed, 1)->peer, ==, 1); /* the same PeerConnection */

  id = offer(page, "v=0\r\na=fingerprint:sha-256 BB:02\r\n"); /* the page was reloaded */
  g_assert_cmpuint(offer_at(bed, 2)->peer, ==, 2);
  g_assert_true(bed_called(bed, "peer_close 1"));
  answer(bed, offer_at(bed, 2));
  json_decref(page_expected(page, "answer", id));

  for (unsigned i = 0; i < 8; i++)
    offer(page, "v=0\r\na=fingerprint:sha-256 BB:02\r\n");
  page_expect(page, "!too_fast", "{s:s, s:s, s:{}}", "t", "offer", "sdp",
              "v=0\r\na=fingerprint:sha-256 BB:02\r\n", "sources");
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  g_assert_true(bed_called(bed, "peer_mute 2 0 0"));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "screen", 1);
  g_assert_nonnull(strstr(bed->calls->str, "peer_mute 2 3 0\n")); /* with its sound */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  g_assert_true(bed_called(bed, "peer_close 2"));
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

  /* A reloaded page has another PeerConnection: its slots begin empty. */
  page_forget(one);
  offer(one, "v=0\r\na=fingerprint:sha-256 BB:02\r\n");
  slots = page_wait(one, "slots");
  g_assert_true(json_is_null(json_object_get(json_object_get(slots, "set"), "a2")));
  json_decref(slots);
  answer(bed, offer_at(bed, 0)); /* of the connection that is gone */
  g_assert_null(page_take(one, "answer"));
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

  offer(one, "v=0\r\na=fingerprint:sha-256 BB:02\r\n");
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
  events->state(bed->assembly, 1, PEER_LOST);
  events->state(bed->assembly, 1, PEER_CLOSED);
  message = page_wait(one, "media_state");
  g_assert_cmpstr(text_at(message, "state"), ==, "lost");
  json_decref(message);
  message = page_wait(one, "media_state");
  g_assert_cmpstr(text_at(message, "state"), ==, "closed");
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

static void test_chat(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  int id = page_send(one, "{s:s, s:s}", "t", "chat", "text", "你好 <b>");
  json_t *ok = page_expected(one, "ok", id);
  json_t *got = page_wait(two, "chat");
  g_assert_true(json_equal(json_object_get(ok, "chat"), json_object_get(got, "chat")));
  g_assert_cmpstr(text_at(got, "chat.text"), ==, "你好 <b>");
  g_assert_cmpstr(text_at(got, "chat.pid"), ==, one->pid);
  g_assert_null(page_take(one, "chat")); /* has it in ok */
  json_decref(ok);
  json_decref(got);
  /* Lines as Windows ends them; what can be seen but not kept is shown to nobody. */
  ok = page_expected(one, "ok", page_send(one, "{s:s, s:s}", "t", "chat", "text", "a\r\nb"));
  g_assert_cmpstr(text_at(ok, "chat.text"), ==, "a\nb");
  json_decref(ok);
  page_forget(two);
  page_expect(one, "!bad_message", "{s:s, s:s}", "t", "chat", "text", "\x1b[31m");
  g_assert_null(page_take(two, "chat"));
  for (unsigned i = 0; i < 60; i++) {
    bed_pass(bed, 1000);
    page_expect(one, "ok", "{s:s, s:s}", "t", "chat", "text", "x");
    page_expect(two, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  }
  page_free(two);
  two = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 1));
  json_t *welcome = page_expected(two, "welcome",
                                  page_send(two, "{s:s, s:s, s:s, s:s}", "t", "hello", "token",
                                            token, "device", "other", "client", ""));
  g_assert_cmpuint(json_array_size(json_object_get(welcome, "chat")), ==, 50);
  json_decref(welcome);
  g_assert_cmpint(bed_number(bed, "select count(*) from chat_message"), ==, 62);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_roster(void) {
  Bed *bed = bed_new(24);
  Page *pages[24];
  for (unsigned i = 0; i < 24; i++)
    pages[i] = bed_join(bed, person(bed, i));
  g_autofree char *after = g_strdup("");
  unsigned seen = 0;
  while (after) {
    json_t *page = page_expected(
        pages[0], "roster",
        page_send(pages[0], "{s:s, s:s, s:i}", "t", "roster", "after", after, "limit", 7));
    g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 24);
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), index, item) {
      g_assert_cmpstr(text_at(item, "pid"), >, after);
      g_free(after);
      after = g_strdup(text_at(item, "pid"));
      seen++;
    }
    if (!text_at(page, "next"))
      g_clear_pointer(&after, g_free);
    else
      g_assert_cmpstr(text_at(page, "next"), ==, after);
    json_decref(page);
  }
  g_assert_cmpuint(seen, ==, 24);
  json_t *found = page_expected(
      pages[0], "roster", page_send(pages[0], "{s:s, s:s}", "t", "roster", "search", "mEMBER 2"));
  g_assert_cmpint(json_integer_value(json_object_get(found, "total")), ==, 5); /* 2, 20…23 */
  json_decref(found);
  found = page_expected(pages[0], "roster",
                        page_send(pages[0], "{s:s, s:s}", "t", "roster", "search", "委员"));
  g_assert_cmpint(json_integer_value(json_object_get(found, "total")), ==, 24);
  json_decref(found);
  for (unsigned i = 0; i < 24; i++)
    page_free(pages[i]);
  bed_free(bed);
}

/* Changes of one person within a quarter of a second are one item of one delta. */
static void test_delta(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  page_forget(one);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  page_expect(two, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 0);
  bed_pass(bed, 250);
  json_t *delta = page_wait(one, "roster_delta");
  int64_t rev = json_integer_value(json_object_get(delta, "rev"));
  json_t *changed = json_object_get(delta, "changed");
  g_assert_cmpuint(json_array_size(changed), ==, 1);
  g_assert_true(json_is_true(json_object_get(json_array_get(changed, 0), "mic")));
  g_assert_true(json_is_false(json_object_get(json_array_get(changed, 0), "hand")));
  g_assert_true(json_is_false(json_object_get(delta, "partial")));
  json_decref(delta);
  unsigned deltas = 0;
  for (unsigned i = 0; i < 8; i++) { /* a second, two changes each tick */
    page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", i % 2 == 0);
    page_expect(two, "ok", "{s:s, s:b}", "t", "media", "mic", i % 2);
    bed_pass(bed, 125);
  }
  while ((delta = page_take(one, "roster_delta"))) {
    deltas++;
    g_assert_cmpint(json_integer_value(json_object_get(delta, "rev")), ==, rev + deltas);
    json_decref(delta);
  }
  g_assert_cmpuint(deltas, ==, 4);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static unsigned count_since(Page *page, int64_t since, int64_t total, int64_t *rev) {
  json_t *got = page_expected(
      page, "roster", page_send(page, "{s:s, s:I}", "t", "roster", "since", (json_int_t)since));
  unsigned count = (unsigned)json_array_size(json_object_get(got, "items"));
  g_assert_cmpint(json_integer_value(json_object_get(got, "total")), ==, total);
  *rev = json_integer_value(json_object_get(got, "rev"));
  json_decref(got);
  return count;
}

/* After a partial delta only what is newer needs to be asked for. */
static void test_since(void) {
  Bed *bed = bed_new(3);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  int64_t rev, later;
  g_assert_cmpuint(count_since(one, 0, 2, &rev), ==, 2);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 0);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 1); /* before any delta told it */
  g_assert_cmpint(later, ==, rev);
  bed_pass(bed, 1000);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 1);
  g_assert_cmpint(later, ==, rev + 1);
  g_assert_cmpuint(count_since(one, later, 2, &rev), ==, 0);
  Page *three = bed_join(bed, person(bed, 2));
  bed_pass(bed, 1000);
  g_assert_cmpuint(count_since(one, later, 3, &rev), ==, 1);
  page_free(one);
  page_free(two);
  page_free(three);
  bed_free(bed);
}

/* Who raised the hand first is seen by all alike. */
static void test_hand_at(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  page_forget(two);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  int64_t at_ms = bed->wall_ms;
  bed_pass(bed, 1000);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 1); /* again: keeps its place */
  json_t *delta = page_wait(two, "roster_delta");
  json_t *item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(item, "hand_at")), ==, at_ms);
  json_decref(delta);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 0);
  bed_pass(bed, 1000);
  delta = page_wait(two, "roster_delta");
  item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(item, "hand_at")), ==, 0);
  json_decref(delta);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* Each is an event that is kept for ever. */
static void test_toggling(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  unsigned taken = 0;
  for (unsigned second = 0; second < 10; second++) {
    for (unsigned i = 0; i < 15; i++) {
      json_t *reply =
          page_reply(page, i % 2 ? page_send(page, "{s:s, s:b}", "t", "hand", "up", taken % 2)
                                 : page_send(page, "{s:s, s:b}", "t", "media", "mic", taken % 2));
      const char *code = text_at(reply, "code");
      g_assert_true(!code || strcmp(code, "too_fast") == 0);
      taken += !code;
      json_decref(reply);
    }
    bed_pass(bed, 1000);
  }
  g_assert_cmpuint(taken, >=, 40 + 17);
  g_assert_cmpuint(taken, <=, 40 + 20);
  page_free(page);
  bed_free(bed);
}

/* 600 people come within a minute: what each is sent stays bounded. */
static void test_crowd(void) {
  enum { PEOPLE = 600, PER_TICK = 2 };
  Bed *bed = bed_new(PEOPLE);
  Page *pages[PEOPLE];
  uint64_t bytes = 0, messages = 0, most = 0;
  for (unsigned i = 0; i < PEOPLE; i++) {
    pages[i] = bed_join(bed, person(bed, i));
    pages[i]->quiet = true;
    page_forget(pages[i]);
    if (i % PER_TICK == PER_TICK - 1)
      bed_pass(bed, 125);
    if (i % 40 == 39) /* heartbeats, every 2.5 s */
      for (unsigned j = 0; j <= i; j++)
        page_text(pages[j], "{\"t\":\"ping\",\"id\":1,\"at\":1}");
  }
  bed_pass(bed, 1000);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, PEOPLE);
  for (unsigned i = 0; i < PEOPLE; i++) {
    bytes += pages[i]->bytes;
    messages += pages[i]->messages;
    most = MAX(most, pages[i]->bytes);
  }
  g_test_message("%u joined: %.1f MB in %u messages, at most %u KB to one", PEOPLE,
                 (double)bytes / 1e6, (unsigned)messages, (unsigned)(most / 1024));
  g_assert_cmpuint(bytes / PEOPLE, <, 64 * 1024);
  g_assert_cmpuint(messages / PEOPLE, <, 200); /* 38 s: four deltas a second at most, half of it */
  /* Everybody is muted at once: one bounded delta. */
  Page *host = bed_join(bed, bed->host);
  for (unsigned i = 0; i < PEOPLE; i++)
    page_text(pages[i], "{\"t\":\"media\",\"id\":2,\"mic\":true}");
  bed_pass(bed, 1000);
  uint64_t before = pages[0]->bytes;
  page_expect(host, "ok", "{s:s, s:n, s:s}", "t", "mute", "pid", "source", "mic");
  bed_pass(bed, 1000);
  g_assert_cmpuint(pages[0]->bytes - before, <, 32 * 1024);
  json_t *delta = NULL;
  bool partial = false;
  while ((delta = page_take(host, "roster_delta"))) {
    size_t items = json_array_size(json_object_get(delta, "changed")) +
                   json_array_size(json_object_get(delta, "joined"));
    g_assert_cmpuint(items, <=, 50);
    partial |= json_is_true(json_object_get(delta, "partial"));
    json_decref(delta);
  }
  g_assert_true(partial);
  page_free(host);
  for (unsigned i = 0; i < PEOPLE; i++)
    page_free(pages[i]);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where left_at is null"),
                  ==, 0);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/crowd/offer", test_offer);
  g_test_add_func("/crowd/spread", test_spread);
  g_test_add_func("/crowd/slots", test_slots);
  g_test_add_func("/crowd/demand-and-downlink", test_demand_and_downlink);
  g_test_add_func("/crowd/view", test_view);
  g_test_add_func("/crowd/speaker-and-levels", test_speaker_and_levels);
  g_test_add_func("/crowd/tracks", test_tracks);
  g_test_add_func("/crowd/log-ends", test_log_ends);
  g_test_add_func("/crowd/chat", test_chat);
  g_test_add_func("/crowd/roster", test_roster);
  g_test_add_func("/crowd/delta", test_delta);
  g_test_add_func("/crowd/since", test_since);
  g_test_add_func("/crowd/hand-at", test_hand_at);
  g_test_add_func("/crowd/toggling", test_toggling);
  g_test_add_func("/crowd/crowd", test_crowd);
  return g_test_run();
}
