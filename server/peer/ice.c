#include "peer/ice.h"

#include <glib.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/id.h"

#define STUN_HEAD 20
#define ATTRIBUTE_HEAD 4
#define TRANSACTION_AT 8 /* RFC 8489 §5: type, length, cookie */
#define INTEGRITY_BYTES 20
#define BINDING_SUCCESS 0x0101
#define PRIORITY 0x7effffff /* of a peer-reflexive candidate: whoever is asked need not care */

/* What a check may carry; any other mandatory attribute is answered with 420. Zero-terminated. */
static const uint16_t known_attributes[] = {STUN_ATTRIBUTE_USERNAME,
                                            STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
                                            STUN_ATTRIBUTE_PRIORITY,
                                            STUN_ATTRIBUTE_USE_CANDIDATE,
                                            STUN_ATTRIBUTE_MAPPED_ADDRESS,
                                            STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                                            STUN_ATTRIBUTE_ERROR_CODE,
                                            STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES,
                                            0};

struct Ice {
  StunAgent agent;
  IceLookup lookup;
  void *user;
  IceCheck *check; /* of the call that is running */
};

Ice *ice_new(IceLookup lookup, void *user) {
  Ice *ice = g_new0(Ice, 1);
  stun_agent_init(&ice->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  ice->lookup = lookup;
  ice->user = user;
  return ice;
}

void ice_free(Ice *ice) {
  g_free(ice);
}

void ice_credentials_new(IceCredentials *credentials) {
  id_random(credentials->ufrag, ICE_UFRAG_CHARS);
  id_random(credentials->pwd, ICE_PWD_CHARS);
}

static unsigned read16(const uint8_t *at) {
  return (unsigned)at[0] << 8 | at[1];
}

/* Where what matters stands in a message; NULL where it does not. */
typedef struct {
  const uint8_t *username, *integrity; /* the values */
  unsigned username_len;
  bool fingerprint;
} Shape;

/* The lengths that the library does not check (file head). */
static bool read_shape(const uint8_t *data, size_t len, Shape *shape) {
  *shape = (Shape){0};
  if (len < STUN_HEAD || len % 4 || read16(data + 2) + (size_t)STUN_HEAD != len)
    return false;
  for (size_t at = STUN_HEAD; at < len;) {
    if (len - at < ATTRIBUTE_HEAD || shape->fingerprint)
      return false;
    unsigned type = read16(data + at), bytes = read16(data + at + 2);
    at += ATTRIBUTE_HEAD;
    if (bytes > len - at)
      return false;
    switch (type) {
    case STUN_ATTRIBUTE_USERNAME:
      if (shape->username || bytes > ICE_USERNAME_MAX)
        return false;
      shape->username = data + at;
      shape->username_len = bytes;
      break;
    case STUN_ATTRIBUTE_MESSAGE_INTEGRITY:
      if (shape->integrity || bytes != INTEGRITY_BYTES)
        return false;
      shape->integrity = data + at;
      break;
    case STUN_ATTRIBUTE_FINGERPRINT:
      if (bytes != 4)
        return false;
      shape->fingerprint = true;
      break;
    default:
      break;
    }
    at += (bytes + 3u) & ~3u;
  }
  return true;
}

/* "ours:theirs", RFC 8445 §7.2.2 */
static bool look_up(Ice *ice, const uint8_t *username, unsigned len, const char **pwd,
                    IceCheck *check) {
  return len > ICE_UFRAG_CHARS && username[ICE_UFRAG_CHARS] == ':' &&
         ice->lookup(ice->user, (const char *)username, pwd, &check->owner, &check->current);
}

static bool find_password(StunAgent *agent, StunMessage *message, uint8_t *username,
                          uint16_t username_len, uint8_t **password, size_t *password_len,
                          void *user) {
  Ice *ice = user;
  const char *pwd;
  if (!look_up(ice, username, username_len, &pwd, ice->check))
    return false;
  *password = (uint8_t *)pwd;
  *password_len = strlen(pwd);
  return true;
}

static IceVerdict answer(Ice *ice, StunMessage *request, const Path *from, IceCheck *check) {
  struct sockaddr_storage source;
  socklen_t source_len = path_to_sockaddr(from, &source);
  StunMessage reply;
  size_t reply_len = sizeof check->reply;
  /* We are controlled, with the lowest tie-breaker: a client that thinks the same gets 487. */
  bool control = false;
  StunUsageIceReturn result = stun_usage_ice_conncheck_create_reply(
      &ice->agent, request, &reply, check->reply, &reply_len, &source, source_len, &control, 0,
      STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  check->reply_len = reply_len;
  if (result == STUN_USAGE_ICE_RETURN_SUCCESS) {
    check->nominated = stun_usage_ice_conncheck_use_candidate(request);
    return ICE_VALID;
  }
  return reply_len ? ICE_ERROR_REPLY : ICE_DROP;
}

IceVerdict ice_receive(Ice *ice, const uint8_t *data, size_t len, const Path *from,
                       IceCheck *check) {
  check->owner = NULL;
  check->nominated = check->current = false;
  check->reply_len = 0;
  Shape shape;
  const char *pwd;
  if (!read_shape(data, len, &shape) || !shape.username || !shape.integrity || !shape.fingerprint)
    return ICE_DROP;
  if (!look_up(ice, shape.username, shape.username_len, &pwd, check))
    return ICE_STRANGER;
  check->transaction = ice_transaction(data);
  ice->check = check;
  StunMessage request;
  StunValidationStatus status =
      stun_agent_validate(&ice->agent, &request, data, len, find_password, ice);
  ice->check = NULL;
  if (status == STUN_VALIDATION_UNAUTHORIZED)
    return ICE_FORGED;
  if (status != STUN_VALIDATION_SUCCESS && status != STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE)
    return ICE_DROP;
  if (stun_message_get_class(&request) != STUN_REQUEST ||
      stun_message_get_method(&request) != STUN_BINDING || !check->owner)
    return ICE_DROP;
  if (status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE) {
    StunMessage reply;
    check->reply_len = stun_agent_build_unknown_attributes_error(&ice->agent, &reply, check->reply,
                                                                 sizeof check->reply, &request);
    return check->reply_len ? ICE_ERROR_REPLY : ICE_DROP;
  }
  return answer(ice, &request, from, check);
}

/* --- asking --- */

bool ice_is_answer(const uint8_t *data, size_t len) {
  return len >= STUN_HEAD && read16(data) == BINDING_SUCCESS;
}

const uint8_t *ice_transaction(const uint8_t *data) {
  return data + TRANSACTION_AT;
}

size_t ice_ask(uint8_t out[ICE_ASK_MAX], const uint8_t transaction[ICE_TRANSACTION_BYTES],
               const char *remote_ufrag, const char *ufrag, const char *remote_pwd) {
  StunAgent agent; /* of its own: the shared one would wait for the answer */
  StunMessage message;
  char username[ICE_USERNAME_MAX + 1];
  int len = g_snprintf(username, sizeof username, "%s:%s", remote_ufrag, ufrag);
  stun_agent_init(&agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  if (!stun_agent_init_request(&agent, &message, out, ICE_ASK_MAX, STUN_BINDING))
    return 0;
  memcpy(out + TRANSACTION_AT, transaction, ICE_TRANSACTION_BYTES);
  if (stun_message_append_bytes(&message, STUN_ATTRIBUTE_USERNAME, username, (size_t)len) ||
      stun_message_append32(&message, STUN_ATTRIBUTE_PRIORITY, PRIORITY) ||
      stun_message_append64(&message, STUN_ATTRIBUTE_ICE_CONTROLLED, 0))
    return 0;
  return stun_agent_finish_message(&agent, &message, (const uint8_t *)remote_pwd,
                                   strlen(remote_pwd));
}

bool ice_answer_is_authentic(const uint8_t *data, size_t len, const char *remote_pwd) {
  Shape shape;
  uint8_t covered[ICE_REPLY_MAX], digest[EVP_MAX_MD_SIZE];
  unsigned digest_len = 0;
  if (!ice_is_answer(data, len) || !read_shape(data, len, &shape) || !shape.integrity)
    return false;
  size_t before = (size_t)(shape.integrity - data) - ATTRIBUTE_HEAD;
  if (before > sizeof covered)
    return false;
  /* As if the message ended with it (RFC 8489 §14.5). */
  size_t until = before + ATTRIBUTE_HEAD + INTEGRITY_BYTES - STUN_HEAD;
  memcpy(covered, data, before);
  covered[2] = (uint8_t)(until >> 8);
  covered[3] = (uint8_t)until;
  return HMAC(EVP_sha1(), remote_pwd, (int)strlen(remote_pwd), covered, before, digest,
              &digest_len) &&
         digest_len == INTEGRITY_BYTES &&
         CRYPTO_memcmp(digest, shape.integrity, INTEGRITY_BYTES) == 0;
}
