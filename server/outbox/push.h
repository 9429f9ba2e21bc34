/* Web push: a message sealed for one browser (RFC 8291, aes128gcm of RFC 8188) and the proof of who
 * sends it (VAPID, RFC 8292, ES256). The push service between them can read nothing. Pure but for
 * the key's file; any thread. */
#pragma once

#include <glib.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#define PUSH_TEXT_MOST 3000 /* bytes; services take 4096 with what is around them */

typedef struct PushKey PushKey;

/* The server's own key pair on P-256, data_dir/push-key.pem (mode 0600): made when there is none,
 * kept for good, because browsers subscribe to it. */
PushKey *push_key_own(const char *data_dir, GError **error);
void push_key_free(PushKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PushKey, push_key_free)
/* As applicationServerKey wants it: 65 bytes in base64url. Borrowed. */
const char *push_key_public(const PushKey *key);

/* "vapid t=…, k=…" for the Authorization header: good for the service of that endpoint, for twelve
 * hours. contact: "mailto:…" or "https://…". NULL when the endpoint is no address. */
char *push_authorization(const PushKey *key, const char *endpoint, const char *contact,
                         int64_t now_s);

/* The body of the request, sealed for the browser's key p256dh and secret auth, both in base64url.
 * NULL when they are not what they should be. text: at most PUSH_TEXT_MOST bytes. */
GBytes *push_seal(const char *p256dh, const char *auth, const char *text);
/* The same with what is random in it: the pair of this message and 16 bytes of salt. */
GBytes *push_seal_with(const char *p256dh, const char *auth, const char *text, EVP_PKEY *pair,
                       const unsigned char *salt);

/* base64url without padding. Free with g_free. */
char *base64url_encode(const void *bytes, size_t size);
guchar *base64url_decode(const char *text, gsize *size);
