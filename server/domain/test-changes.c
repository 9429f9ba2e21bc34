/* Changes of their data that members ask for: who asks, who decides, what is written. */
#include <string.h>

#include "domain/list.h"
#include "domain/member_profile/member_profile.h"
#include "domain/test-desk.h"
#include "model/due.h"
#include "store/people.h"
#include "store/statement.h"

#define ADA ((Desk){w->ada, MEMBER})
#define BO ((Desk){w->bo, MEMBER})
#define LIAISON ((Desk){w->clerk, ROLE_LIAISON})
#define LEADER ((Desk){w->clerk, ROLE_LEADER})

/* Ada is a member in office; Bo is none in the register. */
static char *world_init(World *w) {
  static const Subject *const list[] = {&subject_person,
                                        &subject_org,
                                        &subject_post,
                                        &subject_term,
                                        &subject_deadline_rule,
                                        &subject_member_profile,
                                        &subject_term_file,
                                        &subject_change_request,
                                        NULL};
  desk_init(w, list,
            "insert into calendar_year (id, year, source, state, created_at)"
            " values ('calendar00002025', 2025, 'x', 'active', 0)");
  char *id = desk_made(
      w, LIAISON, "members",
      g_strdup_printf("{\"person\":\"%s\",\"code\":\"14-001\",\"work_unit\":\"甲厂\"}", w->ada));
  g_assert_true(db_exec(w->f.db, "update member_profile set state = 'active'", NULL));
  return id;
}

static char *change(const char *field, const char *value) {
  return g_strdup_printf("{\"field\":\"%s\",\"new\":\"%s\",\"reason\":\"r\"}", field, value);
}

static void step(World *w, Desk who, const char *id, const char *verb, const char *body) {
  g_autofree char *path = g_strdup_printf("change_requests/%s/%s", id, verb);
  json_decref(desk_ask(w, who, HTTP_POST, path, g_strdup(body), 200));
}

static void step_refused(World *w, Desk who, const char *id, const char *verb, const char *body,
                         const char *code) {
  g_autofree char *path = g_strdup_printf("change_requests/%s/%s", id, verb);
  desk_refused(w, who, HTTP_POST, path, g_strdup(body), code);
}

/* Asked, decided by another, written by the edit of the record itself. */
static void test_accept(void) {
  World world, *w = &world;
  g_autofree char *member = world_init(w);
  json_t *made = desk_ask(w, ADA, HTTP_POST, "change_requests", change("work_unit", "乙厂"), 200);
  g_autofree char *id = g_strdup(text_of(made, "id"));
  g_assert_cmpstr(text_of(made, "old"), ==, "甲厂");
  g_assert_cmpstr(text_of(made, "state"), ==, "pending");
  /* Five working days after 25 November 2025. */
  json_t *due = json_object_get(made, "due");
  g_assert_cmpstr(text_of(due, "code"), ==, "change");
  g_assert_cmpint(json_integer_value(json_object_get(due, "at")), ==,
                  T0 + 8 * 86400 * INT64_C(1000) - 1);
  json_decref(made);
  desk_refused(w, ADA, HTTP_POST, "change_requests", change("work_unit", "丙厂"),
               "change_request.pending");
  step_refused(w, BO, id, "accept", "{}", "not_found");
  step_refused(w, LEADER, id, "accept", "{}", "not_found");
  step_refused(w, (Desk){w->ada, MEMBER | ROLE_LIAISON}, id, "accept", "{}", "forbidden");
  step(w, LIAISON, id, "accept", "{}");
  g_autofree char *one = g_strconcat("members/", member, NULL);
  json_t *row = desk_ask(w, LIAISON, HTTP_GET, one, NULL, 200);
  g_assert_cmpstr(text_of(row, "work_unit"), ==, "乙厂");
  json_decref(row);
  g_assert_cmpint(count(w->f.db, "select count(*) from case_event where subject = 'member_profile'"
                                 " and verb = 'edit' and data ->> '$.work_unit[0]' = '甲厂'"
                                 " and data ->> '$.work_unit[1]' = '乙厂' and actor ="
                                 " (select id from person where login = 'clerk')"),
                  ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from due where ended = 'done'"), ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry e join notice n on n.id ="
                                 " e.notice where n.code = 'change_request.accepted' and e.person ="
                                 " (select id from person where login = 'ada')"),
                  ==, 1);
  step_refused(w, LIAISON, id, "refuse", "{\"note\":\"n\"}", "wrong_state");
  world_clear(w);
}

/* Those of a day are counted; what was refused took no number. */
static void test_number(void) {
  World world, *w = &world;
  g_free(world_init(w));
  static const char *const values[] = {"满族", "回族", "壮族"};
  for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
    json_t *made = desk_ask(w, ADA, HTTP_POST, "change_requests", change("nation", values[i]), 200);
    g_autofree char *id = g_strdup(text_of(made, "id"));
    g_autofree char *serial = g_strdup_printf("20251125-%04u", i + 1);
    g_assert_cmpstr(text_of(made, "serial_no"), ==, serial);
    json_decref(made);
    desk_refused(w, ADA, HTTP_POST, "change_requests", change("nation", "汉族"),
                 "change_request.pending");
    step(w, ADA, id, "withdraw", "{}");
  }
  world_clear(w);
}

/* A name is the account's; what others are shown follows. */
static void test_name(void) {
  World world, *w = &world;
  g_free(world_init(w));
  g_autofree char *id = desk_made(w, ADA, "change_requests", change("name", "Ada Lovelace"));
  step(w, LIAISON, id, "accept", "{}");
  g_assert_cmpint(count(w->f.db, "select count(*) from person where name = 'Ada Lovelace'"), ==, 1);
  world_clear(w);
}

/* Not without a note; and what is not decided by its day is told. */
static void test_refuse(void) {
  World world, *w = &world;
  g_free(world_init(w));
  g_autofree char *id = desk_made(w, ADA, "change_requests", change("nation", "满族"));
  g_autoptr(GError) error = NULL;
  due_warn(w->f.db, w->model, "Asia/Shanghai", T0 + 8 * 86400 * INT64_C(1000), &error);
  g_assert_no_error(error);
  g_assert_cmpint(count(w->f.db, "select count(*) from notice_entry e join notice n on n.id ="
                                 " e.notice where n.code = 'change_request.overdue'"
                                 " and n.params ->> '$.until' = '2025-12-02'"),
                  ==, 1);
  step_refused(w, LIAISON, id, "refuse", "{}", "invalid");
  step(w, LIAISON, id, "refuse", "{\"note\":\"no proof\"}");
  g_assert_cmpint(count(w->f.db, "select count(*) from member_profile where nation is null"), ==,
                  1);
  g_autofree char *again = desk_made(w, ADA, "change_requests", change("nation", "满族"));
  step_refused(w, BO, again, "withdraw", "{}", "not_found");
  step(w, ADA, again, "withdraw", "{}");
  g_assert_cmpint(count(w->f.db, "select count(*) from due where done_at is null"), ==, 0);
  world_clear(w);
}

/* The new value is checked as an edit of the record would be, when it is asked and when it is
 * decided. */
static void test_checks(void) {
  World world, *w = &world;
  g_free(world_init(w));
  static const struct {
    const char *field, *value, *code;
  } cases[] = {{"birth_date", "1980-02-30", "invalid"},
               {"sex", "other", "invalid"},
               {"phone", "abc", "invalid"},
               {"work_unit", "甲厂", "change_request.same"},
               {"political_affiliation", "nothing", "invalid"},
               {"code", "1", "invalid"},
               {"scored", "true", "invalid"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    desk_refused(w, ADA, HTTP_POST, "change_requests", change(cases[i].field, cases[i].value),
                 cases[i].code);
  desk_refused(w, ADA, HTTP_POST, "change_requests",
               g_strdup("{\"field\":\"name\",\"reason\":\"r\"}"), "invalid");
  desk_refused(w, BO, HTTP_POST, "change_requests", change("nation", "x"),
               "change_request.no_profile");
  desk_refused(w, LIAISON, HTTP_POST, "change_requests", change("nation", "x"), "forbidden");
  /* What is withdrawn meanwhile. */
  g_autofree char *dict =
      desk_made(w, ADA, "change_requests", change("political_affiliation", "05"));
  g_assert_true(
      db_exec(w->f.db, "update dict_item set valid_to = '2025-11-25' where code = '05'", NULL));
  step_refused(w, LIAISON, dict, "accept", "{}", "change_request.not_offered");
  step(w, LIAISON, dict, "refuse", "{\"note\":\"n\"}");
  g_autofree char *unit = desk_made(w, ADA, "change_requests", change("unit_kind", "organ"));
  step(w, LIAISON, unit, "accept", "{}");
  g_autofree char *inside = desk_made(w, ADA, "change_requests", change("in_system", "true"));
  step(w, LIAISON, inside, "accept", "{}");
  /* What is taken out. */
  g_autofree char *none = desk_made(w, ADA, "change_requests",
                                    g_strdup("{\"field\":\"work_unit\",\"new\":null,"
                                             "\"reason\":\"r\"}"));
  step(w, LIAISON, none, "accept", "{}");
  g_assert_cmpint(count(w->f.db, "select count(*) from member_profile where unit_kind = 'organ'"
                                 " and in_system = 1 and work_unit is null"),
                  ==, 1);
  world_clear(w);
}

/* What each field is now is found: it is kept as the old value, and the same is no change. */
static void test_fields(void) {
  World world, *w = &world;
  g_free(world_init(w));
  static const char filled[] =
      "update member_profile set sex = 'male', birth_date = '1980-02-01', nation = 'a',"
      " native_place = 'b', education = 'c', political_affiliation = '05',"
      " political_affiliation_on = '2025-01-01', work_unit = 'd', work_title = 'e',"
      " unit_kind = 'organ', unit_kind_on = '2025-01-01', in_system = 1, social_posts = 'f',"
      " honours = 'g', expertise = 'h、i', focus = 'j', phone = '13800000000'";
  g_assert_true(db_exec(w->f.db, filled, NULL));
  const char *words = field_find(subject_change_request.fields, "field")->of;
  g_auto(GStrv) fields = g_strsplit(words, " ", -1);
  for (unsigned i = 0; fields[i]; i++) {
    g_autofree char *sql =
        strcmp(fields[i], "name") == 0
            ? g_strdup("select name from person where login = 'ada'")
            : g_strdup_printf("select iif('%s' = 'in_system', 'true', %s) from member_profile",
                              fields[i], fields[i]);
    g_autoptr(Statement) row = db_prepare(w->f.db, sql, NULL);
    g_assert_cmpint(statement_step(row, NULL), ==, SQLITE_ROW);
    g_autofree char *value = g_strdup(column_text(row, 0));
    g_test_message("%s", fields[i]);
    desk_refused(w, ADA, HTTP_POST, "change_requests", change(fields[i], value),
                 "change_request.same");
  }
  world_clear(w);
}

/* Who decides is who is told, that it was asked and that it is due: the rule of the grants is the
 * one of the notices. */
static void test_told(void) {
  World world, *w = &world;
  g_free(world_init(w));
  for (unsigned i = 0; i < ROLE_COUNT; i++) {
    char id[17];
    fixture_person(w->f.db, role_name(1 << i), role_name(1 << i), "staff", 1 << i, id);
  }
  g_free(desk_made(w, ADA, "change_requests", change("nation", "满族")));
  g_autoptr(GError) error = NULL;
  due_warn(w->f.db, w->model, "Asia/Shanghai", T0 + 8 * 86400 * INT64_C(1000), &error);
  g_assert_no_error(error);
  static const char *const codes[] = {"asked", "overdue"};
  for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++)
    for (unsigned bit = 0; bit < ROLE_COUNT; bit++) {
      g_autofree char *sql = g_strdup_printf(
          "select count(*) from notice_entry e join notice n on n.id = e.notice"
          " join person p on p.id = e.person where n.code = 'change_request.%s' and p.login = '%s'",
          codes[i], role_name(1 << bit));
      g_test_message("%s %s", codes[i], role_name(1 << bit));
      g_assert_cmpint(count(w->f.db, sql), ==, (ROLES_REGISTER >> bit & 1));
    }
  world_clear(w);
}

/* What is wrong is the member that he said it with, whatever the field is called. */
static void test_names(void) {
  World world, *w = &world;
  g_free(world_init(w));
  static const struct {
    const char *field, *value, *code;
  } cases[] = {{"birth_date", "1980-02-30", "date"}, {"sex", "other", "words"},
               {"phone", "abc", "characters"},       {"phone", "1", "short"},
               {"in_system", "yes", "type"},         {"political_affiliation", "nothing", "words"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *problem =
        desk_ask(w, ADA, HTTP_POST, "change_requests", change(cases[i].field, cases[i].value), 422);
    const json_t *errors = json_object_get(problem, "errors"), *first = json_array_get(errors, 0);
    g_assert_cmpuint(json_array_size(errors), ==, 1);
    g_assert_cmpstr(text_of(first, "field"), ==, "new");
    g_assert_cmpstr(text_of(first, "code"), ==, cases[i].code);
    json_decref(problem);
  }
  world_clear(w);
}

/* What was changed meanwhile is not overwritten by who saw what it was before. */
static void test_moved(void) {
  World world, *w = &world;
  g_autofree char *member = world_init(w);
  g_autofree char *unit = desk_made(w, ADA, "change_requests", change("work_unit", "乙厂"));
  g_autofree char *name = desk_made(w, ADA, "change_requests", change("name", "Ada Lovelace"));
  g_autofree char *inside = desk_made(w, ADA, "change_requests", change("in_system", "true"));
  g_autofree char *one = g_strconcat("members/", member, NULL);
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, one,
                       g_strdup("{\"work_unit\":\"丁厂\",\"in_system\":false}"), 200));
  g_assert_true(db_exec(w->f.db, "update person set name = 'Augusta' where login = 'ada'", NULL));
  step_refused(w, LIAISON, unit, "accept", "{}", "change_request.moved");
  step_refused(w, LIAISON, name, "accept", "{}", "change_request.moved");
  step_refused(w, LIAISON, inside, "accept", "{}", "change_request.moved");
  g_assert_cmpint(count(w->f.db, "select count(*) from member_profile where work_unit = '丁厂'"
                                 " and in_system = 0"),
                  ==, 1);
  g_assert_cmpint(count(w->f.db, "select count(*) from change_request where state = 'pending'"), ==,
                  3);
  /* What is already as he asks is accepted, and what is not can be refused. */
  json_decref(desk_ask(w, LIAISON, HTTP_PATCH, one, g_strdup("{\"in_system\":true}"), 200));
  step(w, LIAISON, inside, "accept", "{}");
  step(w, LIAISON, unit, "refuse", "{\"note\":\"n\"}");
  world_clear(w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/changes/number", test_number);
  g_test_add_func("/changes/accept", test_accept);
  g_test_add_func("/changes/name", test_name);
  g_test_add_func("/changes/refuse", test_refuse);
  g_test_add_func("/changes/checks", test_checks);
  g_test_add_func("/changes/fields", test_fields);
  g_test_add_func("/changes/told", test_told);
  g_test_add_func("/changes/names", test_names);
  g_test_add_func("/changes/moved", test_moved);
  return g_test_run();
}
