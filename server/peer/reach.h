/* How a peer is reached: the ICE credentials of two generations, the paths it was validated on and
 * the one in use. Keeps the peer in the tables by which its datagrams find it, and asks paths as
 * paths.h decides. Embedded in a Peer; media thread.
 */
#pragma once

#include "peer/egress.h"
#include "peer/ice.h"
#include "peer/paths.h"
#include "peer/port.h"
#include "peer/table.h"
#include "peer/tcp.h"

/* Of the media thread; borrowed. */
typedef struct {
  Egress *egress;
  Tcp *tcp;                  /* NULL: none */
  Table *by_path, *by_ufrag; /* to owners */
} ReachHost;

typedef struct {
  const ReachHost *host;
  void *owner;
  uint32_t number;         /* of the owner: leads our transactions */
  IceCredentials own, old; /* old: ufrag empty when there is none */
  int64_t old_until_us;
  char remote_ufrag[257], remote_pwd[257];
  int64_t kept_us; /* the path in use was asked last without being left */
  Paths paths;
  EgressFlow flow; /* its path has family 0 while there is none */
} Reach;

void reach_init(Reach *reach, const ReachHost *host, void *owner, uint32_t number);
/* Out of the tables; closes TCP connections. What was queued goes out first. */
void reach_clear(Reach *reach);

/* A new generation of credentials, ours and the client's; checks with the one before are answered
 * for a while: they are in flight. */
void reach_restart(Reach *reach, const IceCredentials *own, const char *remote_ufrag,
                   const char *remote_pwd, int64_t now_us);
/* Our password for the user fragment; *current: of the newest generation. False: not ours any more.
 */
bool reach_password(const Reach *reach, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                    bool *current);

/* PATHS_MOVED: what was on its way is lost, in both directions. settled: the association stands. A
 * TCP connection is trusted from here on: only while it is one of the paths, so that a peer has
 * PATHS_MAX of the trusted ones' places at most. holder: another one who has the path, or NULL.
 * While he is heard there it stays his, whoever puts his address on a check, until this one's
 * client proves by an answer that it is there. */
PathsVerdict reach_checked(Reach *reach, const Path *path, const IceCheck *check, bool settled,
                           const Reach *holder, int64_t now_us);
/* Authentic media came over path. */
PathsVerdict reach_heard(Reach *reach, const Path *path, int64_t now_us);
/* A STUN response whose transaction begins with the number. Its path is this one's from now on: who
 * answers was reached there. */
PathsVerdict reach_answered(Reach *reach, const Datagram *datagram, bool *ours);
/* Every 50 ms or so. */
PathsVerdict reach_tick(Reach *reach, int64_t now_us);
/* Asks the path in use for a sign of life, at most once a second. */
void reach_ask(Reach *reach, int64_t now_us);
/* A TCP connection that was one of its paths is closed. */
PathsLoss reach_path_closed(Reach *reach, const Path *path);
/* A check with the newest credentials came over it. */
bool reach_is_renewed(const Reach *reach, const Path *path);
