/* Looking for records of all kinds: what is found by what, and by whom; that nobody is told of what
 * he may not read; that the index follows the rows, and catches up with those that were there. */
#include <string.h>

#include "model/find.h"
#include "model/index.h"
#include "model/take.h"
#include "model/test-bed.h"
#include "store/statement.h"

static const Field letter_fields[] = {
    TEXT("title", 1, 60),
    TEXT("text", 0, 200),
    TEXT("number", 0, 20),
    TEXT("hint", 0, 60, .see = "work"),
    END,
};
static const Grant letter_grants[] = {
    {MEMBER, "own", "read", NULL},      {MEMBER, "all", "write", NULL},
    {MEMBER, "own", "edit", "written"}, {STAFF, "all", "read work edit send", NULL},
    {STAFF, "all", "drop", NULL},       {0},
};
static const State letter_states[] = {
    {"written", STATE_OPEN, "written"}, {"sent", STATE_OPEN}, {"gone", STATE_FINAL, "gone"}, {0}};
static const Step letter_steps[] = {
    {"", "write", "written"},
    {"written", "send", "sent", .undo_s = 600},
    {"written sent", "drop", "gone"},
    {0},
};
static const Route letter_routes[] = {
    {R_ONE, "letters/{letter}", "read"},
    {R_CREATE, "letters", "write", .in = "title text? number? hint?"},
    {R_EDIT, "letters/{letter}", "edit", .in = "title? text? number?"},
    {R_STEPS, "letters/{letter}", NULL},
    {0},
};
/* What is gone is not found. */
#define LETTER_SQL                                                                                 \
  "--: row\nselect {l}, l.version from letter l\n"                                                 \
  "--: scope own\nl.created_by = @me\n"                                                            \
  "--: search\nselect created_at as at, number, title, text from letter"                           \
  " where id = @id and state <> 'gone'\n"
static const Subject letter = {"letter", "letter",   letter_fields, letter_grants, letter_routes,
                               NULL,     LETTER_SQL, letter_states, letter_steps};

static const Field card_fields[] = {TEXT("name", 1, 60), TEXT("place", 0, 60), END};
static const Grant card_grants[] = {
    {MEMBER | STAFF, "all", "read", NULL}, {STAFF, "all", "make", NULL}, {0}};
static const Route card_routes[] = {
    {R_ONE, "cards/{card}", "read"}, {R_CREATE, "cards", "make", .in = "name place?"}, {0}};
#define CARD_SQL                                                                                   \
  "--: row\nselect {c}, c.version from card c\n"                                                   \
  "--: search\nselect created_at as at, name, place as about from card where id = @id\n"
static const Subject card = {"card", "card", card_fields, card_grants, card_routes, NULL, CARD_SQL};

static const char schema[] =
    "create table letter (id text primary key, title text not null, text text not null default '',"
    " number text not null default '', hint text not null default '', state text not null,"
    " published_state text not null, created_by text not null, created_at integer not null,"
    " version integer not null default 1) strict;"
    "create table card (id text primary key, name text not null, place text not null default '',"
    " created_at integer not null, version integer not null default 1) strict";

static void begin(World *w) {
  static const Subject *const subjects[] = {&letter, &card, NULL};
  world_make(w, subjects, schema);
}

/* ---- asking ---- */

typedef struct {
  const char *person;
  unsigned roles;
} Who;

/* The answer or the problem as text. */
static char *answer(World *w, Who who, const char *query) {
  Call call;
  call_init(&call);
  call.model = w->model;
  call.db = w->f.db;
  call.actor.person = who.person;
  call.roles = who.roles | SIGNED_IN;
  call.now_ms = T0;
  call.zone = "Asia/Shanghai";
  call_begin(&call);
  g_auto(GStrv) pairs = g_strsplit(query, "&", -1);
  bool fine = true;
  for (unsigned i = 0; pairs[i]; i++) {
    char *value = strchr(pairs[i], '=');
    *value++ = 0;
    fine = take_text(field_find(find_fields, pairs[i]), value, &call.asked, &call.problem) && fine;
  }
  fine = fine && find_answer(&call);
  g_assert_no_error(call.error);
  char *problem = fine ? NULL : problem_text(&call.problem);
  char *text = g_strdup(fine ? call.out->str : problem);
  free(problem);
  call_clear(&call);
  return text;
}

/* "kind total: title title; " */
static char *found(World *w, Who who, const char *query) {
  g_autofree char *text = answer(w, who, query);
  json_t *document = json_loads(text, 0, NULL), *kind, *item;
  g_assert_nonnull(document);
  GString *out = g_string_new(NULL);
  size_t i, n;
  json_array_foreach(json_object_get(document, "kinds"), i, kind) {
    g_string_append_printf(out, "%s %d:", text_of(kind, "kind"),
                           (int)json_integer_value(json_object_get(kind, "total")));
    json_array_foreach(json_object_get(kind, "items"), n, item)
        g_string_append_printf(out, " %s", text_of(item, "title"));
    g_string_append(out, "; ");
  }
  json_decref(document);
  return g_string_free(out, FALSE);
}

static void expect(World *w, Who who, const char *query, const char *wanted) {
  g_autofree char *text = found(w, who, query);
  g_assert_cmpstr(text, ==, wanted);
}

static char *made(World *w, Who who, int64_t later_ms, const char *path, const char *body) {
  g_auto(Answer) got = ask(w, (Ask){HTTP_POST, path, .body = body, .person = who.person,
                                    .roles = who.roles, .later_ms = later_ms});
  g_assert_cmpint(got.status, ==, 200);
  return g_strdup(text_of(got.body, "id"));
}

static void does(World *w, Who who, HttpMethod method, const char *id, const char *verb,
                 const char *body) {
  g_autofree char *path = g_strconcat("letters/", id, verb, NULL);
  g_auto(Answer) got =
      ask(w, (Ask){method, path, .body = body, .person = who.person, .roles = who.roles});
  g_assert_cmpint(got.status, ==, 200);
}

static Who clerk(const World *w) {
  return (Who){w->clerk, STAFF};
}

static Who ada(const World *w) {
  return (Who){w->ada, MEMBER};
}

/* ---- */

static void test_kinds(void) {
  World w;
  begin(&w);
  g_free(made(&w, ada(&w), 1000, "letters",
              "{\"title\":\"加装电梯\",\"text\":\"张伟的楼\",\"number\":\"12\"}"));
  g_free(
      made(&w, ada(&w), 2000, "letters", "{\"title\":\"公交\",\"text\":\"医院电梯，见2026-7号\"}"));
  g_free(made(&w, ada(&w), 0, "letters", "{\"title\":\"电池\",\"number\":\"2026-7\"}"));
  g_free(made(&w, clerk(&w), 0, "cards", "{\"name\":\"张伟\",\"place\":\"教育\"}"));
  g_free(made(&w, clerk(&w), 0, "cards", "{\"name\":\"单田芳\"}"));
  const Who me = ada(&w);
  expect(&w, me, "q=电梯", "letter 2: 加装电梯 公交; "); /* the title first, though it is older */
  expect(&w, me, "q=张伟", "letter 1: 加装电梯; card 1: 张伟; ");
  expect(&w, me, "q=教育", "card 1: 张伟; ");
  expect(&w, me, "q=电", "letter 2: 加装电梯 电池; "); /* one character: in titles only */
  expect(&w, me, "q=2026-7", "letter 2: 电池 公交; "); /* the number before what names it */
  expect(&w, me, "q=zhangwei", "card 1: 张伟; ");
  expect(&w, me, "q=zhangw", "card 1: 张伟; ");
  expect(&w, me, "q=ZW", "card 1: 张伟; ");
  expect(&w, me, "q=wei zhang", "card 1: 张伟; ");
  expect(&w, me, "q=stf", "card 1: 单田芳; ");
  expect(&w, me, "q=letter", ""); /* the word of a kind is none of its texts */
  expect(&w, me, "q=，。", "");
  expect(&w, me, "q=电梯&kind=card", "");
  expect(&w, me, "q=电梯&kind=letter", "letter 2: 公交 加装电梯; "); /* pages: the newest first */
  world_clear(&w);
}

/* Which member was wrong. */
static void wrong(World *w, const char *query, const char *member) {
  g_autofree char *text = answer(w, ada(w), query);
  g_autofree char *name = g_strdup_printf("\"%s\"", member);
  if (!strstr(text, "invalid") || !strstr(text, name))
    g_error("%s: %s", query, text);
}

static void test_asked_wrongly(void) {
  World w;
  begin(&w);
  wrong(&w, "q=", "q");
  wrong(&w, "q=a&kind=nothing", "kind");
  wrong(&w, "q=a&limit=51", "limit");
  wrong(&w, "q=a&after=abcdefghijklmnop", "after");
  wrong(&w, "q=a&kind=letter&after=abcdefghijklmnop", "after");
  world_clear(&w);
}

/* The index follows what is done to a row, also when it is taken back. */
static void test_follows(void) {
  World w;
  begin(&w);
  const Who me = ada(&w);
  g_autofree char *id = made(&w, me, 0, "letters", "{\"title\":\"电梯\"}");
  does(&w, me, HTTP_PATCH, id, "", "{\"title\":\"公交\"}");
  expect(&w, me, "q=电梯", "");
  expect(&w, me, "q=公交", "letter 1: 公交; ");
  does(&w, clerk(&w), HTTP_POST, id, "/drop", NULL);
  expect(&w, me, "q=公交", "");
  /* What is refused leaves nothing. */
  g_auto(Answer) refused = ask(&w, (Ask){HTTP_POST, "letters", .body = "{\"text\":\"养老\"}",
                                         .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(refused.status, ==, 422);
  expect(&w, clerk(&w), "q=养老", "");
  world_clear(&w);
}

/* Each sees the state that he sees of the row. */
static void test_state(void) {
  World w;
  begin(&w);
  g_autofree char *id = made(&w, ada(&w), 0, "letters", "{\"title\":\"电梯\"}");
  does(&w, clerk(&w), HTTP_POST, id, "/send", NULL);
  g_autofree char *hers = answer(&w, ada(&w), "q=电梯");
  g_autofree char *his = answer(&w, clerk(&w), "q=电梯");
  g_assert_nonnull(strstr(hers, "\"state\":\"written\""));
  g_assert_nonnull(strstr(his, "\"state\":\"sent\""));
  world_clear(&w);
}

/* Everything that Ada can ask, in a world with letters of hers; then in one where Bo has written,
 * before, between and after, what has the same words, numbers and times. */
static void test_two_worlds(void) {
  static const char *const queries[] = {
      "q=电梯",
      "q=电梯&limit=1",
      "q=电梯&kind=letter&limit=1",
      "q=12",
      "q=2026-7",
      "q=公交",
      "q=密",
      "q=电",
      "q=加装电梯",
      "q=电梯&kind=letter",
  };
  g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func(g_free);
  for (int hidden = 0; hidden < 2; hidden++) {
    World w;
    begin(&w);
    const Who bo = {w.bo, MEMBER};
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < 6; i++) {
      g_autofree char *body = g_strdup_printf(
          "{\"title\":\"加装电梯%d\",\"text\":\"公交\",\"number\":\"%d\"}", i, 10 + i);
      for (int n = 0; hidden && n < 3; n++) {
        g_free(made(&w, bo, i * 400, "letters", body));
        g_free(made(&w, bo, i * 400, "letters", "{\"title\":\"密\",\"number\":\"2026-7\"}"));
      }
      char *id = made(&w, ada(&w), i * 400, "letters", body);
      g_ptr_array_add(ids, id);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(queries); i++) {
      /* Ids are random: by their order. */
      g_autofree char *plain = answer(&w, ada(&w), queries[i]);
      GString *text = g_string_new(plain);
      for (unsigned n = 0; n < ids->len; n++) {
        g_autofree char *name = g_strdup_printf("letter-%u", n);
        g_string_replace(text, ids->pdata[n], name, 0);
      }
      if (!hidden)
        g_ptr_array_add(answers, g_string_free(text, FALSE));
      else {
        g_assert_cmpstr(text->str, ==, answers->pdata[i]);
        g_string_free(text, TRUE);
      }
    }
    expect(&w, clerk(&w), "q=密", hidden ? "letter 18: 密 密 密 密 密; " : "");
    world_clear(&w);
  }
}

/* A row of another's is no place in one's own pages. */
static void test_foreign_place(void) {
  World w;
  begin(&w);
  g_autofree char *bos = made(&w, (Who){w.bo, MEMBER}, 0, "letters", "{\"title\":\"电梯\"}");
  g_autofree char *query = g_strconcat("q=电梯&kind=letter&after=", bos, NULL);
  g_autofree char *never = answer(&w, ada(&w), "q=电梯&kind=letter&after=aaaaaaaaaaaaaaaa");
  g_autofree char *there = answer(&w, ada(&w), query);
  g_assert_cmpstr(there, ==, never);
  world_clear(&w);
}

static void test_pages(void) {
  World w;
  begin(&w);
  for (int i = 0; i < 7; i++) {
    g_autofree char *body = g_strdup_printf("{\"title\":\"电梯%d\"}", i);
    g_free(made(&w, ada(&w), i, "letters", body));
  }
  g_autoptr(GString) titles = g_string_new(NULL);
  g_autofree char *next = NULL;
  for (int page = 0; page < 9; page++) {
    g_autofree char *query =
        g_strconcat("q=电梯&kind=letter&limit=3", next ? "&after=" : "", next, NULL);
    g_autofree char *text = answer(&w, ada(&w), query);
    json_t *document = json_loads(text, 0, NULL), *item;
    json_t *kind = json_array_get(json_object_get(document, "kinds"), 0);
    size_t n;
    json_array_foreach(json_object_get(kind, "items"), n, item)
        g_string_append(titles, text_of(item, "title") + strlen("电梯"));
    g_free(next);
    next = g_strdup(text_of(kind, "next"));
    json_decref(document);
    if (!next)
      break;
  }
  g_assert_cmpstr(titles->str, ==, "6543210");
  world_clear(&w);
}

/* ---- catching up ---- */

static unsigned slice(World *w) {
  GError *error = NULL;
  unsigned rows;
  index_slice(w->f.db, w->model, &rows, &error);
  g_assert_no_error(error);
  return rows;
}

/* Rows that were there before, in slices; then those of a section that has become another. */
static void test_catches_up(void) {
  World w;
  begin(&w);
  g_assert_true(db_exec(
      w.f.db,
      "insert into card (id, name, place, created_at) with recursive n (i) as (select 100 union all"
      " select i + 1 from n where i < 189) select 'card0000000000' || i, '老' || i, '哈尔滨', i"
      " from n",
      NULL));
  const Who me = ada(&w);
  expect(&w, me, "q=哈尔滨", "");
  unsigned slices = 0, rows, all = 0;
  while ((rows = slice(&w)) > 0) {
    g_assert_cmpuint(rows, <=, INDEX_SLICE);
    all += rows;
    slices++;
  }
  g_assert_cmpuint(all, ==, 90);
  g_assert_cmpuint(slices, ==, 3);
  expect(&w, me, "q=哈尔滨&limit=1", "card 90: 老189; ");
  model_free(w.model);
  static const Subject other = {
      "card",
      "card",
      card_fields,
      card_grants,
      card_routes,
      NULL,
      "--: row\nselect {c}, c.version from card c\n"
      "--: search\nselect created_at as at, name as title from card where id = @id\n"};
  static const Subject *const subjects[] = {&letter, &other, NULL};
  char *why = NULL;
  w.model = model_new(subjects, &why);
  g_assert_cmpuint(slice(&w), ==, INDEX_SLICE);
  while (slice(&w) > 0)
    ;
  expect(&w, me, "q=哈尔滨", "");
  expect(&w, me, "q=老150", "card 1: 老150; ");
  world_clear(&w);
}

static void test_due(void) {
  World w;
  begin(&w);
  while (slice(&w) > 0)
    ;
  g_autofree char *id = made(&w, ada(&w), 0, "letters", "{\"title\":\"电梯\"}");
  g_autofree char *sql = g_strdup_printf("update letter set title = '公交';"
                                         "insert into search_due values ('letter', '%s'),"
                                         " ('letter', 'zzzzzzzzzzzzzzzz'), ('nothing', 'a')",
                                         id);
  g_assert_true(db_exec(w.f.db, sql, NULL));
  g_assert_cmpuint(slice(&w), ==, 3);
  g_assert_cmpuint(slice(&w), ==, 0);
  expect(&w, ada(&w), "q=电梯", "");
  expect(&w, ada(&w), "q=公交", "letter 1: 公交; ");
  world_clear(&w);
}

/* ---- declarations ---- */

static void test_checked(void) {
  static const struct {
    const char *search, *why;
  } cases[] = {
      {"select created_at as at, title, text from letter where id = @id", NULL},
      {"select title from letter where id = @id", "at"},
      {"select created_at as at, text from letter where id = @id", "title"},
      {"select created_at as at, title, title as name from letter where id = @id", "title"},
      {"select created_at as at, title, hint from letter where id = @id", "hint"},
      {"select created_at as at, title, state from letter where id = @id", "state"},
      {"select created_at as at, title from nothing where id = @id", "nothing"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    World w;
    g_autoptr(GError) error = NULL;
    g_autofree char *sql = g_strdup_printf("--: row\nselect {l}, l.version from letter l\n"
                                           "--: scope own\nl.created_by = @me\n--: search\n%s\n",
                                           cases[i].search);
    Subject subject = letter;
    subject.sql = sql;
    const Subject *const subjects[] = {&subject, NULL};
    world_make(&w, subjects, schema);
    bool fine = index_check(w.model, w.f.db, model_info(w.model, 0), &error);
    g_assert_true(fine == !cases[i].why);
    if (!fine)
      g_assert_nonnull(strstr(error->message, cases[i].why));
    world_clear(&w);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/find/kinds", test_kinds);
  g_test_add_func("/find/asked_wrongly", test_asked_wrongly);
  g_test_add_func("/find/follows", test_follows);
  g_test_add_func("/find/state", test_state);
  g_test_add_func("/find/two_worlds", test_two_worlds);
  g_test_add_func("/find/foreign_place", test_foreign_place);
  g_test_add_func("/find/pages", test_pages);
  g_test_add_func("/find/catches_up", test_catches_up);
  g_test_add_func("/find/due", test_due);
  g_test_add_func("/find/checked", test_checked);
  return g_test_run();
}
