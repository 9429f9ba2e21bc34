#include "wire/sdp.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* In a block of exactly its size: what is read is not zero-terminated. */
static Sdp *parse_bytes(const char *text, size_t len, SdpError *error) {
  char *copy = g_malloc(len ? len : 1);
  memcpy(copy, text, len);
  Sdp *sdp = sdp_parse(copy, len, error);
  g_free(copy);
  g_assert_cmpint(sdp == NULL, ==, error->why != NULL);
  return sdp;
}

static Sdp *parse(const char *text) {
  SdpError error;
  Sdp *sdp = parse_bytes(text, strlen(text), &error);
  g_assert_cmpstr(error.why, ==, NULL);
  return sdp;
}

static void refuse(const char *text, const char *reason) {
  SdpError error;
  g_assert_null(parse_bytes(text, strlen(text), &error));
  g_assert_cmpstr(error.why, ==, reason);
}

static Sdp *load(const char *name) {
  char *path = g_build_filename(TEST_DATA, "sdp", name, NULL), *text;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  Sdp *sdp = parse(text);
  g_free(path);
  g_free(text);
  return sdp;
}

static const SdpCodec *codec(const SdpMedia *media, const char *name) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (strcmp(media->codecs[i].name, name) == 0)
      return &media->codecs[i];
  return NULL;
}

static unsigned extension(const SdpMedia *media, const char *uri) {
  for (unsigned i = 0; i < media->extension_count; i++)
    if (strcmp(media->extensions[i].uri, uri) == 0)
      return media->extensions[i].id;
  return 0;
}

/* ---- offers of real browsers ---- */

static void check_transport(const Sdp *sdp) {
  g_assert_true(sdp->bundle);
  g_assert_false(sdp->ice_lite);
  for (unsigned i = 0; i < sdp->media_count; i++) {
    const SdpMedia *media = &sdp->media[i];
    g_assert_false(media->rejected);
    g_assert_cmpuint(strlen(media->ice_ufrag), >=, 4);
    g_assert_cmpuint(strlen(media->ice_pwd), >=, 22);
    g_assert_cmpstr(media->setup, ==, "actpass");
    g_assert_cmpstr(media->fingerprint_hash, ==, "sha-256");
    g_assert_cmpuint(strlen(media->fingerprint), ==, 95);
    char mid[8];
    g_snprintf(mid, sizeof mid, "%u", i);
    g_assert_cmpstr(media->mid, ==, mid);
    if (media->kind != SDP_APPLICATION)
      g_assert_true(media->rtcp_mux);
  }
}

static void check_vp8(const SdpMedia *media) {
  const SdpCodec *vp8 = codec(media, "VP8");
  g_assert_nonnull(vp8);
  g_assert_cmpuint(vp8->clock_rate, ==, 90000);
  g_assert_true(vp8->nack && vp8->nack_pli && vp8->ccm_fir && vp8->transport_cc && vp8->goog_remb);
  const SdpCodec *rtx = vp8 + 1;
  g_assert_cmpstr(rtx->name, ==, "rtx");
  g_assert_cmpuint(rtx->apt, ==, vp8->payload_type);
}

static void check_audio(const SdpMedia *media) {
  const SdpCodec *opus = codec(media, "opus");
  g_assert_cmpint(media->kind, ==, SDP_AUDIO);
  g_assert_nonnull(opus);
  g_assert_cmpuint(opus->clock_rate, ==, 48000);
  g_assert_cmpuint(opus->channels, ==, 2);
  g_assert_nonnull(strstr(opus->fmtp, "useinbandfec=1"));
  g_assert_true(opus->transport_cc);
  g_assert_cmpuint(extension(media, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"), ==, 1);
}

static void test_camera(void) {
  static const char *const files[] = {"chromium-camera.sdp", "firefox-camera.sdp"};
  for (unsigned i = 0; i < 2; i++) {
    Sdp *sdp = load(files[i]);
    g_assert_cmpuint(sdp->media_count, ==, 2);
    check_transport(sdp);
    check_audio(&sdp->media[0]);
    g_assert_cmpuint(sdp->media[0].ssrc_count, ==, 1);
    const SdpMedia *video = &sdp->media[1];
    check_vp8(video);
    g_assert_cmpint(video->direction, ==, SDP_SENDONLY);
    g_assert_cmpuint(video->rid_count, ==, 0);
    g_assert_cmpuint(video->ssrc_count, ==, 2);
    g_assert_cmpuint(video->rtx_of[0], ==, 0);
    g_assert_cmpuint(video->rtx_of[1], ==, video->ssrcs[0]);
    g_assert_cmpuint(extension(video, "urn:ietf:params:rtp-hdrext:sdes:mid"), >, 0);
    free(sdp);
  }
}

static void check_layers(const SdpMedia *video) {
  static const char *const rids[] = {"l", "m", "h"};
  g_assert_cmpint(video->kind, ==, SDP_VIDEO);
  g_assert_cmpuint(video->rid_count, ==, 3);
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpstr(video->rids[i], ==, rids[i]);
  g_assert_cmpuint(extension(video, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"), >, 0);
  g_assert_cmpuint(extension(video, "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"), >,
                   0);
}

static void test_simulcast(void) {
  Sdp *sdp = load("chromium-simulcast.sdp");
  check_transport(sdp);
  check_layers(&sdp->media[1]);
  g_assert_cmpuint(sdp->media[1].ssrc_count, ==, 0);
  free(sdp);
  sdp = load("firefox-simulcast.sdp");
  check_transport(sdp);
  check_layers(&sdp->media[1]);
  g_assert_cmpuint(sdp->media[1].ssrc_count, ==, 6);
  for (unsigned i = 0; i < 6; i += 2)
    g_assert_cmpuint(sdp->media[1].rtx_of[i + 1], ==, sdp->media[1].ssrcs[i]);
  free(sdp);
}

/* Microphone, camera, and 3 audio + 10 video slots. */
static void test_meeting(void) {
  static const char *const files[] = {"chromium-meeting.sdp", "firefox-meeting.sdp"};
  for (unsigned f = 0; f < 2; f++) {
    Sdp *sdp = load(files[f]);
    g_assert_cmpuint(sdp->media_count, ==, 15);
    check_transport(sdp);
    check_layers(&sdp->media[1]);
    for (unsigned i = 2; i < 15; i++) {
      g_assert_cmpint(sdp->media[i].direction, ==, SDP_RECVONLY);
      g_assert_cmpuint(sdp->media[i].rid_count, ==, 0);
      if (i < 5)
        check_audio(&sdp->media[i]);
      else
        check_vp8(&sdp->media[i]);
    }
    free(sdp);
  }
}

static void test_data_channel(void) {
  static const char *const files[] = {"chromium-data.sdp", "firefox-data.sdp"};
  for (unsigned f = 0; f < 2; f++) {
    Sdp *sdp = load(files[f]);
    check_transport(sdp);
    g_assert_cmpuint(sdp->media_count, ==, 3);
    g_assert_cmpint(sdp->media[2].kind, ==, SDP_APPLICATION);
    g_assert_cmpuint(sdp->media[2].codec_count, ==, 0);
    free(sdp);
  }
}

/* ---- the format ---- */

#define HEAD "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define VIDEO HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
#define PRINT                                                                                      \
  "11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:"  \
  "00"

static void test_line_endings(void) {
  static const char *const texts[] = {
      "v=0\r\ns=-\r\nm=audio 9 RTP/SAVPF 0\r\na=mid:x\r\n",
      "v=0\r\ns=-\r\nm=audio 9 RTP/SAVPF 0\r\na=mid:x",
      "v=0\ns=-\nm=audio 9 RTP/SAVPF 0\na=mid:x\n",
      "v=0\ns=-\nm=audio 9 RTP/SAVPF 0\na=mid:x",
      "v=0\n\r\ns=-\nm=audio 9 RTP/SAVPF 0\na=mid:x\r\n\r\n\n",
  };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    Sdp *sdp = parse(texts[i]);
    g_assert_cmpuint(sdp->media_count, ==, 1);
    g_assert_cmpstr(sdp->media[0].mid, ==, "x");
    free(sdp);
  }
}

static void test_not_sdp(void) {
  SdpError error;
  refuse("", "empty");
  refuse("v=1\r\n", "not SDP version 0");
  refuse("\r\nv=0\r\n", "not SDP version 0");
  refuse("v=0\r\nhello\r\n", "bad line");
  refuse("v=0\r\nA=b\r\n", "bad line");
  refuse("v=0\r\ns=a\rb\r\n", "control character");
  refuse("v=0\r\ns=\033[31m\r\n", "control character");
  g_assert_null(parse_bytes("v=0\r\ns=a\0b\r\n", 12, &error));
  g_assert_cmpstr(error.why, ==, "control character");
  Sdp *sdp = parse("v=0\r\ns=协商\r\n");
  g_assert_cmpuint(sdp->media_count, ==, 0);
  free(sdp);
}

static void test_media_line(void) {
  refuse(HEAD "m=\r\n", "bad m-line");
  refuse(HEAD "m=video\r\n", "bad m-line");
  refuse(HEAD "m=video x UDP/TLS/RTP/SAVPF 96\r\n", "bad m-line");
  refuse(HEAD "m=video 65536 UDP/TLS/RTP/SAVPF 96\r\n", "bad m-line");
  refuse(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 128\r\n", "bad payload type");
  refuse(HEAD "m=video 9 UDP/TLS/RTP/SAVPF x\r\n", "bad payload type");
  Sdp *sdp = parse(HEAD "m=video 9/2 UDP/TLS/RTP/SAVPF 96 96 97\r\n"
                        "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\na=mid:r\r\n"
                        "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\n"
                        "m=audio 9 RTP/AVP 0\r\n"
                        "m=text 9 UDP/TLS/RTP/SAVPF 96\r\n");
  g_assert_cmpuint(sdp->media_count, ==, 5);
  g_assert_cmpuint(sdp->media[0].codec_count, ==, 2);
  g_assert_cmpstr(sdp->media[0].codecs[0].name, ==, "");
  g_assert_cmpint(sdp->media[0].direction, ==, SDP_SENDRECV);
  g_assert_true(sdp->media[1].rejected);
  g_assert_false(sdp->media[2].rejected);
  g_assert_cmpint(sdp->media[3].kind, ==, SDP_AUDIO);
  g_assert_cmpint(sdp->media[4].kind, ==, SDP_OTHER);
  g_assert_cmpstr(sdp->media[4].type, ==, "text");
  g_assert_cmpstr(sdp->media[4].format, ==, "96");
  g_assert_cmpuint(sdp->media[0].line, ==, 5);
  g_assert_cmpuint(sdp->media[4].line, ==, 11);
  free(sdp);
  refuse(HEAD "m=a-name-too-long-for-any 9 UDP/TLS/RTP/SAVPF 96\r\n",
         "an m-line's type, profile or format is too long");
}

/* RFC 9429 §5.1.2 lists what is to be accepted; it is repeated in the answer. */
static void test_profiles(void) {
  static const struct {
    const char *profile;
    bool media;
  } cases[] = {
      {"UDP/TLS/RTP/SAVPF", true},
      {"UDP/TLS/RTP/SAVP", true},
      {"TCP/DTLS/RTP/SAVPF", true},
      {"TCP/DTLS/RTP/SAVP", true},
      {"RTP/SAVPF", true},
      {"RTP/SAVP", true},
      {"RTP/AVPF", true},
      {"RTP/AVP", true},
      {"TCP/TLS/RTP/SAVPF", false},
      {"UDP/DTLS/SCTP", false},
      {"udp", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = g_strconcat(HEAD "m=audio 9 ", cases[i].profile, " 111\r\n", NULL);
    Sdp *sdp = parse(text);
    g_assert_cmpint(sdp->media[0].kind, ==, cases[i].media ? SDP_AUDIO : SDP_OTHER);
    g_assert_cmpstr(sdp->media[0].profile, ==, cases[i].profile);
    free(sdp);
  }
}

/* What a PeerConnection can be told by: neither the version of its o= line nor its address. */
static void test_origin(void) {
  Sdp *sdp = parse("v=0\r\no=- 77 1 IN IP4 127.0.0.1\r\ns=-\r\na=tls-id:abc\r\n");
  Sdp *later = parse("v=0\r\no=- 77 2 IN IP4 0.0.0.0\r\ns=-\r\na=tls-id:abd\r\n");
  Sdp *other = parse("v=0\r\no=- 78 1 IN IP4 127.0.0.1\r\ns=-\r\na=tls-id:abc\r\n");
  Sdp *without = parse("v=0\r\ns=-\r\n");
  g_assert_true(sdp->origin != 0 && sdp->origin == later->origin);
  g_assert_true(sdp->origin != other->origin);
  g_assert_true(sdp->tls_id != 0 && sdp->tls_id == other->tls_id && sdp->tls_id != later->tls_id);
  g_assert_true(without->origin == 0 && without->tls_id == 0);
  free(sdp);
  free(later);
  free(other);
  free(without);
}

/* A reason says where. */
static void test_where(void) {
  static const struct {
    const char *text, *attribute;
    unsigned line;
  } cases[] = {
      {"", "", 0},
      {"v=1\r\n", "v", 1},
      {HEAD "hello\r\n", "", 5},
      {HEAD "m=video\r\n", "m", 5},
      {VIDEO "a=rtpmap:96 VP8\r\n", "rtpmap", 6},
      {VIDEO "a=mid:0\r\na=mid:1\r\n", "mid", 7},
      {VIDEO "a=rtpmap:96 VP8/90000\r\na=setup:later\r\n", "setup", 7},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    SdpError error;
    g_assert_null(parse_bytes(cases[i].text, strlen(cases[i].text), &error));
    g_assert_cmpuint(error.line, ==, cases[i].line);
    g_assert_cmpstr(error.attribute, ==, cases[i].attribute);
  }
}

static void test_codecs(void) {
  Sdp *sdp = parse(HEAD "m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\n"
                        "a=rtcp-fb:* nack\r\na=rtcp-fb:96 nack pli\r\n"
                        "a=rtpmap:97 rtx/90000\r\na=fmtp:97 rtx-time=3000; apt=96\r\n"
                        "a=rtpmap:96 VP8/90000\r\na=rtpmap:96 H264/90000\r\n"
                        "a=rtpmap:98 a-name-longer-than-all/90000\r\n"
                        "a=rtpmap:50 ghost/90000\r\na=fmtp:50 apt=1\r\n"
                        "a=rtcp-fb:50 nack\r\na=rtcp-fb:x nack\r\n");
  const SdpCodec *codecs = sdp->media[0].codecs;
  g_assert_cmpuint(sdp->media[0].codec_count, ==, 4);
  g_assert_cmpstr(codecs[0].name, ==, "VP8");
  g_assert_true(codecs[0].nack && codecs[0].nack_pli && !codecs[0].ccm_fir);
  g_assert_true(codecs[1].nack && !codecs[1].nack_pli);
  g_assert_cmpuint(codecs[1].apt, ==, 96);
  g_assert_cmpstr(codecs[1].fmtp, ==, "rtx-time=3000; apt=96");
  g_assert_cmpstr(codecs[2].name, ==, "");
  g_assert_cmpstr(codecs[3].name, ==, "");
  g_assert_cmpuint(codecs[3].clock_rate, ==, 0);
  free(sdp);
  refuse(VIDEO "a=rtpmap:96 VP8\r\n", "bad rtpmap");
  refuse(VIDEO "a=rtpmap:96 VP8/0\r\n", "bad rtpmap");
  refuse(VIDEO "a=rtpmap:96 VP8/99999999999\r\n", "bad rtpmap");
  refuse(VIDEO "a=rtpmap:96 opus/48000/256\r\n", "bad rtpmap");
  refuse(VIDEO "a=fmtp:96 apt=128\r\n", "bad apt");
}

static void test_long_fmtp(void) {
  /* Both orders: the codec stays unusable. */
  char *parameters = g_strnfill(128, 'a');
  for (unsigned order = 0; order < 2; order++) {
    char *text =
        g_strdup_printf(VIDEO "%sa=fmtp:96 %s\r\n%s", order ? "" : "a=rtpmap:96 VP8/90000\r\n",
                        parameters, order ? "a=rtpmap:96 VP8/90000\r\n" : "");
    Sdp *sdp = parse(text);
    g_assert_cmpstr(sdp->media[0].codecs[0].name, ==, "");
    g_assert_cmpstr(sdp->media[0].codecs[0].fmtp, ==, "");
    g_assert_cmpuint(sdp->media[0].codecs[0].clock_rate, ==, 0);
    free(sdp);
    g_free(text);
  }
  char *text = g_strdup_printf(VIDEO "a=rtpmap:96 VP8/90000\r\na=fmtp:96 %s\r\n", parameters + 1);
  Sdp *sdp = parse(text);
  g_assert_cmpstr(sdp->media[0].codecs[0].fmtp, ==, parameters + 1);
  g_assert_cmpstr(sdp->media[0].codecs[0].name, ==, "VP8");
  free(sdp);
  g_free(text);
  g_free(parameters);
}

static void test_inheritance(void) {
  Sdp *sdp = parse(HEAD "a=ice-lite\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n"
                        "a=fingerprint:SHA-256 " PRINT "\r\na=setup:active\r\na=recvonly\r\n"
                        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
                        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:own+/\r\na=setup:passive\r\n"
                        "a=fingerprint:sha-1 aa:bb\r\na=sendonly\r\n");
  const SdpMedia *a = &sdp->media[0], *b = &sdp->media[1];
  g_assert_true(sdp->ice_lite);
  g_assert_cmpstr(a->ice_ufrag, ==, "abcd");
  g_assert_cmpstr(a->ice_pwd, ==, "0123456789012345678901");
  g_assert_cmpstr(a->setup, ==, "active");
  g_assert_cmpstr(a->fingerprint_hash, ==, "sha-256");
  char *upper = g_ascii_strup(PRINT, -1);
  g_assert_cmpstr(a->fingerprint, ==, upper);
  g_free(upper);
  g_assert_cmpint(a->direction, ==, SDP_RECVONLY);
  g_assert_cmpstr(b->ice_ufrag, ==, "own+/");
  g_assert_cmpstr(b->ice_pwd, ==, "0123456789012345678901");
  g_assert_cmpstr(b->setup, ==, "passive");
  g_assert_cmpstr(b->fingerprint_hash, ==, "sha-1");
  g_assert_cmpstr(b->fingerprint, ==, "AA:BB");
  g_assert_cmpint(b->direction, ==, SDP_SENDONLY);
  free(sdp);
}

static void test_fingerprints(void) {
  /* SHA-256 wins whatever the order; a SHA-512, which does not fit, is passed over. */
  Sdp *sdp =
      parse(VIDEO "a=fingerprint:sha-512 " PRINT ":" PRINT "\r\na=fingerprint:sha-1 AA:BB\r\n"
                  "a=fingerprint:sha-256 CC:DD\r\na=fingerprint:sha-1 EE:FF\r\n"
                  "a=fingerprint:sha-256 00:11\r\n");
  g_assert_cmpstr(sdp->media[0].fingerprint_hash, ==, "sha-256");
  g_assert_cmpstr(sdp->media[0].fingerprint, ==, "CC:DD");
  free(sdp);
  refuse(VIDEO "a=fingerprint:sha-256\r\n", "bad fingerprint");
  refuse(VIDEO "a=fingerprint:sha-256 AA:B\r\n", "bad fingerprint");
  refuse(VIDEO "a=fingerprint:sha-256 AA:BG\r\n", "bad fingerprint");
  refuse(VIDEO "a=fingerprint:sha-256 AA-BB\r\n", "bad fingerprint");
}

static void test_credentials(void) {
  refuse(VIDEO "a=ice-ufrag:abc\r\n", "bad ice-ufrag");
  refuse(VIDEO "a=ice-ufrag:ab:cd\r\n", "bad ice-ufrag");
  refuse(VIDEO "a=ice-pwd:short\r\n", "bad ice-pwd");
  refuse(VIDEO "a=setup:sideways\r\n", "bad setup");
  char *longest = g_strnfill(257, 'u');
  char *text = g_strdup_printf(VIDEO "a=ice-ufrag:%s\r\n", longest);
  refuse(text, "bad ice-ufrag");
  g_free(text);
  text = g_strdup_printf(VIDEO "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", longest + 1, longest + 1);
  Sdp *sdp = parse(text);
  g_assert_cmpstr(sdp->media[0].ice_ufrag, ==, longest + 1);
  free(sdp);
  g_free(text);
  g_free(longest);
}

static void test_mids(void) {
  refuse(VIDEO "a=mid:a b\r\n", "bad mid");
  refuse(VIDEO "a=mid:a\"b\r\n", "bad mid");
  refuse(VIDEO "a=mid:<b>\r\n", "bad mid");
  refuse(VIDEO "a=mid:\r\n", "bad mid");
  refuse(VIDEO "a=mid:12345678901234567\r\n", "bad mid");
  refuse(VIDEO "a=mid:a\r\na=mid:b\r\n", "duplicate mid");
  refuse(VIDEO "a=mid:a\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:a\r\n", "duplicate mid");
  Sdp *sdp = parse(VIDEO "a=mid:!#$%&'*+-.^_`{|\r\nm=audio 0 RTP/SAVPF 0\r\na=mid:}~\r\n"
                         "m=audio 0 RTP/SAVPF 0\r\na=mid:1234567890123456\r\n");
  g_assert_cmpstr(sdp->media[2].mid, ==, "1234567890123456");
  free(sdp);
}

static void test_bundle(void) {
  static const struct {
    const char *group;
    bool bundle;
  } cases[] = {
      {"a=group:BUNDLE 0 1\r\n", true},
      {"a=group:BUNDLE 1  0 9\r\n", true},
      {"a=group:BUNDLE 0\r\n", false},
      {"a=group:LS 0 1\r\n", false},
      {"", false},
      {"a=group:BUNDLE 0\r\na=group:BUNDLE 1\r\n", false},
      {"a=group:BUNDLE 0\r\na=group:BUNDLE 0 1\r\n", true},
      {"a=group:BUNDLE 00 11\r\n", false},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    /* The third m-line is rejected and need not be in the group. */
    char *text = g_strconcat(HEAD, cases[i].group,
                             "m=audio 9 RTP/SAVPF 0\r\na=mid:0\r\nm=video 9 RTP/SAVPF 96\r\n"
                             "a=mid:1\r\nm=video 0 RTP/SAVPF 96\r\na=mid:2\r\n",
                             NULL);
    Sdp *sdp = parse(text);
    g_assert_cmpint(sdp->bundle, ==, cases[i].bundle);
    g_assert_true(!cases[i].bundle || (sdp->media[0].bundle_place && sdp->media[1].bundle_place));
    if (i == 1)
      g_assert_cmpuint(sdp->media[0].bundle_place, ==, 2);
    free(sdp);
    g_free(text);
  }
}

static void test_rids(void) {
  Sdp *sdp = parse(VIDEO "a=simulcast:recv x send h;~m,n;ghost;h\r\na=rid:m send pt=96\r\n"
                         "a=rid:h send\r\na=rid:r recv\r\na=rid:left-out send\r\n");
  g_assert_cmpuint(sdp->media[0].rid_count, ==, 2);
  g_assert_cmpstr(sdp->media[0].rids[0], ==, "h");
  g_assert_cmpstr(sdp->media[0].rids[1], ==, "m");
  free(sdp);
  sdp = parse(VIDEO "a=rid:only send\r\n");
  g_assert_cmpuint(sdp->media[0].rid_count, ==, 1);
  free(sdp);
  refuse(VIDEO "a=rid:a;b send\r\n", "bad rid");
  refuse(VIDEO "a=rid:12345678901234567 send\r\n", "bad rid");
  refuse(VIDEO "a=rid:a send\r\na=rid:a send\r\n", "duplicate rid");
  refuse(VIDEO "a=rid:a send\r\na=rid:b send\r\na=rid:c send\r\na=rid:d send\r\na=rid:e send\r\n",
         "too many rids");
}

static void test_ssrcs(void) {
  Sdp *sdp = parse(VIDEO "a=ssrc-group:SIM 1 2\r\na=ssrc:9 cname:x\r\na=ssrc:9 msid:a b\r\n"
                         "a=ssrc-group:FID 4294967295 8\r\na=ssrc:8 cname:x\r\n");
  const SdpMedia *media = &sdp->media[0];
  g_assert_cmpuint(media->ssrc_count, ==, 3);
  g_assert_cmpuint(media->ssrcs[0], ==, 9);
  g_assert_cmpuint(media->ssrcs[1], ==, 4294967295u);
  g_assert_cmpuint(media->rtx_of[2], ==, 4294967295u);
  free(sdp);
  refuse(VIDEO "a=ssrc:4294967296 cname:x\r\n", "bad ssrc");
  refuse(VIDEO "a=ssrc:-1 cname:x\r\n", "bad ssrc");
  refuse(VIDEO "a=ssrc-group:FID 1\r\n", "bad ssrc-group");
  refuse(VIDEO "a=ssrc-group:FID 1 1\r\n", "bad ssrc-group");
}

static void test_extensions(void) {
  Sdp *sdp = parse(VIDEO "a=extmap:3/recvonly urn:a some attributes\r\na=extmap:4096 urn:b\r\n");
  g_assert_cmpuint(sdp->media[0].extension_count, ==, 1);
  g_assert_cmpuint(extension(&sdp->media[0], "urn:a"), ==, 3);
  free(sdp);
  refuse(VIDEO "a=extmap:0 urn:a\r\n", "bad extmap");
  refuse(VIDEO "a=extmap:x urn:a\r\n", "bad extmap");
  refuse(VIDEO "a=extmap:1\r\n", "bad extmap");
}

/* `times` repetitions of a line, with its number where %u stands, after the head. */
static char *repeat(const char *head, const char *format, unsigned times) {
  GString *text = g_string_new(head);
  char **parts = g_strsplit(format, "%u", -1);
  for (unsigned i = 1; i <= times; i++)
    for (char **part = parts; *part; part++) {
      g_string_append(text, *part);
      if (part[1])
        g_string_append_printf(text, "%u", i);
    }
  g_strfreev(parts);
  return g_string_free(text, FALSE);
}

static void test_bounds(void) {
  static const struct {
    const char *head, *format, *reason;
    unsigned most;
  } cases[] = {
      {HEAD, "m=audio 0 RTP/SAVPF 0\r\n", "too many m-lines", SDP_MAX_MEDIA},
      {HEAD "m=audio 9 RTP/SAVPF", " %u", "too many codecs", SDP_MAX_CODECS},
      {VIDEO, "a=extmap:%u urn:%u\r\n", "too many extensions", SDP_MAX_EXTENSIONS},
      {VIDEO, "a=ssrc:%u cname:x\r\n", "too many ssrcs", SDP_MAX_SSRCS},
      {HEAD, "a=group:BUNDLE %u\r\n", "too many groups", 8},
      {"v=0", "\nb=AS:1", "too many lines", SDP_MAX_LINES - 1},
  };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *text = repeat(cases[i].head, cases[i].format, cases[i].most);
    free(parse(text));
    g_free(text);
    text = repeat(cases[i].head, cases[i].format, cases[i].most + 1);
    refuse(text, cases[i].reason);
    g_free(text);
  }
  char *text = repeat(HEAD "a=group:BUNDLE", " name-%u", 200);
  refuse(text, "too many groups");
  g_free(text);
  text = g_strnfill(SDP_MAX_BYTES + 1, '\n');
  refuse(text, "too long");
  memcpy(text, "v=0\ns=", 6);
  memset(text + 6, 'x', SDP_MAX_BYTES - 6);
  text[SDP_MAX_BYTES] = '\0';
  free(parse(text)); /* one line of all that is allowed */
  g_free(text);
}

/* Many prefixes of a real offer, and many bytes of it replaced: an answer or a reason, no harm. */
static void test_mangled(void) {
  char *path = g_build_filename(TEST_DATA, "sdp", "chromium-simulcast.sdp", NULL), *text;
  gsize len;
  SdpError error;
  g_assert_true(g_file_get_contents(path, &text, &len, NULL));
  for (gsize cut = 0; cut < len; cut += 3)
    free(parse_bytes(text, cut, &error));
  static const char replacements[] = {'\0', '\n', ' ', ':', '9', '\xff'};
  for (gsize i = 0; i < len; i += 2) {
    char kept = text[i];
    text[i] = replacements[i / 2 % sizeof replacements];
    free(parse_bytes(text, len, &error));
    text[i] = kept;
  }
  g_free(text);
  g_free(path);
}

static void test_writer(void) {
  SdpWriter writer = {0};
  GString *expected = g_string_new(NULL);
  for (unsigned i = 0; i < 500; i++) {
    sdp_line(&writer, "a=mid:%u%*s", i, (int)(i % 50), "");
    g_string_append_printf(expected, "a=mid:%u%*s\r\n", i, (int)(i % 50), "");
  }
  sdp_line(&writer, "%s", "");
  g_string_append(expected, "\r\n");
  g_assert_cmpuint(writer.len, ==, expected->len);
  g_assert_cmpstr(writer.text, ==, expected->str);
  free(writer.text);
  g_string_free(expected, TRUE);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/sdp/camera", test_camera);
  g_test_add_func("/sdp/simulcast", test_simulcast);
  g_test_add_func("/sdp/meeting", test_meeting);
  g_test_add_func("/sdp/data-channel", test_data_channel);
  g_test_add_func("/sdp/line-endings", test_line_endings);
  g_test_add_func("/sdp/not-sdp", test_not_sdp);
  g_test_add_func("/sdp/media-line", test_media_line);
  g_test_add_func("/sdp/profiles", test_profiles);
  g_test_add_func("/sdp/origin", test_origin);
  g_test_add_func("/sdp/where", test_where);
  g_test_add_func("/sdp/codecs", test_codecs);
  g_test_add_func("/sdp/long-fmtp", test_long_fmtp);
  g_test_add_func("/sdp/inheritance", test_inheritance);
  g_test_add_func("/sdp/fingerprints", test_fingerprints);
  g_test_add_func("/sdp/credentials", test_credentials);
  g_test_add_func("/sdp/mids", test_mids);
  g_test_add_func("/sdp/bundle", test_bundle);
  g_test_add_func("/sdp/rids", test_rids);
  g_test_add_func("/sdp/ssrcs", test_ssrcs);
  g_test_add_func("/sdp/extensions", test_extensions);
  g_test_add_func("/sdp/bounds", test_bounds);
  g_test_add_func("/sdp/mangled", test_mangled);
  g_test_add_func("/sdp/writer", test_writer);
  return g_test_run();
}
