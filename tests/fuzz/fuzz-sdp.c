/* SDP offers: an answerable struct or a reason, with every string bounded and free of line ends. */
#include "fuzz.h"

#include <string.h>

#include "wire/sdp.h"

static void check_string(const char *text, size_t size) {
  size_t len = strnlen(text, size);
  MUST(len < size);
  for (size_t i = 0; i < len; i++)
    MUST((unsigned char)text[i] >= 0x20 || text[i] == '\t');
}

static void check_media(const SdpMedia *media) {
  MUST(media->codec_count <= SDP_MAX_CODECS && media->extension_count <= SDP_MAX_EXTENSIONS &&
       media->ssrc_count <= SDP_MAX_SSRCS && media->rid_count <= SDP_MAX_RIDS);
  check_string(media->type, sizeof media->type);
  check_string(media->profile, sizeof media->profile);
  check_string(media->format, sizeof media->format);
  check_string(media->mid, sizeof media->mid);
  check_string(media->ice_ufrag, sizeof media->ice_ufrag);
  check_string(media->ice_pwd, sizeof media->ice_pwd);
  check_string(media->fingerprint, sizeof media->fingerprint);
  check_string(media->fingerprint_hash, sizeof media->fingerprint_hash);
  check_string(media->setup, sizeof media->setup);
  for (unsigned i = 0; i < media->codec_count; i++) {
    const SdpCodec *codec = &media->codecs[i];
    check_string(codec->name, sizeof codec->name);
    check_string(codec->fmtp, sizeof codec->fmtp);
    MUST(codec->payload_type <= 127 && codec->apt <= 127);
    MUST((codec->name[0] == '\0') == (codec->clock_rate == 0));
  }
  for (unsigned i = 0; i < media->extension_count; i++) {
    check_string(media->extensions[i].uri, sizeof media->extensions[i].uri);
    MUST(media->extensions[i].id > 0 && media->extensions[i].uri[0]);
  }
  for (unsigned i = 0; i < media->rid_count; i++) {
    check_string(media->rids[i], sizeof media->rids[i]);
    MUST(media->rids[i][0]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  SdpError why;
  Sdp *sdp = sdp_parse((const char *)data, len, &why);
  MUST((sdp == NULL) == (why.why != NULL));
  if (sdp == NULL)
    return 0;
  MUST(sdp->media_count <= SDP_MAX_MEDIA);
  for (unsigned i = 0; i < sdp->media_count; i++) {
    check_media(&sdp->media[i]);
    for (unsigned other = 0; other < i; other++)
      MUST(sdp->media[i].mid[0] == '\0' || strcmp(sdp->media[i].mid, sdp->media[other].mid) != 0);
  }
  free(sdp);
  return 0;
}
