#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "store/audit-heads.h"
#include "store/backup.h"
#include "store/lost.h"
#include "store/statement.h"

static bool note_backup(sqlite3 *db, void *data, GError **error) {
  const Actor by = {NULL, "local"};
  return audit_note(db, "database.backup", &by, NULL, json_pack("{s:s}", "file", data),
                    clock_wall_ms(), error);
}

/* The copy is made and good, whatever the record: on a full disk it is what is needed most. */
static void record_backup(const Config *config, const char *file) {
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_path_get_basename(file);
  sqlite3 *db = ctl_open(config, &error);
  if (!db || !ctl_transact(db, note_backup, name, &error))
    fprintf(stderr, "yishictl: the audit record does not say so: %s\n", error->message);
  db_close(db);
}

int ctl_backup(const Config *config, char **argv) {
  const char *file = NULL;
  if (!ctl_parse(argv, NULL, 0, &file))
    return CTL_USAGE;
  if (!file)
    return ctl_usage("backup wants a file");
  g_autoptr(GError) error = NULL;
  if (!lost_check(config, &error) || !backup_make(config->data_dir, file, &error))
    return ctl_fail(error);
  record_backup(config, file);
  printf("The database is in %s. It holds passwords' hashes and personal data: keep it safe.\n"
         "Recordings are not in it; copy their folder too: %s\n",
         file, config->recordings_dir);
  return EXIT_SUCCESS;
}

/* The heads behind the backup's end are void by this, not by somebody's hand. */
static bool record_restore(const Config *config, GError **error) {
  g_autofree char *path = audit_heads_path(config);
  g_autoptr(AuditKey) key = audit_key_own(config->data_dir, error);
  sqlite3 *db = key ? ctl_open(config, error) : NULL;
  AuditHead head;
  bool fine = db && audit_head(db, &head, error) &&
              audit_heads_append(path, key, &head, "restore", clock_wall_ms(), error);
  db_close(db);
  return fine;
}

int ctl_restore(const Config *config, char **argv) {
  const char *file = NULL;
  bool force = false;
  const CtlOption options[] = {{"--force", NULL, &force}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), &file))
    return CTL_USAGE;
  if (!file)
    return ctl_usage("restore wants a file");
  g_autoptr(GError) error = NULL;
  g_autofree char *aside = NULL;
  if (!backup_restore(config->data_dir, file, force, &aside, &error))
    return ctl_fail(error);
  printf("%s is in place.\n", file);
  if (aside)
    printf("The database that was there before: %s\n", aside);
  if (!record_restore(config, &error))
    fprintf(stderr, "yishictl: the file of heads does not say so: %s\n", error->message);
  return EXIT_SUCCESS;
}
