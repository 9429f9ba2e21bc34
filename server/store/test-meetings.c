/* Meetings, invitations, lists. */
#include <string.h>

#include "store/events.h"
#include "store/people.h"
#include "store/statement.h"
#include "store/test-fixture.h"

static const Actor actor = {NULL, "192.0.2.1"};
#define DAY INT64_C(86400000)

static void expect(GError **error, int code) {
  g_assert_error(*error, STORE_ERROR, code);
  g_clear_error(error);
}

static void test_states(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char host[17], meeting[17], other[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  fixture_meeting(f.db, host, NULL, 0, meeting);
  fixture_meeting(f.db, host, NULL, 0, other);
  Actor by = {host, "192.0.2.1"};
  g_assert_false(meeting_end(f.db, meeting, &by, fixture_moment(T0), &error));
  expect(&error, STORE_ERROR_CONFLICT);
  g_assert_true(meeting_open(f.db, meeting, &by, fixture_moment(T0 + 5), &error));
  g_assert_false(meeting_open(f.db, meeting, &by, fixture_moment(T0), &error));
  expect(&error, STORE_ERROR_CONFLICT);
  g_assert_false(meeting_cancel(f.db, meeting, &by, fixture_moment(T0), &error));
  expect(&error, STORE_ERROR_CONFLICT);
  g_autoptr(MeetingInfo) info = meeting_info(f.db, meeting, &error);
  g_assert_cmpstr(info->state, ==, "live");
  g_assert_cmpint(info->opened_at, ==, T0 + 5);
  g_assert_cmpint(info->expected, ==, 1);
  g_assert_true(meeting_end(f.db, meeting, &by, fixture_moment(T0 + 6), &error));
  g_assert_true(meeting_cancel(f.db, other, &by, fixture_moment(T0), &error));
  g_assert_false(meeting_open(f.db, other, &by, fixture_moment(T0), &error));
  expect(&error, STORE_ERROR_CONFLICT);
  g_assert_false(meeting_open(f.db, "0123456789abcdef", &by, fixture_moment(T0), &error));
  expect(&error, STORE_ERROR_NOT_FOUND);
  g_assert_false(db_exec(
      f.db, "update meeting set state = 'live', ended_at = null where ended_at > 0", &error));
  expect(&error, STORE_ERROR_CONFLICT); /* not even by hand */
  json_t *events = events_list(f.db, meeting, 0, 10, &error);
  const json_t *items = json_object_get(events, "items");
  g_assert_cmpint(json_array_size(items), ==, 2);
  g_assert_cmpstr(json_string_value(json_object_get(json_array_get(items, 0), "kind")), ==,
                  "opened");
  g_assert_cmpint(json_integer_value(json_object_get(json_array_get(items, 1), "seq")), ==, 2);
  json_decref(events);
  fixture_clear(&f);
}

static void test_create_refuses(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char host[17], id[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  InvitationNew nobody = {.person = "0123456789abcdef", .capacity = "attend"};
  InvitationNew king = {.guest_name = "客", .capacity = "king"};
  InvitationNew both = {.person = host, .guest_name = "客", .capacity = "attend"};
  const MeetingNew wrong[] = {
      {.title = "", .planned_start = T0, .planned_end = T0 + 1, .host = host},
      {.title = "a", .planned_start = T0, .planned_end = T0, .host = host},
      {.title = "a", .planned_start = T0, .planned_end = T0 + 40 * DAY, .host = host},
      {.title = "a", .planned_start = 5, .planned_end = T0, .host = host},
      {.title = "a", .planned_start = T0, .planned_end = T0 + 1, .host = "nobody"},
      {.title = "a", .planned_start = T0, .planned_end = T0 + 1, .host = NULL},
      {.title = "a",
       .planned_start = T0,
       .planned_end = T0 + 1,
       .host = host,
       .invitations = &nobody,
       .invitation_count = 1},
      {.title = "a",
       .planned_start = T0,
       .planned_end = T0 + 1,
       .host = host,
       .invitations = &king,
       .invitation_count = 1},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_assert_false(meeting_create(f.db, &wrong[i], &actor, T0, id, &error));
    expect(&error, STORE_ERROR_INVALID);
  }
  fixture_meeting(f.db, host, NULL, 0, id);
  g_assert_null(invitation_create(f.db, id, &both, "", &actor, T0, &error));
  expect(&error, STORE_ERROR_INVALID);
  fixture_clear(&f);
}

static json_t *invite(sqlite3 *db, const char *meeting, const char *person, GError **error) {
  InvitationNew invitation = {.person = person, .capacity = "attend"};
  return invitation_create(db, meeting, &invitation, "https://x/j/", &actor, T0, error);
}

static void test_invitations(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char host[17], member[17], meeting[17], revoked[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  fixture_person(f.db, "委员", "member", "member", 0, member);
  fixture_meeting(f.db, host, NULL, 0, meeting);
  json_t *made = invite(f.db, meeting, member, &error);
  g_assert_no_error(error);
  g_autofree char *id = g_strdup(json_string_value(json_object_get(made, "id")));
  g_assert_true(g_str_has_prefix(json_string_value(json_object_get(made, "link")), "https://x/j/"));
  json_decref(made);
  g_assert_null(invite(f.db, meeting, member, &error));
  expect(&error, STORE_ERROR_CONFLICT);
  made = invitation_set_capacity(f.db, meeting, id, "observe", &actor, T0, &error);
  g_assert_cmpstr(json_string_value(json_object_get(made, "capacity")), ==, "observe");
  g_assert_null(json_object_get(made, "link"));
  json_decref(made);
  g_assert_true(invitation_revoke(f.db, meeting, id, revoked, &actor, T0, &error));
  g_assert_cmpstr(revoked, ==, member);
  g_assert_false(invitation_revoke(f.db, meeting, id, revoked, &actor, T0, &error));
  expect(&error, STORE_ERROR_NOT_FOUND);
  Session session = fixture_session(member, ROLE_MEMBER);
  MeetingRights rights;
  g_assert_true(meeting_rights(f.db, meeting, &session, &rights, &error));
  g_assert_false(rights.see);
  made = invite(f.db, meeting, member, &error); /* and again */
  g_assert_cmpstr(json_string_value(json_object_get(made, "id")), ==, id);
  json_decref(made);
  fixture_clear(&f);
}

static int64_t link_expiry(json_t *invitation) {
  int64_t expiry = json_integer_value(json_object_get(invitation, "link_expires_at"));
  json_decref(invitation);
  return expiry;
}

static void test_link_expiry(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  const int64_t end = T0 + 3600000; /* of the fixture's meeting */
  char host[17], meeting[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  /* What was asked for with the meeting holds for the link that is made later. */
  InvitationNew guest = {.guest_name = "客", .capacity = "attend", .expires_at = T0 + 7 * DAY};
  fixture_meeting(f.db, host, &guest, 1, meeting);
  json_t *page = invitations_list(f.db, meeting, NULL, 10, &error);
  const char *id = NULL;
  for (size_t i = 0; i < 2; i++) {
    const json_t *item = json_array_get(json_object_get(page, "items"), i);
    if (strcmp(json_string_value(json_object_get(item, "capacity")), "attend") == 0)
      id = json_string_value(json_object_get(item, "id"));
  }
  g_assert_cmpint(link_expiry(invitation_renew_link(f.db, meeting, id, 0, "", &actor, T0, &error)),
                  ==, T0 + 7 * DAY);
  g_assert_cmpint(
      link_expiry(invitation_renew_link(f.db, meeting, id, 0, "", &actor, T0 + 8 * DAY, &error)),
      ==, T0 + 9 * DAY); /* that is over: a day from now */
  g_assert_cmpint(
      link_expiry(invitation_renew_link(f.db, meeting, id, end + 30 * DAY, "", &actor, T0, &error)),
      ==, end + 30 * DAY);
  const int64_t refused[] = {T0 - 1, end + 30 * DAY + 1, INT64_MAX};
  for (unsigned i = 0; i < G_N_ELEMENTS(refused); i++) {
    g_assert_null(invitation_renew_link(f.db, meeting, id, refused[i], "", &actor, T0, &error));
    expect(&error, STORE_ERROR_INVALID);
    guest.expires_at = refused[i];
    g_assert_null(invitation_create(f.db, meeting, &guest, "", &actor, T0, &error));
    expect(&error, STORE_ERROR_INVALID);
  }
  json_decref(page);
  fixture_clear(&f);
}

static void test_host(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char host[17], deputy[17], meeting[17], revoked[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  fixture_person(f.db, "副主持", "deputy", "member", 0, deputy);
  fixture_meeting(f.db, host, NULL, 0, meeting);
  json_t *page = invitations_list(f.db, meeting, NULL, 10, &error);
  json_t *only = json_array_get(json_object_get(page, "items"), 0);
  g_autofree char *id = g_strdup(json_string_value(json_object_get(only, "id")));
  g_assert_cmpstr(json_string_value(json_object_get(only, "capacity")), ==, "host");
  json_decref(page);
  g_assert_false(invitation_revoke(f.db, meeting, id, revoked, &actor, T0, &error));
  expect(&error, STORE_ERROR_CONFLICT);
  json_t *patch = json_pack("{s:s, s:s}", "host", deputy, "title", "改期");
  g_assert_true(meeting_patch(f.db, meeting, patch, &actor, T0, &error));
  json_decref(patch);
  Session session = fixture_session(deputy, ROLE_MEMBER);
  MeetingRights rights;
  g_assert_true(meeting_rights(f.db, meeting, &session, &rights, &error));
  g_assert_true(rights.host && !rights.manage);
  json_t *meeting_now = meeting_json(f.db, meeting, &session, &error);
  g_assert_cmpstr(json_string_value(json_object_get(meeting_now, "title")), ==, "改期");
  g_assert_cmpint(
      json_integer_value(json_object_get(json_object_get(meeting_now, "counts"), "expected")), ==,
      2);
  json_decref(meeting_now);
  g_assert_true(invitation_revoke(f.db, meeting, id, revoked, &actor, T0, &error));
  patch = json_pack("{s:I}", "planned_end", (json_int_t)(T0 - 1));
  g_assert_false(meeting_patch(f.db, meeting, patch, &actor, T0, &error));
  expect(&error, STORE_ERROR_INVALID);
  json_decref(patch);
  patch = json_pack("{s:s}", "state", "ended");
  g_assert_false(meeting_patch(f.db, meeting, patch, &actor, T0, &error));
  expect(&error, STORE_ERROR_INVALID);
  json_decref(patch);
  fixture_clear(&f);
}

static void planned_until(sqlite3 *db, const char *host, int64_t start, int64_t end, char *id) {
  GError *error = NULL;
  MeetingNew meeting = {.title = "会", .planned_start = start, .planned_end = end, .host = host};
  meeting_create(db, &meeting, NULL, T0, id, &error);
  g_assert_no_error(error);
}

static void planned(sqlite3 *db, const char *host, int64_t start, char *id) {
  planned_until(db, host, start, start + 60000, id);
}

/* The ids of all pages of two, as one string, in the order given. */
static unsigned listed(sqlite3 *db, const char *when, bool mine, const Session *session,
                       int64_t *first_start) {
  GError *error = NULL;
  g_autofree char *after = NULL;
  unsigned count = 0;
  json_int_t total = 0;
  do {
    MeetingsQuery query = {
        .when = when, .mine = mine, .after = after, .limit = 2, .time_zone = "Asia/Shanghai"};
    json_t *page = meetings_list(db, &query, session, T0, &error);
    g_assert_no_error(error);
    const json_t *items = json_object_get(page, "items");
    if (count == 0 && first_start && json_array_size(items) > 0)
      *first_start = json_integer_value(json_object_get(json_array_get(items, 0), "planned_start"));
    count += (unsigned)json_array_size(items);
    total = json_integer_value(json_object_get(page, "total"));
    g_free(after);
    after = g_strdup(json_string_value(json_object_get(page, "next")));
    json_decref(page);
  } while (after);
  g_assert_cmpint(total, ==, count);
  return count;
}

static void test_lists(void) {
  Fixture f;
  fixture_init(&f);
  GError *error = NULL;
  char host[17], member[17], id[17], live[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  fixture_person(f.db, "委员", "member", "member", 0, member);
  planned(f.db, host, T0 - 40 * DAY, live); /* planned long ago, open now */
  g_assert_true(meeting_open(f.db, live, &actor, fixture_moment(T0), &error));
  planned(f.db, host, T0 - 2 * DAY, id);
  for (unsigned i = 0; i < 5; i++)
    planned(f.db, member, T0 + (i + 2) * DAY, id);
  planned(f.db, host, T0, id);
  Session staff = fixture_session(host, ROLE_STAFF), mine = fixture_session(member, ROLE_MEMBER);
  int64_t first = 0;
  g_assert_cmpuint(listed(f.db, "all", false, &staff, &first), ==, 8);
  g_assert_cmpint(first, ==, T0 + 6 * DAY);
  g_assert_cmpuint(listed(f.db, "all", true, &staff, NULL), ==, 3);
  g_assert_cmpuint(listed(f.db, "all", false, &mine, NULL), ==, 5);
  g_assert_cmpuint(listed(f.db, "today", false, &staff, &first), ==, 2);
  g_assert_cmpint(first, ==, T0 - 40 * DAY);
  g_assert_cmpuint(listed(f.db, "today", false, &mine, NULL), ==, 0);
  g_assert_cmpuint(listed(f.db, "upcoming", false, &mine, &first), ==, 5);
  g_assert_cmpint(first, ==, T0 + 2 * DAY);
  g_assert_cmpuint(listed(f.db, "past", false, &staff, NULL), ==, 1);
  planned_until(f.db, host, T0 - DAY, T0 + DAY, id); /* across midnight, whatever the time zone */
  g_assert_cmpuint(listed(f.db, "today", false, &staff, NULL), ==, 3);
  g_assert_cmpuint(listed(f.db, "upcoming", false, &staff, NULL), ==, 5);
  g_assert_cmpuint(listed(f.db, "past", false, &staff, NULL), ==, 1);
  mine.scope_meeting = id; /* one that the member is not invited to */
  g_assert_cmpuint(listed(f.db, "all", false, &mine, NULL), ==, 0);
  MeetingsQuery query = {.when = "whenever", .limit = 2, .time_zone = "Asia/Shanghai"};
  g_assert_null(meetings_list(f.db, &query, &staff, T0, &error));
  expect(&error, STORE_ERROR_INVALID);
  query =
      (MeetingsQuery){.when = "all", .after = "nonsense", .limit = 2, .time_zone = "Asia/Shanghai"};
  g_assert_null(meetings_list(f.db, &query, &staff, T0, &error));
  expect(&error, STORE_ERROR_NOT_FOUND);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/meetings/states", test_states);
  g_test_add_func("/meetings/create-refuses", test_create_refuses);
  g_test_add_func("/meetings/invitations", test_invitations);
  g_test_add_func("/meetings/link-expiry", test_link_expiry);
  g_test_add_func("/meetings/host", test_host);
  g_test_add_func("/meetings/lists", test_lists);
  return g_test_run();
}
