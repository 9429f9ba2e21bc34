/* The commands of yishictl, and what they share: options, the database, how one fails. Each command
 * takes what stands behind its name and returns the exit status. */
#pragma once

#include <stdbool.h>

#include "base/config.h"
#include "store/database.h"

#define CTL_USAGE 2 /* exit status of wrong usage */

typedef struct {
  const char *name; /* "--login" */
  const char **text;
  bool *flag;
} CtlOption;

/* Takes options out of argv; the rest goes to *operand (at most one, NULL: none allowed). */
bool ctl_parse(char **argv, const CtlOption *options, unsigned count, const char **operand);
/* Each says why on standard error and gives the exit status. */
int ctl_fail(const GError *error);
int ctl_usage(const char *what);

/* A writing connection to the database, migrated where no server runs; db_close. */
sqlite3 *ctl_open(const Config *config, GError **error);
/* One transaction around work. */
bool ctl_transact(sqlite3 *db, StoreWork work, void *data, GError **error);

int ctl_admin(const Config *config, char **argv);
int ctl_audit(const Config *config, char **argv);
int ctl_backup(const Config *config, char **argv);
int ctl_demo(const Config *config, char **argv);
int ctl_restore(const Config *config, char **argv);
