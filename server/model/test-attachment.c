/* Files that wait for a record, belong to it, and are fetched by who may see them. */
#include <string.h>

#include "model/attachment.h"
#include "model/test-bed.h"
#include "store/statement.h"

#define FILES_OF(field)                                                                            \
  "(select json_group_array(json_object('id', f.id, 'name', f.name, 'mime', f.mime,"               \
  " 'size', f.size)) from attachment f where f.owner_kind = 'wish' and f.owner_id = w.id"          \
  " and f.field = '" field "' and f.removed_at is null) as \"" field ":json\""

static const char wishes_sql[] = "--: row\n"
                                 "select {w}, w.version, " FILES_OF("files") ", " FILES_OF(
                                     "inner") " from wish w\n"
                                              "--: scope own\nw.title = @me\n";

static const Field fields[] = {TEXT("title", 1, 20), FILES("files", 2),
                               FILES("inner", 2, .see = "work"), END};
static const Grant grants[] = {{MEMBER, "own", "read edit", NULL},
                               {MEMBER | STAFF, "all", "create", NULL},
                               {STAFF, "all", "read work edit", NULL},
                               {0}};
static const Route routes[] = {{R_ONE, "wishes/{wish}", "read"},
                               {R_CREATE, "wishes", "create", .in = "title files? inner?"},
                               {R_EDIT, "wishes/{wish}", "edit", .in = "title? files? inner?"},
                               {0}};
static const Subject wish = {"wish", "wish", fields, grants, routes, .sql = wishes_sql};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&wish, NULL};
  world_make(w, subjects,
             "create table wish (id text primary key, title text not null,"
             " created_at integer not null, version integer not null default 1) strict");
}

/* A file that was sent; id gets 17 bytes. */
static void sent(World *w, const char *person, const char *name, char *id) {
  BlobFacts facts;
  GError *error = NULL;
  g_autoptr(Blob) blob = blob_new(w->f.dir, NULL);
  g_assert_true(blob_write(blob, name, strlen(name), NULL) && blob_finish(blob, &facts, NULL));
  attachment_put(w->f.db, w->f.dir, &facts, name, person, T0, id, &error);
  g_assert_no_error(error);
}

static json_t *as(World *w, const char *person, unsigned roles, HttpMethod method, const char *path,
                  char *body, int status) {
  g_autofree char *owned = body;
  g_auto(Answer) answer = ask(w, (Ask){method, path, NULL, owned, person, roles, 0});
  if (answer.status != status)
    g_error("%s %s: %d %s", path, owned, answer.status, json_dumps(answer.body, JSON_COMPACT));
  return json_incref(answer.body);
}

static char *made(World *w, char *body) {
  json_t *row = as(w, w->ada, MEMBER, HTTP_POST, "wishes", body, 200);
  char *path = g_strdup_printf("wishes/%s", text_of(row, "id"));
  json_decref(row);
  return path;
}

/* 0, or the status of the refusal. */
static int fetch(World *w, const char *person, unsigned roles, const char *id, int64_t now_ms) {
  Call call;
  call_init(&call);
  call.model = w->model;
  call.db = w->f.db;
  call.actor = (Actor){person, "10.0.0.1"};
  call.roles = roles;
  call.now_ms = now_ms;
  call.zone = "Asia/Shanghai";
  g_auto(Attachment) found = {NULL};
  bool may = attachment_may(&call, id, &found);
  g_assert_no_error(call.error);
  int status = call.problem.status;
  g_assert_true(may == (status == 0));
  call_clear(&call);
  return status;
}

static void test_adopt(void) {
  World w;
  world_init(&w);
  char one[17], two[17], three[17], foreign[17];
  sent(&w, w.ada, "one", one);
  sent(&w, w.ada, "two", two);
  sent(&w, w.ada, "three", three);
  sent(&w, w.bo, "foreign", foreign);
  g_autofree char *path =
      made(&w, g_strdup_printf("{\"title\":\"%s\",\"files\":[\"%s\",\"%s\"]}", w.ada, one, two));
  json_t *row = as(&w, w.ada, MEMBER, HTTP_GET, path, NULL, 200);
  json_t *files = json_object_get(row, "files");
  g_assert_cmpint(json_array_size(files), ==, 2);
  g_assert_null(json_object_get(row, "inner"));
  json_decref(row);
  /* Neither another's, nor one that a record has, nor one too many. */
  json_decref(as(&w, w.ada, MEMBER, HTTP_PATCH, path,
                 g_strdup_printf("{\"files\":[\"%s\"]}", foreign), 422));
  json_decref(
      as(&w, w.ada, MEMBER, HTTP_PATCH, path, g_strdup_printf("{\"inner\":[\"%s\"]}", one), 422));
  json_decref(as(&w, w.ada, MEMBER, HTTP_PATCH, path,
                 g_strdup_printf("{\"files\":[\"%s\",\"%s\",\"%s\"]}", one, two, three), 422));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment where owner_kind is null"), ==, 2);
  json_decref(as(&w, w.ada, MEMBER, HTTP_PATCH, path,
                 g_strdup_printf("{\"files\":[\"%s\",\"%s\"]}", two, three), 200));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment where removed_at is not null"), ==,
                  1);
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, one, T0), ==, 404);
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where verb = 'edit' and"
                                " json_array_length(data, '$.files') = 2"),
                  ==, 1);
  /* Nothing else is said, nothing of it changes. */
  json_decref(
      as(&w, w.ada, MEMBER, HTTP_PATCH, path, g_strdup_printf("{\"title\":\"%s\"}", w.ada), 200));
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, two, T0), ==, 0);
  json_decref(as(&w, w.ada, MEMBER, HTTP_PATCH, path, g_strdup("{\"files\":[]}"), 200));
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, two, T0), ==, 404);
  world_clear(&w);
}

static void test_fetch(void) {
  World w;
  world_init(&w);
  char waiting[17], open[17], inner[17];
  sent(&w, w.ada, "waiting", waiting);
  sent(&w, w.ada, "open", open);
  sent(&w, w.ada, "inner", inner);
  g_free(made(&w, g_strdup_printf("{\"title\":\"%s\",\"files\":[\"%s\"],"
                                  "\"inner\":[\"%s\"]}",
                                  w.ada, open, inner)));
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, waiting, T0), ==, 0);
  g_assert_cmpint(fetch(&w, w.bo, MEMBER, waiting, T0), ==, 404);
  g_assert_cmpint(fetch(&w, w.clerk, STAFF, waiting, T0), ==, 404);
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, waiting, T0 + ATTACHMENT_WAITS_MS), ==, 404);
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, open, T0 + ATTACHMENT_WAITS_MS), ==, 0);
  g_assert_cmpint(fetch(&w, w.bo, MEMBER, open, T0), ==, 404);
  g_assert_cmpint(fetch(&w, w.clerk, STAFF, open, T0), ==, 0);
  g_assert_cmpint(fetch(&w, w.ada, MEMBER, inner, T0), ==, 404); /* her own file, not her field */
  g_assert_cmpint(fetch(&w, w.clerk, STAFF, inner, T0), ==, 0);
  g_assert_cmpint(fetch(&w, w.clerk, STAFF, "0123456789abcdef", T0), ==, 404);
  world_clear(&w);
}

static void test_limits(void) {
  World w;
  world_init(&w);
  char one[17], two[17];
  GError *error = NULL;
  sent(&w, w.ada, "one", one);
  sent(&w, w.ada, "two", two);
  g_assert_true(db_exec(w.f.db, "update attachment set size = 104857600", NULL));
  g_assert_true(attachment_has_room(w.f.db, w.bo, 1, T0, NULL));
  g_assert_false(attachment_has_room(w.f.db, w.ada, 1, T0, &error));
  g_assert_no_error(error);
  g_assert_true(attachment_has_room(w.f.db, w.ada, 1, T0 + ATTACHMENT_WAITS_MS, NULL));
  g_autofree char *path =
      made(&w, g_strdup_printf("{\"title\":\"%s\",\"files\":[\"%s\",\"%s\"]}", w.ada, one, two));
  char more[17];
  sent(&w, w.ada, "more", more);
  json_t *problem = as(&w, w.clerk, STAFF, HTTP_PATCH, path, g_strdup("{\"inner\":[]}"), 200);
  json_decref(problem);
  problem =
      as(&w, w.ada, MEMBER, HTTP_PATCH, path, g_strdup_printf("{\"inner\":[\"%s\"]}", more), 422);
  g_assert_cmpstr(text_of(json_array_get(json_object_get(problem, "errors"), 0), "code"), ==,
                  "large");
  json_decref(problem);
  world_clear(&w);
}

static void test_purge(void) {
  World w;
  world_init(&w);
  char waiting[17], taken[17];
  sent(&w, w.ada, "waiting", waiting);
  sent(&w, w.ada, "taken", taken);
  g_autofree char *path =
      made(&w, g_strdup_printf("{\"title\":\"%s\",\"files\":[\"%s\"]}", w.ada, taken));
  g_assert_true(attachments_purge(w.f.db, T0 + ATTACHMENT_WAITS_MS - 1, NULL));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment"), ==, 2);
  g_assert_true(attachments_purge(w.f.db, T0 + ATTACHMENT_WAITS_MS, NULL));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment"), ==, 1);
  json_decref(as(&w, w.ada, MEMBER, HTTP_PATCH, path, g_strdup("{\"files\":[]}"), 200));
  g_assert_true(attachments_purge(w.f.db, T0 + ATTACHMENT_REMOVED_MS - 1, NULL));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment"), ==, 1);
  g_assert_true(attachments_purge(w.f.db, T0 + ATTACHMENT_REMOVED_MS, NULL));
  g_assert_cmpint(count(w.f.db, "select count(*) from attachment"), ==, 0);
  world_clear(&w);
}

/* The bytes went before the row was made: it is said, not acknowledged. */
static void test_lost(void) {
  World w;
  world_init(&w);
  char id[17];
  GError *error = NULL;
  BlobFacts facts = {.size = 3};
  memset(facts.sha256, 'a', 64);
  g_assert_false(attachment_put(w.f.db, w.f.dir, &facts, "a", w.ada, T0, id, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_error_free(error);
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/attachment/adopt", test_adopt);
  g_test_add_func("/attachment/fetch", test_fetch);
  g_test_add_func("/attachment/limits", test_limits);
  g_test_add_func("/attachment/purge", test_purge);
  g_test_add_func("/attachment/lost", test_lost);
  return g_test_run();
}
