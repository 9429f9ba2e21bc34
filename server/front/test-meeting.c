/* A meeting from hello to bye, through the protocol, on a real database. */
#include <string.h>

#include "front/bed.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

static void test_hello(void) {
  Bed *bed = bed_new(1);
  Page *page = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 0));
  int id = page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device", "phone",
                     "client", "web 1.0");
  json_t *welcome = page_expected(page, "welcome", id);
  g_assert_cmpint(json_integer_value(json_object_get(welcome, "version")), ==, 1);
  g_assert_true(json_is_false(json_object_get(welcome, "resumed")));
  g_assert_cmpstr(text_at(welcome, "you.pid"), ==, text_at(welcome, "pid"));
  g_assert_cmpstr(text_at(welcome, "you.person"), ==, person(bed, 0));
  g_assert_cmpstr(text_at(welcome, "you.name"), ==, "委员 Member 0");
  g_assert_cmpstr(text_at(welcome, "you.device"), ==, "phone");
  g_assert_cmpstr(text_at(welcome, "you.capacity"), ==, "attend");
  g_assert_cmpuint(json_array_size(json_object_get(json_object_get(welcome, "you"), "rights")), ==,
                   0);
  g_assert_cmpstr(text_at(welcome, "meeting.id"), ==, bed->meeting);
  g_assert_cmpstr(text_at(welcome, "meeting.title"), ==, "协商会");
  g_assert_cmpstr(text_at(welcome, "meeting.state"), ==, "scheduled");
  g_assert_cmpstr(text_at(welcome, "meeting.host_name"), ==, "主持人");
  g_assert_true(json_is_false(json_object_get(json_object_get(welcome, "recording"), "on")));
  g_assert_true(json_is_null(json_object_get(welcome, "floor")));
  g_assert_cmpuint(json_array_size(json_object_get(json_object_get(welcome, "roster"), "items")),
                   ==, 1);
  g_assert_true(json_is_array(json_object_get(welcome, "chat")));
  g_assert_cmpint(json_integer_value(json_object_get(welcome, "heartbeat_s")), ==, 5);
  json_decref(welcome);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where left_at is null"
                                  " and device = 'phone' and address = '192.0.2.7'"),
                  ==, 1);
  g_assert_cmpint(bed_events(bed, "joined"), ==, 1);

  /* A token works once. */
  Page *thief = page_new(bed);
  page_expect(thief, "!unauthorised", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token,
              "device", "phone", "client", "");
  g_assert_cmpuint(thief->code, ==, 4001);
  g_assert_cmpuint(thief->joined, ==, 0);
  g_assert_cmpuint(page->joined, ==, 1);
  page_free(thief);
  page_free(page);
  bed_free(bed);
}

static void test_leave(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 7000);
  json_t *bye = page_expected(page, "bye", page_send(page, "{s:s}", "t", "leave"));
  g_assert_cmpstr(text_at(bye, "reason"), ==, "left");
  json_decref(bye);
  g_assert_cmpuint(page->code, ==, 1000);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 0);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0); /* empty and not live */
  g_assert_cmpint(
      bed_number(bed, "select duration_ms from presence_segment where ended_by = 'left'"), ==,
      7000);
  page_free(page);
  bed_free(bed);
}

static json_t *resume(Page *page, const char *session, const char *expected) {
  int id = page_send(page, "{s:s, s:s, s:s, s:s}", "t", "resume", "session", session, "device",
                     "desktop", "client", "test 1");
  return page_expected(page, expected, id);
}

static void test_resume(void) {
  Bed *bed = bed_new(2);
  Page *page = bed_join(bed, person(bed, 0)), *other = bed_join(bed, person(bed, 1));
  g_autofree char *session = g_strdup(page->session), *pid = g_strdup(page->pid);
  page_expect(page, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  bed_pass(bed, 10000 - 125);
  page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
  page_send(other, "{s:s, s:i}", "t", "ping", "at", 1);
  page_forget(other);
  page_free(page); /* the socket is gone */
  bed_pass(bed, 500);
  json_t *delta = page_wait(other, "roster_delta");
  json_t *item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpstr(text_at(item, "pid"), ==, pid);
  g_assert_true(json_is_true(json_object_get(item, "away")));
  json_decref(delta);
  bed_pass(bed, 8500);

  page = page_new(bed);
  json_t *welcome = resume(page, session, "welcome");
  g_assert_true(json_is_true(json_object_get(welcome, "resumed")));
  g_assert_cmpstr(text_at(welcome, "pid"), ==, pid);
  json_t *you = json_object_get(welcome, "you");
  g_assert_true(json_is_true(json_object_get(you, "hand")));
  g_assert_true(json_is_true(json_object_get(you, "mic")));
  g_assert_true(json_is_false(json_object_get(you, "away")));
  json_decref(welcome);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 2);
  g_assert_cmpint(
      bed_number(bed, "select count(*) from presence_segment where participant = '%s'", pid), ==,
      2);
  g_assert_cmpint(
      bed_number(bed, "select duration_ms from presence_segment where ended_by = 'dropped'"), ==,
      9875);
  g_assert_cmpint(bed_events(bed, "away"), ==, 1);
  g_assert_cmpint(bed_number(bed, "select json_extract(data, '$.away_ms') from meeting_event"
                                  " where kind = 'back'"),
                  ==, 9000);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

static void test_resume_too_late(void) {
  Bed *bed = bed_new(2);
  Page *page = bed_join(bed, person(bed, 0)), *other = bed_join(bed, person(bed, 1));
  g_autofree char *session = g_strdup(page->session), *pid = g_strdup(page->pid);
  page_free(page);
  for (unsigned i = 0; i < 4; i++) {
    bed_pass(bed, 8000);
    page_send(other, "{s:s, s:i}", "t", "ping", "at", 1);
  }
  bool told = false;
  json_t *delta;
  while ((delta = page_take(other, "roster_delta"))) {
    json_t *left = json_object_get(delta, "left");
    told |=
        json_array_size(left) == 1 && strcmp(json_string_value(json_array_get(left, 0)), pid) == 0;
    json_decref(delta);
  }
  g_assert_true(told);
  page = page_new(bed);
  json_decref(resume(page, session, "!gone"));
  g_assert_cmpuint(page->code, ==, 0);
  page_join(page, person(bed, 0)); /* the same connection may say hello */
  g_assert_cmpstr(page->pid, !=, pid);
  g_assert_cmpint(bed_number(bed, "select count(*) from meeting_event where kind = 'left'"
                                  " and json_extract(data, '$.reason') = 'lost'"),
                  ==, 1);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

static void test_replaced(void) {
  Bed *bed = bed_new(1);
  Page *old = bed_join(bed, person(bed, 0)), *new = page_new(bed);
  bed_pass(bed, 2000);
  json_t *welcome = resume(new, old->session, "welcome");
  g_assert_cmpstr(text_at(welcome, "pid"), ==, old->pid);
  json_decref(welcome);
  json_t *bye = page_wait(old, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "replaced");
  json_decref(bye);
  g_assert_cmpuint(old->code, ==, 4002);
  page_free(old); /* its socket goes later and takes nobody with it */
  bed_pass(bed, 1000);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 1);
  page_expect(new, "pong", "{s:s, s:i}", "t", "ping", "at", 5);
  g_assert_cmpint(bed_number(bed, "select duration_ms from presence_segment"
                                  " where ended_by = 'replaced'"),
                  ==, 2000);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where left_at is null"),
                  ==, 1);
  page_free(new);
  bed_free(bed);
}

/* A person has eight connections, in whatever rooms: the oldest goes, one that is away first. */
static void test_devices(void) {
  Bed *bed = bed_new(1);
  Page *pages[10];
  for (unsigned i = 0; i < 8; i++) {
    pages[i] = bed_join(bed, person(bed, 0));
    bed_pass(bed, 125);
  }
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 8);
  g_assert_cmpstr(pages[0]->pid, !=, pages[1]->pid);
  pages[8] = bed_join(bed, person(bed, 0));
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 8);
  json_t *bye = page_wait(pages[0], "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "replaced");
  json_decref(bye);
  g_assert_cmpuint(pages[0]->code, ==, 4002);
  g_assert_cmpuint(pages[1]->code, ==, 0);
  page_free(pages[5]);
  pages[9] = bed_join(bed, person(bed, 0));
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 8);
  g_assert_cmpuint(pages[1]->code, ==, 0);
  for (unsigned i = 0; i < 10; i++)
    if (i != 5)
      page_free(pages[i]);
  bed_free(bed);
}

/* Three heartbeats missed: the segment ends with the last sign of life. */
static void test_vanish(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 4000);
  page_expect(page, "pong", "{s:s, s:i}", "t", "ping", "at", 7);
  bed_pass(bed, 15000);
  g_assert_cmpuint(page->code, ==, 0);
  bed_pass(bed, 250);
  g_assert_cmpuint(page->code, ==, 4004);
  json_t *bye = page_wait(page, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "timeout");
  json_decref(bye);
  int64_t ms =
      bed_number(bed, "select duration_ms from presence_segment where ended_by = 'dropped'");
  g_assert_cmpint(ms, >=, 4000);
  g_assert_cmpint(ms, <=, 4000 + 5000); /* a heartbeat that was already written may be later */
  page_free(page);
  bed_pass(bed, 31000);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  bed_free(bed);
}

static void test_heartbeats(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  for (unsigned i = 0; i < 8; i++) {
    bed_pass(bed, 3000);
    page_expect(page, "pong", "{s:s, s:i}", "t", "ping", "at", 7);
  }
  int64_t seen_ms = bed_number(bed, "select (last_seen_mono_us - joined_mono_us) / 1000"
                                    " from presence_segment");
  g_assert_cmpint(seen_ms, >=, 24000 - 8000);
  g_assert_cmpint(seen_ms, <=, 24000);
  page_free(page);
  bed_free(bed);
}

/* The wall clock jumps an hour: durations do not, and the log says so. */
static void test_clock_jump(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  bed_pass(bed, 1000);
  bed->wall_ms += 3600000;
  bed_pass(bed, 1000);
  page_expect(page, "bye", "{s:s}", "t", "leave");
  g_assert_cmpint(bed_number(bed, "select left_at - joined_at from presence_segment"), ==, 2000);
  g_assert_cmpint(bed_number(bed, "select json_extract(data, '$.jump_ms') from meeting_event"
                                  " where kind = 'clock'"),
                  ==, 3600000);
  page_free(page);
  bed_free(bed);
}

static void test_crash(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  bed_recorder_started(bed);
  page_expect(page, "ok", "{s:s, s:s}", "t", "chat", "text", "before");
  bed_pass(bed, 4000);
  bed_crash(bed);
  page_free(host);
  page_free(page);
  bed->now_us += 20 * G_USEC_PER_SEC;
  bed->wall_ms += 20000;
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where ended_by = 'crash'"),
                  ==, 2);
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  unsigned before = bed->recordings;
  page = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 1));
  json_t *welcome = page_expected(page, "welcome",
                                  page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token",
                                            token, "device", "other", "client", ""));
  g_assert_cmpstr(text_at(welcome, "meeting.state"), ==, "live");
  g_assert_cmpstr(text_at(json_array_get(json_object_get(welcome, "chat"), 0), "text"), ==,
                  "before");
  json_decref(welcome);
  g_assert_cmpuint(bed->recordings, ==, before + 1); /* it was recording: it goes on */
  bed_recorder_started(bed);
  int64_t gap_ms = bed_number(bed, "select json_extract(data, '$.ms') from meeting_event"
                                   " where kind = 'gap'");
  g_assert_cmpint(gap_ms, >=, 20000);
  g_assert_cmpint(gap_ms, <=, 24000);
  page_free(page);
  bed_free(bed);
}

static void count_stop(void *data) {
  (*(unsigned *)data)++;
}

static void test_stop(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  Page *waiting = page_new(bed);
  unsigned stopped = 0;
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  bed_recorder_started(bed);
  assembly_stop(bed->assembly, 10000, count_stop, &stopped);
  json_t *bye = page_wait(page, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "shutdown");
  int64_t again_ms = json_integer_value(json_object_get(bye, "again_ms"));
  g_assert_cmpint(again_ms, >=, 500);
  g_assert_cmpint(again_ms, <, 4500);
  json_decref(bye);
  g_assert_cmpuint(page->code, ==, 1001);
  g_assert_cmpstr(bed_recorder_asked(bed), ==, "shutdown");
  g_autofree char *token = bed_token(bed, person(bed, 1));
  page_expect(waiting, "!busy", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device",
              "other", "client", "");
  bed_pass(bed, 250);
  g_assert_cmpuint(stopped, ==, 0); /* the recording is being closed */
  bed_recorder_stopped(bed, "shutdown");
  bed_pass(bed, 250);
  g_assert_cmpuint(stopped, ==, 1);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment"
                                  " where ended_by = 'shutdown'"),
                  ==, 2);
  g_assert_cmpint(bed_events(bed, "shutdown"), ==, 1);
  g_assert_cmpint(bed_number(bed, "select count(*) from meeting_event where kind = 'left'"
                                  " and json_extract(data, '$.reason') = 'shutdown'"),
                  ==, 2);
  page_free(host);
  page_free(page);
  page_free(waiting);
  bed_free(bed);
}

static void test_stop_deadline(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host);
  unsigned stopped = 0;
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  assembly_stop(bed->assembly, 3000, count_stop, &stopped);
  bed_pass(bed, 2000);
  g_assert_cmpuint(stopped, ==, 0);
  bed_pass(bed, 1000); /* the recorder hangs */
  g_assert_cmpuint(stopped, ==, 1);
  page_free(host);
  bed_free(bed);
}

static void test_revoked(void) {
  Bed *bed = bed_new(2);
  Page *page = bed_join(bed, person(bed, 0)), *second = bed_join(bed, person(bed, 0));
  Page *other = bed_join(bed, person(bed, 1));
  assembly_person_revoked(bed->assembly, bed->meeting, person(bed, 0));
  assembly_person_revoked(bed->assembly, "0000000000000000", person(bed, 0));
  json_t *bye = page_wait(page, "bye"); /* nobody removed anybody */
  g_assert_cmpstr(text_at(bye, "reason"), ==, "revoked");
  json_decref(bye);
  g_assert_cmpuint(page->code, ==, 4001);
  g_assert_cmpuint(second->code, ==, 4001);
  g_assert_cmpuint(other->code, ==, 0);
  g_autofree char *session = g_strdup(page->session);
  page_free(page);
  page = page_new(bed);
  json_decref(resume(page, session, "!gone"));
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment"
                                  " where ended_by = 'revoked'"),
                  ==, 2);
  g_assert_cmpint(bed_number(bed, "select count(*) from meeting_event where kind = 'left'"
                                  " and json_extract(data, '$.reason') = 'revoked'"),
                  ==, 2);
  g_assert_cmpint(bed_events(bed, "removed"), ==, 0);
  page_free(page);
  page_free(second);
  page_free(other);
  bed_free(bed);
}

/* The client goes while its token is being redeemed. */
static void test_gone_early(void) {
  Bed *bed = bed_new(1);
  Page *page = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 0));
  page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device", "other", "client",
            "");
  page_free(page);
  bed_settle(bed);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 0);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/meeting/hello", test_hello);
  g_test_add_func("/meeting/leave", test_leave);
  g_test_add_func("/meeting/resume", test_resume);
  g_test_add_func("/meeting/resume-too-late", test_resume_too_late);
  g_test_add_func("/meeting/replaced", test_replaced);
  g_test_add_func("/meeting/devices", test_devices);
  g_test_add_func("/meeting/vanish", test_vanish);
  g_test_add_func("/meeting/heartbeats", test_heartbeats);
  g_test_add_func("/meeting/clock-jump", test_clock_jump);
  g_test_add_func("/meeting/crash", test_crash);
  g_test_add_func("/meeting/stop", test_stop);
  g_test_add_func("/meeting/stop-deadline", test_stop_deadline);
  g_test_add_func("/meeting/revoked", test_revoked);
  g_test_add_func("/meeting/gone-early", test_gone_early);
  return g_test_run();
}
