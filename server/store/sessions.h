/* Web sessions, personal links and join tokens. Secrets are kept as SHA-256 only.
 * JSON shapes are those of the HTTP API. */
#pragma once

#include <jansson.h>

#include "base/config.h"
#include "base/id.h"
#include "store/audit.h"
#include "store/database.h"

/* A signed-in person. In a session from a personal link (scope_meeting set) roles is 0: it gives
 * what the invitation gives and nothing else. */
typedef struct {
  char digest[65]; /* of the cookie's secret */
  char *person, *name, *login /* or NULL */, *kind;
  unsigned roles; /* Role */
  char *csrf;
  char *scope_meeting; /* or NULL */
  bool must_change_password;
  bool second_factor;      /* one is confirmed: the log-in asked for a code */
  bool second_factor_must; /* the person's roles want one */
  int idle_min;
  int64_t last_seen_at;
} Session;

void session_free(Session *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Session, session_free)

/* It can be used for nothing but that: a second factor is wanted and there is none. */
static inline bool session_must_enrol(const Session *session) {
  return session->second_factor_must && !session->second_factor;
}

/* The same of what is done with roles that are not the person's own: those of whom he acts for. */
bool session_must_enrol_for(const Session *session, const Config *config, unsigned roles);

/* Session = {person:{id,name,shown,login,kind,roles}, csrf, scope_meeting, must_change_password,
 * second_factor:{on,must,codes_left}, idle_min, time_zone}. Reader: shown and codes_left are asked
 * for here, as few requests need them. NULL with *error. */
json_t *session_json(sqlite3 *db, const Session *session, const char *time_zone, GError **error);

/* Writer. A session of somebody whose password was checked (passwords.h). secret is for the
 * cookie. */
Session *session_begin(sqlite3 *db, const Config *config, const char *person, const char *address,
                       int64_t now_ms, char secret[SECRET_CHARS + 1], GError **error);

/* Writer. A session from a personal link; scope_meeting is its meeting. NOT_FOUND: no such link (or
 * revoked); CONFLICT: the link has expired. A link works until it expires, on several devices. */
Session *session_from_link(sqlite3 *db, const Config *config, const char *link, const char *address,
                           int64_t now_ms, char secret[SECRET_CHARS + 1], GError **error);

/* Whom a personal link is for, whether or not it is still good; person gets 17 bytes. name tells
 * him from others, and in any case from the one who is shown as `other`; freed with g_free.
 * NOT_FOUND: nobody. */
bool link_owner(sqlite3 *db, const char *secret, const char *other, char *person, char **name,
                GError **error);
/* Reader. NOT_FOUND: unknown, expired, idle for too long (unless somebody who came by it is in a
 * meeting, or it is a personal link's and the meeting is ahead), or the person is inactive. */
Session *session_find(sqlite3 *db, const Config *config, const char *secret, int64_t now_ms,
                      GError **error);
/* Any thread: notes that it was used, at most once a minute (otherwise does nothing). */
void session_touch(Store *store, const Session *session, int64_t now_ms);
/* Writer. It ends with its unused tokens; connections that came by it end when their rooms ask
 * again (join_grant_now). */
bool session_delete(sqlite3 *db, const Session *session, const Actor *by, int64_t now_ms,
                    GError **error);
/* Writer: sessions and tokens that are over. Call hourly. */
bool sessions_purge(sqlite3 *db, int64_t now_ms, GError **error);

/* Join tokens: single use, at most 5 minutes. */
#define JOIN_TOKEN_MS (2 * 60 * 1000)

/* Writer. Of a person's unused tokens the newest LIMIT_TOKENS are good. FORBIDDEN: not invited
 * (staff need no invitation); NOT_FOUND; CONFLICT: the meeting has ended or was cancelled. */
bool join_token_create(sqlite3 *db, const Session *session, const char *meeting, int64_t now_ms,
                       char token[SECRET_CHARS + 1], int64_t *expires_at, GError **error);

typedef struct {
  char *meeting, *person, *name;
  char *kind;     /* member, staff, guest (administrators: staff) */
  char *capacity; /* attend, observe, invited, host */
  bool host;      /* may use the host's verbs: hosts by name or invitation, deputies, staff */
  bool deputy;    /* a host made this person one (store/standing.h) */
  bool staff;     /* came with the rights of staff, and has them as long as the role */
  char *link;     /* digest of the personal link that the person came by, or NULL */
  char *session;  /* digest of the session, or NULL */
} JoinGrant;

void join_grant_free(JoinGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JoinGrant, join_grant_free)

/* What somebody came with; as in the grant given then. */
typedef struct {
  const char *meeting, *person, *link, *session;
  bool staff;
} JoinClaim;

/* Any connection. What somebody who came with this may do now. FORBIDDEN: nothing any more: not
 * invited, or the link was renewed, or the session has ended. */
JoinGrant *join_grant_now(sqlite3 *db, const JoinClaim *claim, GError **error);

/* Writer. Uses it up. FORBIDDEN: unknown, used, expired, revoked, invitation revoked. */
JoinGrant *join_token_redeem(sqlite3 *db, const char *token, int64_t now_ms, GError **error);
