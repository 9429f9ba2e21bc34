#include "store/passwords.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/id.h"
#include "store/statement.h"

#define SCRYPT_R 8
#define SCRYPT_P 1
#define PASSWORD_LEAST 10  /* characters; domain.md section 7 */
#define PASSWORD_CLASSES 3 /* of lower case, upper case, digits, others; the same */
#define PASSWORD_MOST 256  /* bounds what a stranger can make us hash */
#define GENERATED_CHARS 16 /* of 56 letters and digits: 92 bits */

bool password_rule(const char *password, GError **error) {
  if (!password || !g_utf8_validate(password, -1, NULL))
    return store_invalid(error, "the password is not UTF-8");
  unsigned count = 0;
  bool lower = false, upper = false, digit = false, other = false;
  for (const char *at = password; *at; at = g_utf8_next_char(at), count++) {
    gunichar c = g_utf8_get_char(at);
    if (c >= 'a' && c <= 'z')
      lower = true;
    else if (c >= 'A' && c <= 'Z')
      upper = true;
    else if (c >= '0' && c <= '9')
      digit = true;
    else
      other = true;
  }
  if (count < PASSWORD_LEAST || count > PASSWORD_MOST)
    return store_invalid(error, "a password wants %d to %d characters", PASSWORD_LEAST,
                         PASSWORD_MOST);
  if (lower + upper + digit + other < PASSWORD_CLASSES)
    return store_invalid(error,
                         "a password wants %d of: small letters, capital letters, digits, others",
                         PASSWORD_CLASSES);
  return true;
}

static bool derive(const char *password, PasswordHash *hash, GError **error) {
  uint64_t n = UINT64_C(1) << hash->cost_log2;
  uint64_t most = 128 * SCRYPT_R * (n + SCRYPT_P + 2) + 65536; /* RFC 7914 section 2, with slack */
  if (EVP_PBE_scrypt(password, strlen(password), hash->salt, sizeof hash->salt, n, SCRYPT_R,
                     SCRYPT_P, most, hash->hash, sizeof hash->hash) == 1)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "the password could not be hashed");
  return false;
}

bool password_hash(const char *password, int cost_log2, PasswordHash *out, GError **error) {
  out->cost_log2 = cost_log2;
  g_assert(RAND_bytes(out->salt, sizeof out->salt) == 1);
  return derive(password, out, error);
}

/* The salt is new with every password, so it tells one version of a credential from another. */
static bool same_version(const PasswordHash *a, const PasswordHash *b) {
  return memcmp(a->salt, b->salt, sizeof a->salt) == 0;
}

bool password_matches(const char *password, const PasswordHash *known) {
  PasswordHash trial = *known;
  bool same = strlen(password) <= PASSWORD_MOST * 4 && derive(password, &trial, NULL) &&
              CRYPTO_memcmp(trial.hash, known->hash, sizeof known->hash) == 0;
  OPENSSL_cleanse(&trial, sizeof trial);
  return same;
}

char *password_generate(void) {
  /* Without characters that are mistaken for each other when read from paper. */
  static const char letters[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const unsigned count = sizeof letters - 1;
  const uint32_t fair = UINT32_MAX - UINT32_MAX % count;
  for (;;) {
    char *password = g_malloc0(GENERATED_CHARS + 1);
    for (unsigned i = 0; i < GENERATED_CHARS;) {
      uint32_t random = random_u32();
      if (random < fair)
        password[i++] = letters[random % count];
    }
    if (password_rule(password, NULL))
      return password;
    g_free(password);
  }
}

static void read_hash(Statement *row, int column, PasswordHash *hash) {
  size_t len;
  hash->cost_log2 = (int)column_int(row, column);
  const void *salt = column_blob(row, column + 1, &len);
  g_assert(len == sizeof hash->salt);
  memcpy(hash->salt, salt, len);
  const void *bytes = column_blob(row, column + 2, &len);
  g_assert(len == sizeof hash->hash);
  memcpy(hash->hash, bytes, len);
}

/* The present hash goes into the history, whose oldest entries fall out. */
static bool remember(sqlite3 *db, const char *person, GError **error) {
  g_autoptr(Statement) keep =
      db_prepare(db,
                 "insert into password_history (person, cost_log2, salt, hash)"
                 " select person, cost_log2, salt, hash from credential where person = :person",
                 error);
  g_autoptr(Statement) trim = db_prepare(
      db,
      "delete from password_history where person = :person and id not in"
      " (select id from password_history where person = :person order by id desc limit :history)",
      error);
  if (!keep || !trim)
    return false;
  statement_text(keep, ":person", person);
  statement_text(trim, ":person", person);
  statement_int(trim, ":history", PASSWORD_HISTORY);
  return statement_run(keep, error) && statement_run(trim, error);
}

bool password_store(sqlite3 *db, const char *person, const PasswordHash *hash, bool must_change,
                    int64_t now_ms, GError **error) {
  g_autoptr(Statement) put = db_prepare(
      db,
      "insert into credential (person, cost_log2, salt, hash, must_change, changed_at)"
      " values (:person, :cost, :salt, :hash, :must_change, :now) on conflict (person) do update"
      " set cost_log2 = excluded.cost_log2, salt = excluded.salt, hash = excluded.hash,"
      " must_change = excluded.must_change, changed_at = excluded.changed_at",
      error);
  if (!put || !remember(db, person, error))
    return false;
  statement_text(put, ":person", person);
  statement_int(put, ":cost", hash->cost_log2);
  statement_blob(put, ":salt", hash->salt, sizeof hash->salt);
  statement_blob(put, ":hash", hash->hash, sizeof hash->hash);
  statement_int(put, ":must_change", must_change);
  statement_int(put, ":now", now_ms);
  return statement_run(put, error);
}

/* ---- checking ---- */

static bool is_locked(sqlite3 *db, const char *person, int64_t now_ms, bool *locked,
                      GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db, "select 1 from login_failure where person = :person and locked_until > :now", error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  statement_int(row, ":now", now_ms);
  int result = statement_step(row, error);
  *locked = result == SQLITE_ROW;
  return result != SQLITE_ERROR;
}

static bool count_failure(sqlite3 *db, const Config *config, const char *person, int64_t now_ms,
                          GError **error) {
  g_autoptr(Statement) count =
      db_prepare(db,
                 "insert into login_failure (person, failures, last_at, locked_until)"
                 " values (:person, iif(:limit <= 1, 0, 1), :now, iif(:limit <= 1, :until, null))"
                 " on conflict (person) do update set last_at = :now,"
                 " locked_until = iif(failures + 1 >= :limit, :until, null),"
                 " failures = iif(failures + 1 >= :limit, 0, failures + 1)",
                 error);
  if (!count)
    return false;
  statement_text(count, ":person", person);
  statement_int(count, ":limit", config->lockout_failures);
  statement_int(count, ":now", now_ms);
  statement_int(count, ":until", now_ms + (int64_t)config->lockout_min * 60000);
  return statement_run(count, error);
}

bool password_forget_failures(sqlite3 *db, const char *person, GError **error) {
  g_autoptr(Statement) clear =
      db_prepare(db, "delete from login_failure where person = :person", error);
  if (!clear)
    return false;
  statement_text(clear, ":person", person);
  return statement_run(clear, error);
}

/* Whether a right password is half of what is asked for: there is a second factor. */
static bool is_half(sqlite3 *db, const char *person, bool *half, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db, "select 1 from second_factor where person = :person and confirmed_at is not null", error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  *half = result == SQLITE_ROW;
  return result != SQLITE_ERROR;
}

bool password_attempt(sqlite3 *db, const Config *config, const char *person, bool right,
                      int64_t now_ms, Attempt *attempt, GError **error) {
  bool locked = false;
  *attempt = ATTEMPT_FAILED;
  if (!is_locked(db, person, now_ms, &locked, error))
    return false;
  if (locked) {
    *attempt = ATTEMPT_LOCKED;
    return true;
  }
  if (!right)
    return count_failure(db, config, person, now_ms, error);
  *attempt = ATTEMPT_PASSED;
  return password_forget_failures(db, person, error);
}

/* Whether the credential that was hashed is still the account's. */
static bool is_current(sqlite3 *db, const char *person, const PasswordHash *hashed, bool *current,
                       GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select c.cost_log2, c.salt, c.hash from credential c join person p"
                 " on p.id = c.person where c.person = :person and p.active = 1",
                 error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  PasswordHash now;
  *current = false;
  if (result == SQLITE_ROW) {
    read_hash(row, 0, &now);
    *current = same_version(&now, hashed);
  }
  return result != SQLITE_ERROR;
}

/* The writer decides: attempts that were hashed side by side cannot pass a lock that one of them
 * set, nor a password that was changed since. Only a wrong password is a failure that counts. */
static bool settle(sqlite3 *db, const Config *config, const char *person,
                   const PasswordHash *hashed, bool matched, int64_t now_ms, Attempt *attempt,
                   bool *half, GError **error) {
  bool locked = false, current = false;
  *attempt = ATTEMPT_FAILED;
  *half = false;
  if (!*person)
    return true;
  if (!is_locked(db, person, now_ms, &locked, error) ||
      !is_current(db, person, hashed, &current, error) || !is_half(db, person, half, error))
    return false;
  if (locked)
    *attempt = ATTEMPT_LOCKED;
  else if (matched && current)
    *attempt = ATTEMPT_PASSED;
  if (*attempt == ATTEMPT_PASSED)
    return *half || password_forget_failures(db, person, error);
  return locked || matched || count_failure(db, config, person, now_ms, error);
}

bool password_attempt_note(sqlite3 *db, const char *kind, const char *person, Attempt attempt,
                           const char *address, json_t *detail, int64_t now_ms, GError **error) {
  static const char *const results[] = {"ok", "failed", "refused"};
  json_t *said = detail ? detail : json_object();
  if (attempt == ATTEMPT_LOCKED)
    json_object_set_new(said, "locked", json_true());
  AuditEntry entry = {kind, *person ? person : NULL, NULL, results[attempt], address, said};
  bool fine = audit_add(db, &entry, now_ms, error);
  json_decref(said);
  return fine;
}

/* half: a record of second_factor.check says whether it became a log-in. */
static bool note_login(sqlite3 *db, const char *person, Attempt attempt, bool half,
                       const char *address, int64_t now_ms, GError **error) {
  json_t *detail = attempt == ATTEMPT_PASSED && half ? json_pack("{s:b}", "half", 1) : NULL;
  return password_attempt_note(db, "session.login", person, attempt, address, detail, now_ms,
                               error);
}

bool password_trial_read(sqlite3 *db, const Config *config, const char *login, PasswordTrial *trial,
                         GError **error) {
  /* Somebody to compare with when there is nobody: the same work for unknown logins. */
  *trial = (PasswordTrial){.known = {.cost_log2 = config->password_cost_log2}};
  g_autoptr(Statement) row = db_prepare(db,
                                        "select p.id, c.cost_log2, c.salt, c.hash from person p "
                                        "join credential c on c.person = p.id"
                                        " where p.login = :login and p.active = 1",
                                        error);
  if (!row)
    return false;
  statement_text(row, ":login", login);
  int result = statement_step(row, error);
  if (result == SQLITE_ROW) {
    g_strlcpy(trial->person, column_text(row, 0), sizeof trial->person);
    read_hash(row, 1, &trial->known);
  }
  return result != SQLITE_ERROR;
}

void password_trial_hash(PasswordTrial *trial, const char *password) {
  trial->matched = password_matches(password, &trial->known) && *trial->person;
}

bool password_trial_settle(sqlite3 *db, const Config *config, const PasswordTrial *trial,
                           const char *address, int64_t now_ms, bool *passed, GError **error) {
  Attempt attempt;
  bool half;
  *passed = false;
  if (!settle(db, config, trial->person, &trial->known, trial->matched, now_ms, &attempt, &half,
              error) ||
      !note_login(db, trial->person, attempt, half, address, now_ms, error))
    return false;
  *passed = attempt == ATTEMPT_PASSED;
  return true;
}

/* ---- changing ---- */

typedef struct {
  const char *person, *keep_session;
  const PasswordHash *hash;
  bool must_change, unlock;
  const char *kind; /* of the audit record */
} Replacement;

static bool replace(sqlite3 *db, const Replacement *with, const Actor *by, int64_t now_ms,
                    GError **error) {
  g_autoptr(Statement) sessions =
      db_prepare(db, "delete from session where person = :person and digest <> :keep", error);
  if (!sessions)
    return false;
  statement_text(sessions, ":person", with->person);
  statement_text(sessions, ":keep", with->keep_session ? with->keep_session : "");
  return password_store(db, with->person, with->hash, with->must_change, now_ms, error) &&
         statement_run(sessions, error) &&
         (!with->unlock || password_forget_failures(db, with->person, error)) &&
         audit_note(db, with->kind, by, with->person, NULL, now_ms, error);
}

/* Reads the present hash and the history, the present one first. */
static bool read_hashes(sqlite3 *db, PasswordChange *change, GError **error) {
  g_autoptr(Statement) present =
      db_prepare(db, "select cost_log2, salt, hash from credential where person = :person", error);
  g_autoptr(Statement) past =
      db_prepare(db,
                 "select cost_log2, salt, hash from password_history where person = :person"
                 " order by id desc limit :history",
                 error);
  if (!present || !past)
    return false;
  statement_text(present, ":person", change->person);
  if (!statement_one(present, "this account has no password", error))
    return false;
  read_hash(present, 0, &change->known[0]);
  change->count = 1;
  statement_text(past, ":person", change->person);
  statement_int(past, ":history", PASSWORD_HISTORY);
  int result;
  while ((result = statement_step(past, error)) == SQLITE_ROW)
    read_hash(past, 0, &change->known[change->count++]);
  return result == SQLITE_DONE;
}

bool password_change_read(sqlite3 *db, const Config *config, const char *person, const char *fresh,
                          PasswordChange *change, GError **error) {
  *change = (PasswordChange){.cost_log2 = config->password_cost_log2};
  g_strlcpy(change->person, person, sizeof change->person);
  return password_rule(fresh, error) && read_hashes(db, change, error);
}

bool password_change_slice(PasswordChange *change, const char *old, const char *fresh) {
  unsigned slice = change->slices++;
  if (slice == 0) {
    change->matched = password_matches(old, &change->known[0]);
    return change->matched;
  }
  if (slice <= change->count) {
    change->reused = password_matches(fresh, &change->known[slice - 1]);
    return !change->reused;
  }
  change->hashed = password_hash(fresh, change->cost_log2, &change->fresh, NULL);
  return false;
}

bool password_change_settle(sqlite3 *db, const Config *config, const PasswordChange *change,
                            const char *keep_session, const Actor *by, int64_t now_ms,
                            PasswordOutcome *outcome, GError **error) {
  Attempt attempt;
  bool half;
  *outcome = PASSWORD_REFUSED;
  if (!settle(db, config, change->person, &change->known[0], change->matched, now_ms, &attempt,
              &half, error))
    return false;
  if (attempt != ATTEMPT_PASSED)
    return note_login(db, change->person, attempt, half, by->address, now_ms, error);
  if (change->reused) {
    *outcome = PASSWORD_REUSED;
    return true;
  }
  if (!change->hashed) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "the password could not be hashed");
    return false;
  }
  *outcome = PASSWORD_CHANGED;
  const Replacement with = {.person = change->person,
                            .keep_session = keep_session,
                            .hash = &change->fresh,
                            .kind = "password.change"};
  return replace(db, &with, by, now_ms, error);
}

bool password_reset(sqlite3 *db, const char *person, const PasswordHash *hash, const Actor *by,
                    int64_t now_ms, GError **error) {
  g_autoptr(Statement) known =
      db_prepare(db, "select 1 from person where id = :id and login is not null", error);
  if (!known)
    return false;
  statement_text(known, ":id", person);
  const Replacement with = {.person = person,
                            .hash = hash,
                            .must_change = true,
                            .unlock = true,
                            .kind = "password.reset"};
  return statement_one(known, "no such person with a login", error) &&
         replace(db, &with, by, now_ms, error);
}

char *password_reset_direct(sqlite3 *db, const Config *config, const char *person, const Actor *by,
                            int64_t now_ms, GError **error) {
  g_autofree char *password = password_generate();
  PasswordHash hash;
  if (!password_hash(password, config->password_cost_log2, &hash, error) ||
      !password_reset(db, person, &hash, by, now_ms, error))
    return NULL;
  return g_steal_pointer(&password);
}
