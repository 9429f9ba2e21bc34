/* Invitations: who is invited, by whom, in which capacity; links and how long they are good; a
 * meeting that is made with all of its invitations. */
#include <string.h>
#include <time.h>

#include "domain/list.h"
#include "model/guard.h"
#include "model/test-bed.h"
#include "store/link-expiry.h"
#include "store/sessions.h"
#include "store/standing.h"
#include "store/statement.h"

#define DAY INT64_C(86400000)
#define END_MS (T0 + 3600000) /* of the fixture's meeting */

typedef struct {
  World w;
  char meeting[17], admin[17];
  char *path;
} Bench;

/* Ada presides; Bo is not invited. */
static void bench_init(Bench *b) {
  static const Subject *const list[] = {&subject_person, &subject_meeting, &subject_invitation,
                                        &subject_event,  &subject_chat,    NULL};
  GError *error = NULL;
  world_make(&b->w, list, "");
  guards_install(b->w.f.db, b->w.model, &error);
  g_assert_no_error(error);
  fixture_person(b->w.f.db, "Admin", "admin", "admin", ROLE_SYSTEM_ADMIN, b->admin);
  fixture_meeting(b->w.f.db, b->w.ada, NULL, 0, b->meeting);
  b->path = g_strdup_printf("meetings/%s/invitations", b->meeting);
}

static void bench_clear(Bench *b) {
  g_free(b->path);
  world_clear(&b->w);
}

static Answer ask_for(Bench *b, unsigned roles, HttpMethod method, const char *rest, char *body) {
  g_autofree char *path = g_strconcat(b->path, rest, NULL);
  g_autofree char *owned = body;
  const char *person = roles & STAFF ? b->w.clerk : b->w.ada;
  return ask(&b->w,
             (Ask){method, path, .body = owned, .person = person, .roles = roles | SIGNED_IN});
}

/* A new one, or NULL with the code that refused it. */
static char *invite(Bench *b, unsigned roles, char *body, const char *code) {
  g_auto(Answer) made = ask_for(b, roles, HTTP_POST, "", body);
  g_assert_cmpstr(text_of(made.body, "code"), ==, code);
  return g_strdup(text_of(made.body, "id"));
}

static char *of_person(const char *person, const char *capacity) {
  return g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"%s\"}", person, capacity);
}

static void test_who(void) {
  Bench b;
  bench_init(&b);
  const struct {
    unsigned roles;
    char *body;
    const char *code;
  } cases[] = {
      {MEMBER, g_strdup("{\"capacity\":\"attend\"}"), "invalid"},
      {MEMBER, g_strdup("{\"guest_name\":\"客\",\"capacity\":\"king\"}"), "invalid"},
      {MEMBER,
       g_strdup_printf("{\"person\":\"%s\",\"guest_name\":\"客\",\"capacity\":\"attend\"}", b.w.bo),
       "invalid"},
      {MEMBER, of_person("0123456789abcdef", "attend"), "invalid"},
      {STAFF, of_person(b.admin, "attend"), "invalid"},
      {MEMBER, of_person(b.w.bo, "host"), "forbidden"},
      {MEMBER, of_person(b.w.bo, "attend"), NULL},
      {MEMBER, of_person(b.w.bo, "attend"), "invitation.invited"},
      {MEMBER,
       g_strdup("{\"guest_name\":\"客\",\"organisation\":\"大学\",\"capacity\":\"invited\"}"),
       NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_free(invite(&b, cases[i].roles, cases[i].body, cases[i].code));
  /* The guest is a person with a history, and no role; who was refused left nothing behind. */
  g_assert_cmpint(count(b.w.f.db, "select count(*) from person p join case_event e on e.id = p.id"
                                  " where p.kind = 'guest' and p.organisation = '大学' and e.verb ="
                                  " 'create' and not exists (select 1 from person_role r"
                                  " where r.person = p.id)"),
                  ==, 1);
  g_assert_cmpint(count(b.w.f.db, "select count(*) from person where kind = 'guest'"), ==, 1);
  fixture_cancel(b.w.f.db, b.meeting);
  g_free(invite(&b, STAFF, of_person(b.w.clerk, "attend"), "wrong_state"));
  bench_clear(&b);
}

/* Taken back and invited again: the same invitation, with all of its history. */
static void test_again(void) {
  Bench b;
  bench_init(&b);
  g_autofree char *id = invite(&b, MEMBER, of_person(b.w.bo, "attend"), NULL);
  g_autofree char *rest = g_strconcat("/", id, NULL);
  g_autofree char *revoke = g_strconcat(rest, "/revoke", NULL);
  g_auto(Answer) observes =
      ask_for(&b, MEMBER, HTTP_PATCH, rest, g_strdup("{\"capacity\":\"observe\"}"));
  g_assert_cmpstr(text_of(observes.body, "capacity"), ==, "observe");
  g_assert_null(json_object_get(observes.body, "link"));
  g_auto(Answer) gone = ask_for(&b, MEMBER, HTTP_POST, revoke, NULL);
  g_assert_cmpint(gone.status, ==, 200);
  g_assert_cmpuint(json_object_size(gone.body), ==, 1); /* the id alone: it is not to be seen */
  g_auto(Answer) twice = ask_for(&b, MEMBER, HTTP_POST, revoke, NULL);
  g_assert_cmpint(twice.status, ==, 404);
  g_autofree char *again = invite(&b, MEMBER, of_person(b.w.bo, "attend"), NULL);
  g_assert_cmpstr(again, ==, id);
  g_assert_cmpint(count(b.w.f.db, "select count(*) from case_event where subject = 'invitation'"),
                  ==, 4);
  bench_clear(&b);
}

/* The one who presides is exchanged, not taken away. */
static void test_presides(void) {
  Bench b;
  bench_init(&b);
  char id[17];
  fixture_invitation(b.w.f.db, b.meeting, b.w.ada, id);
  g_autofree char *rest = g_strconcat("/", id, NULL);
  g_autofree char *revoke = g_strconcat(rest, "/revoke", NULL);
  g_auto(Answer) gone = ask_for(&b, STAFF, HTTP_POST, revoke, NULL);
  g_assert_cmpstr(text_of(gone.body, "code"), ==, "invitation.host");
  g_auto(Answer) lower =
      ask_for(&b, STAFF, HTTP_PATCH, rest, g_strdup("{\"capacity\":\"attend\"}"));
  g_assert_cmpstr(text_of(lower.body, "code"), ==, "invitation.host");
  bench_clear(&b);
}

/* Who is to run the meeting comes in, whoever shut him out before; who is to observe does not. */
static void test_let_in(void) {
  static const char *const capacities[] = {"host", "observe"};
  for (unsigned i = 0; i < 4; i++) {
    Bench b;
    Standing standing;
    const char *capacity = capacities[i / 2];
    bench_init(&b);
    g_autofree char *id = invite(&b, STAFF, of_person(b.w.bo, "attend"), NULL);
    g_assert_true(standing_step(b.w.f.db, b.meeting, b.w.bo, STANDING_BAR, &(Actor){b.w.ada, NULL},
                                T0, NULL, NULL));
    g_autofree char *rest = g_strconcat("/", id, NULL);
    if (i % 2) { /* invited anew */
      fixture_revoke(b.w.f.db, id, T0);
      g_free(invite(&b, STAFF, of_person(b.w.bo, capacity), NULL));
    } else {
      g_auto(Answer) changed =
          ask_for(&b, STAFF, HTTP_PATCH, rest, g_strdup_printf("{\"capacity\":\"%s\"}", capacity));
      g_assert_cmpint(changed.status, ==, 200);
    }
    g_assert_true(standing_read(b.w.f.db, b.meeting, b.w.bo, &standing, NULL));
    g_assert_cmpint(standing, ==, i < 2 ? STANDING_NONE : STANDING_BARRED);
    bench_clear(&b);
  }
}

/* ---- links ---- */

static Session *follow(Bench *b, const char *link, int64_t now_ms) {
  char secret[SECRET_CHARS + 1];
  return session_from_link(b->w.f.db, b->w.f.config, strrchr(link, '/') + 1, "", now_ms, secret,
                           NULL);
}

static void test_links(void) {
  Bench b;
  bench_init(&b);
  g_auto(Answer) made = ask_for(&b, STAFF, HTTP_POST, "", of_person(b.w.bo, "attend"));
  const char *old = text_of(made.body, "link");
  g_assert_cmpstr(text_of(made.body, "link_state"), ==, "made");
  g_assert_cmpint(json_integer_value(json_object_get(made.body, "link_expires_at")), ==,
                  link_expiry_default(END_MS, T0));
  g_autofree char *rest = g_strdup_printf("/%s/link", text_of(made.body, "id"));
  /* Who presides invites, and sees no link. */
  g_auto(Answer) none = ask_for(&b, MEMBER, HTTP_POST, rest, NULL);
  g_assert_cmpint(none.status, ==, 403);
  g_auto(Answer) guest = ask_for(&b, MEMBER, HTTP_POST, "",
                                 g_strdup("{\"guest_name\":\"客\",\"capacity\":\"attend\"}"));
  g_assert_null(json_object_get(guest.body, "link"));
  g_assert_cmpstr(text_of(guest.body, "link_state"), ==, "none");
  /* A fresh one ends what came by the old one. */
  session_free(follow(&b, old, T0));
  g_assert_cmpint(count(b.w.f.db, "select count(*) from session"), ==, 1);
  g_auto(Answer) fresh = ask_for(&b, STAFF, HTTP_POST, rest, NULL);
  g_assert_cmpint(count(b.w.f.db, "select count(*) from session"), ==, 0);
  g_assert_null(follow(&b, old, T0));
  session_free(follow(&b, text_of(fresh.body, "link"), T0));
  g_auto(Answer) page = ask_for(&b, MEMBER, HTTP_GET, "", NULL);
  unsigned followed = 0;
  size_t n;
  const json_t *row;
  json_array_foreach(json_object_get(page.body, "items"), n, row) {
    g_assert_null(json_object_get(row, "link"));
    followed += strcmp(text_of(row, "link_state"), "followed") == 0;
  }
  g_assert_cmpuint(n, ==, 3);
  g_assert_cmpuint(followed, ==, 1);
  /* The secret is in no record of what was done. */
  g_autofree char *find =
      g_strdup_printf("select count(*) from case_event where data like '%%%s%%'",
                      strrchr(text_of(fresh.body, "link"), '/') + 1);
  g_assert_cmpint(count(b.w.f.db, find), ==, 0);
  bench_clear(&b);
}

static void test_link_expiry(void) {
  Bench b;
  bench_init(&b);
  g_autofree char *id = invite(&b, STAFF,
                               g_strdup_printf("{\"guest_name\":\"客\",\"capacity\":\"attend\","
                                               "\"expires_at\":%" G_GINT64_FORMAT "}",
                                               T0 + 7 * DAY),
                               NULL);
  g_autofree char *rest = g_strdup_printf("/%s/link", id);
  const struct {
    int64_t asked, until; /* asked 0: nothing; until 0: refused */
  } cases[] = {
      {0, T0 + 7 * DAY}, /* what was said at first holds for the link that is made later */
      {END_MS + 30 * DAY, END_MS + 30 * DAY},
      {T0 - 1, 0},
      {END_MS + 30 * DAY + 1, 0},
      {INT64_MAX, 0},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    char *body = cases[i].asked
                     ? g_strdup_printf("{\"expires_at\":%" G_GINT64_FORMAT "}", cases[i].asked)
                     : NULL;
    g_auto(Answer) fresh = ask_for(&b, STAFF, HTTP_POST, rest, body);
    g_assert_cmpint(fresh.status, ==, cases[i].until ? 200 : 422);
    if (cases[i].until)
      g_assert_cmpint(json_integer_value(json_object_get(fresh.body, "link_expires_at")), ==,
                      cases[i].until);
  }
  bench_clear(&b);
}

/* Links of all, or of some, in one answer; a strange one among them, and none is made. */
static void test_hand_out(void) {
  Bench b;
  bench_init(&b);
  char other[17];
  fixture_meeting(b.w.f.db, b.w.bo, NULL, 0, other);
  fixture_invitation(b.w.f.db, other, b.w.bo, other);
  g_autofree char *id = invite(&b, MEMBER, of_person(b.w.bo, "attend"), NULL);
  g_autofree char *path = g_strdup_printf("meetings/%s/links", b.meeting);
  Ask asked = {HTTP_POST, path, .person = b.w.clerk, .roles = STAFF | SIGNED_IN};
  g_auto(Answer) all = ask(&b.w, asked);
  g_assert_cmpint(all.effects, ==, 1);
  const json_t *links = json_object_get(all.body, "links");
  g_assert_cmpuint(json_array_size(links), ==, 2);
  for (size_t i = 0; i < 2; i++) {
    g_autoptr(Session) session = follow(&b, text_of(json_array_get(links, i), "link"), T0);
    g_assert_nonnull(session);
  }
  g_autofree char *some = g_strdup_printf("{\"chosen\":[\"%s\"]}", id);
  asked.body = some;
  g_auto(Answer) one = ask(&b.w, asked);
  g_assert_cmpuint(json_array_size(json_object_get(one.body, "links")), ==, 1);
  g_autofree char *strange = g_strdup_printf("{\"chosen\":[\"%s\",\"%s\"]}", id, other);
  asked.body = strange;
  g_auto(Answer) none = ask(&b.w, asked);
  g_assert_cmpint(none.status, ==, 404);
  g_autoptr(Session) still =
      follow(&b, text_of(json_array_get(json_object_get(one.body, "links"), 0), "link"), T0);
  g_assert_nonnull(still);
  asked = (Ask){HTTP_POST, path, .person = b.w.ada, .roles = MEMBER | SIGNED_IN};
  g_auto(Answer) host = ask(&b.w, asked);
  g_assert_cmpint(host.status, ==, 403);
  bench_clear(&b);
}

/* ---- with a meeting ---- */

static Answer plan(Bench *b, char *invitations) {
  g_autofree char *owned = invitations;
  g_autofree char *body =
      g_strdup_printf("{\"title\":\"会\",\"planned_start\":%" G_GINT64_FORMAT
                      ",\"planned_end\":%" G_GINT64_FORMAT ",\"host\":\"%s\",\"invitations\":%s}",
                      T0, END_MS, b->w.ada, owned);
  return ask(&b->w, (Ask){HTTP_POST, "meetings", .body = body, .person = b->w.clerk,
                          .roles = STAFF | SIGNED_IN});
}

static void test_with_meeting(void) {
  Bench b;
  bench_init(&b);
  g_auto(Answer) made =
      plan(&b, g_strdup_printf("[{\"person\":\"%s\",\"capacity\":\"observe\"},"
                               "{\"person\":\"%s\",\"capacity\":\"attend\"},"
                               "{\"guest_name\":\"客\",\"capacity\":\"invited\"}]",
                               b.w.bo, b.w.ada));
  g_assert_cmpint(made.status, ==, 200);
  g_assert_cmpint(made.effects, ==, 0);
  g_assert_null(json_object_get(made.body, "link"));
  g_assert_cmpint(
      json_integer_value(json_object_get(json_object_get(made.body, "counts"), "expected")), ==, 3);
  g_assert_cmpint(count(b.w.f.db, "select json_extract(data, '$.invitations') from case_event"
                                  " where subject = 'meeting'"),
                  ==, 3); /* how many; each has its own history */
  g_assert_cmpint(count(b.w.f.db, "select count(*) from case_event where subject = 'invitation'"),
                  ==, 3);
  g_assert_cmpint(count(b.w.f.db, "select count(*) from invitation where link_digest is not null"),
                  ==, 0);
  /* One that is wrong is named, and nothing is made. */
  const struct {
    char *list;
    const char *field;
  } wrong[] = {
      {g_strdup_printf("[{\"person\":\"%s\",\"capacity\":\"king\"}]", b.w.bo),
       "invitations.0.capacity"},
      {g_strdup("[{\"guest_name\":\"客\",\"capacity\":\"attend\",\"more\":1}]"),
       "invitations.0.more"},
      {g_strdup("[7]"), "invitations.0"},
      {g_strdup("7"), "invitations"},
      {g_strdup_printf("[{\"person\":\"%s\",\"capacity\":\"attend\"}]", b.admin), "person"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_auto(Answer) refused = plan(&b, wrong[i].list);
    g_assert_cmpint(refused.status, ==, 422);
    g_assert_cmpstr(text_of(json_array_get(json_object_get(refused.body, "errors"), 0), "field"),
                    ==, wrong[i].field);
  }
  g_assert_cmpint(count(b.w.f.db, "select count(*) from meeting"), ==, 2);
  bench_clear(&b);
}

/* A hall full of people at once: what the writer is busy for. */
static void test_many(void) {
  Bench b;
  bench_init(&b);
  g_autoptr(GString) list = g_string_new("[");
  for (unsigned i = 0; i < 600; i++) {
    char id[17];
    g_autofree char *name = g_strdup_printf("委员 %u", i);
    fixture_person(b.w.f.db, name, NULL, "member", 0, id);
    g_string_append_printf(list, "%s{\"person\":\"%s\",\"capacity\":\"attend\"}", i ? "," : "", id);
  }
  g_string_append_c(list, ']');
  clock_t began = clock();
  g_auto(Answer) made = plan(&b, g_strdup(list->str));
  clock_t took = clock() - began;
  g_assert_cmpint(made.status, ==, 200);
  g_test_message("a meeting with 600 invitations: %d ms of a core",
                 (int)(took * 1000 / CLOCKS_PER_SEC));
  g_assert_cmpint(count(b.w.f.db, "select count(*) from invitation"), ==, 602);
  bench_clear(&b);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/invitations/who", test_who);
  g_test_add_func("/invitations/again", test_again);
  g_test_add_func("/invitations/presides", test_presides);
  g_test_add_func("/invitations/let-in", test_let_in);
  g_test_add_func("/invitations/links", test_links);
  g_test_add_func("/invitations/link-expiry", test_link_expiry);
  g_test_add_func("/invitations/hand-out", test_hand_out);
  g_test_add_func("/invitations/with-meeting", test_with_meeting);
  g_test_add_func("/invitations/many", test_many);
  return g_test_run();
}
