#include "store/totp.h"

#include <glib.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define SHA1_BYTES 20
#define CODE_COUNT 1000000 /* 10 to the power of TOTP_DIGITS */
#define BASE32_CHARS 32    /* of TOTP_SECRET_BYTES; they need no padding */
#define GROUP_CHARS 4

static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

G_STATIC_ASSERT(TOTP_SECRET_BYTES * 8 == BASE32_CHARS * 5);

void totp_secret_new(uint8_t secret[TOTP_SECRET_BYTES]) {
  g_assert(RAND_bytes(secret, TOTP_SECRET_BYTES) == 1);
}

/* RFC 4226 section 5.3: four bytes of the HMAC, where its last half byte says, without the sign. */
static uint32_t code_of(const uint8_t secret[TOTP_SECRET_BYTES], int64_t step) {
  uint64_t counter = GUINT64_TO_BE((uint64_t)step);
  uint8_t mac[SHA1_BYTES];
  size_t length = 0;
  /* It fails only where SHA-1 or memory is missing: then nobody can be let in. */
  g_assert(EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, secret, TOTP_SECRET_BYTES,
                     (const unsigned char *)&counter, sizeof counter, mac, sizeof mac, &length));
  g_assert(length == sizeof mac);
  unsigned at = mac[SHA1_BYTES - 1] & 0xf;
  uint32_t number = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
                    (uint32_t)mac[at + 2] << 8 | mac[at + 3];
  OPENSSL_cleanse(mac, sizeof mac);
  return number % CODE_COUNT;
}

void totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t now_ms,
               char code[TOTP_DIGITS + 1]) {
  g_assert(now_ms >= 0);
  g_snprintf(code, TOTP_DIGITS + 1, "%06u", code_of(secret, now_ms / TOTP_STEP_MS));
}

bool totp_squeeze(const char *typed, size_t count, char *out) {
  size_t taken = 0;
  for (const char *at = typed; *at; at++) {
    bool between = *at == ' ' && taken > 0 && at[-1] != ' ' && at[1];
    if (between)
      continue;
    if (*at == ' ' || taken == count)
      return false;
    out[taken++] = *at;
  }
  out[taken] = 0;
  return taken == count;
}

static bool read_code(const char *typed, uint32_t *number) {
  char digits[TOTP_DIGITS + 1];
  if (!totp_squeeze(typed, TOTP_DIGITS, digits))
    return false;
  *number = 0;
  for (unsigned i = 0; i < TOTP_DIGITS; i++) {
    if (!g_ascii_isdigit(digits[i]))
      return false;
    *number = *number * 10 + (uint32_t)(digits[i] - '0');
  }
  return true;
}

int64_t totp_check(const uint8_t secret[TOTP_SECRET_BYTES], const char *typed, int64_t now_ms,
                   int64_t last_step) {
  uint32_t number;
  if (now_ms < 0 || !read_code(typed, &number))
    return 0;
  int64_t now = now_ms / TOTP_STEP_MS, fitting = 0;
  /* Of two steps with the same code it is the later one, so that the code is not good again. */
  for (int64_t step = now - TOTP_WINDOW_STEPS; step <= now + TOTP_WINDOW_STEPS; step++) {
    uint32_t code = code_of(secret, step);
    int64_t same = CRYPTO_memcmp(&code, &number, sizeof code) == 0;
    int64_t mask = -(same & (int64_t)(step > last_step));
    fitting = (step & mask) | (fitting & ~mask);
  }
  return fitting;
}

/* Eight characters for five bytes. */
static void write_base32(const uint8_t secret[TOTP_SECRET_BYTES], char out[BASE32_CHARS + 1]) {
  for (unsigned i = 0; i < BASE32_CHARS; i++) {
    const uint8_t *five = secret + i / 8 * 5;
    uint64_t bits = 0;
    for (unsigned byte = 0; byte < 5; byte++)
      bits = bits << 8 | five[byte];
    out[i] = base32[bits >> (35 - i % 8 * 5) & 31];
  }
  out[BASE32_CHARS] = 0;
}

char *totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES]) {
  char plain[BASE32_CHARS + 1];
  write_base32(secret, plain);
  GString *text = g_string_sized_new(BASE32_CHARS + BASE32_CHARS / GROUP_CHARS);
  for (unsigned i = 0; i < BASE32_CHARS; i += GROUP_CHARS) {
    if (i > 0)
      g_string_append_c(text, ' ');
    g_string_append_len(text, plain + i, GROUP_CHARS);
  }
  OPENSSL_cleanse(plain, sizeof plain);
  return g_string_free(text, FALSE);
}

bool totp_secret_parse(const char *text, uint8_t secret[TOTP_SECRET_BYTES]) {
  char plain[BASE32_CHARS + 1];
  if (!totp_squeeze(text, BASE32_CHARS, plain))
    return false;
  uint64_t bits = 0;
  for (unsigned i = 0; i < BASE32_CHARS; i++) {
    const char *letter = strchr(base32, g_ascii_toupper(plain[i]));
    if (!letter)
      return false;
    bits = bits << 5 | (uint64_t)(letter - base32);
    for (unsigned byte = 0; i % 8 == 7 && byte < 5; byte++)
      secret[i / 8 * 5 + byte] = (uint8_t)(bits >> (32 - 8 * byte));
  }
  OPENSSL_cleanse(plain, sizeof plain);
  return true;
}

static char *escape(const char *name) {
  g_autofree char *plain = g_strdelimit(g_strdup(name), ":", ' ');
  return g_uri_escape_string(plain, NULL, FALSE);
}

char *totp_uri(const uint8_t secret[TOTP_SECRET_BYTES], const char *issuer, const char *account) {
  char plain[BASE32_CHARS + 1];
  write_base32(secret, plain);
  g_autofree char *by = escape(issuer), *of = escape(account);
  char *uri = g_strdup_printf("otpauth://totp/%s:%s?secret=%s&issuer=%s"
                              "&algorithm=SHA1&digits=%d&period=%d",
                              by, of, plain, by, TOTP_DIGITS, TOTP_STEP_MS / 1000);
  OPENSSL_cleanse(plain, sizeof plain);
  return uri;
}
