#include "store/passwords.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/id.h"
#include "store/check.h"
#include "store/statement.h"

#define SCRYPT_R 8
#define SCRYPT_P 1
#define PASSWORD_LEAST 10  /* characters; domain.md section 7 */
#define PASSWORD_CLASSES 3 /* of lower case, upper case, digits, others; the same */
#define PASSWORD_MOST 256  /* bounds what a stranger can make us hash */
#define HISTORY 4          /* with the present one, the last 5 are refused */
#define GENERATED_CHARS 16 /* of 56 letters and digits: 92 bits */

bool password_rule(const char *password, GError **error) {
  if (!password || !g_utf8_validate(password, -1, NULL))
    return check_fail(error, "the password is not UTF-8");
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
    return check_fail(error, "a password wants %d to %d characters", PASSWORD_LEAST, PASSWORD_MOST);
  if (lower + upper + digit + other < PASSWORD_CLASSES)
    return check_fail(error,
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
  statement_int(trim, ":history", HISTORY);
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

/* What a log-in attempt came to, for the writer. */
typedef struct {
  const Config *config;
  const char *person; /* NULL: unknown login */
  const char *address;
  bool matched, silent; /* silent: a success is not worth a record (a change follows) */
  int64_t now_ms;
  bool refused; /* out */
} Attempt;

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

static bool count_failure(sqlite3 *db, const Attempt *attempt, GError **error) {
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
  statement_text(count, ":person", attempt->person);
  statement_int(count, ":limit", attempt->config->lockout_failures);
  statement_int(count, ":now", attempt->now_ms);
  statement_int(count, ":until", attempt->now_ms + (int64_t)attempt->config->lockout_min * 60000);
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

/* The writer decides: attempts that ran side by side cannot pass a lock that one of them set. */
static bool settle_attempt(sqlite3 *db, void *data, GError **error) {
  Attempt *attempt = data;
  bool locked = false;
  if (attempt->person && !is_locked(db, attempt->person, attempt->now_ms, &locked, error))
    return false;
  attempt->refused = locked || !attempt->person || !attempt->matched;
  if (attempt->person && !locked &&
      !(attempt->matched ? password_forget_failures(db, attempt->person, error)
                         : count_failure(db, attempt, error)))
    return false;
  if (!attempt->refused && attempt->silent)
    return true;
  json_t *detail = locked ? json_pack("{s:b}", "locked", 1) : NULL;
  AuditEntry entry = {"session.login",
                      attempt->person,
                      NULL,
                      !attempt->refused ? "ok" : locked ? "refused" : "failed",
                      attempt->address,
                      detail};
  bool fine = audit_add(db, &entry, attempt->now_ms, error);
  json_decref(detail);
  return fine;
}

static bool refuse(GError **error) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN, "wrong login or password");
  return false;
}

char *password_login(Store *store, sqlite3 *db, const Config *config, const char *login,
                     const char *password, const char *address, int64_t now_ms, GError **error) {
  g_autofree char *person = NULL;
  /* Somebody to compare with when there is nobody: the same work for unknown logins. */
  PasswordHash known = {.cost_log2 = config->password_cost_log2};
  {
    g_autoptr(Statement) row = db_prepare(db,
                                          "select p.id, c.cost_log2, c.salt, c.hash from person p "
                                          "join credential c on c.person = p.id"
                                          " where p.login = :login and p.active = 1",
                                          error);
    if (!row)
      return NULL;
    statement_text(row, ":login", login);
    int result = statement_step(row, error);
    if (result == SQLITE_ERROR)
      return NULL;
    if (result == SQLITE_ROW) {
      person = g_strdup(column_text(row, 0));
      read_hash(row, 1, &known);
    }
  }
  Attempt attempt = {.config = config, .person = person, .address = address, .now_ms = now_ms};
  attempt.matched = password_matches(password, &known) && person;
  OPENSSL_cleanse(&known, sizeof known);
  if (!store_write_wait(store, settle_attempt, &attempt, error))
    return NULL;
  if (attempt.refused) {
    refuse(error);
    return NULL;
  }
  return g_steal_pointer(&person);
}

typedef struct {
  const char *person, *keep_session;
  const Actor *by;
  PasswordHash hash;
  bool must_change, unlock;
  const char *kind; /* of the audit record */
  int64_t now_ms;
} Change;

static bool write_change(sqlite3 *db, void *data, GError **error) {
  Change *change = data;
  g_autoptr(Statement) sessions =
      db_prepare(db, "delete from session where person = :person and digest <> :keep", error);
  if (!sessions)
    return false;
  statement_text(sessions, ":person", change->person);
  statement_text(sessions, ":keep", change->keep_session ? change->keep_session : "");
  return password_store(db, change->person, &change->hash, change->must_change, change->now_ms,
                        error) &&
         statement_run(sessions, error) &&
         (!change->unlock || password_forget_failures(db, change->person, error)) &&
         audit_note(db, change->kind, change->by, change->person, NULL, change->now_ms, error);
}

/* Reads the present hash and the history, the present one first. */
static bool read_hashes(sqlite3 *db, const char *person, PasswordHash hashes[1 + HISTORY],
                        unsigned *count, GError **error) {
  g_autoptr(Statement) present =
      db_prepare(db, "select cost_log2, salt, hash from credential where person = :person", error);
  g_autoptr(Statement) past =
      db_prepare(db,
                 "select cost_log2, salt, hash from password_history where person = :person"
                 " order by id desc limit :history",
                 error);
  if (!present || !past)
    return false;
  statement_text(present, ":person", person);
  if (!statement_one(present, "this account has no password", error))
    return false;
  read_hash(present, 0, &hashes[0]);
  *count = 1;
  statement_text(past, ":person", person);
  statement_int(past, ":history", HISTORY);
  int result;
  while ((result = statement_step(past, error)) == SQLITE_ROW)
    read_hash(past, 0, &hashes[(*count)++]);
  return result == SQLITE_DONE;
}

bool password_change(Store *store, sqlite3 *db, const Config *config, const char *person,
                     const char *old, const char *fresh, const char *keep_session, const Actor *by,
                     int64_t now_ms, GError **error) {
  PasswordHash known[1 + HISTORY];
  unsigned count = 0;
  if (!password_rule(fresh, error) || !read_hashes(db, person, known, &count, error))
    return false;
  Attempt attempt = {.config = config,
                     .person = person,
                     .address = by ? by->address : NULL,
                     .matched = password_matches(old, &known[0]),
                     .silent = true,
                     .now_ms = now_ms};
  if (!store_write_wait(store, settle_attempt, &attempt, error))
    return false;
  if (attempt.refused)
    return refuse(error);
  for (unsigned i = 0; i < count; i++)
    if (password_matches(fresh, &known[i]))
      return check_fail(error, "this password was used before: the last %d are refused",
                        1 + HISTORY);
  Change change = {.person = person,
                   .keep_session = keep_session,
                   .by = by,
                   .kind = "password.change",
                   .now_ms = now_ms};
  return password_hash(fresh, config->password_cost_log2, &change.hash, error) &&
         store_write_wait(store, write_change, &change, error);
}

static bool prepare_reset(sqlite3 *db, const Config *config, const char *person,
                          const char *password, Change *change, GError **error) {
  g_autoptr(Statement) known =
      db_prepare(db, "select 1 from person where id = :id and login is not null", error);
  if (!known)
    return false;
  statement_text(known, ":id", person);
  if (!statement_one(known, "no such person with a login", error))
    return false;
  change->person = person;
  change->must_change = change->unlock = true;
  change->kind = "password.reset";
  return password_hash(password, config->password_cost_log2, &change->hash, error);
}

char *password_reset(Store *store, sqlite3 *db, const Config *config, const char *person,
                     const Actor *by, int64_t now_ms, GError **error) {
  g_autofree char *password = password_generate();
  Change change = {.by = by, .now_ms = now_ms};
  if (!prepare_reset(db, config, person, password, &change, error) ||
      !store_write_wait(store, write_change, &change, error))
    return NULL;
  return g_steal_pointer(&password);
}

char *password_reset_direct(sqlite3 *db, const Config *config, const char *person, const Actor *by,
                            int64_t now_ms, GError **error) {
  g_autofree char *password = password_generate();
  Change change = {.by = by, .now_ms = now_ms};
  if (!prepare_reset(db, config, person, password, &change, error) ||
      !write_change(db, &change, error))
    return NULL;
  return g_steal_pointer(&password);
}
