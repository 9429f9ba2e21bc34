/* Tables that are brought: what is planned is done, exactly, or nothing is; and can be taken back.
 * The table goes through the real worker. */
#include <glib/gstdio.h>
#include <string.h>

#include "api/brought.h"
#include "store/statement.h"

static char *program;

static Bed *bed_ready(void) {
  return brought_bed(program);
}

static Plan plan_of(Bed *bed, const char *csv) {
  g_autoptr(ApiResponse) response = bring(bed, STAFF, "people", csv, strlen(csv));
  return brought_plan(response);
}

static void refuses(Bed *bed, const char *bytes, gsize size, const char *code) {
  g_autoptr(ApiResponse) response = bring(bed, STAFF, "people", bytes, size);
  g_assert_cmpint(response->status, ==, 422);
  if (!strstr(response->body->str, code))
    g_error("%s: %s", code, response->body->str);
}

#define PEOPLE "select count(*) from person"
#define EVENTS "select count(*) from case_event where subject = 'person' and verb = 'create'"
#define NOTED "select count(*) from audit_record where kind = 'person.create'"

/* ---- tests ---- */

/* 500 lines, 7 of them wrong: two with the same login, one of an unknown kind, three without a
 * name, one with a login of wrong characters. */
static char *five_hundred(void) {
  GString *csv = g_string_new("name,login,kind,sector,organisation\r\n");
  for (unsigned i = 1; i <= 500; i++) {
    bool nameless = i % 150 == 0;
    const char *login = i == 100 || i == 400 ? "same" : i == 444 ? "王 五" : NULL;
    g_string_append_printf(csv, "%s%.*u,", nameless ? "" : "委员", nameless ? 0 : 3,
                           nameless ? 0 : i);
    if (login)
      g_string_append_printf(csv, "%s,", login);
    else
      g_string_append_printf(csv, "l%u,", i);
    g_string_append_printf(csv, "%s,科技界,\r\n", i == 222 ? "通委" : "member");
  }
  return g_string_free(csv, FALSE);
}

static void test_five_hundred(void) {
  Bed *bed = bed_ready();
  int64_t before = bed_number(bed, PEOPLE), noted = bed_number(bed, NOTED),
          events = bed_number(bed, EVENTS);
  g_autofree char *csv = five_hundred();
  Plan plan = plan_of(bed, csv);
  brought_counts(&plan, 493, 0, 0, 7);
  brought_is_wrong(bed, &plan,
                   "101::twice 151:name:missing 223:kind:words 301:name:missing 401::twice "
                   "445:login:characters 451:name:missing");
  brought_steps(bed, &plan, "commit", "import_plan.has_errors");
  g_assert_cmpint(bed_number(bed, PEOPLE), ==, before);
  g_autofree char *code = brought_step(bed, &plan, "commit", true);
  g_assert_cmpstr(code, ==, "");
  g_assert_cmpint(bed_number(bed, PEOPLE), ==, before + 493);
  g_assert_cmpint(bed_number(bed, "select count(*) from person_role where role = 'member'"), ==,
                  496);
  g_assert_cmpint(bed_number(bed, NOTED), ==, noted + 493);
  g_assert_cmpint(bed_number(bed, EVENTS), ==, events + 493);
  brought_steps(bed, &plan, "commit", "wrong_state");
  g_assert_cmpint(bed_number(bed, PEOPLE), ==, before + 493);
  bed_free(bed);
}

/* What we give away comes back as nothing to do, in both formats. */
static void test_own_export(void) {
  Bed *bed = bed_ready();
  Plan plan = plan_of(bed, "name,login,kind,organisation\n\"=1+1\",eins,,+86\n"
                           "'=2,,,\n\"李\"\"明,\",lm,staff_no,\n王芳,,,\n王芳,,,市委\n");
  brought_counts(&plan, 4, 0, 0, 1);
  g_autofree char *code = brought_step(bed, &plan, "commit", true);
  g_assert_cmpstr(code, ==, "");
  int64_t people = bed_number(bed, "select count(*) from person where kind <> 'guest'");
  static const char *const paths[] = {"people.csv",
                                      "people.xlsx",
                                      "people.csv?words=zh",
                                      "people.xlsx?words=en",
                                      "people.csv?words=zh&columns=name,login,kind,sector,id",
                                      "people.csv?columns=name,login,organisation,sector"};
  const unsigned last = G_N_ELEMENTS(paths) - 1;
  for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_autoptr(ApiResponse) table = bed_ask(bed, STAFF, "GET", paths[i], NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(table->file, &bytes, &size, NULL));
    g_autoptr(ApiResponse) response = bring(bed, STAFF, "people", bytes, size);
    Plan again = brought_plan(response);
    /* Without ids nobody can tell whether the one without organisation is the other. */
    brought_counts(&again, 0, 0, people - (i == last), i == last);
    if (i < last)
      brought_steps(bed, &again, "commit", "");
  }
  bed_free(bed);
}

/* Words are read as codes are, in both languages; other words are named. */
static void test_words(void) {
  Bed *bed = bed_ready();
  Plan plan = plan_of(bed, "姓名,账号,KIND,Sector\n甲,a1,委员,科技\n乙,a2,Member,\n丙,a3,member,\n"
                           "丁,a4,议员,\n");
  brought_counts(&plan, 3, 0, 0, 1);
  brought_is_wrong(bed, &plan, "5:kind:words");
  refuses(bed, "姓名,name\nx,y\n", 15, "import_plan.head_twice");
  bed_free(bed);
}

/* What is empty says nothing; what is said is changed, and nothing else. */
static void test_update(void) {
  Bed *bed = bed_ready();
  Plan first = plan_of(bed, "name,login,sector\n李明,lm,科技\n");
  brought_steps(bed, &first, "commit", "");
  Plan plan = plan_of(bed, "login,name,sector,organisation,备注\nLM,,,市委,x\n");
  brought_counts(&plan, 0, 1, 0, 0);
  g_autofree char *path = g_strdup_printf("imports/%s/rows", plan.id);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  char *changes = json_dumps(
      json_object_get(json_array_get(json_object_get(page, "items"), 0), "changes"), JSON_COMPACT);
  /* The login is the same but for its case: that is a change, too. */
  g_assert_cmpstr(changes, ==,
                  "[{\"field\":\"login\",\"new\":\"LM\",\"old\":\"lm\"},{\"field\":"
                  "\"organisation\",\"new\":\"市委\",\"old\":\"\"}]");
  free(changes);
  json_decref(page);
  brought_steps(bed, &plan, "commit", "");
  g_autofree char *row = bed_text(
      bed, "select name || login || sector || organisation from person where login = 'lm'");
  g_assert_cmpstr(row, ==, "李明LM科技市委");
  bed_free(bed);
}

static void test_moved(void) {
  Bed *bed = bed_ready();
  int64_t before = bed_number(bed, PEOPLE);
  const char *csv = "name,login\nNew,new\nmember2,member\n";
  Plan update = plan_of(bed, csv), create = plan_of(bed, csv), other = plan_of(bed, csv);
  Plan skip = plan_of(bed, "name,login\nNewer,newer\nmember,member\n");
  brought_counts(&update, 1, 1, 0, 0);
  brought_counts(&skip, 1, 0, 1, 0);
  /* Another digest than that which was looked at. */
  g_autofree char *path = g_strdup_printf("imports/%s/commit", other.id);
  g_autofree char *digest = g_strnfill(64, 'a');
  g_autofree char *body = g_strdup_printf("{\"seen\":\"%s\"}", digest);
  bed_refused(bed, 409, "import_plan.other_plan", STAFF, "POST", path, body);
  g_autofree char *member = g_strdup_printf("people/%s", bed->signed_in[MEMBER].id);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", member, "{\"sector\":\"x\"}"));
  brought_steps(bed, &update, "commit", "import_plan.moved");
  brought_steps(bed, &skip, "commit", "import_plan.moved");
  g_assert_cmpint(bed_number(bed, PEOPLE), ==, before);
  json_decref(
      bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"New\",\"login\":\"NEW\"}"));
  brought_steps(bed, &create, "commit", "import_plan.moved");
  g_assert_cmpint(bed_number(bed, PEOPLE), ==, before + 1);
  g_autofree char *name = bed_text(bed, "select name from person where login = 'member'");
  g_assert_cmpstr(name, ==, "member");
  bed_free(bed);
}

static void test_undo(void) {
  Bed *bed = bed_ready();
  g_autofree char *before =
      bed_text(bed, "select group_concat(id || name || coalesce(login, '') || organisation) from"
                    " (select * from person order by id)");
  Plan plan = plan_of(bed, "name,login,organisation\nNew,new,\nmember2,member,市委\n");
  brought_steps(bed, &plan, "revert", "wrong_state");
  brought_steps(bed, &plan, "commit", "");
  g_autofree char *member = g_strdup_printf("people/%s", bed->signed_in[MEMBER].id);
  g_autofree char *made = bed_text(bed, "select id from person where login = 'new'");
  brought_steps(bed, &plan, "revert", "");
  g_autofree char *after =
      bed_text(bed, "select group_concat(id || name || coalesce(login, '') || organisation) from"
                    " (select * from person order by id)");
  g_assert_cmpstr(after, ==, before);
  g_autofree char *events =
      g_strdup_printf("select group_concat(verb) from case_event where id = '%s'", made);
  g_autofree char *verbs = bed_text(bed, events);
  g_assert_cmpstr(verbs, ==, "create,unmake");
  /* Found by nothing any more: it is noted for the index, which is not kept up with here. */
  g_autofree char *noted =
      g_strdup_printf("select count(*) from search_due where kind = 'person' and id = '%s'", made);
  g_assert_cmpint(bed_number(bed, noted), ==, 1);
  /* Something happened to one of them: nothing is taken back. */
  Plan later = plan_of(bed, "name,login,organisation\nNew,new,\nmember2,member,市委\n");
  brought_steps(bed, &later, "commit", "");
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", member, "{\"sector\":\"x\"}"));
  brought_steps(bed, &later, "revert", "import_plan.later");
  g_assert_cmpint(bed_number(bed, "select count(*) from person where login = 'new'"), ==, 1);
  /* And to one that was made: somebody counts on him. */
  Plan used = plan_of(bed, "name,login\nUsed,used\n");
  brought_steps(bed, &used, "commit", "");
  g_autofree char *id = bed_text(bed, "select id from person where login = 'used'");
  g_autofree char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"member\","
                                          "\"valid_from\":\"2022-01-01\"}",
                                          id, bed->org);
  json_decref(bed_expect(bed, 201, STAFF, "POST", "posts", body));
  brought_steps(bed, &used, "revert", "import_plan.later");
  /* Nor is what is not known any more. */
  Plan old = plan_of(bed, "name,login\nOld,old\n");
  brought_steps(bed, &old, "commit", "");
  bed_number(bed, "delete from import_done returning 1");
  brought_steps(bed, &old, "revert", "import_plan.too_late");
  g_assert_cmpint(bed_number(bed, "select count(*) from person where login = 'old'"), ==, 1);
  bed_free(bed);
}

/* Nothing is guessed. */
static void test_keys(void) {
  Bed *bed = bed_ready();
  Plan first =
      plan_of(bed, "name,login,organisation\n李明,,市委\n李明,,科协\n王芳,,\n赵一,z1,市委\n");
  brought_steps(bed, &first, "commit", "");
  Plan plan = plan_of(bed, "name,login,organisation,sector\n"
                           "李明,,市委,a\n"   /* 2: the one of the two */
                           "李明,,,b\n"       /* 3: which? */
                           "李明,,妇联,c\n"   /* 4: a third */
                           "王芳,,妇联,d\n"   /* 5: another of that name */
                           "王芳,wf,,e\n"     /* 6: is it the one without login? */
                           "赵一,z2,市委,f\n" /* 7: another login, another person */
                           "赵二,z1,,g\n"     /* 8: by his login */
                           "李明,,科协,\n");  /* 9: as he is */
  brought_counts(&plan, 3, 2, 1, 2);
  brought_is_wrong(bed, &plan, "3::ambiguous 6::ambiguous");
  Plan twice = plan_of(bed, "name,organisation,sector\n李明,市委,x\n李明, 市委 ,y\n孙,,\n孙,,\n");
  brought_is_wrong(bed, &twice, "2::twice 3::twice 4::twice 5::twice");
  bed_free(bed);
}

/* The subject's own rules, with the rights of who imports. */
static void test_rights(void) {
  Bed *bed = bed_ready();
  Plan plan = plan_of(bed, "name,login,kind\n甲,jia,staff\nx,system,\n乙,member,staff\n");
  brought_is_wrong(bed, &plan, "2::forbidden 3::forbidden 4:kind:once");
  static const char staff[] = "name,login,kind\n甲,jia,staff\n";
  g_autoptr(ApiResponse) admin = bring(bed, SYSTEM_ADMIN, "people", staff, sizeof staff - 1);
  Plan allowed = brought_plan(admin);
  brought_counts(&allowed, 1, 0, 0, 0);
  g_autofree char *path = g_strdup_printf("imports/%s", allowed.id);
  bed_refused(bed, 404, "not_found", STAFF, "GET", path, NULL);
  g_autoptr(ApiResponse) refused = bring(bed, MEMBER, "people", "name\nx\n", 7);
  g_assert_cmpint(refused->status, ==, 403);
  bed_free(bed);
}

static void test_tables(void) {
  Bed *bed = bed_ready();
  static const char gb[] = "name,login\n\xC0\xEE\xC3\xF7,lm\n";
  g_autoptr(ApiResponse) chinese = bring(bed, STAFF, "people", gb, sizeof gb - 1);
  Plan plan = brought_plan(chinese);
  brought_counts(&plan, 1, 0, 0, 0);
  g_autofree char *key = bed_text(bed, "select key from import_row");
  g_assert_cmpstr(key, ==, "李明");
  refuses(bed, "PK\003\004 and so on", 15, "import_plan.unreadable");
  refuses(bed, "\xD0\xCF\x11\xE0 and so on", 15, "import_plan.encrypted");
  refuses(bed, "name,\xFF\xFF\xFF\n", 9, "import_plan.encoding");
  refuses(bed, "name\n", 5, "import_plan.empty");
  refuses(bed, "what,ever\nx,y\n", 14, "import_plan.heads");
  refuses(bed, "name,Name\nx,y\n", 14, "import_plan.head_twice");
  bed_refused(bed, 422, "import_plan.no_file", STAFF, "POST", "people/import", "{}");
  g_autofree char *folder = g_build_filename(bed->folder, "transit", NULL);
  g_autoptr(GDir) left = g_dir_open(folder, 0, NULL);
  g_assert_null(g_dir_read_name(left));
  g_assert_false(g_file_test("brought", G_FILE_TEST_EXISTS));
  bed_free(bed);
}

/* Asked before the file comes. */
static int may_come(Bed *bed, Who who, const char *path, bool *go_on) {
  ApiRequest *request = bed_request(bed, who, "POST", path, NULL);
  ApiIntake intake = api_intake(bed->context, request);
  g_assert_true(intake.is_file && intake.passes);
  g_assert_cmpuint(intake.most, ==, API_TABLE_MAX);
  request->length = 1000;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  *go_on = response->go_on;
  return response->status;
}

static void test_asked(void) {
  Bed *bed = bed_ready();
  bool go_on;
  may_come(bed, STAFF, "people/import?file=a.csv", &go_on);
  g_assert_true(go_on);
  g_assert_cmpint(may_come(bed, MEMBER, "people/import", &go_on), ==, 403);
  g_assert_false(go_on);
  g_assert_cmpint(may_come(bed, ANYBODY, "people/import", &go_on), ==, 401);
  g_assert_false(go_on);
  g_autoptr(ApiRequest) usual = bed_request(bed, STAFF, "POST", "people", NULL);
  g_assert_false(api_intake(bed->context, usual).is_file);
  g_autoptr(ApiRequest) kept = bed_request(bed, STAFF, "POST", "attachments", NULL);
  g_assert_true(api_intake(bed->context, kept).is_file);
  g_assert_false(api_intake(bed->context, kept).passes);
  bed_free(bed);
}

/* A worker that dies, or is not there, breaks nothing. */
static void test_worker(void) {
  Bed *bed = bed_ready();
  g_free(bed->config->table_program);
  bed->config->table_program = g_strdup("/bin/false");
  refuses(bed, "name\nx\n", 7, "import_plan.unreadable");
  g_free(bed->config->table_program);
  bed->config->table_program = g_strdup("/nowhere");
  g_autoptr(ApiResponse) response = bring(bed, STAFF, "people", "name\nx\n", 7);
  g_assert_cmpint(response->status, ==, 500);
  bed_free(bed);
}

static bool edit_plan(sqlite3 *db, void *data, GError **error) {
  g_autoptr(GError) refused = NULL;
  g_assert_false(db_exec(db, "update import_row set data = '{}'", &refused));
  g_assert_error(refused, STORE_ERROR, STORE_ERROR_CONFLICT);
  return true;
}

static void test_fixed(void) {
  Bed *bed = bed_ready();
  Plan plan = plan_of(bed, "name\nx\n");
  bed_write(bed, edit_plan, NULL);
  brought_steps(bed, &plan, "discard", "");
  brought_steps(bed, &plan, "commit", "wrong_state");
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  program = argv[1];
  g_assert_nonnull(program);
  g_test_add_func("/imports/five-hundred", test_five_hundred);
  g_test_add_func("/imports/own-export", test_own_export);
  g_test_add_func("/imports/words", test_words);
  g_test_add_func("/imports/update", test_update);
  g_test_add_func("/imports/moved", test_moved);
  g_test_add_func("/imports/undo", test_undo);
  g_test_add_func("/imports/keys", test_keys);
  g_test_add_func("/imports/rights", test_rights);
  g_test_add_func("/imports/tables", test_tables);
  g_test_add_func("/imports/asked", test_asked);
  g_test_add_func("/imports/worker", test_worker);
  g_test_add_func("/imports/fixed", test_fixed);
  return g_test_run();
}
