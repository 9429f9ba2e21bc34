/* The addresses a peer was validated on, and the one in use: every move of a peer is decided here.
 *
 * A peer has several while it checks its candidates and when its network changes. A check alone
 * proves little: whoever heard it on its way can send it again from elsewhere. So a transaction
 * counts once; and once the connection stands, the path in use is not left before it was asked.
 * Asking is a Binding request of our own, which only the client can answer:
 *
 *   a check comes from another path ──▶ it is wanted ──▶ both are asked ──▶ moved, or forgotten
 *
 * Wanted decisively (the client nominates it with its newest credentials), it is taken as soon as
 * it proves itself: by its answer, or by media, which cannot be sent again either. Wanted by any
 * other check (Firefox's later ones nominate nothing), it is asked about once the path in use has
 * been silent for 300 ms and taken when that one does not answer. Where neither proves itself
 * within a second it is taken too: some clients answer no requests. Authentic media from an unknown
 * address wants it as well, but there only the answer is proof (RFC 7675: whoever is sent to has
 * agreed). Until the DTLS association stands there is nothing to lose, and checks move at once.
 *
 * Time is passed in; owned by one media thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "peer/path.h"

#define PATHS_MAX 4
#define PATHS_SILENT_US 300000
/* The path in use has so long to answer: a round trip around the world. */
#define PATHS_PATIENCE_US 400000
#define PATHS_GIVE_UP_US 1000000
#define PATHS_ASK_AGAIN_US 200000
#define PATHS_ASKS_MAX 3
#define PATHS_TRANSACTION_BYTES 12 /* RFC 8489 §5 */
/* Chromium checks every 2.5 s: ten minutes. What is sent again later is asked about. */
#define PATHS_TRANSACTIONS 256

typedef struct {
  Path path;
  bool validated;    /* a check came over it, or its answer */
  bool renewed;      /* a check with the newest credentials did */
  int64_t heard_us;  /* anything authentic and new */
  int64_t proved_us; /* an answer or media; 0: never */
  unsigned asks;     /* sent since it is being asked */
  bool asked;        /* the last one is not answered yet … */
  int64_t asked_us;  /* … sent then */
  uint8_t ask[PATHS_TRANSACTION_BYTES];
} SeenPath;

/* Zeroed at first. */
typedef struct {
  unsigned count, current; /* current: index in seen; meaningless while count is 0 */
  SeenPath seen[PATHS_MAX];
  bool wants, decisive; /* seen[wanted] wants to be taken */
  unsigned wanted;
  int64_t wanted_us, asking_us; /* since when; asking 0: not yet */
  unsigned next_transaction;
  uint8_t transactions[PATHS_TRANSACTIONS][PATHS_TRANSACTION_BYTES];
} Paths;

typedef struct {
  const Path *path;
  const uint8_t *transaction;
  bool nominated, current; /* it nominates; its credentials are the newest: both make it decisive */
  bool settled;            /* the association stands */
} PathsCheck;

typedef enum {
  PATHS_REPLAYED, /* seen before, from elsewhere: not to be answered */
  PATHS_KEPT,
  PATHS_FIRST,
  PATHS_MOVED
} PathsVerdict;

/* A valid check came. *dropped: the path that had to go for it, family 0 when none. */
PathsVerdict paths_check(Paths *paths, const PathsCheck *check, int64_t now_us, Path *dropped);
/* Authentic media came over path. */
PathsVerdict paths_heard(Paths *paths, const Path *path, int64_t now_us, Path *dropped);
/* Somebody answered an ask, authentically; *ours: it was asked there, and this is the first answer.
 */
PathsVerdict paths_answered(Paths *paths, const Path *path, const uint8_t *transaction,
                            int64_t now_us, bool *ours);
/* Every 50 ms or so. */
PathsVerdict paths_tick(Paths *paths, int64_t now_us);
/* The next path that is to be asked now, and the place for its transaction, which the caller fills;
 * NULL: none (any more). */
SeenPath *paths_to_ask(Paths *paths, int64_t now_us);

/* Begins to ask the path in use, there is one, without wanting another. */
SeenPath *paths_ask_current(Paths *paths, int64_t now_us);
/* Begins to ask a path of its own that it was not asked lately, wanting nothing; NULL: it is none,
 * or was asked. */
SeenPath *paths_ask(Paths *paths, const Path *path, int64_t now_us);
/* When something authentic and new came over it last; 0: never. */
int64_t paths_heard_last(const Paths *paths, const Path *path);
/* New credentials: no path is renewed yet. */
void paths_restart(Paths *paths);
bool paths_is_renewed(const Paths *paths, const Path *path);

/* When the address in use was heard last; 0 while there is none. What comes from elsewhere does not
 * count: nobody there agreed to be sent to (RFC 7675). */
int64_t paths_current_heard(const Paths *paths);
/* NULL while there is none. */
const Path *paths_current(const Paths *paths);

typedef enum {
  PATHS_UNUSED,   /* another is in use, or it was none of them */
  PATHS_REPLACED, /* it was in use; now that of the validated others which was heard last */
  PATHS_NONE      /* it was the only one that was validated: none is left */
} PathsLoss;
/* A path leads nowhere any more: its TCP connection is closed. */
PathsLoss paths_closed(Paths *paths, const Path *path);
