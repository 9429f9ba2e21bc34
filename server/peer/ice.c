#include "peer/ice.h"

#include <glib.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "base/id.h"

#define STUN_HEAD 20
#define ATTRIBUTE_HEAD 4

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

/* The lengths that the library does not check (file head). */
static bool shape_is_sound(const uint8_t *data, size_t len) {
  if (len < STUN_HEAD || len % 4 || read16(data + 2) + (size_t)STUN_HEAD != len)
    return false;
  bool username = false, integrity = false, fingerprint = false;
  for (size_t at = STUN_HEAD; at < len;) {
    if (len - at < ATTRIBUTE_HEAD || fingerprint)
      return false;
    unsigned type = read16(data + at), bytes = read16(data + at + 2);
    at += ATTRIBUTE_HEAD;
    if (bytes > len - at)
      return false;
    switch (type) {
    case STUN_ATTRIBUTE_USERNAME:
      if (username || bytes > ICE_USERNAME_MAX)
        return false;
      username = true;
      break;
    case STUN_ATTRIBUTE_MESSAGE_INTEGRITY:
      if (integrity || bytes != 20)
        return false;
      integrity = true;
      break;
    case STUN_ATTRIBUTE_FINGERPRINT:
      if (bytes != 4)
        return false;
      fingerprint = true;
      break;
    default:
      break;
    }
    at += (bytes + 3u) & ~3u;
  }
  return username && integrity && fingerprint;
}

static bool find_password(StunAgent *agent, StunMessage *message, uint8_t *username,
                          uint16_t username_len, uint8_t **password, size_t *password_len,
                          void *user) {
  Ice *ice = user;
  /* "ours:theirs", RFC 8445 §7.2.2 */
  if (username_len <= ICE_UFRAG_CHARS || username[ICE_UFRAG_CHARS] != ':')
    return false;
  const char *pwd;
  if (!ice->lookup(ice->user, (const char *)username, &pwd, &ice->check->owner,
                   &ice->check->current))
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
  if (!shape_is_sound(data, len))
    return ICE_DROP;
  ice->check = check;
  StunMessage request;
  StunValidationStatus status =
      stun_agent_validate(&ice->agent, &request, data, len, find_password, ice);
  ice->check = NULL;
  if (status == STUN_VALIDATION_UNAUTHORIZED)
    return ICE_STRANGER;
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
