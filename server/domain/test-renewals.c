/* The same people as members for the next term: another file and another seat, and taken back. */
#include <string.h>

#include "domain/test-office.h"
#include "store/statement.h"

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
  json_t *row = office_row(o, LIAISON, o->ada, "");
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
  g_autofree char *next = next_term(o), *path = office_path(o->ada, "/renew");
  g_autofree char *undo = office_path(o->ada, "/undo");
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
  g_autofree char *next = next_term(o), *path = office_path(o->ada, "/renew");
  g_autofree char *undo = office_path(o->ada, "/undo");
  g_autofree char *more =
      g_strdup_printf(",\"sector\":\"%s\",\"capacity\":\"standing\"", o->science);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, renewal(next, more), 200));
  g_assert_true(
      db_exec(w->f.db, "update term_file set version = 2 where capacity = 'standing'", NULL));
  desk_refused(w, LIAISON, HTTP_POST, undo, NULL, "member_profile.used");
  assert_renewed(o, true);
  office_clear(o);
}

/* Where each gets a letter anyhow nobody is sent a notice, neither of it nor that it was taken
 * back. */
static void test_renew_quietly(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  int64_t before = count(w->f.db, "select count(*) from notice");
  g_autofree char *next = next_term(o);
  g_autofree char *ids = g_strdup_printf("\"ids\":[\"%s\"]", o->ada);
  g_autofree char *more = g_strconcat(",\"tell_nobody\":true,", ids, NULL);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, "members/-/renew", renewal(next, more), 200));
  assert_renewed(o, true);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, "members/-/undo", g_strdup_printf("{%s}", ids), 200));
  assert_renewed(o, false);
  g_assert_cmpint(count(w->f.db, "select count(*) from notice"), ==, before);
  g_assert_cmpint(count(w->f.db, "select group_concat(verb) = 'renew,undo' from case_event where"
                                 " data ->> '$.told_nobody'"),
                  ==, 1);
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
  g_autofree char *path = office_path(o->ada, "/renew");
  desk_refused(&o->w, LIAISON, HTTP_POST, path, renewal(before, ""), "member_profile.not_later");
  office_clear(o);
}

/* Of many each is done or refused by itself, and those that were done are taken back together. */
static void test_renew_many(void) {
  Office office, *o = &office;
  office_init(o);
  World *w = &o->w;
  g_autofree char *next = next_term(o);
  g_autofree char *bo = office_member(o, w->bo, "14-002", "");
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

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/members/renew", test_renew);
  g_test_add_func("/members/renew-written", test_renew_written);
  g_test_add_func("/members/renew-quietly", test_renew_quietly);
  g_test_add_func("/members/renew-backwards", test_renew_backwards);
  g_test_add_func("/members/renew-many", test_renew_many);
  return g_test_run();
}
