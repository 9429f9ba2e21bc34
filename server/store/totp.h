/* Codes that a phone and the server make from a secret and the clock: TOTP with HMAC-SHA-1, six
 * digits and steps of 30 s, which is what every authenticator app understands.
 *
 * A code is good in its own step and in the one before and after it, because phones' clocks differ
 * and typing takes time, but only once: a step that is not newer than the last one used is refused,
 * also after the clock went back. Times are wall-clock milliseconds since 1970 UTC. Pure; any
 * thread. Sources: RFC 6238, RFC 4226, RFC 4648 section 6. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TOTP_SECRET_BYTES 20 /* as RFC 4226 section 4, R6 recommends */
#define TOTP_DIGITS 6        /* RFC 4226 section 5.3 */
#define TOTP_STEP_MS 30000   /* RFC 6238 section 5.2 */
#define TOTP_WINDOW_STEPS 1  /* before and after the present one; the same section */

/* Random, from OpenSSL's RAND_bytes. */
void totp_secret_new(uint8_t secret[TOTP_SECRET_BYTES]);

/* The code that a phone shows at this time (not before 1970), with a final zero. */
void totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t now_ms, char code[TOTP_DIGITS + 1]);

/* The step whose code was typed, to be kept as the last one used. 0: none fits; or it is not newer
 * than last_step (0: none was used yet); or it is not six digits with at most single spaces between
 * them. How long it takes does not tell which step fits, or how much of a code. */
int64_t totp_check(const uint8_t secret[TOTP_SECRET_BYTES], const char *typed, int64_t now_ms,
                   int64_t last_step);

/* Base32 in groups of four, for people who type it: "GEZD GNBV …". Free with g_free. */
char *totp_secret_text(const uint8_t secret[TOTP_SECRET_BYTES]);
/* The same back; small letters and other groups are fine. False: it is anything else, and secret is
 * undefined. */
bool totp_secret_parse(const char *text, uint8_t secret[TOTP_SECRET_BYTES]);

/* "otpauth://totp/issuer:account?secret=…", which apps read from a QR code. Both are UTF-8; a colon
 * in them becomes a blank, because it stands between the two. Free with g_free. Source: the Key URI
 * Format of Google Authenticator's wiki. */
char *totp_uri(const uint8_t secret[TOTP_SECRET_BYTES], const char *issuer, const char *account);

/* What was typed without the single spaces between its characters, and a final zero: whether these
 * are exactly count bytes. out holds count + 1. */
bool totp_squeeze(const char *typed, size_t count, char *out);
