/* What hosts do, and what everybody is told about it. */
#include <string.h>

#include "front/bed.h"
#include "store/meetings.h"
#include "store/people.h"
#include "store/statement.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

static void wait_text(Page *page, const char *type, const char *path, const char *value) {
  json_t *message = page_wait(page, type);
  g_assert_cmpstr(text_at(message, path), ==, value);
  json_decref(message);
}

static void test_open_and_end(void) {
  Bed *bed = bed_new(2);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 2000);
  page_expect(host, "ok", "{s:s}", "t", "open");
  wait_text(host, "meeting", "meeting.state", "live");
  wait_text(page, "meeting", "meeting.state", "live");
  page_expect(host, "ok", "{s:s}", "t", "open"); /* again: it is */
  bed_pass(bed, 10000);
  g_assert_cmpint(bed_number(bed, "select state = 'live' from meeting"), ==, 1);
  int id = page_send(host, "{s:s}", "t", "end");
  json_decref(page_expected(host, "ok", id));
  wait_text(page, "meeting", "meeting.state", "ended");
  wait_text(page, "bye", "reason", "ended");
  wait_text(host, "bye", "reason", "ended");
  g_assert_cmpuint(page->code, ==, 1000);
  g_assert_cmpuint(host->code, ==, 1000);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where ended_by = 'ended'"
                                  " and duration_ms = 12000"),
                  ==, 2);
  g_assert_cmpint(bed_events(bed, "opened"), ==, 1);
  g_assert_cmpint(bed_events(bed, "ended"), ==, 1);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

static void test_staff_without_invitation(void) {
  Bed *bed = bed_new(1);
  Page *staff = bed_join(bed, bed->staff);
  page_expect(staff, "ok", "{s:s}", "t", "open");
  /* A meeting that is over in the store is over, whoever asks. */
  page_expect(staff, "ok", "{s:s}", "t", "end");
  page_free(staff);
  bed_free(bed);
}

static void test_opened_over_http(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  bed_open(bed);
  wait_text(page, "meeting", "meeting.state", "live");
  g_assert_true(bed_step(bed, "end"));
  assembly_meeting_changed(bed->assembly, bed->meeting);
  wait_text(page, "bye", "reason", "ended");
  assembly_meeting_changed(bed->assembly, bed->meeting); /* unknown by now: fine */
  bed_settle(bed);
  page_free(page);
  bed_free(bed);
}

/* Opened and ended before the room heard of either. */
static void test_ended_at_once(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  g_assert_true(bed_step(bed, "open"));
  g_assert_true(bed_step(bed, "end"));
  assembly_meeting_changed(bed->assembly, bed->meeting);
  assembly_meeting_changed(bed->assembly, bed->meeting);
  wait_text(page, "meeting", "meeting.state", "ended");
  wait_text(page, "bye", "reason", "ended");
  bed_settle(bed);
  page_free(page);
  bed_free(bed);
}

/* ---- rights that change while their holder is there ---- */

static bool run_sql(sqlite3 *db, GError **error, char *sql) {
  g_autofree char *text = sql;
  return db_exec(db, text, error);
}

static bool close_account(sqlite3 *db, void *data, GError **error) {
  return run_sql(db, error,
                 g_strdup_printf("update person set active = 0 where id = '%s'", person(data, 0)));
}

static bool drop_staff(sqlite3 *db, void *data, GError **error) {
  const Bed *bed = data;
  return run_sql(db, error,
                 g_strdup_printf("update role_holder set state = 'ended', valid_to = valid_from"
                                 " where person = '%s'",
                                 bed->staff));
}

static void change_host(Bed *bed) {
  g_autofree char *body = g_strdup_printf("{\"host\":\"%s\"}", person(bed, 0));
  json_t *changed = bed_ask(bed, bed->staff, ROLE_STAFF, HTTP_PATCH, "meetings/MEETING", body);
  g_assert_nonnull(changed);
  json_decref(changed);
}

static bool rename_person(sqlite3 *db, void *data, GError **error) {
  return run_sql(
      db, error,
      g_strdup_printf("update person set name = '新名' where id = '%s'", person(data, 1)));
}

static void test_account_closed(void) {
  Bed *bed = bed_new(2);
  Page *page = bed_join(bed, person(bed, 0)), *other = bed_join(bed, person(bed, 1));
  bed_write(bed, close_account, bed);
  assembly_person_changed(bed->assembly, person(bed, 0));
  wait_text(page, "bye", "reason", "revoked");
  g_assert_cmpuint(page->code, ==, 4001);
  bed_write(bed, rename_person, bed);
  assembly_person_changed(bed->assembly, person(bed, 1));
  wait_text(other, "you", "you.name", "新名");
  g_assert_cmpuint(other->code, ==, 0);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

/* Somebody, who gets this name and has this unit. */
typedef struct {
  const char *id, *name, *sector;
} Renaming;

static bool rename_to(sqlite3 *db, void *data, GError **error) {
  const Renaming *to = data;
  return run_sql(db, error,
                 g_strdup_printf("update person set name = '%s', sector = '%s' where id = '%s'",
                                 to->name, to->sector, to->id));
}

/* A name depends on who else has it, and stands where its owner is not: everybody in the room is
 * named anew, and so is its host, in one question however many were renamed. */
static void test_renamed(void) {
  Bed *bed = bed_new(2);
  Page *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 500);
  bed_settle(bed);
  page_forget(page);
  Renaming first = {person(bed, 0), "王伟", "甲"}, second = {person(bed, 1), "王伟", "乙"};
  bed_write(bed, rename_to, &first);
  bed_write(bed, rename_to, &second);
  assembly_names_changed(bed->assembly);
  assembly_names_changed(bed->assembly);
  bed_pass(bed, 2000);
  wait_text(page, "you", "you.name", "王伟（甲）");
  bed_settle(bed);
  g_assert_null(page_take(page, "you")); /* once, and nothing of a meeting that is as it was */
  g_assert_null(page_take(page, "meeting"));

  Renaming host = {bed->host, "赵主任", ""};
  bed_write(bed, rename_to, &host); /* who is not here */
  assembly_names_changed(bed->assembly);
  bed_pass(bed, 2000);
  wait_text(page, "meeting", "meeting.host_name", "赵主任");
  page_free(page);
  bed_free(bed);
}

static void test_staff_no_more(void) {
  Bed *bed = bed_new(1);
  Page *staff = bed_join(bed, bed->staff);
  page_expect(staff, "ok", "{s:s, s:n}", "t", "lower", "pid");
  bed_write(bed, drop_staff, bed);
  assembly_person_changed(bed->assembly, bed->staff);
  wait_text(staff, "bye", "reason", "revoked"); /* nobody invited the person */
  page_free(staff);
  bed_free(bed);
}

static void test_host_changed(void) {
  Bed *bed = bed_new(2);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  Page *other = bed_join(bed, person(bed, 1));
  page_expect(page, "!forbidden", "{s:s, s:n}", "t", "lower", "pid");
  bed_pass(bed, 500); /* the delta that they joined is out */
  page_forget(other);
  change_host(bed);
  assembly_meeting_changed(bed->assembly, bed->meeting);
  json_t *you = page_wait(page, "you");
  json_t *rights = json_object_get(json_object_get(you, "you"), "rights");
  g_assert_cmpstr(json_string_value(json_array_get(rights, 0)), ==, "host");
  g_assert_cmpstr(text_at(you, "you.capacity"), ==, "host");
  json_decref(you);
  wait_text(host, "you", "you.capacity", "attend");
  page_expect(host, "!forbidden", "{s:s, s:n}", "t", "lower", "pid");
  page_expect(page, "ok", "{s:s, s:n}", "t", "lower", "pid");
  bed_pass(bed, 500);
  json_t *delta = page_wait(other, "roster_delta");
  g_assert_cmpuint(json_array_size(json_object_get(delta, "changed")), ==, 2);
  json_decref(delta);
  g_assert_null(page_take(other, "you"));
  page_free(host);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

typedef struct {
  Bed *bed;
  char id[17], person[17], token[SECRET_CHARS + 1];
  char *link;
} Linked;

/* A guest comes by the link of an invitation. */
static bool come_by_link(sqlite3 *db, void *data, GError **error) {
  Linked *linked = data;
  Bed *bed = linked->bed;
  char secret[SECRET_CHARS + 1];
  int64_t expires_at;
  g_autoptr(Session) session =
      session_from_link(db, bed->config, linked->link, "", bed->wall_ms, secret, error);
  return session && join_token_create(db, session, bed->meeting, bed->wall_ms, linked->token,
                                      &expires_at, error);
}

static void invite_guest(Linked *linked) {
  json_t *made =
      bed_ask(linked->bed, linked->bed->staff, ROLE_STAFF, HTTP_POST,
              "meetings/MEETING/invitations", "{\"guest_name\":\"客\",\"capacity\":\"attend\"}");
  g_strlcpy(linked->id, text_at(made, "id"), sizeof linked->id);
  g_strlcpy(linked->person, text_at(made, "person.id"), sizeof linked->person);
  linked->link = g_strdup(strrchr(text_at(made, "link"), '/') + 1);
  json_decref(made);
}

static void renew_link(Linked *linked) {
  g_autofree char *path = g_strdup_printf("meetings/MEETING/invitations/%s/link", linked->id);
  json_t *renewed = bed_ask(linked->bed, linked->bed->staff, ROLE_STAFF, HTTP_POST, path, NULL);
  g_assert_nonnull(renewed);
  json_decref(renewed);
}

/* Who came by the old link is out; who came by an account is not. */
static void test_link_renewed(void) {
  Bed *bed = bed_new(1);
  Linked linked = {.bed = bed};
  invite_guest(&linked);
  bed_write(bed, come_by_link, &linked);
  Page *page = page_new(bed), *account = bed_join(bed, linked.person);
  json_decref(page_expected(page, "welcome",
                            page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token",
                                      linked.token, "device", "phone", "client", "")));
  assembly_meeting_changed(bed->assembly, bed->meeting);
  bed_settle(bed);
  g_assert_cmpuint(page->code, ==, 0);
  renew_link(&linked);
  assembly_meeting_changed(bed->assembly, bed->meeting);
  wait_text(page, "bye", "reason", "revoked");
  g_assert_cmpuint(account->code, ==, 0);
  page_free(page);
  page_free(account);
  g_free(linked.link);
  bed_free(bed);
}

/* The host opens over the WebSocket while the meeting was just opened over HTTP. */
static void test_opened_twice(void) {
  Bed *bed = bed_new(1);
  Page *host = bed_join(bed, bed->host);
  int id = page_send(host, "{s:s}", "t", "open");
  int second = page_send(host, "{s:s}", "t", "open");
  json_decref(page_expected(host, "!busy", second));
  json_decref(page_expected(host, "ok", id));
  wait_text(host, "meeting", "meeting.state", "live");
  page_free(host);
  bed_free(bed);
}

static void test_gone_while_opening(void) {
  Bed *bed = bed_new(1);
  Page *host = bed_join(bed, bed->host);
  page_send(host, "{s:s}", "t", "open");
  page_free(host);
  bed_settle(bed);
  g_assert_cmpint(bed_number(bed, "select state = 'live' from meeting"), ==, 1);
  bed_free(bed);
}

static void test_recording(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1); /* it does already */
  g_assert_cmpuint(bed->recordings, ==, 1);
  bed_recorder_started(bed);
  wait_text(page, "recording", "reason", "host");
  bed_pass(bed, 3000);
  /* Whoever comes later is told in welcome. */
  Page *late = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 1));
  int id = page_send(late, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device", "phone",
                     "client", "");
  json_t *welcome = page_expected(late, "welcome", id);
  json_t *recording = json_object_get(welcome, "recording");
  g_assert_true(json_is_true(json_object_get(recording, "on")));
  g_assert_cmpint(json_integer_value(json_object_get(recording, "elapsed_ms")), ==, 3000);
  json_decref(welcome);
  bed_recorder_gap(bed, 700);
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 0);
  g_assert_cmpstr(bed_recorder_asked(bed), ==, "host");
  page_expect(host, "!busy", "{s:s, s:b}", "t", "record", "on", 1); /* it is being closed */
  bed_recorder_stopped(bed, "host");
  wait_text(page, "recording", "reason", "stopped");
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  g_assert_cmpuint(bed->recordings, ==, 2);
  bed_recorder_started(bed);
  bed_recorder_stopped(bed, "failed"); /* by itself */
  json_decref(page_wait(page, "recording"));
  wait_text(page, "recording", "reason", "failed");
  bed->recorder_fails = true;
  page_expect(host, "!disk", "{s:s, s:b}", "t", "record", "on", 1);
  g_assert_cmpint(bed_events(bed, "recording"), ==, 4);
  g_assert_cmpint(bed_number(bed, "select json_extract(data, '$.ms') from meeting_event"
                                  " where kind = 'gap'"),
                  ==, 700);
  page_free(host);
  page_free(page);
  page_free(late);
  bed_free(bed);
}

/* The room stays until the recording is closed. */
static void test_end_while_recording(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  bed_recorder_started(bed);
  page_expect(host, "ok", "{s:s}", "t", "end");
  bed_settle(bed);
  g_assert_cmpstr(bed_recorder_asked(bed), ==, "ended");
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 1);
  bed_pass(bed, 1000);
  bed_recorder_stopped(bed, "ended");
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  page_free(host);
  bed_free(bed);
}

static bool set_auto(sqlite3 *db, void *data, GError **error) {
  return sqlite3_exec(db, "update meeting set auto_record = 1", NULL, NULL, NULL) == SQLITE_OK;
}

static void test_auto_record(void) {
  Bed *bed = bed_new(1);
  bed_write(bed, set_auto, NULL);
  Page *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s}", "t", "open");
  bed_settle(bed);
  g_assert_cmpuint(bed->recordings, ==, 1);
  bed_recorder_started(bed);
  wait_text(host, "recording", "reason", "auto");
  /* The host stops it; then a crash does not bring it back. */
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 0);
  bed_recorder_stopped(bed, "host");
  bed_crash(bed);
  page_free(host);
  host = bed_join(bed, bed->host);
  g_assert_cmpuint(bed->recordings, ==, 1);
  page_free(host);
  bed_free(bed);
}

/* Opened over HTTP when nobody was there: the recording begins with the first who comes. */
static void test_auto_record_without_room(void) {
  Bed *bed = bed_new(1);
  bed_write(bed, set_auto, NULL);
  bed_open(bed);
  g_assert_cmpuint(bed->recordings, ==, 0);
  Page *page = bed_join(bed, person(bed, 0));
  g_assert_cmpuint(bed->recordings, ==, 1);
  bed_recorder_started(bed);
  g_assert_cmpint(bed_events(bed, "gap"), ==, 0);
  page_free(page);
  bed_free(bed);
}

static void test_auto_record_fails(void) {
  Bed *bed = bed_new(1);
  bed_write(bed, set_auto, NULL);
  bed->recorder_fails = true;
  Page *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s}", "t", "open");
  wait_text(host, "recording", "reason", "disk");
  g_assert_cmpint(bed_events(bed, "recording"), ==, 1);
  page_free(host);
  bed_free(bed);
}

static void test_floor(void) {
  Bed *bed = bed_new(1);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:s}", "t", "floor", "pid", page->pid);
  wait_text(host, "floor", "pid", page->pid);
  wait_text(page, "floor", "pid", page->pid);
  page_expect(page, "bye", "{s:s}", "t", "leave");
  wait_text(host, "floor", "pid", NULL);
  g_assert_cmpint(bed_events(bed, "floor"), ==, 2);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

static bool is_on(Page *asker, const char *pid, const char *what) {
  json_t *page = page_expected(asker, "roster", page_send(asker, "{s:s}", "t", "roster"));
  bool on = false;
  size_t index;
  json_t *item;
  json_array_foreach(json_object_get(page, "items"), index,
                     item) if (strcmp(text_at(item, "pid"), pid) == 0) on =
      json_is_true(json_object_get(item, what));
  json_decref(page);
  return on;
}

static void test_mute(void) {
  Bed *bed = bed_new(3);
  Page *host = bed_join(bed, bed->host);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  Page *holder = bed_join(bed, person(bed, 2));
  Page *all[] = {host, one, two, holder};
  for (unsigned i = 0; i < 4; i++)
    page_expect(all[i], "ok", "{s:s, s:b, s:b}", "t", "media", "mic", 1, "camera", 1);
  page_expect(host, "ok", "{s:s, s:s}", "t", "floor", "pid", holder->pid);
  page_expect(host, "ok", "{s:s, s:s, s:s}", "t", "mute", "pid", one->pid, "source", "camera");
  json_t *muted = page_wait(one, "muted");
  g_assert_cmpstr(text_at(muted, "source"), ==, "camera");
  g_assert_cmpstr(text_at(muted, "by"), ==, "主持人");
  json_decref(muted);
  g_assert_false(is_on(host, one->pid, "camera"));
  g_assert_true(is_on(host, one->pid, "mic"));
  page_expect(host, "ok", "{s:s, s:n, s:s}", "t", "mute", "pid", "source", "mic");
  g_assert_false(is_on(host, one->pid, "mic"));
  g_assert_false(is_on(host, two->pid, "mic"));
  g_assert_true(is_on(host, holder->pid, "mic")); /* has the floor */
  g_assert_true(is_on(host, host->pid, "mic"));
  /* No forced silence. */
  page_expect(one, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  g_assert_true(is_on(host, one->pid, "mic"));
  g_assert_cmpint(bed_events(bed, "muted"), ==, 3);
  for (unsigned i = 0; i < 4; i++)
    page_free(all[i]);
  bed_free(bed);
}

static void test_lower(void) {
  Bed *bed = bed_new(2);
  Page *host = bed_join(bed, bed->host);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  page_expect(host, "ok", "{s:s, s:s}", "t", "lower", "pid", one->pid);
  wait_text(one, "lowered", "by", "主持人");
  g_assert_null(page_take(two, "lowered"));
  page_expect(host, "ok", "{s:s, s:n}", "t", "lower", "pid");
  wait_text(two, "lowered", "by", "主持人");
  g_assert_null(page_take(one, "lowered"));
  g_assert_false(is_on(host, two->pid, "hand"));
  g_assert_cmpint(bed_events(bed, "hand"), ==, 4);
  page_free(host);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_remove(void) {
  Bed *bed = bed_new(1);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 1000);
  page_expect(host, "ok", "{s:s, s:s}", "t", "remove", "pid", page->pid);
  wait_text(page, "bye", "reason", "removed");
  g_assert_cmpuint(page->code, ==, 4003);
  page_expect(host, "!no_participant", "{s:s, s:s}", "t", "remove", "pid", page->pid);
  g_assert_cmpint(bed_number(bed, "select duration_ms from presence_segment"
                                  " where ended_by = 'removed'"),
                  ==, 1000);
  g_assert_cmpint(bed_number(bed,
                             "select count(*) from audit_record"
                             " where kind = 'participant.remove' and object = '%s'"
                             " and json_extract(detail, '$.meeting') = '%s'",
                             person(bed, 0), bed->meeting),
                  ==, 1);
  page_send(host, "{s:s, s:s}", "t", "remove", "pid", host->pid); /* oneself: no reply but bye */
  wait_text(host, "bye", "reason", "removed");
  g_assert_cmpuint(host->code, ==, 4003);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

/* The meeting goes on without the host. */
static void test_host_lost(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_free(host);
  for (unsigned i = 0; i < 5; i++) {
    bed_pass(bed, 9000);
    page_expect(page, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  }
  g_assert_cmpuint(page->code, ==, 0);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 1);
  page_free(page);
  bed_pass(bed, 31000);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 1); /* live, though empty */
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/host/open-and-end", test_open_and_end);
  g_test_add_func("/host/staff-without-invitation", test_staff_without_invitation);
  g_test_add_func("/host/opened-over-http", test_opened_over_http);
  g_test_add_func("/host/ended-at-once", test_ended_at_once);
  g_test_add_func("/rights/account-closed", test_account_closed);
  g_test_add_func("/rights/renamed", test_renamed);
  g_test_add_func("/rights/staff-no-more", test_staff_no_more);
  g_test_add_func("/rights/host-changed", test_host_changed);
  g_test_add_func("/rights/link-renewed", test_link_renewed);
  g_test_add_func("/host/opened-twice", test_opened_twice);
  g_test_add_func("/host/gone-while-opening", test_gone_while_opening);
  g_test_add_func("/host/recording", test_recording);
  g_test_add_func("/host/end-while-recording", test_end_while_recording);
  g_test_add_func("/host/auto-record", test_auto_record);
  g_test_add_func("/host/auto-record-without-room", test_auto_record_without_room);
  g_test_add_func("/host/auto-record-fails", test_auto_record_fails);
  g_test_add_func("/host/floor", test_floor);
  g_test_add_func("/host/mute", test_mute);
  g_test_add_func("/host/lower", test_lower);
  g_test_add_func("/host/remove", test_remove);
  g_test_add_func("/host/host-lost", test_host_lost);
  return g_test_run();
}
