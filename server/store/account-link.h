/* Links by which somebody who has no password sets up his account (账号邀请): he says what he signs
 * in by, and a password. Of a person there is one at a time: a new one ends the old one. Only the
 * secret's digest is kept; who has lost the link gets a new one. Whom they are made for, and by
 * whom, says the register (domain/member_profile). Source: systems.md 2.1. */
#pragma once

#include "base/id.h"
#include "store/audit.h"
#include "store/database.h"
#include "store/passwords.h"

#define ACCOUNT_LINK_MS (30 * 24 * 3600 * INT64_C(1000))

typedef struct {
  char person[ID_CHARS + 1];
  char *name;  /* of the person */
  char *login; /* that he has, or NULL: he chooses one */
  char *hint;  /* without one: what he could choose, his phone number or his number as a member; or
                * NULL */
  int64_t expires_at;
} AccountLink;

void account_link_clear(AccountLink *link);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AccountLink, account_link_clear)

/* Any connection. NOT_FOUND: no such link, or there is a newer one, or the person is out; CONFLICT:
 * it has expired; FORBIDDEN: he has a password, by this link or otherwise. */
bool account_link_read(sqlite3 *db, const char *secret, int64_t now_ms, AccountLink *link,
                       GError **error);
/* Whether nobody else signs in by this. Any connection. */
bool account_login_is_free(sqlite3 *db, const char *person, const char *login, bool *is_free,
                           GError **error);
/* Writer. The person that account_link_read told signs in by the login (unless he has one) and the
 * password from now on; the link is used up. */
bool account_link_use(sqlite3 *db, const AccountLink *link, const char *login,
                      const PasswordHash *hash, const char *address, int64_t now_ms,
                      GError **error);
