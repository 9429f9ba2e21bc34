/* Signatures by which a program that listens knows that a message is this server's and is new: the
 * Standard Webhooks specification 1.0.0 (standardwebhooks.com), HMAC-SHA256. Pure; any thread. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* "v1,BASE64" over id, time and body. secret: "whsec_" and base64. NULL when the secret is not of
 * that form. Free with g_free. */
char *webhook_signature(const char *secret, const char *id, int64_t at_s, const char *body,
                        size_t length);
