/* The register: into office, suspended, gone, the next term; who sees and finds what; accounts;
 * sectors by the day. */
#include <string.h>

#include "base/id.h"
#include "domain/list.h"
#include "domain/test-desk.h"
#include "store/account-link.h"
#include "store/people.h"
#include "store/statement.h"

#define ADA ((Desk){o->w.ada, MEMBER})
#define BO ((Desk){o->w.bo, MEMBER})
#define LIAISON ((Desk){o->w.clerk, ROLE_LIAISON})
/* Who ends what may be kept of a way into an account. */
#define SECURITY ((Desk){o->leader, ROLE_SECURITY_ADMIN})
#define LEADER ((Desk){o->leader, ROLE_LEADER})

typedef struct {
  World w;
  char leader[17];
  char *term, *arts, *science; /* a term and two sectors */
  char *ada;                   /* her row of the register */
} Office;

static char *org(Office *o, const char *kind, const char *code, const char *name) {
  return desk_made(&o->w, (Desk){o->w.clerk, STAFF}, "orgs",
                   g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%s\",\"name\":\"%s\","
                                   "\"valid_from\":\"2020-01-01\"}",
                                   kind, code, name));
}

static char *member(Office *o, const char *person, const char *code, const char *more) {
  return desk_made(&o->w, LIAISON, "members",
                   g_strdup_printf("{\"person\":\"%s\",\"code\":\"%s\"%s}", person, code, more));
}

static char *admission(const Office *o, const char *since, const char *document) {
  return g_strdup_printf("{\"term\":\"%s\",\"sector\":\"%s\",\"capacity\":\"member\","
                         "\"since\":\"%s\"%s}",
                         o->term, o->arts, since, document);
}

static char *path_of(const char *id, const char *rest) {
  return g_strdup_printf("members/%s%s", id, rest);
}

static void admit(Office *o, const char *id) {
  g_autofree char *path = path_of(id, "/admit");
  json_decref(desk_ask(&o->w, LIAISON, HTTP_POST, path,
                       admission(o, "2022-01-01", ",\"document_no\":\"d1\""), 200));
}

/* Ada is a member since 2022, in the arts. */
static void office_init(Office *o) {
  static const Subject *const list[] = {&subject_person,         &subject_org,
                                        &subject_post,           &subject_term,
                                        &subject_deadline_rule,  &subject_member_profile,
                                        &subject_member_change,  &subject_term_file,
                                        &subject_change_request, NULL};
  desk_init(&o->w, list, "");
  fixture_person(o->w.f.db, "Chief", "chief", "staff", ROLE_LEADER, o->leader);
  o->term = desk_made(&o->w, LIAISON, "terms",
                      g_strdup("{\"no\":14,\"name\":\"十四届\",\"starts_on\":\"2022-01-01\","
                               "\"ends_on\":\"2027-01-01\"}"));
  o->arts = org(o, "sector", "01", "文化艺术界");
  o->science = org(o, "sector", "02", "科学技术界");
  o->ada = member(o, o->w.ada, "14-001", ",\"birth_date\":\"1980-05-01\",\"sex\":\"female\"");
  admit(o, o->ada);
}

static void office_clear(Office *o) {
  g_free(o->term);
  g_free(o->arts);
  g_free(o->science);
  g_free(o->ada);
  world_clear(&o->w);
}

static char *asked(Office *o, const char *kind, const char *more) {
  return desk_made(&o->w, LIAISON, "member_changes",
                   g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"%s\",\"day\":\"" TODAY
                                   "\",\"reason\":\"r\",\"document_no\":\"d\"%s}",
                                   o->ada, kind, more));
}

static void decide(Office *o, Desk who, const char *id, const char *verb, const char *code) {
  g_autofree char *path = g_strdup_printf("member_changes/%s/%s", id, verb);
  if (code)
    desk_refused(&o->w, who, HTTP_POST, path, g_strdup("{}"), code);
  else
    json_decref(desk_ask(&o->w, who, HTTP_POST, path, g_strdup("{}"), 200));
}

static void change(Office *o, const char *kind, const char *more) {
  g_autofree char *id = asked(o, kind, more);
  decide(o, LEADER, id, "confirm", NULL);
}

static json_t *row_of(Office *o, Desk who, const char *id, const char *query) {
  g_autofree char *path = path_of(id, query);
  return desk_ask(&o->w, who, HTTP_GET, path, NULL, 200);
}

static void assert_state(Office *o, const char *state, bool scored) {
  json_t *row = row_of(o, LIAISON, o->ada, "");
  g_assert_cmpstr(text_of(row, "state"), ==, state);
  g_assert_cmpint(json_is_true(json_object_get(row, "scored_now")), ==, scored);
  json_decref(row);
}

/* Into office by a document: the post and the file of the term begin with it. */
static void test_admit(void) {
  Office office, *o = &office;
  office_init(o);
  g_autofree char *bo = member(o, o->w.bo, "14-002", "");
  g_autofree char *path = path_of(bo, "/admit");
  desk_refused(&o->w, LIAISON, HTTP_POST, path, admission(o, "2022-01-01", ""),
               "member_profile.no_document");
  desk_refused(&o->w, (Desk){o->w.clerk, ROLE_OFFICE}, HTTP_POST, path,
               admission(o, "2022-01-01", ",\"document_no\":\"d\""), "not_found");
  admit(o, bo);
  json_t *row = row_of(o, ADA, bo, "");
  g_assert_cmpstr(text_of(json_object_get(row, "sector"), "name"), ==, "文化艺术界");
  g_assert_null(json_object_get(row, "sex")); /* not his business */
  json_decref(row);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from term_file"), ==, 2);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from post where role = 'member'"
                                   " and term is not null and valid_from = '2022-01-01'"),
                  ==, 2);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from member_profile where terms_served = 1"),
                  ==, 2);
  g_autofree char *files = path_of(bo, "/term_files");
  json_t *own = desk_ask(&o->w, BO, HTTP_GET, files, NULL, 200);
  json_t *others = desk_ask(&o->w, ADA, HTTP_GET, files, NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(own, "total")), ==, 1);
  g_assert_cmpint(json_integer_value(json_object_get(others, "total")), ==, 0);
  json_decref(own);
  json_decref(others);
  office_clear(o);
}

/* The path of the member's file. */
static char *file_of(Office *o, const char *member) {
  g_autofree char *path = path_of(member, "/term_files");
  json_t *page = desk_ask(&o->w, LIAISON, HTTP_GET, path, NULL, 200);
  char *file = g_strdup_printf("term_files/%s",
                               text_of(json_array_get(json_object_get(page, "items"), 0), "id"));
  json_decref(page);
  return file;
}

/* Whoever keeps the register and is in it keeps everybody's rows but his own: another admits him
 * and writes what is known of him. */
static void test_own(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  Desk keeper = {w->bo, MEMBER | ROLE_LIAISON};
  g_autofree char *bo = desk_made(
      w, keeper, "members", g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-002\"}", w->bo));
  g_autofree char *admit_path = path_of(bo, "/admit");
  desk_refused(w, keeper, HTTP_POST, admit_path,
               admission(o, "2022-01-01", ",\"document_no\":\"d\""), "forbidden");
  admit(o, bo);
  g_autofree char *himself =
      g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-003\",\"term\":\"%s\",\"sector\":\"%s\","
                      "\"capacity\":\"member\",\"since\":\"2022-01-01\",\"document_no\":\"d\"}",
                      o->leader, o->term, o->arts);
  desk_refused(w, (Desk){o->leader, ROLE_LIAISON}, HTTP_POST, "members/enter", g_strdup(himself),
               "forbidden");
  g_free(desk_made(w, LIAISON, "members/enter", g_strdup(himself)));
  g_autofree char *own = path_of(bo, ""), *others = path_of(o->ada, "");
  desk_refused(w, keeper, HTTP_PATCH, own,
               g_strdup("{\"scored\":false,\"not_scored_reason\":\"r\"}"), "forbidden");
  desk_refused(w, keeper, HTTP_PATCH, own, g_strdup("{\"terms_served\":3}"), "forbidden");
  json_decref(desk_ask(w, keeper, HTTP_PATCH, others, g_strdup("{\"terms_served\":3}"), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, own, g_strdup("{\"terms_served\":2}"), 200));
  /* Nor does he write what his file of the term says of him. */
  g_autofree char *file = file_of(o, bo), *ada = file_of(o, o->ada);
  desk_refused(w, keeper, HTTP_PATCH, file, g_strdup("{\"summary\":\"r\"}"), "forbidden");
  json_decref(desk_ask(w, keeper, HTTP_PATCH, ada, g_strdup("{\"summary\":\"r\"}"), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, file, g_strdup("{\"summary\":\"r\"}"), 200));
  office_clear(o);
}

/* The register opens no account that it could not open by hand, and has no administrators. */
static void sees_phone(Office *o, Desk who, const char *phone) {
  json_t *row = row_of(o, who, o->ada, "");
  g_assert_cmpstr(text_of(row, "phone"), ==, phone);
  json_decref(row);
  json_t *page = desk_ask(&o->w, who, HTTP_GET, "members", NULL, 200);
  g_assert_cmpstr(text_of(json_array_get(json_object_get(page, "items"), 0), "phone"), ==, phone);
  json_decref(page);
}

/* The other members call whoever lets them, and nobody but he, or the office for him, says so. */
static void test_phone(void) {
  Office office, *o = &office;
  office_init(o);
  g_autofree char *one = path_of(o->ada, ""), *share = path_of(o->ada, "/share");
  json_decref(
      desk_ask(&o->w, LIAISON, HTTP_PATCH, one, g_strdup("{\"phone\":\"13800000001\"}"), 200));
  sees_phone(o, BO, NULL);
  sees_phone(o, LIAISON, "13800000001");
  desk_refused(&o->w, BO, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), "forbidden");
  desk_refused(&o->w, LIAISON, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), "forbidden");
  json_decref(desk_ask(&o->w, ADA, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), 200));
  sees_phone(o, BO, "13800000001");
  json_t *row = row_of(o, BO, o->ada, "");
  g_assert_null(json_object_get(row, "phone_shared")); /* what he chose is his and the office's */
  json_decref(row);
  json_decref(desk_ask(&o->w, LIAISON, HTTP_PATCH, one, g_strdup("{\"phone_shared\":false}"), 200));
  sees_phone(o, BO, NULL);
  office_clear(o);
}

static void test_accounts(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  char admin[17], staff[17];
  fixture_person(w->f.db, "root", "root", "staff", ROLE_SYSTEM_ADMIN, admin);
  fixture_person(w->f.db, "aide", "aide", "staff", ROLE_STAFF, staff);
  desk_refused(w, LIAISON, HTTP_POST, "members",
               g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-008\"}", admin),
               "member_profile.unknown");
  g_autofree char *aide = desk_made(
      w, LIAISON, "members", g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-009\"}", staff));
  g_autofree char *shut = g_strdup_printf("update person set active = 0 where id = '%s'", staff);
  g_assert_cmpint(sqlite3_exec(w->f.db, shut, NULL, NULL, NULL), ==, SQLITE_OK);
  g_autofree char *admit_path = path_of(aide, "/admit");
  desk_refused(w, LIAISON, HTTP_POST, admit_path,
               admission(o, "2022-01-01", ",\"document_no\":\"d\""), "member_profile.shut");
  office_clear(o);
}

/* One asks, another confirms; who is suspended can look and not submit. */
static void test_suspend(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  desk_refused(w, LIAISON, HTTP_POST, "member_changes",
               g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"suspend\",\"day\":\"" TODAY
                               "\",\"reason\":\"r\"}",
                               o->ada),
               "member_change.no_document");
  desk_refused(w, LIAISON, HTTP_POST, "member_changes",
               g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"restore\",\"day\":\"" TODAY
                               "\",\"reason\":\"r\",\"document_no\":\"d\"}",
                               o->ada),
               "member_change.not_so");
  g_autofree char *id = asked(o, "suspend", "");
  decide(o, LIAISON, id, "confirm", "forbidden");
  decide(o, (Desk){w->clerk, ROLE_LIAISON | ROLE_LEADER}, id, "confirm", "forbidden");
  decide(o, (Desk){w->ada, MEMBER | ROLE_LEADER}, id, "confirm", "forbidden");
  decide(o, BO, id, "confirm", "not_found");
  assert_state(o, "active", true);
  decide(o, LEADER, id, "confirm", NULL);
  assert_state(o, "suspended", false);
  desk_refused(w, ADA, HTTP_POST, "change_requests",
               g_strdup("{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"r\"}"),
               "change_request.not_active");
  json_decref(row_of(o, ADA, o->ada, ""));
  g_assert_cmpint(count(w->f.db, "select active from person where login = 'ada'"), ==, 1);
  change(o, "restore", "");
  assert_state(o, "active", true);
  g_free(desk_made(w, ADA, "change_requests",
                   g_strdup("{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"r\"}")));
  /* By hand nobody takes these steps. */
  g_autofree char *suspend = path_of(o->ada, "/suspend");
  desk_refused(w, LIAISON, HTTP_POST, suspend, g_strdup("{}"), "forbidden");
  office_clear(o);
}

/* Out at once: no session, no account, no post that goes on; what was his stays readable. */
static void test_leave(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  static const char session[] =
      "insert into session (digest, person, csrf, created_at, last_seen_at, expires_at, address)"
      " select printf('%064d', 1), id, 'c', 1, 1, 9, '' from person where login = 'ada'";
  g_autofree char *request = desk_made(
      w, ADA, "change_requests", g_strdup("{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"r\"}"));
  g_assert_true(db_exec(w->f.db, session, NULL));
  desk_refused(w, LIAISON, HTTP_POST, "member_changes",
               g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"leave\",\"day\":\"" TOMORROW
                               "\",\"reason\":\"r\",\"exit\":\"resigned\",\"document_no\":\"d\"}",
                               o->ada),
               "member_change.not_yet");
  change(o, "leave", ",\"exit\":\"resigned\"");
  assert_state(o, "left", false);
  g_assert_cmpint(count(w->f.db, "select count(*) from session"), ==, 0);
  g_assert_cmpint(count(w->f.db, "select active from person where login = 'ada'"), ==, 0);
  g_assert_cmpint(count(w->f.db, "select count(*) from post where valid_to = '" TODAY "'"), ==, 1);
  g_autofree char *path = g_strconcat("change_requests/", request, NULL);
  json_decref(desk_ask(w, LIAISON, HTTP_GET, path, NULL, 200));
  json_t *row = row_of(o, LIAISON, o->ada, "");
  g_assert_cmpstr(text_of(json_object_get(row, "exit"), "code"), ==, "resigned");
  g_assert_cmpstr(text_of(row, "left_on"), ==, TODAY);
  json_decref(row);
  /* Who comes back is admitted for another term. */
  g_autofree char *admission_path = path_of(o->ada, "/admit");
  desk_refused(w, LIAISON, HTTP_POST, admission_path, admission(o, TODAY, ",\"document_no\":\"d\""),
               "member_profile.filed");
  office_clear(o);
}

static json_int_t found(Office *o, Desk who, const char *list, const char *query) {
  g_autofree char *path = g_strdup_printf("%s?%s", list, query);
  json_t *page = desk_ask(&o->w, who, HTTP_GET, path, NULL, 200);
  json_int_t total = json_integer_value(json_object_get(page, "total"));
  json_decref(page);
  return total;
}

/* The sector is that of the day: changed on 1 July, June counts in the old one. */
static void test_sectors(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  json_t *posts = NULL;
  g_autofree char *list = g_strdup_printf("people/%s/posts", w->ada);
  posts = desk_ask(w, LIAISON, HTTP_GET, list, NULL, 200);
  g_autofree char *end = g_strdup_printf(
      "posts/%s/end", text_of(json_array_get(json_object_get(posts, "items"), 0), "id"));
  json_decref(posts);
  json_decref(
      desk_ask(w, LIAISON, HTTP_PATCH, end, g_strdup("{\"valid_to\":\"2025-07-01\"}"), 200));
  g_free(desk_made(w, LIAISON, "posts",
                   g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                   "\"valid_from\":\"2025-07-01\"}",
                                   w->ada, o->science)));
  static const struct {
    const char *day;
    bool arts;
  } cases[] = {{"2025-06-30", true}, {"2025-07-01", false}, {TODAY, false}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *arts = g_strdup_printf("on=%s&sector=%s", cases[i].day, o->arts);
    g_autofree char *science = g_strdup_printf("on=%s&sector=%s", cases[i].day, o->science);
    g_assert_cmpint(found(o, BO, "members", arts), ==, cases[i].arts);
    g_assert_cmpint(found(o, BO, "members", science), ==, !cases[i].arts);
  }
  office_clear(o);
}

/* Two sectors that became one are apart in the year before, and one in the year after. */
static void test_merged_sectors(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *youth = org(o, "sector", "03", "共青团");
  g_autofree char *joined = org(o, "sector", "04", "青联");
  g_autofree char *end = g_strdup_printf("orgs/%s/end", youth);
  g_autofree char *names = g_strdup_printf("orgs/%s/names", joined);
  json_decref(
      desk_ask(w, LIAISON, HTTP_PATCH, end,
               g_strdup_printf("{\"valid_to\":\"2023-01-01\",\"successor\":\"%s\"}", joined), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, names,
                       g_strdup("{\"name\":\"共青团和青联\",\"since\":\"2023-01-01\"}"), 200));
  g_assert_cmpint(found(o, LIAISON, "orgs", "kind=sector&on=2022-12-31"), ==, 4);
  g_assert_cmpint(found(o, LIAISON, "orgs", "kind=sector&on=2023-12-31"), ==, 3);
  office_clear(o);
}

static void assert_members(const json_t *row, const char *names, bool there) {
  g_auto(GStrv) list = g_strsplit(names, " ", -1);
  for (unsigned i = 0; list[i]; i++)
    if ((json_object_get(row, list[i]) != NULL) != there)
      g_error("%s of %s", list[i], text_of(row, "code"));
}

/* Members and the office see who is in office, where and from which unit, and no more; a candidate
 * is the business of those who keep the register, and his own. Units and stations see none. */
static void test_others(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  static const char everybody[] = "code person state sector committees standing work_unit";
  static const char details[] = "work_title joined_on terms_served scored scored_now left_on sex";
  g_autofree char *bo = member(o, w->bo, "14-002", "");
  g_autofree char *candidate = path_of(bo, ""), *active = path_of(o->ada, "");
  Desk clerk = {w->clerk, ROLE_PROPOSALS};
  const Desk see[] = {ADA, LEADER, clerk};
  for (unsigned i = 0; i < G_N_ELEMENTS(see); i++) {
    g_assert_cmpint(found(o, see[i], "members", ""), ==, 1);
    desk_refused(w, see[i], HTTP_GET, candidate, NULL, "not_found");
  }
  json_t *row = row_of(o, clerk, o->ada, "");
  assert_members(row, everybody, true);
  assert_members(row, details, false);
  json_decref(row);
  const Desk know[] = {BO, LIAISON};
  for (unsigned i = 0; i < G_N_ELEMENTS(know); i++) {
    row = row_of(o, know[i], bo, "");
    assert_members(row, details, true);
    json_decref(row);
    g_assert_cmpint(found(o, know[i], "members", ""), ==, 2);
  }
  static const unsigned none[] = {ROLE_UNIT, ROLE_UNIT_HEAD, ROLE_STATION, ROLE_SYSTEM_ADMIN};
  for (unsigned i = 0; i < G_N_ELEMENTS(none); i++) {
    desk_refused(w, (Desk){w->clerk, none[i]}, HTTP_GET, "members", NULL, "forbidden");
    desk_refused(w, (Desk){w->clerk, none[i]}, HTTP_GET, active, NULL, "not_found");
  }
  office_clear(o);
}

/* Who sees details finds by them; a member finds himself alone, and a convener his sector. */
static void test_filters(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_free(member(o, w->bo, "14-002", ",\"birth_date\":\"1990-05-01\""));
  static const struct {
    const char *query;
    json_int_t all;
  } cases[] = {{"", 2},
               {"age=from_40", 1},
               {"age=under_40", 1},
               {"sex=female", 1},
               {"state=active", 1},
               {"terms=first", 2},
               {"standing=true", 0},
               {"q=14-002", 1},
               {"scored=true", 2}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(found(o, LIAISON, "members/register", cases[i].query), ==, cases[i].all);
  g_assert_cmpint(found(o, ADA, "members/register", ""), ==, 1);
  g_assert_cmpint(found(o, BO, "members/register", "sex=female"), ==, 0);
  g_assert_cmpint(found(o, BO, "members", ""), ==, 2);
  g_autofree char *term = g_strdup_printf("term=%s", o->term);
  g_assert_cmpint(found(o, LIAISON, "members/register", term), ==, 1);
  Desk convener = {o->leader, ROLE_CONVENER};
  g_assert_cmpint(found(o, convener, "members/register", ""), ==, 0);
  g_autofree char *held = g_strdup_printf(
      "insert into role_holder (id, person, role, org, state, valid_from, created_at) values"
      " ('role000000000009', '%s', 'convener', '%s', 'held', 1, 1)",
      o->leader, o->arts);
  g_assert_true(db_exec(w->f.db, held, NULL));
  g_assert_cmpint(found(o, convener, "members/register", ""), ==, 1);
  office_clear(o);
}

/* By what somebody knows about all find him; the words stand as one, however they were typed. */
static void test_tags(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *path = path_of(o->ada, "");
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, path,
                       g_strdup("{\"expertise\":\"水利 , 农业经济\",\"focus\":\"养老\"}"), 200));
  json_t *row = row_of(o, BO, o->ada, "");
  g_assert_cmpstr(text_of(row, "expertise"), ==, "水利、农业经济");
  json_decref(row);
  static const struct {
    const char *query;
    json_int_t count;
  } cases[] = {{"expertise=水利", 1}, {"expertise=农业", 0}, {"expertise=农业经济", 1},
               {"focus=养老", 1},     {"focus=水利", 0},     {"q=农业", 1},
               {"q=养老", 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_cmpint(found(o, BO, "members", cases[i].query), ==, cases[i].count);
    g_assert_cmpint(found(o, LIAISON, "members/register", cases[i].query), ==, cases[i].count);
  }
  /* As a member asks for it. */
  g_autofree char *request =
      desk_made(w, ADA, "change_requests",
                g_strdup("{\"field\":\"focus\",\"new\":\"教育，养老\",\"reason\":\"r\"}"));
  g_autofree char *accept = g_strdup_printf("change_requests/%s/accept", request);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, accept, g_strdup("{}"), 200));
  g_assert_cmpint(found(o, BO, "members", "focus=教育"), ==, 1);
  desk_refused(w, ADA, HTTP_POST, "change_requests",
               g_strdup("{\"field\":\"focus\",\"new\":\"教育;养老\",\"reason\":\"r\"}"),
               "change_request.same");
  office_clear(o);
}

/* ---- his account ---- */

#define LINKS "select count(*) from account_link where "

/* Whoever is in office and has no password gets a link; a new one ends the one before, and none
 * leads into an account that is in use, or has other duties. */
static bool opens(sqlite3 *db, const char *secret) {
  AccountLink link = {0};
  bool fine = account_link_read(db, secret, T0, &link, NULL);
  account_link_clear(&link);
  return fine;
}

static void test_invite(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  sqlite3 *db = w->f.db;
  g_autofree char *path = path_of(o->ada, "/invite");
  g_assert_true(db_exec(db, "delete from credential", NULL));
  g_assert_cmpint(found(o, LIAISON, "members/register", "account=none"), ==, 1);
  Desk herself = {w->ada, MEMBER | ROLE_LIAISON};
  desk_refused(w, herself, HTTP_POST, path, g_strdup("{}"), "forbidden");
  json_t *first = desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200);
  json_t *second = desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200);
  g_assert_cmpstr(text_of(first, "link"), !=, text_of(second, "link"));
  g_assert_cmpstr(text_of(second, "account"), ==, "invited");
  g_assert_cmpint(json_integer_value(json_object_get(second, "invited_until")), ==,
                  T0 + INT64_C(30) * 24 * 3600 * 1000);
  g_autofree char *secret = g_strdup(strrchr(text_of(second, "link"), '/') + 1);
  char digest[65];
  g_assert_true(opens(db, secret));
  secret_digest(secret, digest);
  g_autofree char *kept = g_strdup_printf(LINKS "digest = '%s'", digest);
  g_assert_cmpint(count(db, kept), ==, 1);
  g_assert_cmpint(count(db, LINKS "1"), ==, 1);
  json_decref(first);
  json_decref(second);
  g_assert_true(db_exec(db, "update account_link set expires_at = 1", NULL));
  g_assert_cmpint(found(o, LIAISON, "members/register", "account=expired"), ==, 1);
  g_assert_false(opens(db, secret));
  g_assert_true(db_exec(db, "update account_link set expires_at = 9e15", NULL));
  g_assert_true(opens(db, secret));
  g_assert_true(db_exec(db,
                        "insert into role_holder (id, person, role, state, valid_from, created_at)"
                        " select 'role000000000008', id, 'committee', 'held', 1, 1 from person"
                        " where login = 'ada'",
                        NULL));
  desk_refused(w, LIAISON, HTTP_POST, path, g_strdup("{}"), "member_profile.has_duties");
  /* Nor does one that was made before he had them. */
  g_assert_false(opens(db, secret));
  /* And whoever is put out has none left when he is let in again. */
  g_autofree char *out = g_strdup_printf("people/%s/sign_out", w->ada);
  json_decref(desk_ask(w, SECURITY, HTTP_POST, out, g_strdup("{}"), 200));
  g_assert_cmpint(count(db, LINKS "1"), ==, 0);
  g_assert_true(db_exec(db,
                        "insert into credential select id, 1, zeroblob(16), zeroblob(32), 0, 1 from"
                        " person where login = 'ada'",
                        NULL));
  desk_refused(w, LIAISON, HTTP_POST, path, g_strdup("{}"), "member_profile.has_account");
  g_autofree char *bo = member(o, w->bo, "14-002", "");
  g_autofree char *candidate = path_of(bo, "/invite");
  desk_refused(w, LIAISON, HTTP_POST, candidate, g_strdup("{}"), "wrong_state");
  office_clear(o);
}

/* ---- the next term ---- */

static char *next_term(Office *o) {
  return desk_made(&o->w, LIAISON, "terms",
                   g_strdup("{\"no\":15,\"name\":\"十五届\",\"starts_on\":\"2027-01-02\","
                            "\"ends_on\":\"2032-01-01\"}"));
}

static char *renewal(const char *term, const char *more) {
  return g_strdup_printf("{\"term\":\"%s\",\"document_no\":\"d2\"%s}", term, more);
}

#define TERM_FILES "select count(*) from term_file"
#define SEATS "select count(*) from post where valid_from = '2022-01-01' and valid_to is "

static void assert_renewed(Office *o, bool renewed) {
  json_t *row = row_of(o, LIAISON, o->ada, "");
  g_assert_cmpint(json_integer_value(json_object_get(row, "terms_served")), ==, 1 + renewed);
  g_assert_cmpstr(text_of(row, "state"), ==, "active");
  json_decref(row);
  sqlite3 *db = o->w.f.db;
  g_assert_cmpint(count(db, TERM_FILES), ==, 1 + renewed);
  g_assert_cmpint(count(db, SEATS "'2027-01-02'"), ==, renewed);
  g_assert_cmpint(count(db, "select count(*) from post"), ==, 1 + renewed);
  g_assert_cmpint(count(db, "select count(*) from unmaking"), ==, 0);
}

/* The same person has another file and another seat, where nothing else is said the same one as
 * before; taken back, all is as it was. */
static void test_renew(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *next = next_term(o), *path = path_of(o->ada, "/renew");
  g_autofree char *undo = path_of(o->ada, "/undo");
  Desk herself = {w->ada, MEMBER | ROLE_LIAISON};
  desk_refused(w, LIAISON, HTTP_POST, path, renewal(o->term, ""), "member_profile.filed");
  desk_refused(w, LIAISON, HTTP_POST, path, renewal(next, ",\"since\":\"2026-12-31\""),
               "member_profile.too_early");
  desk_refused(w, LIAISON, HTTP_POST, path, renewal("term000000000009", ""),
               "member_profile.no_place");
  desk_refused(w, herself, HTTP_POST, path, renewal(next, ""), "forbidden");
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, renewal(next, ""), 200));
  assert_renewed(o, true);
  g_assert_cmpint(count(w->f.db, "select count(*) from term_file f join term e on e.id = f.term"
                                 " where e.no = 15 and f.capacity = 'member'"),
                  ==, 1);
  /* She is told of the new seat, and not that the old one ended. */
  g_assert_cmpint(count(w->f.db, "select count(*) from notice where code = 'post.ended'"), ==, 0);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, undo, NULL, 200));
  assert_renewed(o, false);
  g_assert_cmpint(count(w->f.db, SEATS "null"), ==, 1);
  g_assert_cmpint(
      count(w->f.db, "select count(*) from notice where code = 'member_profile.unrenewed'"), ==, 1);
  /* Nor is it taken back when a colleague has said since when the old seat ended. */
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, renewal(next, ""), 200));
  g_autoptr(Statement) seat =
      db_prepare(w->f.db, "select id from post where valid_from = '2022-01-01'", NULL);
  g_assert_true(statement_one(seat, "a seat", NULL));
  g_autofree char *end = g_strdup_printf("posts/%s/end", column_text(seat, 0));
  g_clear_pointer(&seat, statement_free);
  json_decref(
      desk_ask(w, LIAISON, HTTP_PATCH, end, g_strdup("{\"valid_to\":\"2026-12-01\"}"), 200));
  desk_refused(w, LIAISON, HTTP_POST, undo, NULL, "member_profile.used");
  office_clear(o);
}

/* What was written into the new file stays. */
static void test_renew_written(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *next = next_term(o), *path = path_of(o->ada, "/renew");
  g_autofree char *undo = path_of(o->ada, "/undo");
  g_autofree char *more =
      g_strdup_printf(",\"sector\":\"%s\",\"capacity\":\"standing\"", o->science);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, renewal(next, more), 200));
  g_assert_true(
      db_exec(w->f.db, "update term_file set version = 2 where capacity = 'standing'", NULL));
  desk_refused(w, LIAISON, HTTP_POST, undo, NULL, "member_profile.used");
  assert_renewed(o, true);
  office_clear(o);
}

/* Whoever was a member of a later term is not made one of an earlier. */
static void test_renew_backwards(void) {
  Office office, *o = &office;
  office_init(o);
  g_autofree char *before =
      desk_made(&o->w, LIAISON, "terms",
                g_strdup("{\"no\":13,\"name\":\"十三届\",\"starts_on\":\"2017-01-01\","
                         "\"ends_on\":\"2021-12-31\"}"));
  g_autofree char *path = path_of(o->ada, "/renew");
  desk_refused(&o->w, LIAISON, HTTP_POST, path, renewal(before, ""), "member_profile.not_later");
  office_clear(o);
}

/* Of many each is done or refused by itself, and those that were done are taken back together. */
static void test_renew_many(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *next = next_term(o);
  g_autofree char *bo = member(o, w->bo, "14-002", "");
  g_autofree char *ids = g_strdup_printf("\"ids\":[\"%s\",\"%s\"]", o->ada, bo);
  g_autofree char *more = g_strconcat(",", ids, NULL);
  json_t *answer = desk_ask(w, LIAISON, HTTP_POST, "members/-/renew", renewal(next, more), 200);
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, 1);
  json_t *refused = json_array_get(json_object_get(answer, "results"), 1);
  g_assert_cmpstr(text_of(refused, "code"), ==, "wrong_state");
  json_decref(answer);
  assert_renewed(o, true);
  answer = desk_ask(w, LIAISON, HTTP_POST, "members/-/undo", g_strdup_printf("{%s}", ids), 200);
  g_assert_cmpint(json_integer_value(json_object_get(answer, "done")), ==, 1);
  json_decref(answer);
  assert_renewed(o, false);
  office_clear(o);
}

/* Of words and references several values may be asked for at once. */
static void test_several(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_free(member(o, w->bo, "14-002", ",\"birth_date\":\"1990-05-01\""));
  static const struct {
    const char *query;
    json_int_t all;
  } cases[] = {{"state=active", 1},         {"state=active,candidate", 2},
               {"state=left,candidate", 1}, {"age=from_40,under_40", 2},
               {"age=from_60,from_70", 0},  {"age=from_60,under_40&state=candidate,left", 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(found(o, LIAISON, "members/register", cases[i].query), ==, cases[i].all);
  g_autofree char *both = g_strdup_printf("sector=%s,%s", o->science, o->arts);
  g_assert_cmpint(found(o, LIAISON, "members/register", both), ==, 1);
  g_assert_cmpint(found(o, ADA, "members", both), ==, 1);
  desk_refused(w, LIAISON, HTTP_GET, "members/register?state=active,lost", NULL, "invalid");
  desk_refused(w, LIAISON, HTTP_GET, "members/register?state=active&state=left", NULL, "invalid");
  desk_refused(w, LIAISON, HTTP_GET, "members/register?scored=true,false", NULL, "invalid");
  office_clear(o);
}

/* ---- counted ---- */

static json_t *counted(Office *o, Desk who, const char *list, const char *query) {
  g_autofree char *path = g_strdup_printf("%s?%s", list, query);
  return desk_ask(&o->w, who, HTTP_GET, path, NULL, 200);
}

/* "label value count, …", and the total behind it. */
static void counts_are(Office *o, Desk who, const char *query, const char *wanted) {
  json_t *counts = counted(o, who, "members/register", query), *row;
  g_autoptr(GString) text = g_string_new(NULL);
  size_t i;
  json_array_foreach(json_object_get(counts, "items"), i, row) {
    g_string_append_printf(text, "%s %d, ", text_of(row, "label"),
                           (int)json_integer_value(json_object_get(row, "count")));
  }
  g_string_append_printf(text, "%d", (int)json_integer_value(json_object_get(counts, "total")));
  g_assert_cmpstr(text->str, ==, wanted);
  json_decref(counts);
}

/* Whatever a list is counted by: the numbers are those of the list with that filter. */
static void counts_as_listed(Office *o, Desk who, const char *list, const char *name) {
  g_autofree char *query = g_strdup_printf("count_by=%s", name);
  json_t *counts = counted(o, who, list, query), *row;
  json_int_t sum = 0;
  size_t i;
  json_array_foreach(json_object_get(counts, "items"), i, row) {
    const json_t *value = json_object_get(row, "value");
    json_int_t count = json_integer_value(json_object_get(row, "count"));
    g_autofree char *filter = g_strdup_printf("%s=%s", name,
                                              json_is_string(value) ? json_string_value(value)
                                              : json_is_true(value) ? "true"
                                                                    : "false");
    if (!json_is_null(value))
      g_assert_cmpint(found(o, who, list, filter), ==, count);
    g_assert_nonnull(text_of(row, "label"));
    sum += count;
  }
  g_assert_cmpint(json_integer_value(json_object_get(counts, "total")), ==,
                  found(o, who, list, ""));
  if (json_is_false(json_object_get(counts, "several")))
    g_assert_cmpint(sum, ==, found(o, who, list, ""));
  json_decref(counts);
}

static void test_counts(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_free(member(o, w->bo, "14-002", ",\"birth_date\":\"1990-05-01\""));
  static const char by[] = "person state term sector committee station standing sex age scored "
                           "political_affiliation in_system unit_kind terms";
  g_auto(GStrv) names = g_strsplit(by, " ", -1);
  for (unsigned i = 0; names[i]; i++)
    counts_as_listed(o, LIAISON, "members/register", names[i]);
  counts_as_listed(o, ADA, "members", "sector");
  counts_as_listed(o, ADA, "members/register", "sex"); /* herself alone */
  counts_are(o, LIAISON, "count_by=state", "拟任 1, 在任 1, 2");
  counts_are(o, LIAISON, "count_by=state&words=en&age=under_40", "Candidate 1, 1");
  counts_are(o, LIAISON, "count_by=age", "40 岁以下 1, 40–49 岁 1, 2");
  counts_are(o, LIAISON, "count_by=sector", "文化艺术界 1, 未填写 1, 2");
  counts_are(o, LIAISON, "count_by=sector&words=en&on=2001-01-01", "None 2, 2");
  static const char *const wrong[] = {"q", "secret", "phone", ""};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *path = g_strdup_printf("members/register?count_by=%s", wrong[i]);
    desk_refused(w, LIAISON, HTTP_GET, path, NULL, "invalid");
  }
  desk_refused(w, LIAISON, HTTP_GET, "members/register?count_by=sex&limit=5", NULL, "invalid");
  desk_refused(w, ADA, HTTP_GET, "members?count_by=sex", NULL, "invalid");
  office_clear(o);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/members/admit", test_admit);
  g_test_add_func("/members/own", test_own);
  g_test_add_func("/members/phone", test_phone);
  g_test_add_func("/members/accounts", test_accounts);
  g_test_add_func("/members/suspend", test_suspend);
  g_test_add_func("/members/leave", test_leave);
  g_test_add_func("/members/sectors", test_sectors);
  g_test_add_func("/members/merged-sectors", test_merged_sectors);
  g_test_add_func("/members/others", test_others);
  g_test_add_func("/members/filters", test_filters);
  g_test_add_func("/members/tags", test_tags);
  g_test_add_func("/members/invite", test_invite);
  g_test_add_func("/members/renew", test_renew);
  g_test_add_func("/members/renew-written", test_renew_written);
  g_test_add_func("/members/renew-backwards", test_renew_backwards);
  g_test_add_func("/members/renew-many", test_renew_many);
  g_test_add_func("/members/several", test_several);
  g_test_add_func("/members/counts", test_counts);
  return g_test_run();
}
