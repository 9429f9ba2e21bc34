/* What is printed for the pages, of a subject that has all there is: a workflow, a field that not
 * everybody sees, references, words of another subject. */
#include <string.h>

#include "model/print-web.h"
#include "model/test-bed.h"

static const Field field_of_hall[] = {WORD("kind", "big small"), END};
static const Grant grants_of_hall[] = {{STAFF, "all", "read", NULL}, {0}};
static const Route routes_of_hall[] = {{R_ONE, "halls/{hall}", "read"}, {0}};
static const Subject hall = {"hall",
                             "hall",
                             field_of_hall,
                             grants_of_hall,
                             routes_of_hall,
                             NULL,
                             "--: row\nselect {h} from hall h\n"};

static const Field fields[] = {
    TEXT("text", 1, 200, .flags = LINES),
    TEXT("secret", 0, 20, .see = "work", .flags = OPTIONAL),
    REF("hall", "hall", .flags = ONCE),
    REF("other", "hall", .flags = ONCE | OPTIONAL),
    TEXT("note", 1, 200, .at = "", .flags = OPTIONAL),
    END,
};
static const Grant grants[] = {{MEMBER, "party", "read drop", NULL},
                               {MEMBER, "all", "ask", NULL},
                               {STAFF, "all", "read work grant drop", NULL},
                               {SERVER, "all", "lapse", NULL},
                               {0}};
static const State states[] = {
    {"asked", STATE_OPEN}, {"granted", STATE_OPEN}, {"gone", STATE_FINAL}, {0}};
static const Step steps[] = {
    {"", "ask", "asked"},
    {"asked", "grant", "granted", .in = "note?", .flags = DECIDES | BULK, .undo_s = 60},
    {"asked", "lapse", "gone"},
    {"asked", "drop", "gone"},
    {"granted", "drop", "gone", .in = "note"},
    {0},
};
static const List mine = {"mine", NULL, "id", "hall state", 20};
static const Route routes[] = {{R_LIST, "wishes", "read", .list = &mine},
                               {R_ONE, "wishes/{wish}", "read"},
                               {R_CREATE, "wishes", "ask", .in = "text hall"},
                               {R_STEPS, "wishes/{wish}", NULL},
                               {0}};
static const char sql[] =
    "--: row\nselect {w}, w.version, h.id as \"hall.id\", h.kind as \"hall.kind\",\n"
    "  o.id as \"other.id\", (select 1) as \"sum:int\", '[]' as \"list:json!\"\n"
    "from wish w join hall h on h.id = w.hall left join hall o on o.id = w.other\n"
    "--: scope party\nw.created_by = @me\n--: sort id\nw.id\n";

static char *printed(void) {
  static const Subject wish = {"wish", "wish", fields, grants, routes, NULL, sql, states, steps};
  static const Subject *const subjects[] = {&hall, &wish, NULL};
  World w;
  world_make(&w, subjects,
             "create table hall (id text primary key, kind text not null) strict;"
             "create table wish (id text primary key, text text not null, secret text,"
             " hall text not null references hall, other text references hall,"
             " state text not null, created_by text not null, created_at integer not null,"
             " version integer not null default 1) strict");
  GString *out = g_string_new(NULL);
  GError *error = NULL;
  print_web(w.model, w.f.db, model_find(w.model, "wish"), out, &error);
  g_assert_no_error(error);
  world_clear(&w);
  return g_string_free(out, FALSE);
}

static void has(const char *text, const char *part) {
  if (!strstr(text, part))
    g_error("no \"%s\" in:\n%s", part, text);
}

static void test_types(void) {
  g_autofree char *text = printed();
  has(text, "import type { HallKind } from '@/domain/hall/gen'\n");
  has(text, "export type WishVerb = 'drop' | 'grant'\n"
            "export type WishState = 'asked' | 'granted' | 'gone'\n");
  has(text, "  state: WishState\n  text: string\n  secret?: string | null\n  version: number\n"
            "  hall: {\n    id: string\n    kind: HallKind\n  }\n"
            "  other: {\n    id: string\n  } | null\n  sum: number | null\n  list: unknown[]\n"
            "  may: WishVerb[]\n");
  has(text, "export interface WishAsk {\n  text: string\n  hall: string\n}\n");
  has(text, "export interface WishGrant {\n  note?: string | null\n}\n");
  has(text, "export interface WishDropGranted {\n  note: string\n}\n");
  has(text, "export interface WishMineQuery extends ListQuery {\n  sort?: 'id' | '-id'\n"
            "  hall?: Several<string>\n  state?: Several<WishState>\n}\n");
  has(text, "    drop_asked: object\n    drop_granted: WishDropGranted\n");
}

static void test_constant(void) {
  g_autofree char *text = printed();
  has(text, "text: { type: 'text', least: 1, most: 200, lines: true }");
  has(text, "secret: { type: 'text', least: 0, most: 20, optional: true, see: 'work' }");
  has(text, "note: { type: 'text', least: 1, most: 200, optional: true, said: true }");
  has(text, "mine: { path: '/wishes', sort: ['id'], filter: ['hall', 'state'], counts: ['hall', "
            "'state'], most: 20 }");
  has(text, "  one: '/wishes/{wish}',\n  undo: '/wishes/{wish}/undo',\n  forms:"); /* no history */
  has(text, "    { name: 'asked', open: true },\n    { name: 'granted', open: true },\n"
            "    { name: 'gone', final: true },\n");
  has(text, "    drop_granted: {\n      method: 'POST',\n      path: '/wishes/{wish}/drop',\n"
            "      verb: 'drop',\n      fields: [{ name: 'note', needed: true }],\n"
            "      from: ['granted'],\n      to: 'gone',\n    },\n");
  has(text,
      "      bulk: true,\n      from: ['asked'],\n      to: 'granted',\n      decides: true,\n"
      "      undo_s: 60,\n");
  g_assert_null(strstr(text, "lapse")); /* the server itself does it */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/print-web/types", test_types);
  g_test_add_func("/print-web/constant", test_constant);
  return g_test_run();
}
