#include "peer/association.h"

#include <glib.h>
#include <openssl/crypto.h>

#include "base/log.h"

#define NEXT_US 30000000 /* a handshake beside has as long as a connection has to come about */

static void send_on(void *user, const uint8_t *data, size_t len) {
  const Association *association = user;
  association->send(association->user, association->on_next ? &association->next_path : NULL, data,
                    len);
}

bool association_begin(Association *association, DtlsContext *context, const char *hash,
                       const char *fingerprint, AssociationSend send, void *user) {
  *association = (Association){.context = context, .send = send, .user = user, .reason = ""};
  g_strlcpy(association->hash, hash, sizeof association->hash);
  g_strlcpy(association->fingerprint, fingerprint, sizeof association->fingerprint);
  association->dtls = dtls_new(context, hash, fingerprint, send_on, association);
  return association->dtls != NULL;
}

static void free_keys(Association *association) {
  srtp_free(association->in);
  srtp_free(association->out);
  association->in = association->out = NULL;
}

void association_clear(Association *association) {
  dtls_abandon(association->next);
  dtls_free(association->dtls); /* may send close_notify */
  association->next = association->dtls = NULL;
  free_keys(association);
}

bool association_stands(const Association *association) {
  return association->in != NULL;
}

static AssociationChange fail(Association *association, const char *reason) {
  association->reason = reason;
  return ASSOCIATION_FAILED;
}

static bool take_keys(Association *association, Dtls *dtls) {
  DtlsKeys keys;
  if (!dtls_keys(dtls, &keys))
    return false;
  Srtp *in = srtp_new(keys.profile, keys.remote_key, keys.remote_salt);
  Srtp *out = srtp_new(keys.profile, keys.local_key, keys.local_salt);
  OPENSSL_cleanse(&keys, sizeof keys);
  if (!in || !out) {
    srtp_free(in);
    srtp_free(out);
    return false;
  }
  free_keys(association);
  association->in = in;
  association->out = out;
  return true;
}

static AssociationChange after(Association *association, DtlsState before) {
  DtlsState state = dtls_state(association->dtls);
  if (state == before)
    return ASSOCIATION_SAME;
  switch (state) {
  case DTLS_HANDSHAKE:
    break;
  case DTLS_CONNECTED:
    return take_keys(association, association->dtls) ? ASSOCIATION_BEGUN
                                                     : fail(association, "srtp_profile");
  case DTLS_FAILED:
    log_limited(LOG_INFO, "peer", "dtls_failed", "reason=%s",
                log_q(dtls_reason(association->dtls)));
    return fail(association, dtls_is_stranger(association->dtls) ? "fingerprint" : "handshake");
  case DTLS_CLOSED:
    association->reason = "bye";
    return ASSOCIATION_CLOSED;
  }
  return ASSOCIATION_SAME;
}

/* --- the one that may follow --- */

/* RFC 6347 §4.1, §4.2.2: a handshake record of epoch 0 with a ClientHello. */
static bool is_client_hello(const Datagram *datagram) {
  const uint8_t *data = datagram->data;
  return datagram->len > 13 && data[0] == 22 && data[3] == 0 && data[4] == 0 && data[13] == 1;
}

static void drop_next(Association *association) {
  dtls_abandon(association->next);
  association->next = NULL;
}

static AssociationChange after_next(Association *association) {
  switch (dtls_state(association->next)) {
  case DTLS_HANDSHAKE:
    return ASSOCIATION_SAME;
  case DTLS_CONNECTED:
    if (!take_keys(association, association->next))
      break;
    dtls_abandon(association->dtls); /* nobody is there who would read its close_notify */
    association->dtls = association->next;
    association->next = NULL;
    return ASSOCIATION_REPLACED;
  case DTLS_CLOSED:
  case DTLS_FAILED:
    break;
  }
  drop_next(association);
  return ASSOCIATION_SAME;
}

static AssociationChange receive_next(Association *association, const Datagram *datagram) {
  association->on_next = true;
  dtls_receive(association->next, datagram->data, datagram->len);
  association->on_next = false;
  return after_next(association);
}

AssociationChange association_receive(Association *association, const Datagram *datagram,
                                      bool renewed) {
  if (!association->dtls)
    return ASSOCIATION_SAME;
  if (association->next && path_equal(&association->next_path, &datagram->from))
    return receive_next(association, datagram);
  if (renewed && association_stands(association) && !association->next &&
      is_client_hello(datagram)) {
    association->next = dtls_new(association->context, association->hash, association->fingerprint,
                                 send_on, association);
    association->next_path = datagram->from;
    association->next_until_us = datagram->arrival_us + NEXT_US;
    return association->next ? receive_next(association, datagram) : ASSOCIATION_SAME;
  }
  DtlsState before = dtls_state(association->dtls);
  dtls_receive(association->dtls, datagram->data, datagram->len);
  return after(association, before);
}

AssociationChange association_tick(Association *association, int64_t now_us) {
  if (association->next) {
    association->on_next = true;
    dtls_tick(association->next);
    association->on_next = false;
    if (now_us >= association->next_until_us)
      drop_next(association);
    return association->next ? after_next(association) : ASSOCIATION_SAME;
  }
  if (!association->dtls)
    return ASSOCIATION_SAME;
  DtlsState before = dtls_state(association->dtls);
  dtls_tick(association->dtls);
  return after(association, before);
}
