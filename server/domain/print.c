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

static void world_open(World *world) {
  g_autoptr(GError) error = NULL;
  world->model = subjects_model();
  world->db = NULL;
  if (sqlite3_open(":memory:", &world->db) != SQLITE_OK || !connection_migrate(world->db, &error) ||
      !guards_install(world->db, world->model, &error))
    g_error("the database of the declarations: %s",
            error ? error->message : sqlite3_errmsg(world->db));
}

static void world_close(World *world) {
  db_close(world->db);
  subjects_free(world->model);
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

char *subject_web(const char *name) {
  World world;
  GString *out = g_string_new(NULL);
  g_autoptr(GError) error = NULL;
  world_open(&world);
  if (!print_web(world.model, world.db, model_find(world.model, name), out, &error))
    g_error("%s: %s", name, error->message);
  world_close(&world);
  return g_string_free(out, FALSE);
}
