#include "front/health.h"

#include <inttypes.h>
#include <jansson.h>
#include <sys/statvfs.h>

#include "api/converter.h"
#include "store/connection.h"

/* Below this, MiB, even attendance may fail to be written soon. */
#define DISK_LEAST_MIB 64

static const char *check_database(sqlite3 *db) {
  sqlite3_stmt *statement = NULL;
  bool good = sqlite3_prepare_v2(db, "select count(*) from sqlite_schema", -1, &statement, NULL) ==
                  SQLITE_OK &&
              sqlite3_step(statement) == SQLITE_ROW;
  sqlite3_finalize(statement);
  return good ? NULL : "the database does not answer";
}

static const char *check_disk(const char *folder) {
  struct statvfs facts;
  if (statvfs(folder, &facts) != 0)
    return "the data folder cannot be read";
  uint64_t free_mib = (uint64_t)facts.f_bavail * facts.f_frsize >> 20;
  return free_mib < DISK_LEAST_MIB ? "the disk is nearly full" : NULL;
}

void health_check(const Config *config, sqlite3 *db, int64_t started_us, int64_t now_us,
                  ApiResponse *response) {
  const char *database = check_database(db);
  const char *disk = check_disk(config->data_dir);
  g_autofree char *damage = connection_damage(db);
  if (!database)
    database = damage;
  bool good = !database && !disk;
  json_t *document = json_pack(
      "{s:s, s:s, s:I, s:b}", "status", good ? "ok" : "failing", "version", YISHI_VERSION,
      "uptime_s", (json_int_t)((now_us - started_us) / 1000000), "pdf", converter_is_there(config));
  if (!good) {
    json_t *checks = json_object();
    if (database)
      json_object_set_new(checks, "database", json_string(database));
    if (disk)
      json_object_set_new(checks, "disk", json_string(disk));
    json_object_set_new(document, "checks", checks);
  }
  char *text = json_dumps(document, JSON_COMPACT);
  json_decref(document);
  response->status = good ? 200 : 503;
  response->content_type = "application/json";
  g_string_assign(response->body, text);
  free(text);
}
