/* The register: into office, suspended, gone; who sees, finds and counts what; sectors by the day.
 */
#include <inttypes.h>
#include <string.h>

#include "domain/test-office.h"
#include "store/migrations.h"
#include "store/statement.h"

#define LEADER ((Desk){o->leader, ROLE_LEADER})

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

/* Asked with a day of its own, and confirmed. */
static void change_from(Office *o, const char *kind, const char *day, const char *more) {
  g_autofree char *id = desk_made(
      &o->w, LIAISON, "member_changes",
      g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"%s\",\"day\":\"%s\",\"reason\":\"r\","
                      "\"document_no\":\"d\"%s}",
                      o->ada, kind, day, more));
  decide(o, LEADER, id, "confirm", NULL);
}

static json_t *row_of_person(Office *o, const char *id) {
  g_autofree char *path = g_strconcat("people/", id, NULL);
  return desk_ask(&o->w, LIAISON, HTTP_GET, path, NULL, 200);
}

static void assert_state(Office *o, const char *state, bool scored) {
  json_t *row = office_row(o, LIAISON, o->ada, "");
  g_assert_cmpstr(text_of(row, "state"), ==, state);
  g_assert_cmpint(json_is_true(json_object_get(row, "scored_now")), ==, scored);
  json_decref(row);
}

/* Into office by a document: the post and the file of the term begin with it. */
static void test_admit(void) {
  Office office, *o = &office;
  office_init(o);
  g_autofree char *bo = office_member(o, o->w.bo, "14-002", "");
  g_autofree char *path = office_path(bo, "/admit");
  desk_refused(&o->w, LIAISON, HTTP_POST, path, office_admission(o, "2022-01-01", ""),
               "member_profile.no_document");
  desk_refused(&o->w, (Desk){o->w.clerk, ROLE_OFFICE}, HTTP_POST, path,
               office_admission(o, "2022-01-01", ",\"document_no\":\"d\""), "not_found");
  office_admit(o, bo);
  json_t *row = office_row(o, ADA, bo, "");
  g_assert_cmpstr(text_of(json_object_get(row, "sector"), "name"), ==, "文化艺术界");
  g_assert_null(json_object_get(row, "sex")); /* not his business */
  json_decref(row);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from term_file"), ==, 2);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from post where role = 'member'"
                                   " and term is not null and valid_from = '2022-01-01'"),
                  ==, 2);
  g_assert_cmpint(count(o->w.f.db, "select count(*) from member_profile where terms_served = 1"),
                  ==, 2);
  g_autofree char *files = office_path(bo, "/term_files");
  json_t *own = desk_ask(&o->w, BO, HTTP_GET, files, NULL, 200);
  json_t *others = desk_ask(&o->w, ADA, HTTP_GET, files, NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(own, "total")), ==, 1);
  g_assert_cmpint(json_integer_value(json_object_get(others, "total")), ==, 0);
  json_decref(own);
  json_decref(others);
  office_clear(o);
}

/* The path of the member's file. */
static char *office_file(Office *o, const char *member) {
  g_autofree char *path = office_path(member, "/term_files");
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
  g_autofree char *admit_path = office_path(bo, "/admit");
  desk_refused(w, keeper, HTTP_POST, admit_path,
               office_admission(o, "2022-01-01", ",\"document_no\":\"d\""), "forbidden");
  office_admit(o, bo);
  g_autofree char *himself =
      g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-003\",\"term\":\"%s\",\"sector\":\"%s\","
                      "\"capacity\":\"member\",\"since\":\"2022-01-01\",\"document_no\":\"d\"}",
                      o->leader, o->term, o->arts);
  desk_refused(w, (Desk){o->leader, ROLE_LIAISON}, HTTP_POST, "members/enter", g_strdup(himself),
               "forbidden");
  g_free(desk_made(w, LIAISON, "members/enter", g_strdup(himself)));
  g_autofree char *own = office_path(bo, ""), *others = office_path(o->ada, "");
  desk_refused(w, keeper, HTTP_PATCH, own,
               g_strdup("{\"scored\":false,\"not_scored_reason\":\"r\"}"), "forbidden");
  desk_refused(w, keeper, HTTP_PATCH, own, g_strdup("{\"terms_served\":3}"), "forbidden");
  json_decref(desk_ask(w, keeper, HTTP_PATCH, others, g_strdup("{\"terms_served\":3}"), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, own, g_strdup("{\"terms_served\":2}"), 200));
  /* Nor does he write what his file of the term says of him. */
  g_autofree char *file = office_file(o, bo), *ada = office_file(o, o->ada);
  desk_refused(w, keeper, HTTP_PATCH, file, g_strdup("{\"summary\":\"r\"}"), "forbidden");
  json_decref(desk_ask(w, keeper, HTTP_PATCH, ada, g_strdup("{\"summary\":\"r\"}"), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, file, g_strdup("{\"summary\":\"r\"}"), 200));
  office_clear(o);
}

/* A file that was sent and waits; it is handed in as the report of the year. */
static char *report(Office *o, const char *who, const char *id) {
  GError *error = NULL;
  g_autofree char *sql = g_strdup_printf(
      "insert into attachment (id, name, mime, size, sha256, created_by, created_at, expires_at)"
      " values ('%s', '履职报告.pdf', 'application/pdf', 1, printf('%%064d', 1), '%s', 1, %" PRId64
      ")",
      id, who, T0 + 1000);
  db_exec(o->w.f.db, sql, &error);
  g_assert_no_error(error);
  return g_strdup_printf("{\"reports\":[\"%s\"]}", id);
}

/* A standing member hands in his yearly report while he is in office, to his own file. What came on
 * paper is put there by who keeps the register, also of one who is suspended. */
static void test_reports(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *bo = office_member(o, w->bo, "14-002", "");
  g_autofree char *admit_path = office_path(bo, "/admit");
  json_decref(
      desk_ask(w, LIAISON, HTTP_POST, admit_path,
               g_strdup_printf("{\"term\":\"%s\",\"sector\":\"%s\",\"capacity\":\"standing\","
                               "\"since\":\"2022-01-01\",\"document_no\":\"d\"}",
                               o->term, o->arts),
               200));
  g_autofree char *file = office_file(o, bo), *path = g_strconcat(file, "/reports", NULL);
  g_autofree char *plain_file = office_file(o, o->ada);
  g_autofree char *plain = g_strconcat(plain_file, "/reports", NULL);
  desk_refused(w, ADA, HTTP_PATCH, path, report(o, w->ada, "report0000000001"), "not_found");
  desk_refused(w, ADA, HTTP_PATCH, plain, report(o, w->ada, "report0000000002"), "forbidden");
  json_t *row = desk_ask(w, BO, HTTP_PATCH, path, report(o, w->bo, "report0000000003"), 200);
  g_assert_cmpuint(json_array_size(json_object_get(row, "reports")), ==, 1);
  json_decref(row);
  g_autofree char *suspend =
      desk_made(w, LIAISON, "member_changes",
                g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"suspend\",\"day\":\"" TODAY
                                "\",\"reason\":\"r\",\"document_no\":\"d\"}",
                                bo));
  decide(o, LEADER, suspend, "confirm", NULL);
  desk_refused(w, BO, HTTP_PATCH, path, report(o, w->bo, "report0000000004"),
               "term_file.not_active");
  json_decref(desk_ask(w, BO, HTTP_GET, file, NULL, 200));
  row = desk_ask(w, LIAISON, HTTP_PATCH, path, g_strdup("{\"reports\":[]}"), 200);
  g_assert_cmpuint(json_array_size(json_object_get(row, "reports")), ==, 0);
  json_decref(row);
  office_clear(o);
}

static void sees_phone(Office *o, Desk who, const char *phone) {
  json_t *row = office_row(o, who, o->ada, "");
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
  g_autofree char *one = office_path(o->ada, ""), *share = office_path(o->ada, "/share");
  json_decref(
      desk_ask(&o->w, LIAISON, HTTP_PATCH, one, g_strdup("{\"phone\":\"13800000001\"}"), 200));
  sees_phone(o, BO, NULL);
  sees_phone(o, LIAISON, "13800000001");
  desk_refused(&o->w, BO, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), "forbidden");
  desk_refused(&o->w, LIAISON, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), "forbidden");
  json_decref(desk_ask(&o->w, ADA, HTTP_POST, share, g_strdup("{\"phone_shared\":true}"), 200));
  sees_phone(o, BO, "13800000001");
  json_t *row = office_row(o, BO, o->ada, "");
  g_assert_null(json_object_get(row, "phone_shared")); /* what he chose is his and the office's */
  json_decref(row);
  json_decref(desk_ask(&o->w, LIAISON, HTTP_PATCH, one, g_strdup("{\"phone_shared\":false}"), 200));
  sees_phone(o, BO, NULL);
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
  json_decref(office_row(o, ADA, o->ada, ""));
  g_assert_cmpint(count(w->f.db, "select active from person where login = 'ada'"), ==, 1);
  change(o, "restore", "");
  assert_state(o, "active", true);
  g_free(desk_made(w, ADA, "change_requests",
                   g_strdup("{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"r\"}")));
  /* By hand nobody takes these steps. */
  g_autofree char *suspend = office_path(o->ada, "/suspend");
  desk_refused(w, LIAISON, HTTP_POST, suspend, g_strdup("{}"), "forbidden");
  office_clear(o);
}

static char *text_in(Office *o, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(o->w.f.db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return g_strdup(column_text(row, 0));
}

static void since_is(Office *o, const char *state, const char *since) {
  json_t *row = office_row(o, LIAISON, o->ada, "");
  g_assert_cmpstr(text_of(row, "state"), ==, state);
  g_assert_cmpstr(text_of(row, "state_since"), ==, since);
  json_decref(row);
}

/* "day state scored, …" of Ada. */
static void stood(Office *o, const char *wanted) {
  g_autofree char *days =
      text_in(o, "select group_concat(valid_from || ' ' || state || ' ' || scored, ', ')"
                 " from (select * from member_standing order by member_profile, valid_from)");
  g_assert_cmpstr(days, ==, wanted);
}

static void not_scored(Office *o) {
  g_autofree char *own = office_path(o->ada, "");
  json_decref(desk_ask(&o->w, LIAISON, HTTP_PATCH, own,
                       g_strdup("{\"scored\":false,\"not_scored_reason\":\"r\"}"), 200));
}

/* How she stood is known of each day: from the day that was said, which may be past, and not from
 * that on which it was confirmed; whether she is scored, from the day on which it was written. */
static void test_standing(void) {
  Office office, *o = &office;
  office_init(o);
  since_is(o, "active", "2022-01-01");
  not_scored(o);
  since_is(o, "active", "2022-01-01");
  change_from(o, "suspend", "2025-10-01", "");
  since_is(o, "suspended", "2025-10-01");
  change_from(o, "restore", "2025-11-01", "");
  since_is(o, "active", "2025-11-01");
  stood(o, "2022-01-01 active 1, 2025-10-01 suspended 1, 2025-11-01 active 1, " TODAY " active 0");
  /* What is said of an earlier day holds for what was said of later ones. */
  change_from(o, "leave", "2025-10-15", ",\"exit\":\"resigned\"");
  since_is(o, "left", "2025-10-15");
  office_clear(o);
}

static const char *migration_of(const char *name) {
  for (int i = 0; i < migration_count; i++)
    if (g_str_has_suffix(migrations[i].name, name))
      return migrations[i].sql;
  g_error("no migration %s", name);
}

/* Who was in office before such days were kept: the history tells them as they would have been
 * kept. */
static void test_standing_before(void) {
  Office office, *o = &office;
  GError *error = NULL;
  office_init(o);
  not_scored(o);
  change_from(o, "suspend", "2025-10-01", "");
  change_from(o, "restore", "2025-11-01", "");
  g_assert_true(db_exec(o->w.f.db, "drop table member_standing", &error));
  g_assert_true(db_exec(o->w.f.db, migration_of("_member_standing"), &error));
  g_assert_no_error(error);
  stood(o, "2022-01-01 active 1, 2025-10-01 suspended 1, 2025-11-01 active 1, " TODAY " active 0");
  since_is(o, "active", "2025-11-01");
  office_clear(o);
}

/* Who keeps the register begins with somebody who has no account yet: of the kind of members, and
 * of nobody else. */
static void test_new_person(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *id = desk_made(w, LIAISON, "people",
                                  g_strdup("{\"name\":\"新委员\",\"organisation\":\"市一院\"}"));
  json_t *row = row_of_person(o, id);
  g_assert_cmpstr(text_of(row, "kind"), ==, "member");
  g_assert_cmpuint(json_array_size(json_object_get(row, "may")), ==, 0);
  json_decref(row);
  g_autofree char *profile = office_member(o, id, "14-077", "");
  office_admit(o, profile);
  desk_refused(w, LIAISON, HTTP_POST, "people", g_strdup("{\"name\":\"x\",\"kind\":\"staff\"}"),
               "forbidden");
  desk_refused(w, LIAISON, HTTP_POST, "people", g_strdup("{\"name\":\"x\",\"kind\":\"admin\"}"),
               "invalid");
  desk_refused(w, (Desk){w->clerk, ROLE_OFFICE}, HTTP_POST, "people", g_strdup("{\"name\":\"x\"}"),
               "forbidden");
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
  json_t *row = office_row(o, LIAISON, o->ada, "");
  g_assert_cmpstr(text_of(json_object_get(row, "exit"), "code"), ==, "resigned");
  g_assert_cmpstr(text_of(row, "left_on"), ==, TODAY);
  json_decref(row);
  /* Who comes back is admitted for another term. */
  g_autofree char *admission_path = office_path(o->ada, "/admit");
  desk_refused(w, LIAISON, HTTP_POST, admission_path,
               office_admission(o, TODAY, ",\"document_no\":\"d\""), "member_profile.filed");
  office_clear(o);
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
    g_assert_cmpint(office_found(o, BO, "members", arts), ==, cases[i].arts);
    g_assert_cmpint(office_found(o, BO, "members", science), ==, !cases[i].arts);
  }
  office_clear(o);
}

/* Two sectors that became one are apart in the year before, and one in the year after. */
static void test_merged_sectors(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *youth = office_org(o, "sector", "03", "共青团");
  g_autofree char *joined = office_org(o, "sector", "04", "青联");
  g_autofree char *end = g_strdup_printf("orgs/%s/end", youth);
  g_autofree char *names = g_strdup_printf("orgs/%s/names", joined);
  json_decref(
      desk_ask(w, LIAISON, HTTP_PATCH, end,
               g_strdup_printf("{\"valid_to\":\"2023-01-01\",\"successor\":\"%s\"}", joined), 200));
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, names,
                       g_strdup("{\"name\":\"共青团和青联\",\"since\":\"2023-01-01\"}"), 200));
  g_assert_cmpint(office_found(o, LIAISON, "orgs", "kind=sector&on=2022-12-31"), ==, 4);
  g_assert_cmpint(office_found(o, LIAISON, "orgs", "kind=sector&on=2023-12-31"), ==, 3);
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
  g_autofree char *bo = office_member(o, w->bo, "14-002", "");
  g_autofree char *candidate = office_path(bo, ""), *active = office_path(o->ada, "");
  Desk clerk = {w->clerk, ROLE_PROPOSALS};
  const Desk see[] = {ADA, LEADER, clerk};
  for (unsigned i = 0; i < G_N_ELEMENTS(see); i++) {
    g_assert_cmpint(office_found(o, see[i], "members", ""), ==, 1);
    desk_refused(w, see[i], HTTP_GET, candidate, NULL, "not_found");
  }
  json_t *row = office_row(o, clerk, o->ada, "");
  assert_members(row, everybody, true);
  assert_members(row, details, false);
  json_decref(row);
  const Desk know[] = {BO, LIAISON};
  for (unsigned i = 0; i < G_N_ELEMENTS(know); i++) {
    row = office_row(o, know[i], bo, "");
    assert_members(row, details, true);
    json_decref(row);
    g_assert_cmpint(office_found(o, know[i], "members", ""), ==, 2);
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
  g_free(office_member(o, w->bo, "14-002", ",\"birth_date\":\"1990-05-01\""));
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
    g_assert_cmpint(office_found(o, LIAISON, "members/register", cases[i].query), ==, cases[i].all);
  g_assert_cmpint(office_found(o, ADA, "members/register", ""), ==, 1);
  g_assert_cmpint(office_found(o, BO, "members/register", "sex=female"), ==, 0);
  g_assert_cmpint(office_found(o, BO, "members", ""), ==, 2);
  g_autofree char *term = g_strdup_printf("term=%s", o->term);
  g_assert_cmpint(office_found(o, LIAISON, "members/register", term), ==, 1);
  Desk convener = {o->leader, ROLE_CONVENER};
  g_assert_cmpint(office_found(o, convener, "members/register", ""), ==, 0);
  g_autofree char *held = g_strdup_printf(
      "insert into role_holder (id, person, role, org, state, valid_from, created_at) values"
      " ('role000000000009', '%s', 'convener', '%s', 'held', 1, 1)",
      o->leader, o->arts);
  g_assert_true(db_exec(w->f.db, held, NULL));
  g_assert_cmpint(office_found(o, convener, "members/register", ""), ==, 1);
  office_clear(o);
}

/* By what somebody knows about all find him; the words stand as one, however they were typed. */
static void test_tags(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *path = office_path(o->ada, "");
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, path,
                       g_strdup("{\"expertise\":\"水利 , 农业经济\",\"focus\":\"养老\"}"), 200));
  json_t *row = office_row(o, BO, o->ada, "");
  g_assert_cmpstr(text_of(row, "expertise"), ==, "水利、农业经济");
  json_decref(row);
  static const struct {
    const char *query;
    json_int_t count;
  } cases[] = {{"expertise=水利", 1}, {"expertise=农业", 0}, {"expertise=农业经济", 1},
               {"focus=养老", 1},     {"focus=水利", 0},     {"q=农业", 1},
               {"q=养老", 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_assert_cmpint(office_found(o, BO, "members", cases[i].query), ==, cases[i].count);
    g_assert_cmpint(office_found(o, LIAISON, "members/register", cases[i].query), ==,
                    cases[i].count);
  }
  /* As a member asks for it. */
  g_autofree char *request =
      desk_made(w, ADA, "change_requests",
                g_strdup("{\"field\":\"focus\",\"new\":\"教育，养老\",\"reason\":\"r\"}"));
  g_autofree char *accept = g_strdup_printf("change_requests/%s/accept", request);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, accept, g_strdup("{}"), 200));
  g_assert_cmpint(office_found(o, BO, "members", "focus=教育"), ==, 1);
  desk_refused(w, ADA, HTTP_POST, "change_requests",
               g_strdup("{\"field\":\"focus\",\"new\":\"教育;养老\",\"reason\":\"r\"}"),
               "change_request.same");
  office_clear(o);
}

/* Of words and references several values may be asked for at once. */
static void test_several(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_free(office_member(o, w->bo, "14-002", ",\"birth_date\":\"1990-05-01\""));
  static const struct {
    const char *query;
    json_int_t all;
  } cases[] = {{"state=active", 1},         {"state=active,candidate", 2},
               {"state=left,candidate", 1}, {"age=from_40,under_40", 2},
               {"age=from_60,from_70", 0},  {"age=from_60,under_40&state=candidate,left", 1}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpint(office_found(o, LIAISON, "members/register", cases[i].query), ==, cases[i].all);
  g_autofree char *both = g_strdup_printf("sector=%s,%s", o->science, o->arts);
  g_assert_cmpint(office_found(o, LIAISON, "members/register", both), ==, 1);
  g_assert_cmpint(office_found(o, ADA, "members", both), ==, 1);
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
      g_assert_cmpint(office_found(o, who, list, filter), ==, count);
    g_assert_nonnull(text_of(row, "label"));
    sum += count;
  }
  g_assert_cmpint(json_integer_value(json_object_get(counts, "total")), ==,
                  office_found(o, who, list, ""));
  if (json_is_false(json_object_get(counts, "several")))
    g_assert_cmpint(sum, ==, office_found(o, who, list, ""));
  json_decref(counts);
}

static void test_counts(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_free(office_member(o, w->bo, "14-002",
                       ",\"birth_date\":\"1990-05-01\",\"expertise\":\"水利、\\\"五水\\\"共治\""));
  g_autofree char *ada = office_path(o->ada, "");
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, ada, g_strdup("{\"expertise\":\"水利\"}"), 200));
  static const char by[] =
      "person state in_office term sector committee station standing sex age scored "
      "political_affiliation in_system unit_kind terms expertise focus";
  g_auto(GStrv) names = g_strsplit(by, " ", -1);
  for (unsigned i = 0; names[i]; i++)
    counts_as_listed(o, LIAISON, "members/register", names[i]);
  counts_as_listed(o, ADA, "members", "sector");
  counts_as_listed(o, ADA, "members/register", "sex"); /* herself alone */
  counts_are(o, LIAISON, "count_by=state", "拟任 1, 在任 1, 2");
  counts_are(o, LIAISON, "count_by=state&words=en&age=under_40", "Candidate 1, 1");
  counts_are(o, LIAISON, "count_by=age", "40 岁以下 1, 40–49 岁 1, 2");
  counts_are(o, LIAISON, "count_by=sector", "文化艺术界 1, 未填写 1, 2");
  /* Nobody was a member yet: of that day there is nobody to be counted. */
  counts_are(o, LIAISON, "count_by=sector&words=en&on=2001-01-01", "0");
  counts_are(o, LIAISON, "count_by=sector&on=2022-06-01", "文化艺术界 1, 1");
  counts_are(o, LIAISON, "count_by=expertise", "水利 2, \"五水\"共治 1, 2");
  counts_are(o, LIAISON, "count_by=focus", "未填写 2, 2");
  static const char *const wrong[] = {"q", "secret", "phone", ""};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *path = g_strdup_printf("members/register?count_by=%s", wrong[i]);
    desk_refused(w, LIAISON, HTTP_GET, path, NULL, "invalid");
  }
  desk_refused(w, LIAISON, HTTP_GET, "members/register?count_by=sex&limit=5", NULL, "invalid");
  desk_refused(w, ADA, HTTP_GET, "members?count_by=sex", NULL, "invalid");
  office_clear(o);
}

/* "state_on scored_now" of Ada as she is asked for on that day; "" where she is not in the list. */
static void on_that_day(Office *o, const char *list, const char *day, const char *wanted) {
  g_autofree char *path = g_strdup_printf("%s?on=%s&person=%s", list, day, o->w.ada);
  json_t *page = desk_ask(&o->w, (Desk){o->w.clerk, STAFF}, HTTP_GET, path, NULL, 200);
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_autofree char *text =
      row ? g_strdup_printf("%s %s", text_of(row, "state_on"),
                            json_is_true(json_object_get(row, "scored_now")) ? "yes" : "no")
          : g_strdup("");
  g_assert_cmpstr(text, ==, wanted);
  json_decref(page);
}

/* A list of a past day has who was there then, as he was then: also who has left since, and not who
 * came later. */
static void test_past_days(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  change_from(o, "suspend", "2025-10-01", "");
  change_from(o, "restore", "2025-11-01", "");
  not_scored(o);
  change_from(o, "leave", TODAY, ",\"exit\":\"resigned\"");
  g_free(office_member(o, w->bo, "14-002", "")); /* a candidate since today */
  static const struct {
    const char *day, *stood;
    bool there;
    const char *counted;
  } days[] = {{"2021-12-31", "", false, "0"},
              {"2022-01-01", "active yes", true, "在任 1, 1"},
              {"2025-09-30", "active yes", true, "在任 1, 1"},
              {"2025-10-01", "suspended no", true, "停职 1, 1"},
              {"2025-10-31", "suspended no", true, "停职 1, 1"},
              {"2025-11-24", "active yes", true, "在任 1, 1"},
              {TODAY, "left no", false, "拟任 1, 离任 1, 2"},
              {TOMORROW, "left no", false, "拟任 1, 离任 1, 2"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(days); i++) {
    g_autofree char *by = g_strdup_printf("count_by=state&on=%s", days[i].day);
    g_autofree char *in = g_strdup_printf("in_office=true&on=%s", days[i].day);
    g_autofree char *arts = g_strdup_printf("sector=%s&on=%s", o->arts, days[i].day);
    on_that_day(o, "members/register", days[i].day, days[i].stood);
    on_that_day(o, "members", days[i].day, days[i].there ? days[i].stood : "");
    counts_are(o, LIAISON, by, days[i].counted);
    g_assert_cmpint(office_found(o, LIAISON, "members/register", in), ==, days[i].there);
    g_assert_cmpint(office_found(o, LIAISON, "members", arts), ==, days[i].there);
  }
  counts_are(o, LIAISON, "count_by=scored&on=2025-11-24", "计分 1, 1");
  counts_are(o, LIAISON, "count_by=scored&state=left", "不计分 1, 1");
  g_assert_cmpint(office_found(o, LIAISON, "members/register", "state=suspended&on=2025-10-15"), ==,
                  1);
  g_assert_cmpint(
      office_found(o, LIAISON, "members/register", "state=left,suspended&on=2025-11-15"), ==, 0);
  office_clear(o);
}

/* A seat of a time before there was a register tells that he was in office. */
static void test_earlier_seat(void) {
  Office office, *o = &office;
  office_init(o);
  g_free(desk_made(&o->w, LIAISON, "posts",
                   g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                   "\"valid_from\":\"2020-02-01\",\"valid_to\":\"2021-02-01\"}",
                                   o->w.ada, o->science)));
  on_that_day(o, "members/register", "2020-01-31", "");
  on_that_day(o, "members/register", "2020-02-01", "active yes");
  on_that_day(o, "members/register", "2021-02-01", "");
  counts_are(o, LIAISON, "count_by=sector&on=2020-06-01", "科学技术界 1, 1");
  office_clear(o);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/members/admit", test_admit);
  g_test_add_func("/members/own", test_own);
  g_test_add_func("/members/phone", test_phone);
  g_test_add_func("/members/reports", test_reports);
  g_test_add_func("/members/suspend", test_suspend);
  g_test_add_func("/members/standing", test_standing);
  g_test_add_func("/members/standing-before", test_standing_before);
  g_test_add_func("/members/new-person", test_new_person);
  g_test_add_func("/members/leave", test_leave);
  g_test_add_func("/members/sectors", test_sectors);
  g_test_add_func("/members/merged-sectors", test_merged_sectors);
  g_test_add_func("/members/others", test_others);
  g_test_add_func("/members/filters", test_filters);
  g_test_add_func("/members/tags", test_tags);
  g_test_add_func("/members/several", test_several);
  g_test_add_func("/members/counts", test_counts);
  g_test_add_func("/members/past-days", test_past_days);
  g_test_add_func("/members/earlier-seat", test_earlier_seat);
  return g_test_run();
}
