/* A peer's DTLS association and the SRTP keys that it agreed on.
 *
 * After an ICE restart a ClientHello may come: the client's certificate and our answer were the
 * same for two PeerConnections, and this one is the second. The handshake is made beside the
 * association that stands, which goes only when the new one is complete: nothing that somebody
 * sends in a client's name can end it. Embedded in a Peer; media thread.
 */
#pragma once

#include "peer/dtls.h"
#include "peer/port.h"

typedef enum {
  ASSOCIATION_SAME,
  ASSOCIATION_BEGUN,    /* the first one stands */
  ASSOCIATION_REPLACED, /* another stands in its place, with other keys */
  ASSOCIATION_FAILED,
  ASSOCIATION_CLOSED /* by the client */
} AssociationChange;

/* Sends one datagram of a handshake; to NULL: over the path in use. */
typedef void (*AssociationSend)(void *user, const Path *to, const uint8_t *data, size_t len);

typedef struct {
  DtlsContext *context;
  AssociationSend send;
  void *user;
  char hash[16], fingerprint[96]; /* of the client */
  Dtls *dtls, *next;
  Path next_path; /* where its ClientHello came from */
  bool on_next;   /* what is sent now is of `next` */
  int64_t next_until_us;
  Srtp *in, *out;     /* NULL until it stands */
  const char *reason; /* as EngineEvents.state tells it, once failed or closed */
} Association;

/* False when the fingerprint is of no use; nothing is held then. It must not be moved afterwards.
 */
bool association_begin(Association *association, DtlsContext *context, const char *hash,
                       const char *fingerprint, AssociationSend send, void *user);
/* Says close_notify. */
void association_clear(Association *association);
/* From a validated path. renewed: by a check with credentials that a restart brought. */
AssociationChange association_receive(Association *association, const Datagram *datagram,
                                      bool renewed);
/* Every 50 ms. */
AssociationChange association_tick(Association *association, int64_t now_us);
bool association_stands(const Association *association);
