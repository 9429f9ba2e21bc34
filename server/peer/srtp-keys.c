#include "peer/srtp-keys.h"

#include <openssl/evp.h>
#include <string.h>

/* RFC 3711 §4.3.2: SRTCP's labels follow SRTP's. */
enum { LABEL_CIPHER = 0, LABEL_AUTH = 1, LABEL_SALT = 2, LABEL_RTCP = 3 };

size_t srtp_key_bytes(SrtpProfile profile) {
  return profile == SRTP_PROFILE_GCM_256 ? 32 : 16;
}

size_t srtp_salt_bytes(SrtpProfile profile) {
  return profile == SRTP_PROFILE_CM_SHA1_80 ? 14 : 12;
}

bool srtp_derive(const uint8_t *master_key, size_t key_bytes,
                 const uint8_t master_salt[SRTP_SALT_BYTES], uint8_t label, uint8_t *out,
                 size_t out_bytes) {
  /* The key stream of AES in counter mode; the label stands 7 bytes before the salt's end. */
  uint8_t iv[16] = {0};
  memcpy(iv, master_salt, SRTP_SALT_BYTES);
  iv[7] ^= label;
  memset(out, 0, out_bytes);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  int written;
  bool ok = cipher &&
            EVP_EncryptInit_ex(cipher, key_bytes == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr(),
                               NULL, master_key, iv) &&
            EVP_EncryptUpdate(cipher, out, &written, out, (int)out_bytes);
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

bool srtp_derive_session(SrtpProfile profile, const uint8_t *key, const uint8_t *salt,
                         SrtpSessionKeys *rtp, SrtpSessionKeys *rtcp) {
  SrtpSessionKeys *sessions[] = {rtp, rtcp};
  size_t key_bytes = srtp_key_bytes(profile), salt_bytes = srtp_salt_bytes(profile);
  uint8_t padded[SRTP_SALT_BYTES] = {0};
  memcpy(padded, salt, salt_bytes);
  for (unsigned i = 0; i < 2; i++) {
    SrtpSessionKeys *session = sessions[i];
    uint8_t first = (uint8_t)(i * LABEL_RTCP);
    memset(session, 0, sizeof *session);
    if (!srtp_derive(key, key_bytes, padded, first + LABEL_CIPHER, session->key, key_bytes) ||
        !srtp_derive(key, key_bytes, padded, first + LABEL_AUTH, session->auth,
                     sizeof session->auth) ||
        !srtp_derive(key, key_bytes, padded, first + LABEL_SALT, session->salt, salt_bytes))
      return false;
  }
  return true;
}
