#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/lost.h"
#include "store/statement.h"

int ctl_fail(const GError *error) {
  fprintf(stderr, "yishictl: %s\n", error ? error->message : "failed");
  return EXIT_FAILURE;
}

int ctl_usage(const char *what) {
  fprintf(stderr, "yishictl: %s (yishictl --help)\n", what);
  return CTL_USAGE;
}

bool ctl_parse(char **argv, const CtlOption *options, unsigned count, const char **operand) {
  for (; *argv; argv++) {
    const CtlOption *option = NULL;
    for (unsigned i = 0; i < count; i++)
      if (strcmp(options[i].name, *argv) == 0)
        option = &options[i];
    if (option && option->flag) {
      *option->flag = true;
    } else if (option && argv[1]) {
      *option->text = *++argv;
    } else if (!option && **argv != '-' && operand && !*operand) {
      *operand = *argv;
    } else {
      fprintf(stderr, "yishictl: cannot use \"%s\" (yishictl --help)\n", *argv);
      return false;
    }
  }
  return true;
}

/* Migrates when no server is running, which then cannot be disturbed by it. */
static bool bring_up_to_date(sqlite3 *db, const Config *config, GError **error) {
  if (connection_version(db) == connection_newest_version())
    return true;
  int lock = connection_lock(config->data_dir, error);
  if (lock < 0) {
    g_prefix_error(error, "the database has another version than this program, and ");
    return false;
  }
  bool fine = connection_migrate(db, error);
  close(lock);
  return fine;
}

sqlite3 *ctl_open(const Config *config, GError **error) {
  g_autofree char *path =
      lost_check(config, error) ? connection_path(config->data_dir, error) : NULL;
  sqlite3 *db = path ? connection_open(path, CONNECTION_WRITE, error) : NULL;
  if (db && !bring_up_to_date(db, config, error)) {
    db_close(db);
    return NULL;
  }
  return db;
}

bool ctl_transact(sqlite3 *db, StoreWork work, void *data, GError **error) {
  if (!db_exec(db, "begin immediate", error))
    return false;
  if (work(db, data, error) && db_exec(db, "commit", error))
    return true;
  if (!sqlite3_get_autocommit(db))
    db_exec(db, "rollback", NULL);
  return false;
}
