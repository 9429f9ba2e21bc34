/* Dictionaries: what is offered, what is shown on rows that are older than a change, and who may
 * make one. */
#include <glib/gstdio.h>
#include <string.h>

#include "domain/list.h"
#include "domain/test-desk.h"
#include "model/export.h"
#include "model/import-value.h"
#include "store/people.h"
#include "store/statement.h"

/* A subject with two fields of dictionaries, one of which somebody with `work` alone sees. */
static const Field fields[] = {
    DICT("kind", "unit_kind"),
    DICT("party", "political_affiliation", .see = "work", .flags = OPTIONAL),
    DICT("why", "member_exit", .at = ""),
    END,
};
static const Grant grants[] = {
    {STAFF, "all", "read work create edit leave", NULL},
    {MEMBER, "all", "read", NULL},
    {0},
};
static bool nothing(Call *call) {
  return true;
}
static const List all = {NULL, NULL, "kind"};
static const Route routes[] = {
    {R_LIST, "cards", "read", .list = &all},
    {R_ONE, "cards/{card}", "read"},
    {R_CREATE, "cards", "create", .in = "kind party?"},
    {R_EDIT, "cards/{card}", "edit", .in = "kind? party?"},
    {R_DO, "cards/{card}/leave", "leave", .in = "why", .effect = nothing},
    {0},
};
static const Subject card = {
    "card", "card", fields, grants, routes, NULL, "--: row\nselect {c}, c.version from card c\n"};

static void world_init(World *w) {
  static const Subject *const list[] = {&subject_dict_item, &card, NULL};
  desk_init(w, list,
            "create table card (id text primary key, kind text not null, kind_on text,"
            " party text, party_on text, created_at integer not null,"
            " version integer not null default 1) strict");
}

#define CLERK ((Desk){w.clerk, STAFF})
#define ADMIN ((Desk){w.clerk, ROLE_SYSTEM_ADMIN})
#define ADA ((Desk){w.ada, MEMBER})

static char *item_of(World *w, const char *dict, const char *code) {
  g_autofree char *path = g_strdup_printf("dict_items?dict=%s&code=%s", dict, code);
  json_t *page = desk_ask(w, (Desk){w->ada, MEMBER}, HTTP_GET, path, NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 1);
  char *id = g_strdup(text_of(json_array_get(json_object_get(page, "items"), 0), "id"));
  json_decref(page);
  return id;
}

/* The word that a card shows, as whoever asks sees it; free with g_free. */
static char *word_of(World *w, const char *card_path, const char *field, const char *language) {
  json_t *row = desk_ask(w, (Desk){w->clerk, STAFF}, HTTP_GET, card_path, NULL, 200);
  char *word = g_strdup(text_of(json_object_get(row, field), language));
  json_decref(row);
  return word;
}

static void withdraw(World *w, const char *item, const char *day) {
  g_autofree char *end = g_strdup_printf("dict_items/%s/end", item);
  json_decref(desk_ask(w, (Desk){w->clerk, ROLE_SYSTEM_ADMIN}, HTTP_PATCH, end,
                       g_strdup_printf("{\"valid_to\":\"%s\"}", day), 200));
}

/* A code goes in, words come out; only who may see the field sees any of them. */
static void test_words(void) {
  World w;
  world_init(&w);
  desk_refused(&w, CLERK, HTTP_POST, "cards", g_strdup("{\"kind\":\"palace\"}"), "invalid");
  desk_refused(&w, CLERK, HTTP_POST, "cards", g_strdup("{\"kind\":\"机关\"}"), "invalid");
  g_autofree char *id =
      desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"organ\",\"party\":\"04\"}"));
  g_autofree char *path = g_strconcat("cards/", id, NULL);
  g_autofree char *zh = word_of(&w, path, "kind", "zh"), *en = word_of(&w, path, "kind", "en"),
                  *party = word_of(&w, path, "party", "zh"),
                  *code = word_of(&w, path, "party", "code");
  g_assert_cmpstr(zh, ==, "机关");
  g_assert_cmpstr(en, ==, "Party or government body");
  g_assert_cmpstr(party, ==, "民革党员");
  g_assert_cmpstr(code, ==, "04");
  json_t *seen = desk_ask(&w, ADA, HTTP_GET, path, NULL, 200);
  g_assert_null(json_object_get(seen, "party"));
  g_assert_nonnull(json_object_get(seen, "kind"));
  json_decref(seen);
  json_t *none = desk_ask(&w, CLERK, HTTP_PATCH, path, g_strdup("{\"party\":null}"), 200);
  g_assert_true(json_is_null(json_object_get(none, "party")));
  json_decref(none);
  g_autofree char *leave = g_strconcat(path, "/leave", NULL);
  desk_refused(&w, CLERK, HTTP_POST, leave, g_strdup("{\"why\":\"bored\"}"), "invalid");
  json_decref(desk_ask(&w, CLERK, HTTP_POST, leave, g_strdup("{\"why\":\"resigned\"}"), 200));
  /* Whoever writes it. */
  g_assert_false(db_exec(w.f.db, "update card set kind = 'palace'", NULL));
  g_assert_false(db_exec(w.f.db, "update card set kind = 'institution', kind_on = null", NULL));
  world_clear(&w);
}

/* What was withdrawn is read as it was on old rows, may be said again there, and nowhere else. */
static void test_withdrawn(void) {
  World w;
  world_init(&w);
  g_autofree char *id = desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"freelance\"}"));
  g_autofree char *other = desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"organ\"}"));
  g_autofree char *path = g_strconcat("cards/", id, NULL);
  g_autofree char *other_path = g_strconcat("cards/", other, NULL);
  g_autofree char *item = item_of(&w, "unit_kind", "freelance");
  withdraw(&w, item, TODAY);
  g_autofree char *word = word_of(&w, path, "kind", "zh");
  g_assert_cmpstr(word, ==, "自由职业");
  desk_refused(&w, CLERK, HTTP_POST, "cards", g_strdup("{\"kind\":\"freelance\"}"), "invalid");
  desk_refused(&w, CLERK, HTTP_PATCH, other_path, g_strdup("{\"kind\":\"freelance\"}"), "invalid");
  json_decref(desk_ask(&w, CLERK, HTTP_PATCH, path,
                       g_strdup("{\"kind\":\"freelance\",\"party\":\"13\"}"), 200));
  json_t *page = desk_ask(&w, ADA, HTTP_GET, "dict_items?dict=unit_kind", NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 6);
  json_decref(page);
  world_clear(&w);
}

/* A code that is called otherwise from a day on: each row shows the word of the day it was set. */
static void test_renamed(void) {
  World w;
  world_init(&w);
  g_autofree char *id = desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"organ\"}"));
  g_autofree char *path = g_strconcat("cards/", id, NULL);
  g_autofree char *item = item_of(&w, "unit_kind", "organ");
  static const char form[] = "{\"dict\":\"unit_kind\",\"code\":\"organ\",\"label_zh\":\"党政机关\","
                             "\"label_en\":\"Body\",\"valid_from\":\"%s\"}";
  desk_refused(&w, ADMIN, HTTP_POST, "dict_items", g_strdup_printf(form, TODAY),
               "dict_item.overlaps");
  withdraw(&w, item, TOMORROW);
  desk_refused(&w, ADMIN, HTTP_POST, "dict_items", g_strdup_printf(form, "2010-01-01"),
               "dict_item.overlaps");
  g_autofree char *next = desk_made(&w, ADMIN, "dict_items", g_strdup_printf(form, TOMORROW));
  /* Until its day it may be put otherwise; the old one stays what it was. */
  g_autofree char *edit = g_strconcat("dict_items/", next, NULL);
  g_autofree char *old = g_strconcat("dict_items/", item, NULL);
  json_decref(desk_ask(&w, ADMIN, HTTP_PATCH, edit, g_strdup("{\"label_zh\":\"机关单位\"}"), 200));
  desk_refused(&w, ADMIN, HTTP_PATCH, old, g_strdup("{\"label_zh\":\"x\"}"), "forbidden");
  desk_refused(&w, ADMIN, HTTP_PATCH, edit, g_strdup("{\"valid_from\":\"2020-01-01\"}"),
               "dict_item.over");
  g_autofree char *today = word_of(&w, path, "kind", "zh");
  g_assert_cmpstr(today, ==, "机关");
  g_assert_true(db_exec(w.f.db,
                        "insert into card (id, kind, kind_on, created_at) values"
                        " ('aaaaaaaaaaaaaaaa', 'organ', '" TOMORROW "', 1)",
                        NULL));
  g_autofree char *later = word_of(&w, "cards/aaaaaaaaaaaaaaaa", "kind", "zh");
  g_assert_cmpstr(later, ==, "机关单位");
  world_clear(&w);
}

static void test_rights(void) {
  World w;
  world_init(&w);
  static const char form[] = "{\"dict\":\"unit_kind\",\"code\":\"guild\",\"label_zh\":\"商会\","
                             "\"label_en\":\"Guild\",\"valid_from\":\"2020-01-01\",\"sort\":15}";
  desk_refused(&w, CLERK, HTTP_POST, "dict_items", g_strdup(form), "forbidden");
  g_free(desk_made(&w, ADMIN, "dict_items", g_strdup(form)));
  g_free(desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"guild\"}")));
  json_t *page = desk_ask(&w, ADA, HTTP_GET, "dict_items?dict=unit_kind", NULL, 200);
  json_t *second = json_array_get(json_object_get(page, "items"), 1);
  g_assert_cmpstr(text_of(second, "code"), ==, "guild");
  json_decref(page);
  json_t *then = desk_ask(&w, ADA, HTTP_GET, "dict_items?dict=unit_kind&on=2019-12-31", NULL, 200);
  g_assert_cmpint(json_integer_value(json_object_get(then, "total")), ==, 7);
  json_decref(then);
  g_assert_cmpint(count(w.f.db, "select count(*) from dict_item where"
                                " dict = 'political_affiliation'"),
                  ==, 13);
  world_clear(&w);
}

/* ---- in tables ---- */

static void call_of(World *w, Call *call) {
  call_init(call);
  call->model = w->model;
  call->info = model_find(w->model, "card");
  call->route = &routes[0];
  call->verb = "read";
  call->db = w->f.db;
  call->actor.person = w->clerk;
  call->roles = STAFF;
  call->now_ms = T0;
  call->zone = "Asia/Shanghai";
  call_begin(call);
}

/* What a cell of a table that is brought says of kind; NULL: nothing that could be. */
static void reads(World *w, const char *cell, const char *wanted) {
  Call call;
  call_of(w, &call);
  g_assert_true(import_take(&call, &fields[0], cell) == (wanted != NULL));
  g_assert_no_error(call.error);
  g_assert_cmpstr(call_text(&call, ":kind"), ==, wanted);
  call_clear(&call);
}

/* The table that leaves, in the words of a language ("words=zh") or in none. */
static void leaves(World *w, const char *words, const char *wanted) {
  Call call;
  bool more;
  g_autofree char *path = g_build_filename(w->f.dir, "cards.csv", NULL), *text = NULL;
  g_autoptr(GPtrArray) query = g_ptr_array_new();
  g_ptr_array_add(query, (void *)(uintptr_t) "columns=kind");
  g_ptr_array_add(query, (void *)(uintptr_t)words);
  call_of(w, &call);
  g_autoptr(Export) export = export_new(&call, query, SHEET_CSV);
  g_assert_true(export && export_slice(export, path, &more) && !more);
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  g_assert_cmpstr(text, ==, wanted);
  g_unlink(path);
  call_clear(&call);
}

static void test_tables(void) {
  World w;
  world_init(&w);
  reads(&w, "organ", "organ");
  reads(&w, "机关", "organ");
  reads(&w, " party OR government body", "organ");
  reads(&w, "palace", "palace"); /* which the subject refuses */
  g_free(desk_made(&w, CLERK, "cards", g_strdup("{\"kind\":\"organ\"}")));
  leaves(&w, "words=zh", "\xEF\xBB\xBF\"kind.zh\"\r\n\"机关\"\r\n");
  leaves(&w, "words=en", "\xEF\xBB\xBF\"kind.en\"\r\n\"Party or government body\"\r\n");
  leaves(&w, "columns=kind.code", "\xEF\xBB\xBF\"kind.code\"\r\n\"organ\"\r\n");
  /* Two items with the same word: nobody can tell, until one of them is withdrawn. */
  static const char twin[] = "{\"dict\":\"unit_kind\",\"code\":\"bureau\",\"label_zh\":\"机关\","
                             "\"label_en\":\"Bureau\",\"valid_from\":\"2020-01-01\",\"sort\":16}";
  g_free(desk_made(&w, ADMIN, "dict_items", g_strdup(twin)));
  reads(&w, "机关", NULL);
  reads(&w, "bureau", "bureau");
  g_autofree char *organ = item_of(&w, "unit_kind", "organ");
  withdraw(&w, organ, TODAY);
  reads(&w, "机关", "bureau");
  reads(&w, "Party or government body", "organ");
  world_clear(&w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/dicts/words", test_words);
  g_test_add_func("/dicts/withdrawn", test_withdrawn);
  g_test_add_func("/dicts/renamed", test_renamed);
  g_test_add_func("/dicts/rights", test_rights);
  g_test_add_func("/dicts/tables", test_tables);
  return g_test_run();
}
