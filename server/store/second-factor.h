/* The second factor of a log-in: a secret in somebody's phone (totp.h), and ten recovery codes on
 * paper that are good once each.
 *
 * It is begun, and counts from the first right code on. Wrong codes count as wrong passwords do and
 * lock the same account (passwords.h). All but second_factor_read run on the writer and leave an
 * audit record, in which neither the secret nor a code stands. For an
 * inactive person they say NOT_FOUND, except second_factor_read and second_factor_reset. Sources:
 * domain.md section 7 (two factors for staff and administrators), RFC 6238. */
#pragma once

#include "base/config.h"
#include "store/audit.h"
#include "store/database.h"
#include "store/totp.h"

#define RECOVERY_CODES 10
/* Of the 32 letters and digits of base/id.h, without i, l, o and u: 50 bits. A fast digest will do:
 * whoever steals the database finds the secret itself beside it. */
#define RECOVERY_CHARS 10

/* For the person's eyes, once: they are kept as digests only. */
typedef struct {
  char code[RECOVERY_CODES][RECOVERY_CHARS + 1];
} RecoveryCodes;

typedef struct {
  bool confirmed; /* a log-in asks for a code */
  unsigned codes_left;
} SecondFactor;

/* Any connection. Who does not exist has none; nor has who only began. */
bool second_factor_read(sqlite3 *db, const char *person, SecondFactor *factor, GError **error);

/* Makes a secret, in place of one that was begun before. CONFLICT: one is confirmed; NOT_FOUND: no
 * such person with a login. */
bool second_factor_begin(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                         uint8_t secret[TOTP_SECRET_BYTES], GError **error);

/* passed: the code is that of the secret, and the account is not locked; then codes are the
 * recovery codes. Committed also when not passed. A wrong code leaves what was begun. CONFLICT: one
 * is confirmed already; NOT_FOUND: none was begun. */
bool second_factor_confirm(sqlite3 *db, const Config *config, const char *person, const char *typed,
                           const Actor *by, int64_t now_ms, RecoveryCodes *codes, bool *passed,
                           GError **error);

/* After the right password; typed is a code or a recovery code, whose case, single spaces, and o
 * for 0, i and l for 1 do not matter. passed: it is right and was not used before, and the account
 * is not locked. Committed also when not passed. NOT_FOUND: none is confirmed, so the log-in begins
 * anew. */
bool second_factor_check(sqlite3 *db, const Config *config, const char *person, const char *typed,
                         const char *address, int64_t now_ms, bool *passed, GError **error);

/* New recovery codes instead of all that there were. NOT_FOUND: none is confirmed. */
bool second_factor_new_codes(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                             RecoveryCodes *codes, GError **error);

/* Takes secret and recovery codes away, begun or confirmed, also of who is inactive. Sessions and
 * failures stay as they are: when a phone was stolen, the password is reset as well.
 * NOT_FOUND: there is nothing to take away. */
bool second_factor_reset(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                         GError **error);
