/* Unguessable names: identifiers that people may see, and secrets that they must not share.
 * Source of randomness: OpenSSL's RAND_bytes. Any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Base32 (Crockford, lower case) without padding: 26 characters carry 128 bits. */
#define ID_CHARS 16     /* 80 bits: names of rooms, participants, recordings, tracks */
#define SECRET_CHARS 52 /* 260 bits: session cookies, join tokens, personal links */

/* Fills out with chars random base32 characters and a final zero; out holds chars + 1 bytes. */
void id_random(char *out, size_t chars);

/* A new secret of SECRET_CHARS characters; free with g_free. */
char *secret_new(void);

/* SHA-256 of text as 64 lower-case hex digits and a zero: how secrets are kept at rest. */
void secret_digest(const char *text, char out[65]);

uint32_t random_u32(void);
