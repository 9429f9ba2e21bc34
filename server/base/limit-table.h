/* Every limit on what one caller may do or hold, by name, in one table (limit-table.c): how much,
 * of what, and why so much. Who is limited together says the caller: a connection, an account, a
 * session, a person, or an address (address_group: of IPv6 the /64).
 *
 * Not here: the bounds of single values (PROTOCOL.md, /api/v1/openapi.json), and what the media
 * port lets strangers do (peer/gates.h). Source of the numbers: quality.md, "Controls", and
 * PROTOCOL.md. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/limit.h"

typedef enum {
  /* So many at once, and again after a while. */
  LIMIT_MESSAGES,       /* signalling messages of a connection */
  LIMIT_CHAT,           /* entries of a participant */
  LIMIT_SWITCHES,       /* hand and sources of a participant */
  LIMIT_KNOCKS,         /* notices to the hosts that a person they removed for good tries */
  LIMIT_LOGIN_FAILURES, /* wrong passwords from an address */
  LIMIT_LINKS,          /* personal links opened from an address */
  LIMIT_LINK_USES,      /* sessions made by one personal link */
  LIMIT_PASSWORDS,      /* password changes of an account */
  LIMIT_RESETS,         /* passwords that one administrator resets */
  LIMIT_CHANGES,        /* requests of a person that change something */
  LIMIT_TABLES,         /* lists that a person takes away, and tables that he brings */
  LIMIT_REFUSED,        /* of a session, for what it may not have or is not there, each recorded */
  /* So many held at the same time. */
  LIMIT_HALF_OPEN,        /* sockets of an address that have not yet asked for anything */
  LIMIT_WAITING,          /* sockets of an address that wait for the half-open ones before them */
  LIMIT_SOCKETS,          /* signalling connections of a person */
  LIMIT_CONNECTIONS_IDLE, /* HTTP connections of a person: the oldest idle ones go … */
  LIMIT_CONNECTIONS,      /* … and these are all */
  LIMIT_TOKENS,           /* unused join tokens of a person */
  LIMIT_HASHES,           /* passwords of an address or account that wait to be hashed */
  LIMIT_READS,            /* requests of a person or address that wait for a reader */
  LIMIT_COUNT,
} LimitName;

typedef struct {
  unsigned most;     /* at once */
  double per_second; /* how fast that comes back; 0: see window_s */
  int window_s; /* all of it comes back this long after the first; 0: it is held, not used up */
} LimitRule;

const LimitRule *limit_rule(LimitName name);
/* Of those that are held. */
unsigned limit_most(LimitName name);

/* Uses up one; false when there is none left. A zeroed Limit is fresh. */
bool limit_use(Limit *limit, LimitName name, int64_t now_us);
/* Whether there is one left, using none. */
bool limit_left(const Limit *limit, LimitName name, int64_t now_us);
