/* Merging duplicates: by two people, whole, and found by the old name. */
#include <string.h>

#include "domain/list.h"
#include "domain/member_profile/member_profile.h"
#include "domain/person_merge/person_merge.h"
#include "domain/test-desk.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/statement.h"

#define LIAISON ((Desk){w->clerk, ROLE_LIAISON})

static char second[17]; /* who confirms */

/* Ada and Bo are one; both have something of everything that can be theirs here. */
static void world_init(World *w) {
  static const Subject *const list[] = {&subject_person,
                                        &subject_org,
                                        &subject_post,
                                        &subject_term,
                                        &subject_setting,
                                        &subject_absence,
                                        &subject_delegation,
                                        &subject_deadline_rule,
                                        &subject_member_profile,
                                        &subject_member_change,
                                        &subject_term_file,
                                        &subject_change_request,
                                        &subject_person_merge,
                                        &subject_meeting,
                                        &subject_invitation,
                                        &subject_attendance,
                                        NULL};
  desk_init(w, list, "");
  for (unsigned i = 0; i < 2; i++) {
    const char *who = i ? w->bo : w->ada;
    g_free(desk_made(w, LIAISON, "members",
                     g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-00%u\"}", who, i + 1)));
    g_free(desk_made(w, (Desk){who, MEMBER}, "absences",
                     g_strdup("{\"starts_on\":\"" TODAY "\",\"ends_on\":\"" TODAY "\"}")));
  }
  static const char sql[] =
      "update member_profile set state = 'active';"
      "insert into session (digest, person, csrf, created_at, last_seen_at, expires_at, address)"
      " select printf('%064d', 1), id, 'c', 1, 1, 9, '' from person where login = 'bo'";
  g_assert_true(db_exec(w->f.db, sql, NULL));
  g_free(desk_made(w, (Desk){w->bo, MEMBER}, "change_requests",
                   g_strdup("{\"field\":\"nation\",\"new\":\"x\",\"reason\":\"r\"}")));
  fixture_person(w->f.db, "Second", "second", "staff", ROLE_LIAISON, second);
}

static char *propose(World *w) {
  return desk_made(w, LIAISON, "person_merges",
                   g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}",
                                   w->bo, w->ada));
}

/* What was proposed is confirmed. */
static void confirm(World *w, const char *id) {
  g_autofree char *path = g_strdup_printf("person_merges/%s/confirm", id);
  json_decref(desk_ask(w, (Desk){second, ROLE_LIAISON}, HTTP_POST, path, g_strdup("{}"), 200));
}

static void merge(World *w) {
  g_autofree char *id = propose(w);
  confirm(w, id);
}

/* How many rows of each reference to people name the person, but for those that stay. */
static unsigned left(World *w, const char *person) {
  unsigned total = 0;
  g_autoptr(Statement) row =
      db_prepare(w->f.db,
                 "select m.name, f.\"from\" from sqlite_schema m, pragma_foreign_key_list(m.name) f"
                 " where m.type = 'table' and f.\"table\" = 'person'",
                 NULL);
  while (statement_step(row, NULL) == SQLITE_ROW) {
    g_autofree char *name = g_strdup_printf("%s.%s", column_text(row, 0), column_text(row, 1));
    g_autofree char *sql = g_strdup_printf("select count(*) from \"%s\" where \"%s\" = '%s'",
                                           column_text(row, 0), column_text(row, 1), person);
    if (!g_strv_contains(person_merge_kept, name))
      total += (unsigned)count(w->f.db, sql);
  }
  return total;
}

static void test_merge(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = propose(w);
  g_autofree char *path = g_strdup_printf("person_merges/%s/confirm", id);
  desk_refused(w, LIAISON, HTTP_POST, path, g_strdup("{}"), "forbidden");
  g_assert_cmpuint(left(w, w->bo), >=, 3);
  confirm(w, id);
  /* What stays is the second row of the register, which is an alias. */
  g_assert_cmpuint(left(w, w->bo), ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from member_profile where state = 'merged'"), ==,
                  1);
  g_assert_cmpint(count(w->f.db, "select count(distinct person) from absence"), ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from session"), ==, 0);
  g_assert_cmpint(count(w->f.db, "select active from person where login = 'bo'"), ==, 0);
  /* It stays so. */
  g_autofree char *old = g_strdup_printf("people/%s", w->bo);
  desk_refused(w, (Desk){w->clerk, STAFF}, HTTP_PATCH, old, g_strdup("{\"active\":true}"),
               "person.merged");
  /* The old id and the old code lead to who it is. */
  json_t *row = desk_ask(w, (Desk){w->clerk, STAFF}, HTTP_GET, old, NULL, 200);
  g_assert_cmpstr(text_of(json_object_get(row, "merged_into"), "id"), ==, w->ada);
  json_decref(row);
  json_t *page = desk_ask(w, LIAISON, HTTP_GET, "members?q=14-002", NULL, 200);
  json_t *found = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpstr(text_of(found, "code"), ==, "14-001");
  json_decref(page);
  /* Once. */
  desk_refused(
      w, LIAISON, HTTP_POST, "person_merges",
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}", w->bo, w->ada),
      "person_merge.not_these");
  world_clear(w);
}

/* Another acted for the duplicate: what was written of it then is not edited. */
static void test_behalf(void) {
  World world, *w = &world;
  world_init(w);
  g_free(desk_made(w, (Desk){w->bo, MEMBER}, "delegations",
                   g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"" TODAY
                                   "\",\"ends_on\":\"" TODAY
                                   "\",\"reason\":\"r\",\"verbs\":[\"absence.create\"]}",
                                   w->ada)));
  g_auto(Answer) made =
      ask(w, (Ask){HTTP_POST, "absences", .person = w->ada, .roles = MEMBER, .behalf = w->bo,
                   .body = "{\"starts_on\":\"" TODAY "\",\"ends_on\":\"" TODAY "\"}"});
  g_assert_cmpint(made.status, ==, 200);
  merge(w);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event e join person p"
                                 " on p.id = e.on_behalf where p.login = 'bo'"),
                  ==, 1);
  world_clear(w);
}

/* Bo is there for the whole of a meeting, of an hour. */
static void attend(World *w, const char *meeting) {
  GError *error = NULL;
  Moment from = fixture_moment(T0), to = fixture_moment(T0 + 3600000);
  PresenceOpen there = {
      .id = "segment-00000001", .participant = "p", .device = "desktop", .address = "", .at = from};
  g_strlcpy(there.meeting, meeting, sizeof there.meeting);
  g_strlcpy(there.person, w->bo, sizeof there.person);
  fixture_open(w->f.db, meeting, from);
  g_assert_true(presence_open(w->f.db, &there, &error));
  fixture_end(w->f.db, meeting, to);
}

/* It is the survivor's own, by whatever account he came; he neither loses it nor judges it. */
static void assert_own(World *w, const char *meeting) {
  const Desk ada = {w->ada, MEMBER | SIGNED_IN}, keeper = {w->ada, STAFF | SIGNED_IN};
  g_autofree char *list = g_strdup_printf("people/%s/attendance", w->ada);
  json_t *rows = desk_ask(w, ada, HTTP_GET, list, NULL, 200), *row;
  const json_t *items = json_object_get(rows, "items");
  const char *id = NULL;
  size_t i;
  json_array_foreach(items, i, row) {
    if (strcmp(text_of(json_object_get(row, "meeting"), "id"), meeting) == 0)
      id = text_of(row, "id");
  }
  g_assert_nonnull(id);
  g_autofree char *decide = g_strdup_printf("attendance/%s/decide", id);
  desk_refused(w, keeper, HTTP_POST, decide, g_strdup("{\"result\":\"present\"}"), "forbidden");
  json_decref(rows);
}

/* Who was at a meeting that is over is still its attendance, and nobody becomes absent from it;
 * whoever is invited to one that is to come is so as who he is. */
static void test_attendance(void) {
  World world, *w = &world;
  char past[17], coming[17], both[17];
  world_init(w);
  FixtureInvited bo = {.person = w->bo, .capacity = "attend"};
  FixtureInvited two[] = {{.person = w->ada, .capacity = "attend"}, bo};
  fixture_meeting(w->f.db, w->clerk, two, 2, both);
  fixture_meeting(w->f.db, w->clerk, &bo, 1, past);
  fixture_meeting(w->f.db, w->clerk, &bo, 1, coming);
  attend(w, past);
  merge(w);
  g_autofree char *listed = g_strdup_printf("meetings/%s/attendance", past);
  json_t *rows = desk_ask(w, (Desk){w->clerk, STAFF | SIGNED_IN}, HTTP_GET, listed, NULL, 200);
  const json_t *items = json_object_get(rows, "items");
  unsigned present = 0;
  for (size_t i = 0; i < json_array_size(items); i++) {
    const json_t *row = json_array_get(items, i);
    g_assert_cmpstr(text_of(json_object_get(row, "person"), "id"), !=, w->ada);
    if (strcmp(text_of(json_object_get(row, "person"), "id"), w->bo) == 0) {
      present++;
      g_assert_cmpstr(text_of(row, "capacity"), ==, "attend");
      g_assert_cmpstr(text_of(json_object_get(row, "drafted"), "state"), ==, "present");
    }
  }
  g_assert_cmpuint(present, ==, 1);
  json_decref(rows);
  assert_own(w, past);
  g_autofree char *sql = g_strdup_printf(
      "select count(*) from invitation where meeting = '%s' and person = '%s'", coming, w->ada);
  g_assert_cmpint(count(w->f.db, sql), ==, 1);
  /* Where both were invited one is expected. */
  g_autofree char *expected = g_strdup_printf(
      "select group_concat(person) = '%s' from invitation where meeting = '%s' and revoked_at is"
      " null and person <> '%s'",
      w->ada, both, w->clerk);
  g_assert_cmpint(count(w->f.db, expected), ==, 1);
  world_clear(w);
}

/* The duplicate's row of the register, with a file of the term. Free with g_free. */
static char *file_term(World *w) {
  GError *error = NULL;
  g_autofree char *find =
      g_strdup_printf("select id from member_profile where person = '%s'", w->bo);
  g_autofree char *term = desk_made(w, LIAISON, "terms",
                                    g_strdup("{\"no\":14,\"name\":\"十四届\",\"starts_on\":"
                                             "\"2022-01-01\",\"ends_on\":\"2027-01-01\"}"));
  g_autofree char *sector = desk_made(w, (Desk){w->clerk, STAFF}, "orgs",
                                      g_strdup("{\"kind\":\"sector\",\"code\":\"01\",\"name\":"
                                               "\"文化艺术界\",\"valid_from\":\"2020-01-01\"}"));
  g_autofree char *sql = g_strdup_printf(
      "insert into term_file (id, member_profile, term, sector, capacity, created_at)"
      " values ('aaaaaaaaaaaaaaaa', (%s), '%s', '%s', 'member', 1)",
      find, term, sector);
  db_exec(w->f.db, sql, &error);
  g_assert_no_error(error);
  g_autoptr(Statement) row = db_prepare(w->f.db, find, &error);
  g_assert_true(statement_one(row, "none", &error));
  return g_strdup(column_text(row, 0));
}

static char *ask_suspension(World *w, const char *profile) {
  return desk_made(
      w, LIAISON, "member_changes",
      g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"suspend\",\"day\":\"" TODAY
                      "\",\"reason\":\"r\",\"document_no\":\"d\"}",
                      profile));
}

static void withdraw(World *w, const char *change) {
  g_autofree char *path = g_strdup_printf("member_changes/%s/withdraw", change);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200));
}

/* Both are in the register: files and changes go over, and none of them waits meanwhile. */
static void test_register(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *profile = file_term(w);
  g_autofree char *first = ask_suspension(w, profile);
  desk_refused(
      w, LIAISON, HTTP_POST, "person_merges",
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}", w->bo, w->ada),
      "person_merge.change_asked");
  withdraw(w, first);
  g_autofree char *id = propose(w);
  g_autofree char *again = ask_suspension(w, profile);
  g_autofree char *path = g_strdup_printf("person_merges/%s/confirm", id);
  desk_refused(w, (Desk){second, ROLE_LIAISON}, HTTP_POST, path, g_strdup("{}"),
               "person_merge.change_asked");
  withdraw(w, again);
  confirm(w, id);
  g_autofree char *rest =
      g_strdup_printf("select (select count(*) from term_file where member_profile = '%s')"
                      " + (select count(*) from member_change where member_profile = '%s')",
                      profile, profile);
  g_assert_cmpint(count(w->f.db, rest), ==, 0);
  g_autofree char *moved = g_strdup_printf(
      "select count(*) from term_file f join member_profile m on m.id = f.member_profile"
      " join member_change c on c.member_profile = m.id where m.person = '%s'",
      w->ada);
  g_assert_cmpint(count(w->f.db, moved), ==, 2);
  world_clear(w);
}

static void test_refused(void) {
  World world, *w = &world;
  world_init(w);
  desk_refused(w, LIAISON, HTTP_POST, "person_merges",
               g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}",
                               w->ada, w->ada),
               "person_merge.not_these");
  desk_refused(w, LIAISON, HTTP_POST, "person_merges",
               g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}",
                               w->clerk, w->ada),
               "person_merge.not_these");
  g_free(propose(w));
  desk_refused(
      w, LIAISON, HTTP_POST, "person_merges",
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}", w->ada, w->bo),
      "person_merge.proposed");
  world_clear(w);
}

/* Each reference to people is known by name: one that is kept is there, so that the list is true.
 */
static void test_kept(void) {
  World world, *w = &world;
  world_init(w);
  for (unsigned i = 0; person_merge_kept[i]; i++) {
    g_auto(GStrv) parts = g_strsplit(person_merge_kept[i], ".", 2);
    g_autofree char *sql =
        g_strdup_printf("select count(*) from pragma_foreign_key_list('%s') where \"from\" = '%s'"
                        " and \"table\" = 'person'",
                        parts[0], parts[1]);
    if (count(w->f.db, sql) != 1)
      g_error("%s refers to nobody", person_merge_kept[i]);
  }
  world_clear(w);
}

/* Who may confirm is who is told of it. */
static void test_told(void) {
  World world, *w = &world;
  world_init(w);
  for (unsigned i = 0; i < ROLE_COUNT; i++) {
    char id[17];
    fixture_person(w->f.db, role_name(1 << i), role_name(1 << i), "staff", 1 << i, id);
  }
  g_free(propose(w));
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++) {
    g_autofree char *sql =
        g_strdup_printf("select count(*) from notice_entry e join notice n on n.id = e.notice"
                        " join person p on p.id = e.person where n.code = 'person_merge.proposed'"
                        " and p.login = '%s'",
                        role_name(1 << bit));
    g_test_message("%s", role_name(1 << bit));
    g_assert_cmpint(count(w->f.db, sql), ==, (ROLES_REGISTER >> bit & 1));
  }
  world_clear(w);
}

/* How many references stand where a trigger refuses every change; each has to be kept. */
static unsigned fixed(World *w) {
  unsigned seen = 0;
  g_autoptr(Statement) row = db_prepare(
      w->f.db,
      "select t.tbl_name || '.' || f.\"from\" from sqlite_schema t,"
      " pragma_foreign_key_list(t.tbl_name) f where t.type = 'trigger' and f.\"table\" = 'person'"
      " and t.sql like '%before update on%raise(abort%' and t.sql not like '%when%begin%'"
      " and t.sql not like '%raise%where%'",
      NULL);
  for (; statement_step(row, NULL) == SQLITE_ROW; seen++)
    if (!g_strv_contains(person_merge_kept, column_text(row, 0)))
      g_error("%s can not be moved", column_text(row, 0));
  return seen;
}

static void test_fixed(void) {
  World world, *w = &world;
  world_init(w);
  g_assert_cmpuint(fixed(w), >=, 4);
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/merges/merge", test_merge);
  g_test_add_func("/merges/behalf", test_behalf);
  g_test_add_func("/merges/attendance", test_attendance);
  g_test_add_func("/merges/register", test_register);
  g_test_add_func("/merges/refused", test_refused);
  g_test_add_func("/merges/kept", test_kept);
  g_test_add_func("/merges/told", test_told);
  g_test_add_func("/merges/fixed", test_fixed);
  return g_test_run();
}
