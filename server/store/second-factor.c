#include "store/second-factor.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/id.h"
#include "store/passwords.h"
#include "store/statement.h"

static bool refuse(StoreErrorCode code, const char *why, GError **error) {
  g_set_error_literal(error, STORE_ERROR, code, why);
  return false;
}

bool second_factor_read(sqlite3 *db, const char *person, SecondFactor *factor, GError **error) {
  *factor = (SecondFactor){0};
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select (select count(*) from recovery_code r where r.person = f.person"
                 " and r.used_at is null) from second_factor f where f.person = :person"
                 " and f.confirmed_at is not null",
                 error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  if (result == SQLITE_ROW)
    *factor = (SecondFactor){.confirmed = true, .codes_left = (unsigned)column_int(row, 0)};
  return result != SQLITE_ERROR;
}

typedef struct {
  uint8_t secret[TOTP_SECRET_BYTES];
  bool confirmed;
  int64_t last_step;
} Secret;

/* NOT_FOUND, with what is missing. */
static bool read_secret(sqlite3 *db, const char *person, const char *missing, Secret *known,
                        GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select f.secret, f.confirmed_at is not null, f.last_step from second_factor f"
                 " join person p on p.id = f.person where f.person = :person and p.active = 1",
                 error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  if (!statement_one(row, missing, error))
    return false;
  size_t length;
  const void *secret = column_blob(row, 0, &length);
  g_assert(length == sizeof known->secret);
  memcpy(known->secret, secret, length);
  known->confirmed = column_int(row, 1);
  known->last_step = column_int(row, 2);
  return true;
}

static bool read_confirmed(sqlite3 *db, const char *person, Secret *known, GError **error) {
  static const char missing[] = "no second factor is confirmed";
  return read_secret(db, person, missing, known, error) &&
         (known->confirmed || refuse(STORE_ERROR_NOT_FOUND, missing, error));
}

/* ---- recovery codes ---- */

static void digest_of(const char *person, const char *code, char digest[65]) {
  g_autofree char *text = g_strconcat(person, code, NULL);
  secret_digest(text, digest);
  OPENSSL_cleanse(text, strlen(text));
}

/* Reads one as people copy it from paper; a character that none has fits none. */
static bool read_recovery(const char *typed, char code[RECOVERY_CHARS + 1]) {
  if (!totp_squeeze(typed, RECOVERY_CHARS, code))
    return false;
  for (char *at = code; *at; at++) {
    *at = g_ascii_tolower(*at);
    if (*at == 'o')
      *at = '0';
    else if (*at == 'i' || *at == 'l')
      *at = '1';
  }
  return true;
}

static bool drop_codes(sqlite3 *db, const char *person, GError **error) {
  g_autoptr(Statement) drop =
      db_prepare(db, "delete from recovery_code where person = :person", error);
  if (!drop)
    return false;
  statement_text(drop, ":person", person);
  return statement_run(drop, error);
}

static bool replace_codes(sqlite3 *db, const char *person, RecoveryCodes *codes, GError **error) {
  g_autoptr(Statement) put =
      db_prepare(db, "insert into recovery_code (person, digest) values (:person, :digest)", error);
  if (!put || !drop_codes(db, person, error))
    return false;
  for (unsigned i = 0; i < RECOVERY_CODES; i++) {
    char digest[65];
    id_random(codes->code[i], RECOVERY_CHARS);
    digest_of(person, codes->code[i], digest);
    statement_text(put, ":person", person);
    statement_text(put, ":digest", digest);
    if (!statement_run(put, error))
      return false;
  }
  return true;
}

static bool is_unused(sqlite3 *db, const char *person, const char *digest, bool *unused,
                      GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select 1 from recovery_code where person = :person and digest = :digest and used_at is null",
      error);
  if (!row)
    return false;
  statement_text(row, ":person", person);
  statement_text(row, ":digest", digest);
  int result = statement_step(row, error);
  *unused = result == SQLITE_ROW;
  return result != SQLITE_ERROR;
}

/* ---- enrolment ---- */

bool second_factor_begin(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                         uint8_t secret[TOTP_SECRET_BYTES], GError **error) {
  g_autoptr(Statement) known = db_prepare(
      db, "select 1 from person where id = :id and active = 1 and login is not null", error);
  g_autoptr(Statement) put =
      db_prepare(db,
                 "insert into second_factor (person, secret, created_at)"
                 " values (:person, :secret, :now) on conflict (person) do update"
                 " set secret = excluded.secret, created_at = excluded.created_at",
                 error);
  if (!known || !put)
    return false;
  statement_text(known, ":id", person);
  if (!statement_one(known, "no such person with a login", error))
    return false;
  totp_secret_new(secret);
  statement_text(put, ":person", person);
  statement_blob(put, ":secret", secret, TOTP_SECRET_BYTES);
  statement_int(put, ":now", now_ms);
  /* The database refuses it where one is confirmed. */
  return statement_run(put, error) &&
         audit_note(db, "second_factor.begin", by, person, NULL, now_ms, error);
}

static bool mark_confirmed(sqlite3 *db, const char *person, int64_t step, int64_t now_ms,
                           GError **error) {
  g_autoptr(Statement) mark = db_prepare(
      db, "update second_factor set confirmed_at = :now, last_step = :step where person = :person",
      error);
  if (!mark)
    return false;
  statement_text(mark, ":person", person);
  statement_int(mark, ":step", step);
  statement_int(mark, ":now", now_ms);
  return statement_run(mark, error);
}

bool second_factor_confirm(sqlite3 *db, const Config *config, const char *person, const char *typed,
                           const Actor *by, int64_t now_ms, RecoveryCodes *codes, bool *passed,
                           GError **error) {
  Secret begun;
  Attempt attempt;
  *passed = false;
  if (!read_secret(db, person, "no second factor was begun", &begun, error))
    return false;
  int64_t step = totp_check(begun.secret, typed, now_ms, begun.last_step);
  OPENSSL_cleanse(begun.secret, sizeof begun.secret);
  if (begun.confirmed)
    return refuse(STORE_ERROR_CONFLICT, "this second factor is confirmed already", error);
  if (!password_attempt(db, config, person, step > 0, now_ms, &attempt, error))
    return false;
  if (attempt != ATTEMPT_PASSED)
    return password_attempt_note(db, "second_factor.confirm", person, attempt, by->address, NULL,
                                 now_ms, error);
  if (!mark_confirmed(db, person, step, now_ms, error) ||
      !replace_codes(db, person, codes, error) ||
      !audit_note(db, "second_factor.confirm", by, person, NULL, now_ms, error))
    return false;
  *passed = true;
  return true;
}

/* ---- log-in ---- */

/* What is right about what was typed, if anything is. */
typedef struct {
  int64_t step;      /* of the code, or 0 */
  char recovery[65]; /* digest of the recovery code */
  bool is_recovery;
} Proof;

static bool find_proof(sqlite3 *db, const char *person, const char *typed, int64_t now_ms,
                       Proof *proof, GError **error) {
  *proof = (Proof){0};
  Secret known;
  char code[RECOVERY_CHARS + 1];
  if (!read_confirmed(db, person, &known, error))
    return false;
  proof->step = totp_check(known.secret, typed, now_ms, known.last_step);
  OPENSSL_cleanse(known.secret, sizeof known.secret);
  if (!read_recovery(typed, code))
    return true;
  digest_of(person, code, proof->recovery);
  return is_unused(db, person, proof->recovery, &proof->is_recovery, error);
}

static bool use_up(sqlite3 *db, const char *person, const Proof *proof, int64_t now_ms,
                   GError **error) {
  g_autoptr(Statement) use =
      proof->is_recovery
          ? db_prepare(db,
                       "update recovery_code set used_at = :value"
                       " where person = :person and digest = :digest",
                       error)
          : db_prepare(db, "update second_factor set last_step = :value where person = :person",
                       error);
  if (!use)
    return false;
  statement_text(use, ":person", person);
  statement_int(use, ":value", proof->is_recovery ? now_ms : proof->step);
  if (proof->is_recovery)
    statement_text(use, ":digest", proof->recovery);
  return statement_run(use, error);
}

bool second_factor_check(sqlite3 *db, const Config *config, const char *person, const char *typed,
                         const char *address, int64_t now_ms, bool *passed, GError **error) {
  Proof proof;
  Attempt attempt;
  *passed = false;
  if (!find_proof(db, person, typed, now_ms, &proof, error) ||
      !password_attempt(db, config, person, proof.step > 0 || proof.is_recovery, now_ms, &attempt,
                        error))
    return false;
  *passed = attempt == ATTEMPT_PASSED;
  if (*passed && !use_up(db, person, &proof, now_ms, error))
    return *passed = false;
  json_t *detail = *passed && proof.is_recovery ? json_pack("{s:b}", "recovery", 1) : NULL;
  return password_attempt_note(db, "second_factor.check", person, attempt, address, detail, now_ms,
                               error);
}

/* ---- afterwards ---- */

bool second_factor_new_codes(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                             RecoveryCodes *codes, GError **error) {
  Secret known;
  if (!read_confirmed(db, person, &known, error))
    return false;
  OPENSSL_cleanse(known.secret, sizeof known.secret);
  return replace_codes(db, person, codes, error) &&
         audit_note(db, "second_factor.codes", by, person, NULL, now_ms, error);
}

bool second_factor_reset(sqlite3 *db, const char *person, const Actor *by, int64_t now_ms,
                         GError **error) {
  g_autoptr(Statement) drop =
      db_prepare(db, "delete from second_factor where person = :person", error);
  if (!drop || !drop_codes(db, person, error))
    return false;
  statement_text(drop, ":person", person);
  if (!statement_run(drop, error))
    return false;
  if (db_changes(db) == 0)
    return refuse(STORE_ERROR_NOT_FOUND, "this person has no second factor", error);
  return audit_note(db, "second_factor.reset", by, person, NULL, now_ms, error);
}
