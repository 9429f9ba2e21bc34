/* SRTP session keys from master keys (RFC 3711 §4.3, RFC 6188, RFC 7714 §11). A header of its own
 * so that tests can start from the session keys which the RFCs' vectors give. Any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/srtp.h"

#define SRTP_KEY_MAX 32
#define SRTP_SALT_BYTES 14 /* a GCM profile's 12 are followed by two zeros */
#define SRTP_AUTH_KEY_BYTES 20

typedef struct {
  uint8_t key[SRTP_KEY_MAX];
  uint8_t salt[SRTP_SALT_BYTES];
  uint8_t auth[SRTP_AUTH_KEY_BYTES]; /* CM only */
} SrtpSessionKeys;

/* One derived key: `label` of §4.3.1, key derivation rate 0. False when OpenSSL refuses. */
bool srtp_derive(const uint8_t *master_key, size_t key_bytes,
                 const uint8_t master_salt[SRTP_SALT_BYTES], uint8_t label, uint8_t *out,
                 size_t out_bytes);

/* The session keys of SRTP, and of SRTCP. */
bool srtp_derive_session(SrtpProfile profile, const uint8_t *key, const uint8_t *salt,
                         SrtpSessionKeys *rtp, SrtpSessionKeys *rtcp);

/* srtp_new without the derivation. */
Srtp *srtp_new_session(SrtpProfile profile, const SrtpSessionKeys *rtp,
                       const SrtpSessionKeys *rtcp);
