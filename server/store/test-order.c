/* Whose turn it is on the writer, what a reader sees, and a check that goes on beside both. */
#include <glib/gstdio.h>
#include <pthread.h>
#include <string.h>

#include "store/connection.h"
#include "store/statement.h"
#include "store/test-fixture.h"

/* A job that writes its name into `order` when it is done, and may wait at the gate or take long.
 */
typedef struct {
  const char *name;
  GString *order;
  pthread_mutex_t *gate;
  unsigned takes_ms;
  gint begun; /* atomic */
} Step;

static bool step_work(sqlite3 *db, void *data, GError **error) {
  Step *step = data;
  g_atomic_int_set(&step->begun, 1);
  if (step->gate) {
    pthread_mutex_lock(step->gate);
    pthread_mutex_unlock(step->gate);
  }
  for (int64_t until = g_get_monotonic_time() + step->takes_ms * 1000;
       g_get_monotonic_time() < until;)
    ;
  g_autofree char *sql = g_strdup_printf("insert into setting values ('%s', '')", step->name);
  return db_exec(db, sql, error);
}

static void step_done(void *data, const GError *error) {
  Step *step = data;
  g_assert_no_error((GError *)(uintptr_t)error);
  g_string_append(step->order, step->name);
}

/* Holds the writer in a batch of its own, so that what is posted then is in the next one. */
static void hold_writer(Fixture *f, Step *step) {
  pthread_mutex_lock(step->gate);
  store_write(f->store, step_work, step_done, step);
  while (!g_atomic_int_get(&step->begun))
    g_thread_yield();
}

/* What rooms saw comes before what people ask for, however many of them ask. */
static void test_facts_first(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  g_autoptr(GString) order = g_string_new(NULL);
  Step hold = {"-", order, &gate, 0, 0};
  Step steps[] = {{"a", order}, {"1", order}, {"b", order}, {"2", order}, {"c", order}};
  hold_writer(&f, &hold);
  for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
    (g_ascii_isdigit(*steps[i].name) ? store_write_kept : store_write)(f.store, step_work,
                                                                       step_done, &steps[i]);
  pthread_mutex_unlock(&gate);
  fixture_stop(&f);
  g_assert_cmpstr(order->str, ==, "-12abc");
  fixture_clear(&f);
}

/* Long work does not hold up the commit of what ran before it in the same batch for ever: the rest
 * of the batch is another one, and a fact that came meanwhile is before it. */
static void test_long_batch(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  g_autoptr(GString) order = g_string_new(NULL);
  Step hold = {"-", order, &gate, 0, 0};
  static const char names[][2] = {"a", "b", "c", "d", "e", "f", "g", "h"};
  Step slow[G_N_ELEMENTS(names)], fact = {"1", order};
  hold_writer(&f, &hold);
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
    slow[i] = (Step){names[i], order, NULL, 30, 0};
    store_write(f.store, step_work, step_done, &slow[i]);
  }
  pthread_mutex_unlock(&gate);
  while (!strchr(order->str, 'a')) /* the first is durable while others wait */
    mailbox_drain(f.mailbox);
  g_assert_null(strchr(order->str, 'h'));
  store_write_kept(f.store, step_work, step_done, &fact);
  fixture_stop(&f);
  g_assert_true(strchr(order->str, '1') < strchr(order->str, 'h'));
  g_string_truncate(order, 0);
  fixture_clear(&f);
}

typedef struct {
  int64_t before, after;
  bool done; /* main thread */
} Look;

static bool count_settings(sqlite3 *db, int64_t *count, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select count(*) from setting", error);
  if (!row || !statement_one(row, "", error))
    return false;
  *count = column_int(row, 0);
  return true;
}

/* Looks twice, and in between somebody writes. */
static bool look_twice(sqlite3 *db, void *data, GError **error) {
  Look *look = data;
  Step step = {"x"};
  if (!count_settings(db, &look->before, error))
    return false;
  sqlite3 *other = connection_open(sqlite3_db_filename(db, "main"), CONNECTION_WRITE, error);
  bool fine = other && step_work(other, &step, error) && count_settings(db, &look->after, error);
  db_close(other);
  return fine;
}

static bool look_once(sqlite3 *db, void *data, GError **error) {
  return count_settings(db, &((Look *)data)->before, error);
}

static void look_done(void *data, const GError *error) {
  g_assert_no_error((GError *)(uintptr_t)error);
  ((Look *)data)->done = true;
}

static void look(Fixture *f, StoreWork work, Look *into) {
  *into = (Look){-1, -1, false};
  store_read(f->store, work, look_done, into);
  while (!into->done)
    mailbox_drain(f->mailbox);
}

/* A read sees one moment; the next one sees what was written meanwhile. */
static void test_one_moment(void) {
  Fixture f;
  fixture_init(&f);
  fixture_start(&f);
  Look seen;
  look(&f, look_twice, &seen);
  g_assert_cmpint(seen.before, ==, 0);
  g_assert_cmpint(seen.after, ==, 0);
  look(&f, look_once, &seen);
  g_assert_cmpint(seen.before, ==, 1);
  fixture_stop(&f);
  fixture_clear(&f);
}

/* Overwrites a page in the middle of the file, which no query of a start reads. */
static void damage_middle(const char *path) {
  FILE *file = g_fopen(path, "r+");
  g_assert_nonnull(file);
  fseek(file, 0, SEEK_END);
  long pages = ftell(file) / 4096;
  fseek(file, pages / 2 * 4096, SEEK_SET);
  for (unsigned i = 0; i < 4096; i++)
    fputc(0xA5, file);
  fclose(file);
}

static void fill(sqlite3 *db) {
  GError *error = NULL;
  g_assert_true(db_exec(db,
                        "with recursive n (i) as (select 1 union all select i + 1 from n"
                        " where i < 2000) insert into setting"
                        " select 'filler-' || i, hex(randomblob(200)) from n",
                        &error));
  g_assert_true(db_exec(db, "pragma wal_checkpoint(truncate)", &error));
}

typedef struct {
  char *damage;
  bool answered;
} Asked;

static bool ask_work(sqlite3 *db, void *data, GError **error) {
  ((Asked *)data)->damage = connection_damage(db);
  return true;
}

static void ask_done(void *data, const GError *error) {
  g_assert_no_error((GError *)(uintptr_t)error);
  ((Asked *)data)->answered = true;
}

/* Asks until there is something to tell. */
static char *wait_for_damage(Fixture *f, Store *store) {
  Asked asked = {NULL, true};
  while (!asked.damage) {
    if (asked.answered) {
      asked.answered = false;
      store_probe(store, ask_work, ask_done, &asked);
    }
    mailbox_drain(f->mailbox);
  }
  while (!asked.answered)
    mailbox_drain(f->mailbox);
  return asked.damage;
}

/* A large database serves at once; what is wrong with it is found beside, told, and refused by the
 * next start. When it is whole again, it is taken. */
static void test_checked_while_it_serves(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  fill(f.db);
  g_clear_pointer(&f.db, db_close);
  g_autofree char *whole = NULL;
  gsize size;
  g_assert_true(g_file_get_contents(f.path, &whole, &size, &error));
  f.config->store_check_first_mib = 0;
  damage_middle(f.path);
  Store *store = store_open(f.config, f.mailbox, &error);
  g_assert_no_error(error);
  g_autofree char *damage = wait_for_damage(&f, store);
  g_assert_nonnull(strstr(damage, "damaged"));
  store_close(store);
  g_assert_null(store_open(f.config, f.mailbox, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_DATABASE);
  g_clear_error(&error);

  g_autofree char *log = g_strconcat(f.path, "-wal", NULL);
  g_unlink(log);
  g_assert_true(g_file_set_contents(f.path, whole, (gssize)size, &error)); /* a restore */
  store = store_open(f.config, f.mailbox, &error);
  g_assert_no_error(error);
  store_close(store);
  mailbox_drain(f.mailbox);
  fixture_clear(&f);
}

/* Stopping does not wait for a check. */
static void test_check_is_broken_off(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  fill(f.db);
  g_clear_pointer(&f.db, db_close);
  f.config->store_check_first_mib = 0;
  for (unsigned i = 0; i < 5; i++) {
    Store *store = store_open(f.config, f.mailbox, &error);
    g_assert_no_error(error);
    store_close(store);
  }
  f.db = connection_open(f.path, CONNECTION_WRITE, &error);
  g_assert_no_error(error);
  g_assert_null(connection_damage(f.db)); /* being interrupted is no damage */
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/order/facts-first", test_facts_first);
  g_test_add_func("/store/order/long-batch", test_long_batch);
  g_test_add_func("/store/order/one-moment", test_one_moment);
  g_test_add_func("/store/order/checked-while-it-serves", test_checked_while_it_serves);
  g_test_add_func("/store/order/check-is-broken-off", test_check_is_broken_off);
  return g_test_run();
}
