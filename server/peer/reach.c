#include "peer/reach.h"

#include <glib.h>
#include <string.h>

#include "base/id.h"

#define OLD_CREDENTIALS_US 30000000 /* checks of the old generation are in flight for a while */
#define ASK_US 1000000
/* So long after the last sign of life nobody takes a path by a mere check: clients check every 5 s
 * (Firefox), and whoever says nothing is asked after 4 s (peer.c). A NAT gives a port to another
 * client much later. */
#define HOLD_US 6000000

void reach_init(Reach *reach, const ReachHost *host, void *owner, uint32_t number) {
  *reach = (Reach){.host = host, .owner = owner, .number = number};
}

static void use_path(Reach *reach, const Path *path) {
  if (reach->flow.queued)
    egress_flush(reach->host->egress);
  reach->flow.path = *path;
}

static void drop_path(const Reach *reach, const Path *path) {
  table_remove(reach->host->by_path, path, reach->owner);
  if (path->tcp)
    tcp_hang_up(reach->host->tcp, path);
}

static void forget(const Reach *reach, IceCredentials *credentials) {
  if (credentials->ufrag[0])
    table_remove(reach->host->by_ufrag, credentials->ufrag, reach->owner);
  memset(credentials, 0, sizeof *credentials);
}

void reach_clear(Reach *reach) {
  use_path(reach, &(Path){0});
  for (unsigned i = 0; i < reach->paths.count; i++)
    drop_path(reach, &reach->paths.seen[i].path);
  forget(reach, &reach->own);
  forget(reach, &reach->old);
  reach_init(reach, reach->host, reach->owner, reach->number);
}

void reach_restart(Reach *reach, const IceCredentials *own, const char *remote_ufrag,
                   const char *remote_pwd, int64_t now_us) {
  forget(reach, &reach->old);
  reach->old = reach->own;
  reach->old_until_us = now_us + OLD_CREDENTIALS_US;
  reach->own = *own;
  g_strlcpy(reach->remote_ufrag, remote_ufrag, sizeof reach->remote_ufrag);
  g_strlcpy(reach->remote_pwd, remote_pwd, sizeof reach->remote_pwd);
  paths_restart(&reach->paths);
  table_put(reach->host->by_ufrag, reach->own.ufrag, reach->owner);
}

bool reach_password(const Reach *reach, const char ufrag[ICE_UFRAG_CHARS], const char **pwd,
                    bool *current) {
  *current = memcmp(reach->own.ufrag, ufrag, ICE_UFRAG_CHARS) == 0;
  if (!*current && memcmp(reach->old.ufrag, ufrag, ICE_UFRAG_CHARS) != 0)
    return false;
  *pwd = *current ? reach->own.pwd : reach->old.pwd;
  return true;
}

/* --- asking --- */

static void ask(const Reach *reach, SeenPath *seen) {
  uint8_t out[ICE_ASK_MAX];
  const uint32_t words[] = {g_htonl(reach->number), random_u32(), random_u32()};
  _Static_assert(sizeof words == PATHS_TRANSACTION_BYTES, "the number leads a transaction");
  memcpy(seen->ask, words, sizeof words);
  size_t len = ice_ask(out, seen->ask, reach->remote_ufrag, reach->own.ufrag, reach->remote_pwd);
  if (len)
    egress_send(reach->host->egress, &seen->path, out, len);
}

/* Carries out what a verdict means, and asks whom paths.h wants asked. */
static PathsVerdict follow(Reach *reach, PathsVerdict verdict, const Path *dropped,
                           int64_t now_us) {
  SeenPath *seen;
  if (dropped->family)
    drop_path(reach, dropped);
  if (verdict == PATHS_FIRST || verdict == PATHS_MOVED)
    use_path(reach, paths_current(&reach->paths));
  while ((seen = paths_to_ask(&reach->paths, now_us)))
    ask(reach, seen);
  return verdict;
}

void reach_ask(Reach *reach, int64_t now_us) {
  if (reach->paths.count == 0 || now_us - reach->kept_us < ASK_US)
    return;
  reach->kept_us = now_us;
  ask(reach, paths_ask_current(&reach->paths, now_us));
}

/* --- what comes --- */

PathsVerdict reach_checked(Reach *reach, const Path *path, const IceCheck *check, bool settled,
                           const Reach *holder, int64_t now_us) {
  Path dropped;
  PathsVerdict verdict = paths_check(&reach->paths,
                                     &(PathsCheck){.path = path,
                                                   .transaction = check->transaction,
                                                   .nominated = check->nominated,
                                                   .current = check->current,
                                                   .settled = settled},
                                     now_us, &dropped);
  if (verdict == PATHS_REPLAYED)
    return verdict;
  if (path->tcp)
    tcp_trust(reach->host->tcp, path, now_us);
  bool held = holder && now_us - paths_heard_last(&holder->paths, path) < HOLD_US;
  if (!held)
    table_put(reach->host->by_path, path, reach->owner); /* somebody else may have had it since */
  follow(reach, verdict, &dropped, now_us);
  SeenPath *contested = held ? paths_ask(&reach->paths, path, now_us) : NULL;
  if (contested)
    ask(reach, contested);
  return verdict;
}

PathsVerdict reach_heard(Reach *reach, const Path *path, int64_t now_us) {
  Path dropped;
  PathsVerdict verdict = paths_heard(&reach->paths, path, now_us, &dropped);
  if (verdict == PATHS_KEPT && !reach->paths.wants)
    return verdict; /* of nearly every packet */
  return follow(reach, verdict, &dropped, now_us);
}

PathsVerdict reach_answered(Reach *reach, const Datagram *datagram, bool *ours) {
  *ours = ice_answer_is_authentic(datagram->data, datagram->len, reach->remote_pwd);
  if (!*ours)
    return PATHS_KEPT;
  PathsVerdict verdict = paths_answered(
      &reach->paths, &datagram->from, ice_transaction(datagram->data), datagram->arrival_us, ours);
  if (*ours)
    table_put(reach->host->by_path, &datagram->from, reach->owner);
  return follow(reach, verdict, &(Path){0}, datagram->arrival_us);
}

PathsVerdict reach_tick(Reach *reach, int64_t now_us) {
  if (reach->old.ufrag[0] && now_us >= reach->old_until_us)
    forget(reach, &reach->old);
  if (!reach->paths.wants)
    return PATHS_KEPT;
  return follow(reach, paths_tick(&reach->paths, now_us), &(Path){0}, now_us);
}

PathsLoss reach_path_closed(Reach *reach, const Path *path) {
  table_remove(reach->host->by_path, path, reach->owner);
  PathsLoss loss = paths_closed(&reach->paths, path);
  if (loss == PATHS_REPLACED)
    use_path(reach, paths_current(&reach->paths));
  else if (loss == PATHS_NONE)
    use_path(reach, &(Path){0});
  return loss;
}

bool reach_is_renewed(const Reach *reach, const Path *path) {
  return paths_is_renewed(&reach->paths, path);
}
