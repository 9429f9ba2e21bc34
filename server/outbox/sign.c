#include "outbox/sign.h"

#include <glib.h>
#include <inttypes.h>
#include <openssl/hmac.h>
#include <string.h>

#define PREFIX "whsec_"
#define KEY_BYTES_LEAST 16

char *webhook_signature(const char *secret, const char *id, int64_t at_s, const char *body,
                        size_t length) {
  gsize size = 0;
  if (!g_str_has_prefix(secret, PREFIX))
    return NULL;
  g_autofree guchar *key = g_base64_decode(secret + strlen(PREFIX), &size);
  if (size < KEY_BYTES_LEAST)
    return NULL;
  g_autoptr(GString) text = g_string_new(NULL);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned digest_size = 0;
  g_string_printf(text, "%s.%" PRId64 ".", id, at_s);
  g_string_append_len(text, body, (gssize)length);
  g_assert(HMAC(EVP_sha256(), key, (int)size, (const unsigned char *)text->str, text->len, digest,
                &digest_size));
  g_autofree char *code = g_base64_encode(digest, digest_size);
  return g_strconcat("v1,", code, NULL);
}
