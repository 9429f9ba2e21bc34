/* Printed forms through HTTP, by the worker itself: what stands on one is what the database has,
 * in words; who may print; what is recorded; which templates are taken. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "api/bed.h"
#include "api/converter.h"
#include "api/transit.h"
#include "base/digest.h"
#include "domain/paper_template/paper_template.h"
#include "model/model.h"
#include "package.h"
#include "store/connection.h"
#include "store/statement.h"
#include "tree.h"

static const char *program, *converter;

static Bed *bed_to_print(void) {
  Bed *bed = bed_new();
  g_free(bed->config->paper_program);
  bed->config->paper_program = g_strdup(program);
  g_free(bed->config->pdf_program);
  bed->config->pdf_program = g_strdup(converter);
  return bed;
}

/* ---- what a document says ---- */

/* All its texts, a line for each paragraph; "|" between cells. Free with g_free. */
static char *text_of(const void *bytes, size_t size) {
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GString) text = g_string_new(NULL);
  Package package;
  bool has_type;
  package_init(&package);
  g_assert_cmpint(package_read(&package, bytes, size, names), ==, PAPER_FINE);
  xmlDoc *tree = tree_read(package_find(&package, "word/document.xml"), &has_type);
  g_assert_nonnull(tree);
  xmlNode *root = xmlDocGetRootElement(tree);
  for (xmlNode *node = root; node; node = tree_next(root, node)) {
    if (tree_is(node, "tc"))
      g_string_append_c(text, '|');
    else if (tree_is(node, "p"))
      g_string_append_c(text, '\n');
    if (!tree_is(node, "t"))
      continue;
    xmlChar *part = xmlNodeGetContent(node);
    g_string_append(text, (const char *)part);
    xmlFree(part);
  }
  xmlFreeDoc(tree);
  package_clear(&package);
  return g_strdup(text->str);
}

static ApiResponse *print(Bed *bed, Who who, const char *path) {
  return bed_ask(bed, who, "GET", path, NULL);
}

static char *printed(Bed *bed, Who who, const char *path) {
  g_autoptr(GError) error = NULL;
  char *bytes;
  gsize size;
  ApiResponse *response = print(bed, who, path);
  if (response->status != 200)
    g_test_message("%s: %s", path, response->body->str);
  g_assert_cmpint(response->status, ==, 200);
  g_assert_true(g_file_get_contents(response->file, &bytes, &size, &error));
  char *text = text_of(bytes, size);
  g_free(bytes);
  api_response_free(response);
  return text;
}

static void has(const char *text, const char *part) {
  if (!strstr(text, part))
    g_test_message("%s\n---- has no: %s", text, part);
  g_assert_nonnull(strstr(text, part));
}

static void has_not(const char *text, const char *part) {
  g_assert_null(strstr(text, part));
}

/* ---- the member's record ---- */

static char *record_path(const Bed *bed, const char *end) {
  return g_strdup_printf("members/%s/papers/record%s", bed->member_profile, end);
}

/* Every field of the form has a value of its own. */
static void fill_member(Bed *bed) {
  bed_sql(bed,
          "update member_profile set code = 'W-0042', sex = 'female', birth_date = '1970-02-03',"
          " nation = '满族', native_place = '吉林长春', education = '博士',"
          " political_affiliation = '05', political_affiliation_on = '2026-01-01',"
          " work_unit = 'A & B <公司>', work_title = '总工程师', unit_kind = 'institution', "
          "unit_kind_on = '2026-01-01',"
          " phone = '13800001234', social_posts = '会长\n理事', honours = '劳动模范',"
          " expertise = '水利、农业', focus = '养老',"
          " joined_on = '2022-01-11', terms_served = 3 where id = '%s'",
          bed->member_profile);
}

static void test_record(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  g_autofree char *path = record_path(bed, ".docx");
  g_autofree char *text = printed(bed, STAFF, path);
  static const char *const said[] = {"委员登记表",    "W-0042",      "女",         "1970年2月3日",
                                     "满族",          "吉林长春",    "博士",       "A & B <公司>",
                                     "总工程师",      "13800001234", "会长理事",   "劳动模范",
                                     "2022年1月11日", "|\n3|",       "|\n委员编号"};
  for (unsigned i = 0; i < G_N_ELEMENTS(said); i++)
    has(text, said[i]);
  has_not(text, "{{");
  has_not(text, "female");
  g_autofree char *english = record_path(bed, ".docx?words=en");
  g_autofree char *other = printed(bed, STAFF, english);
  has(other, "Member’s record");
  has(other, "3 February 1970");
  has(other, "Female");
  bed_free(bed);
}

/* Its three parts, and of the meetings those of its term alone, of which it is decided. */
static void test_file(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  bed_sql(bed,
          "update term set starts_on = '2022-01-01', ends_on = '2026-12-31' where id ="
          " (select term from term_file where id = '%s')",
          bed->term_file);
  bed_sql(bed, "update term_file set summary = '每年调研三次' where id = '%s'", bed->term_file);
  static const struct {
    const char *title, *day, *result;
  } meetings[] = {{"本届之前", "2021-12-31 15:59", "'present'"},
                  {"首日协商", "2021-12-31 16:00", "'present'"},
                  {"请假的一次", "2024-05-06 02:00", "'leave'"},
                  {"还没有认定", "2024-05-07 02:00", "null"},
                  {"下届", "2026-12-31 16:00", "'present'"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(meetings); i++) {
    bed_sql(
        bed,
        "insert into meeting (id, title, host, planned_start, planned_end, created_by, created_at)"
        " select 'meeting00000000%u', '%s', id, unixepoch('%s') * 1000,"
        " unixepoch('%s') * 1000 + 3600000, id, 1 from person limit 1",
        i, meetings[i].title, meetings[i].day, meetings[i].day);
    bed_sql(bed,
            "insert into attendance (id, meeting, person, state, created_at) select"
            " 'attendance00000%u', 'meeting00000000%u', person, 'drafted', 1 from member_profile"
            " where id = '%s'",
            i, i, bed->member_profile);
    bed_sql(bed,
            "update attendance set state = 'confirmed', result = %s"
            " where id = 'attendance00000%u' and %s is not null",
            meetings[i].result, i, meetings[i].result);
  }
  g_autofree char *path = g_strdup_printf("term_files/%s/papers/file.docx", bed->term_file);
  g_autofree char *text = printed(bed, STAFF, path);
  has(text, "委员届档");
  has(text, "基本情况");
  has(text, "每年调研三次");
  has(text, "参加协商会议情况");
  has(text, "|\n首日协商|\n2022年1月1日（星期六）00:00|\n出席|");
  has(text, "|\n请假的一次|");
  static const char *const others[] = {"本届之前", "还没有认定", "下届", "{{"};
  for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
    has_not(text, others[i]);
  bed_free(bed);
}

/* What it was and shall be, in words. */
static void test_change(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  bed_sql(bed,
          "update change_request set field = 'political_affiliation', old = '05', new = '12',"
          " reason = '组织关系变化', note = '已核对' where id = '%s'",
          bed->change_request);
  g_autofree char *path =
      g_strdup_printf("change_requests/%s/papers/form.docx", bed->change_request);
  g_autofree char *text = printed(bed, STAFF, path);
  static const char *const said[] = {"信息变更单", "W-0042",       "党派",   "民盟盟员",
                                     "无党派人士", "组织关系变化", "已核对", "待审核"};
  for (unsigned i = 0; i < G_N_ELEMENTS(said); i++)
    has(text, said[i]);
  bed_sql(bed,
          "update change_request set field = 'sex', old = 'male', new = 'female' where id = '%s'",
          bed->change_request);
  g_autofree char *sex = printed(bed, STAFF, path);
  has(sex, "|\n男");
  has(sex, "|\n女");
  bed_sql(bed,
          "update change_request set field = 'birth_date', old = null, new = '1970-02-03'"
          " where id = '%s'",
          bed->change_request);
  g_autofree char *day = printed(bed, STAFF, path);
  has(day, "1970年2月3日");
  bed_free(bed);
}

static void test_meeting(void) {
  Bed *bed = bed_to_print();
  bed_sql(bed,
          "update meeting set title = '关于\"老旧小区\"的协商', topic = '第一题\n第二题',"
          " planned_start = 1796005800000, planned_end = 1796013000000 where id = '%s'",
          bed->meeting);
  bed_sql(bed, "update person set sector = '科技界', organisation = '理工大学' where id = '%s'",
          bed->signed_in[MEMBER].id);
  g_autofree char *notice = bed_path(bed, "meetings/MEETING/papers/notice.docx");
  g_autofree char *sheet = bed_path(bed, "meetings/MEETING/papers/sign_in.docx");
  g_autofree char *text = printed(bed, MEMBER, notice), *list = printed(bed, HOST, sheet);
  has(text, "会议通知");
  has(text, "现定于近日召开“关于\"老旧小区\"的协商”");
  has(text, "2026年11月30日（星期一）10:30");
  has(text, "第一题第二题"); /* a break between */
  has(list, "签到表");
  has(list, "|\n科技界|\nmember|\n理工大学|\n出席|");
  /* Of whom the register has a seat it is the sector of the day of the meeting, by its name. */
  bed_sql(bed,
          "insert into post (id, person, org, role, valid_from, valid_to, created_at) values"
          " ('post-of-member-1', '%s', '%s', 'member', '2026-11-30', '2026-12-01', 1)",
          bed->signed_in[MEMBER].id, bed->org);
  bed_sql(bed, "update person set sector = '旧界别' where id = '%s'", bed->signed_in[MEMBER].id);
  g_autofree char *seated = printed(bed, HOST, sheet);
  has(seated, "|\n科技界|\nmember|\n理工大学|\n出席|");
  /* Whoever is not invited knows of no such meeting; who is may not print who else is. */
  bed_refused(bed, 404, "not_found", STRANGER, "GET", notice, NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", sheet, NULL);
  bed_free(bed);
}

/* ---- lists ---- */

static void test_lists(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  g_autofree char *roster = printed(bed, STAFF, "members/register/papers/roster.docx?sex=female");
  has(roster, "委员名册");
  has(roster, "|\n1|\nW-0042|\nstranger|\n女|\n民盟盟员|\n科技界|\nA & B <公司>|\n总工程师");
  g_autofree char *none = printed(bed, STAFF, "members/register/papers/roster.docx?sex=male");
  has_not(none, "W-0042");
  g_autofree char *contacts = printed(bed, STAFF, "members/register/papers/contacts.docx");
  has(contacts, "13800001234");
  g_autofree char *badges = printed(bed, STAFF, "members/register/papers/badges.docx");
  has(badges, "stranger\n科技界\n\nW-0042");
  g_autofree char *people = printed(bed, STAFF, "people/papers/roster.docx?words=en&sort=-name");
  has(people, "List of people");
  has(people, "stranger");
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", "members/register/papers/roster.docx", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people/papers/roster.docx?nothing=1", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people/papers/roster.docx?words=fr", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people/papers/roster.docx?columns=name", NULL);
  bed_refused(bed, 404, "not_found", STAFF, "GET", "people/papers/other.docx", NULL);
  bed_refused(bed, 405, "method_not_allowed", STAFF, "POST", "people/papers/roster.docx", "{}");
  bed_free(bed);
}

/* As many rows as a form takes, and one more. */
static void test_most_rows(void) {
  Bed *bed = bed_to_print();
  json_t *list = bed_expect(bed, 200, STAFF, "GET", "people", NULL);
  unsigned there = (unsigned)json_array_size(json_object_get(list, "items"));
  json_decref(list);
  bed_sql(bed,
          "with recursive n(i) as (select %u union all select i + 1 from n where i < 2000)"
          " insert into person (id, name, kind, created_at)"
          " select printf('many%%012d', i), printf('p%%05d', i), 'member', 1 from n",
          there + 1);
  g_autofree char *text = printed(bed, STAFF, "people/papers/roster.docx");
  has(text, "|\n2000|");
  has(text, "p01900");
  bed_sql(bed, "insert into person (id, name, kind, created_at)"
               " values ('onemore000000000', 'one more', 'member', 1)");
  bed_refused(bed, 409, "too_many_rows", STAFF, "GET", "people/papers/roster.docx", NULL);
  bed_free(bed);
}

/* ---- who may, and what is noted ---- */

static bool count_notes(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select count(*) from audit_record where kind = 'member_profile.export'"
                 " and detail ->> '$.sha256' = :sha256 and detail ->> '$.form' = 'record'"
                 " and detail ->> '$.query' = 'words=en'"
                 " and object is not null",
                 error);
  g_assert_nonnull(row);
  statement_text(row, ":sha256", data);
  g_assert_true(statement_one(row, "", error));
  g_assert_cmpint(column_int(row, 0), ==, 1);
  return true;
}

static int64_t notes(sqlite3 *db, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select count(*) from audit_record where kind like '%.export'", error);
  g_assert_nonnull(row);
  g_assert_true(statement_one(row, "", error));
  return column_int(row, 0);
}

static bool no_notes(sqlite3 *db, void *data, GError **error) {
  g_assert_cmpint(notes(db, error), ==, 0);
  return true;
}

static bool one_note(sqlite3 *db, void *data, GError **error) {
  g_assert_cmpint(notes(db, error), ==, 1);
  return true;
}

static void test_rights(void) {
  Bed *bed = bed_to_print();
  g_autofree char *path = record_path(bed, ".docx?words=en");
  char sha256[DIGEST_SIZE];
  uint64_t bytes;
  /* Its head alone is neither made nor noted. */
  ApiResponse *head = bed_ask(bed, STAFF, "HEAD", path, NULL);
  g_assert_cmpint(head->status, ==, 405);
  g_assert_cmpstr(head->allow, ==, "GET");
  api_response_free(head);
  bed_write(bed, no_notes, NULL);
  ApiResponse *response = print(bed, STAFF, path);
  g_assert_true(digest_path(response->file, sha256, &bytes));
  g_autofree char *left = g_strdup(response->file);
  g_assert_true(response->file_once);
  api_response_free(response);
  g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  bed_write(bed, count_notes, sha256);
  /* He is shown it, and may not take it away; nobody else knows of it. */
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", path, NULL);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", path, NULL);
  bed_refused(bed, 404, "not_found", SYSTEM_ADMIN, "GET", path, NULL);
  g_autofree char *folder = g_build_filename(bed->config->data_dir, "transit", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  g_assert_null(g_dir_read_name(dir)); /* nothing stays */
  bed_free(bed);
}

#define M(who) (1u << (who))

/* By hand, not taken from the declarations: who may print what, of everybody. */
static void test_matrix(void) {
  Bed *bed = bed_to_print();
  const struct {
    const char *path;
    unsigned allowed;
  } expected[] = {
      {"members/MEMBER/papers/record", M(STRANGER) | M(STAFF)}, /* it is the stranger's */
      {"change_requests/CHANGE/papers/form", M(STRANGER) | M(STAFF)},
      {"term_files/FILE/papers/file", M(STRANGER) | M(STAFF)},
      {"meetings/MEETING/papers/notice", M(MEMBER) | M(HOST) | M(GUEST) | M(STAFF)},
      {"meetings/MEETING/papers/sign_in", M(HOST) | M(STAFF)},
      {"members/register/papers/roster", M(STAFF)},
      {"members/register/papers/contacts", M(STAFF)},
      {"members/register/papers/badges", M(STAFF)},
      {"people/papers/roster", M(STAFF)},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
    g_autoptr(GString) path = g_string_new(expected[i].path);
    g_string_replace(path, "MEMBER", bed->member_profile, 0);
    g_string_replace(path, "CHANGE", bed->change_request, 0);
    g_string_replace(path, "FILE", bed->term_file, 0);
    g_string_replace(path, "MEETING", bed->meeting, 0);
    g_string_append(path, ".docx");
    for (Who who = 0; who < WHO_COUNT; who++) {
      g_autoptr(ApiResponse) response = print(bed, who, path->str);
      bool wanted = expected[i].allowed & M(who);
      bool refused = response->status == 401 || response->status == 403 || response->status == 404;
      if ((response->status == 200) != wanted || refused == wanted)
        g_error("%s as %s: %d %s", path->str, who_names[who], response->status,
                response->body->str);
    }
  }
  bed_free(bed);
}

/* ---- templates ---- */

static ApiResponse *bring(Bed *bed, Who who, const void *bytes, gsize size) {
  GError *error = NULL;
  ApiRequest *request =
      bed_request(bed, who, "POST", "paper_files/member_profile.record?name=登记表.docx", NULL);
  request->file = g_build_filename(bed->folder, "brought", NULL);
  g_file_set_contents(request->file, bytes, (gssize)size, &error);
  g_assert_no_error(error);
  return bed_send(bed, request);
}

/* The shipped one with another text in place of a placeholder's of the same length. */
static GByteArray *edited(const char *from, const char *to) {
  const ShippedTemplate *shipped = shipped_templates;
  while (strcmp(shipped->name, "member_profile.record") != 0)
    shipped++;
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  GByteArray *out = g_byte_array_new();
  Package package;
  package_init(&package);
  g_assert_cmpint(package_read(&package, shipped->bytes, shipped->size, names), ==, PAPER_FINE);
  GByteArray *body = package_find(&package, "word/document.xml")->bytes;
  char *at = g_strstr_len((char *)body->data, body->len, from);
  g_assert_cmpuint(strlen(from), ==, strlen(to));
  memcpy(at, to, strlen(to));
  g_assert_true(package_write(&package, out));
  package_clear(&package);
  return out;
}

static void test_templates(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  g_autofree char *path = record_path(bed, ".docx");
  g_autoptr(GByteArray) good = edited("{{honours}}", "[[ honours]");
  g_autoptr(GByteArray) wrong = edited("{{honours}}", "{{honors }}");
  ApiResponse *response = bring(bed, SYSTEM_ADMIN, good->data, good->len);
  g_assert_cmpint(response->status, ==, 201);
  api_response_free(response);
  g_autofree char *text = printed(bed, STAFF, path);
  has(text, "[[ honours]");
  /* What is wrong with one is said by name, and the former one stays. */
  response = bring(bed, SYSTEM_ADMIN, wrong->data, wrong->len);
  g_assert_cmpint(response->status, ==, 422);
  has(response->body->str, "\"code\":\"paper_template.unknown\",\"params\":{\"names\":\"honors\"}");
  api_response_free(response);
  response = bring(bed, SYSTEM_ADMIN, "no document", 11);
  has(response->body->str, "paper_template.unreadable");
  api_response_free(response);
  response = bring(bed, STAFF, good->data, good->len);
  g_assert_cmpint(response->status, ==, 403);
  api_response_free(response);
  g_autofree char *again = printed(bed, STAFF, path);
  has(again, "[[ honours]");
  /* The list says who brought it, and withdrawing it gives the form back its own. */
  json_t *list =
      bed_expect(bed, 200, SYSTEM_ADMIN, "GET", "paper_templates?form=member_profile.record", NULL);
  const json_t *item = json_array_get(json_object_get(list, "items"), 0);
  g_assert_cmpuint(json_array_size(json_object_get(list, "items")), ==, 1);
  g_assert_cmpstr(json_string_value(json_object_get(item, "name")), ==, "登记表.docx");
  g_autofree char *withdraw = g_strdup_printf("paper_templates/%s/withdraw",
                                              json_string_value(json_object_get(item, "id")));
  json_decref(list);
  json_decref(bed_expect(bed, 200, SYSTEM_ADMIN, "POST", withdraw, "{}"));
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "POST", withdraw, "{}");
  g_autofree char *former = printed(bed, STAFF, path);
  has(former, "劳动模范");
  bed_free(bed);
}

/* Each form that is declared has a template, which the check of templates takes, in its place. */
static void test_shipped(void) {
  Bed *bed = bed_to_print();
  unsigned forms = 0, shipped = 0;
  for (unsigned i = 0; i < model_count(bed->model); i++)
    for (const Paper *paper = model_info(bed->model, i)->subject->papers; paper && paper->code;
         paper++, forms++) {
      const char *subject = model_info(bed->model, i)->subject->name;
      g_autofree char *path = g_strdup_printf("paper_files/%s.%s", subject, paper->code);
      ApiResponse *response = bed_ask(bed, SYSTEM_ADMIN, "GET", path, NULL);
      g_assert_cmpint(response->status, ==, 200);
      ApiRequest *request = bed_request(bed, SYSTEM_ADMIN, "POST", path, NULL);
      g_ptr_array_add(request->query, g_strdup("name=x.docx"));
      request->file = g_build_filename(bed->folder, "brought", NULL);
      g_file_set_contents(request->file, response->body->str, (gssize)response->body->len, NULL);
      api_response_free(response);
      response = bed_send(bed, request);
      if (response->status != 201)
        g_test_message("%s: %s", path, response->body->str);
      g_assert_cmpint(response->status, ==, 201);
      api_response_free(response);
    }
  while (shipped_templates[shipped].name)
    shipped++;
  g_assert_cmpuint(forms, ==, shipped);
  bed_refused(bed, 404, "not_found", SYSTEM_ADMIN, "GET", "paper_files/member_profile.other", NULL);
  bed_free(bed);
}

/* ---- what nobody waits for, and what waits ---- */

static void test_abandoned(void) {
  Bed *bed = bed_to_print();
  g_autofree char *path = record_path(bed, ".docx");
  g_autoptr(ApiResponse) response = NULL;
  api_abandon(bed_begin(bed, STAFF, path, &response));
  bed_until_answered(&response);
  g_assert_null(response->file);
  bed_write(bed, no_notes, NULL);
  bed_free(bed);
}

/* A converter that says that it runs, waits until it may go on, and leaves a profile. */
static const char slow[] = "#!/bin/sh\n"
                           "at=\"$2/../..\"\n"
                           "echo >> \"$at/runs\"\n"
                           "until [ -e \"$at/go\" ]; do sleep 0.02; done\n"
                           "mkdir -p \"$2/profile/user\"\n"
                           "echo x > \"$2/profile/user/x\"\n"
                           "ln -s / \"$2/profile/root\"\n"
                           "echo %PDF- > \"$2/form.pdf\"\n";

static void take_slow_converter(Bed *bed) {
  g_free(bed->config->pdf_program);
  bed->config->pdf_program = bed_program(bed, slow);
  g_free(bed->config->pdf_converter);
  bed->config->pdf_converter = g_strdup("/bin/true");
}

static unsigned count_folders(const Bed *bed) {
  g_autofree char *folder = g_build_filename(bed->config->data_dir, "transit", NULL);
  g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
  const char *name;
  unsigned count = 0;
  while (dir && (name = g_dir_read_name(dir)))
    count += g_str_has_suffix(name, ".pdf.d");
  return count;
}

typedef struct {
  const Bed *bed;
  unsigned count;
} Folders;

static bool has_folders(const void *data) {
  const Folders *wanted = data;
  return count_folders(wanted->bed) == wanted->count;
}

static void until_folders(const Bed *bed, unsigned count) {
  bed_until(has_folders, &(Folders){bed, count});
}

/* One after the other: who does not wait any more costs no turn, and nobody has two in the line. */
static void test_line(void) {
  Bed *bed = bed_to_print();
  take_slow_converter(bed);
  g_autofree char *path = bed_path(bed, "meetings/MEETING/papers/notice.pdf");
  g_autofree char *runs = g_build_filename(bed->config->data_dir, "runs", NULL);
  g_autofree char *go = g_build_filename(bed->config->data_dir, "go", NULL);
  g_autofree char *said = NULL;
  gsize size;
  g_autoptr(ApiResponse) first = NULL, second = NULL;
  bed_begin(bed, STAFF, path, &first);
  until_folders(bed, 1);
  Exchange *waiting = bed_begin(bed, GUEST, path, &second);
  until_folders(bed, 2);
  bed_refused(bed, 429, "too_many", GUEST, "GET", path, NULL);
  bed_refused(bed, 429, "too_many", STAFF, "GET", path, NULL);
  api_abandon(waiting);
  g_assert_true(g_file_set_contents(go, "", 0, NULL));
  bed_until_answered(&first);
  bed_until_answered(&second);
  g_assert_cmpint(first->status, ==, 200);
  g_assert_null(second->file);
  until_folders(bed, 0);
  g_assert_true(g_file_get_contents(runs, &said, &size, NULL));
  g_assert_cmpuint(size, ==, 1);
  g_autoptr(ApiResponse) again = print(bed, GUEST, path);
  g_assert_cmpint(again->status, ==, 200);
  until_folders(bed, 0);
  g_unlink(go);
  g_unlink(runs);
  bed_free(bed);
}

/* Whoever closes the page while his form is made, and asks again, is not told to wait for the
 * first: that one is killed. */
static void test_left(void) {
  Bed *bed = bed_to_print();
  take_slow_converter(bed);
  g_autofree char *path = bed_path(bed, "meetings/MEETING/papers/notice.pdf");
  g_autofree char *runs = g_build_filename(bed->config->data_dir, "runs", NULL);
  g_autofree char *go = g_build_filename(bed->config->data_dir, "go", NULL);
  g_autofree char *said = NULL;
  gsize size;
  g_autoptr(ApiResponse) first = NULL, second = NULL;
  Exchange *asked = bed_begin(bed, GUEST, path, &first);
  bed_until_written(runs);
  api_abandon(asked);
  bed_begin(bed, GUEST, path, &second);
  gint64 left_us = g_get_monotonic_time();
  bed_until_answered(&first); /* nothing lets it go on */
  g_assert_cmpint(g_get_monotonic_time() - left_us, <, CONVERTING_MOST_S * G_USEC_PER_SEC / 2);
  g_assert_null(first->file);
  g_assert_null(second);
  g_assert_true(g_file_set_contents(go, "", 0, NULL));
  bed_until_answered(&second);
  g_assert_cmpint(second->status, ==, 200);
  until_folders(bed, 0);
  g_assert_true(g_file_get_contents(runs, &said, &size, NULL));
  g_assert_cmpuint(size, ==, 2);
  bed_write(bed, one_note, NULL);
  g_unlink(go);
  g_unlink(runs);
  bed_free(bed);
}

/* What a crash left is removed at the next start, and nothing that a link in it leads to. */
static void test_left_over(void) {
  Bed *bed = bed_to_print();
  g_autofree char *left = g_build_filename(bed->config->data_dir, "transit", "x.pdf.d", NULL);
  g_autofree char *profile = g_build_filename(left, "profile", "user", NULL);
  g_autofree char *form = g_build_filename(left, "form.docx", NULL);
  g_autofree char *link = g_build_filename(profile, "link", NULL);
  g_autofree char *elsewhere = g_build_filename(bed->folder, "elsewhere", NULL);
  g_autofree char *kept = g_build_filename(elsewhere, "kept", NULL);
  g_assert_cmpint(g_mkdir_with_parents(profile, 0700), ==, 0);
  g_assert_cmpint(g_mkdir_with_parents(elsewhere, 0700), ==, 0);
  g_assert_true(g_file_set_contents(form, "x", 1, NULL));
  g_assert_true(g_file_set_contents(kept, "x", 1, NULL));
  g_assert_cmpint(symlink(elsewhere, link), ==, 0);
  transit_clear(bed->config);
  g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
  g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
  g_unlink(kept);
  g_rmdir(elsewhere);
  bed_free(bed);
}

/* ---- as a PDF ---- */

static void test_pdf(void) {
  Bed *bed = bed_to_print();
  fill_member(bed);
  g_autofree char *path = record_path(bed, ".pdf");
  char *bytes;
  gsize size;
  if (!g_file_test(bed->config->pdf_converter, G_FILE_TEST_IS_EXECUTABLE)) {
    bed_refused(bed, 503, "paper_template.no_converter", STAFF, "GET", path, NULL);
    g_test_skip("no LibreOffice here");
    bed_free(bed);
    return;
  }
  ApiResponse *response = print(bed, STAFF, path);
  g_assert_cmpint(response->status, ==, 200);
  g_assert_cmpstr(response->content_type, ==, "application/pdf");
  g_assert_true(g_file_get_contents(response->file, &bytes, &size, NULL));
  g_assert_cmpmem(bytes, 5, "%PDF-", 5);
  g_assert_cmpuint(size, >, 5000);
  const char *kept = g_getenv("YISHI_KEEP_PDF"); /* for who wants to look at it */
  if (kept)
    g_file_set_contents(kept, bytes, (gssize)size, NULL);
  g_free(bytes);
  api_response_free(response);
  /* Without it DOCX is as before. */
  g_free(bed->config->pdf_converter);
  bed->config->pdf_converter = g_strdup("/nowhere/soffice.bin");
  bed_refused(bed, 503, "paper_template.no_converter", STAFF, "GET", path, NULL);
  g_autofree char *docx = record_path(bed, ".docx");
  g_free(printed(bed, STAFF, docx));
  /* One that dies is told so. */
  g_free(bed->config->pdf_converter);
  bed->config->pdf_converter = g_strdup("/bin/false");
  bed_refused(bed, 500, "paper_template.failed", STAFF, "GET", path, NULL);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 3);
  program = argv[1];
  converter = argv[2];
  g_test_add_func("/papers/record", test_record);
  g_test_add_func("/papers/file", test_file);
  g_test_add_func("/papers/change", test_change);
  g_test_add_func("/papers/meeting", test_meeting);
  g_test_add_func("/papers/lists", test_lists);
  g_test_add_func("/papers/most_rows", test_most_rows);
  g_test_add_func("/papers/rights", test_rights);
  g_test_add_func("/papers/matrix", test_matrix);
  g_test_add_func("/papers/templates", test_templates);
  g_test_add_func("/papers/shipped", test_shipped);
  g_test_add_func("/papers/abandoned", test_abandoned);
  g_test_add_func("/papers/line", test_line);
  g_test_add_func("/papers/left", test_left);
  g_test_add_func("/papers/left_over", test_left_over);
  g_test_add_func("/papers/pdf", test_pdf);
  return g_test_run();
}
