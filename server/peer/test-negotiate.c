/* Negotiation with offers as browsers made them (tests/data/sdp), read back by our own parser. */
#include "peer/negotiate.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  MediaPlan plan;
  const char *connection;
  unsigned version;
  EngineError error;
  char *text; /* of the last answer */
  Sdp *answer;
} Session;

static Session *session_new(void) {
  return g_new0(Session, 1);
}

static void session_free(Session *session) {
  free(session->text);
  free(session->answer);
  g_free(session);
}

static char *load(const char *name) {
  g_autofree char *path = g_strdup_printf("%s/sdp/%s.sdp", TEST_DATA, name);
  char *text;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static char *replace(const char *text, const char *from, const char *to) {
  g_auto(GStrv) parts = g_strsplit(text, from, -1);
  g_assert_cmpuint(g_strv_length(parts), >, 1);
  return g_strjoinv(to, parts);
}

static Sdp *parse(const char *text) {
  SdpError error;
  Sdp *sdp = sdp_parse(text, strlen(text), &error);
  if (!sdp)
    g_error("%s", error.why);
  return sdp;
}

static bool offer(Session *session, const char *text, const EngineSource *sources, unsigned count) {
  static const char *candidates[] = {"candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host"};
  NegotiateSelf self = {.ufrag = "ufragufr",
                        .pwd = "passwordpasswordpasswordpassword",
                        .fingerprint = "AB:CD",
                        .candidates = candidates,
                        .candidate_count = 1,
                        .session = 77,
                        .version = ++session->version,
                        .video_slots_max = 25};
  Sdp *sdp = parse(text);
  free(session->text);
  free(session->answer);
  session->answer = NULL;
  session->text = negotiate(sdp, &(EngineOffer){text, session->connection, sources, count}, &self,
                            &session->plan, &session->error);
  free(sdp);
  if (!session->text)
    return false;
  session->answer = parse(session->text);
  return true;
}

static const EngineSource camera_and_mic[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}};

static void test_meeting(gconstpointer browser) {
  g_autofree char *name = g_strdup_printf("%s-meeting", (const char *)browser);
  g_autofree char *text = load(name);
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  const MediaPlan *plan = &s->plan;
  const Sdp *answer = s->answer;
  g_assert_cmpuint(plan->video_slots, ==, 9);
  g_assert_cmpuint(answer->media_count, ==, 15);
  g_assert_true(answer->bundle);
  g_assert_true(answer->ice_lite);
  const char *names[] = {"",   "",   "a0", "a1", "a2", "v0", "v1", "v2",
                         "v3", "v4", "v5", "v6", "v7", "v8", "s0"};
  GHashTable *ssrcs = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (unsigned i = 0; i < 15; i++) {
    const SdpMedia *media = &answer->media[i];
    const PlanMedia *planned = &plan->media[i];
    g_assert_cmpstr(planned->name, ==, names[i]);
    g_assert_cmpint(media->direction, ==, i < 2 ? SDP_RECVONLY : SDP_SENDONLY);
    g_assert_true(media->rtcp_mux);
    g_assert_cmpstr(media->ice_ufrag, ==, "ufragufr");
    g_assert_cmpstr(media->setup, ==, "passive");
    g_assert_cmpstr(media->fingerprint_hash, ==, "sha-256");
    g_assert_cmpuint(media->codecs[0].payload_type, ==, planned->payload_type);
    g_assert_true(media->kind == SDP_VIDEO ? media->codecs[0].nack_pli && media->codecs[0].nack
                                           : strcmp(media->codecs[0].name, "opus") == 0);
    if (i >= 2) {
      g_assert_cmpuint(planned->slot, ==, i - 2);
      g_assert_true(g_hash_table_add(ssrcs, GUINT_TO_POINTER(planned->ssrc)));
      g_assert_cmpuint(media->ssrcs[0], ==, planned->ssrc);
      g_assert_true(media->codecs[0].transport_cc == (planned->twcc_extension != 0));
      g_assert_true(media->kind != SDP_VIDEO || planned->twcc_extension != 0);
      g_assert_false(media->codecs[0].goog_remb);
    }
    if (i >= 2 && media->kind == SDP_VIDEO) {
      g_assert_cmpuint(planned->rtx_payload_type, !=, 0);
      g_assert_true(g_hash_table_add(ssrcs, GUINT_TO_POINTER(planned->rtx_ssrc)));
      g_assert_cmpuint(media->codec_count, ==, 2);
      g_assert_cmpuint(media->codecs[1].apt, ==, planned->payload_type);
    }
  }
  g_hash_table_unref(ssrcs);
  g_assert_cmpint(plan->media[0].source, ==, SOURCE_MIC);
  g_assert_cmpuint(plan->media[0].level_extension, !=, 0);
  g_assert_cmpuint(plan->media[1].twcc_extension, !=, 0);
  g_assert_cmpuint(plan->media[1].mid_extension, !=, 0);
  /* Offering rids, Chromium names no SSRC: only the mid extension tells. */
  g_assert_true((plan->media[1].remote_ssrc[0] != 0) == (strcmp(browser, "firefox") == 0));
  g_assert_cmpuint(plan->media[1].rid_count, ==, 3);
  g_assert_cmpstr(plan->media[1].rids[0], ==, "l");
  g_assert_nonnull(strstr(s->text, "a=rid:h recv\r\n"));
  g_assert_nonnull(strstr(s->text, "a=simulcast:recv l;m;h\r\n"));
  g_assert_true(answer->media[1].codecs[0].transport_cc && answer->media[1].codecs[0].ccm_fir);
  g_assert_nonnull(strstr(s->text, "a=msid:slot-v3 slot-v3\r\n"));
  g_assert_nonnull(strstr(s->text, "useinbandfec=1"));
  g_assert_null(strstr(s->text, "goog-remb"));
  /* Candidates once: the m-lines are bundled. */
  g_assert_true(strstr(s->text, "a=candidate") == g_strrstr(s->text, "a=candidate"));
  session_free(s);
}

/* Who offers no transport-wide numbers is asked to say what its way carries. */
static void test_remb(void) {
  g_autofree char *with = load("chromium-meeting");
  g_auto(GStrv) parts = g_strsplit(with, " transport-cc\r\n", -1);
  g_autofree char *text = g_strjoinv(" x-nothing\r\n", parts);
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  unsigned slots = 0;
  for (unsigned i = 0; i < s->plan.media_count; i++) {
    const PlanMedia *media = &s->plan.media[i];
    if (media->use != PLAN_SLOT || media->kind != SDP_VIDEO)
      continue;
    g_assert_cmpuint(media->twcc_extension, ==, 0);
    g_assert_true(media->remb);
    slots++;
  }
  g_assert_cmpuint(slots, >, 0);
  g_assert_nonnull(strstr(s->text, "goog-remb\r\n"));
  session_free(s);
}

/* Redundant audio is answered where it is offered: first, which is what is sent, where the client
 * sends; second where it receives. */
static void test_red(void) {
  g_autofree char *with = load("chromium-meeting");
  g_auto(GStrv) lines = g_strsplit(with, "UDP/TLS/RTP/SAVPF 111\r\n", -1);
  g_autofree char *named = g_strjoinv("UDP/TLS/RTP/SAVPF 111 63\r\n", lines);
  g_auto(GStrv) parts = g_strsplit(named, "a=rtpmap:111 opus/48000/2\r\n", -1);
  g_autofree char *text = g_strjoinv(
      "a=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n", parts);
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  for (unsigned i = 0; i < s->plan.media_count; i++) {
    const PlanMedia *planned = &s->plan.media[i];
    const SdpMedia *media = &s->answer->media[i];
    bool audio = media->kind == SDP_AUDIO;
    g_assert_cmpuint(planned->red_payload_type, ==, audio ? 63 : 0);
    if (!audio)
      continue;
    bool sends = planned->use == PLAN_UPLINK;
    g_assert_cmpuint(media->codec_count, ==, 2);
    g_assert_cmpuint(media->codecs[sends ? 0 : 1].payload_type, ==, 63);
    g_assert_cmpstr(media->codecs[sends ? 0 : 1].name, ==, "red");
    g_assert_cmpuint(media->codecs[sends ? 1 : 0].payload_type, ==, 111);
  }
  g_assert_nonnull(strstr(s->text, "a=fmtp:63 111/111\r\n"));
  session_free(s);
}

static void test_later_offers(void) {
  g_autofree char *text = load("chromium-meeting");
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  MediaPlan *before = g_memdup2(&s->plan, sizeof s->plan);

  /* ICE restart: nothing else changes. */
  g_autofree char *restart = replace(text, "a=ice-ufrag:GKqr", "a=ice-ufrag:NEWu");
  Sdp *restarted = parse(restart), *same = parse(text);
  g_assert_false(negotiate_is_new(restarted, NULL, before));
  g_assert_true(negotiate_restarts_ice(restarted, before));
  g_assert_false(negotiate_restarts_ice(same, before));
  free(restarted);
  free(same);
  g_assert_true(offer(s, restart, camera_and_mic, 2));
  g_assert_cmpmem(s->plan.media, sizeof before->media, before->media, sizeof before->media);

  /* A screen is added: a copy of the camera's m-line with a mid of its own. */
  const char *camera = strstr(text, "m=video"), *end = strstr(camera, "m=audio");
  g_autofree char *section = g_strndup(camera, (size_t)(end - camera));
  g_autofree char *screen = replace(section, "a=mid:1\r\n", "a=mid:15\r\n");
  g_autofree char *bundled = replace(text, " 13 14\r\n", " 13 14 15\r\n");
  g_autofree char *more = g_strconcat(bundled, screen, NULL);
  EngineSource three[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}, {"15", SOURCE_SCREEN}};
  g_assert_true(offer(s, more, three, 3));
  g_assert_cmpmem(s->plan.media, 15 * sizeof(PlanMedia), before->media, 15 * sizeof(PlanMedia));
  g_assert_cmpint(s->plan.media[15].use, ==, PLAN_UPLINK);
  g_assert_cmpint(s->plan.media[15].source, ==, SOURCE_SCREEN);
  g_assert_cmpint(s->answer->media[15].direction, ==, SDP_RECVONLY);

  /* The screen ends. */
  g_autofree char *stopped = replace(screen, "a=sendonly", "a=inactive");
  g_autofree char *less = g_strconcat(bundled, stopped, NULL);
  g_assert_true(offer(s, less, camera_and_mic, 2));
  g_assert_cmpint(s->plan.media[15].use, ==, PLAN_INACTIVE);
  g_assert_cmpint(s->answer->media[15].direction, ==, SDP_INACTIVE);

  /* A slot pauses and comes back with the same name and SSRC. */
  g_autofree char *paused = replace(more, "a=recvonly", "a=inactive");
  g_assert_true(offer(s, paused, three, 3));
  g_assert_cmpint(s->plan.media[7].use, ==, PLAN_INACTIVE);
  g_assert_true(offer(s, more, three, 3));
  g_assert_cmpmem(s->plan.media, 15 * sizeof(PlanMedia), before->media, 15 * sizeof(PlanMedia));

  /* What fails leaves the plan alone. */
  MediaPlan *kept = g_memdup2(&s->plan, sizeof s->plan);
  g_assert_false(offer(s, text, camera_and_mic, 2)); /* an m-line was removed */
  g_assert_cmpstr(s->error.code, ==, "bad_sdp");
  g_assert_cmpmem(&s->plan, sizeof *kept, kept, sizeof *kept);
  g_free(kept);
  g_free(before);
  session_free(s);
}

static void test_new_connection(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *other = load("firefox-meeting");
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  Sdp *sdp = parse(other);
  g_assert_true(negotiate_is_new(sdp, NULL, &s->plan)); /* another certificate */
  free(sdp);
  session_free(s);
}

/* One certificate for two connections: what the client calls them, tls-id or an o= line beside
 * m-lines that do not fit tell them apart. */
static void test_same_certificate(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *restart = replace(text, "a=ice-ufrag:GKqr", "a=ice-ufrag:NEWu");
  g_autofree char *other = replace(restart, "o=- ", "o=- 9");
  g_autofree char *moved = replace(restart, "a=mid:1\r\n", "a=mid:x\r\n");
  g_autofree char *other_moved = replace(other, "a=mid:1\r\n", "a=mid:x\r\n");
  g_autofree char *same_moved = replace(text, "o=- ", "o=- 9");
  g_autofree char *tls_a = replace(text, "t=0 0\r\n", "t=0 0\r\na=tls-id:aaaaaaaaaaaaaaaaaaaa\r\n");
  g_autofree char *tls_b =
      replace(restart, "t=0 0\r\n", "t=0 0\r\na=tls-id:bbbbbbbbbbbbbbbbbbbb\r\n");
  const struct {
    const char *first, *first_name, *next, *next_name;
    bool is_new;
  } cases[] = {
      {text, NULL, text, NULL, false},       {text, NULL, restart, NULL, false},
      {text, NULL, other, NULL, false},      /* aiortc, werift: a restart, or not */
      {text, NULL, moved, NULL, false},      /* the same session: to be refused */
      {text, NULL, same_moved, NULL, false}, /* the same credentials */
      {text, NULL, other_moved, NULL, true}, {text, "a", other_moved, "a", false},
      {text, "a", restart, "b", true},       {text, "a", restart, NULL, false},
      {text, NULL, restart, "b", false},     {tls_a, NULL, tls_a, NULL, false},
      {tls_a, NULL, tls_b, NULL, true},      {tls_a, NULL, restart, NULL, false},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Session *s = session_new();
    s->connection = cases[i].first_name;
    g_assert_true(offer(s, cases[i].first, camera_and_mic, 2));
    Sdp *next = parse(cases[i].next);
    g_assert_cmpint(negotiate_is_new(next, cases[i].next_name, &s->plan), ==, cases[i].is_new);
    free(next);
    session_free(s);
  }
}

static void test_camera_only(gconstpointer name) {
  g_autofree char *text = load(name);
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  g_assert_false(s->plan.has_slots);
  g_assert_cmpint(s->plan.media[0].use, ==, PLAN_UPLINK);
  g_assert_cmpint(s->plan.media[1].use, ==, PLAN_UPLINK);
  g_assert_cmpuint(s->answer->media[1].rid_count, ==, 0); /* one layer: no simulcast is accepted */
  if (s->plan.media_count == 3) { /* the data channel is refused, and leaves the bundle */
    g_assert_cmpint(s->plan.media[2].use, ==, PLAN_REJECTED);
    g_assert_true(s->answer->media[2].rejected);
    g_assert_nonnull(strstr(s->text, "a=group:BUNDLE 0 1\r\n"));
  }
  session_free(s);
}

static void test_no_sources(void) {
  g_autofree char *text = load("chromium-camera");
  Session *s = session_new();
  g_assert_false(offer(s, text, NULL, 0));
  g_assert_cmpstr(s->error.code, ==, "no_media");
  session_free(s);
}

static char *section(const char *text, const char *from, const char *to) {
  const char *begin = strstr(text, from), *end = strstr(begin + 1, to);
  return g_strndup(begin, (size_t)(end - begin));
}

/* M-lines that are not ours to use are refused in the words of the offer, with what strict parsers
 * look for, and the rest is taken. */
static void test_strangers_lines(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *bundled = replace(text, " 13 14\r\n", " 13 14 t p q 77\r\n");
  g_autofree char *camera = section(text, "m=video", "m=audio");
  g_autofree char *named = replace(camera, "a=mid:1\r\n", "a=mid:p\r\n");
  g_autofree char *old = replace(named, "UDP/TLS/RTP/SAVPF 96", "TCP/DTLS/RTP/SAVPF 96");
  g_autofree char *low = replace(named, "96", "72"); /* RFC 5761: that would be RTCP */
  g_autofree char *low_named = replace(low, "a=mid:p", "a=mid:q");
  g_autofree char *more = g_strconcat(
      bundled, "m=text 9 RTP/AVP 98\r\nc=IN IP4 0.0.0.0\r\na=mid:t\r\na=rtpmap:98 t140/1000\r\n",
      old, low_named, NULL);
  EngineSource three[] = {{"0", SOURCE_MIC}, {"1", SOURCE_CAMERA}, {"p", SOURCE_SCREEN}};
  Session *s = session_new();
  g_assert_true(offer(s, more, three, 3));
  const SdpMedia *refused = &s->answer->media[15], *tcp = &s->answer->media[16];
  g_assert_true(refused->rejected && !refused->bundle_place);
  g_assert_cmpstr(refused->type, ==, "text");
  g_assert_cmpstr(refused->profile, ==, "RTP/AVP");
  g_assert_cmpstr(refused->format, ==, "98");
  g_assert_cmpstr(refused->mid, ==, "t");
  g_assert_cmpstr(refused->ice_ufrag, ==, "ufragufr");
  g_assert_cmpstr(refused->fingerprint_hash, ==, "sha-256");
  g_assert_cmpstr(refused->setup, ==, "passive");
  g_assert_false(tcp->rejected);
  g_assert_cmpstr(tcp->profile, ==, "TCP/DTLS/RTP/SAVPF");
  g_assert_cmpint(s->plan.media[16].use, ==, PLAN_UPLINK);
  g_assert_true(s->answer->media[17].rejected);
  g_assert_true(s->answer->bundle);
  session_free(s);
}

/* Only the first of a BUNDLE says how it is reached (RFC 9143 §7.1.3); what was not asked for is
 * not answered. */
static void test_transport(void) {
  g_autofree char *text = load("chromium-meeting");
  const char *second = strstr(text, "m=video");
  GString *bare = g_string_new_len(text, second - text);
  g_auto(GStrv) lines = g_strsplit(second, "\r\n", -1);
  for (unsigned i = 0; lines[i]; i++) {
    if (g_str_has_prefix(lines[i], "a=ice-") || g_str_has_prefix(lines[i], "a=fingerprint") ||
        g_str_has_prefix(lines[i], "a=setup") || g_str_has_prefix(lines[i], "a=rtcp-"))
      continue;
    if (g_str_has_prefix(lines[i], "m=video 9 "))
      g_string_append_printf(bare, "m=video 0 %s\r\na=bundle-only\r\n",
                             lines[i] + strlen("m=video 9 "));
    else
      g_string_append_printf(bare, "%s%s", lines[i], lines[i + 1] ? "\r\n" : "");
  }
  g_autofree char *plain = replace(bare->str, "a=rtcp-rsize\r\n", "");
  Session *s = session_new();
  g_assert_true(offer(s, bare->str, camera_and_mic, 2));
  g_assert_true(s->plan.reduced_rtcp);
  g_assert_nonnull(strstr(s->text, "a=rtcp-rsize"));
  g_assert_cmpint(s->plan.media[1].use, ==, PLAN_UPLINK);
  g_assert_cmpint(s->plan.media[14].use, ==, PLAN_SLOT);
  session_free(s);
  s = session_new();
  g_assert_true(offer(s, plain, camera_and_mic, 2));
  g_assert_false(s->plan.reduced_rtcp);
  g_assert_null(strstr(s->text, "a=rtcp-rsize"));
  session_free(s);
  g_string_free(bare, TRUE);

  /* The group's order tells which is the first. */
  g_autofree char *turned = replace(text, "BUNDLE 0 1 ", "BUNDLE 1 0 ");
  s = session_new();
  g_assert_true(offer(s, turned, camera_and_mic, 2));
  g_assert_nonnull(strstr(s->text, "a=group:BUNDLE 1 0 2 "));
  g_assert_true(strstr(s->text, "a=candidate") > strstr(s->text, "m=video"));
  session_free(s);

  /* A single m-line needs no group, and gets none. */
  g_autofree char *head = section(text, "v=0", "a=group");
  const char *mic_from = strstr(text, "m=audio");
  g_autofree char *mic = g_strndup(mic_from, (size_t)(second - mic_from));
  g_autofree char *single = g_strconcat(head, mic, NULL);
  s = session_new();
  g_assert_true(offer(s, single, camera_and_mic, 1));
  g_assert_null(strstr(s->text, "BUNDLE"));
  g_assert_nonnull(strstr(s->text, "a=candidate"));
  session_free(s);
}

/* Each replacement makes the offer unusable; the error says where and why. */
static void test_refused(void) {
  static const struct {
    const char *from, *to, *code, *attribute;
    unsigned line; /* 0: none, or any */
  } wrong[] = {
      {"a=group:BUNDLE 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14", "a=group:BUNDLE 0", "bad_sdp", "group",
       0},
      {"a=rtcp-mux\r\n", "", "bad_sdp", "rtcp-mux", 8},
      {"a=setup:actpass", "a=setup:passive", "bad_sdp", "setup", 8},
      {"a=ice-pwd:58iSbbp2FBhjO7kPJEiZvtV7\r\n", "", "bad_sdp", "ice-pwd", 8},
      {"a=fingerprint:", "a=x:", "bad_sdp", "fingerprint", 8},
      {"t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", "bad_sdp", "ice-lite", 0},
      {"m=", "m=x", "no_media", "m", 0},
      {"a=recvonly", "a=inactive", NULL, NULL, 0},
  };
  g_autofree char *text = load("chromium-meeting");
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *bad = replace(text, wrong[i].from, wrong[i].to);
    Session *s = session_new();
    bool taken = offer(s, bad, camera_and_mic, 2);
    g_assert_cmpint(taken, ==, wrong[i].code == NULL);
    if (!taken) {
      g_assert_cmpstr(s->error.code, ==, wrong[i].code);
      g_assert_cmpstr(s->error.attribute, ==, wrong[i].attribute);
      g_assert_true(wrong[i].line == 0 || s->error.line == wrong[i].line);
    }
    session_free(s);
  }
  /* Without Opus the pictures are left; without either nothing is. */
  g_autofree char *deaf = replace(text, "opus/48000", "lpc/48000");
  g_autofree char *blind = replace(deaf, "VP8/90000", "H261/90000");
  Session *s = session_new();
  g_assert_true(offer(s, deaf, camera_and_mic, 2));
  g_assert_true(s->answer->media[0].rejected && !s->answer->media[1].rejected);
  session_free(s);
  s = session_new();
  g_assert_false(offer(s, blind, camera_and_mic, 2));
  g_assert_cmpstr(s->error.code, ==, "no_media");
  g_assert_cmpstr(s->error.attribute, ==, "rtpmap");
  session_free(s);

  static const EngineSource crossed[] = {{"0", SOURCE_CAMERA}};
  static const EngineSource twice[] = {{"1", SOURCE_SCREEN}, {"5", SOURCE_SCREEN}};
  static const EngineSource unknown[] = {{"0", SOURCE_MIC}, {"99", SOURCE_CAMERA}};
  g_autofree char *both = replace(text, "a=recvonly", "a=sendrecv");
  s = session_new();
  g_assert_false(offer(s, text, crossed, 1));
  g_assert_cmpstr(s->error.attribute, ==, "sources");
  g_assert_cmpstr(s->error.mid, ==, "0");
  g_assert_false(offer(s, both, twice, 2));
  g_assert_cmpstr(s->error.mid, ==, "5");
  g_assert_false(offer(s, text, unknown, 2));
  g_assert_cmpstr(s->error.mid, ==, "99");
  g_assert_cmpuint(s->plan.media_count, ==, 0);
  session_free(s);
}

/* A slot is repaired from the offer on that has retransmission, on a stream that the answer names;
 * it keeps its SSRC while it has none. */
static void test_repair_later(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *without = replace(text, " rtx/90000", " x-rtx/90000");
  Session *s = session_new();
  g_assert_true(offer(s, without, camera_and_mic, 2));
  g_assert_null(strstr(s->text, "FID"));
  g_assert_true(offer(s, text, camera_and_mic, 2));
  g_autoptr(GHashTable) ssrcs = g_hash_table_new(g_direct_hash, g_direct_equal);
  for (unsigned i = 5; i < 15; i++) {
    const PlanMedia *planned = &s->plan.media[i];
    g_assert_cmpuint(planned->rtx_payload_type, !=, 0);
    g_assert_cmpuint(planned->rtx_ssrc, !=, 0);
    g_assert_true(g_hash_table_add(ssrcs, GUINT_TO_POINTER(planned->ssrc)));
    g_assert_true(g_hash_table_add(ssrcs, GUINT_TO_POINTER(planned->rtx_ssrc)));
    g_assert_cmpuint(s->answer->media[i].ssrcs[1], ==, planned->rtx_ssrc);
  }
  uint32_t before = s->plan.media[5].rtx_ssrc;
  g_assert_true(offer(s, without, camera_and_mic, 2));
  g_assert_null(strstr(s->text, "FID"));
  g_assert_cmpuint(s->answer->media[5].ssrc_count, ==, 1);
  g_assert_true(offer(s, text, camera_and_mic, 2));
  g_assert_cmpuint(s->plan.media[5].rtx_ssrc, ==, before);
  session_free(s);
}

/* The m-line with this mid; g_free it. */
static char *line_of(const char *text, const char *mid) {
  g_auto(GStrv) parts = g_strsplit(text, "m=", -1);
  g_autofree char *wanted = g_strdup_printf("\r\na=mid:%s\r\n", mid);
  for (unsigned i = 1; parts[i]; i++)
    if (strstr(parts[i], wanted))
      return g_strconcat("m=", parts[i], NULL);
  g_assert_not_reached();
}

static void expect_refused(Session *s, const char *text, const char *attribute, const char *mid) {
  MediaPlan *before = g_memdup2(&s->plan, sizeof s->plan);
  g_assert_false(offer(s, text, camera_and_mic, 2));
  g_assert_cmpstr(s->error.code, ==, "bad_sdp");
  g_assert_cmpstr(s->error.attribute, ==, attribute);
  g_assert_cmpstr(s->error.mid, ==, mid);
  g_assert_cmpuint(s->error.line, >, 0);
  g_assert_cmpmem(&s->plan, sizeof *before, before, sizeof *before);
  g_free(before);
}

/* What was sound does not become a picture, nor the other way round: a slot's row is of kinds. A
 * place that was refused is free for either. */
static void test_kind_changed(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *sound = line_of(text, "2"), *picture = line_of(text, "7");
  g_autofree char *as_picture = replace(picture, "a=mid:7\r\n", "a=mid:2\r\n");
  g_autofree char *as_sound = replace(sound, "a=mid:2\r\n", "a=mid:7\r\n");
  g_autofree char *first = replace(text, sound, as_picture);
  g_autofree char *second = replace(text, picture, as_sound);
  Session *s = session_new();
  g_assert_true(offer(s, text, camera_and_mic, 2));
  expect_refused(s, first, "m", "2");
  expect_refused(s, second, "m", "7");

  g_autofree char *none = replace(sound, "m=audio 9 ", "m=audio 0 ");
  g_autofree char *stopped = replace(text, sound, none);
  g_assert_true(offer(s, stopped, camera_and_mic, 2));
  g_assert_true(offer(s, first, camera_and_mic, 2));
  g_assert_cmpint(s->plan.media[2].kind, ==, SDP_VIDEO);
  g_assert_cmpint(s->plan.media[2].use, ==, PLAN_INACTIVE); /* and no slot of before */
  g_assert_cmpint(s->answer->media[2].direction, ==, SDP_INACTIVE);
  session_free(s);
}

/* Another payload type everywhere in the m-line; g_free it. */
static char *renumbered(const char *line, unsigned from, unsigned to) {
  static const char *const around[][2] = {{" ", " "}, {":", " "}, {"=", "\r\n"}};
  char *text = g_strdup(line);
  for (unsigned i = 0; i < G_N_ELEMENTS(around); i++) {
    g_autofree char *before = text;
    g_autofree char *was = g_strdup_printf("%s%u%s", around[i][0], from, around[i][1]);
    g_autofree char *is = g_strdup_printf("%s%u%s", around[i][0], to, around[i][1]);
    g_auto(GStrv) parts = g_strsplit(before, was, -1);
    text = g_strjoinv(is, parts);
  }
  return text;
}

/* In one transport a payload type says what a packet is (RFC 9143 §9.1.1): it cannot say two
 * things.
 */
static void test_payload_types(void) {
  g_autofree char *text = load("chromium-meeting");
  g_autofree char *camera = line_of(text, "1"), *slot = line_of(text, "7");
  g_autofree char *as_opus = renumbered(camera, 96, 111);
  g_autofree char *as_repair = renumbered(slot, 96, 20);
  g_autofree char *turned = renumbered(as_repair, 97, 96);
  g_autofree char *repair = renumbered(turned, 20, 97); /* VP8 as 97, its repair as 96 */
  const struct {
    const char *from, *to, *mid;
  } colliding[] = {{camera, as_opus, "1"}, {slot, repair, "7"}, {slot, as_repair, "7"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(colliding); i++) {
    g_autofree char *bad = replace(text, colliding[i].from, colliding[i].to);
    Session *s = session_new();
    expect_refused(s, bad, "rtpmap", colliding[i].mid);
    g_assert_true(offer(s, text, camera_and_mic, 2));
    expect_refused(s, bad, "rtpmap", colliding[i].mid);
    session_free(s);
  }
}

static void test_slots_are_bounded(void) {
  g_autofree char *text = load("chromium-meeting");
  Sdp *sdp = parse(text);
  MediaPlan *plan = g_new0(MediaPlan, 1);
  EngineError error;
  NegotiateSelf self = {.ufrag = "u", .pwd = "p", .fingerprint = "AB", .video_slots_max = 4};
  char *answer = negotiate(sdp, &(EngineOffer){text, NULL, camera_and_mic, 2}, &self, plan, &error);
  g_assert_nonnull(answer);
  g_assert_cmpuint(plan->video_slots, ==, 4);
  g_assert_cmpint(plan->media[8].use, ==, PLAN_SLOT);     /* v3 */
  g_assert_cmpint(plan->media[9].use, ==, PLAN_INACTIVE); /* would be v4 */
  g_assert_cmpstr(plan->media[14].name, ==, "s0");
  g_assert_cmpuint(plan->media[14].slot, ==, AUDIO_SLOTS + 4);
  free(answer);
  free(sdp);
  g_free(plan);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/peer/negotiate/chromium", "chromium", test_meeting);
  g_test_add_data_func("/peer/negotiate/firefox", "firefox", test_meeting);
  g_test_add_func("/peer/negotiate/later-offers", test_later_offers);
  g_test_add_func("/peer/negotiate/remb", test_remb);
  g_test_add_func("/peer/negotiate/red", test_red);
  g_test_add_func("/peer/negotiate/new-connection", test_new_connection);
  g_test_add_func("/peer/negotiate/same-certificate", test_same_certificate);
  g_test_add_func("/peer/negotiate/strangers-lines", test_strangers_lines);
  g_test_add_func("/peer/negotiate/transport", test_transport);
  static const char *const cameras[] = {"chromium-camera",   "firefox-camera", "chromium-simulcast",
                                        "firefox-simulcast", "chromium-data",  "firefox-data"};
  for (unsigned i = 0; i < G_N_ELEMENTS(cameras); i++) {
    g_autofree char *name = g_strdup_printf("/peer/negotiate/%s", cameras[i]);
    g_test_add_data_func(name, cameras[i], test_camera_only);
  }
  g_test_add_func("/peer/negotiate/no-sources", test_no_sources);
  g_test_add_func("/peer/negotiate/refused", test_refused);
  g_test_add_func("/peer/negotiate/repair-later", test_repair_later);
  g_test_add_func("/peer/negotiate/kind-changed", test_kind_changed);
  g_test_add_func("/peer/negotiate/payload-types", test_payload_types);
  g_test_add_func("/peer/negotiate/slots-are-bounded", test_slots_are_bounded);
  return g_test_run();
}
