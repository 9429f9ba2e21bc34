#include <glib.h>
#include <string.h>

#include "api/bed.h"
#include "api/brought.h"
#include "api/lanes.h"
#include "base/clock.h"
#include "base/zone.h"
#include "store/statement.h"

static const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}

static int64_t number_of(const json_t *object, const char *name) {
  return json_integer_value(json_object_get(object, name));
}

static unsigned count_audit(Bed *bed, const char *kind) {
  json_t *page = bed_expect(bed, 200, AUDIT_ADMIN, "GET", "audit?limit=200", NULL);
  unsigned count = 0;
  size_t index;
  json_t *row;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    if (g_strcmp0(text_of(row, "kind"), kind) == 0)
      count++;
  }
  json_decref(page);
  return count;
}

static bool nothing(sqlite3 *db, void *data, GError **error) {
  return true;
}

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
  g_assert_cmpstr(text_of(json_object_get(session, "person"), "login"), ==, "member");
  json_decref(session);
  json_decref(bed_expect(bed, 204, MEMBER, "DELETE", "session", NULL));
  bed_refused(bed, 401, "signed_out", MEMBER, "GET", "session", NULL);
  bed_free(bed);
}

/* How many records of a kind somebody finds. */
static size_t finds(Bed *bed, Who who, const char *words, const char *kind) {
  g_autofree char *path = g_strdup_printf("search?q=%s&kind=%s", words, kind);
  json_t *answer = bed_expect(bed, 200, who, "GET", path, NULL);
  json_t *found = json_array_get(json_object_get(answer, "kinds"), 0);
  size_t count = json_array_size(json_object_get(found, "items"));
  json_decref(answer);
  return count;
}

static bool leave(sqlite3 *db, void *data, GError **error) {
  g_autofree char *sql = g_strdup_printf("update member_profile set state = 'left', left_on ="
                                         " '2026-01-01' where id = '%s'",
                                         ((const Bed *)data)->member_profile);
  return db_exec(db, sql, error);
}

/* Each finds what he may read, by what it is called now. */
static void test_search(void) {
  Bed *bed = bed_new();
  g_autofree char *meeting = bed_path(bed, "meetings/MEETING");
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", meeting, "{\"title\":\"加装电梯协商\"}"));
  g_assert_cmpuint(finds(bed, MEMBER, "电梯", "meeting"), ==, 1);
  g_assert_cmpuint(finds(bed, STAFF, "电梯", "meeting"), ==, 1);
  g_assert_cmpuint(finds(bed, STRANGER, "电梯", "meeting"), ==, 0);
  json_decref(bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"单田芳\"}"));
  g_assert_cmpuint(finds(bed, STAFF, "stf", "person"), ==, 1);
  g_assert_cmpuint(finds(bed, MEMBER, "stf", "person"), ==, 0);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "search", NULL);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", "search?q=a", NULL);
  bed_free(bed);
}

/* The register is found by name, pinyin, number and unit, by whom it is the directory of, as long
 * as he stands in it; whoever keeps it finds those who left, too. */
static void test_search_members(void) {
  Bed *bed = bed_new();
  g_autofree char *person = g_strdup_printf("people/%s", bed->signed_in[STRANGER].id);
  g_autofree char *member = g_strdup_printf("members/%s", bed->member_profile);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", person, "{\"name\":\"单田芳\"}"));
  g_assert_cmpint(bed_number(bed, "select count(*) from search_due where kind = 'member_profile'"),
                  ==, 1);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", member,
                         "{\"code\":\"14-042\",\"work_unit\":\"理工大学\"}"));
  static const char *const words[] = {"单田芳", "stf", "shantianfang", "14-042", "理工大学"};
  for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
    g_assert_cmpuint(finds(bed, STAFF, words[i], "member_profile"), ==, 1);
    g_assert_cmpuint(finds(bed, MEMBER, words[i], "member_profile"), ==, 1);
    g_assert_cmpuint(finds(bed, SYSTEM_ADMIN, words[i], "member_profile"), ==, 0);
    g_assert_cmpuint(finds(bed, GUEST, words[i], "member_profile"), ==, 0);
  }
  bed_write(bed, leave, bed);
  g_assert_cmpuint(finds(bed, STAFF, "stf", "member_profile"), ==, 1);
  g_assert_cmpuint(finds(bed, MEMBER, "stf", "member_profile"), ==, 0);
  bed_free(bed);
}

static int on_behalf(Bed *bed, Who who, Who of, const char *method, const char *path,
                     const char *body) {
  ApiRequest *request = bed_request(bed, who, method, path, body);
  request->behalf = g_strdup(bed->signed_in[of].id);
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  return response->status;
}

/* What one might give to a deputy is what one may do oneself. */
static bool has_own(Bed *bed, Who who, const char *wanted) {
  json_t *answer = bed_expect(bed, 200, who, "GET", "rights/own", NULL), *one;
  bool found = false;
  size_t i;
  json_array_foreach(json_object_get(answer, "verbs"), i, one) found =
      found || strcmp(json_string_value(one), wanted) == 0;
  json_decref(answer);
  return found;
}

static void test_own_verbs(void) {
  Bed *bed = bed_new();
  g_assert_true(has_own(bed, STRANGER, "absence.create"));
  g_assert_false(has_own(bed, STRANGER, "person.create"));     /* not his */
  g_assert_false(has_own(bed, STRANGER, "absence.read"));      /* changes nothing */
  g_assert_false(has_own(bed, STRANGER, "delegation.create")); /* is giving itself */
  g_assert_true(has_own(bed, STAFF, "person.create"));
  g_assert_false(has_own(bed, SYSTEM_ADMIN, "person.create")); /* no administrator gives */
  bed_free(bed);
}

/* A deputy asks for what he was given, of the routes of records only. */
static void test_on_behalf(void) {
  Bed *bed = bed_new();
  static const char day[] = "{\"starts_on\":\"2190-01-01\",\"ends_on\":\"2190-01-01\"}";
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "POST", "absences", day), ==, 403);
  g_assert_cmpint(on_behalf(bed, MEMBER, STRANGER, "POST", "absences", day), ==, 403); /* not yet */
  g_autofree char *today = zone_format("Asia/Shanghai", g_get_real_time() / 1000, "%Y-%m-%d");
  g_autofree char *body = g_strdup_printf(
      "{\"deputy\":\"%s\",\"starts_on\":\"2000-01-01\",\"ends_on\":\"%s\",\"reason\":\"r\","
      "\"verbs\":[\"absence.create\"]}",
      bed->signed_in[HOST].id, today);
  bed_refused(bed, 422, "delegation.too_long", STRANGER, "POST", "delegations", body);
  g_autofree char *fine =
      g_strdup_printf("{\"deputy\":\"%s\",\"starts_on\":\"%s\",\"ends_on\":\"%s\",\"reason\":\"r\","
                      "\"verbs\":[\"absence.create\"]}",
                      bed->signed_in[HOST].id, today, today);
  json_decref(bed_expect(bed, 201, STRANGER, "POST", "delegations", fine));
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "POST", "absences", day), ==, 201);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "absences", NULL), ==, 200);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "absences.csv", NULL), ==, 403);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "session", NULL), ==, 403);
  g_assert_cmpint(on_behalf(bed, HOST, STRANGER, "GET", "search?q=a", NULL), ==, 403);
  bed_free(bed);
}

static void test_links(void) {
  Bed *bed = bed_new();
  json_t *session = bed_expect(bed, 200, GUEST, "GET", "session", NULL);
  g_assert_cmpstr(text_of(session, "time_zone"), ==, "Asia/Shanghai");
  g_assert_cmpstr(text_of(session, "scope_meeting"), ==, bed->meeting);
  json_decref(session);
  g_autofree char *body = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  json_t *again = bed_expect(bed, 200, ANYBODY, "POST", "session/link", body);
  g_assert_cmpstr(text_of(again, "scope_meeting"), ==, bed->meeting);
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
  g_assert_true(g_str_has_prefix(text_of(fresh, "link"), "https://meet.example.org/j/"));
  json_decref(fresh);
  bed_refused(bed, 401, "bad_link", ANYBODY, "POST", "session/link", body);
  bed_refused(bed, 401, "signed_out", GUEST, "GET", "session", NULL);
  bed_free(bed);
}

static bool end_vacant(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) end =
      db_prepare(db,
                 "update meeting set state = 'ended', ended_at = :now, ended_mono_us = 1,"
                 " ended_boot = 'x', ended_by_itself = 1 where id = :id",
                 error);
  statement_text(end, ":id", ((Bed *)data)->meeting);
  statement_int(end, ":now", clock_wall_ms());
  return statement_run(end, error);
}

/* A link never makes somebody else of who is signed in, unless he was asked; a page joins for the
 * one whom it was opened for. */
static char *shown_of(Bed *bed, Who who) {
  json_t *session = bed_expect(bed, 200, who, "GET", "session", NULL);
  char *shown = g_strdup(text_of(json_object_get(session, "person"), "shown"));
  json_decref(session);
  g_assert_nonnull(shown);
  return shown;
}

static char *name_of(Bed *bed, Who who) {
  json_t *session = bed_expect(bed, 200, who, "GET", "session", NULL);
  char *name = g_strdup(text_of(json_object_get(session, "person"), "name"));
  json_decref(session);
  return name;
}

/* Whom the guest's link is for, as somebody else is told who opens it. */
static char *owner_of(Bed *bed, Who asked) {
  g_autofree char *open = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  json_t *problem = bed_expect(bed, 409, asked, "POST", "session/link", open);
  char *owner = g_strdup(text_of(problem, "detail"));
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

static void test_other_person(void) {
  Bed *bed = bed_new();
  g_autofree char *open = g_strdup_printf("{\"secret\":\"%s\"}", bed->guest_link);
  g_autofree char *replace =
      g_strdup_printf("{\"secret\":\"%s\",\"replace\":true}", bed->guest_link);
  g_autoptr(ApiResponse) asked = bed_ask(bed, STAFF, "POST", "session/link", open);
  g_assert_cmpint(asked->status, ==, 409);
  g_assert_null(asked->set_cookie);
  json_t *problem = json_loadb(asked->body->str, asked->body->len, 0, NULL);
  g_assert_cmpstr(text_of(problem, "code"), ==, "other_person");
  g_assert_nonnull(text_of(problem, "detail")); /* whose it is */
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

static int64_t link_expiry(Bed *bed) {
  g_autofree char *path = bed_path(bed, "meetings/MEETING/invitations?limit=200");
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  size_t index;
  json_t *row;
  int64_t expires_ms = 0;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    if (strcmp(text_of(row, "id"), bed->guest_invitation) == 0)
      expires_ms = number_of(row, "link_expires_at");
  }
  json_decref(page);
  return expires_ms;
}

/* A postponed meeting takes its links along (store/link-expiry.h has the cases). */
static void test_postponed(void) {
  Bed *bed = bed_new();
  g_autofree char *path = bed_path(bed, "meetings/MEETING");
  int64_t before_ms = link_expiry(bed), week_ms = 7 * 24 * 3600 * INT64_C(1000);
  json_t *meeting = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_autofree char *later = g_strdup_printf(
      "{\"planned_start\":%" G_GINT64_FORMAT ",\"planned_end\":%" G_GINT64_FORMAT "}",
      number_of(meeting, "planned_start") + week_ms, number_of(meeting, "planned_end") + week_ms);
  json_decref(meeting);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, later));
  g_assert_cmpint(link_expiry(bed), ==, before_ms + week_ms);
  json_decref(bed_expect(bed, 200, GUEST, "GET", "session", NULL));
  bed_free(bed);
}

/* People who can be invited are found by the server: administrators and who is invited already are
 * not among them. */
static void test_invitable(void) {
  Bed *bed = bed_new();
  g_autofree char *path =
      g_strdup_printf("people?limit=200&invitable=true&invite_to=%s", bed->meeting);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  size_t index;
  json_t *row;
  bool stranger = false;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    const char *id = text_of(row, "id");
    g_assert_cmpstr(id, !=, bed->signed_in[MEMBER].id);
    g_assert_cmpstr(id, !=, bed->signed_in[HOST].id);
    g_assert_cmpstr(id, !=, bed->signed_in[SYSTEM_ADMIN].id);
    g_assert_cmpstr(id, !=, bed->signed_in[AUDIT_ADMIN].id);
    stranger |= strcmp(id, bed->signed_in[STRANGER].id) == 0;
  }
  g_assert_true(stranger);
  g_assert_cmpint(number_of(page, "total"), ==,
                  (int64_t)json_array_size(json_object_get(page, "items")));
  json_decref(page);
  g_autofree char *invitations = bed_path(bed, "meetings/MEETING/invitations");
  g_autofree char *admin = g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"attend\"}",
                                           bed->signed_in[SECURITY_ADMIN].id);
  bed_refused(bed, 422, "invalid", STAFF, "POST", invitations, admin);
  bed_free(bed);
}

/* What ended by itself staff can take back; what a person ended nobody can. */
static void test_reopen(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *reopen = bed_path(bed, "meetings/MEETING/reopen");
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reopen, NULL);
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  bed_write(bed, end_vacant, bed);
  bed_refused(bed, 403, "forbidden", HOST, "POST", reopen, NULL);
  json_t *meeting = bed_expect(bed, 200, STAFF, "POST", reopen, NULL);
  g_assert_cmpstr(text_of(meeting, "state"), ==, "live");
  g_assert_true(json_is_null(json_object_get(meeting, "reopen_until")));
  json_decref(meeting);
  meeting = bed_expect(bed, 200, STAFF, "POST", end, NULL);
  g_assert_true(json_is_null(json_object_get(meeting, "reopen_until")));
  json_decref(meeting);
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reopen, NULL);
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

static void test_meeting(void) {
  Bed *bed = bed_new();
  int64_t now = clock_wall_ms();
  g_autofree char *body = g_strdup_printf(
      "{\"title\":\"水环境治理协商\",\"planned_start\":%" G_GINT64_FORMAT
      ",\"planned_end\":%" G_GINT64_FORMAT ",\"host\":\"%s\",\"auto_record\":true,"
      "\"invitations\":[{\"person\":\"%s\",\"capacity\":\"observe\"},"
      "{\"guest_name\":\"张工\",\"organisation\":\"水务局\",\"capacity\":\"invited\"}]}",
      now, now + 3600000, bed->signed_in[HOST].id, bed->signed_in[MEMBER].id);
  g_autoptr(ApiResponse) made = bed_ask(bed, STAFF, "POST", "meetings", body);
  g_assert_cmpint(made->status, ==, 201);
  g_assert_true(g_str_has_prefix(made->location, "/api/v1/meetings/"));
  const char *path = made->location + strlen("/api/v1/");
  json_t *seen = bed_expect(bed, 200, MEMBER, "GET", path, NULL);
  g_assert_cmpstr(text_of(json_object_get(seen, "my"), "capacity"), ==, "observe");
  g_assert_cmpint(number_of(json_object_get(seen, "counts"), "expected"), ==, 3);
  json_decref(seen);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", path, NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "PATCH", path, "{\"title\":\"x\"}");
  bed_refused(bed, 422, "invalid", HOST, "PATCH", path, "{\"state\":\"ended\"}");
  g_autofree char *host = g_strdup_printf("{\"host\":\"%s\"}", bed->signed_in[MEMBER].id);
  bed_refused(bed, 403, "forbidden", HOST, "PATCH", path, host);
  g_autoptr(ApiResponse) changed = bed_ask(bed, HOST, "PATCH", path, "{\"title\":\"新标题\"}");
  g_assert_cmpint(changed->status, ==, 200);
  g_assert_cmpuint(changed->effects->len, ==, 1);
  g_autofree char *join = g_strconcat(path, "/join", NULL);
  json_t *token = bed_expect(bed, 200, MEMBER, "POST", join, NULL);
  g_assert_cmpuint(strlen(text_of(token, "token")), ==, 52);
  json_decref(token);
  g_autofree char *open = g_strconcat(path, "/open", NULL);
  g_autofree char *end = g_strconcat(path, "/end", NULL);
  bed_refused(bed, 409, "wrong_state", HOST, "POST", end, NULL);
  json_t *live = bed_expect(bed, 200, HOST, "POST", open, NULL);
  g_assert_cmpstr(text_of(live, "state"), ==, "live");
  json_decref(live);
  g_autoptr(ApiResponse) ended = bed_ask(bed, STAFF, "POST", end, NULL);
  g_assert_cmpint(ended->status, ==, 200);
  g_assert_cmpint(g_array_index(ended->effects, Effect, 0).kind, ==, EFFECT_MEETING_CHANGED);
  bed_refused(bed, 409, "meeting_ended", MEMBER, "POST", join, NULL);
  g_autofree char *events = g_strconcat(path, "/events", NULL);
  json_t *log = bed_expect(bed, 200, STAFF, "GET", events, NULL);
  g_assert_cmpuint(json_array_size(json_object_get(log, "items")), ==, 2);
  json_decref(log);
  g_autofree char *chat = g_strconcat(path, "/chat", NULL);
  json_t *said = bed_expect(bed, 200, MEMBER, "GET", chat, NULL);
  g_assert_cmpint(number_of(said, "total"), ==, 0);
  json_decref(said);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", chat, NULL);
  g_autofree char *beyond = g_strconcat(chat, "?after=nothing", NULL);
  bed_refused(bed, 422, "invalid", MEMBER, "GET", beyond, NULL);
  bed_free(bed);
}

static void test_invitations(void) {
  Bed *bed = bed_new();
  g_autofree char *path = bed_path(bed, "meetings/MEETING/invitations");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path, "{\"capacity\":\"attend\"}");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path,
              "{\"guest_name\":\"a\",\"capacity\":\"king\"}");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path, NULL);
  g_autofree char *twice =
      g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"attend\"}", bed->signed_in[MEMBER].id);
  bed_refused(bed, 409, "invitation.invited", STAFF, "POST", path, twice);
  json_t *page = bed_expect(bed, 200, HOST, "GET", path, NULL);
  g_assert_cmpint(number_of(page, "total"), ==, 3);
  g_assert_null(json_object_get(json_array_get(json_object_get(page, "items"), 0), "link"));
  json_decref(page);
  g_autofree char *one = g_strconcat(path, "/", bed->guest_invitation, NULL);
  json_t *changed = bed_expect(bed, 200, STAFF, "PATCH", one, "{\"capacity\":\"observe\"}");
  g_assert_cmpstr(text_of(changed, "capacity"), ==, "observe");
  json_decref(changed);
  bed_refused(bed, 403, "forbidden", HOST, "PATCH", one, "{\"capacity\":\"host\"}");
  bed_refused(bed, 403, "forbidden", HOST, "POST", path,
              "{\"guest_name\":\"a\",\"capacity\":\"host\"}");
  json_decref(bed_expect(bed, 200, HOST, "PATCH", one, "{\"capacity\":\"attend\"}"));
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", one, "{\"capacity\":\"host\"}"));
  g_autofree char *revoke = g_strconcat(one, "/revoke", NULL);
  g_autoptr(ApiResponse) revoked = bed_ask(bed, STAFF, "POST", revoke, NULL);
  g_assert_cmpint(revoked->status, ==, 200);
  const Effect *effect = &g_array_index(revoked->effects, Effect, 0);
  g_assert_cmpint(effect->kind, ==, EFFECT_PERSON_REVOKED);
  g_assert_cmpstr(effect->meeting, ==, bed->meeting);
  g_assert_cmpstr(effect->person, ==, bed->signed_in[GUEST].id);
  bed_refused(bed, 401, "signed_out", GUEST, "GET", "session", NULL);
  /* Another meeting's invitation under this meeting's path. */
  g_autofree char *other = g_strdup_printf("meetings/%s/invitations/%s/revoke", bed->other_meeting,
                                           bed->guest_invitation);
  bed_refused(bed, 404, "not_found", STAFF, "POST", other, NULL);
  bed_free(bed);
}

/* Over HTTP: confirmed, taken back, and taken away as the table that it was before it was a record,
 * with its fingerprint in the audit record. */
static void test_attendance(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *path = bed_path(bed, "meetings/MEETING/attendance");
  g_autofree char *decide = g_strdup_printf("attendance/%s/decide", bed->attendance);
  g_autofree char *undo = g_strdup_printf("attendance/%s/undo", bed->attendance);
  g_autofree char *csv =
      bed_path(bed, "meetings/MEETING/attendance.csv?words=zh&columns=person.name,person.sector,"
                    "person.organisation,code,person.kind,capacity,first_in,last_out,"
                    "window,present_s,connections,drafted,result,late,left_early,remark,"
                    "decided_by.name,decided_at");
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  json_decref(bed_expect(bed, 200, STAFF, "POST", end, NULL));
  json_t *rows = bed_expect(bed, 200, HOST, "GET", path, NULL);
  g_assert_cmpuint(json_array_size(json_object_get(rows, "items")), ==, 3);
  json_decref(rows);
  bed_refused(bed, 403, "forbidden", HOST, "POST", decide, "{\"result\":\"leave\"}");
  json_decref(bed_expect(bed, 200, STAFF, "POST", decide,
                         "{\"result\":\"leave\",\"remark\":\"书面请假\"}"));
  g_autofree char *meeting = bed_path(bed, "meetings/MEETING");
  json_t *shown = bed_expect(bed, 200, MEMBER, "GET", meeting, NULL);
  g_assert_cmpint(number_of(json_object_get(shown, "counts"), "attended"), ==, 0); /* on leave */
  g_assert_cmpint(number_of(shown, "present_s"), ==, 0);
  json_decref(shown);
  g_autoptr(ApiResponse) sheet = bed_ask(bed, STAFF, "GET", csv, NULL);
  g_assert_cmpint(sheet->status, ==, 200);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(sheet->file, &text, NULL, NULL));
  g_assert_true(g_str_has_prefix(
      text,
      "\xef\xbb\xbf"
      "\"姓名\",\"姓名 界别\",\"姓名 单位\",\"编号\",\"姓名 类别\",\"身份\",\"首次进入\","
      "\"最后离开\",\"时段起\",\"时段止\",\"有效秒数\",\"连接次数\",\"初步认定\",\"初判迟到\","
      "\"初判早退\",\"确认结果\",\"确认迟到\",\"确认早退\",\"备注\",\"确认人\",\"确认时间\""));
  g_assert_nonnull(strstr(text, "\"请假\",\"按时\",\"未早退\",\"书面请假\",\"staff\""));
  g_assert_cmpuint(count_audit(bed, "attendance.export"), ==, 1);
  json_decref(bed_expect(bed, 200, STAFF, "POST", undo, "{}"));
  bed_refused(bed, 409, "undo_gone", STAFF, "POST", undo, "{}");
  shown = bed_expect(bed, 200, MEMBER, "GET", meeting, NULL);
  g_assert_true(json_is_null(json_object_get(json_object_get(shown, "counts"), "attended")));
  json_decref(shown);
  bed_free(bed);
}

static Moment later(void *user) {
  Moment now = moment_now();
  now.wall_ms += 60000;
  now.mono_us += INT64_C(60000000);
  return now;
}

/* The window is previewed over HTTP and moved, with a reason that the picture shows. */
static void test_window(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *path = bed_path(bed, "meetings/MEETING/presence");
  g_autofree char *window = bed_path(bed, "meetings/MEETING/window");
  json_t *picture = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_assert_true(json_is_null(json_object_get(picture, "window"))); /* not yet opened */
  g_assert_cmpint(number_of(json_object_get(picture, "rules"), "late_after_min"), ==, 10);
  json_decref(picture);
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  bed->context->now = later; /* it lasts a minute */
  json_decref(bed_expect(bed, 200, STAFF, "POST", end, NULL));
  picture = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  int64_t from = number_of(json_object_get(picture, "window"), "from");
  int64_t to = number_of(json_object_get(picture, "window"), "to");
  g_assert_cmpint(to - from, >=, 59000);
  json_decref(picture);
  g_autofree char *ask = g_strdup_printf("%s/window?from=%" G_GINT64_FORMAT "&to=%" G_GINT64_FORMAT,
                                         path, from, to - 30000);
  json_t *preview = bed_expect(bed, 200, HOST, "GET", ask, NULL);
  g_assert_cmpint(number_of(json_object_get(preview, "counts"), "absent"), ==, 3);
  json_decref(preview);
  g_autofree char *body =
      g_strdup_printf("{\"window_from\":%" G_GINT64_FORMAT ",\"window_to\":%" G_GINT64_FORMAT
                      ",\"window_reason\":\"已宣布散会\"}",
                      from, to - 30000);
  json_decref(bed_expect(bed, 200, STAFF, "POST", window, body));
  picture = bed_expect(bed, 200, HOST, "GET", path, NULL);
  const json_t *now = json_object_get(picture, "window");
  g_assert_cmpint(number_of(now, "to"), ==, to - 30000);
  g_assert_cmpint(number_of(json_object_get(now, "default"), "to"), ==, to);
  g_assert_cmpstr(text_of(json_object_get(now, "changed"), "reason"), ==, "已宣布散会");
  json_decref(picture);
  bed_free(bed);
}

/* Whether the rooms are told that names changed. */
static bool tells_names(Bed *bed, Who who, const char *method, const char *path, const char *body) {
  g_autoptr(ApiResponse) response = bed_ask(bed, who, method, path, body);
  g_assert_cmpint(response->status / 100, ==, 2);
  for (unsigned i = 0; i < response->effects->len; i++)
    if (g_array_index(response->effects, Effect, i).kind == EFFECT_NAMES_CHANGED)
      return true;
  return false;
}

static void test_names_told(void) {
  Bed *bed = bed_new();
  g_autofree char *path = g_strconcat("people/", bed->signed_in[STRANGER].id, NULL);
  g_assert_true(tells_names(bed, STAFF, "POST", "people", "{\"name\":\"王伟\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"name\":\"王伟\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"sector\":\"科技界\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"organisation\":\"一院\"}"));
  g_assert_true(tells_names(bed, STAFF, "PATCH", path, "{\"active\":false}"));
  g_autofree char *unlock = g_strconcat(path, "/unlock", NULL);
  g_assert_false(tells_names(bed, SECURITY_ADMIN, "POST", unlock, "{}"));
  bed_free(bed);
}

static void test_people(void) {
  Bed *bed = bed_new();
  bed_refused(bed, 403, "forbidden", STAFF, "POST", "people",
              "{\"name\":\"x\",\"kind\":\"staff\"}");
  bed_refused(bed, 422, "invalid", SYSTEM_ADMIN, "POST", "people",
              "{\"name\":\"x\",\"kind\":\"admin\"}");
  bed_refused(bed, 409, "person.login_taken", STAFF, "POST", "people",
              "{\"name\":\"x\",\"login\":\"member\"}");
  json_t *made =
      bed_expect(bed, 201, STAFF, "POST", "people", "{\"name\":\"李委员\",\"login\":\"li\"}");
  g_autofree char *path = g_strconcat("people/", text_of(made, "id"), NULL);
  g_autofree char *reset = g_strconcat(path, "/password", NULL);
  json_decref(made);
  g_autofree char *roles = g_strconcat(path, "/set_roles", NULL);
  bed_refused(bed, 403, "forbidden", STAFF, "POST", roles, "{\"roles\":[\"staff\"]}");
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "POST", roles, "{\"roles\":[\"staff\"]}");
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "PATCH", path, "{\"name\":\"y\"}");
  bed_refused(bed, 403, "forbidden", AUDIT_ADMIN, "PATCH", path, "{\"name\":\"y\"}");
  bed_refused(bed, 422, "invalid", STAFF, "PATCH", path, "{\"roles\":[\"staff\"]}");
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, "{\"sector\":\"科技界\"}"));
  json_decref(
      bed_expect(bed, 200, SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"member\",\"staff\"]}"));
  bed_refused(bed, 409, "person.two_administrators", SECURITY_ADMIN, "POST", roles,
              "{\"roles\":[\"system_admin\",\"audit_admin\"]}");
  bed_refused(bed, 422, "invalid", SECURITY_ADMIN, "POST", roles, "{\"roles\":[\"king\"]}");
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reset, NULL);
  json_t *password = bed_expect(bed, 200, SYSTEM_ADMIN, "POST", reset, NULL);
  g_autofree char *login =
      g_strdup_printf("{\"login\":\"li\",\"password\":\"%s\"}", text_of(password, "password"));
  g_autoptr(ApiResponse) first = bed_ask(bed, ANYBODY, "POST", "session", login);
  g_assert_nonnull(strstr(first->body->str, "\"must_change_password\":true"));
  /* Until it is changed nothing else works. */
  const char *value = strchr(first->set_cookie, '=') + 1;
  ApiRequest *request = bed_request(bed, ANYBODY, "GET", "meetings", NULL);
  request->cookie = g_strndup(value, strcspn(value, ";"));
  g_autoptr(ApiResponse) before = bed_send(bed, request);
  g_assert_nonnull(strstr(before->body->str, "must_change_password"));
  json_decref(password);
  /* Who gives roles cannot get into the account; whoever could is out when it gets one. */
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", reset, NULL);
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  g_autofree char *promoted = g_strconcat("people/", bed->signed_in[MEMBER].id, NULL);
  g_autofree char *promote = g_strconcat(promoted, "/set_roles", NULL);
  g_autoptr(ApiResponse) staff_too =
      bed_ask(bed, SECURITY_ADMIN, "POST", promote, "{\"roles\":[\"member\",\"staff\"]}");
  g_assert_cmpint(staff_too->status, ==, 200);
  const Effect *effect = &g_array_index(staff_too->effects, Effect, 0);
  g_assert_cmpint(effect->kind, ==, EFFECT_PERSON_CHANGED);
  g_assert_cmpstr(effect->person, ==, bed->signed_in[MEMBER].id);
  bed_refused(bed, 403, "forbidden", STAFF, "PATCH", promoted, "{\"name\":\"y\"}");
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL)); /* not an administrator */
  json_decref(
      bed_expect(bed, 200, SECURITY_ADMIN, "POST", promote, "{\"roles\":[\"audit_admin\"]}"));
  bed_refused(bed, 409, "person.two_administrators", SECURITY_ADMIN, "POST", promote,
              "{\"roles\":[\"staff\",\"audit_admin\"]}");
  bed_refused(bed, 401, "signed_out", MEMBER, "GET", "session", NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "PATCH", promoted, "{\"login\":\"x\"}");
  g_autoptr(ApiResponse) anew = bed_ask(bed, ANYBODY, "POST", "session",
                                        "{\"login\":\"member\",\"password\":\"" BED_PASSWORD "\"}");
  g_assert_nonnull(strstr(anew->body->str, "\"must_change_password\":true"));
  /* Nobody gives roles to himself or takes over another administrator. */
  g_autofree char *own =
      g_strconcat("people/", bed->signed_in[SECURITY_ADMIN].id, "/set_roles", NULL);
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", own, "{\"roles\":[]}");
  g_autofree char *audit =
      g_strconcat("people/", bed->signed_in[AUDIT_ADMIN].id, "/password", NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "POST", audit, NULL);
  bed_refused(bed, 403, "forbidden", SECURITY_ADMIN, "POST", audit, NULL);
  g_autofree char *admin = g_strconcat("people/", bed->signed_in[AUDIT_ADMIN].id, NULL);
  bed_refused(bed, 403, "forbidden", SYSTEM_ADMIN, "PATCH", admin, "{\"active\":false}");
  bed_refused(bed, 403, "forbidden", STAFF, "PATCH", admin, "{\"active\":false}");
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?limit=0", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?limit=1x", NULL);
  bed_refused(bed, 422, "invalid", STAFF, "GET", "people?role=king", NULL);
  json_t *found = bed_expect(bed, 200, STAFF, "GET", "people?q=李&limit=1", NULL);
  g_assert_cmpint(number_of(found, "total"), ==, 1);
  json_decref(found);
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

static json_t *patch_person(Bed *bed, int64_t seen, const char *path, const char *body,
                            int status) {
  ApiRequest *request = bed_request(bed, STAFF, "PATCH", path, body);
  request->if_match = seen;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  g_assert_cmpint(response->status, ==, status);
  g_assert_cmpint(response->version, ==, status == 200 ? seen + 1 : 0);
  return json_loadb(response->body->str, response->body->len, 0, NULL);
}

/* Nobody overwrites what he has not seen; a record says where it is, and what is wrong with a
 * request is said of each member. */
static void test_versions(void) {
  Bed *bed = bed_new();
  g_autoptr(ApiResponse) made = bed_ask(bed, STAFF, "POST", "people", "{\"name\":\" 李委员 \"}");
  g_assert_cmpint(made->status, ==, 201);
  g_assert_cmpint(made->version, ==, 1);
  g_assert_true(g_str_has_prefix(made->location, API_PREFIX "people/"));
  const char *path = made->location + strlen(API_PREFIX);
  json_t *read = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_assert_cmpstr(text_of(read, "name"), ==, "李委员");
  g_assert_cmpint(number_of(read, "version"), ==, 1);
  json_decref(read);
  json_decref(patch_person(bed, 1, path, "{\"sector\":\"科技界\"}", 200));
  g_autofree char *events = g_strconcat(path, "/events", NULL);
  json_t *history = bed_expect(bed, 200, STAFF, "GET", events, NULL);
  json_t *items = json_object_get(history, "items");
  g_assert_cmpuint(json_array_size(items), ==, 2);
  json_t *edit = json_array_get(items, 1);
  g_assert_cmpstr(text_of(edit, "verb"), ==, "edit");
  g_autofree char *what = json_dumps(json_object_get(edit, "data"), JSON_COMPACT);
  g_assert_cmpstr(what, ==, "{\"sector\":[\"\",\"科技界\"]}");
  json_decref(history);
  json_t *stale = patch_person(bed, 1, path, "{\"sector\":\"经济界\"}", 412);
  g_assert_cmpstr(text_of(stale, "code"), ==, "stale");
  json_decref(stale);
  json_t *wrong = bed_expect(bed, 422, STAFF, "PATCH", path, "{\"name\":\"\",\"age\":7}");
  g_assert_cmpuint(json_array_size(json_object_get(wrong, "errors")), ==, 2);
  json_decref(wrong);
  bed_refused(bed, 404, "not_found", STAFF, "GET", "people/0123456789abcdef", NULL);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", path, NULL);
  g_autoptr(ApiResponse) put = bed_ask(bed, STAFF, "PUT", path, "{}");
  g_assert_cmpint(put->status, ==, 405);
  g_assert_cmpstr(put->allow, ==, "GET, PATCH");
  bed_free(bed);
}

static void edits(Bed *bed, Who who, int64_t if_match, const char *path, int status,
                  const char *code) {
  ApiRequest *request = bed_request(bed, who, "PATCH", path, "{\"sector\":\"科技界\"}");
  request->if_match = if_match;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  json_t *body = json_loadb(response->body->str, response->body->len, 0, NULL);
  g_assert_cmpint(response->status, ==, status);
  g_assert_cmpstr(text_of(body, "code"), ==, code);
  json_decref(body);
}

static void posts(Bed *bed, const char *path, const char *body, int64_t if_match, int status) {
  ApiRequest *request = bed_request(bed, STAFF, "POST", path, body);
  request->if_match = if_match;
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  g_assert_cmpint(response->status, ==, status);
}

/* Whoever edits, or leads a record on, says which version he saw; who may not, learns no more. */
static void test_version_wanted(void) {
  Bed *bed = bed_new();
  g_autofree char *person = g_strconcat("people/", bed->signed_in[STRANGER].id, NULL);
  edits(bed, STAFF, 0, person, 428, "precondition_required");
  edits(bed, MEMBER, 0, person, 404, "not_found");
  edits(bed, STAFF, 999, person, 412, "stale");
  edits(bed, STAFF, API_ANY_VERSION, person, 200, NULL);
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *undo = g_strdup_printf("attendance/%s/undo", bed->attendance);
  posts(bed, open, NULL, 0, 428);
  posts(bed, open, NULL, API_ANY_VERSION, 200);
  posts(bed, open, NULL, 0, 409); /* it is in another state, which is what he must know */
  posts(bed, undo, NULL, 0, 409);
  /* An act, many at once, and what is new. */
  g_autofree char *links = bed_path(bed, "meetings/MEETING/links");
  posts(bed, links, "{}", 0, 200);
  posts(bed, links, "{}", 999, 412);
  g_autofree char *many = g_strdup_printf("{\"ids\":[\"%s\"]}", bed->attendance);
  posts(bed, "attendance/-/confirm", many, 0, 200);
  posts(bed, "people", "{\"name\":\"新人\"}", 0, 201);
  bed_free(bed);
}

static json_t *post_once(Bed *bed, Who who, const char *key, const char *path, const char *body,
                         int status) {
  ApiRequest *request = bed_request(bed, who, "POST", path, body);
  request->key = g_strdup(key);
  g_autoptr(ApiResponse) response = bed_send(bed, request);
  if (response->status != status)
    g_error("%s: %d instead of %d: %s", path, response->status, status, response->body->str);
  return json_loadb(response->body->str, response->body->len, 0, NULL);
}

static int64_t people_named(Bed *bed, const char *name) {
  g_autofree char *path = g_strconcat("people?q=", name, NULL);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  int64_t total = number_of(page, "total");
  json_decref(page);
  return total;
}

static bool count_kept(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select count(*) from kept_answer", error);
  if (!row || !statement_one(row, "", error))
    return false;
  *(int64_t *)data = column_int(row, 0);
  return true;
}

/* What is sent again under its key is done once and answered alike. */
static void test_sent_again(void) {
  Bed *bed = bed_new();
  const char *body = "{\"name\":\"李两次\",\"login\":\"liang\"}";
  json_t *first = post_once(bed, STAFF, "k1", "people", body, 201);
  json_t *again = post_once(bed, STAFF, "k1", "people", body, 201);
  g_assert_true(json_equal(first, again));
  g_assert_cmpint(people_named(bed, "李两次"), ==, 1);
  json_t *other = post_once(bed, STAFF, "k1", "people", "{\"name\":\"另一人\"}", 422);
  g_assert_cmpstr(text_of(other, "code"), ==, "key_reused");
  /* Keys are each person's own. */
  json_decref(post_once(bed, SYSTEM_ADMIN, "k1", "people", "{\"name\":\"另一人\"}", 201));
  json_decref(post_once(bed, STAFF, "k2", "people", body, 409)); /* refused: nothing is kept */
  json_decref(post_once(bed, STAFF, "k2", "people", "{\"name\":\"第三人\"}", 201));
  /* An answer with a secret is not kept, what is as good twice is done twice, and of a request with
   * passwords there is no digest. */
  g_autofree char *invite = bed_path(bed, "meetings/MEETING/invitations");
  const char *guest = "{\"guest_name\":\"来宾\",\"capacity\":\"invited\"}";
  json_decref(post_once(bed, STAFF, "k3", invite, guest, 201));
  json_t *done = post_once(bed, STAFF, "k3", invite, guest, 409);
  g_assert_cmpstr(text_of(done, "code"), ==, "done_before");
  g_autofree char *reset = g_strdup_printf("people/%s/password", text_of(first, "id"));
  json_t *one = post_once(bed, SYSTEM_ADMIN, "k4", reset, "{}", 200);
  json_t *two = post_once(bed, SYSTEM_ADMIN, "k4", reset, "{}", 200);
  g_assert_cmpstr(text_of(one, "password"), !=, text_of(two, "password"));
  json_decref(one);
  json_decref(two);
  ApiRequest *change = bed_request(bed, MEMBER, "PUT", "session/password",
                                   "{\"old\":\"wrong\",\"new\":\"Kuaile-2027\"}");
  change->key = g_strdup("k5");
  api_response_free(bed_send(bed, change));
  int64_t kept = 0;
  bed_write(bed, count_kept, &kept);
  g_assert_cmpint(kept, ==, 4); /* k1 twice, k2, k3 */
  json_decref(first);
  json_decref(again);
  json_decref(other);
  json_decref(done);
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

/* Who changes too much at once is told to wait; he still reads, and others still change. */
static void test_changes(void) {
  Bed *bed = bed_new();
  g_autofree char *join = bed_path(bed, "meetings/MEETING/join");
  const char *person = bed->signed_in[MEMBER].id;
  int64_t later_us =
      clock_mono_us() + INT64_C(3600) * G_USEC_PER_SEC; /* nothing comes back until then */
  unsigned left = 0;
  while (throttle_use(bed->context->throttle, LIMIT_CHANGES, person, later_us))
    left++;
  g_assert_cmpuint(left, >=, 1900);
  g_autoptr(ApiResponse) response = bed_ask(bed, MEMBER, "POST", join, NULL);
  g_assert_cmpint(response->status, ==, 429);
  g_assert_cmpint(response->retry_after_s, ==, 1);
  json_decref(bed_expect(bed, 200, MEMBER, "GET", "session", NULL));
  json_decref(bed_expect(bed, 200, HOST, "POST", join, NULL));
  bed_free(bed);
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

static void test_recordings(void) {
  Bed *bed = bed_new();
  g_autofree char *path = g_strconcat("recordings/", bed->recording, NULL);
  g_autofree char *file = g_strconcat(path, "/files/program-1.webm", NULL);
  json_t *page = bed_expect(bed, 200, MEMBER, "GET", "recordings", NULL);
  g_assert_cmpint(number_of(page, "total"), ==, 1);
  json_decref(page);
  page = bed_expect(bed, 200, STRANGER, "GET", "recordings", NULL);
  g_assert_cmpint(number_of(page, "total"), ==, 0);
  json_decref(page);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", file, NULL);
  for (int i = 0; i < 3; i++) {
    g_autoptr(ApiResponse) played = bed_ask(bed, MEMBER, "GET", file, NULL);
    g_assert_cmpint(played->status, ==, 200);
    g_assert_true(g_str_has_prefix(played->file, bed->config->recordings_dir));
    g_assert_cmpstr(played->content_type, ==, "video/webm");
  }
  static const char *const names[] = {"..", "%2e%2e", "program-1.webm.", "PROGRAM-1.WEBM", ".x"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *bad = g_strconcat(path, "/files/", names[i], NULL);
    bed_refused(bed, 404, "not_found", STAFF, "GET", bad, NULL);
  }
  bed_write(bed, nothing, NULL); /* behind the queued records */
  /* One for the stranger, one for the member's three requests, five for the wrong names. */
  g_assert_cmpuint(count_audit(bed, "recording.view"), ==, 7);
  for (unsigned i = 0; i < 40; i++) {
    g_autofree char *guess = g_strdup_printf("%s/files/guess-%u", path, i);
    bed_refused(bed, 404, "not_found", STRANGER, "GET", guess, NULL);
  }
  bed_write(bed, nothing, NULL);
  g_assert_cmpuint(count_audit(bed, "recording.view"), ==, 7 + 19); /* 20 of the stranger's */
  bed_free(bed);
}

static void test_errors(void) {
  Bed *bed = bed_new();
  bed_refused(bed, 404, "not_found", STAFF, "GET", "nothing", NULL);
  g_autoptr(ApiResponse) method = bed_ask(bed, STAFF, "DELETE", "meetings", NULL);
  g_assert_cmpint(method->status, ==, 405);
  g_assert_cmpstr(method->allow, ==, "GET, POST");
  g_assert_cmpstr(method->content_type, ==, "application/problem+json");
  bed_refused(bed, 422, "invalid", STAFF, "GET", "meetings?when=never", NULL);
  bed_refused(bed, 404, "not_found", STAFF, "GET", "meetings/' or 1=1 --", NULL);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/sign-in", test_sign_in);
  g_test_add_func("/api/reopen", test_reopen);
  g_test_add_func("/api/other-person", test_other_person);
  g_test_add_func("/api/namesakes", test_namesakes);
  g_test_add_func("/api/invitable", test_invitable);
  g_test_add_func("/api/postponed", test_postponed);
  g_test_add_func("/api/links", test_links);
  g_test_add_func("/api/search", test_search);
  g_test_add_func("/api/search-members", test_search_members);
  g_test_add_func("/api/on-behalf", test_on_behalf);
  g_test_add_func("/api/own-verbs", test_own_verbs);
  g_test_add_func("/api/link-flood", test_link_flood);
  g_test_add_func("/api/meeting", test_meeting);
  g_test_add_func("/api/invitations", test_invitations);
  g_test_add_func("/api/attendance", test_attendance);
  g_test_add_func("/api/window", test_window);
  g_test_add_func("/api/people", test_people);
  g_test_add_func("/api/role-ends", test_role_ends);
  g_test_add_func("/api/versions", test_versions);
  g_test_add_func("/api/version-wanted", test_version_wanted);
  g_test_add_func("/api/sent-again", test_sent_again);
  g_test_add_func("/api/names-told", test_names_told);
  g_test_add_func("/api/guest-login", test_guest_login);
  g_test_add_func("/api/background", test_background);
  g_test_add_func("/api/lane-ends", test_lane_ends);
  g_test_add_func("/api/changes", test_changes);
  g_test_add_func("/api/sessions-end", test_sessions_end);
  g_test_add_func("/api/recordings", test_recordings);
  g_test_add_func("/api/errors", test_errors);
  return g_test_run();
}
