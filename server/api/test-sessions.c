/* Who one is, through the API: by a password and by a link, whose session it is to be, and what
 * ends one. */
#include <string.h>

#include "api/bed.h"
#include "api/lanes.h"
#include "base/clock.h"
#include "store/statement.h"

static void test_sign_in(void) {
  Bed *bed = bed_new();
  g_autoptr(ApiResponse) good = bed_ask(bed, ANYBODY, "POST", "session",
                                        "{\"login\":\"member\",\"password\":\"" BED_PASSWORD "\"}");
  g_assert_cmpint(good->status, ==, 200);
  g_assert_true(g_str_has_suffix(good->set_cookie, "; Path=/; HttpOnly; SameSite=Lax; Secure"));
  bed_refused(bed, 401, "bad_credentials", ANYBODY, "POST", "session",
              "{\"login\":\"member\",\"password\":\"Kuaile-2027\"}");
  bed_refused(bed, 401, "bad_credentials", ANYBODY, "POST", "session",
              "{\"login\":\"nobody\",\"password\":\"Kuaile-2026\"}");
  bed_refused(bed, 422, "invalid", ANYBODY, "POST", "session", "{\"login\":\"member\"}");
  bed_refused(bed, 422, "invalid", ANYBODY, "POST", "session", NULL);
  bed_refused(bed, 422, "invalid", ANYBODY, "POST", "session",
              "{\"login\":\"member\",\"password\":\"a\",\"more\":1}");
  bed_refused(bed, 400, "bad_json", ANYBODY, "POST", "session", "[1]");
  bed_refused(bed, 400, "bad_json", ANYBODY, "POST", "session", "{\"a\":1,\"a\":2}");
  bed_refused(bed, 401, "bad_link", ANYBODY, "POST", "session/link", "{\"secret\":\"abc\"}");
  ApiRequest *form = bed_request(bed, ANYBODY, "POST", "session", "{}");
  g_free(form->content_type);
  form->content_type = g_strdup("text/plain");
  g_autoptr(ApiResponse) not_json = bed_send(bed, form);
  g_assert_cmpint(not_json->status, ==, 415);
  json_t *session = bed_expect(bed, 200, MEMBER, "GET", "session", NULL);
  g_assert_cmpstr(answer_text(json_object_get(session, "person"), "login"), ==, "member");
  json_decref(session);
  json_decref(bed_expect(bed, 204, MEMBER, "DELETE", "session", NULL));
  bed_refused(bed, 401, "signed_out", MEMBER, "GET", "session", NULL);
  bed_free(bed);
}

typedef struct {
  const char *person;
  int64_t back_ms, seen_at; /* back_ms: set it back by so much first */
} Seen;

static bool see(sqlite3 *db, void *data, GError **error) {
  Seen *seen = data;
  g_autoptr(Statement) back = db_prepare(
      db, "update session set last_seen_at = last_seen_at - :ms where person = :p", error);
  g_autoptr(Statement) row =
      db_prepare(db, "select last_seen_at from session where person = :p", error);
  statement_int(back, ":ms", seen->back_ms);
  statement_text(back, ":p", seen->person);
  statement_text(row, ":p", seen->person);
  if (!statement_run(back, error) || !statement_one(row, "none", error))
    return false;
  seen->seen_at = column_int(row, 0);
  return true;
}

static void test_links(void) {
  Bed *bed = bed_new();
  json_t *session = bed_expect(bed, 200, GUEST, "GET", "session", NULL);
  g_assert_cmpstr(answer_text(session, "time_zone"), ==, "Asia/Shanghai");
  g_assert_cmpstr(answer_text(session, "scope_meeting"), ==, bed->meeting);
  json_decref(session);
  g_autofree char *body = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  json_t *again = bed_expect(bed, 200, ANYBODY, "POST", "session/link", body);
  g_assert_cmpstr(answer_text(again, "scope_meeting"), ==, bed->meeting);
  json_decref(again);
  g_autofree char *renew =
      g_strdup_printf("meetings/%s/invitations/%s/link", bed->meeting, bed->guest_invitation);
  /* Whoever holds a link can attend as its owner: hosts invite and see none. */
  bed_refused(bed, 403, "forbidden", HOST, "POST", renew, NULL);
  g_autofree char *invitations = bed_path(bed, "meetings/MEETING/invitations");
  json_t *invited = bed_expect(bed, 201, HOST, "POST", invitations,
                               "{\"guest_name\":\"李\",\"capacity\":\"invited\"}");
  g_assert_null(json_object_get(invited, "link"));
  g_assert_true(json_is_null(json_object_get(invited, "link_expires_at")));
  json_decref(invited);
  json_t *fresh = bed_expect(bed, 200, STAFF, "POST", renew, NULL);
  g_assert_true(g_str_has_prefix(answer_text(fresh, "link"), "https://meet.example.org/j/"));
  json_decref(fresh);
  bed_refused(bed, 401, "bad_link", ANYBODY, "POST", "session/link", body);
  bed_refused(bed, 401, "signed_out", GUEST, "GET", "session", NULL);
  bed_free(bed);
}

static char *shown_of(Bed *bed, Who who) {
  json_t *session = bed_expect(bed, 200, who, "GET", "session", NULL);
  char *shown = g_strdup(answer_text(json_object_get(session, "person"), "shown"));
  json_decref(session);
  g_assert_nonnull(shown);
  return shown;
}

static char *name_of(Bed *bed, Who who) {
  json_t *session = bed_expect(bed, 200, who, "GET", "session", NULL);
  char *name = g_strdup(answer_text(json_object_get(session, "person"), "name"));
  json_decref(session);
  return name;
}

/* Whom the guest's link is for, as somebody else is told who opens it. */
static char *owner_of(Bed *bed, Who asked) {
  g_autofree char *open = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  json_t *problem = bed_expect(bed, 409, asked, "POST", "session/link", open);
  char *owner = g_strdup(answer_text(problem, "detail"));
  json_decref(problem);
  return owner;
}

/* The question whose session it is to be names two people: never both alike. */
static void test_namesakes(void) {
  Bed *bed = bed_new();
  g_autofree char *guest_shown = shown_of(bed, GUEST);
  g_autofree char *other_shown = shown_of(bed, OTHER_GUEST);
  g_autofree char *other_told = owner_of(bed, OTHER_GUEST);
  g_assert_cmpstr(guest_shown, ==, other_shown); /* who meet nowhere */
  g_assert_cmpstr(other_told, !=, other_shown);

  g_autofree char *path = g_strconcat("people/", bed->signed_in[MEMBER].id, NULL);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, "{\"name\":\"Guest\"}"));
  g_autofree char *plain = name_of(bed, MEMBER);
  g_autofree char *shown = shown_of(bed, MEMBER);
  g_autofree char *told = owner_of(bed, MEMBER);
  g_autofree char *owner = shown_of(bed, GUEST);
  g_assert_cmpstr(plain, ==, "Guest");
  g_assert_cmpstr(shown, !=, plain);
  g_assert_cmpstr(told, !=, shown);
  g_assert_cmpstr(told, ==, owner);
  bed_free(bed);
}

/* A link never makes somebody else of who is signed in, unless he was asked; a page joins for the
 * one whom it was opened for. */
static void test_other_person(void) {
  Bed *bed = bed_new();
  g_autofree char *open = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  g_autofree char *replace =
      g_strdup_printf("{\"secret\":\"%s\",\"replace\":true}", bed->guest_link);
  g_autoptr(ApiResponse) asked = bed_ask(bed, STAFF, "POST", "session/link", open);
  g_assert_cmpint(asked->status, ==, 409);
  g_assert_null(asked->set_cookie);
  json_t *problem = json_loadb(asked->body->str, asked->body->len, 0, NULL);
  g_assert_cmpstr(answer_text(problem, "code"), ==, "other_person");
  g_assert_nonnull(answer_text(problem, "detail")); /* whose it is */
  json_decref(problem);
  json_decref(bed_expect(bed, 200, STAFF, "GET", "session", NULL));       /* still */
  json_decref(bed_expect(bed, 200, GUEST, "POST", "session/link", open)); /* his own */
  g_autoptr(ApiResponse) done = bed_ask(bed, STAFF, "POST", "session/link", replace);
  g_assert_cmpint(done->status, ==, 200);
  g_assert_nonnull(done->set_cookie);
  bed_refused(bed, 401, "signed_out", STAFF, "GET", "session", NULL);

  g_autofree char *join = bed_path(bed, "meetings/MEETING/join");
  g_autofree char *mine = g_strdup_printf("{\"person\":\"%s\"}", bed->signed_in[MEMBER].id);
  json_decref(bed_expect(bed, 200, MEMBER, "POST", join, mine));
  bed_refused(bed, 409, "other_person", HOST, "POST", join, mine);
  bed_free(bed);
}

/* One link cannot fill the record. */
static void test_link_flood(void) {
  Bed *bed = bed_new();
  g_autofree char *body = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  unsigned opened = 0;
  for (unsigned i = 0; i < 80; i++) {
    g_autoptr(ApiResponse) response = bed_ask(bed, ANYBODY, "POST", "session/link", body);
    opened += response->status == 200;
    if (response->status != 200) {
      g_assert_cmpint(response->status, ==, 429);
      g_assert_cmpint(response->retry_after_s, ==, 60);
    }
  }
  g_assert_cmpuint(opened, >=, 59); /* and the bed's own */
  g_assert_cmpuint(opened, <=, 70);
  bed_free(bed);
}

/* A role that was taken is gone with the next request of a session that is open. */
static void test_role_ends(void) {
  Bed *bed = bed_new();
  g_autofree char *roles = g_strconcat("people/", bed->signed_in[MEMBER].id, "/set_roles", NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", "people", NULL);
  json_decref(
      bed_expect(bed, 200, SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"member\",\"staff\"]}"));
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "people", NULL));
  json_decref(bed_expect(bed, 200, SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"member\"]}"));
  bed_refused(bed, 403, "forbidden", MEMBER, "GET", "people", NULL);
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  bed_free(bed);
}

/* A guest has a link and nothing else. */
static void test_guest_login(void) {
  Bed *bed = bed_new();
  g_autofree char *guest = g_strconcat("people/", bed->signed_in[GUEST].id, NULL);
  g_autofree char *reset = g_strconcat(guest, "/password", NULL);
  bed_refused(bed, 409, "person.guest", STAFF, "PATCH", guest, "{\"login\":\"guest\"}");
  bed_refused(bed, 409, "person.guest", SYSTEM_ADMIN, "PATCH", guest, "{\"login\":\"guest\"}");
  bed_refused(bed, 409, "no_login", SYSTEM_ADMIN, "POST", reset, NULL);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", guest, "{\"name\":\"王工\"}"));
  bed_free(bed);
}

/* A page that asks by itself keeps nobody signed in; what changes something always counts. */
static void test_background(void) {
  static const struct {
    const char *method, *path;
    bool background, counts;
  } cases[] = {
      {"GET", "meetings", true, false},
      {"GET", "meetings", false, true},
      {"POST", "meetings/MEETING/join", true, true},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Bed *bed = bed_new();
    Seen before = {bed->signed_in[MEMBER].id, 300000, 0}, after = {before.person, 0, 0};
    g_autofree char *path = bed_path(bed, cases[i].path);
    bed_write(bed, see, &before);
    ApiRequest *request = bed_request(bed, MEMBER, cases[i].method, path, NULL);
    request->background = cases[i].background;
    g_autoptr(ApiResponse) response = bed_send(bed, request);
    g_assert_cmpint(response->status, ==, 200);
    bed_write(bed, see, &after);
    g_assert_true((after.seen_at > before.seen_at) == cases[i].counts);
    bed_free(bed);
  }
}

static const char *lane_of(Bed *bed, Who who) {
  return lanes_find(bed->context->lanes, bed->signed_in[who].cookie, "192.0.2.99");
}

/* Whoever keeps the cookie of a session that ended does not fill its person's line. */
static void test_lane_ends(void) {
  Bed *bed = bed_new();
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  g_assert_cmpstr(lane_of(bed, MEMBER), ==, bed->signed_in[MEMBER].id);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", "nothing", NULL); /* nobody looked */
  g_assert_cmpstr(lane_of(bed, MEMBER), ==, bed->signed_in[MEMBER].id);
  json_decref(bed_expect(bed, 204, MEMBER, "DELETE", "session", NULL));
  bed_refused(bed, 401, "signed_out", MEMBER, "GET", "meetings", NULL);
  g_assert_cmpstr(lane_of(bed, MEMBER), ==, "192.0.2.99");
  bed_free(bed);
}

/* What ends sessions tells the rooms. */
static void test_sessions_end(void) {
  Bed *bed = bed_new();
  g_autofree char *reset = g_strdup_printf("people/%s/password", bed->signed_in[STRANGER].id);
  g_autofree char *replace =
      g_strdup_printf("{\"secret\":\"%s\",\"replace\":true}", bed->guest_link);
  const struct {
    Who who;
    const char *method, *path, *body;
    int status;
  } cases[] = {
      {MEMBER, "PUT", "session/password", "{\"old\":\"" BED_PASSWORD "\",\"new\":\"Kuaile-2027\"}",
       204},
      {MEMBER, "DELETE", "session", NULL, 204},
      {SYSTEM_ADMIN, "POST", reset, NULL, 200},
      {STAFF, "POST", "session/link", replace, 200}, /* the one who was signed in before */
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(ApiResponse) response =
        bed_ask(bed, cases[i].who, cases[i].method, cases[i].path, cases[i].body);
    g_assert_cmpint(response->status, ==, cases[i].status);
    g_assert_cmpuint(response->effects->len, ==, 1);
    g_assert_cmpint(g_array_index(response->effects, Effect, 0).kind, ==, EFFECT_PERSON_CHANGED);
  }
  bed_free(bed);
}

/* The host decides as a leader. */
static bool make_leader(sqlite3 *db, void *data, GError **error) {
  g_autofree char *sql =
      g_strdup_printf("insert into role_holder (id, person, role, state, created_at) values"
                      " ('leader0000000001', '%s', 'leader', 'held', 1)",
                      ((const Bed *)data)->signed_in[HOST].id);
  return db_exec(db, sql, error);
}

/* The stranger, who is in the register, leaves on a day that has come. */
static void leave_office(Bed *bed) {
  g_autofree char *suspension = g_strdup_printf("member_changes/%s/withdraw", bed->member_change);
  g_autofree char *leaves =
      g_strdup_printf("{\"member_profile\":\"%s\",\"kind\":\"leave\",\"day\":\"2020-01-01\","
                      "\"exit\":\"resigned\",\"reason\":\"r\",\"document_no\":\"d\"}",
                      bed->member_profile);
  bed_write(bed, make_leader, bed);
  json_decref(bed_expect(bed, 200, STAFF, "POST", suspension, "{}"));
  json_t *asked = bed_expect(bed, 201, STAFF, "POST", "member_changes", leaves);
  g_autofree char *confirm =
      g_strdup_printf("member_changes/%s/confirm", json_string_value(json_object_get(asked, "id")));
  json_decref(asked);
  json_decref(bed_expect(bed, 200, HOST, "POST", confirm, "{}"));
}

/* Whoever has left is signed out by his next request, and what he wrote stays readable. */
static void test_left(void) {
  Bed *bed = bed_new();
  g_autofree char *request = g_strconcat("change_requests/", bed->change_request, NULL);
  json_decref(bed_expect(bed, 200, STRANGER, "GET", "session", NULL));
  json_decref(bed_expect(bed, 200, STRANGER, "GET", request, NULL));
  leave_office(bed);
  bed_refused(bed, 401, "signed_out", STRANGER, "GET", request, NULL);
  bed_refused(bed, 401, "signed_out", STRANGER, "GET", "session", NULL);
  bed_refused(bed, 401, "signed_out", STRANGER, "POST", "change_requests",
              "{\"field\":\"education\",\"new\":\"x\",\"reason\":\"r\"}");
  json_decref(bed_expect(bed, 200, STAFF, "GET", request, NULL));
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/sign-in", test_sign_in);
  g_test_add_func("/api/other-person", test_other_person);
  g_test_add_func("/api/namesakes", test_namesakes);
  g_test_add_func("/api/links", test_links);
  g_test_add_func("/api/link-flood", test_link_flood);
  g_test_add_func("/api/role-ends", test_role_ends);
  g_test_add_func("/api/guest-login", test_guest_login);
  g_test_add_func("/api/background", test_background);
  g_test_add_func("/api/lane-ends", test_lane_ends);
  g_test_add_func("/api/sessions-end", test_sessions_end);
  g_test_add_func("/api/left", test_left);
  return g_test_run();
}
