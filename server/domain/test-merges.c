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

/* ---- what both have of what one has once ---- */

static void run(World *w, const char *sql) {
  GError *error = NULL;
  db_exec(w->f.db, sql, &error);
  g_assert_no_error(error);
}

static char *text(World *w, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(w->f.db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return g_strdup(column_text(row, 0));
}

/* As an import makes it of both: a file of the same term, with something of each kind in it. */
static void file_both(World *w, unsigned each) {
  g_free(file_term(w));
  g_autofree char *files = g_strdup_printf(
      "insert into term_file (id, member_profile, term, sector, capacity, summary, created_at)"
      " select 'bbbbbbbbbbbbbbbb', m.id, f.term, f.sector, 'standing', 'of Ada', 1 from term_file "
      "f,"
      " member_profile m where m.person = '%s';"
      "update term_file set summary = 'of Bo' where id = 'aaaaaaaaaaaaaaaa';"
      "with recursive n (i) as (values (1) union all select i + 1 from n where i < %u)"
      " insert into attachment (id, owner_kind, owner_id, field, name, mime, size, sha256,"
      " created_by, created_at, adopted_at) select substr(f.id, 1, 13) || k.field || "
      "printf('%%02d',"
      " i), 'term_file', f.id, iif(k.field = 'r', 'reports', 'materials'), f.summary, "
      "'text/plain', 1,"
      " printf('%%064d', i), '%s', 1, 1 from n, term_file f, (select 'r' as field union select 'm')"
      " k",
      w->ada, each, w->clerk);
  run(w, files);
}

/* One file is left, of her who stays, and it has all that there was. */
static void test_both_filed(void) {
  World world, *w = &world;
  world_init(w);
  file_both(w, 2);
  merge(w);
  g_autofree char *files = text(
      w, "select group_concat(f.id || ' ' || p.login || ' ' || f.summary, ',') from term_file f"
         " join member_profile m on m.id = f.member_profile join person p on p.id = m.person");
  g_assert_cmpstr(files, ==, "bbbbbbbbbbbbbbbb ada of Ada\nof Bo");
  g_autofree char *kept = text(
      w, "select group_concat(n, ' ') from (select field || count(*) || ' ' || count(distinct name)"
         " as n from attachment where owner_id = 'bbbbbbbbbbbbbbbb' group by field)");
  g_assert_cmpstr(kept, ==, "materials4 2 reports4 2");
  /* She finds it in her own list, and its history and the audit record say where it came from. */
  g_autofree char *list =
      text(w, "select 'members/' || member_profile || '/term_files' from term_file");
  json_t *page = desk_ask(w, (Desk){w->ada, MEMBER}, HTTP_GET, list, NULL, 200);
  const json_t *row = json_array_get(json_object_get(page, "items"), 0);
  g_assert_cmpuint(json_array_size(json_object_get(row, "reports")), ==, 4);
  json_decref(page);
  g_autofree char *joined =
      text(w, "select data ->> '$.joined[1]' from case_event where subject = 'term_file'");
  g_assert_cmpstr(joined, ==, "14-002");
  g_autofree char *noted = text(w, "select detail ->> '$.files[0].capacity' from audit_record"
                                   " where kind = 'person_merge.confirm'");
  g_assert_cmpstr(noted, ==, "member");
  world_clear(w);
}

/* More than a file of a term takes: it is said of which one, and nothing was done. */
static void test_too_much(void) {
  World world, *w = &world;
  world_init(w);
  file_both(w, 6);
  g_autofree char *body =
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}", w->bo, w->ada);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_POST, "person_merges", .body = body, .person = w->clerk,
                                       .roles = ROLE_LIAISON});
  g_assert_cmpstr(text_of(answer.body, "code"), ==, "person_merge.too_much");
  g_assert_cmpstr(text_of(json_object_get(answer.body, "params"), "term"), ==, "十四届");
  g_assert_cmpint(count(w->f.db, "select count(*) from term_file"), ==, 2);
  world_clear(w);
}

static void seat(World *w, const char *person, const char *org, const char *role, const char *from,
                 const char *to) {
  g_free(desk_made(w, LIAISON, "posts",
                   g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"%s\","
                                   "\"valid_from\":\"%s\"%s}",
                                   person, org, role, from, to)));
}

static char *new_org(World *w, const char *kind, const char *code) {
  return desk_made(w, (Desk){w->clerk, STAFF}, "orgs",
                   g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%s\",\"name\":\"%s\","
                                   "\"valid_from\":\"2000-01-01\"}",
                                   kind, code, code));
}

/* "org role from to, …" of everybody whose account is in use; "" of an alias. */
static void seats_are(World *w, const char *wanted) {
  g_autofree char *seats = text(
      w,
      "select group_concat(s, ', ') from (select p.login || ' ' || o.code || ' ' || t.role || ' '"
      " || t.valid_from || ' ' || coalesce(t.valid_to, '') as s from post t join org o on o.id ="
      " t.org join person p on p.id = t.person order by o.code, t.valid_from)");
  g_assert_cmpstr(seats, ==, wanted);
}

/* One seat goes on, hers; the twin's ends on the day. What both were at the same time she is once,
 * for the whole of it; what only the twin was, she is. */
static void test_both_seated(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *arts = new_org(w, "sector", "S1"), *science = new_org(w, "sector", "S2");
  g_autofree char *same = new_org(w, "committee", "C1"), *longer = new_org(w, "committee", "C2");
  g_autofree char *later = new_org(w, "committee", "C3"), *own = new_org(w, "committee", "C4");
  seat(w, w->ada, arts, "member", "2022-01-01", "");
  seat(w, w->bo, science, "member", "2021-01-01", "");
  seat(w, w->ada, same, "member", "2022-01-01", "");
  seat(w, w->bo, same, "member", "2022-01-01", "");
  seat(w, w->ada, longer, "member", "2022-01-01", ",\"valid_to\":\"2023-01-01\"");
  seat(w, w->bo, longer, "member", "2021-01-01", "");
  seat(w, w->ada, later, "member", "2022-01-01", ",\"valid_to\":\"2024-01-01\"");
  seat(w, w->bo, later, "member", "2023-01-01", "");
  seat(w, w->bo, own, "chair", "2023-01-01", "");
  merge(w);
  seats_are(w, "ada C1 member 2022-01-01 , ada C2 member 2021-01-01 , "
               "ada C3 member 2022-01-01 2023-01-01, ada C3 member 2023-01-01 , "
               "ada C4 chair 2023-01-01 , ada S1 member 2022-01-01 , "
               "ada S2 member 2021-01-01 " TODAY);
  g_assert_cmpint(count(w->f.db, "select count(*) from unmaking"), ==, 0);
  g_assert_cmpint(count(w->f.db, "select json_array_length(detail, '$.posts') from audit_record"
                                 " where kind = 'person_merge.confirm'"),
                  ==, 5);
  world_clear(w);
}

/* Both ask for a change of the same: one is decided first. Asked of different things, both wait. */
static void test_both_pending(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *id = propose(w);
  g_free(desk_made(w, (Desk){w->ada, MEMBER}, "change_requests",
                   g_strdup("{\"field\":\"native_place\",\"new\":\"y\",\"reason\":\"r\"}")));
  g_autofree char *asked =
      desk_made(w, (Desk){w->ada, MEMBER}, "change_requests",
                g_strdup("{\"field\":\"nation\",\"new\":\"y\",\"reason\":\"r\"}"));
  g_autofree char *path = g_strdup_printf("person_merges/%s/confirm", id);
  desk_refused(w, (Desk){second, ROLE_LIAISON}, HTTP_POST, path, g_strdup("{}"),
               "person_merge.both_ask");
  g_assert_cmpint(count(w->f.db, "select active from person where login = 'bo'"), ==, 1);
  g_autofree char *withdraw_path = g_strdup_printf("change_requests/%s/withdraw", asked);
  json_decref(desk_ask(w, (Desk){w->ada, MEMBER}, HTTP_POST, withdraw_path, g_strdup("{}"), 200));
  confirm(w, id);
  g_assert_cmpint(count(w->f.db,
                        "select count(*) from change_request c join person p"
                        " on p.id = c.person where c.state = 'pending' and p.login = 'ada'"),
                  ==, 2);
  world_clear(w);
}

/* Who is in office does not become an alias of who is not. */
static void test_other_way(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *sql =
      g_strdup_printf("update member_profile set state = 'left' where person = '%s'", w->ada);
  run(w, sql);
  desk_refused(
      w, LIAISON, HTTP_POST, "person_merges",
      g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}", w->bo, w->ada),
      "person_merge.other_way");
  world_clear(w);
}

/* That it was proposed the other way round first, and that one was to act for the other, is no
 * obstacle. */
static void test_between(void) {
  World world, *w = &world;
  world_init(w);
  g_autofree char *other =
      desk_made(w, LIAISON, "person_merges",
                g_strdup_printf("{\"duplicate\":\"%s\",\"survivor\":\"%s\",\"reason\":\"r\"}",
                                w->ada, w->bo));
  g_autofree char *path = g_strdup_printf("person_merges/%s/withdraw", other);
  json_decref(desk_ask(w, LIAISON, HTTP_POST, path, g_strdup("{}"), 200));
  merge(w);
  g_assert_cmpint(count(w->f.db, "select count(*) from person_merge where state = 'merged'"), ==,
                  1);
  world_clear(w);
}

/* References of which one may have only one, or one with another: how many there are of which it is
 * not decided by name what becomes of two. */
static unsigned undecided(World *w, unsigned *seen) {
  static const char *const decided[] = {
      /* twin.c, person_merge.change_asked, and how one stood by the day */
      "change_request.person", "member_change.member_profile", "term_file.member_profile",
      "member_standing.member_profile", NULL};
  unsigned open = 0;
  g_autoptr(Statement) row = db_prepare(
      w->f.db,
      "select distinct m.name || '.' || r.\"from\" from sqlite_schema m,"
      " pragma_foreign_key_list(m.name) r, pragma_index_list(m.name) i, pragma_index_info(i.name) c"
      " where m.type = 'table' and r.\"table\" in ('person', 'member_profile') and i.\"unique\""
      " and c.name = r.\"from\"",
      NULL);
  for (*seen = 0; statement_step(row, NULL) == SQLITE_ROW; ++*seen) {
    const char *name = column_text(row, 0);
    if (!g_strv_contains(decided, name) && !g_strv_contains(person_merge_kept, name) &&
        !g_strv_contains(person_merge_twice, name)) {
      g_test_message("%s may be there of both", name);
      open++;
    }
  }
  return open;
}

static void test_unique(void) {
  World world, *w = &world;
  unsigned seen;
  world_init(w);
  g_assert_cmpuint(undecided(w, &seen), ==, 0);
  g_assert_cmpuint(seen, >=, 8);
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
  g_test_add_func("/merges/both-filed", test_both_filed);
  g_test_add_func("/merges/too-much", test_too_much);
  g_test_add_func("/merges/both-seated", test_both_seated);
  g_test_add_func("/merges/both-pending", test_both_pending);
  g_test_add_func("/merges/other-way", test_other_way);
  g_test_add_func("/merges/between", test_between);
  g_test_add_func("/merges/unique", test_unique);
  g_test_add_func("/merges/refused", test_refused);
  g_test_add_func("/merges/kept", test_kept);
  g_test_add_func("/merges/told", test_told);
  g_test_add_func("/merges/fixed", test_fixed);
  return g_test_run();
}
