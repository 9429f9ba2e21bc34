#include "store/soundness.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/connection.h"
#include "store/statement.h"

struct Soundness {
  Store *store;
  sqlite3 *db; /* open from beginning to end, so that it can be interrupted at any time */
  GThread *thread;
  gint stopping; /* atomic */
};

/* A database without tables yet has no note either. */
static bool is_noted(sqlite3 *db) {
  g_autofree char *damage = connection_version(db) > 0 ? connection_damage(db) : NULL;
  return damage != NULL;
}

static bool is_small(const char *path, const Config *config) {
  struct stat status;
  return stat(path, &status) == 0 &&
         status.st_size <= (off_t)config->store_check_first_mib * 1024 * 1024;
}

bool soundness_first(sqlite3 *db, const char *path, const Config *config, bool *later,
                     GError **error) {
  bool noted = is_noted(db);
  *later = !noted && !is_small(path, config);
  return *later || (connection_check(db, error) &&
                    (!noted || db_exec(db, "delete from setting where key = 'damage'", error)));
}

static bool note_work(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db, "insert or replace into setting (key, value) values ('damage', :damage)", error);
  if (!insert)
    return false;
  statement_text(insert, ":damage", data);
  return statement_run(insert, error);
}

static void *check_main(void *data) {
  Soundness *self = data;
  g_autoptr(GError) error = NULL;
  int64_t begun_us = clock_mono_us();
  bool sound = connection_check(self->db, &error);
  if (g_atomic_int_get(&self->stopping))
    return NULL; /* what it says then is that it was interrupted */
  if (sound) {
    log_info("store", "checked", "seconds=%.1f", (double)(clock_mono_us() - begun_us) / 1e6);
  } else {
    log_error("store", "damaged", "reason=%s", log_q(error->message));
    store_write(self->store, note_work, NULL, g_strdup(error->message));
  }
  return NULL;
}

Soundness *soundness_new(Store *store, const char *path) {
  g_autoptr(GError) error = NULL;
  Soundness *soundness = g_new0(Soundness, 1);
  soundness->store = store;
  soundness->db = connection_open(path, CONNECTION_READ, &error);
  if (!soundness->db) {
    log_error("store", "not_checked", "reason=%s", log_q(error->message));
    g_free(soundness);
    return NULL;
  }
  soundness->thread = g_thread_new("store-check", check_main, soundness);
  return soundness;
}

void soundness_free(Soundness *soundness) {
  if (!soundness)
    return;
  g_atomic_int_set(&soundness->stopping, 1);
  sqlite3_interrupt(soundness->db);
  g_thread_join(soundness->thread);
  db_close(soundness->db);
  g_free(soundness);
}
