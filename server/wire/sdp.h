/* SDP as browsers offer it (RFC 8866, RFC 8829), read whole into a struct with fixed bounds, and
 * written. It knows lines, not meaning: what to answer is peer/negotiate's. libc only; any thread.
 * The struct is large (allocate it on the heap); strings are copied and bounded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SDP_MAX_BYTES 65536
#define SDP_MAX_LINES                                                                              \
  4000 /* a desktop's 25 slots with every codec; quality.md's 1000 only fit trimmed offers */
#define SDP_MAX_MEDIA 64
#define SDP_MAX_CODECS 64
#define SDP_MAX_EXTENSIONS 32
#define SDP_MAX_SSRCS 16
#define SDP_MAX_RIDS 4

/* Audio and video over any of the profiles that RFC 9429 §5.1.2 lists: some stacks write one and
 * mean DTLS-SRTP with feedback all the same; else SDP_OTHER. */
typedef enum { SDP_AUDIO, SDP_VIDEO, SDP_APPLICATION, SDP_OTHER } SdpKind;
typedef enum { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE } SdpDirection;

typedef struct {
  uint8_t payload_type;
  char name[16];       /* as written: "VP8", "opus", "rtx", "red", … */
  uint32_t clock_rate; /* Hz */
  uint8_t channels;
  char fmtp[128]; /* cut never: a longer one makes the codec unusable (name empty) */
  uint8_t apt;    /* rtx: its associated payload type, else 0 */
  bool nack, nack_pli, ccm_fir, transport_cc, goog_remb;
} SdpCodec;

typedef struct {
  uint8_t id;
  char uri[96];
} SdpExtension;

typedef struct {
  SdpKind kind;
  unsigned line; /* of its m=, counted from 1 */
  /* As they stand in the m-line, for an answer must repeat them (RFC 3264 §6): the type, the
   * profile and the first of the formats. */
  char type[16], profile[32], format[32];
  char mid[17]; /* "" without one; different in all media */
  /* Its place in the BUNDLE group, counted from 1; 0: it is not in it. Of several groups the one
   * counts that makes `bundle` true, or else the first. */
  unsigned bundle_place;
  SdpDirection direction;
  bool rejected; /* port 0 without bundle-only */
  bool rtcp_mux, rtcp_rsize;
  char ice_ufrag[257], ice_pwd[257];
  char fingerprint[96];      /* upper-case hex with colons */
  char fingerprint_hash[16]; /* "sha-256" */
  char setup[10];
  unsigned codec_count, extension_count, ssrc_count, rid_count;
  SdpCodec codecs[SDP_MAX_CODECS];
  SdpExtension extensions[SDP_MAX_EXTENSIONS];
  uint32_t ssrcs[SDP_MAX_SSRCS];  /* in order of appearance */
  uint32_t rtx_of[SDP_MAX_SSRCS]; /* FID: ssrcs[i] repairs rtx_of[i]; 0 otherwise */
  char rids[SDP_MAX_RIDS][17];    /* offered for sending, in the order of a=simulcast */
} SdpMedia;

typedef struct {
  unsigned media_count;
  bool bundle;   /* every non-rejected m-line is in one BUNDLE group */
  bool ice_lite; /* of the other side */
  /* Hashes, 0 when absent: of what its o= line says beside the version, which stays the same for a
   * session's life (RFC 9429 §5.2.2), and of its first a=tls-id (RFC 8842 §4). */
  uint64_t origin, tls_id;
  /* Session-level values are copied into each media that lacks its own. */
  SdpMedia media[SDP_MAX_MEDIA];
} Sdp;

/* What is wrong, and where: string constants. */
typedef struct {
  unsigned line;         /* counted from 1; 0: no particular one */
  const char *attribute; /* "mid"; "m", "v" or "o" for a line that is no attribute; "" */
  const char *why;       /* in English, for developers */
} SdpError;

/* NULL on failure with *error. Free with free(). */
Sdp *sdp_parse(const char *text, size_t len, SdpError *error);

/* Growing writer for answers; zeroed at first, text is zero-terminated and freed with free().
 * Strings that were parsed hold no control characters, so they cannot add lines. */
typedef struct {
  char *text;
  size_t len, size;
} SdpWriter;
void sdp_line(SdpWriter *writer, const char *format, ...)
    __attribute__((format(printf, 2, 3))); /* adds CRLF */
