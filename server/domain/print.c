#include "domain/print.h"

#include "domain/subjects.h"
#include "model/guard.h"
#include "model/print-web.h"
#include "model/rights.h"
#include "store/connection.h"
#include "store/statement.h"

typedef struct {
  Model *model;
  sqlite3 *db;
} World;

/* Opened by the first print that needs it and kept: what all later ones read is the same. */
static const World *world_open(void) {
  static World world;
  g_autoptr(GError) error = NULL;
  if (world.db)
    return &world;
  world.model = subjects_model();
  if (sqlite3_open(":memory:", &world.db) != SQLITE_OK || !connection_migrate(world.db, &error) ||
      !guards_install(world.db, world.model, &error))
    g_error("the database of the declarations: %s",
            error ? error->message : sqlite3_errmsg(world.db));
  return &world;
}

char *subjects_rights(void) {
  Model *model = subjects_model();
  GString *out = g_string_new(NULL);
  print_rights(model, out);
  subjects_free(model);
  return g_string_free(out, FALSE);
}

char *subjects_web(void) {
  Model *model = subjects_model();
  GString *out = g_string_new("// Printed by `yishid --print web`: every kind of record that the "
                              "server declares.\n");
  print_web_list(model, out);
  subjects_free(model);
  return g_string_free(out, FALSE);
}

char *subjects_web_rights(void) {
  Model *model = subjects_model();
  GString *out = g_string_new("// Printed by `yishid --print web-rights`: which roles hold a verb, "
                              "of some record in some state.\n");
  print_web_rights(model, out);
  subjects_free(model);
  return g_string_free(out, FALSE);
}

char *subject_web(const char *name) {
  const World *world = world_open();
  GString *out = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  if (!print_web(world->model, world->db, model_find(world->model, name), out, &error))
    g_error("%s: %s", name, error->message);
  return g_string_free(out, FALSE);
}
