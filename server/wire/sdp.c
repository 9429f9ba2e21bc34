#include "wire/sdp.h"

#include <stdlib.h>
#include <string.h>

#include "wire/text.h"

#define GROUPS_MAX 8
#define GROUP_BYTES_MAX (SDP_MAX_MEDIA * 18) /* the mids of as many m-lines as there can be */

typedef struct {
  Sdp *sdp;
  SdpMedia *media;  /* NULL before the first m-line */
  SdpMedia session; /* values that media inherit */
  Text groups[GROUPS_MAX];
  unsigned group_count;
  bool bundle_only; /* of the present media */
  Text simulcast;   /* of the present media: the send list */
  unsigned line;
  const char *attribute; /* that is being read, "" for none */
  const char *why;
} Parser;

/* ---- attributes: false is an error, which sets why ---- */

static bool fail(Parser *parser, const char *why) {
  parser->why = why;
  return false;
}

static SdpMedia *scope(Parser *parser) {
  return parser->media ? parser->media : &parser->session;
}

static SdpCodec *find_codec(SdpMedia *media, uint32_t payload_type) {
  for (unsigned i = 0; i < media->codec_count; i++)
    if (media->codecs[i].payload_type == payload_type)
      return &media->codecs[i];
  return NULL;
}

/* The codec that "96 value" speaks of; NULL when the m-line does not have it. */
static SdpCodec *take_codec(Parser *parser, Text *value) {
  uint32_t payload_type;
  if (parser->media == NULL || !text_number(text_word(value), 127, &payload_type))
    return NULL;
  return find_codec(parser->media, payload_type);
}

static bool on_mid(Parser *parser, Text value) {
  SdpMedia *media = parser->media;
  if (media == NULL)
    return true;
  if (media->mid[0])
    return fail(parser, "duplicate mid");
  /* RFC 4566 §9: token. */
  if (!text_consists_of(value, "!#$%&'*+-.^_`{|}~") ||
      !text_copy(value, media->mid, sizeof media->mid))
    return fail(parser, "bad mid");
  for (const SdpMedia *other = parser->sdp->media; other < media; other++)
    if (strcmp(other->mid, media->mid) == 0)
      return fail(parser, "duplicate mid");
  return true;
}

static bool on_rtpmap(Parser *parser, Text value) {
  SdpCodec *codec = take_codec(parser, &value);
  if (codec == NULL || codec->clock_rate != 0)
    return true;
  Text name = text_cut(&value, '/'), rate = text_cut(&value, '/');
  uint32_t channels = 1;
  if (!text_consists_of(name, "!#$%&'*+-.^_`{|}~") ||
      !text_number(rate, UINT32_MAX, &codec->clock_rate) || codec->clock_rate == 0 ||
      (value.len && (!text_number(value, 255, &channels) || channels == 0)))
    return fail(parser, "bad rtpmap");
  codec->channels = (uint8_t)channels;
  if (!text_copy(name, codec->name, sizeof codec->name))
    codec->name[0] = '\0';
  return true;
}

static bool on_fmtp(Parser *parser, Text value) {
  SdpCodec *codec = take_codec(parser, &value);
  if (codec == NULL)
    return true;
  if (!text_copy(value, codec->fmtp, sizeof codec->fmtp)) {
    /* Half a parameter list would say something else: give the codec up, also for the rtpmap that
     * may still come. */
    codec->name[0] = codec->fmtp[0] = '\0';
    codec->clock_rate = UINT32_MAX;
    return true;
  }
  while (value.len) {
    Text parameter = text_cut(&value, ';');
    while (parameter.len && *parameter.at == ' ')
      parameter = (Text){parameter.at + 1, parameter.len - 1};
    uint32_t apt;
    if (text_is(text_cut(&parameter, '='), "apt")) {
      if (!text_number(parameter, 127, &apt))
        return fail(parser, "bad apt");
      codec->apt = (uint8_t)apt;
    }
  }
  return true;
}

static void set_feedback(SdpCodec *codec, Text value) {
  if (text_is(value, "nack"))
    codec->nack = true;
  else if (text_is(value, "nack pli"))
    codec->nack_pli = true;
  else if (text_is(value, "ccm fir"))
    codec->ccm_fir = true;
  else if (text_is(value, "transport-cc"))
    codec->transport_cc = true;
  else if (text_is(value, "goog-remb"))
    codec->goog_remb = true;
}

static bool on_rtcp_fb(Parser *parser, Text value) {
  if (parser->media && value.len >= 2 && value.at[0] == '*' && value.at[1] == ' ') {
    for (unsigned i = 0; i < parser->media->codec_count; i++)
      set_feedback(&parser->media->codecs[i], (Text){value.at + 2, value.len - 2});
    return true;
  }
  SdpCodec *codec = take_codec(parser, &value);
  if (codec)
    set_feedback(codec, value);
  return true;
}

static bool on_extmap(Parser *parser, Text value) {
  SdpMedia *media = parser->media;
  Text id_text = text_word(&value), number = text_cut(&id_text, '/'), uri = text_word(&value);
  uint32_t id;
  if (!text_number(number, UINT32_MAX, &id) || id == 0 || uri.len == 0)
    return fail(parser, "bad extmap");
  /* Ids above 255 cannot be sent (RFC 8285 §5), and an URI too long for us is none we know. */
  if (media == NULL || id > 255 || uri.len >= sizeof media->extensions[0].uri)
    return true;
  if (media->extension_count == SDP_MAX_EXTENSIONS)
    return fail(parser, "too many extensions");
  SdpExtension *extension = &media->extensions[media->extension_count++];
  extension->id = (uint8_t)id;
  text_copy(uri, extension->uri, sizeof extension->uri);
  return true;
}

/* The number's place in ssrcs; -1 when there is no room. */
static int add_ssrc(SdpMedia *media, uint32_t ssrc) {
  for (unsigned i = 0; i < media->ssrc_count; i++)
    if (media->ssrcs[i] == ssrc)
      return (int)i;
  if (media->ssrc_count == SDP_MAX_SSRCS)
    return -1;
  media->ssrcs[media->ssrc_count] = ssrc;
  return (int)media->ssrc_count++;
}

static bool on_ssrc(Parser *parser, Text value) {
  uint32_t ssrc;
  if (parser->media == NULL)
    return true;
  if (!text_number(text_word(&value), UINT32_MAX, &ssrc))
    return fail(parser, "bad ssrc");
  return add_ssrc(parser->media, ssrc) >= 0 || fail(parser, "too many ssrcs");
}

static bool on_ssrc_group(Parser *parser, Text value) {
  uint32_t primary, repair;
  if (parser->media == NULL || !text_is(text_word(&value), "FID"))
    return true;
  if (!text_number(text_word(&value), UINT32_MAX, &primary) ||
      !text_number(text_word(&value), UINT32_MAX, &repair) || primary == repair)
    return fail(parser, "bad ssrc-group");
  int first = add_ssrc(parser->media, primary), second = add_ssrc(parser->media, repair);
  if (first < 0 || second < 0)
    return fail(parser, "too many ssrcs");
  parser->media->rtx_of[second] = primary;
  return true;
}

static bool on_rid(Parser *parser, Text value) {
  SdpMedia *media = parser->media;
  Text name = text_word(&value);
  if (media == NULL || !text_is(text_word(&value), "send"))
    return true;
  if (media->rid_count == SDP_MAX_RIDS)
    return fail(parser, "too many rids");
  char *rid = media->rids[media->rid_count]; /* RFC 8851 §10 */
  if (!text_consists_of(name, "-_") || !text_copy(name, rid, sizeof media->rids[0]))
    return fail(parser, "bad rid");
  for (unsigned i = 0; i < media->rid_count; i++)
    if (strcmp(media->rids[i], rid) == 0)
      return fail(parser, "duplicate rid");
  media->rid_count++;
  return true;
}

static bool on_simulcast(Parser *parser, Text value) {
  while (value.len) {
    Text direction = text_word(&value), list = text_word(&value);
    if (text_is(direction, "send"))
      parser->simulcast = list;
  }
  return true;
}

static bool on_ice_ufrag(Parser *parser, Text value) {
  SdpMedia *media = scope(parser); /* RFC 8839 §5.4: 4 to 256 characters */
  return (value.len >= 4 && text_consists_of(value, "+/") &&
          text_copy(value, media->ice_ufrag, sizeof media->ice_ufrag)) ||
         fail(parser, "bad ice-ufrag");
}

static bool on_ice_pwd(Parser *parser, Text value) {
  SdpMedia *media = scope(parser); /* 22 to 256 */
  return (value.len >= 22 && text_consists_of(value, "+/") &&
          text_copy(value, media->ice_pwd, sizeof media->ice_pwd)) ||
         fail(parser, "bad ice-pwd");
}

static bool on_fingerprint(Parser *parser, Text value) {
  SdpMedia *media = scope(parser);
  char hash[sizeof media->fingerprint_hash];
  Text hash_text = text_word(&value), digest = text_word(&value);
  if (digest.len % 3 != 2)
    return fail(parser, "bad fingerprint");
  for (size_t i = 0; i < digest.len; i++) {
    bool hex = digest.at[i] != '\0' && strchr("0123456789abcdefABCDEF", digest.at[i]);
    if (i % 3 == 2 ? digest.at[i] != ':' : !hex)
      return fail(parser, "bad fingerprint");
  }
  /* A digest longer than SHA-256's, or a further one: only SHA-256 displaces another. */
  if (!text_copy(hash_text, hash, sizeof hash) || digest.len >= sizeof media->fingerprint)
    return true;
  for (char *c = hash; *c; c++)
    *c = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
  if (media->fingerprint[0] &&
      (strcmp(hash, "sha-256") != 0 || strcmp(media->fingerprint_hash, "sha-256") == 0))
    return true;
  memcpy(media->fingerprint_hash, hash, sizeof hash);
  text_copy(digest, media->fingerprint, sizeof media->fingerprint);
  for (char *c = media->fingerprint; *c; c++)
    *c = (char)(*c >= 'a' && *c <= 'f' ? *c - 'a' + 'A' : *c);
  return true;
}

static bool on_setup(Parser *parser, Text value) {
  if (!text_is(value, "active") && !text_is(value, "passive") && !text_is(value, "actpass") &&
      !text_is(value, "holdconn"))
    return fail(parser, "bad setup");
  return text_copy(value, scope(parser)->setup, sizeof parser->session.setup);
}

static bool on_group(Parser *parser, Text value) {
  if (parser->media || !text_is(text_word(&value), "BUNDLE"))
    return true;
  if (parser->group_count == GROUPS_MAX || value.len > GROUP_BYTES_MAX)
    return fail(parser, "too many groups");
  parser->groups[parser->group_count++] = value;
  return true;
}

/* FNV-1a; never 0. What is compared is only the other side's own. */
static uint64_t hash_of(uint64_t hash, Text text) {
  for (size_t i = 0; i < text.len; i++)
    hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u;
  return hash ? hash : 1;
}
#define HASH_BEGIN 14695981039346656037u

static bool on_tls_id(Parser *parser, Text value) {
  if (parser->sdp->tls_id == 0)
    parser->sdp->tls_id = hash_of(HASH_BEGIN, value);
  return true;
}

/* "- 4611731400430051336 2 IN IP4 127.0.0.1": the name and the session's number. */
static void on_origin(Parser *parser, Text value) {
  Text name = text_word(&value), session = text_word(&value);
  if (parser->sdp->origin == 0 && session.len)
    parser->sdp->origin = hash_of(hash_of(HASH_BEGIN, name), session);
}

static bool on_flag(Parser *parser, Text name) {
  static const char *const directions[] = {"sendrecv", "sendonly", "recvonly", "inactive"};
  for (unsigned i = 0; i < 4; i++)
    if (text_is(name, directions[i]))
      scope(parser)->direction = (SdpDirection)i;
  if (text_is(name, "rtcp-mux"))
    scope(parser)->rtcp_mux = true;
  else if (text_is(name, "rtcp-rsize"))
    scope(parser)->rtcp_rsize = true;
  else if (text_is(name, "bundle-only"))
    parser->bundle_only = true;
  else if (text_is(name, "ice-lite") && parser->media == NULL)
    parser->sdp->ice_lite = true;
  return true;
}

static bool on_attribute(Parser *parser, Text line) {
  static const struct {
    const char *name;
    bool (*read)(Parser *parser, Text value);
  } attributes[] = {
      {"mid", on_mid},
      {"rtpmap", on_rtpmap},
      {"fmtp", on_fmtp},
      {"rtcp-fb", on_rtcp_fb},
      {"extmap", on_extmap},
      {"ssrc", on_ssrc},
      {"ssrc-group", on_ssrc_group},
      {"rid", on_rid},
      {"simulcast", on_simulcast},
      {"ice-ufrag", on_ice_ufrag},
      {"ice-pwd", on_ice_pwd},
      {"fingerprint", on_fingerprint},
      {"setup", on_setup},
      {"group", on_group},
      {"tls-id", on_tls_id},
  };
  Text value = line, name = text_cut(&value, ':');
  if (name.len == line.len)
    return on_flag(parser, name);
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
    if (text_is(name, attributes[i].name)) {
      parser->attribute = attributes[i].name;
      return attributes[i].read(parser, value);
    }
  return true;
}

/* ---- media ---- */

/* The offered layers in the order of a=simulcast, which ranks them; names that no a=rid explains
 * are ignored, rids that it leaves out are not sent. */
static void order_rids(SdpMedia *media, Text list) {
  char ordered[SDP_MAX_RIDS][sizeof media->rids[0]];
  unsigned count = 0;
  while (list.len && count < media->rid_count) {
    Text alternatives = text_cut(&list, ';'), rid = text_cut(&alternatives, ',');
    if (rid.len && *rid.at == '~') /* paused at first (RFC 8853 §5.2) */
      rid = (Text){rid.at + 1, rid.len - 1};
    bool taken = false;
    for (unsigned i = 0; i < count; i++)
      taken |= text_is(rid, ordered[i]);
    for (unsigned i = 0; i < media->rid_count && !taken; i++)
      if (text_is(rid, media->rids[i]))
        memcpy(ordered[count++], media->rids[i], sizeof ordered[0]);
  }
  memcpy(media->rids, ordered, count * sizeof ordered[0]);
  media->rid_count = count;
}

static void end_media(Parser *parser) {
  SdpMedia *media = parser->media;
  if (media == NULL)
    return;
  if (parser->simulcast.len)
    order_rids(media, parser->simulcast);
  if (parser->bundle_only)
    media->rejected = false;
  const SdpMedia *session = &parser->session;
  if (media->ice_ufrag[0] == '\0')
    memcpy(media->ice_ufrag, session->ice_ufrag, sizeof media->ice_ufrag);
  if (media->ice_pwd[0] == '\0')
    memcpy(media->ice_pwd, session->ice_pwd, sizeof media->ice_pwd);
  if (media->setup[0] == '\0')
    memcpy(media->setup, session->setup, sizeof media->setup);
  if (media->fingerprint[0] == '\0') {
    memcpy(media->fingerprint, session->fingerprint, sizeof media->fingerprint);
    memcpy(media->fingerprint_hash, session->fingerprint_hash, sizeof media->fingerprint_hash);
  }
  for (unsigned i = 0; i < media->codec_count; i++)
    if (media->codecs[i].name[0] == '\0')
      media->codecs[i].clock_rate = 0;
}

/* RFC 9429 §5.1.2: whatever of these an offer says is taken as DTLS-SRTP with feedback. */
static bool is_media_profile(Text profile) {
  static const char *const profiles[] = {
      "UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP", "TCP/DTLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP",
      "RTP/SAVPF",         "RTP/SAVP",         "RTP/AVPF",           "RTP/AVP"};
  for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
    if (text_is(profile, profiles[i]))
      return true;
  return false;
}

/* "audio 9 UDP/TLS/RTP/SAVPF 111 63" */
static bool on_media(Parser *parser, Text line) {
  end_media(parser);
  parser->attribute = "m";
  if (parser->sdp->media_count == SDP_MAX_MEDIA)
    return fail(parser, "too many m-lines");
  SdpMedia *media = parser->media = &parser->sdp->media[parser->sdp->media_count++];
  parser->bundle_only = false;
  parser->simulcast = (Text){0};
  media->line = parser->line;

  Text kind = text_word(&line), port_text = text_word(&line), proto = text_word(&line);
  Text formats = line, first = text_word(&formats);
  uint32_t port;
  if (kind.len == 0 || proto.len == 0 || first.len == 0 ||
      !text_number(text_cut(&port_text, '/'), 65535, &port))
    return fail(parser, "bad m-line");
  if (!text_copy(kind, media->type, sizeof media->type) ||
      !text_copy(proto, media->profile, sizeof media->profile) ||
      !text_copy(first, media->format, sizeof media->format))
    return fail(parser, "an m-line's type, profile or format is too long");
  media->kind = SDP_OTHER;
  if (text_is(kind, "application"))
    media->kind = SDP_APPLICATION;
  else if (is_media_profile(proto) && text_is(kind, "audio"))
    media->kind = SDP_AUDIO;
  else if (is_media_profile(proto) && text_is(kind, "video"))
    media->kind = SDP_VIDEO;
  media->rejected = port == 0;
  media->direction = parser->session.direction;
  media->rtcp_mux = parser->session.rtcp_mux;
  media->rtcp_rsize = parser->session.rtcp_rsize;
  if (media->kind != SDP_AUDIO && media->kind != SDP_VIDEO)
    return true;

  for (Text format = text_word(&line); format.len; format = text_word(&line)) {
    uint32_t payload_type;
    if (!text_number(format, 127, &payload_type))
      return fail(parser, "bad payload type");
    if (find_codec(media, payload_type))
      continue;
    if (media->codec_count == SDP_MAX_CODECS)
      return fail(parser, "too many codecs");
    media->codecs[media->codec_count++].payload_type = (uint8_t)payload_type;
  }
  return true;
}

/* The place of a mid in a group's list, from 1; 0: not in it. */
static unsigned place_in_group(Text group, const char *mid) {
  for (unsigned place = 1; group.len; place++)
    if (text_is(text_word(&group), mid))
      return place;
  return 0;
}

static bool holds_all(const Parser *parser, Text group) {
  for (unsigned i = 0; i < parser->sdp->media_count; i++) {
    const SdpMedia *media = &parser->sdp->media[i];
    if (!media->rejected && (!media->mid[0] || place_in_group(group, media->mid) == 0))
      return false;
  }
  return true;
}

/* Mids of a group that no m-line has are passed over (RFC 5888 §9.2). */
static void read_groups(Parser *parser) {
  if (parser->group_count == 0)
    return;
  Text group = parser->groups[0];
  for (unsigned g = 0; g < parser->group_count && !parser->sdp->bundle; g++) {
    parser->sdp->bundle = holds_all(parser, parser->groups[g]);
    if (parser->sdp->bundle)
      group = parser->groups[g];
  }
  for (unsigned i = 0; i < parser->sdp->media_count; i++) {
    SdpMedia *media = &parser->sdp->media[i];
    if (media->mid[0])
      media->bundle_place = place_in_group(group, media->mid);
  }
}

/* ---- lines ---- */

/* One line without its ending. */
static bool on_line(Parser *parser, Text line) {
  parser->attribute = "";
  for (size_t i = 0; i < line.len; i++)
    if (((unsigned char)line.at[i] < 0x20 && line.at[i] != '\t') || line.at[i] == 0x7f)
      return fail(parser, "control character");
  if (parser->line == 1) {
    parser->attribute = "v";
    return text_is(line, "v=0") || fail(parser, "not SDP version 0");
  }
  if (line.len == 0)
    return true;
  if (line.len < 2 || line.at[1] != '=' || line.at[0] < 'a' || line.at[0] > 'z')
    return fail(parser, "bad line");
  Text value = {line.at + 2, line.len - 2};
  if (line.at[0] == 'm')
    return on_media(parser, value);
  if (line.at[0] == 'a')
    return on_attribute(parser, value);
  if (line.at[0] == 'o')
    on_origin(parser, value);
  return true;
}

Sdp *sdp_parse(const char *text, size_t len, SdpError *error) {
  *error = (SdpError){0, "", NULL};
  if (len == 0 || len > SDP_MAX_BYTES) {
    error->why = len ? "too long" : "empty";
    return NULL;
  }
  Parser parser = {.sdp = calloc(1, sizeof *parser.sdp)};
  if (parser.sdp == NULL) {
    error->why = "out of memory";
    return NULL;
  }
  Text rest = {text, len};
  do {
    Text line = text_cut(&rest, '\n');
    if (line.len && line.at[line.len - 1] == '\r')
      line.len--;
    if (++parser.line > SDP_MAX_LINES) {
      parser.attribute = "";
      fail(&parser, "too many lines");
    } else {
      on_line(&parser, line);
    }
  } while (rest.len && parser.why == NULL);
  if (parser.why) {
    *error = (SdpError){parser.line, parser.attribute, parser.why};
    free(parser.sdp);
    return NULL;
  }
  end_media(&parser);
  read_groups(&parser);
  return parser.sdp;
}
