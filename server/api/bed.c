#include "api/bed.h"

#include <stdlib.h>
#include <string.h>

#include "api/conform.h"
#include "api/endpoint.h"
#include "api/openapi.h"
#include "base/clock.h"
#include "base/id.h"
#include "domain/paper_template/paper_template.h"
#include "domain/subjects.h"
#include "model/act.h"
#include "model/attachment.h"
#include "model/describe.h"
#include "model/guard.h"
#include "model/serve.h"
#include "recordings/catalog.h"
#include "recordings/folder.h"
#include "store/connection.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

const char *const who_names[WHO_COUNT] = {
    "anybody", "member", "stranger",     "host",           "guest",
    "other",   "staff",  "system_admin", "security_admin", "audit_admin",
};

/* ---- waiting for the store ---- */

typedef struct {
  StoreWork work;
  void *data;
  bool done;
} Wait;

static bool run_wait(sqlite3 *db, void *data, GError **error) {
  Wait *wait = data;
  return wait->work(db, wait->data, error);
}

static void wait_done(void *data, const GError *error) {
  g_assert_no_error(error);
  ((Wait *)data)->done = true;
}

static void until_done(const Wait *wait) {
  while (!wait->done)
    g_main_context_iteration(NULL, TRUE);
}

void bed_write(Bed *bed, StoreWork work, void *data) {
  Wait wait = {work, data, false};
  store_write(bed->store, run_wait, wait_done, &wait);
  until_done(&wait);
}

static bool run_sql(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, data, error);
}

void bed_sql(Bed *bed, const char *format, ...) {
  va_list values;
  va_start(values, format);
  g_autofree char *text = g_strdup_vprintf(format, values);
  va_end(values);
  bed_write(bed, run_sql, text);
}

/* ---- asking ---- */

static HttpMethod method_of(const char *name) {
  static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
    if (strcmp(names[i], name) == 0)
      return (HttpMethod)(1 << i);
  g_assert_not_reached();
}

ApiRequest *bed_request(Bed *bed, Who who, const char *method, const char *path, const char *body) {
  ApiRequest *request = api_request_new();
  g_auto(GStrv) parts = g_strsplit(path, "?", 2);
  request->method = method_of(method);
  request->path = g_strconcat(API_PREFIX, parts[0], NULL);
  g_auto(GStrv) pairs = g_strsplit(parts[1] ? parts[1] : "", "&", -1);
  for (unsigned i = 0; pairs[i]; i++)
    g_ptr_array_add(request->query, g_strdup(pairs[i]));
  request->cookie = g_strdup(bed->signed_in[who].cookie);
  request->csrf = g_strdup(bed->signed_in[who].csrf);
  request->address = g_strdup("192.0.2.7");
  request->origin_ok = true;
  request->if_match = API_ANY_VERSION;
  if (body) {
    request->content_type = g_strdup("application/json");
    g_byte_array_append(request->body, (const guint8 *)body, (guint)strlen(body));
  }
  return request;
}

/* The same of every empty database: it is made once in a program. */
static json_t *read_document(const Bed *bed) {
  static json_t *document;
  GError *error = NULL;
  if (document)
    return json_incref(document);
  g_autofree char *path = connection_path(bed->folder, &error);
  sqlite3 *db = connection_open(path, CONNECTION_READ, &error);
  document = openapi_document(bed->context->model, db, &error);
  g_assert_no_error(error);
  db_close(db);
  return json_incref(document);
}

static void answered(void *user, ApiResponse *response) {
  *(ApiResponse **)user = response;
}

/* NULL: there is no such route. Free with g_free. */
static char *operation_of(const Bed *bed, HttpMethod method, const char *path) {
  EndpointMatch match = endpoint_match(method, path);
  if (match.endpoint || !g_str_has_prefix(path, API_PREFIX))
    return g_strdup(match.endpoint ? match.endpoint->name : NULL);
  Match record = serve_match(bed->context->model, method, path + strlen(API_PREFIX));
  char *name = !record.route  ? NULL
               : record.paper ? paper_operation(record.info, record.paper)
               : record.format
                   ? export_name(record.info, record.route)
                   : operation_name(record.info, record.route, record.verb, record.bulk);
  match_clear(&record);
  return name;
}

ApiResponse *bed_send(Bed *bed, ApiRequest *request) {
  ApiResponse *response = NULL;
  g_autofree char *operation = operation_of(bed, request->method, request->path);
  api_begin(bed->context, request, answered, &response);
  while (!response)
    g_main_context_iteration(NULL, TRUE);
  if (operation)
    conform_check(bed->document, operation, response);
  return response;
}

ApiResponse *bed_ask(Bed *bed, Who who, const char *method, const char *path, const char *body) {
  return bed_send(bed, bed_request(bed, who, method, path, body));
}

json_t *bed_expect(Bed *bed, int status, Who who, const char *method, const char *path,
                   const char *body) {
  g_autoptr(ApiResponse) response = bed_ask(bed, who, method, path, body);
  if (response->status != status)
    g_error("%s %s %s: wanted %d, got %d %s", who_names[who], method, path, status,
            response->status, response->body->str);
  return json_loadb(response->body->str, response->body->len, 0, NULL);
}

void bed_refused(Bed *bed, int status, const char *code, Who who, const char *method,
                 const char *path, const char *body) {
  json_t *problem = bed_expect(bed, status, who, method, path, body);
  g_assert_cmpstr(json_string_value(json_object_get(problem, "code")), ==, code);
  g_assert_cmpint(json_integer_value(json_object_get(problem, "status")), ==, status);
  g_assert_nonnull(json_string_value(json_object_get(problem, "title")));
  json_decref(problem);
}

const char *answer_text(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

int64_t answer_number(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

char *bed_path(const Bed *bed, const char *path) {
  g_auto(GStrv) parts = g_strsplit(path, "MEETING", -1);
  return g_strjoinv(bed->meeting, parts);
}

/* ---- people and meetings ---- */

/* As the server itself; id gets 17 bytes, or is NULL. Takes the body. */
static void make(sqlite3 *db, const Bed *bed, Act act, char *id) {
  GError *error = NULL;
  act.at = moment_now();
  json_t *made = act_now(db, bed->model, "Asia/Shanghai", &act, &error);
  g_assert_no_error(error);
  if (id)
    g_strlcpy(id, json_string_value(json_object_get(made, "id")), 17);
  json_decref(made);
  json_decref((json_t *)(uintptr_t)act.body);
}

static bool fill(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  static const struct {
    Who who;
    const char *login, *kind;
    unsigned roles;
  } people[] = {
      {MEMBER, "member", "member", 0},
      {STRANGER, "stranger", "member", 0},
      {HOST, "host", "member", 0},
      {STAFF, "staff", "staff", 0},
      {SYSTEM_ADMIN, "system", "admin", ROLE_SYSTEM_ADMIN},
      {SECURITY_ADMIN, "security", "admin", ROLE_SECURITY_ADMIN},
      {AUDIT_ADMIN, "audit", "admin", ROLE_AUDIT_ADMIN},
  };
  int64_t now = clock_wall_ms();
  PasswordHash hash;
  if (!password_hash(BED_PASSWORD, 10, &hash, error))
    return false;
  for (unsigned i = 0; i < G_N_ELEMENTS(people); i++) {
    char *id = bed->signed_in[people[i].who].id;
    json_t *body = json_pack("{s:s, s:s, s:s}", "name", who_names[people[i].who], "login",
                             people[i].login, "kind", people[i].kind);
    make(db, bed, (Act){.subject = "person", .verb = "create", .body = body}, id);
    if (people[i].roles)
      make(db, bed,
           (Act){.subject = "person",
                 .verb = "set_roles",
                 .id = id,
                 .body = json_pack("{s:o}", "roles", roles_json(people[i].roles))},
           NULL);
    if (!password_store(db, id, &hash, false, now, error))
      return false;
  }
  json_t *meeting = json_pack(
      "{s:s, s:I, s:I, s:s, s:[{s:s, s:s}]}", "title", "Consultation", "planned_start",
      (json_int_t)now, "planned_end", (json_int_t)now + 3600000, "host", bed->signed_in[HOST].id,
      "invitations", "person", bed->signed_in[MEMBER].id, "capacity", "attend");
  json_t *other =
      json_pack("{s:s, s:I, s:I, s:s}", "title", "Another", "planned_start", (json_int_t)now,
                "planned_end", (json_int_t)now + 3600000, "host", bed->signed_in[STAFF].id);
  make(db, bed, (Act){.subject = "meeting", .verb = "create", .body = meeting}, bed->meeting);
  make(db, bed, (Act){.subject = "meeting", .verb = "create", .body = other}, bed->other_meeting);
  return true;
}

static bool add_recording(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  int64_t now = clock_wall_ms();
  id_random(bed->recording, ID_CHARS);
  g_autofree char *folder = folder_name(now, bed->recording);
  g_autofree char *made = folder_make(bed->config->recordings_dir, folder, error);
  g_autofree char *path = made ? g_build_filename(made, "program-1.webm", NULL) : NULL;
  g_autofree char *bytes = g_strnfill(1000, 'r');
  const RecordingFile file = {.name = "program-1.webm", .part = 1, .source = "program"};
  const RecordingFile track = {
      .name = "track-1-1-mic.webm", .part = 1, .track = 1, .source = "mic"};
  return path && g_file_set_contents(path, bytes, 1000, error) &&
         recording_insert(db, bed->recording, bed->meeting, folder, now, error) &&
         recording_file_put(db, bed->recording, &file, error) &&
         recording_file_put(db, bed->recording, &track, error);
}

static bool add_import(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  id_random(bed->import, ID_CHARS);
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into import (id, subject, file, digest, creates, updates, skips, errors,"
                 " state, created_at, created_by) values (:id, 'person', '', :digest, 0, 0, 0, 0,"
                 " 'planned', :now, :staff)",
                 error);
  if (!insert)
    return false;
  g_autofree char *digest = g_strnfill(64, '0');
  statement_text(insert, ":id", bed->import);
  statement_text(insert, ":digest", digest);
  statement_int(insert, ":now", clock_wall_ms());
  statement_text(insert, ":staff", bed->signed_in[STAFF].id);
  return statement_run(insert, error);
}

/* Keeps what a sign-in gave. */
static void keep(Signed *out, const ApiResponse *response) {
  g_assert_cmpint(response->status, ==, 200);
  const char *value = strchr(response->set_cookie, '=') + 1;
  out->cookie = g_strndup(value, strcspn(value, ";"));
  json_t *session = json_loads(response->body->str, 0, NULL);
  out->csrf = g_strdup(json_string_value(json_object_get(session, "csrf")));
  json_t *person = json_object_get(session, "person");
  g_strlcpy(out->id, json_string_value(json_object_get(person, "id")), sizeof out->id);
  json_decref(session);
}

static void sign_in(Bed *bed, Who who, const char *login) {
  g_autofree char *body =
      g_strdup_printf("{\"login\":\"%s\",\"password\":\"" BED_PASSWORD "\"}", login);
  g_autoptr(ApiResponse) response = bed_ask(bed, ANYBODY, "POST", "session", body);
  keep(&bed->signed_in[who], response);
}

static void invite_guest(Bed *bed, Who who, const char *meeting) {
  g_autofree char *path = g_strdup_printf("meetings/%s/invitations", meeting);
  json_t *invitation = bed_expect(bed, 201, STAFF, "POST", path,
                                  "{\"guest_name\":\"Guest\",\"capacity\":\"invited\"}");
  const char *link = json_string_value(json_object_get(invitation, "link"));
  const char *secret = strrchr(link, '/') + 1;
  g_strlcpy(bed->guest_link, secret, sizeof bed->guest_link);
  g_strlcpy(bed->guest_invitation, json_string_value(json_object_get(invitation, "id")),
            sizeof bed->guest_invitation);
  g_autofree char *body = g_strdup_printf("{\"secret\":\"%s\"}", secret);
  g_autoptr(ApiResponse) response = bed_ask(bed, ANYBODY, "POST", "session/link", body);
  keep(&bed->signed_in[who], response);
  json_decref(invitation);
}

static void add_post(Bed *bed) {
  json_t *org = bed_expect(bed, 201, STAFF, "POST", "orgs",
                           "{\"kind\":\"sector\",\"code\":\"1\",\"name\":\"科技界\","
                           "\"valid_from\":\"2020-01-01\"}");
  g_strlcpy(bed->org, json_string_value(json_object_get(org, "id")), sizeof bed->org);
  g_autofree char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\","
                                          "\"role\":\"member\",\"valid_from\":\"2022-01-01\"}",
                                          bed->signed_in[STRANGER].id, bed->org);
  json_t *post = bed_expect(bed, 201, STAFF, "POST", "posts", body);
  g_strlcpy(bed->post, json_string_value(json_object_get(post, "id")), sizeof bed->post);
  json_decref(org);
  json_decref(post);
}

/* Asks as whoever may make it; id gets that of what is made. */
static void add_record(Bed *bed, Who who, const char *path, const char *body, char id[17]) {
  json_t *made = bed_expect(bed, 201, who, "POST", path, body);
  g_strlcpy(id, json_string_value(json_object_get(made, "id")), 17);
  json_decref(made);
}

static void add_member(Bed *bed) {
  g_autofree char *member =
      g_strdup_printf("{\"person\":\"%s\",\"code\":\"1\"}", bed->signed_in[STRANGER].id);
  add_record(bed, STAFF, "members", member, bed->member_profile);
  g_autofree char *admit = g_strdup_printf("members/%s/admit", bed->member_profile);
  g_autofree char *admission =
      g_strdup_printf("{\"term\":\"%s\",\"sector\":\"%s\",\"capacity\":\"standing\","
                      "\"since\":\"2023-01-01\",\"document_no\":\"x\"}",
                      bed->term, bed->org);
  json_decref(bed_expect(bed, 200, STAFF, "POST", admit, admission));
  g_autofree char *files = g_strdup_printf("members/%s/term_files", bed->member_profile);
  json_t *file = bed_expect(bed, 200, STAFF, "GET", files, NULL);
  g_strlcpy(
      bed->term_file,
      json_string_value(json_object_get(json_array_get(json_object_get(file, "items"), 0), "id")),
      sizeof bed->term_file);
  json_decref(file);
  g_autofree char *suspend =
      g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"suspend\",\"day\":\"2023-01-01\","
                      "\"reason\":\"x\",\"document_no\":\"x\"}",
                      bed->member_profile);
  add_record(bed, STAFF, "member_changes", suspend, bed->member_change);
  g_autofree char *merge =
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"x\"}",
                      bed->signed_in[MEMBER].id, bed->signed_in[STRANGER].id);
  add_record(bed, STAFF, "person_merges", merge, bed->person_merge);
  add_record(bed, STRANGER, "change_requests",
             "{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"x\"}", bed->change_request);
}

static void add_records(Bed *bed) {
  add_record(bed, SYSTEM_ADMIN, "dict_items",
             "{\"dict\":\"unit_kind\",\"code\":\"x\",\"label_zh\":\"x\",\"label_en\":\"x\","
             "\"valid_from\":\"2099-01-01\"}",
             bed->dict_item);
  add_record(bed, SYSTEM_ADMIN, "settings", "{\"key\":\"absence_days_most\",\"value\":\"180\"}",
             bed->setting);
  add_record(bed, SYSTEM_ADMIN, "integrations",
             "{\"kind\":\"smtp\",\"name\":\"x\",\"url\":\"smtps://x:465\","
             "\"sender\":\"x@example.org\",\"active\":true}",
             bed->integration);
  add_record(bed, STRANGER, "absences", "{\"starts_on\":\"2026-01-01\",\"ends_on\":\"2026-01-02\"}",
             bed->absence);
  add_record(bed, SYSTEM_ADMIN, "deadline_rules",
             "{\"code\":\"change\",\"count\":5,\"unit\":\"working_days\",\"warn\":[],"
             "\"is_pausable\":false,\"source\":\"x\"}",
             bed->deadline_rule);
  g_autofree char *delegation =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"2190-01-01\",\"ends_on\":\"2190-01-01\","
                      "\"reason\":\"r\",\"verbs\":[\"absence.create\"]}",
                      bed->signed_in[MEMBER].id);
  add_record(bed, STRANGER, "delegations", delegation, bed->delegation);
  add_record(bed, SYSTEM_ADMIN, "terms",
             "{\"no\":14,\"name\":\"x\",\"starts_on\":\"2022-01-01\",\"ends_on\":\"2027-01-01\"}",
             bed->term);
  g_autofree char *session =
      g_strdup_printf("{\"term\":\"%s\",\"no\":5,\"name\":\"x\",\"plenary_from\":\"2026-01-20\","
                      "\"plenary_to\":\"2026-01-23\"}",
                      bed->term);
  add_record(bed, SYSTEM_ADMIN, "term_sessions", session, bed->term_session);
}

static bool add_cases(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  const Signed *people = bed->signed_in;
  g_autoptr(GBytes) document = g_bytes_new_static("x", 1);
  const Actor admin = {people[SYSTEM_ADMIN].id, NULL};
  if (!paper_template_put(db, "no.form", "x.docx", document, &admin, clock_wall_ms(),
                          bed->paper_template, error))
    return false;
  g_autofree char *years =
      g_strdup_printf("insert into calendar_year (id, year, source, state, created_at) values"
                      " ('%s', 2027, 'x', 'loaded', 1), ('%s', 2027, 'x', 'loaded', 1);"
                      "update calendar_year set state = 'checked' where id = '%s'",
                      bed->year_loaded, bed->year_checked, bed->year_checked);
  g_autofree char *asked = g_strdup_printf(
      "insert into role_holder (id, person, role, state, created_at, created_by) values"
      " ('%s', '%s', 'liaison', 'asked', 1, null), ('%s', '%s', 'opinions', 'asked', 1, '%s')",
      bed->role_asked, people[STRANGER].id, bed->role_own, people[STRANGER].id,
      people[SECURITY_ADMIN].id);
  g_autoptr(Statement) held =
      db_prepare(db, "select id from role_holder where person = :person and state = 'held'", error);
  if (!held || !db_exec(db, asked, error) || !db_exec(db, years, error))
    return false;
  statement_text(held, ":person", people[STRANGER].id);
  if (!statement_one(held, "no role", error))
    return false;
  g_strlcpy(bed->role_held, column_text(held, 0), sizeof bed->role_held);
  return true;
}

static bool add_delivery(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  g_strlcpy(bed->delivery, "delivery00000001", sizeof bed->delivery);
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into delivery (id, entry, channel, state, at, created_at)"
                 " values (:id, :entry, 'email', 'failed', 1764000000000, 1764000000000)",
                 error);
  if (!insert)
    return false;
  statement_text(insert, ":id", bed->delivery);
  statement_text(insert, ":entry", bed->notice);
  return statement_run(insert, error);
}

typedef struct {
  const Bed *bed;
  const char *name;
  const void *bytes;
  size_t size;
  BedFile file;
} Keeping;

static bool keep_file(sqlite3 *db, void *data, GError **error) {
  Keeping *keeping = data;
  const Bed *bed = keeping->bed;
  const char *data_dir = bed->config->data_dir;
  BlobFacts facts;
  g_autoptr(Blob) blob = blob_new(data_dir, error);
  if (!blob || !blob_write(blob, keeping->bytes, keeping->size, error) ||
      !blob_finish(blob, &facts, error))
    return false;
  g_strlcpy(keeping->file.sha256, facts.sha256, sizeof keeping->file.sha256);
  return attachment_put(db, data_dir, &facts, keeping->name, bed->signed_in[STRANGER].id,
                        clock_wall_ms(), keeping->file.id, error);
}

BedFile bed_keep(Bed *bed, const char *name, const void *bytes, size_t size) {
  Keeping keeping = {.bed = bed, .name = name, .bytes = bytes, .size = size};
  bed_write(bed, keep_file, &keeping);
  return keeping.file;
}

static void add_attendance(Bed *bed) {
  g_autofree char *path =
      g_strdup_printf("meetings/%s/attendance?person=%s", bed->meeting, bed->signed_in[MEMBER].id);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_strlcpy(bed->attendance, json_string_value(json_object_get(row, "id")), sizeof bed->attendance);
  json_decref(page);
}

static void add_notice(Bed *bed) {
  json_t *notices = bed_expect(bed, 200, STRANGER, "GET", "notices", NULL);
  json_t *notice = json_array_get(json_object_get(notices, "items"), 0);
  g_strlcpy(bed->notice, json_string_value(json_object_get(notice, "id")), sizeof bed->notice);
  bed_write(bed, add_delivery, bed);
  g_autofree char *key = g_strnfill(87, 'A'),
                  *body = g_strdup_printf(
                      "{\"endpoint\":\"https://push.example.org/1\",\"p256dh\":\"%s\","
                      "\"auth\":\"AAAAAAAAAAAAAAAAAAAAAA\"}",
                      key);
  json_t *device = bed_expect(bed, 201, STRANGER, "POST", "push_devices", body);
  g_strlcpy(bed->push_device, json_string_value(json_object_get(device, "id")),
            sizeof bed->push_device);
  json_decref(device);
  json_t *view = bed_expect(bed, 201, STRANGER, "POST", "saved_views",
                            "{\"list\":\"person.people\",\"name\":\"v\",\"address\":\"\"}");
  g_strlcpy(bed->saved_view, json_string_value(json_object_get(view, "id")),
            sizeof bed->saved_view);
  json_decref(view);
  json_decref(notices);
}

Bed *bed_new(void) {
  Bed *bed = g_new0(Bed, 1);
  GError *error = NULL;
  bed->folder = g_dir_make_tmp("yishi-api-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(bed->folder, "yishi.conf", NULL);
  g_autofree char *text =
      g_strdup_printf("data_dir = %s\npassword_cost_log2 = 10\nlog_level = error\n"
                      "second_factor_must = no\n",
                      bed->folder);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  bed->config = config_load(path, &error);
  g_assert_no_error(error);
  bed->mailbox = mailbox_new();
  bed->source = mailbox_source(bed->mailbox);
  g_source_attach(bed->source, NULL);
  bed->model = subjects_model();
  g_autofree char *database = connection_path(bed->folder, &error);
  g_assert_no_error(error);
  fixture_database(database, guards_install, bed->model);
  bed->store = store_open_with(bed->config, bed->mailbox, guards_install, bed->model, &error);
  g_assert_no_error(error);
  bed->context = api_context_new(bed->config, bed->store, bed->mailbox, NULL, bed->model);
  bed->context->base_url = g_strdup("https://meet.example.org");
  bed->context->secure = true;
  bed->document = read_document(bed);
  bed_write(bed, fill, bed);
  bed_write(bed, add_recording, bed);
  bed_write(bed, add_import, bed);
  sign_in(bed, MEMBER, "member");
  sign_in(bed, STRANGER, "stranger");
  sign_in(bed, HOST, "host");
  sign_in(bed, STAFF, "staff");
  sign_in(bed, SYSTEM_ADMIN, "system");
  sign_in(bed, SECURITY_ADMIN, "security");
  sign_in(bed, AUDIT_ADMIN, "audit");
  invite_guest(bed, OTHER_GUEST, bed->other_meeting);
  invite_guest(bed, GUEST, bed->meeting);
  add_post(bed);
  add_records(bed);
  add_member(bed);
  id_random(bed->role_asked, ID_CHARS);
  id_random(bed->year_loaded, ID_CHARS);
  id_random(bed->year_checked, ID_CHARS);
  id_random(bed->role_own, ID_CHARS);
  bed_write(bed, add_cases, bed);
  add_notice(bed);
  add_attendance(bed);
  BedFile notes = bed_keep(bed, "notes.txt", "text", 4);
  g_strlcpy(bed->attachment, notes.id, sizeof bed->attachment);
  return bed;
}

void bed_free(Bed *bed) {
  api_context_stop(bed->context);
  store_close(bed->store);
  while (g_main_context_iteration(NULL, FALSE))
    ;
  api_context_free(bed->context);
  g_source_destroy(bed->source);
  g_source_unref(bed->source);
  mailbox_free(bed->mailbox);
  config_free(bed->config);
  json_decref(bed->document);
  subjects_free(bed->model);
  for (unsigned i = 0; i < WHO_COUNT; i++) {
    g_free(bed->signed_in[i].cookie);
    g_free(bed->signed_in[i].csrf);
  }
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", bed->folder);
  g_assert_true(system(remove) == 0);
  g_free(bed->folder);
  g_free(bed);
}
