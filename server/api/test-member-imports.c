/* A table that brings members: with account, sector, committees and their file of the term, found
 * again by number or by name and phone, and taken back. Through the real worker. */
#include <string.h>

#include "api/brought.h"
#include "store/statement.h"

static char *program;

#define MEMBERS "select count(*) from member_profile"

static void make(Bed *bed, const char *path, const char *body) {
  json_decref(bed_expect(bed, 201, STAFF, "POST", path, body));
}

/* Two sectors, one of which had another name, and a committee. */
static Bed *bed_ready(void) {
  Bed *bed = brought_bed(program);
  static const char *const orgs[][3] = {
      {"sector", "21", "科学技术界"}, {"sector", "22", "教育界"}, {"committee", "1", "提案委员会"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(orgs); i++) {
    g_autofree char *body =
        g_strdup_printf("{\"kind\":\"%s\",\"code\":\"%s\",\"name\":\"%s\",\"valid_from\":"
                        "\"2012-01-01\"}",
                        orgs[i][0], orgs[i][1], orgs[i][2]);
    make(bed, "orgs", body);
  }
  return bed;
}

static Plan plan_of(Bed *bed, const char *csv) {
  g_autoptr(ApiResponse) response = bring(bed, STAFF, "members", csv, strlen(csv));
  return brought_plan(response);
}

static char *term_name(Bed *bed) {
  return bed_text(bed, "select name from term limit 1");
}

/* 500 lines of which 7 are wrong: two with the same phone, one of an unknown sector, three without
 * a name, one with a day that is none. */
static char *five_hundred(Bed *bed) {
  g_autofree char *term = term_name(bed);
  GString *csv =
      g_string_new("code,name,phone,sex,work_unit,term,sector,capacity,since,document_no,"
                   "committee,birth_date\r\n");
  for (unsigned i = 1; i <= 500; i++) {
    g_autofree char *name = g_strdup_printf("委员%u", i);
    unsigned phone = i == 400 ? 100 : i;
    g_string_append_printf(
        csv, "N-%u,%s,138%08u,%s,单位%u,%s,%s,%s,2022-01-08,政协〔2022〕1号,%s,%s\r\n", i,
        i % 150 == 0 ? "" : name, phone, i % 3 ? "男" : "女", i, term,
        i == 222 ? "无此界"
        : i % 2  ? "科学技术界"
                 : "22",
        i % 5 ? "member" : "standing", i % 4 ? "" : "提案委员会",
        i == 444 ? "1980-13-01" : "1980/3/1");
  }
  return g_string_free(csv, FALSE);
}

static void test_five_hundred(void) {
  Bed *bed = bed_ready();
  int64_t before = bed_number(bed, MEMBERS),
          people = bed_number(bed, "select count(*) from person");
  int64_t notices = bed_number(bed, "select count(*) from notice");
  g_autofree char *csv = five_hundred(bed);
  Plan plan = plan_of(bed, csv);
  brought_counts(&plan, 493, 0, 0, 7);
  brought_is_wrong(
      bed, &plan,
      "101::twice 151:name:missing 223:sector:unknown_name 301:name:missing 401::twice "
      "445:birth_date:date 451:name:missing");
  brought_steps(bed, &plan, "commit", "import_plan.has_errors");
  g_assert_cmpint(bed_number(bed, MEMBERS), ==, before);
  g_autofree char *code = brought_step(bed, &plan, "commit", true);
  g_assert_cmpstr(code, ==, "");
  g_assert_cmpint(bed_number(bed, MEMBERS " where state = 'active' and terms_served = 1 and "
                                          "joined_on = '2022-01-08'"),
                  ==, 493);
  g_assert_cmpint(bed_number(bed, "select count(*) from person"), ==, people + 493);
  g_assert_cmpint(bed_number(bed, "select count(*) from term_file f join member_profile m on"
                                  " m.id = f.member_profile where m.code glob 'N-*'"
                                  " and f.work_unit is m.work_unit"),
                  ==, 493);
  g_assert_cmpint(bed_number(bed, "select count(*) from post t join org o on o.id = t.org where"
                                  " o.kind = 'committee' and t.valid_from = '2022-01-08'"),
                  ==, 121);
  g_assert_cmpint(bed_number(bed, "select count(*) from notice"), ==, notices); /* nobody is told */
  /* Each with his history. */
  g_assert_cmpint(bed_number(bed, "select count(*) from case_event e join member_profile m on"
                                  " m.id = e.id where e.subject = 'member_profile' and"
                                  " e.verb = 'enter' and e.to_state = 'active'"),
                  ==, 493);
  /* The same table again has nothing to say of those who are there. */
  Plan again = plan_of(bed, csv);
  g_assert_cmpint(again.skips, ==, 493);
  /* And all of it goes again, with the accounts. */
  brought_steps(bed, &plan, "revert", "");
  g_assert_cmpint(bed_number(bed, MEMBERS), ==, before);
  g_assert_cmpint(bed_number(bed, "select count(*) from person"), ==, people);
  g_assert_cmpint(bed_number(bed, "select count(*) from unmaking"), ==, 0);
  bed_free(bed);
}

static char *lines(Bed *bed, const char *heads, const char *rest) {
  g_autofree char *term = term_name(bed);
  g_auto(GStrv) parts = g_strsplit(rest, "TERM", -1);
  g_autofree char *told = g_strjoinv(term, parts);
  return g_strconcat(heads, told, NULL);
}

static void commit_lines(Bed *bed, const char *heads, const char *rest) {
  g_autofree char *csv = lines(bed, heads, rest);
  Plan plan = plan_of(bed, csv);
  brought_is_wrong(bed, &plan, "");
  brought_steps(bed, &plan, "commit", "");
}

static Plan plan_lines(Bed *bed, const char *heads, const char *rest) {
  g_autofree char *csv = lines(bed, heads, rest);
  return plan_of(bed, csv);
}

static const char first[] = "code,name,phone,term,sector,capacity,since,document_no\n";

/* By the number; without one by name and phone; else a human decides. */
static void test_found(void) {
  Bed *bed = bed_ready();
  commit_lines(bed, first,
               "A1,李明,13800000001,TERM,教育界,委员,2022-01-08,d\n"
               "A2,李明,13800000002,TERM,教育界,委员,2022-01-08,d\n"
               "A3,王芳,13800000003,TERM,教育界,常务委员,2022-01-08,d\n");
  Plan plan = plan_of(bed, "code,name,phone,work_unit\n"
                           "A1,李明,,甲厂\n"          /* 2: by the number */
                           ",李明,13800000002,乙厂\n" /* 3: by name and phone */
                           ",李明,,丙厂\n"            /* 4: which of the two? */
                           ",王芳,,丁厂\n"            /* 5: is it she? */
                           "A3,王方,,戊厂\n"          /* 6: another's number */
                           "A1,,,己厂\n"              /* 7: the same as 2 */
                           "A9,张三,13800000003,\n"); /* 8: another's phone */
  brought_is_wrong(bed, &plan,
                   "2::twice 4::ambiguous 5::ambiguous 6:name:elsewhere 7::twice "
                   "8:term:missing 8:sector:missing 8:capacity:missing 8:since:missing "
                   "8:document_no:missing");
  brought_counts(&plan, 0, 1, 0, 6);
  Plan taken = plan_lines(bed, first, "A9,张三,13800000003,TERM,教育界,委员,2022-01-08,d\n");
  brought_is_wrong(bed, &taken, "2::member_profile.phone_taken");
  bed_free(bed);
}

/* What is empty overwrites nothing; what is moved elsewhere is as it is, or the line is wrong. */
static void test_update(void) {
  Bed *bed = bed_ready();
  commit_lines(bed, first, "A1,李明,13800000001,TERM,教育界,委员,2022-01-08,d\n");
  Plan plan = plan_lines(bed, "code,name,phone,sector,capacity,work_unit,sex\n",
                         "A1,李明,,22,委员,甲厂,男\n");
  brought_counts(&plan, 0, 1, 0, 0);
  brought_steps(bed, &plan, "commit", "");
  g_autofree char *row = bed_text(bed, "select phone || work_unit || sex from member_profile"
                                       " where code = 'A1'");
  g_assert_cmpstr(row, ==, "13800000001甲厂male");
  Plan moved = plan_lines(bed, "code,sector,capacity,since,committee\n",
                          "A1,科学技术界,常务委员,2022-02-01,提案委员会\n");
  brought_is_wrong(
      bed, &moved,
      "2:sector:elsewhere 2:capacity:elsewhere 2:since:elsewhere 2:committee:elsewhere");
  brought_steps(bed, &plan, "revert", "");
  g_assert_cmpint(bed_number(bed, MEMBERS " where code = 'A1' and work_unit is null"), ==, 1);
  bed_free(bed);
}

/* Nobody is made twice: an account of that name that is not in the register is his, or it is not,
 * and only people know. */
static void test_account(void) {
  Bed *bed = bed_ready();
  make(bed, "people", "{\"name\":\"赵一\"}");
  Plan plan = plan_lines(bed, first, "A1,赵一,,TERM,教育界,委员,2022-01-08,d\n");
  brought_is_wrong(bed, &plan, "2::member_profile.namesake");
  g_autofree char *id = bed_text(bed, "select id from person where name = '赵一'");
  g_autofree char *line = g_strdup_printf("%s,A1,TERM,教育界,委员,2022-01-08,d\n", id);
  g_autofree char *csv = lines(bed, "person,code,term,sector,capacity,since,document_no\n", line);
  Plan his = plan_of(bed, csv);
  brought_is_wrong(bed, &his, "");
  brought_steps(bed, &his, "commit", "");
  g_assert_cmpint(bed_number(bed, "select count(*) from person where name = '赵一'"), ==, 1);
  /* The account was there before: it stays. */
  brought_steps(bed, &his, "revert", "");
  g_assert_cmpint(bed_number(bed, "select count(*) from person where name = '赵一'"), ==, 1);
  g_assert_cmpint(bed_number(bed, MEMBERS " where code = 'A1'"), ==, 0);
  bed_free(bed);
}

static char *line_of(Bed *bed, const char *person) {
  g_autofree char *line = g_strdup_printf("%s,A1,TERM,教育界,委员,2022-01-08,d\n", person);
  return lines(bed, "person,code,term,sector,capacity,since,document_no\n", line);
}

static bool make_staff(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "update person set kind = 'staff' where name = '赵一'", error);
}

/* An account that was shut is opened for who is in office, and shut again when that is taken back;
 * one with other duties stays shut. */
static void test_shut(void) {
  Bed *bed = bed_ready();
  make(bed, "people", "{\"name\":\"赵一\"}");
  g_autofree char *id = bed_text(bed, "select id from person where name = '赵一'");
  g_autofree char *path = g_strconcat("people/", id, NULL);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, "{\"active\":false}"));
  g_autofree char *csv = line_of(bed, id);
  Plan plan = plan_of(bed, csv);
  brought_is_wrong(bed, &plan, "");
  g_usleep(2000); /* later than it was shut */
  brought_steps(bed, &plan, "commit", "");
  g_assert_cmpint(bed_number(bed, "select active from person where name = '赵一'"), ==, 1);
  brought_steps(bed, &plan, "revert", "");
  g_assert_cmpint(bed_number(bed, "select active from person where name = '赵一'"), ==, 0);
  bed_write(bed, make_staff, NULL);
  Plan office = plan_of(bed, csv);
  brought_is_wrong(bed, &office, "2::member_profile.shut");
  bed_free(bed);
}

/* Who brings the table is not in it. */
static void test_himself(void) {
  Bed *bed = bed_ready();
  g_autofree char *csv = line_of(bed, bed->signed_in[STAFF].id);
  Plan plan = plan_of(bed, csv);
  brought_is_wrong(bed, &plan, "2::forbidden");
  bed_free(bed);
}

/* A sector's name may be longer than what an account says of it. */
static void test_long_sector(void) {
  Bed *bed = bed_ready();
  g_autofree char *name = g_strnfill(100, 's');
  g_autofree char *body = g_strdup_printf("{\"kind\":\"sector\",\"code\":\"23\",\"name\":\"%s\","
                                          "\"valid_from\":\"2012-01-01\"}",
                                          name);
  make(bed, "orgs", body);
  commit_lines(bed, first, "A1,李明,13800000001,TERM,23,委员,2022-01-08,d\n");
  g_assert_cmpint(bed_number(bed, "select length(sector) from person where name = '李明'"), ==, 64);
  bed_free(bed);
}

/* Where no such sector was on the day, and what came of a member is not taken back. */
static void test_refused(void) {
  Bed *bed = bed_ready();
  Plan early = plan_lines(bed, first, "A1,李明,,TERM,教育界,委员,2011-01-08,d\n");
  brought_is_wrong(bed, &early, "2::member_profile.outside");
  g_autofree char *csv = lines(bed, first, "A1,李明,,TERM,教育界,委员,2022-01-08,d\n");
  Plan plan = plan_of(bed, csv);
  brought_steps(bed, &plan, "commit", "");
  g_autofree char *person = bed_text(bed, "select person from member_profile where code = 'A1'");
  g_autofree char *body = g_strdup_printf("{\"person\":\"%s\",\"org\":\"%s\",\"role\":\"convener\","
                                          "\"valid_from\":\"2022-02-01\"}",
                                          person, bed->org);
  g_usleep(2000); /* later than what came with him */
  make(bed, "posts", body);
  brought_steps(bed, &plan, "revert", "import_plan.later");
  bed_free(bed);
}

/* What we give away comes back as nothing to do. */
static void test_own_export(void) {
  Bed *bed = bed_ready();
  commit_lines(bed, first,
               "A1,李明,13800000001,TERM,教育界,委员,2022-01-08,d\n"
               "A2,王芳,13800000002,TERM,科学技术界,常务委员,2022-01-08,d\n");
  static const char *const paths[] = {"members/register.csv?words=zh&q=A",
                                      "members/register.xlsx?words=en&q=A",
                                      "members/register.csv?q=A"};
  for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
    g_autoptr(ApiResponse) table = bed_ask(bed, STAFF, "GET", paths[i], NULL);
    g_autofree char *bytes = NULL;
    gsize size;
    g_assert_true(g_file_get_contents(table->file, &bytes, &size, NULL));
    g_autoptr(ApiResponse) response = bring(bed, STAFF, "members", bytes, size);
    Plan again = brought_plan(response);
    brought_is_wrong(bed, &again, "");
    g_assert_cmpint(again.skips, >=, 2);
    g_assert_cmpint(again.creates + again.updates, ==, 0);
  }
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  program = argv[1];
  g_assert_nonnull(program);
  g_test_add_func("/member-imports/five-hundred", test_five_hundred);
  g_test_add_func("/member-imports/found", test_found);
  g_test_add_func("/member-imports/update", test_update);
  g_test_add_func("/member-imports/account", test_account);
  g_test_add_func("/member-imports/shut", test_shut);
  g_test_add_func("/member-imports/himself", test_himself);
  g_test_add_func("/member-imports/long-sector", test_long_sector);
  g_test_add_func("/member-imports/refused", test_refused);
  g_test_add_func("/member-imports/own-export", test_own_export);
  return g_test_run();
}
