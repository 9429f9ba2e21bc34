/* The sample register of members (yishictl demo): a term, sectors, members of every standing, and
 * changes of their data in every state. */
#pragma once

#include <sqlite3.h>

#include "model/model.h"
#include "store/moment.h"

typedef struct {
  sqlite3 *db;
  const Model *model;
  const char *zone;
  Moment now;
  char **members;             /* persons' ids, ended by NULL; eight at least */
  const char *const *sectors; /* names, ended by NULL */
} DemoRegister;

/* On a writing connection; once only. */
bool demo_register_make(const DemoRegister *demo, GError **error);
