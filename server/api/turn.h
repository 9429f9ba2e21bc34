/* Credentials for the TURN server (coturn, server/turnserver.conf) that carries media where direct
 * ways are blocked. Any thread.
 *
 * The scheme is draft-uberti-behave-turn-rest-00, which coturn calls use-auth-secret: both servers
 * share a secret, the user name is "expiry:id" with the expiry in seconds since 1970, the password
 * is base64(HMAC-SHA1(secret, user name)). The id is random and stands for nobody: TURN sends user
 * names in the clear and servers log them.
 */
#pragma once

#include <jansson.h>
#include <stdint.h>

#include "base/config.h"

typedef struct Turn Turn;

/* Checks turn_uris and turn_secret_file. Without URIs the file is not looked at. */
Turn *turn_new(const Config *config, GError **error);
void turn_free(Turn *turn);

/* A list for RTCPeerConnection's iceServers with credentials of its own, valid from now_ms for
 * turn_credential_min; [] when turn is NULL or there are no URIs. A new reference.
 * By the secret that the file holds now; while that is no good (logged), by the last that was. */
json_t *turn_ice_servers(Turn *turn, int64_t now_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Turn, turn_free)
