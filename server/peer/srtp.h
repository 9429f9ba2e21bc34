/* SRTP and SRTCP (RFC 3711; AES-GCM: RFC 7714) on OpenSSL EVP with cached contexts.
 *
 * One Srtp per direction of a peer: it keeps master-key-derived session keys and, per SSRC, the
 * roll-over counter and the replay window. In place; on the packet path nothing is allocated but a
 * new SSRC's state (bounded by SRTP_SSRCS_MAX). Owned by one media thread. Cost: EVP with a cached
 * context 0.55 µs a 1200-byte packet (GCM); libsrtp2 on NSS 0.97 (GCM), 4.6 (CM).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
  SRTP_PROFILE_CM_SHA1_80 = 1, /* RFC 5764 profile 0x0001; OpenSSL has the bare names as macros */
  SRTP_PROFILE_GCM_128 = 7,    /* RFC 7714 profile 0x0007 */
  SRTP_PROFILE_GCM_256 = 8,
} SrtpProfile;

typedef enum {
  SRTP_OK,
  SRTP_MALFORMED,
  SRTP_AUTHENTICATION,
  SRTP_REPLAY,
  SRTP_TOO_MANY_SSRCS,
  SRTP_UNENCRYPTED, /* SRTCP with E = 0 */
  SRTP_NO_ROOM,
} SrtpStatus;

#define SRTP_OVERHEAD_MAX 20 /* bytes that protect may add: GCM tag 16 + SRTCP index 4 */
#define SRTP_SSRCS_MAX                                                                             \
  256 /* receiving: one peer publishes a handful; sending: slots and their rtx */

typedef struct Srtp Srtp;

/* Bytes of master key and salt for a profile: 16+14, 16+12, 32+12. */
size_t srtp_key_bytes(SrtpProfile profile);
size_t srtp_salt_bytes(SrtpProfile profile);

/* NULL when OpenSSL refuses. key, salt: copied. */
Srtp *srtp_new(SrtpProfile profile, const uint8_t *key, const uint8_t *salt);
void srtp_free(Srtp *srtp); /* wipes keys */

/* Fetches into the cache what protecting on this SSRC takes: step by step up to
 * SRTP_PREFETCH_STEPS, each a memory access later than the one before. */
#define SRTP_PREFETCH_STEPS 3
void srtp_prefetch(const Srtp *srtp, uint32_t ssrc, unsigned step);

/* Encrypt in place; data has room for SRTP_OVERHEAD_MAX more bytes (size is the whole room). *len
 * changes. A sequence number that was protected before on its SSRC (or lies more than
 * REPLAY_WINDOW of replay.h behind) is SRTP_REPLAY: encrypting twice under one index breaks the
 * ciphers, so send again what was sent encrypted, or use RTX. */
SrtpStatus srtp_protect(Srtp *srtp, uint8_t *data, size_t *len, size_t size);
SrtpStatus srtp_protect_rtcp(Srtp *srtp, uint8_t *data, size_t *len, size_t size);
/* Authenticate, check replay, decrypt in place. On failure data is undefined and no state changed.
 */
SrtpStatus srtp_unprotect(Srtp *srtp, uint8_t *data, size_t *len);
SrtpStatus srtp_unprotect_rtcp(Srtp *srtp, uint8_t *data, size_t *len);
