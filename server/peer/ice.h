/* ICE-lite (RFC 8445 §2.5) on libnice's STUN library: answers connectivity checks; and asks, where
 * a peer might be moved, in the manner of consent checks (RFC 7675).
 *
 * One shared agent for all peers: it keeps no state per peer. Which peer a check is for is told by
 * the user fragment in its USERNAME, which is looked up before anything is computed, so that
 * strangers cost next to nothing, and nobody else behind their address pays for them. What the
 * library leaves open is checked here first, on the bytes: exact length, one MESSAGE-INTEGRITY of
 * 20 bytes, a FINGERPRINT at the end, USERNAME ≤ 512 bytes (it accepts 513 and would echo them).
 * Everything doubtful is dropped in silence: an answer to a stranger is a reflection. Facts:
 * platform.md.
 *
 * Owned by one media thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "peer/path.h"

#define ICE_UFRAG_CHARS 8    /* RFC 8839 §5.4: at least 4 and 24 bits; these are 40 */
#define ICE_PWD_CHARS 32     /* at least 22 and 128 bits; these are 160 */
#define ICE_REPLY_MAX 1280   /* the reply echoes USERNAME */
#define ICE_USERNAME_MAX 512 /* RFC 8489 §14.3: less than 513 bytes */
#define ICE_TRANSACTION_BYTES 12
#define ICE_ASK_MAX 640 /* a request with the longest names */

typedef struct {
  char ufrag[ICE_UFRAG_CHARS + 1];
  char pwd[ICE_PWD_CHARS + 1];
} IceCredentials;

typedef enum {
  ICE_DROP,       /* malformed, an indication, a response: no answer */
  ICE_STRANGER,   /* unknown user fragment: no answer */
  ICE_FORGED,     /* a known one with wrong integrity: no answer */
  ICE_VALID,      /* an authenticated check: reply holds the answer */
  ICE_ERROR_REPLY /* authenticated, but refused (420, 487): send reply, the check does not count */
} IceVerdict;

typedef struct {
  void *owner;                /* whom the look-up named */
  bool nominated;             /* USE-CANDIDATE */
  bool current;               /* the credentials are the newest generation */
  const uint8_t *transaction; /* ICE_TRANSACTION_BYTES in the datagram */
  uint8_t reply[ICE_REPLY_MAX];
  size_t reply_len;
} IceCheck;

/* Finds the password that belongs to our user fragment; false: unknown. */
typedef bool (*IceLookup)(void *user, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                          void **owner, bool *current);

typedef struct Ice Ice;

Ice *ice_new(IceLookup lookup, void *user);
void ice_free(Ice *ice);

void ice_credentials_new(IceCredentials *credentials);

/* data: one datagram with PORT_PADDING zeroes behind it. */
IceVerdict ice_receive(Ice *ice, const uint8_t *data, size_t len, const Path *from,
                       IceCheck *check);

/* A STUN success response, by its first bytes; its transaction, and a request's. */
bool ice_is_answer(const uint8_t *data, size_t len);
const uint8_t *ice_transaction(const uint8_t *data);
/* Writes a Binding request (RFC 8445 §7.2.2) to ask a client whether it is there; returns its
 * length. remote: the client's credentials. Its role is the controlling one. */
size_t ice_ask(uint8_t out[ICE_ASK_MAX], const uint8_t transaction[ICE_TRANSACTION_BYTES],
               const char *remote_ufrag, const char *ufrag, const char *remote_pwd);
/* Is the answer the client's own (RFC 8489 §14.5)? */
bool ice_answer_is_authentic(const uint8_t *data, size_t len, const char *remote_pwd);
