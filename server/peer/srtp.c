/* How a packet's index is found (RFC 3711 §3.3.1): RTP carries 16 bits of a 48-bit one, the rest is
 * guessed from the highest index of its SSRC; a wrong guess fails to authenticate. SRTCP carries
 * its own 31 bits. Both are part of the initialisation vector, so that an index must never be used
 * twice: sending one again is refused too, since for GCM it would give the key of the tags away. */
#include "peer/srtp.h"

#include <glib.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "base/prefetch.h"
#include "peer/replay.h"
#include "peer/srtp-keys.h"
#include "wire/bytes.h"
#include "wire/rtp.h"

#define CM_TAG_BYTES 10
#define GCM_TAG_BYTES 16
#define GCM_IV_BYTES 12
#define RTCP_HEAD_BYTES 8          /* what SRTCP leaves in the clear */
#define RTCP_INDEX_BYTES 4         /* E and the index */
#define RTCP_ENCRYPTED 0x80000000u /* E */
#define RTCP_INDEX_MAX 0x7fffffffu /* 31 bits */
#define RTP_INDEX_MAX 0xffffffffffffu
#define TABLE_MIN 8
#define CIPHER_BYTES 192 /* of an EVP_CIPHER_CTX: opaque, about so large */

typedef struct {
  uint32_t ssrc;
  Replay rtp, rtcp;
} SrtpStream;

/* Keyed once; a packet sets the initialisation vector only. */
typedef struct {
  EVP_CIPHER_CTX *cipher;
  EVP_MAC_CTX *mac; /* CM only */
  uint8_t salt[SRTP_SALT_BYTES];
} Crypto;

struct Srtp {
  bool gcm;
  size_t tag_bytes;
  Crypto rtp, rtcp;
  SrtpStream **table; /* by SSRC, open addressing, at most half full */
  unsigned capacity, count;
};

/* ---- streams ---- */

/* Fibonacci hashing: SSRCs of slots may be consecutive. */
static unsigned first_place(const Srtp *srtp, uint32_t ssrc) {
  return ssrc * 2654435769u >> 16 & (srtp->capacity - 1);
}

static SrtpStream **find(const Srtp *srtp, uint32_t ssrc) {
  for (unsigned i = first_place(srtp, ssrc);; i = (i + 1) & (srtp->capacity - 1))
    if (srtp->table[i] == NULL || srtp->table[i]->ssrc == ssrc)
      return &srtp->table[i];
}

static void grow(Srtp *srtp) {
  SrtpStream **old = srtp->table;
  unsigned old_capacity = srtp->capacity;
  srtp->capacity *= 2;
  srtp->table = g_new0(SrtpStream *, srtp->capacity);
  for (unsigned i = 0; i < old_capacity; i++)
    if (old[i])
      *find(srtp, old[i]->ssrc) = old[i];
  g_free(old);
}

/* Called once the packet proved to be authentic. */
static SrtpStream *find_or_add(Srtp *srtp, uint32_t ssrc) {
  SrtpStream **at = find(srtp, ssrc);
  if (*at)
    return *at;
  if (2 * (srtp->count + 1) > srtp->capacity) {
    grow(srtp);
    at = find(srtp, ssrc);
  }
  srtp->count++;
  *at = g_new0(SrtpStream, 1);
  (*at)->ssrc = ssrc;
  return *at;
}

static uint64_t guess_index(const SrtpStream *stream, uint16_t sequence) {
  if (stream == NULL || stream->rtp.next == 0)
    return sequence;
  uint64_t highest = stream->rtp.next - 1;
  uint16_t ahead = (uint16_t)(sequence - (uint16_t)highest);
  if (ahead < 0x8000)
    return highest + ahead;
  uint64_t behind = UINT64_C(0x10000) - ahead;
  /* Nothing came before roll-over counter 0: then it is a leap forward. */
  return behind <= highest ? highest - behind : sequence;
}

/* ---- one packet's cryptography ---- */

/* RFC 3711 §4.1.1, 16 bytes. */
static void cm_iv(const Crypto *crypto, uint32_t ssrc, uint64_t index, uint8_t *iv) {
  uint8_t mix[16] = {0};
  bytes_put32(mix + 4, ssrc);
  bytes_put64(mix + 8, index << 16);
  memcpy(iv, crypto->salt, SRTP_SALT_BYTES);
  iv[14] = iv[15] = 0;
  for (unsigned i = 0; i < 16; i++)
    iv[i] ^= mix[i];
}

/* RFC 7714 §8.1 and §9.1, 12 bytes: an SRTCP index stands where SRTP has half its roll-over counter
 * and the sequence number. */
static void gcm_iv(const Crypto *crypto, uint32_t ssrc, uint64_t index, uint8_t *iv) {
  uint8_t mix[GCM_IV_BYTES] = {0};
  bytes_put32(mix + 2, ssrc);
  bytes_put16(mix + 6, (uint16_t)(index >> 32));
  bytes_put32(mix + 8, (uint32_t)index);
  for (unsigned i = 0; i < GCM_IV_BYTES; i++)
    iv[i] = crypto->salt[i] ^ mix[i];
}

static bool cm_crypt(Crypto *crypto, uint32_t ssrc, uint64_t index, uint8_t *data, size_t len) {
  uint8_t iv[16];
  int written;
  cm_iv(crypto, ssrc, index, iv);
  return EVP_EncryptInit_ex(crypto->cipher, NULL, NULL, NULL, iv) &&
         EVP_EncryptUpdate(crypto->cipher, data, &written, data, (int)len);
}

/* The tag over data and then `trailer`: the roll-over counter, or nothing. */
static bool cm_tag(Crypto *crypto, const uint8_t *data, size_t len, const uint8_t *trailer,
                   size_t trailer_len, uint8_t tag[CM_TAG_BYTES]) {
  uint8_t digest[20];
  size_t digest_len;
  if (!EVP_MAC_init(crypto->mac, NULL, 0, NULL) || !EVP_MAC_update(crypto->mac, data, len) ||
      !EVP_MAC_update(crypto->mac, trailer, trailer_len) ||
      !EVP_MAC_final(crypto->mac, digest, &digest_len, sizeof digest))
    return false;
  memcpy(tag, digest, CM_TAG_BYTES);
  return true;
}

typedef struct {
  const uint8_t *at;
  size_t len;
} Part;

/* Authenticates head and trailer, encrypts body in place, writes the tag. */
static bool gcm_seal(Crypto *crypto, const uint8_t iv[GCM_IV_BYTES], Part head, Part trailer,
                     uint8_t *body, size_t len, uint8_t *tag) {
  EVP_CIPHER_CTX *cipher = crypto->cipher;
  int written;
  return EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, iv) &&
         EVP_EncryptUpdate(cipher, NULL, &written, head.at, (int)head.len) &&
         (trailer.len == 0 ||
          EVP_EncryptUpdate(cipher, NULL, &written, trailer.at, (int)trailer.len)) &&
         EVP_EncryptUpdate(cipher, body, &written, body, (int)len) &&
         EVP_EncryptFinal_ex(cipher, body + len, &written) &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, GCM_TAG_BYTES, tag);
}

static bool gcm_open(Crypto *crypto, const uint8_t iv[GCM_IV_BYTES], Part head, Part trailer,
                     uint8_t *body, size_t len, uint8_t *tag) {
  EVP_CIPHER_CTX *cipher = crypto->cipher;
  int written;
  return EVP_DecryptInit_ex(cipher, NULL, NULL, NULL, iv) &&
         EVP_DecryptUpdate(cipher, NULL, &written, head.at, (int)head.len) &&
         (trailer.len == 0 ||
          EVP_DecryptUpdate(cipher, NULL, &written, trailer.at, (int)trailer.len)) &&
         EVP_DecryptUpdate(cipher, body, &written, body, (int)len) &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, GCM_TAG_BYTES, tag) &&
         EVP_DecryptFinal_ex(cipher, body + len, &written) > 0;
}

/* ---- SRTP ---- */

void srtp_prefetch(const Srtp *srtp, uint32_t ssrc, unsigned step) {
  if (step == 0) {
    prefetch(srtp, sizeof *srtp);
  } else if (step == 1) {
    prefetch(&srtp->table[first_place(srtp, ssrc)], sizeof(SrtpStream *));
    prefetch(srtp->rtp.cipher, CIPHER_BYTES);
  } else if (srtp->table[first_place(srtp, ssrc)]) {
    prefetch(srtp->table[first_place(srtp, ssrc)], sizeof(SrtpStream));
  }
}

SrtpStatus srtp_protect(Srtp *srtp, uint8_t *data, size_t *len, size_t size) {
  RtpHeader header;
  if (!rtp_parse(data, *len, false, &header))
    return SRTP_MALFORMED;
  if (size < *len || size - *len < srtp->tag_bytes)
    return SRTP_NO_ROOM;
  SrtpStream *stream = *find(srtp, header.ssrc);
  if (stream == NULL && srtp->count == SRTP_SSRCS_MAX)
    return SRTP_TOO_MANY_SSRCS;
  uint64_t index = guess_index(stream, header.sequence);
  if (index > RTP_INDEX_MAX || (stream && !replay_check(&stream->rtp, index)))
    return SRTP_REPLAY;

  uint8_t *body = data + header.payload_offset, *tag = data + *len;
  bool ok;
  if (srtp->gcm) {
    uint8_t iv[GCM_IV_BYTES];
    gcm_iv(&srtp->rtp, header.ssrc, index, iv);
    ok = gcm_seal(&srtp->rtp, iv, (Part){data, header.payload_offset}, (Part){0}, body,
                  header.payload_len, tag);
  } else {
    uint8_t roc[4];
    bytes_put32(roc, (uint32_t)(index >> 16));
    ok = cm_crypt(&srtp->rtp, header.ssrc, index, body, header.payload_len) &&
         cm_tag(&srtp->rtp, data, *len, roc, sizeof roc, tag);
  }
  if (!ok)
    return SRTP_MALFORMED;
  replay_mark(&find_or_add(srtp, header.ssrc)->rtp, index);
  *len += srtp->tag_bytes;
  return SRTP_OK;
}

SrtpStatus srtp_unprotect(Srtp *srtp, uint8_t *data, size_t *len) {
  RtpHeader header;
  if (*len < srtp->tag_bytes || !rtp_parse(data, *len - srtp->tag_bytes, false, &header))
    return SRTP_MALFORMED;
  SrtpStream *stream = *find(srtp, header.ssrc);
  if (stream == NULL && srtp->count == SRTP_SSRCS_MAX)
    return SRTP_TOO_MANY_SSRCS;
  uint64_t index = guess_index(stream, header.sequence);
  if (index > RTP_INDEX_MAX || (stream && !replay_check(&stream->rtp, index)))
    return SRTP_REPLAY;

  size_t bare = *len - srtp->tag_bytes;
  uint8_t *body = data + header.payload_offset, *tag = data + bare;
  if (srtp->gcm) {
    uint8_t iv[GCM_IV_BYTES];
    gcm_iv(&srtp->rtp, header.ssrc, index, iv);
    if (!gcm_open(&srtp->rtp, iv, (Part){data, header.payload_offset}, (Part){0}, body,
                  header.payload_len, tag))
      return SRTP_AUTHENTICATION;
  } else {
    uint8_t roc[4], expected[CM_TAG_BYTES];
    bytes_put32(roc, (uint32_t)(index >> 16));
    if (!cm_tag(&srtp->rtp, data, bare, roc, sizeof roc, expected) ||
        CRYPTO_memcmp(expected, tag, CM_TAG_BYTES) != 0 ||
        !cm_crypt(&srtp->rtp, header.ssrc, index, body, header.payload_len))
      return SRTP_AUTHENTICATION;
  }
  replay_mark(&find_or_add(srtp, header.ssrc)->rtp, index);
  *len = bare;
  return SRTP_OK;
}

/* ---- SRTCP ---- */

SrtpStatus srtp_protect_rtcp(Srtp *srtp, uint8_t *data, size_t *len, size_t size) {
  size_t overhead = srtp->tag_bytes + RTCP_INDEX_BYTES;
  if (*len < RTCP_HEAD_BYTES || *len > UINT16_MAX || data[0] >> 6 != 2)
    return SRTP_MALFORMED;
  if (size < *len || size - *len < overhead)
    return SRTP_NO_ROOM;
  uint32_t ssrc = bytes_get32(data + 4);
  SrtpStream *stream = *find(srtp, ssrc);
  if (stream == NULL && srtp->count == SRTP_SSRCS_MAX)
    return SRTP_TOO_MANY_SSRCS;
  uint64_t index = stream ? stream->rtcp.next : 0;
  if (index > RTCP_INDEX_MAX)
    return SRTP_REPLAY;

  uint8_t *body = data + RTCP_HEAD_BYTES, *end = data + *len;
  size_t body_len = *len - RTCP_HEAD_BYTES;
  bool ok;
  if (srtp->gcm) { /* body, tag, index */
    uint8_t iv[GCM_IV_BYTES], *trailer = end + GCM_TAG_BYTES;
    bytes_put32(trailer, RTCP_ENCRYPTED | (uint32_t)index);
    gcm_iv(&srtp->rtcp, ssrc, index, iv);
    ok = gcm_seal(&srtp->rtcp, iv, (Part){data, RTCP_HEAD_BYTES}, (Part){trailer, RTCP_INDEX_BYTES},
                  body, body_len, end);
  } else { /* body, index, tag */
    bytes_put32(end, RTCP_ENCRYPTED | (uint32_t)index);
    ok = cm_crypt(&srtp->rtcp, ssrc, index, body, body_len) &&
         cm_tag(&srtp->rtcp, data, *len + RTCP_INDEX_BYTES, NULL, 0, end + RTCP_INDEX_BYTES);
  }
  if (!ok)
    return SRTP_MALFORMED;
  replay_mark(&find_or_add(srtp, ssrc)->rtcp, index);
  *len += overhead;
  return SRTP_OK;
}

SrtpStatus srtp_unprotect_rtcp(Srtp *srtp, uint8_t *data, size_t *len) {
  size_t overhead = srtp->tag_bytes + RTCP_INDEX_BYTES;
  if (*len < RTCP_HEAD_BYTES + overhead || *len > UINT16_MAX || data[0] >> 6 != 2)
    return SRTP_MALFORMED;
  size_t bare = *len - overhead;
  uint8_t *body = data + RTCP_HEAD_BYTES, *end = data + bare;
  uint8_t *trailer = srtp->gcm ? end + GCM_TAG_BYTES : end;
  if (!(bytes_get32(trailer) & RTCP_ENCRYPTED))
    return SRTP_UNENCRYPTED;
  uint32_t ssrc = bytes_get32(data + 4), index = bytes_get32(trailer) & RTCP_INDEX_MAX;
  SrtpStream *stream = *find(srtp, ssrc);
  if (stream == NULL && srtp->count == SRTP_SSRCS_MAX)
    return SRTP_TOO_MANY_SSRCS;
  if (stream && !replay_check(&stream->rtcp, index))
    return SRTP_REPLAY;

  if (srtp->gcm) {
    uint8_t iv[GCM_IV_BYTES];
    gcm_iv(&srtp->rtcp, ssrc, index, iv);
    if (!gcm_open(&srtp->rtcp, iv, (Part){data, RTCP_HEAD_BYTES}, (Part){trailer, RTCP_INDEX_BYTES},
                  body, bare - RTCP_HEAD_BYTES, end))
      return SRTP_AUTHENTICATION;
  } else {
    uint8_t expected[CM_TAG_BYTES];
    if (!cm_tag(&srtp->rtcp, data, bare + RTCP_INDEX_BYTES, NULL, 0, expected) ||
        CRYPTO_memcmp(expected, trailer + RTCP_INDEX_BYTES, CM_TAG_BYTES) != 0 ||
        !cm_crypt(&srtp->rtcp, ssrc, index, body, bare - RTCP_HEAD_BYTES))
      return SRTP_AUTHENTICATION;
  }
  replay_mark(&find_or_add(srtp, ssrc)->rtcp, index);
  *len = bare;
  return SRTP_OK;
}

/* ---- life ---- */

static bool crypto_init(Crypto *crypto, SrtpProfile profile, const SrtpSessionKeys *keys) {
  const EVP_CIPHER *type = profile == SRTP_PROFILE_CM_SHA1_80 ? EVP_aes_128_ctr()
                           : profile == SRTP_PROFILE_GCM_128  ? EVP_aes_128_gcm()
                                                              : EVP_aes_256_gcm();
  memcpy(crypto->salt, keys->salt, sizeof crypto->salt);
  crypto->cipher = EVP_CIPHER_CTX_new();
  if (!crypto->cipher || !EVP_EncryptInit_ex(crypto->cipher, type, NULL, keys->key, NULL))
    return false;
  if (profile != SRTP_PROFILE_CM_SHA1_80)
    return true;

  EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  char digest[] = "SHA1";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                         OSSL_PARAM_construct_end()};
  crypto->mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
  EVP_MAC_free(hmac);
  return crypto->mac && EVP_MAC_init(crypto->mac, keys->auth, sizeof keys->auth, params);
}

static void crypto_clear(Crypto *crypto) {
  EVP_CIPHER_CTX_free(crypto->cipher);
  EVP_MAC_CTX_free(crypto->mac);
  OPENSSL_cleanse(crypto->salt, sizeof crypto->salt);
}

Srtp *srtp_new_session(SrtpProfile profile, const SrtpSessionKeys *rtp,
                       const SrtpSessionKeys *rtcp) {
  Srtp *srtp = g_new0(Srtp, 1);
  srtp->gcm = profile != SRTP_PROFILE_CM_SHA1_80;
  srtp->tag_bytes = srtp->gcm ? GCM_TAG_BYTES : CM_TAG_BYTES;
  srtp->capacity = TABLE_MIN;
  srtp->table = g_new0(SrtpStream *, srtp->capacity);
  if (!crypto_init(&srtp->rtp, profile, rtp) || !crypto_init(&srtp->rtcp, profile, rtcp)) {
    srtp_free(srtp);
    return NULL;
  }
  return srtp;
}

Srtp *srtp_new(SrtpProfile profile, const uint8_t *key, const uint8_t *salt) {
  SrtpSessionKeys rtp, rtcp;
  Srtp *srtp = NULL;
  if (srtp_derive_session(profile, key, salt, &rtp, &rtcp))
    srtp = srtp_new_session(profile, &rtp, &rtcp);
  OPENSSL_cleanse(&rtp, sizeof rtp);
  OPENSSL_cleanse(&rtcp, sizeof rtcp);
  return srtp;
}

void srtp_free(Srtp *srtp) {
  if (srtp == NULL)
    return;
  crypto_clear(&srtp->rtp);
  crypto_clear(&srtp->rtcp);
  for (unsigned i = 0; i < srtp->capacity; i++)
    g_free(srtp->table[i]);
  g_free(srtp->table);
  g_free(srtp);
}
