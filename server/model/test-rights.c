/* The table of rights says what the kernel does, and `why` which of it fits somebody and a row. */
#include <string.h>

#include "model/rights.h"
#include "model/test-bed.h"
#include "model/why.h"

#define SECURITY ROLE_SECURITY_ADMIN

static const Field fields[] = {TEXT("text", 1, 20), TEXT("secret", 0, 9, .see = "work"), END};
static const Grant grants[] = {
    {MEMBER, "all", "ask", NULL},
    {MEMBER, "party", "read drop", NULL},
    {MEMBER, "party", "edit", "asked"},
    {MEMBER, "party", "print", "gone"},
    {MEMBER | STAFF, "granted", "read", NULL},
    {STAFF, "all", "read work grant", NULL},
    {SERVER, "all", "lapse", NULL},
    {0},
};
static const State states[] = {
    {"asked", STATE_OPEN}, {"granted", STATE_OPEN}, {"gone", STATE_FINAL}, {0}};
static const Step steps[] = {
    {"", "ask", "asked"},
    {"asked", "grant", "granted", .flags = DECIDES},
    {"asked granted", "drop", "gone"},
    {"asked", "lapse", "gone"},
    {0},
};
static const List all = {NULL, NULL, "text", NULL, 0};
static const Route routes[] = {
    {R_LIST, "wishes", "read", .list = &all},  {R_ONE, "wishes/{wish}", "read"},
    {R_CREATE, "wishes", "ask", .in = "text"}, {R_EDIT, "wishes/{wish}", "edit", .in = "text"},
    {R_STEPS, "wishes/{wish}", NULL},          {0},
};
static const Paper papers[] = {{"slip", "print"}, {0}};
static const char sql[] = "--: row\nselect {w}, w.version from wish w\n"
                          "--: scope party\nw.created_by = @me\n"
                          "--: scope granted\nw.state = 'granted'\n";
static const char words[] =
    "wish 请求 | Wish\ntext 文字 | Text\nsecret 密 | Secret\nlist.wishes 请求 | Wishes\n"
    "state 状态 | State\nstate.asked 已提 | Asked\nstate.granted 已准 | Granted\nstate.gone 已结 | "
    "Gone\n"
    "verb.ask 提出 | Ask\nverb.read 查看 | See\nverb.drop 撤回 | Drop\nverb.edit 修改 | Edit\n"
    "verb.print 打印 | Print\npaper.slip 回执 | Slip\nverb.work 办理 | Work on it\nverb.grant 批准 "
    "| Grant\nverb.lapse 逾期 | Lapse\n"
    "scope.party 本人提出的 | Of oneself\nscope.granted 已批准的 | Granted ones\n";
static const Subject wish = {"wish", "wish", fields, grants, routes,          NULL,
                             sql,    states, steps,  words,  .papers = papers};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&wish, NULL};
  world_make(w, subjects,
             "create table wish (id text primary key, text text not null,"
             " secret text not null default '', state text not null, created_by text not null,"
             " created_at integer not null, version integer not null default 1) strict");
}

/* ---- the table ---- */

static void test_table(void) {
  World w;
  world_init(&w);
  g_autoptr(GString) out = g_string_new(NULL);
  g_autoptr(GString) lines = g_string_new(NULL);
  print_rights(w.model, out);
  g_auto(GStrv) rows = g_strsplit(out->str, "\n", -1);
  for (unsigned i = 1; rows[i] && *rows[i]; i++) { /* blanks as one */
    g_auto(GStrv) cells = g_strsplit(rows[i], " ", -1);
    for (unsigned n = 0; cells[n]; n++)
      if (*cells[n])
        g_string_append_printf(lines, "%s ", cells[n]);
    g_string_append_c(lines, '\n');
  }
  g_assert_cmpstr(lines->str, ==,
                  "wish member all - ask asked - POST /wishes \n"
                  "wish member party asked read - - GET /wishes/{wish} \n"
                  "wish member party asked drop gone - POST /wishes/{wish}/drop \n"
                  "wish member party granted read - - GET /wishes/{wish} \n"
                  "wish member party granted drop gone - POST /wishes/{wish}/drop \n"
                  "wish member party gone read - - GET /wishes/{wish} \n"
                  "wish member party asked edit - - PATCH /wishes/{wish} \n"
                  "wish member party gone print - - GET /wishes/{wish}/papers/slip.docx \n"
                  "wish member granted asked read - - GET /wishes/{wish} \n"
                  "wish member granted granted read - - GET /wishes/{wish} \n"
                  "wish member granted gone read - - GET /wishes/{wish} \n"
                  "wish staff granted asked read - - GET /wishes/{wish} \n"
                  "wish staff granted granted read - - GET /wishes/{wish} \n"
                  "wish staff granted gone read - - GET /wishes/{wish} \n"
                  "wish staff all asked read - - GET /wishes/{wish} \n"
                  "wish staff all asked work - - - \n"
                  "wish staff all asked grant granted never POST /wishes/{wish}/grant \n"
                  "wish staff all granted read - - GET /wishes/{wish} \n"
                  "wish staff all granted work - - - \n"
                  "wish staff all gone read - - GET /wishes/{wish} \n"
                  "wish staff all gone work - - - \n");
  world_clear(&w);
}

/* A verb once, with each role that has it once, whatever scopes and states there are. */
static void test_web(void) {
  World w;
  world_init(&w);
  g_autoptr(GString) out = g_string_new(NULL);
  print_web_rights(w.model, out);
  g_assert_cmpstr(out->str, ==,
                  "\nexport const rights = {\n"
                  "  wish: {\n"
                  "    ask: ['member'],\n"
                  "    read: ['member', 'staff'],\n"
                  "    drop: ['member'],\n"
                  "    edit: ['member'],\n"
                  "    print: ['member'],\n"
                  "    work: ['staff'],\n"
                  "    grant: ['staff'],\n"
                  "  },\n"
                  "} as const satisfies Record<string, Record<string, readonly string[]>>\n");
  world_clear(&w);
}

/* ---- why ---- */

static char *asked(World *w, const char *person, unsigned roles) {
  g_auto(Answer) made = ask(
      w, (Ask){HTTP_POST, "wishes", .body = "{\"text\":\"x\"}", .person = person, .roles = roles});
  g_assert_cmpint(made.status, ==, 200);
  return g_strdup(text_of(made.body, "id"));
}

/* "roles scope verbs; …", then what is withheld. */
static char *summary(const json_t *answer) {
  GString *out = g_string_new(NULL);
  size_t i, n;
  json_t *grant, *one;
  json_array_foreach(json_object_get(answer, "grants"), i, grant) {
    json_array_foreach(json_object_get(grant, "roles"), n, one)
        g_string_append_printf(out, "%s ", text_of(one, "name"));
    g_string_append_printf(out, "%s:", text_of(json_object_get(grant, "scope"), "name"));
    json_array_foreach(json_object_get(grant, "verbs"), n, one)
        g_string_append_printf(out, " %s", text_of(one, "name"));
    g_string_append(out, "; ");
  }
  json_array_foreach(json_object_get(answer, "withheld"), n, one)
      g_string_append_printf(out, "not %s", text_of(one, "name"));
  return g_string_free(out, FALSE);
}

static void is_why(World *w, const char *id, const char *person, unsigned roles, const char *query,
                   const char *expected) {
  g_autofree char *path = g_strdup_printf("wishes/%s/" WHY_VERB, id);
  g_auto(Answer) answer = ask(w, (Ask){HTTP_GET, path, query, NULL, person, roles});
  g_autofree char *said =
      answer.status == 200 ? summary(answer.body) : g_strdup_printf("%d", answer.status);
  g_assert_cmpstr(said, ==, expected);
}

static void test_why(void) {
  World w;
  world_init(&w);
  g_autofree char *id = asked(&w, w.ada, MEMBER), *own = asked(&w, w.clerk, MEMBER | STAFF);
  is_why(&w, id, w.ada, MEMBER, NULL, "member party: read drop; member party: edit; ");
  is_why(&w, id, w.bo, MEMBER, NULL, "404");
  is_why(&w, id, w.clerk, STAFF, NULL, "staff all: read work grant; ");
  is_why(&w, own, w.clerk, MEMBER | STAFF, NULL,
         "member party: read drop; member party: edit; staff all: read work; not grant");
  g_autofree char *grant = g_strdup_printf("wishes/%s/grant", id);
  g_auto(Answer) granted = ask(&w, (Ask){HTTP_POST, grant, .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(granted.status, ==, 200);
  is_why(&w, id, w.bo, MEMBER, NULL, "member granted: read; ");
  is_why(&w, id, w.ada, MEMBER | STAFF, NULL,
         "member party: read drop; member staff granted: read; staff all: read work; ");
  is_why(&w, id, w.ada, MEMBER, NULL, "member party: read drop; member granted: read; ");
  world_clear(&w);
}

/* Of another: to the security administrator, and to nobody else. */
static void test_why_another(void) {
  World w;
  world_init(&w);
  g_autofree char *id = asked(&w, w.ada, MEMBER);
  g_autofree char *ada = g_strdup_printf("person=%s", w.ada),
                  *bo = g_strdup_printf("person=%s", w.bo);
  is_why(&w, id, w.clerk, SECURITY, ada, "member party: read drop; member party: edit; ");
  is_why(&w, id, w.clerk, SECURITY, bo, "");
  is_why(&w, id, w.clerk, SECURITY, NULL, "404");
  is_why(&w, id, w.clerk, SECURITY, "person=x", "422");
  is_why(&w, id, w.clerk, SECURITY, "who=x", "422");
  is_why(&w, id, w.clerk, STAFF, ada, "403");
  is_why(&w, id, w.bo, MEMBER, ada, "404");
  is_why(&w, id, w.ada, MEMBER, ada, "member party: read drop; member party: edit; ");
  g_autofree char *path = g_strdup_printf("wishes/%s/why", id);
  g_auto(Answer) words_of = ask(&w, (Ask){HTTP_GET, path, ada, NULL, w.clerk, SECURITY});
  const json_t *first = json_array_get(json_object_get(words_of.body, "grants"), 0);
  g_assert_cmpstr(text_of(json_object_get(first, "scope"), "zh"), ==, "本人提出的");
  g_assert_cmpstr(text_of(json_array_get(json_object_get(first, "roles"), 0), "en"), ==, "Member");
  g_assert_cmpstr(text_of(json_object_get(words_of.body, "person"), "name"), ==, "Ada");
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/rights/table", test_table);
  g_test_add_func("/rights/web", test_web);
  g_test_add_func("/rights/why", test_why);
  g_test_add_func("/rights/why-another", test_why_another);
  return g_test_run();
}
