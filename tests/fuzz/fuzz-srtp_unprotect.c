/* SRTP and SRTCP from a stranger, and as a round trip. The first byte chooses: bits 0-1 the
 * profile, bit 2 SRTCP, bit 3 whether the rest is a packet off the net or a plain one to seal, and
 * bits 4-7 which of its bytes to spoil. */
#include "fuzz.h"

#include <string.h>

#include "peer/srtp.h"

static SrtpStatus protect(Srtp *srtp, bool rtcp, uint8_t *data, size_t *len, size_t size) {
  return rtcp ? srtp_protect_rtcp(srtp, data, len, size) : srtp_protect(srtp, data, len, size);
}

static SrtpStatus unprotect(Srtp *srtp, bool rtcp, uint8_t *data, size_t *len) {
  return rtcp ? srtp_unprotect_rtcp(srtp, data, len) : srtp_unprotect(srtp, data, len);
}

static void round_trip(Srtp *sender, Srtp *receiver, bool rtcp, const uint8_t *plain, size_t len,
                       unsigned spoil) {
  size_t size = len + SRTP_OVERHEAD_MAX, sealed_len = len;
  uint8_t *sealed = malloc(size), *copy = malloc(size);
  MUST(sealed != NULL && copy != NULL);
  memcpy(sealed, plain, len);
  if (protect(sender, rtcp, sealed, &sealed_len, size) == SRTP_OK) {
    size_t copy_len = sealed_len;
    memcpy(copy, sealed, sealed_len);
    copy[spoil * 37 % sealed_len] ^= 1;
    MUST(unprotect(receiver, rtcp, copy, &copy_len) != SRTP_OK);
    copy_len = sealed_len;
    memcpy(copy, sealed, sealed_len);
    MUST(unprotect(receiver, rtcp, copy, &copy_len) == SRTP_OK);
    MUST(copy_len == len && memcmp(copy, plain, len) == 0);
    copy_len = sealed_len;
    memcpy(copy, sealed, sealed_len);
    MUST(unprotect(receiver, rtcp, copy, &copy_len) == SRTP_REPLAY);
  } else {
    MUST(sealed_len == len);
  }
  free(sealed);
  free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  static const SrtpProfile profiles[] = {SRTP_PROFILE_CM_SHA1_80, SRTP_PROFILE_GCM_128,
                                         SRTP_PROFILE_GCM_256, SRTP_PROFILE_GCM_128};
  static const uint8_t secret[46] = "thirty-two bytes of key, then the salt's 14..";
  if (len == 0 || len > 2000)
    return 0;
  SrtpProfile profile = profiles[data[0] & 3];
  bool rtcp = data[0] & 4;
  Srtp *receiver = srtp_new(profile, secret, secret + 32);
  MUST(receiver != NULL);
  if (data[0] & 8) {
    Srtp *sender = srtp_new(profile, secret, secret + 32);
    MUST(sender != NULL);
    round_trip(sender, receiver, rtcp, data + 1, len - 1, data[0] >> 4);
    srtp_free(sender);
  } else {
    uint8_t *copy = malloc(len);
    MUST(copy != NULL);
    size_t changed = len - 1;
    memcpy(copy, data + 1, len - 1);
    unprotect(receiver, rtcp, copy, &changed);
    MUST(changed <= len - 1);
    free(copy);
  }
  srtp_free(receiver);
  return 0;
}
