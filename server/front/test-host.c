/* What hosts do, and what everybody is told about it. */
#include <string.h>

#include "front/bed.h"

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
  assembly_meeting_ended(bed->assembly, bed->meeting);
  wait_text(page, "bye", "reason", "ended");
  assembly_meeting_ended(bed->assembly, bed->meeting); /* unknown by now: fine */
  assembly_meeting_changed(bed->assembly, bed->meeting);
  bed_settle(bed);
  page_free(page);
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
                             " where kind = 'participant.remove' and object = '%s'",
                             person(bed, 0)),
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
