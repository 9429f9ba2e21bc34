/* Passwords: scrypt (OpenSSL EVP_PBE_scrypt), the rule for them, log-in check, change and reset.
 *
 * A hash takes a tenth of a second, so checking and changing go through three threads: what is
 * known is read on a reader, hashed on the hasher's thread (hasher.h), and decided on the writer,
 * which compares what was hashed with the credential as it is then. Sources: domain.md section 7
 * (at least 10 characters of 3 classes, first change forced, last 5 refused, 5 failures lock for 15
 * minutes, same answer and time for unknown users).
 */
#pragma once

#include "base/config.h"
#include "base/id.h"
#include "store/audit.h"
#include "store/database.h"

typedef struct {
  int cost_log2;
  unsigned char salt[16], hash[32];
} PasswordHash;

/* INVALID with the reason when it breaks the rule. */
bool password_rule(const char *password, GError **error);
/* Slow. With a fresh salt. */
bool password_hash(const char *password, int cost_log2, PasswordHash *out, GError **error);
/* Slow; constant-time comparison. */
bool password_matches(const char *password, const PasswordHash *known);
/* A random one that keeps the rule; free with g_free. */
char *password_generate(void);

/* Writer: stores it; the old one goes into the history, which with it holds the last 5. */
bool password_store(sqlite3 *db, const char *person, const PasswordHash *hash, bool must_change,
                    int64_t now_ms, GError **error);

/* ---- attempts ---- */

/* What came of a try to show who one is. */
typedef enum { ATTEMPT_PASSED, ATTEMPT_FAILED, ATTEMPT_LOCKED } Attempt;

/* Writer: a second proof after the password (second-factor.h), right or not. A wrong one is a
 * failure as a wrong password is, a right one forgets them; while the account is locked neither
 * counts. */
bool password_attempt(sqlite3 *db, const Config *config, const char *person, bool right,
                      int64_t now_ms, Attempt *attempt, GError **error);
/* Writer: the audit record of an attempt. person "": nobody has this login. Takes detail (NULL:
 * {}). */
bool password_attempt_note(sqlite3 *db, const char *kind, const char *person, Attempt attempt,
                           const char *address, json_t *detail, int64_t now_ms, GError **error);
/* Writer: somebody lifts the lock, or showed all that is asked for. */
bool password_forget_failures(sqlite3 *db, const char *person, GError **error);

/* ---- a log-in ---- */

typedef struct {
  char person[ID_CHARS + 1]; /* "": nobody has this login */
  PasswordHash known;        /* what the password is compared with */
  bool matched;
} PasswordTrial;

/* Reader. Unknown, inactive and password-less accounts get something to compare with, too. */
bool password_trial_read(sqlite3 *db, const Config *config, const char *login, PasswordTrial *trial,
                         GError **error);
/* Slow; the hasher's thread. */
void password_trial_hash(PasswordTrial *trial, const char *password);
/* Writer. passed: it is the right password now, and the account is not locked. Writes failures,
 * lock-out and audit, so it is committed also when not passed. Where a code is asked for as well
 * (second-factor.h), this is half of a log-in, which the record says, and the password alone
 * forgets no failures: otherwise who knows it could try codes without end. */
bool password_trial_settle(sqlite3 *db, const Config *config, const PasswordTrial *trial,
                           const char *address, int64_t now_ms, bool *passed, GError **error);

/* ---- a change by the owner ---- */

#define PASSWORD_HISTORY 4 /* with the present one, the last 5 are refused */

typedef struct {
  char person[ID_CHARS + 1];
  PasswordHash known[1 + PASSWORD_HISTORY]; /* the present one first */
  unsigned count;                           /* of known */
  int cost_log2;
  unsigned slices; /* done so far */
  bool matched, reused, hashed;
  PasswordHash fresh;
} PasswordChange;

typedef enum {
  PASSWORD_CHANGED,
  PASSWORD_REFUSED, /* the old one is wrong (counts as a failure), or the account is locked */
  PASSWORD_REUSED,  /* the new one was among the last 5 */
} PasswordOutcome;

/* Reader. INVALID: fresh breaks the rule; NOT_FOUND: the account has no password. */
bool password_change_read(sqlite3 *db, const Config *config, const char *person, const char *fresh,
                          PasswordChange *change, GError **error);
/* Slow; the hasher's thread: one hash. True: there is more to do. */
bool password_change_slice(PasswordChange *change, const char *old, const char *fresh);
/* Writer; committed whatever the outcome is. Other sessions of the person end; keep_session: digest
 * of the one that stays, or NULL. */
bool password_change_settle(sqlite3 *db, const Config *config, const PasswordChange *change,
                            const char *keep_session, const Actor *by, int64_t now_ms,
                            PasswordOutcome *outcome, GError **error);

/* ---- a reset by somebody else ---- */

/* Writer: hash is that of a one-time password, which must be changed; unlocks and ends the person's
 * sessions. NOT_FOUND: no such person with a login. */
bool password_reset(sqlite3 *db, const char *person, const PasswordHash *hash, const Actor *by,
                    int64_t now_ms, GError **error);
/* Slow: makes the password and hashes it on a writing connection, for the command line. Free with
 * g_free. */
char *password_reset_direct(sqlite3 *db, const Config *config, const char *person, const Actor *by,
                            int64_t now_ms, GError **error);
