/* Records through the API: found, changed by who saw them as they are, once though sent twice; what
 * one may, oneself and for another. */
#include <string.h>

#include "api/bed.h"
#include "api/brought.h"
#include "base/clock.h"
#include "base/zone.h"
#include "store/statement.h"

/* How many records of a kind somebody finds. */
static size_t finds(Bed *bed, Who who, const char *words, const char *kind) {
  g_autofree char *path = g_strdup_printf("search?q=%s&kind=%s", words, kind);
  json_t *answer = bed_expect(bed, 200, who, "GET", path, NULL);
  json_t *found = json_array_get(json_object_get(answer, "kinds"), 0);
  size_t count = json_array_size(json_object_get(found, "items"));
  json_decref(answer);
  return count;
}

/* Each finds what he may read, by what it is called now. */
static void test_search(void) {
  Bed *bed = bed_new();
  g_autofree char *meeting = bed_path(bed, "meetings/MEETING");
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", meeting, "{\"title\":\"加装电梯协商\"}"));
  g_assert_cmpuint(finds(bed, MEMBER, "电梯", "meeting"), ==, 1);
  g_assert_cmpuint(finds(bed, STAFF, "电梯", "meeting"), ==, 1);
  g_assert_cmpuint(finds(bed, STRANGER, "电梯", "meeting"), ==, 0);
  json_decref(bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"单田芳\"}"));
  g_assert_cmpuint(finds(bed, STAFF, "stf", "person"), ==, 1);
  g_assert_cmpuint(finds(bed, MEMBER, "stf", "person"), ==, 0);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "search", NULL);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", "search?q=a", NULL);
  bed_free(bed);
}

/* The register is found by name, pinyin, number and unit, by whom it is the directory of, as long
 * as he stands in it; whoever keeps it finds those who left, too. */
static void test_search_members(void) {
  Bed *bed = bed_new();
  g_autofree char *person = g_strdup_printf("people/%s", bed->signed_in[STRANGER].id);
  g_autofree char *member = g_strdup_printf("members/%s", bed->member_profile);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", person, "{\"name\":\"单田芳\"}"));
  g_assert_cmpint(bed_number(bed, "select count(*) from search_due where kind = 'member_profile'"),
                  ==, 1);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", member,
                         "{\"code\":\"14-042\",\"work_unit\":\"理工大学\"}"));
  static const char *const words[] = {"单田芳", "stf", "shantianfang", "14-042", "理工大学"};
  for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
    g_assert_cmpuint(finds(bed, STAFF, words[i], "member_profile"), ==, 1);
    g_assert_cmpuint(finds(bed, MEMBER, words[i], "member_profile"), ==, 1);
    g_assert_cmpuint(finds(bed, SYSTEM_ADMIN, words[i], "member_profile"), ==, 0);
    g_assert_cmpuint(finds(bed, GUEST, words[i], "member_profile"), ==, 0);
  }
  bed_sql(bed, "update member_profile set state = 'left', left_on = '2026-01-01' where id = '%s'",
          bed->member_profile);
  g_assert_cmpuint(finds(bed, STAFF, "stf", "member_profile"), ==, 1);
  g_assert_cmpuint(finds(bed, MEMBER, "stf", "member_profile"), ==, 0);
  bed_free(bed);
}

static int on_behalf(Bed *bed, Who who, Who of, const char *method, const char *path,
                     const char *body) {
  ApiRequest *request = bed_request(bed, who, method, path, body);
  request->behalf = g_strdup(bed->signed_in[of].id);
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  return response->status;
}

/* What one might give to a deputy is what one may do oneself. */
static bool has_own(Bed *bed, Who who, const char *wanted) {
  json_t *answer = bed_expect(bed, 200, who, "GET", "rights/own", NULL), *one;
  bool found = false;
  size_t i;
  json_array_foreach(json_object_get(answer, "verbs"), i, one) found =
      found || strcmp(json_string_value(one), wanted) == 0;
  json_decref(answer);
  return found;
}

static void test_own_verbs(void) {
  Bed *bed = bed_new();
  g_assert_true(has_own(bed, STRANGER, "absence.create"));
  g_assert_false(has_own(bed, STRANGER, "person.create"));     /* not his */
  g_assert_false(has_own(bed, STRANGER, "absence.read"));      /* changes nothing */
  g_assert_false(has_own(bed, STRANGER, "delegation.create")); /* is giving itself */
  g_assert_true(has_own(bed, STAFF, "person.create"));
  g_assert_false(has_own(bed, SYSTEM_ADMIN, "person.create")); /* no administrator gives */
  bed_free(bed);
}

/* A deputy asks for what he was given, of the routes of records only. */
static void test_on_behalf(void) {
  Bed *bed = bed_new();
  static const char day[] = "{\"starts_on\":\"2190-01-01\",\"ends_on\":\"2190-01-01\"}";
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "POST", "absences", day), ==, 403);
  g_assert_cmpint(on_behalf(bed, MEMBER, STRANGER, "POST", "absences", day), ==, 403); /* not yet */
  g_autofree char *today = zone_format("Asia/Shanghai", g_get_real_time() / 1000, "%Y-%m-%d");
  g_autofree char *body = g_strdup_printf(
      "{\"deputy\":\"%s\",\"starts_on\":\"2000-01-01\",\"ends_on\":\"%s\",\"reason\":\"r\","
      "\"verbs\":[\"absence.create\"]}",
      bed->signed_in[HOST].id, today);
  bed_refused(bed, 422, "delegation.too_long", STRANGER, "POST", "delegations", body);
  g_autofree char *fine =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\",\"reason\":\"r\","
                      "\"verbs\":[\"absence.create\"]}",
                      bed->signed_in[HOST].id, today, today);
  json_decref(bed_expect(bed, 201, STRANGER, "POST", "delegations", fine));
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "POST", "absences", day), ==, 201);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "absences", NULL), ==, 200);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "absences.csv", NULL), ==, 403);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "session", NULL), ==, 403);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "search?q=a", NULL), ==, 403);
  bed_free(bed);
}

/* Whether the rooms are told that names changed. */
static bool tells_names(Bed *bed, Who who, const char *method, const char *path, const char *body) {
  g_autoptr(ApiResponse) response = bed_ask(bed, who, method, path, body);
  g_assert_cmpint(response->status / 100, ==, 2);
  for (unsigned i = 0; i < response->effects->len; i++)
    if (g_array_index(response->effects, Effect, i).kind == EFFECT_NAMES_CHANGED)
      return true;
  return false;
}

static void test_names_told(void) {
  Bed *bed = bed_new();
  g_autofree char *path = g_strconcat("people/", bed->signed_in[STRANGER].id, NULL);
  g_assert_true(tells_names(bed, STAFF, "POST", "people", "{\"name\":\"王伟\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"name\":\"王伟\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"sector\":\"科技界\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"organisation\":\"一院\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"active\":false}"));
  g_autofree char *unlock = g_strconcat(path, "/unlock", NULL);
  g_assert_false(tells_names(bed, SECURITY_ADMIN, "POST", unlock, "{}"));
  bed_free(bed);
}

static void test_people(void) {
  Bed *bed = bed_new();
  bed_refused(bed, 403, "forbidden", STAFF, "POST", "people",
              "{\"name\":\"x\",\"kind\":\"staff\"}");
  bed_refused(bed, 422, "invalid", SYSTEM_ADMIN, "POST", "people",
              "{\"name\":\"x\",\"kind\":\"admin\"}");
  bed_refused(bed, 409, "person.login_taken", STAFF, "POST", "people",
              "{\"name\":\"x\",\"login\":\"member\"}");
  json_t *made =
      bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"李委员\",\"login\":\"li\"}");
  g_autofree char *path = g_strconcat("people/", answer_text(made, "id"), NULL);
  g_autofree char *reset = g_strconcat(path, "/password", NULL);
  json_decref(made);
  g_autofree char *roles = g_strconcat(path, "/set_roles", NULL);
  bed_refused(bed, 403, "forbidden", STAFF, "POST", roles, "{\"roles\":[\"staff\"]}");
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "POST", roles, "{\"roles\":[\"staff\"]}");
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "PATCH", path, "{\"name\":\"y\"}");
  bed_refused(bed, 403, "forbidden", AUDIT_ADMIN, "PATCH", path, "{\"name\":\"y\"}");
  bed_refused(bed, 422, "invalid", STAFF, "PATCH", path, "{\"roles\":[\"staff\"]}");
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, "{\"sector\":\"科技界\"}"));
  json_decref(
      bed_expect(bed, 200, SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"member\",\"staff\"]}"));
  bed_refused(bed, 409, "person.two_administrators", SECURITY_ADMIN, "POST", roles,
              "{\"roles\":[\"system_admin\",\"audit_admin\"]}");
  bed_refused(bed, 422, "invalid", SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"king\"]}");
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reset, NULL);
  json_t *password = bed_expect(bed, 200, SYSTEM_ADMIN, "POST", reset, NULL);
  g_autofree char *login =
      g_strdup_printf("{\"login\":\"li\",\"password\":\"%s\"}", answer_text(password, "password"));
  g_autoptr(ApiResponse) first = bed_ask(bed, ANYBODY, "POST", "session", login);
  g_assert_nonnull(strstr(first->body->str, "\"must_change_password\":true"));
  /* Until it is changed nothing else works. */
  const char *value = strchr(first->set_cookie, '=') + 1;
  ApiRequest *request = bed_request(bed, ANYBODY, "GET", "meetings", NULL);
  request->cookie = g_strndup(value, strcspn(value, ";"));
  g_autoptr(ApiResponse) before = bed_send(bed, request);
  g_assert_nonnull(strstr(before->body->str, "must_change_password"));
  json_decref(password);
  /* Who gives roles cannot get into the account; whoever could is out when it gets one. */
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", reset, NULL);
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  g_autofree char *promoted = g_strconcat("people/", bed->signed_in[MEMBER].id, NULL);
  g_autofree char *promote = g_strconcat(promoted, "/set_roles", NULL);
  g_autoptr(ApiResponse) staff_too =
      bed_ask(bed, SECURITY_ADMIN, "POST", promote, "{\"roles\":[\"member\",\"staff\"]}");
  g_assert_cmpint(staff_too->status, ==, 200);
  const Effect *effect = &g_array_index(staff_too->effects, Effect, 0);
  g_assert_cmpint(effect->kind, ==, EFFECT_PERSON_CHANGED);
  g_assert_cmpstr(effect->person, ==, bed->signed_in[MEMBER].id);
  bed_refused(bed, 403, "forbidden", STAFF, "PATCH", promoted, "{\"name\":\"y\"}");
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL)); /* not an administrator */
  json_decref(
      bed_expect(bed, 200, SECURITY_ADMIN, "POST", promote, "{\"roles\":[\"audit_admin\"]}"));
  bed_refused(bed, 409, "person.two_administrators", SECURITY_ADMIN, "POST", promote,
              "{\"roles\":[\"staff\",\"audit_admin\"]}");
  bed_refused(bed, 401, "signed_out", MEMBER, "GET", "session", NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "PATCH", promoted, "{\"login\":\"x\"}");
  g_autoptr(ApiResponse) anew = bed_ask(bed, ANYBODY, "POST", "session",
                                        "{\"login\":\"member\",\"password\":\"" BED_PASSWORD "\"}");
  g_assert_nonnull(strstr(anew->body->str, "\"must_change_password\":true"));
  /* Nobody gives roles to himself or takes over another administrator. */
  g_autofree char *own =
      g_strconcat("people/", bed->signed_in[SECURITY_ADMIN].id, "/set_roles", NULL);
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", own, "{\"roles\":[]}");
  g_autofree char *audit =
      g_strconcat("people/", bed->signed_in[AUDIT_ADMIN].id, "/password", NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "POST", audit, NULL);
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", audit, NULL);
  g_autofree char *admin = g_strconcat("people/", bed->signed_in[AUDIT_ADMIN].id, NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "PATCH", admin, "{\"active\":false}");
  bed_refused(bed, 403, "forbidden", STAFF, "PATCH", admin, "{\"active\":false}");
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?limit=0", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?limit=1x", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?role=king", NULL);
  json_t *found = bed_expect(bed, 200, STAFF, "GET", "people?q=李&limit=1", NULL);
  g_assert_cmpint(answer_number(found, "total"), ==, 1);
  json_decref(found);
  bed_free(bed);
}

static json_t *patch_person(Bed *bed, int64_t seen, const char *path, const char *body,
                            int status) {
  ApiRequest *request = bed_request(bed, STAFF, "PATCH", path, body);
  request->if_match = seen;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  g_assert_cmpint(response->status, ==, status);
  g_assert_cmpint(response->version, ==, status == 200 ? seen + 1 : 0);
  return json_loadb(response->body->str, response->body->len, 0, NULL);
}

/* Nobody overwrites what he has not seen; a record says where it is, and what is wrong with a
 * request is said of each member. */
static void test_versions(void) {
  Bed *bed = bed_new();
  g_autoptr(ApiResponse) made = bed_ask(bed, STAFF, "POST", "people", "{\"name\":\" 李委员 \"}");
  g_assert_cmpint(made->status, ==, 201);
  g_assert_cmpint(made->version, ==, 1);
  g_assert_true(g_str_has_prefix(made->location, API_PREFIX "people/"));
  const char *path = made->location + strlen(API_PREFIX);
  json_t *read = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_assert_cmpstr(answer_text(read, "name"), ==, "李委员");
  g_assert_cmpint(answer_number(read, "version"), ==, 1);
  json_decref(read);
  json_decref(patch_person(bed, 1, path, "{\"sector\":\"科技界\"}", 200));
  g_autofree char *events = g_strconcat(path, "/events", NULL);
  json_t *history = bed_expect(bed, 200, STAFF, "GET", events, NULL);
  json_t *items = json_object_get(history, "items");
  g_assert_cmpuint(json_array_size(items), ==, 2);
  json_t *edit = json_array_get(items, 1);
  g_assert_cmpstr(answer_text(edit, "verb"), ==, "edit");
  g_autofree char *what = json_dumps(json_object_get(edit, "data"), JSON_COMPACT);
  g_assert_cmpstr(what, ==, "{\"sector\":[\"\",\"科技界\"]}");
  json_decref(history);
  json_t *stale = patch_person(bed, 1, path, "{\"sector\":\"经济界\"}", 412);
  g_assert_cmpstr(answer_text(stale, "code"), ==, "stale");
  json_decref(stale);
  json_t *wrong = bed_expect(bed, 422, STAFF, "PATCH", path, "{\"name\":\"\",\"age\":7}");
  g_assert_cmpuint(json_array_size(json_object_get(wrong, "errors")), ==, 2);
  json_decref(wrong);
  bed_refused(bed, 404, "not_found", STAFF, "GET", "people/0123456789abcdef", NULL);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", path, NULL);
  g_autoptr(ApiResponse) put = bed_ask(bed, STAFF, "PUT", path, "{}");
  g_assert_cmpint(put->status, ==, 405);
  g_assert_cmpstr(put->allow, ==, "GET, PATCH");
  bed_free(bed);
}

static void edits(Bed *bed, Who who, int64_t if_match, const char *path, int status,
                  const char *code) {
  ApiRequest *request = bed_request(bed, who, "PATCH", path, "{\"sector\":\"科技界\"}");
  request->if_match = if_match;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  json_t *body = json_loadb(response->body->str, response->body->len, 0, NULL);
  g_assert_cmpint(response->status, ==, status);
  g_assert_cmpstr(answer_text(body, "code"), ==, code);
  json_decref(body);
}

static void posts(Bed *bed, const char *path, const char *body, int64_t if_match, int status) {
  ApiRequest *request = bed_request(bed, STAFF, "POST", path, body);
  request->if_match = if_match;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  g_assert_cmpint(response->status, ==, status);
}

/* Whoever edits, or leads a record on, says which version he saw; who may not, learns no more. */
static void test_version_wanted(void) {
  Bed *bed = bed_new();
  g_autofree char *person = g_strconcat("people/", bed->signed_in[STRANGER].id, NULL);
  edits(bed, STAFF, 0, person, 428, "precondition_required");
  edits(bed, MEMBER, 0, person, 404, "not_found");
  edits(bed, STAFF, 999, person, 412, "stale");
  edits(bed, STAFF, API_ANY_VERSION, person, 200, NULL);
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *undo = g_strdup_printf("attendance/%s/undo", bed->attendance);
  posts(bed, open, NULL, 0, 428);
  posts(bed, open, NULL, API_ANY_VERSION, 200);
  posts(bed, open, NULL, 0, 409); /* it is in another state, which is what he must know */
  posts(bed, undo, NULL, 0, 409);
  /* An act, many at once, and what is new. */
  g_autofree char *links = bed_path(bed, "meetings/MEETING/links");
  posts(bed, links, "{}", 0, 200);
  posts(bed, links, "{}", 999, 412);
  g_autofree char *many = g_strdup_printf("{\"ids\":[\"%s\"]}", bed->attendance);
  posts(bed, "attendance/-/confirm", many, 0, 200);
  posts(bed, "people", "{\"name\":\"新人\"}", 0, 201);
  bed_free(bed);
}

static json_t *post_once(Bed *bed, Who who, const char *key, const char *path, const char *body,
                         int status) {
  ApiRequest *request = bed_request(bed, who, "POST", path, body);
  request->key = g_strdup(key);
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  if (response->status != status)
    g_error("%s: %d instead of %d: %s", path, response->status, status, response->body->str);
  return json_loadb(response->body->str, response->body->len, 0, NULL);
}

static int64_t people_named(Bed *bed, const char *name) {
  g_autofree char *path = g_strconcat("people?q=", name, NULL);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  int64_t total = answer_number(page, "total");
  json_decref(page);
  return total;
}

static bool count_kept(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select count(*) from kept_answer", error);
  if (!row || !statement_one(row, "", error))
    return false;
  *(int64_t *)data = column_int(row, 0);
  return true;
}

/* What is sent again under its key is done once and answered alike. */
static void test_sent_again(void) {
  Bed *bed = bed_new();
  const char *body = "{\"name\":\"李两次\",\"login\":\"liang\"}";
  json_t *first = post_once(bed, STAFF, "k1", "people", body, 201);
  json_t *again = post_once(bed, STAFF, "k1", "people", body, 201);
  g_assert_true(json_equal(first, again));
  g_assert_cmpint(people_named(bed, "李两次"), ==, 1);
  json_t *other = post_once(bed, STAFF, "k1", "people", "{\"name\":\"另一人\"}", 422);
  g_assert_cmpstr(answer_text(other, "code"), ==, "key_reused");
  /* Keys are each person's own. */
  json_decref(post_once(bed, SYSTEM_ADMIN, "k1", "people", "{\"name\":\"另一人\"}", 201));
  json_decref(post_once(bed, STAFF, "k2", "people", body, 409)); /* refused: nothing is kept */
  json_decref(post_once(bed, STAFF, "k2", "people", "{\"name\":\"第三人\"}", 201));
  /* An answer with a secret is not kept, what is as good twice is done twice, and of a request with
   * passwords there is no digest. */
  g_autofree char *invite = bed_path(bed, "meetings/MEETING/invitations");
  const char *guest = "{\"guest_name\":\"来宾\",\"capacity\":\"invited\"}";
  json_decref(post_once(bed, STAFF, "k3", invite, guest, 201));
  json_t *done = post_once(bed, STAFF, "k3", invite, guest, 409);
  g_assert_cmpstr(answer_text(done, "code"), ==, "done_before");
  g_autofree char *reset = g_strdup_printf("people/%s/password", answer_text(first, "id"));
  json_t *one = post_once(bed, SYSTEM_ADMIN, "k4", reset, "{}", 200);
  json_t *two = post_once(bed, SYSTEM_ADMIN, "k4", reset, "{}", 200);
  g_assert_cmpstr(answer_text(one, "password"), !=, answer_text(two, "password"));
  json_decref(one);
  json_decref(two);
  ApiRequest *change = bed_request(bed, MEMBER, "PUT", "session/password",
                                   "{\"old\":\"wrong\",\"new\":\"Kuaile-2027\"}");
  change->key = g_strdup("k5");
  api_response_free(bed_send(bed, change));
  int64_t kept = 0;
  bed_write(bed, count_kept, &kept);
  g_assert_cmpint(kept, ==, 4); /* k1 twice, k2, k3 */
  json_decref(first);
  json_decref(again);
  json_decref(other);
  json_decref(done);
  bed_free(bed);
}

/* Who changes too much at once is told to wait; he still reads, and others still change. */
static void test_changes(void) {
  Bed *bed = bed_new();
  g_autofree char *join = bed_path(bed, "meetings/MEETING/join");
  const char *person = bed->signed_in[MEMBER].id;
  int64_t later_us =
      clock_mono_us() + INT64_C(3600) * G_USEC_PER_SEC; /* nothing comes back until then */
  unsigned left = 0;
  while (throttle_use(bed->context->throttle, LIMIT_CHANGES, person, later_us))
    left++;
  g_assert_cmpuint(left, >=, 1900);
  g_autoptr(ApiResponse) response = bed_ask(bed, MEMBER, "POST", join, NULL);
  g_assert_cmpint(response->status, ==, 429);
  g_assert_cmpint(response->retry_after_s, ==, 1);
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  json_decref(bed_expect(bed, 200, HOST, "POST", join, NULL));
  bed_free(bed);
}

static void test_errors(void) {
  Bed *bed = bed_new();
  bed_refused(bed, 404, "not_found", STAFF, "GET", "nothing", NULL);
  g_autoptr(ApiResponse) method = bed_ask(bed, STAFF, "DELETE", "meetings", NULL);
  g_assert_cmpint(method->status, ==, 405);
  g_assert_cmpstr(method->allow, ==, "GET, POST");
  g_assert_cmpstr(method->content_type, ==, "application/problem+json");
  bed_refused(bed, 422, "invalid", STAFF, "GET", "meetings?when=never", NULL);
  bed_refused(bed, 404, "not_found", STAFF, "GET", "meetings/' or 1=1 --", NULL);
  bed_free(bed);
}

static int64_t people_of(Bed *bed, const char *query) {
  g_autofree char *path = g_strconcat("people?", query, NULL);
  json_t *found = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  int64_t total = json_integer_value(json_object_get(found, "total"));
  json_decref(found);
  return total;
}

/* Who is to be chosen is found by how his name is typed, and by where he has a post now. */
static void test_people_found(void) {
  Bed *bed = bed_new();
  json_decref(bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"单田芳\"}"));
  static const char *const typed[] = {"q=stf", "q=STF", "q=shantian", "q=shantianfang", "q=田芳"};
  for (unsigned i = 0; i < G_N_ELEMENTS(typed); i++)
    g_assert_cmpint(people_of(bed, typed[i]), ==, 1);
  g_assert_cmpint(people_of(bed, "q=tianfangs"), ==, 0);
  json_t *org = bed_expect(bed, 201, STAFF, "POST", "orgs",
                           "{\"kind\":\"committee\",\"code\":\"9\",\"name\":\"提案委\","
                           "\"valid_from\":\"2020-01-01\"}");
  const char *id = json_string_value(json_object_get(org, "id"));
  g_autofree char *of_org = g_strconcat("org=", id, NULL);
  g_assert_cmpint(people_of(bed, of_org), ==, 0);
  g_autofree char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"staff\","
                                          "\"valid_from\":\"2022-01-01\"}",
                                          bed->signed_in[STAFF].id, id);
  json_t *post = bed_expect(bed, 201, STAFF, "POST", "posts", body);
  g_assert_cmpint(people_of(bed, of_org), ==, 1);
  g_autofree char *end =
      g_strdup_printf("posts/%s/end", json_string_value(json_object_get(post, "id")));
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", end, "{\"valid_to\":\"2022-02-01\"}"));
  g_assert_cmpint(people_of(bed, of_org), ==, 0);
  json_decref(post);
  json_decref(org);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/search", test_search);
  g_test_add_func("/api/search-members", test_search_members);
  g_test_add_func("/api/people-found", test_people_found);
  g_test_add_func("/api/on-behalf", test_on_behalf);
  g_test_add_func("/api/own-verbs", test_own_verbs);
  g_test_add_func("/api/people", test_people);
  g_test_add_func("/api/versions", test_versions);
  g_test_add_func("/api/version-wanted", test_version_wanted);
  g_test_add_func("/api/sent-again", test_sent_again);
  g_test_add_func("/api/names-told", test_names_told);
  g_test_add_func("/api/changes", test_changes);
  g_test_add_func("/api/errors", test_errors);
  return g_test_run();
}
