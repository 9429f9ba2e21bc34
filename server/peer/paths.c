#include "peer/paths.h"

#include <stddef.h>
#include <string.h>

static int find(const Paths *paths, const Path *path) {
  for (unsigned i = 0; i < paths->count; i++)
    if (path_equal(&paths->seen[i].path, path))
      return (int)i;
  return -1;
}

/* A place for a new path: a free one, or that of the longest silent but the current. */
static unsigned add(Paths *paths, const Path *path, Path *dropped) {
  unsigned at = paths->count;
  if (at < PATHS_MAX) {
    paths->count++;
  } else {
    at = paths->current == 0 ? 1 : 0;
    for (unsigned i = at + 1; i < PATHS_MAX; i++)
      if (i != paths->current && paths->seen[i].heard_us < paths->seen[at].heard_us)
        at = i;
    *dropped = paths->seen[at].path;
    if (paths->wanted == at)
      paths->wants = false;
  }
  paths->seen[at] = (SeenPath){.path = *path};
  return at;
}

/* --- transactions --- */

static bool is_repeated(const Paths *paths, const uint8_t *transaction) {
  for (unsigned i = 0; i < PATHS_TRANSACTIONS; i++)
    if (memcmp(paths->transactions[i], transaction, PATHS_TRANSACTION_BYTES) == 0)
      return true;
  return false;
}

static void remember(Paths *paths, const uint8_t *transaction) {
  memcpy(paths->transactions[paths->next_transaction], transaction, PATHS_TRANSACTION_BYTES);
  paths->next_transaction = (paths->next_transaction + 1) % PATHS_TRANSACTIONS;
}

/* --- wanting, asking, moving --- */

static void want(Paths *paths, unsigned at, bool decisive, int64_t now_us) {
  if (paths->wants && paths->wanted == at && paths->decisive >= decisive)
    return; /* it is under way */
  if (paths->wants && paths->decisive && !decisive)
    return; /* a nomination goes before */
  paths->wants = true;
  paths->wanted = at;
  paths->decisive = decisive;
  paths->wanted_us = now_us;
  paths->asking_us = 0;
}

static void ask_both(Paths *paths, int64_t now_us) {
  if (paths->asking_us)
    return;
  paths->asking_us = now_us;
  paths->seen[paths->wanted].asks = paths->seen[paths->current].asks = 0;
}

static PathsVerdict take(Paths *paths) {
  paths->current = paths->wanted;
  paths->wants = false;
  return PATHS_MOVED;
}

static PathsVerdict decide(Paths *paths, int64_t now_us) {
  if (!paths->wants)
    return PATHS_KEPT;
  const SeenPath *wanted = &paths->seen[paths->wanted], *current = &paths->seen[paths->current];
  if (!paths->decisive && current->heard_us > paths->wanted_us) {
    paths->wants = false; /* the one in use works */
    return PATHS_KEPT;
  }
  if (!paths->decisive && now_us - current->heard_us < PATHS_SILENT_US)
    return PATHS_KEPT;
  ask_both(paths, now_us);
  bool proved = wanted->validated && wanted->proved_us >= paths->wanted_us;
  int64_t waited_us = now_us - paths->asking_us;
  if (proved && (paths->decisive || waited_us >= PATHS_PATIENCE_US))
    return take(paths);
  if (waited_us < PATHS_GIVE_UP_US)
    return PATHS_KEPT;
  if (wanted->validated && current->heard_us <= paths->asking_us)
    return take(paths);
  paths->wants = false;
  return PATHS_KEPT;
}

PathsVerdict paths_check(Paths *paths, const PathsCheck *check, int64_t now_us, Path *dropped) {
  *dropped = (Path){0};
  int found = find(paths, check->path);
  if (is_repeated(paths, check->transaction)) /* to where it came from it is answered once more */
    return found < 0 || !paths->seen[found].validated ? PATHS_REPLAYED : PATHS_KEPT;
  remember(paths, check->transaction);
  bool first = paths->count == 0;
  unsigned at = found < 0 ? add(paths, check->path, dropped) : (unsigned)found;
  SeenPath *seen = &paths->seen[at];
  seen->validated = true;
  seen->renewed = seen->renewed || check->current;
  seen->heard_us = now_us;
  if (first) {
    paths->current = at;
    return PATHS_FIRST;
  }
  if (at == paths->current)
    return decide(paths, now_us);
  bool decisive = check->nominated && check->current;
  want(paths, at, decisive, now_us);
  if (!check->settled) {
    bool silent = now_us - paths->seen[paths->current].heard_us >= PATHS_SILENT_US;
    if (decisive || silent)
      return take(paths);
    paths->wants = false;
    return PATHS_KEPT;
  }
  return decide(paths, now_us);
}

PathsVerdict paths_heard(Paths *paths, const Path *path, int64_t now_us, Path *dropped) {
  *dropped = (Path){0};
  int at = find(paths, path);
  if (at < 0) {
    bool silent = now_us - paths_current_heard(paths) >= PATHS_SILENT_US;
    if (paths->count == 0 || paths->wants || !silent)
      return PATHS_KEPT;
    at = (int)add(paths, path, dropped);
    want(paths, (unsigned)at, false, now_us);
  }
  paths->seen[at].heard_us = paths->seen[at].proved_us = now_us;
  if (!paths->wants && (unsigned)at != paths->current)
    want(paths, (unsigned)at, false, now_us);
  return decide(paths, now_us);
}

PathsVerdict paths_answered(Paths *paths, const Path *path, const uint8_t *transaction,
                            int64_t now_us, bool *ours) {
  int at = find(paths, path);
  *ours = at >= 0 && paths->seen[at].asked &&
          memcmp(paths->seen[at].ask, transaction, PATHS_TRANSACTION_BYTES) == 0;
  if (!*ours)
    return PATHS_KEPT;
  SeenPath *seen = &paths->seen[at];
  seen->asked = false;         /* the same answer again is nothing */
  seen->asks = PATHS_ASKS_MAX; /* that is enough */
  seen->validated = true;
  seen->heard_us = seen->proved_us = now_us;
  return decide(paths, now_us);
}

PathsVerdict paths_tick(Paths *paths, int64_t now_us) {
  return decide(paths, now_us);
}

static SeenPath *ask(SeenPath *seen, int64_t now_us) {
  seen->asked = true;
  seen->asked_us = now_us;
  return seen;
}

SeenPath *paths_to_ask(Paths *paths, int64_t now_us) {
  if (!paths->wants || !paths->asking_us)
    return NULL;
  unsigned both[] = {paths->wanted, paths->current};
  for (unsigned i = 0; i < 2; i++) {
    SeenPath *seen = &paths->seen[both[i]];
    if (seen->asks >= PATHS_ASKS_MAX ||
        (seen->asks > 0 && now_us - seen->asked_us < PATHS_ASK_AGAIN_US))
      continue;
    seen->asks++;
    return ask(seen, now_us);
  }
  return NULL;
}

SeenPath *paths_ask_current(Paths *paths, int64_t now_us) {
  return ask(&paths->seen[paths->current], now_us);
}

SeenPath *paths_ask(Paths *paths, const Path *path, int64_t now_us) {
  int at = find(paths, path);
  if (at < 0 || now_us - paths->seen[at].asked_us < PATHS_ASK_AGAIN_US)
    return NULL;
  return ask(&paths->seen[at], now_us);
}

int64_t paths_heard_last(const Paths *paths, const Path *path) {
  int at = find(paths, path);
  return at >= 0 ? paths->seen[at].heard_us : 0;
}

void paths_restart(Paths *paths) {
  for (unsigned i = 0; i < paths->count; i++)
    paths->seen[i].renewed = false;
}

bool paths_is_renewed(const Paths *paths, const Path *path) {
  int at = find(paths, path);
  return at >= 0 && paths->seen[at].renewed;
}

int64_t paths_current_heard(const Paths *paths) {
  return paths->count ? paths->seen[paths->current].heard_us : 0;
}

const Path *paths_current(const Paths *paths) {
  return paths->count ? &paths->seen[paths->current].path : NULL;
}

PathsLoss paths_closed(Paths *paths, const Path *path) {
  int found = find(paths, path);
  if (found < 0)
    return PATHS_UNUSED;
  unsigned at = (unsigned)found, last = --paths->count;
  bool in_use = at == paths->current;
  paths->wants = false;
  paths->seen[at] = paths->seen[last];
  if (paths->current == last)
    paths->current = at;
  if (!in_use)
    return PATHS_UNUSED;
  const SeenPath *best = NULL;
  for (unsigned i = 0; i < last; i++)
    if (paths->seen[i].validated && (!best || paths->seen[i].heard_us > best->heard_us))
      best = &paths->seen[i];
  if (!best) { /* nobody at the others agreed to be sent to */
    paths->count = 0;
    return PATHS_NONE;
  }
  paths->current = (unsigned)(best - paths->seen);
  return PATHS_REPLACED;
}
