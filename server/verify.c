#include "verify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "recordings/verify.h"
#include "store/audit-heads.h"
#include "store/connection.h"
#include "store/statement.h"

typedef struct {
  const Config *config;
  const VerifyOptions *options;
  sqlite3 *db;
  unsigned problems;
} Verify;

static void problem(Verify *verify, const char *what) {
  printf("PROBLEM  %s\n", what);
  verify->problems++;
}

/* Only reads: a missing database is not made, and a copy stays as it is. */
static sqlite3 *open_to_read(const char *file, GError **error) {
  sqlite3 *db = NULL;
  if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_EXRESCODE, NULL) == SQLITE_OK) {
    sqlite3_busy_timeout(db, 15000);
    return db;
  }
  db_fail(db, error);
  g_prefix_error(error, "%s: ", file);
  db_close(db);
  return NULL;
}

static void check_chain(Verify *verify) {
  g_autoptr(GError) error = NULL;
  AuditHead head;
  if (audit_verify(verify->db, NULL, &head, &error))
    printf("ok       audit: %" G_GINT64_FORMAT
           " records, the chain is whole, head %" G_GINT64_FORMAT ":%s\n",
           head.seq, head.seq, head.hash);
  else
    problem(verify, error->message);
}

/* The first is exported within an hour of the first record. */
#define HEADS_DUE_MS INT64_C(7200000)

/* No head was due yet: the record is empty, or has only just begun. */
static bool has_just_begun(sqlite3 *db) {
  g_autoptr(Statement) row =
      db_prepare(db, "select at from audit_record order by seq limit 1", NULL);
  int result = row ? statement_step(row, NULL) : SQLITE_ERROR;
  return result == SQLITE_DONE ||
         (result == SQLITE_ROW && clock_wall_ms() - column_int(row, 0) < HEADS_DUE_MS);
}

static void check_heads(Verify *verify) {
  g_autoptr(GError) error = NULL;
  g_autofree char *own = g_build_filename(verify->config->data_dir, "audit-key.pub", NULL);
  g_autofree char *usual = audit_heads_path(verify->config);
  const char *path = verify->options->heads ? verify->options->heads : usual;
  if (!verify->options->heads && !g_file_test(path, G_FILE_TEST_EXISTS) &&
      has_just_begun(verify->db)) {
    printf("note     heads: none yet; the first is signed within an hour of the first record\n");
    return;
  }
  AuditHeads heads;
  g_autoptr(AuditKey) key =
      audit_key_public(verify->options->key ? verify->options->key : own, &error);
  if (!key || !audit_heads_verify(path, key, verify->db, &heads, &error)) {
    problem(verify, error->message);
    return;
  }
  g_autoptr(GDateTime) last = g_date_time_new_from_unix_utc(heads.last_ms / 1000);
  g_autofree char *when = last ? g_date_time_format_iso8601(last) : NULL;
  printf("ok       heads: %u signed and in the chain, the last of %s\n", heads.lines - heads.voids,
         when && heads.lines > 0 ? when : "never");
  if (heads.restores > 0)
    printf("note     heads: a backup was put in place %u times; %u heads are void by that\n",
           heads.restores, heads.voids);
}

static void tell(void *user, bool is_problem, const char *line) {
  if (is_problem)
    printf("PROBLEM  recording %s\n", line);
  else
    printf("note     recording %s\n", line);
}

static void check_recordings(Verify *verify) {
  g_autoptr(GError) error = NULL;
  const char *dir = verify->options->recordings;
  RecordingsVerdict verdict;
  if (!recordings_verify(verify->db, dir ? dir : verify->config->recordings_dir, tell, NULL,
                         &verdict, &error)) {
    problem(verify, error->message);
    return;
  }
  verify->problems += verdict.problems;
  if (verdict.problems == 0)
    printf("ok       recordings: %u, %u files, %.1f MB, each as it was recorded\n",
           verdict.recordings, verdict.files, (double)verdict.bytes / 1e6);
}

int verify_run(const Config *config, const VerifyOptions *options) {
  g_autoptr(GError) error = NULL;
  g_autofree char *usual = g_build_filename(config->data_dir, "yishi.db", NULL);
  Verify verify = {.config = config, .options = options};
  verify.db = open_to_read(options->database ? options->database : usual, &error);
  if (!verify.db) {
    fprintf(stderr, "yishictl: %s\n", error->message);
    return EXIT_FAILURE;
  }
  check_chain(&verify);
  check_heads(&verify);
  if (!options->quick)
    check_recordings(&verify);
  db_close(verify.db);
  printf(verify.problems > 0 ? "%u problems\n" : "everything fits\n", verify.problems);
  return verify.problems > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
