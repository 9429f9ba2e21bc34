#include "base/id.h"

#include <glib.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/digest.h"

static void random_bytes(uint8_t *out, size_t len) {
  /* Without randomness no identifier is safe to hand out: stop rather than go on. */
  g_assert(RAND_bytes(out, (int)len) == 1);
}

void id_random(char *out, size_t chars) {
  static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
  uint8_t bytes[64];
  g_assert(chars <= sizeof bytes);
  random_bytes(bytes, chars);
  for (size_t i = 0; i < chars; i++)
    out[i] = alphabet[bytes[i] & 31];
  out[chars] = 0;
}

char *secret_new(void) {
  char *secret = g_malloc(SECRET_CHARS + 1);
  id_random(secret, SECRET_CHARS);
  return secret;
}

void secret_digest(const char *text, char out[65]) {
  digest_bytes(text, strlen(text), out);
}

uint32_t random_u32(void) {
  uint32_t value;
  random_bytes((uint8_t *)&value, sizeof value);
  return value;
}
