#include "offer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { LEVEL_ID = 1, NUMBER_ID = 3, MID_ID = 4, RID_ID = 10, REPAIRED_ID = 11 };

#define URI_NUMBER "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define URI_SDES "urn:ietf:params:rtp-hdrext:sdes:"

static void write_transport(SdpWriter *sdp, Seat *seat, const char *fingerprint,
                            const char *setup) {
  const Transport *transport = seat_transport(seat);
  sdp_line(sdp, "a=rtcp-mux");
  sdp_line(sdp, "a=rtcp-rsize");
  sdp_line(sdp, "a=ice-ufrag:%s", transport_ufrag(transport));
  sdp_line(sdp, "a=ice-pwd:%s", transport_pwd(transport));
  sdp_line(sdp, "a=fingerprint:sha-256 %s", fingerprint);
  sdp_line(sdp, "a=setup:%s", setup);
}

static void write_codec(SdpWriter *sdp, bool audio, bool red, bool numbered) {
  if (audio) {
    sdp_line(sdp, "a=rtpmap:%d opus/48000/2", OFFER_AUDIO_TYPE);
    sdp_line(sdp, "a=fmtp:%d minptime=10;useinbandfec=1", OFFER_AUDIO_TYPE);
    if (red) {
      sdp_line(sdp, "a=rtpmap:%d red/48000/2", OFFER_RED_TYPE);
      sdp_line(sdp, "a=fmtp:%d %d/%d", OFFER_RED_TYPE, OFFER_AUDIO_TYPE, OFFER_AUDIO_TYPE);
    }
    if (numbered)
      sdp_line(sdp, "a=rtcp-fb:%d transport-cc", OFFER_AUDIO_TYPE);
  } else {
    sdp_line(sdp, "a=rtpmap:%d VP8/90000", OFFER_VIDEO_TYPE);
    if (numbered)
      sdp_line(sdp, "a=rtcp-fb:%d transport-cc", OFFER_VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d ccm fir", OFFER_VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d nack", OFFER_VIDEO_TYPE);
    sdp_line(sdp, "a=rtcp-fb:%d nack pli", OFFER_VIDEO_TYPE);
    sdp_line(sdp, "a=rtpmap:%d rtx/90000", OFFER_RTX_TYPE);
    sdp_line(sdp, "a=fmtp:%d apt=%d", OFFER_RTX_TYPE, OFFER_VIDEO_TYPE);
  }
}

static void write_media(SdpWriter *sdp, const OfferSetting *setting, bool audio, unsigned mid,
                        const char *direction) {
  bool receives = mid >= 2, numbered = !receives || !setting->silent;
  sdp_line(sdp, "m=%s 9 UDP/TLS/RTP/SAVPF %s", audio ? "audio" : "video",
           !audio     ? "96 97"
           : receives ? "111 63"
                      : "111");
  sdp_line(sdp, "c=IN IP4 0.0.0.0");
  sdp_line(sdp, "a=mid:%u", mid);
  sdp_line(sdp, "a=%s", direction);
  write_transport(sdp, setting->seat, setting->fingerprint, setting->active ? "active" : "actpass");
  if (numbered)
    sdp_line(sdp, "a=extmap:%d " URI_NUMBER, NUMBER_ID);
  sdp_line(sdp, "a=extmap:%d " URI_SDES "mid", MID_ID);
  if (audio)
    sdp_line(sdp, "a=extmap:%d urn:ietf:params:rtp-hdrext:ssrc-audio-level", LEVEL_ID);
  write_codec(sdp, audio, receives, numbered);
}

/* RFC 8853: a layer is told by its rid alone. */
static void write_layers(SdpWriter *sdp) {
  sdp_line(sdp, "a=extmap:%d " URI_SDES "rtp-stream-id", RID_ID);
  sdp_line(sdp, "a=extmap:%d " URI_SDES "repaired-rtp-stream-id", REPAIRED_ID);
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++)
    sdp_line(sdp, "a=rid:%s send", seat_rids[i]);
  sdp_line(sdp, "a=simulcast:send %s;%s;%s", seat_rids[0], seat_rids[1], seat_rids[2]);
}

static void write_sources(SdpWriter *sdp, const OfferSetting *setting, bool audio) {
  Seat *seat = setting->seat;
  sdp_line(sdp, "a=msid:load source-%d", audio ? 0 : 1);
  if (audio) {
    sdp_line(sdp, "a=ssrc:%u cname:load", seat_audio_ssrc(seat));
  } else if (setting->simulcast) {
    write_layers(sdp);
  } else {
    uint32_t ssrc = seat_video_ssrc(seat, false), rtx = seat_video_ssrc(seat, true);
    sdp_line(sdp, "a=ssrc-group:FID %u %u", ssrc, rtx);
    sdp_line(sdp, "a=ssrc:%u cname:load", ssrc);
    sdp_line(sdp, "a=ssrc:%u cname:load", rtx);
  }
}

static void write_head(SdpWriter *sdp, const char *bundle) {
  sdp_line(sdp, "v=0");
  sdp_line(sdp, "o=- 1 1 IN IP4 127.0.0.1");
  sdp_line(sdp, "s=-");
  sdp_line(sdp, "t=0 0");
  sdp_line(sdp, "a=group:BUNDLE%s", bundle);
}

char *offer_write(const OfferSetting *setting) {
  SdpWriter sdp = {0};
  unsigned mids = 2 + setting->audio_slots + setting->video_slots;
  g_autoptr(GString) bundle = g_string_new(NULL);
  for (unsigned mid = 0; mid < mids; mid++)
    g_string_append_printf(bundle, " %u", mid);
  write_head(&sdp, bundle->str);
  for (unsigned mid = 0; mid < 2; mid++) {
    write_media(&sdp, setting, mid == 0, mid, setting->sends ? "sendonly" : "inactive");
    if (setting->sends)
      write_sources(&sdp, setting, mid == 0);
  }
  for (unsigned mid = 2; mid < mids; mid++)
    write_media(&sdp, setting, mid < 2 + setting->audio_slots, mid, "recvonly");
  return sdp.text;
}

char *offer_answer(const Sdp *offer, Seat *seat, const char *fingerprint) {
  SdpWriter sdp = {0};
  g_autoptr(GString) bundle = g_string_new(NULL);
  for (unsigned i = 0; i < offer->media_count; i++)
    g_string_append_printf(bundle, " %s", offer->media[i].mid);
  write_head(&sdp, bundle->str);
  for (unsigned i = 0; i < offer->media_count; i++) {
    const SdpMedia *media = &offer->media[i];
    bool audio = media->kind == SDP_AUDIO;
    g_autoptr(GString) types = g_string_new(NULL);
    for (unsigned c = 0; c < media->codec_count; c++)
      g_string_append_printf(types, " %u", media->codecs[c].payload_type);
    sdp_line(&sdp, "m=%s 9 UDP/TLS/RTP/SAVPF%s", audio ? "audio" : "video", types->str);
    sdp_line(&sdp, "c=IN IP4 0.0.0.0");
    sdp_line(&sdp, "a=mid:%s", media->mid);
    sdp_line(&sdp, "a=recvonly");
    write_transport(&sdp, seat, fingerprint, "active");
    for (unsigned e = 0; e < media->extension_count; e++)
      if (strcmp(media->extensions[e].uri, URI_NUMBER) == 0)
        sdp_line(&sdp, "a=extmap:%u " URI_NUMBER, media->extensions[e].id);
    for (unsigned c = 0; c < media->codec_count; c++) {
      const SdpCodec *codec = &media->codecs[c];
      sdp_line(&sdp, "a=rtpmap:%u %s/%u%s", codec->payload_type, codec->name, codec->clock_rate,
               audio ? "/2" : "");
      if (codec->apt)
        sdp_line(&sdp, "a=fmtp:%u apt=%u", codec->payload_type, codec->apt);
      if (codec->transport_cc)
        sdp_line(&sdp, "a=rtcp-fb:%u transport-cc", codec->payload_type);
      if (codec->nack)
        sdp_line(&sdp, "a=rtcp-fb:%u nack", codec->payload_type);
      if (codec->nack_pli)
        sdp_line(&sdp, "a=rtcp-fb:%u nack pli", codec->payload_type);
    }
  }
  return sdp.text;
}

bool offer_candidate(const char *sdp, const char *address, struct sockaddr_in *out) {
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

static uint8_t extension_id(const SdpMedia *media, const char *uri) {
  for (unsigned i = 0; i < media->extension_count; i++)
    if (strcmp(media->extensions[i].uri, uri) == 0)
      return media->extensions[i].id;
  return 0;
}

static void read_uplink(const SdpMedia *media, SeatLayout *layout) {
  SenderExtensions *up = &layout->up;
  up->sequence = extension_id(media, URI_NUMBER);
  up->mid = extension_id(media, URI_SDES "mid");
  if (media->kind == SDP_AUDIO) {
    up->level = extension_id(media, "urn:ietf:params:rtp-hdrext:ssrc-audio-level");
  } else {
    up->rid = extension_id(media, URI_SDES "rtp-stream-id");
    up->repaired = extension_id(media, URI_SDES "repaired-rtp-stream-id");
  }
  for (unsigned i = 0; i < media->codec_count; i++) {
    const SdpCodec *codec = &media->codecs[i];
    if (codec->apt)
      layout->rtx_type = codec->payload_type;
    else if (media->kind == SDP_AUDIO)
      layout->audio_type = codec->payload_type;
    else
      layout->video_type = codec->payload_type;
  }
}

void offer_read(const Sdp *sdp, SeatLayout *layout, char mids[SEAT_SLOTS_MAX][17]) {
  *layout = (SeatLayout){0};
  for (unsigned i = 0; i < sdp->media_count; i++) {
    const SdpMedia *media = &sdp->media[i];
    if (media->direction == SDP_RECVONLY) {
      read_uplink(media, layout);
    } else if (media->direction == SDP_SENDONLY && media->ssrc_count > 0 &&
               layout->slot_count < SEAT_SLOTS_MAX) {
      SeatSlot *slot = &layout->slots[layout->slot_count];
      *slot = (SeatSlot){.video = media->kind == SDP_VIDEO};
      for (unsigned s = 0; s < media->ssrc_count; s++)
        if (media->rtx_of[s])
          slot->rtx_ssrc = media->ssrcs[s];
        else if (!slot->ssrc)
          slot->ssrc = media->ssrcs[s];
      for (unsigned c = 0; c < media->codec_count; c++)
        if (g_ascii_strcasecmp(media->codecs[c].name, "red") == 0)
          slot->red_type = media->codecs[c].payload_type;
      g_strlcpy(mids[layout->slot_count++], media->mid, 17);
      layout->numbers_down = extension_id(media, URI_NUMBER);
    }
  }
}
