/* The kernel from a request to the answer, on a subject of its own: notes, which members write
 * about themselves and staff look after. */
#include <string.h>

#include "model/plan.h"
#include "model/test-bed.h"
#include "store/statement.h"

static const char notes_sql[] =
    "--: row\n"
    "select {n}, n.version, n.state, a.id as \"author.id\", a.name as \"author.name\",\n"
    "  (select count(*) from note m where m.author = n.author) as \"of_author:int\"\n"
    "from note n left join person a on a.id = n.author\n"
    "--: scope own\nn.author = @me\n"
    "--: scope open\nn.is_public\n"
    "--: where kept\nn.state <> 'gone'\n"
    "--: filter q\nn.title like '%' || :q || '%'\n"
    "--: sort upper\nupper(n.title)\n"
    "--: get twin\nselect id as twin from note where title = :title\n"
    "--: run archive\nupdate note set state = 'archived' where id = $id;\n"
    "insert or ignore into setting values ('archived-' || @id, @me)\n";

static const Field fields[] = {
    TEXT("title", 1, 20),
    TEXT("secret", 0, 20, .see = "work", .flags = SECRET),
    INT("rank", 0, 99),
    BOOL("is_public"),
    REF("author", "person", .flags = ONCE | GIVEN),
    TEXT("q", 1, 20, .at = ""),
    END,
};
static const Grant grants[] = {
    {MEMBER, "own", "read work edit", NULL},
    {MEMBER, "own", "archive", "draft"},
    {MEMBER, "open", "read", NULL},
    {MEMBER, "all", "create", NULL},
    {STAFF, "all", "read work edit archive", NULL},
    {0},
};

static bool no_twin(Call *call) {
  bool found;
  if (!call_get(call, "twin", &found))
    return false;
  return !found || call_refuse(call, "note.twin");
}

static bool own_author(Call *call) {
  values_text(&call->asked, "author", call_text(call, "@me"));
  return no_twin(call);
}

static bool archive(Call *call) {
  if (strcmp(call_text(call, "$title"), "stays") == 0)
    return call_run(call, "archive") && call_refuse(call, "note.stays");
  call_effect(call, EFFECT_NAMES_CHANGED, NULL, call_text(call, "@me"), NULL);
  return call_run(call, "archive");
}

static const List all = {NULL, "kept", "title -rank upper", "q is_public", 3};
static const Route routes[] = {
    {R_LIST, "notes", "read", .list = &all},
    {R_ONE, "notes/{note}", "read"},
    {R_CREATE, "notes", "create", .in = "title secret? rank? is_public?", .guard = own_author},
    {R_EDIT, "notes/{note}", "edit", .in = "title? secret? rank? is_public?"},
    {R_DO, "notes/{note}/archive", "archive", .effect = archive},
    {0},
};
static const Code codes[] = {{"note.twin", 409}, {"note.stays", 409}, {0}};
static const Subject note = {"note", "note", fields, grants, routes, codes, notes_sql};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&note, NULL};
  world_make(w, subjects,
             "create table note (id text primary key, title text not null,"
             " secret text not null default '', rank integer not null default 0,"
             " is_public integer not null default 0, state text not null default 'draft',"
             " author text references person, created_at integer not null,"
             " version integer not null default 1) strict");
}

static char *create(World *w, const char *person, const char *body) {
  g_auto(Answer) made =
      ask(w, (Ask){HTTP_POST, "notes", .body = body, .person = person, .roles = MEMBER});
  g_assert_cmpint(made.status, ==, 200);
  return g_strdup(text_of(made.body, "id"));
}

static char *path_of(const char *id, const char *rest) {
  return g_strconcat("notes/", id, rest, NULL);
}

/* Row, nested author, what may be done; as its author, as a stranger, as staff. */
static void test_one(void) {
  World w;
  world_init(&w);
  g_autofree char *id = create(&w, w.ada, "{\"title\": \"一 \\\"q\\\"\", \"secret\": \"s\"}");
  g_autofree char *path = path_of(id, "");
  g_auto(Answer) own = ask(&w, (Ask){HTTP_GET, path, .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(own.status, ==, 200);
  g_autofree char *shown = json_dumps(own.body, JSON_COMPACT | JSON_SORT_KEYS);
  g_autofree char *expected = g_strdup_printf(
      "{\"author\":{\"id\":\"%s\",\"name\":\"Ada\"},\"id\":\"%s\",\"is_public\":false,"
      "\"may\":[\"edit\",\"archive\"],\"of_author\":1,\"rank\":0,\"secret\":\"s\","
      "\"state\":\"draft\",\"title\":\"一 \\\"q\\\"\",\"version\":1}",
      w.ada, id);
  g_assert_cmpstr(shown, ==, expected);
  g_assert_cmpint(own.version, ==, 1);

  g_auto(Answer) other = ask(&w, (Ask){HTTP_GET, path, .person = w.bo, .roles = MEMBER});
  g_assert_cmpint(other.status, ==, 404);
  g_auto(Answer) staff = ask(&w, (Ask){HTTP_GET, path, .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(staff.status, ==, 200);
  g_auto(Answer) nobody = ask(&w, (Ask){HTTP_GET, path, .person = w.ada, .roles = NOBODY});
  g_assert_cmpint(nobody.status, ==, 404);
  world_clear(&w);
}

/* A field is shown by the verb that it names, and a step by the state. */
static void test_field_and_state(void) {
  World w;
  world_init(&w);
  g_autofree char *id =
      create(&w, w.ada, "{\"title\": \"open\", \"secret\": \"s\", \"is_public\": true}");
  g_autofree char *path = path_of(id, ""), *archive_path = path_of(id, "/archive");
  g_auto(Answer) seen = ask(&w, (Ask){HTTP_GET, path, .person = w.bo, .roles = MEMBER});
  g_assert_cmpint(seen.status, ==, 200);
  g_assert_null(json_object_get(seen.body, "secret"));
  g_assert_cmpuint(json_array_size(json_object_get(seen.body, "may")), ==, 0);
  g_auto(Answer) refused = ask(&w, (Ask){HTTP_POST, archive_path, .person = w.bo, .roles = MEMBER});
  g_assert_cmpint(refused.status, ==, 403);
  g_auto(Answer) done = ask(&w, (Ask){HTTP_POST, archive_path, .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(done.status, ==, 200);
  g_assert_cmpuint(done.effects, ==, 1);
  g_assert_cmpint(done.version, ==, 2);
  g_assert_cmpstr(text_of(done.body, "state"), ==, "archived");
  g_assert_cmpuint(json_array_size(json_object_get(done.body, "may")), ==, 1);
  g_auto(Answer) again = ask(&w, (Ask){HTTP_POST, archive_path, .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(again.status, ==, 409); /* he may, but not in this state */
  g_auto(Answer) staff = ask(&w, (Ask){HTTP_POST, archive_path, .person = w.clerk, .roles = STAFF});
  g_assert_cmpint(staff.status, ==, 200);
  world_clear(&w);
}

/* What is refused leaves nothing behind; what is done leaves a record of old and new. */
static void test_change(void) {
  World w;
  world_init(&w);
  g_autofree char *id = create(&w, w.ada, "{\"title\": \"stays\", \"secret\": \"s\"}");
  g_autofree char *path = path_of(id, ""), *archive_path = path_of(id, "/archive");
  int64_t records = count(w.f.db, "select count(*) from audit_record");

  g_auto(Answer) twin = ask(&w, (Ask){HTTP_POST, "notes", .body = "{\"title\": \"stays\"}",
                                      .person = w.bo, .roles = MEMBER});
  g_assert_cmpint(twin.status, ==, 409);
  g_assert_cmpstr(text_of(twin.body, "code"), ==, "note.twin");
  g_auto(Answer) stays = ask(&w, (Ask){HTTP_POST, archive_path, .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(stays.status, ==, 409);
  g_assert_cmpint(count(w.f.db, "select count(*) from setting"), ==, 0);
  g_assert_cmpint(count(w.f.db, "select version from note"), ==, 1);
  g_auto(Answer) wrong = ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"rank\": 100, \"x\": 1}",
                                       .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(wrong.status, ==, 422);
  g_assert_cmpuint(json_array_size(json_object_get(wrong.body, "errors")), ==, 2);
  g_auto(Answer) author = ask(
      &w, (Ask){HTTP_PATCH, path, .body = "{\"author\": \"x\"}", .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(author.status, ==, 422);
  g_assert_cmpint(count(w.f.db, "select count(*) from audit_record"), ==, records);

  g_auto(Answer) same = ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"title\": \"stays\"}",
                                      .person = w.ada, .roles = MEMBER});
  g_assert_cmpint(same.version, ==, 1); /* nothing became different */
  g_auto(Answer) fine = ask(
      &w, (Ask){HTTP_PATCH, path, .body = "{\"rank\": 7, \"secret\": \"t\", \"title\": \"stays\"}",
                .person = w.ada, .roles = MEMBER, .version = 1});
  g_assert_cmpint(fine.status, ==, 200);
  g_assert_cmpint(fine.version, ==, 2);
  g_assert_cmpint(count(w.f.db, "select count(*) from audit_record where kind = 'note.edit'"
                                " and detail = '{\"rank\":[0,7],\"secret\":\"changed\"}'"),
                  ==, 1);
  g_auto(Answer) stale = ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"rank\": 8}", .person = w.ada,
                                       .roles = MEMBER, .version = 1});
  g_assert_cmpint(stale.status, ==, 412);
  g_auto(Answer) unsaid = ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"rank\": 8}", .person = w.ada,
                                        .roles = MEMBER, .must_match = true});
  g_assert_cmpint(unsaid.status, ==, 428);
  g_assert_cmpint(count(w.f.db, "select version from note"), ==, 2);
  g_auto(Answer) said = ask(&w, (Ask){HTTP_PATCH, path, .body = "{\"rank\": 8}", .person = w.ada,
                                      .roles = MEMBER, .version = 2, .must_match = true});
  g_assert_cmpint(said.status, ==, 200);
  world_clear(&w);
}

/* Each page, following next; returns the titles in order. */
static char *walk(World *w, const char *person, unsigned roles, const char *query) {
  g_autoptr(GString) titles = g_string_new(NULL);
  g_autofree char *after = NULL;
  for (unsigned page = 0; page < 10; page++) {
    g_autofree char *asked = g_strdup_printf("%s&after=%s", query, after ? after : "");
    g_auto(Answer) answer = ask(w, (Ask){HTTP_GET, "notes", asked, NULL, person, roles, 0});
    g_assert_cmpint(answer.status, ==, 200);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(answer.body, "items"), i, item)
        g_string_append_printf(titles, "%s%s", titles->len ? " " : "", text_of(item, "title"));
    if (!after)
      g_string_append_printf(titles, " [%d]",
                             (int)json_integer_value(json_object_get(answer.body, "total")));
    else
      g_assert_true(json_is_null(json_object_get(answer.body, "total")));
    g_free(after);
    after = g_strdup(text_of(answer.body, "next"));
    if (!after)
      return g_string_free(g_steal_pointer(&titles), FALSE);
  }
  g_assert_not_reached();
}

static void test_list(void) {
  World w;
  world_init(&w);
  static const char *const mine[] = {"a", "b", "c", "d", "e"};
  for (unsigned i = 0; i < G_N_ELEMENTS(mine); i++) {
    g_autofree char *body = g_strdup_printf("{\"title\": \"%s\", \"rank\": %u, \"is_public\": %s}",
                                            mine[i], i / 2, i == 3 ? "true" : "false");
    g_free(create(&w, w.ada, body));
  }
  g_free(create(&w, w.bo, "{\"title\": \"bo's\", \"rank\": 1}"));

  g_autofree char *one = walk(&w, w.ada, MEMBER, "limit=2");
  g_assert_cmpstr(one, ==, "a b [5] c d e");
  g_autofree char *bo = walk(&w, w.bo, MEMBER, "limit=1"); /* his, and what is open */
  g_assert_cmpstr(bo, ==, "bo's [2] d");
  g_autofree char *staff = walk(&w, w.clerk, STAFF, "sort=-title&limit=3");
  g_assert_cmpstr(staff, ==, "e d c [6] bo's b a");
  g_autofree char *filtered = walk(&w, w.clerk, STAFF, "q=b&is_public=false");
  g_assert_cmpstr(filtered, ==, "b bo's [2]");
  g_autofree char *upper = walk(&w, w.clerk, STAFF, "sort=upper&limit=2");
  g_assert_cmpstr(upper, ==, "a b [6] bo's c d e");
  /* Equal keys: every row once, whatever the page. */
  for (unsigned limit = 1; limit <= 3; limit++)
    for (unsigned down = 0; down < 2; down++) {
      g_autofree char *query = g_strdup_printf("sort=%srank&limit=%u", down ? "-" : "", limit);
      g_autofree char *ranked = walk(&w, w.clerk, STAFF, query);
      for (unsigned i = 0; i < G_N_ELEMENTS(mine); i++) {
        const char *first = strstr(ranked, mine[i]);
        g_assert_nonnull(first);
      }
      g_assert_cmpuint(strlen(ranked), ==, strlen("a b [6] c d e bo's"));
    }
  world_clear(&w);
}

/* More kinds of question than are kept: those that are being answered stay. */
static void test_many_questions(void) {
  World w;
  world_init(&w);
  g_free(create(&w, w.ada, "{\"title\": \"a\"}"));
  for (unsigned other = 0; other < 2 * PLANS_MAX; other++) {
    g_autofree char *one = walk(&w, w.ada, MEMBER | other << 10, "limit=2");
    g_assert_cmpstr(one, ==, "a [1]");
  }
  world_clear(&w);
}

static void test_list_refuses(void) {
  World w;
  world_init(&w);
  static const char *const wrong[] = {
      "limit=0", "limit=4",       "limit=x",     "sort=secret", "colour=red",
      "after=x", "after=WzEsMl0", "is_public=1", "q=a&q=b",     "author=abcdefgh01234567"};
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_auto(Answer) answer = ask(&w, (Ask){HTTP_GET, "notes", wrong[i], NULL, w.ada, MEMBER, 0});
    g_assert_cmpint(answer.status, ==, 422);
  }
  g_auto(Answer) nobody = ask(&w, (Ask){HTTP_GET, "notes", NULL, NULL, w.ada, NOBODY, 0});
  g_assert_cmpint(nobody.status, ==, 403);
  world_clear(&w);
}

static void test_match(void) {
  World w;
  world_init(&w);
  Match none = serve_match(w.model, HTTP_GET, "note");
  g_assert_true(!none.route && none.allow == 0);
  Match put = serve_match(w.model, HTTP_PUT, "notes");
  g_assert_true(!put.route && put.allow == (HTTP_GET | HTTP_POST));
  Match deep = serve_match(w.model, HTTP_GET, "notes/abcdefgh01234567/archive");
  g_assert_true(!deep.route && deep.allow == HTTP_POST);
  Match word = serve_match(w.model, HTTP_GET, "notes/archive");
  g_assert_true(!word.route && word.allow == 0);
  Match head = serve_match(w.model, HTTP_HEAD, "notes/abcdefgh01234567");
  g_assert_true(head.route == &routes[1]);
  match_clear(&head);
  world_clear(&w);
}

/* A name that does not resolve stops the program at its start, with its name. */
static void test_check(void) {
  static const Grant no_scope[] = {{MEMBER, "theirs", "read", NULL}, {0}};
  static const Route no_verb[] = {{R_ONE, "notes/{note}", "burn"}, {0}};
  static const Route no_field[] = {{R_EDIT, "notes/{note}", "edit", .in = "colour?"}, {0}};
  static const Route given[] = {{R_EDIT, "notes/{note}", "edit", .in = "author"}, {0}};
  static const List bad_sort = {NULL, NULL, "colour", NULL, 0},
                    bad_filter = {NULL, NULL, "title", "colour", 0};
  static const Grant own_create[] = {{MEMBER, "own", "read work edit archive create", NULL}, {0}};
  static const List see_sort = {NULL, NULL, "secret", NULL, 0};
  static const List see_filter = {NULL, NULL, "title", "secret", 0};
  static const Route see_sorts[] = {{R_LIST, "notes", "read", .list = &see_sort}, {0}};
  static const Route see_filters[] = {{R_LIST, "notes", "read", .list = &see_filter}, {0}};
  static const Route both[] = {{R_CREATE, "x/{title}/notes", "create", .in = "title"}, {0}};
  static const List bad_where = {NULL, "lost", "title", NULL, 0};
  static const Route sorts[] = {{R_LIST, "notes", "read", .list = &bad_sort}, {0}};
  static const Route filters[] = {{R_LIST, "notes", "read", .list = &bad_filter}, {0}};
  static const Route wheres[] = {{R_LIST, "notes", "read", .list = &bad_where}, {0}};
  static const Route no_effect[] = {{R_DO, "notes/{note}/archive", "archive"}, {0}};
  static const Field blind[] = {TEXT("title", 1, 20, .see = "peek"), END};
  const struct {
    Subject subject;
    const char *named;
  } cases[] = {
      {{"note", "note", fields, no_scope, routes, codes, notes_sql}, "theirs"},
      {{"note", "note", fields, grants, no_verb, codes, notes_sql}, "burn"},
      {{"note", "note", fields, grants, no_field, codes, notes_sql}, "colour"},
      {{"note", "note", fields, grants, given, codes, notes_sql}, "author"},
      {{"note", "note", fields, grants, sorts, codes, notes_sql}, "colour"},
      {{"note", "note", fields, grants, filters, codes, notes_sql}, "colour"},
      {{"note", "note", fields, grants, wheres, codes, notes_sql}, "lost"},
      {{"note", "note", fields, grants, no_effect, codes, notes_sql}, "archive"},
      {{"note", "note", fields, own_create, routes, codes, notes_sql}, "create"},
      {{"note", "note", fields, grants, see_sorts, codes, notes_sql}, "secret"},
      {{"note", "note", fields, grants, see_filters, codes, notes_sql}, "secret"},
      {{"note", "note", fields, grants, both, codes, notes_sql}, "title"},
      {{"note", "note", blind, grants, routes, codes, notes_sql}, "peek"},
      {{"note", "notes", fields, grants, routes, codes, notes_sql}, "notes"},
      {{"note", "note", fields, grants, routes, codes, "--: row\nselect 1\n"}, "note"},
      {{"note", "note", fields, grants, routes, codes,
        "--: row\nselect {n} from note n where n.rank\n"},
       "note"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Subject *const subjects[] = {&cases[i].subject, NULL};
    g_autofree char *why = NULL;
    g_assert_null(model_new(subjects, &why));
    g_assert_nonnull(strstr(why, cases[i].named));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/model/one", test_one);
  g_test_add_func("/model/field-and-state", test_field_and_state);
  g_test_add_func("/model/change", test_change);
  g_test_add_func("/model/list", test_list);
  g_test_add_func("/model/many-questions", test_many_questions);
  g_test_add_func("/model/list-refuses", test_list_refuses);
  g_test_add_func("/model/match", test_match);
  g_test_add_func("/model/check", test_check);
  return g_test_run();
}
