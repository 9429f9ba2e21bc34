/* Records that belong to another record: whoever asks for them must be able to do something with
 * that one, which the path names. And rows that are named by a number, and who has signed in by a
 * personal link. */
#include <string.h>

#include "model/test-bed.h"
#include "store/statement.h"

static const char album_text[] = "--: row\n"
                                 "select {a}, a.version, p.id as \"owner.id\"\n"
                                 "from album a join person p on p.id = a.owner\n"
                                 "--: scope own\na.owner = @me\n"
                                 "--: scope open\na.is_open and (@link is null or @link = a.id)\n";
static const Field album_fields[] = {
    TEXT("title", 1, 20),
    BOOL("is_open"),
    REF("owner", "person", .flags = ONCE | GIVEN),
    END,
};
static const Grant album_grants[] = {
    {MEMBER, "own", "read fill edit", NULL},
    {SIGNED_IN, "open", "read", NULL},
    {0},
};
static const Route album_routes[] = {
    {R_ONE, "albums/{album}", "read"},
    {R_EDIT, "albums/{album}", "edit", .in = "title"},
    {0},
};
static const Subject album = {"album",      "album", album_fields, album_grants,
                              album_routes, NULL,    album_text};

static const char photo_text[] = "--: row\nselect {p}, p.version from photo p\n"
                                 "--: sort no\np.no\n";
static const Field photo_fields[] = {
    TEXT("name", 1, 20),
    REF("album", "album", .flags = ONCE),
    END,
};
static const Grant photo_grants[] = {{SIGNED_IN, "all", "read add rename", NULL}, {0}};
static const List photos = {NULL, NULL, "-no", NULL, 10};
static const Route photo_routes[] = {
    {R_LIST, "albums/{album}/photos", "read", .list = &photos, .on = "album.read"},
    {R_CREATE, "albums/{album}/photos", "add", .in = "name", .on = "album.fill"},
    {R_EDIT, "albums/{album}/photos/{photo}", "rename", .in = "name", .on = "album.fill"},
    {0},
};
static const Subject photo = {"photo",      "photo", photo_fields, photo_grants,
                              photo_routes, NULL,    photo_text};

static const char leaf_text[] = "--: row\nselect {l} from leaf l\n--: sort no\nl.no\n";
static const Field leaf_fields[] = {
    TEXT("name", 1, 20),
    REF("album", "album", .flags = ONCE),
    END,
};
static const Grant leaf_grants[] = {{SIGNED_IN, "all", "read", NULL}, {0}};
static const List leaves = {NULL, NULL, "-no", NULL, 10};
static const Route leaf_routes[] = {
    {R_LIST, "albums/{album}/leaves", "read", .list = &leaves, .on = "album.read"},
    {0},
};
static const Subject leaf = {"leaf",      "leaf", leaf_fields, leaf_grants,
                             leaf_routes, NULL,   leaf_text,   .key = "no"};

/* Which rows, is a right on another record. */
static const char frame_text[] = "--: row\nselect {f}, f.version from frame f\n";
static const Field frame_fields[] = {TEXT("name", 1, 20), REF("album", "album", .flags = ONCE),
                                     END};
static const Grant frame_grants[] = {
    {SIGNED_IN, "album.fill", "rename", NULL}, {SIGNED_IN, "album.read", "read", NULL}, {0}};
static const List frames = {NULL, NULL, "name", NULL, 10};
static const Route frame_routes[] = {
    {R_LIST, "frames", "read", .list = &frames},
    {R_EDIT, "frames/{frame}", "rename", .in = "name"},
    {0},
};
static const Subject frame = {"frame",      "frame", frame_fields, frame_grants,
                              frame_routes, NULL,    frame_text};

static void world_init(World *w) {
  static const Subject *const subjects[] = {&album, &photo, &leaf, &frame, NULL};
  world_make(w, subjects,
             "create table album (id text primary key, title text not null, is_open integer not"
             " null, owner text not null references person, created_at integer not null default 0,"
             " version integer not null default 1) strict;"
             "create table photo (id text primary key, album text not null references album,"
             " name text not null, no integer not null default 1, created_at integer not null,"
             " version integer not null default 1) strict;"
             "create table frame (id text primary key, album text not null references album,"
             " name text not null, created_at integer not null default 0, version integer not null"
             " default 1) strict;"
             "create table leaf (no integer primary key, album text not null references album,"
             " name text not null) strict");
  g_autofree char *rows = g_strdup_printf(
      "insert into album (id, title, is_open, owner) values ('album00000000001', 'a', 1, '%s'),"
      " ('album00000000002', 'b', 1, '%s'), ('album00000000003', 'c', 0, '%s');"
      "insert into frame (id, album, name) values ('frame00000000001', 'album00000000001', 'x'),"
      " ('frame00000000002', 'album00000000002', 'y'), ('frame00000000003', 'album00000000003',"
      " 'z');"
      "insert into leaf values (1, 'album00000000001', 'x'), (2, 'album00000000002', 'y'),"
      " (3, 'album00000000001', 'z')",
      w->ada, w->bo, w->bo);
  g_assert_true(db_exec(w->f.db, rows, NULL));
}

static int status_of(World *w, Ask asked) {
  g_auto(Answer) answer = ask(w, asked);
  return answer.status;
}

static void test_rights(void) {
  World w;
  world_init(&w);
  const char *first = "albums/album00000000001/photos";
  const unsigned roles = MEMBER | SIGNED_IN;
  /* Ada fills hers; Bo may see it and not fill it; the closed one is not there for Ada. */
  g_auto(Answer) made =
      ask(&w, (Ask){HTTP_POST, first, .body = "{\"name\":\"p\"}", .person = w.ada, .roles = roles});
  g_assert_cmpint(made.status, ==, 200);
  g_assert_cmpint(status_of(&w, (Ask){HTTP_POST, first, .body = "{\"name\":\"p\"}", .person = w.bo,
                                      .roles = roles}),
                  ==, 403);
  g_assert_cmpint(status_of(&w, (Ask){HTTP_GET, first, .person = w.bo, .roles = roles}), ==, 200);
  g_assert_cmpint(status_of(&w, (Ask){HTTP_GET, "albums/album00000000003/photos", .person = w.ada,
                                      .roles = roles}),
                  ==, 404);
  /* A row is one of those that the path names, or it is not there. */
  g_autofree char *own = g_strconcat(first, "/", text_of(made.body, "id"), NULL);
  g_autofree char *other =
      g_strconcat("albums/album00000000002/photos/", text_of(made.body, "id"), NULL);
  g_assert_cmpint(status_of(&w, (Ask){HTTP_PATCH, own, .body = "{\"name\":\"q\"}", .person = w.ada,
                                      .roles = roles}),
                  ==, 200);
  g_assert_cmpint(status_of(&w, (Ask){HTTP_PATCH, other, .body = "{\"name\":\"q\"}", .person = w.bo,
                                      .roles = roles}),
                  ==, 404);
  /* The history of an edit does not name what the path said. */
  g_assert_cmpint(count(w.f.db, "select count(*) from case_event where verb = 'rename' and"
                                " data -> '$.album' is null"),
                  ==, 1);
  world_clear(&w);
}

/* What others ask for is told with the acts. */
static void test_may(void) {
  World w;
  world_init(&w);
  g_auto(Answer) own = ask(
      &w, (Ask){HTTP_GET, "albums/album00000000001", .person = w.ada, .roles = MEMBER | SIGNED_IN});
  g_autofree char *may = json_dumps(json_object_get(own.body, "may"), JSON_COMPACT);
  g_assert_cmpstr(may, ==, "[\"fill\",\"edit\"]");
  world_clear(&w);
}

/* By a personal link one sees what it leads to, and nothing else. */
static void test_link(void) {
  World w;
  world_init(&w);
  const char *link = "album00000000002";
  Ask own = {HTTP_GET, "albums/album00000000002/leaves", .person = w.ada, .roles = SIGNED_IN,
             .link = link};
  Ask other = own;
  other.path = "albums/album00000000001/leaves";
  g_assert_cmpint(status_of(&w, own), ==, 200);
  g_assert_cmpint(status_of(&w, other), ==, 404);
  world_clear(&w);
}

static unsigned frames_of(World *w, Ask asked) {
  asked.path = "frames";
  g_auto(Answer) page = ask(w, asked);
  g_assert_cmpint(page.status, ==, 200);
  size_t rows = json_array_size(json_object_get(page.body, "items"));
  g_assert_cmpint(json_integer_value(json_object_get(page.body, "total")), ==, (int64_t)rows);
  return (unsigned)rows;
}

/* A list has the rows of those records that one has the right on, and what may be done follows. */
static void test_elsewhere(void) {
  World w;
  world_init(&w);
  Ask ada = {HTTP_GET, .person = w.ada, .roles = MEMBER | SIGNED_IN};
  Ask bo = {HTTP_GET, .person = w.bo, .roles = MEMBER | SIGNED_IN};
  Ask link = {HTTP_GET, .person = w.ada, .roles = SIGNED_IN, .link = "album00000000002"};
  g_assert_cmpuint(frames_of(&w, ada), ==, 2); /* hers, and the open one */
  g_assert_cmpuint(frames_of(&w, bo), ==, 3);
  g_assert_cmpuint(frames_of(&w, link), ==, 1);
  Ask rename = {HTTP_PATCH, "frames/frame00000000002", .body = "{\"name\":\"q\"}", .person = w.ada,
                .roles = MEMBER | SIGNED_IN};
  g_assert_cmpint(status_of(&w, rename), ==, 403);
  rename.person = w.bo;
  g_assert_cmpint(status_of(&w, rename), ==, 200);
  rename.path = "frames/frame00000000003";
  rename.person = w.ada;
  g_assert_cmpint(status_of(&w, rename), ==, 404);
  world_clear(&w);
}

/* Rows that a number names, in pages. */
static void test_key(void) {
  World w;
  world_init(&w);
  const char *path = "albums/album00000000001/leaves";
  Ask asked = {HTTP_GET, path, .query = "limit=1", .person = w.bo, .roles = SIGNED_IN};
  g_auto(Answer) first = ask(&w, asked);
  const json_t *row = json_array_get(json_object_get(first.body, "items"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(row, "no")), ==, 3);
  g_assert_null(json_object_get(row, "id"));
  g_assert_cmpint(json_integer_value(json_object_get(first.body, "total")), ==, 2);
  g_autofree char *query = g_strdup_printf("limit=1&after=%s", text_of(first.body, "next"));
  asked.query = query;
  g_auto(Answer) second = ask(&w, asked);
  row = json_array_get(json_object_get(second.body, "items"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(row, "no")), ==, 1);
  g_assert_true(json_is_null(json_object_get(second.body, "next")));
  world_clear(&w);
}

/* What does not resolve stops the start, by name. */
static void test_start(void) {
  static const Route lost[] = {
      {R_LIST, "albums/{album}/photos", "read", .list = &photos, .on = "album.burn"}, {0}};
  static const Route nowhere[] = {{R_LIST, "photos", "read", .list = &photos, .on = "album.read"},
                                  {0}};
  const struct {
    const Route *routes;
    const char *named;
  } cases[] = {{lost, "album.burn"}, {nowhere, "is not on what the path names"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Subject wrong = photo;
    wrong.routes = cases[i].routes;
    const Subject *const subjects[] = {&album, &wrong, NULL};
    g_autofree char *why = NULL;
    g_assert_null(model_new(subjects, &why));
    g_assert_nonnull(strstr(why, cases[i].named));
  }
  static const Grant burnt[] = {{SIGNED_IN, "album.burn", "read rename", NULL}, {0}};
  Subject wrong = frame;
  wrong.grants = burnt;
  const Subject *const subjects[] = {&album, &wrong, NULL};
  g_autofree char *why = NULL;
  g_assert_null(model_new(subjects, &why));
  g_assert_nonnull(strstr(why, "album.burn"));
}

/* Conditions that are put into each other have letters of their own and an end. */
static void test_nesting(void) {
  static const Field back_fields[] = {
      TEXT("title", 1, 20),
      BOOL("is_open"),
      REF("owner", "person", .flags = ONCE | GIVEN),
      REF("frame", "frame", .flags = ONCE),
      END,
  };
  static const Grant back_grants[] = {
      {MEMBER, "own", "read fill edit", NULL}, {SIGNED_IN, "frame.read", "read", NULL}, {0}};
  Subject same = frame, circle = album;
  same.sql = "--: row\nselect {a}, a.version from frame a\n";
  circle.fields = back_fields;
  circle.grants = back_grants;
  const struct {
    const Subject *album, *frame;
    const char *named;
  } cases[] = {{&album, &same, "the same letter"}, {&circle, &frame, "leads back"}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const Subject *const subjects[] = {cases[i].album, &photo, cases[i].frame, NULL};
    g_autofree char *why = NULL;
    g_assert_null(model_new(subjects, &why));
    g_assert_nonnull(strstr(why, cases[i].named));
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/under/rights", test_rights);
  g_test_add_func("/under/may", test_may);
  g_test_add_func("/under/link", test_link);
  g_test_add_func("/under/elsewhere", test_elsewhere);
  g_test_add_func("/under/key", test_key);
  g_test_add_func("/under/start", test_start);
  g_test_add_func("/under/nesting", test_nesting);
  return g_test_run();
}
