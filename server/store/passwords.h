/* Passwords: scrypt (OpenSSL EVP_PBE_scrypt), the rule for them, change and reset, log-in check.
 *
 * A hash takes tens of milliseconds: functions that hash say so and run on a reader thread, never
 * on the writer or the main thread; only the rows are then written in a short job. Sources:
 * domain.md section 7 (at least 10 characters of 3 classes, first change forced, last 5 refused, 5
 * failures lock for 15 minutes, same answer and time for unknown users).
 */
#pragma once

#include "base/config.h"
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

/* Writer: the right password was given, or somebody lifts the lock. */
bool password_forget_failures(sqlite3 *db, const char *person, GError **error);
/* Writer: stores it; the old one goes into the history, which with it holds the last 5. */
bool password_store(sqlite3 *db, const char *person, const PasswordHash *hash, bool must_change,
                    int64_t now_ms, GError **error);

/* Reader thread, slow, waits for the writer. FORBIDDEN: old is wrong (counts as a failure) or the
 * account is locked; INVALID: the new one breaks the rule or was among the last 5. Other sessions
 * of the person end; keep_session: digest of the one that stays, or NULL. */
bool password_change(Store *store, sqlite3 *db, const Config *config, const char *person,
                     const char *old, const char *fresh, const char *keep_session, const Actor *by,
                     int64_t now_ms, GError **error);
/* Reader thread, slow, waits. A one-time password that must be changed, free with g_free; unlocks
 * and ends the person's sessions. */
char *password_reset(Store *store, sqlite3 *db, const Config *config, const char *person,
                     const Actor *by, int64_t now_ms, GError **error);
/* The same straight on a writing connection, for the command line. */
char *password_reset_direct(sqlite3 *db, const Config *config, const char *person, const Actor *by,
                            int64_t now_ms, GError **error);

/* Reader thread, slow, waits. The person's id (free with g_free), or NULL with FORBIDDEN: wrong,
 * unknown, without password, inactive or locked, all with the same message and the same time.
 * Writes failures, lock-out and audit. */
char *password_login(Store *store, sqlite3 *db, const Config *config, const char *login,
                     const char *password, const char *address, int64_t now_ms, GError **error);
