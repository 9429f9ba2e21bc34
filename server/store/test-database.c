/* The database: migrations, the writer's batches, durability, refusals. */
#include <glib/gstdio.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/database.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static int64_t count(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

static void test_migrate(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_assert_cmpint(connection_version(f.db), ==, connection_newest_version());
  g_assert_true(connection_migrate(f.db, &error)); /* again: nothing to do */
  g_assert_true(connection_check(f.db, &error));
  g_assert_cmpint(count(f.db, "select count(*) from pragma_table_list where type = 'table'"
                              " and not strict and name not like 'sqlite_%'"),
                  ==, 0);
  g_assert_cmpint(count(f.db, "pragma synchronous"), ==, 2);
  g_assert_cmpint(count(f.db, "pragma foreign_keys"), ==, 1);
  struct stat status;
  g_assert_cmpint(stat(f.path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  fixture_clear(&f);
}

static void test_newer_is_refused(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  g_assert_true(db_exec(f.db, "pragma user_version = 9999", &error));
  g_clear_pointer(&f.db, db_close);
  g_assert_null(store_open(f.config, f.mailbox, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_DATABASE);
  g_assert_nonnull(strstr(error->message, "9999"));
  g_clear_error(&error);
  fixture_clear(&f);
}

static void test_damaged_is_refused(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  db_exec(f.db, "insert into setting values ('a', 'b')", &error);
  g_assert_no_error(error);
  g_clear_pointer(&f.db, db_close);
  FILE *file = g_fopen(f.path, "r+");
  fseek(file, 4096 + 100, SEEK_SET);
  for (unsigned i = 0; i < 8192; i++)
    fputc(0xA5, file);
  fclose(file);
  g_assert_null(store_open(f.config, f.mailbox, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_DATABASE);
  g_clear_error(&error);
  fixture_clear(&f);
}

static void test_second_server_is_refused(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  GError *error = NULL;
  g_assert_null(store_open(f.config, f.mailbox, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
  fixture_stop(&f);
  fixture_clear(&f);
}

typedef struct {
  char key[32];
  bool fail;
  unsigned *done, *failed;
} Put;

static bool put_work(sqlite3 *db, void *data, GError **error) {
  const Put *put = data;
  g_autoptr(Statement) insert =
      db_prepare(db, "insert into setting (key, value) values (:key, 'x')", error);
  if (!insert)
    return false;
  statement_text(insert, ":key", put->key);
  if (!statement_run(insert, error))
    return false;
  if (put->fail)
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "on purpose");
  return !put->fail;
}

static void put_done(void *data, const GError *error) {
  Put *put = data;
  ++*(error ? put->failed : put->done);
  g_assert_true(!error == !put->fail);
  g_free(put);
}

/* A failing job undoes itself only. */
static void test_batches(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0;
  for (unsigned i = 0; i < 1000; i++) {
    Put *put = g_new0(Put, 1);
    g_snprintf(put->key, sizeof put->key, "key-%u", i);
    put->fail = i % 10 == 3;
    put->done = &done;
    put->failed = &failed;
    store_write(f.store, put_work, put_done, put);
  }
  fixture_stop(&f); /* commits what is queued */
  g_assert_cmpuint(done, ==, 900);
  g_assert_cmpuint(failed, ==, 100);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, 900);
  g_assert_cmpint(count(f.db, "select count(*) from setting where key like '%3'"), ==, 0);
  fixture_clear(&f);
}

/* One that is alone takes nothing with it when its transaction is undone, and is not forgotten at
 * the end. */
static void test_alone(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0;
  for (unsigned i = 0; i < 600; i++) {
    Put *put = g_new0(Put, 1);
    g_snprintf(put->key, sizeof put->key, "key-%u", i);
    put->fail = i % 6 == 3;
    put->done = &done;
    put->failed = &failed;
    (i % 3 == 0 ? store_write_alone : store_write)(f.store, put_work, put_done, put);
  }
  fixture_stop(&f);
  g_assert_cmpuint(done, ==, 500);
  g_assert_cmpuint(failed, ==, 100);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, 500);
  fixture_clear(&f);
}

static void count_failures(void *data, const GError *error) {
  Put *put = data;
  ++*(error ? put->failed : put->done);
  g_free(put);
}

static Put *put_new(const char *key, unsigned *done, unsigned *failed) {
  Put *put = g_new0(Put, 1);
  g_strlcpy(put->key, key, sizeof put->key);
  put->done = done;
  put->failed = failed;
  return put;
}

static gint long_runs;

/* The first time it would take minutes. */
static bool long_work(sqlite3 *db, void *data, GError **error) {
  bool first = g_atomic_int_add(&long_runs, 1) == 0;
  return put_work(db, data, error) &&
         (!first || db_exec(db,
                            "insert into setting with recursive n (i) as (select 1 union all select"
                            " i + 1 from n where i < 1000000000000) select 'n', max(i) from n",
                            error));
}

static gint held_open;

/* Keeps the writer until somebody lets it go. */
static bool holding_work(sqlite3 *db, void *data, GError **error) {
  g_atomic_int_set(&held_open, 1);
  while (g_atomic_int_get(&held_open) == 1)
    g_usleep(1000);
  return put_work(db, data, error);
}

/* Who else writes does not wait for one that is alone and long: it is undone whole, and done when
 * nobody waits. together: the other was asked for before the long one began. */
static void give_way(bool together) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0, others = 0, holders = 0;
  g_atomic_int_set(&long_runs, 0);
  g_atomic_int_set(&held_open, 0);
  if (together) {
    store_write(f.store, holding_work, count_failures, put_new("holder", &holders, &failed));
    while (g_atomic_int_get(&held_open) == 0)
      g_usleep(1000);
  }
  store_write_alone(f.store, long_work, count_failures, put_new("long", &done, &failed));
  while (!together && g_atomic_int_get(&long_runs) == 0)
    g_usleep(1000);
  store_write(f.store, put_work, count_failures, put_new("other", &others, &failed));
  g_atomic_int_set(&held_open, 2);
  while (others == 0 || done == 0)
    mailbox_drain(f.mailbox);
  fixture_stop(&f);
  g_assert_cmpint(g_atomic_int_get(&long_runs), >=, 2);
  g_assert_cmpuint(failed, ==, 0);
  g_assert_cmpint(count(f.db, "select count(*) from setting where key in ('long', 'other')"), ==,
                  2);
  g_assert_cmpint(count(f.db, "select count(*) from setting where key = 'n'"), ==, 0);
  fixture_clear(&f);
}

static void test_gives_way(void) {
  give_way(false);
}

static void test_gives_way_together(void) {
  give_way(true);
}

/* The transaction is gone under the batch's feet, as when the disk is full. */
static bool vanish_work(sqlite3 *db, void *data, GError **error) {
  db_exec(db, "rollback", NULL);
  g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "disk full");
  return false;
}

static void test_lost_transaction(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0;
  for (unsigned i = 0; i < 20; i++) {
    Put *put = g_new0(Put, 1);
    g_snprintf(put->key, sizeof put->key, "key-%u", i);
    put->done = &done;
    put->failed = &failed;
    store_write(f.store, i == 10 ? vanish_work : put_work, count_failures, put);
  }
  fixture_stop(&f);
  /* However they were grouped: what was told done is there, what failed is not. */
  g_assert_cmpuint(done + failed, ==, 20);
  g_assert_cmpuint(failed, >=, 1);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, done);
  fixture_clear(&f);
}

static gint attempts, succeed_at;

static bool stubborn_work(sqlite3 *db, void *data, GError **error) {
  if (g_atomic_int_add(&attempts, 1) + 1 >= succeed_at)
    return put_work(db, data, error);
  g_set_error(error, STORE_ERROR, STORE_ERROR_DISK, "disk full");
  return false;
}

static bool mistaken_work(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "insert into nowhere values (1)", error);
}

/* What is kept is tried until it is durable, and what is kept later waits behind it. */
static void test_kept(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0;
  attempts = 0;
  succeed_at = 3;
  store_write_kept(f.store, stubborn_work, count_failures, put_new("first", &done, &failed));
  while (g_atomic_int_get(&attempts) == 0)
    g_thread_yield();
  store_write_kept(f.store, put_work, count_failures, put_new("second", &done, &failed));
  store_write(f.store, put_work, count_failures, put_new("other", &done, &failed));
  while (done < 2)
    mailbox_drain(f.mailbox);
  g_assert_cmpint(attempts, ==, 3);
  while (done + failed < 3) /* refused while facts wait, or done after them */
    mailbox_drain(f.mailbox);
  failed = 0;
  /* A rule of the data is not the disk's fault: refused at once. */
  store_write_kept(f.store, put_work, count_failures, put_new("first", &done, &failed));
  while (failed < 1)
    mailbox_drain(f.mailbox);
  /* Nor is a mistake of ours, which would hold up all others. */
  store_write_kept(f.store, mistaken_work, count_failures, put_new("x", &done, &failed));
  while (failed < 2)
    mailbox_drain(f.mailbox);
  /* Stopping tries once more and then gives up. */
  succeed_at = G_MAXINT;
  store_write_kept(f.store, stubborn_work, count_failures, put_new("never", &done, &failed));
  fixture_stop(&f);
  g_assert_cmpuint(failed, ==, 3);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, done);
  g_assert_cmpint(count(f.db, "select a.rowid < b.rowid from setting a, setting b"
                              " where a.key = 'first' and b.key = 'second'"),
                  ==, 1);
  fixture_clear(&f);
}

/* After the threads are gone whoever asks is answered, with an error. */
static void test_stopped(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  unsigned done = 0, failed = 0;
  store_write(f.store, put_work, count_failures, put_new("before", &done, &failed));
  store_stop(f.store);
  store_write(f.store, put_work, count_failures, put_new("after", &done, &failed));
  store_write_kept(f.store, put_work, count_failures, put_new("after", &done, &failed));
  store_read(f.store, put_work, count_failures, put_new("after", &done, &failed));
  mailbox_drain(f.mailbox);
  g_assert_cmpuint(done, ==, 1);
  g_assert_cmpuint(failed, ==, 3);
  fixture_stop(&f);
  fixture_clear(&f);
}

typedef struct {
  Store *store;
  unsigned number, done, failed;
} Client;

/* Each key twice: one of the two is taken. */
static void *client_main(void *data) {
  Client *client = data;
  for (unsigned i = 0; i < 100; i++) {
    char key[32];
    g_snprintf(key, sizeof key, "c%u-%u", client->number, i / 2);
    store_write(client->store, put_work, count_failures,
                put_new(key, &client->done, &client->failed));
  }
  return NULL;
}

static void test_concurrent_writers(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  Client clients[4];
  GThread *threads[4];
  for (unsigned i = 0; i < 4; i++) {
    clients[i] = (Client){.store = f.store, .number = i};
    threads[i] = g_thread_new("client", client_main, &clients[i]);
  }
  for (unsigned i = 0; i < 4; i++)
    g_thread_join(threads[i]);
  fixture_stop(&f);
  for (unsigned i = 0; i < 4; i++)
    g_assert_true(clients[i].done == 50 && clients[i].failed == 50);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, 200);
  fixture_clear(&f);
}

typedef struct {
  pthread_mutex_t gate;
  unsigned answered;
} Hold;

static bool hold_work(sqlite3 *db, void *data, GError **error) {
  Hold *hold = data;
  pthread_mutex_lock(&hold->gate);
  pthread_mutex_unlock(&hold->gate);
  return true;
}

static bool quick_work(sqlite3 *db, void *data, GError **error) {
  return true;
}

static void hold_done(void *data, const GError *error) {
  g_assert_no_error((GError *)(uintptr_t)error);
  ((Hold *)data)->answered++;
}

/* Whatever readers and the writer are busy with, a probe is answered. */
static void test_probe(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  Hold hold = {.gate = PTHREAD_MUTEX_INITIALIZER};
  pthread_mutex_lock(&hold.gate);
  for (unsigned i = 0; i < 20; i++)
    store_read(f.store, hold_work, hold_done, &hold);
  store_write(f.store, hold_work, hold_done, &hold);
  store_probe(f.store, quick_work, hold_done, &hold);
  while (hold.answered == 0)
    mailbox_drain(f.mailbox);
  g_assert_cmpuint(hold.answered, ==, 1);
  pthread_mutex_unlock(&hold.gate);
  fixture_stop(&f);
  g_assert_cmpuint(hold.answered, ==, 22);
  fixture_clear(&f);
}

/* What takes long keeps nobody waiting. */
static void test_long(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  Hold hold = {.gate = PTHREAD_MUTEX_INITIALIZER};
  pthread_mutex_lock(&hold.gate);
  for (unsigned i = 0; i < 20; i++)
    store_read_long(f.store, hold_work, hold_done, &hold);
  store_read(f.store, quick_work, hold_done, &hold);
  while (hold.answered == 0)
    mailbox_drain(f.mailbox);
  g_assert_cmpuint(hold.answered, ==, 1);
  pthread_mutex_unlock(&hold.gate);
  fixture_stop(&f);
  g_assert_cmpuint(hold.answered, ==, 21);
  fixture_clear(&f);
}

static bool sneaky_work(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "insert into setting values ('sneaky', '')", error);
}

static void sneaky_done(void *data, const GError *error) {
  *(bool *)data = error != NULL;
}

static void test_readers_cannot_write(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  bool refused = false;
  store_read(f.store, sneaky_work, sneaky_done, &refused);
  fixture_stop(&f);
  g_assert_true(refused);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), ==, 0);
  fixture_clear(&f);
}

/* A child tells each key that was committed and is killed in the middle: every told key is there,
 * and the database opens. */
static void run_child(const Fixture *f, int out) {
  GError *error = NULL;
  Mailbox *mailbox = mailbox_new();
  Store *store = store_open(f->config, mailbox, &error);
  if (!store)
    _exit(3);
  dup2(out, STDOUT_FILENO);
  unsigned done = 0, failed = 0;
  for (unsigned i = 0;; i++) {
    Put *put = g_new0(Put, 1);
    g_snprintf(put->key, sizeof put->key, "%08u\n", i);
    put->done = &done;
    put->failed = &failed;
    char *told = g_strdup(put->key);
    store_write(store, put_work, put_done, put);
    /* The next transaction begins after the last one was committed: draining tells done. */
    while (done + failed <= i)
      mailbox_drain(mailbox);
    if (write(STDOUT_FILENO, told, strlen(told)) < 0)
      _exit(4);
    g_free(told);
  }
}

static void test_kill9(void) {
  Fixture f;
  fixture_init(&f);
  g_clear_pointer(&f.db, db_close);
  int pipe_fds[2];
  g_assert_cmpint(pipe(pipe_fds), ==, 0);
  pid_t child = fork();
  g_assert_cmpint(child, >=, 0);
  if (child == 0)
    run_child(&f, pipe_fds[1]);
  close(pipe_fds[1]);
  FILE *told = fdopen(pipe_fds[0], "r");
  char line[32], last[32] = "";
  for (unsigned i = 0; i < 40; i++)
    g_assert_nonnull(fgets(line, sizeof line, told));
  kill(child, SIGKILL);
  unsigned count_told = 40;
  while (fgets(last, sizeof last, told))
    if (strlen(last) == 9)
      count_told++;
  fclose(told);
  int status;
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(WIFSIGNALED(status));
  GError *error = NULL;
  f.db = connection_open(f.path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  g_assert_true(connection_check(f.db, &error));
  g_assert_cmpint(count(f.db, "select count(*) from setting"), >=, count_told);
  g_assert_cmpint(count(f.db, "select count(*) from setting"), <=, count_told + 1);
  fixture_clear(&f);
}

/* ---- another process, as the command line is one ---- */

static const char *self;

/* What the other process does: opens, adds a row, closes, and tells how many rows it saw. */
static int other_process(const char *path) {
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, NULL);
  if (!db || !db_exec(db, "insert into setting (key, value) values (hex(randomblob(8)), '')", NULL))
    return 100;
  int64_t rows = count(db, "select count(*) from setting");
  db_close(db);
  return (int)rows;
}

static int run_other(const char *path) {
  GError *error = NULL;
  int status = 0;
  char *argv[] = {(char *)self, (char *)"--other", (char *)path, NULL};
  g_spawn_sync(NULL, argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error(error);
  g_assert_true(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/* Its closing must not take the WAL away from a process that goes on with several connections. */
static void test_other_process(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  sqlite3 *reader = connection_open(f.path, CONNECTION_READ, &error);
  g_assert_no_error(error);
  for (int i = 0; i < 3; i++) {
    g_autofree char *sql = g_strdup_printf("insert into setting values ('ours-%d', '')", i);
    g_assert_true(db_exec(f.db, sql, &error));
    g_assert_cmpint(run_other(f.path), ==, 2 * (i + 1));
    g_assert_cmpint(count(reader, "select count(*) from setting"), ==, 2 * (i + 1));
  }
  db_close(reader);
  fixture_clear(&f);
}

static void test_statement_cache(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  const char *sql = "select :a";
  Statement *first = db_prepare(f.db, sql, &error);
  Statement *second = db_prepare(f.db, sql, &error); /* in use: another one */
  g_assert_true(first != second);
  statement_text(first, ":a", "left over");
  statement_free(first);
  statement_free(second);
  g_autoptr(Statement) again = db_prepare(f.db, sql, &error);
  g_assert_true(again == first);
  g_assert_true(statement_one(again, "", &error));
  g_assert_true(column_null(again, 0)); /* bindings do not leak from one use to the next */
  g_assert_null(db_prepare(f.db, "select nonsense from nowhere", &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_DATABASE);
  g_clear_error(&error);
  g_clear_pointer(&again, statement_free);
  fixture_clear(&f);
}

/* What opens the database first is not connection.c (lost.h). */
static void test_counts_no_memory(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  g_assert_cmpint(sqlite3_memory_used(), ==, 0);
  fixture_stop(&f);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  if (argc == 3 && strcmp(argv[1], "--other") == 0)
    return other_process(argv[2]);
  self = argv[0];
  g_test_init(&argc, &argv, NULL);
  /* The child of kill9 forks before any thread was started. */
  g_test_add_func("/store/kill9", test_kill9);
  g_test_add_func("/store/counts-no-memory", test_counts_no_memory);
  g_test_add_func("/store/migrate", test_migrate);
  g_test_add_func("/store/newer-is-refused", test_newer_is_refused);
  g_test_add_func("/store/damaged-is-refused", test_damaged_is_refused);
  g_test_add_func("/store/second-server-is-refused", test_second_server_is_refused);
  g_test_add_func("/store/batches", test_batches);
  g_test_add_func("/store/alone", test_alone);
  g_test_add_func("/store/gives-way", test_gives_way);
  g_test_add_func("/store/gives-way-together", test_gives_way_together);
  g_test_add_func("/store/lost-transaction", test_lost_transaction);
  g_test_add_func("/store/kept", test_kept);
  g_test_add_func("/store/stopped", test_stopped);
  g_test_add_func("/store/concurrent-writers", test_concurrent_writers);
  g_test_add_func("/store/probe", test_probe);
  g_test_add_func("/store/long", test_long);
  g_test_add_func("/store/readers-cannot-write", test_readers_cannot_write);
  g_test_add_func("/store/other-process", test_other_process);
  g_test_add_func("/store/statement-cache", test_statement_cache);
  return g_test_run();
}
