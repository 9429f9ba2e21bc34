/* Meetings that end by themselves, as pages see it (room/vacancy.h has the table of cases). The
 * bed's meeting is planned from 60 to 120 minutes. */
#include <string.h>

#include "front/bed.h"
#include "store/meetings.h"
#include "store/people.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

/* Nobody falls silent meanwhile. */
static void skip_min(Bed *bed, int minutes) {
  bed->config->heartbeat_s = 36000;
  bed->now_us += minutes * 60 * (int64_t)G_USEC_PER_SEC;
  bed->wall_ms += minutes * INT64_C(60000);
  bed_pass(bed, 250);
}

static int64_t ending_at(Page *page) {
  json_t *message = page_wait(page, "ending");
  int64_t at = json_integer_value(json_object_get(message, "at"));
  json_decref(message);
  return at;
}

/* By staff; false when it is refused. */
static bool reopen(Bed *bed) {
  json_t *answer = bed_ask(bed, bed->staff, ROLE_STAFF, HTTP_POST, "meetings/MEETING/reopen", NULL);
  json_decref(answer);
  return answer != NULL;
}

static bool is_live(Bed *bed) {
  return bed_number(bed, "select state = 'live' from meeting");
}

static void test_everybody_left(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  bed_recorder_started(bed);
  page_expect(host, "bye", "{s:s}", "t", "leave");
  page_expect(page, "bye", "{s:s}", "t", "leave");
  skip_min(bed, 119); /* an early sound check empties too */
  bed_settle(bed);
  g_assert_true(is_live(bed));
  skip_min(bed, 1);
  bed_settle(bed);
  g_assert_true(is_live(bed)); /* warned: somebody may come in yet */
  skip_min(bed, 2);
  bed_settle(bed);
  g_assert_false(is_live(bed));
  g_assert_cmpstr(bed_recorder_asked(bed), ==, "ended");
  bed_recorder_stopped(bed, "ended");
  g_assert_cmpuint(assembly_room_count(bed->assembly), ==, 0);
  g_assert_cmpint(bed_number(bed, "select ended_by_itself from meeting"), ==, 1);
  g_assert_cmpint(bed_number(bed, "select json_extract(data, '$.reason') = 'vacant'"
                                  " from meeting_event where kind = 'ended'"),
                  ==, 1);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

/* A plan is meant by the clock on the wall: a server that found out that it was wrong by an hour
 * ends the meeting by the right one, whatever the room's own times go on from. */
static void test_clock_corrected(void) {
  static const int by_min[] = {-60, 60};
  for (unsigned i = 0; i < G_N_ELEMENTS(by_min); i++) {
    Bed *bed = bed_new(1);
    bed_open(bed);
    Page *page = bed_join(bed, person(bed, 0));
    page_expect(page, "bye", "{s:s}", "t", "leave");
    bed->wall_ms += by_min[i] * INT64_C(60000);
    skip_min(bed, 119 - by_min[i]);
    skip_min(bed, 0);
    skip_min(bed, 2);
    bed_settle(bed);
    g_assert_true(is_live(bed)); /* warned in time, and not ended before */
    skip_min(bed, 2);
    bed_settle(bed);
    g_assert_false(is_live(bed));
    page_free(page);
    bed_free(bed);
  }
}

static void test_alone(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *phone = bed_join(bed, bed->host);
  Page *page = bed_join(bed, person(bed, 0));
  skip_min(bed, 121);
  g_assert_null(page_take(host, "ending")); /* two are there */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  skip_min(bed, 0);
  skip_min(bed, 9);
  g_assert_null(page_take(host, "ending"));
  skip_min(bed, 1);
  g_assert_cmpint(ending_at(host), ==,
                  bed->wall_ms + 120000 - 125); /* two devices are one person */
  g_assert_cmpint(ending_at(phone), >, 0);
  page_expect(host, "ok", "{s:s}", "t", "stay");
  g_assert_cmpint(ending_at(host), ==, 0);
  skip_min(bed, 9);
  g_assert_null(page_take(host, "ending"));
  skip_min(bed, 1);
  g_assert_cmpint(ending_at(host), >, bed->wall_ms);
  /* Whoever comes in is told, and then that it goes on. */
  Page *late = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 1));
  json_t *welcome = page_expected(late, "welcome",
                                  page_send(late, "{s:s, s:s, s:s, s:s}", "t", "hello", "token",
                                            token, "device", "phone", "client", ""));
  g_assert_cmpint(json_integer_value(json_object_get(welcome, "ending")), >, bed->wall_ms);
  json_decref(welcome);
  bed_pass(bed, 125);
  g_assert_cmpint(ending_at(host), ==, 0);
  g_assert_cmpint(ending_at(late), ==, 0);
  page_expect(late, "bye", "{s:s}", "t", "leave");
  skip_min(bed, 0);
  skip_min(bed, 10);
  g_assert_cmpint(ending_at(host), >, bed->wall_ms);
  skip_min(bed, 2);
  json_t *bye = page_wait(host, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "ended");
  json_decref(bye);
  g_assert_false(is_live(bed));
  page_free(host);
  page_free(phone);
  page_free(page);
  page_free(late);
  bed_free(bed);
}

/* Only what ended by itself, and only for half an hour. */
static void test_reopen(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  g_assert_false(reopen(bed)); /* it is live */
  Page *page = bed_join(bed, person(bed, 0)), *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s, s:b}", "t", "record", "on", 1);
  bed_recorder_started(bed);
  page_expect(host, "bye", "{s:s}", "t", "leave");
  page_free(host);
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  skip_min(bed, 121);
  skip_min(bed, 2);
  bed_settle(bed);
  g_assert_false(is_live(bed));
  bed_recorder_stopped(bed, "ended");
  int64_t opened_at = bed_number(bed, "select opened_at from meeting");
  bed->wall_ms += 29 * 60000;
  g_assert_true(reopen(bed));
  g_assert_true(is_live(bed));
  g_assert_cmpint(bed_number(bed, "select opened_at from meeting"), ==, opened_at);
  g_assert_cmpint(bed_number(bed, "select ended_at is null from meeting"), ==, 1);
  g_assert_cmpint(bed_events(bed, "reopened"), ==, 1);
  page = bed_join(bed, person(bed, 0)); /* people come in again, and what recorded goes on */
  bed_pass(bed, 250);
  g_assert_cmpuint(bed->recordings, ==, 2);
  bed_recorder_started(bed);
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  skip_min(bed, 0);
  skip_min(bed, 2);
  bed_settle(bed);
  g_assert_false(is_live(bed));
  g_assert_cmpint(bed_events(bed, "ended"), ==, 2);
  bed_recorder_stopped(bed, "ended");
  bed->wall_ms += 31 * 60000;
  g_assert_false(reopen(bed));
  bed_free(bed);
}

static void test_ended_by_host_stays_ended(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host);
  page_expect(host, "ok", "{s:s}", "t", "end");
  g_assert_false(reopen(bed));
  page_free(host);
  bed_free(bed);
}

/* The server was killed while it was live, and nobody comes back. */
static void test_after_crash(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *page = bed_join(bed, person(bed, 0));
  bed_crash(bed);
  page_free(page);
  skip_min(bed, 100);
  for (unsigned i = 0; i < 20; i++) { /* planned until minute 120 */
    bed_settle(bed);
    g_assert_true(is_live(bed));
    skip_min(bed, 1);
  }
  for (unsigned i = 0; i < 14; i++) {
    bed_settle(bed);
    skip_min(bed, 1);
  }
  bed_settle(bed);
  g_assert_false(is_live(bed));
  g_assert_cmpint(bed_number(bed, "select ended_by_itself from meeting"), ==, 1);
  bed_free(bed);
}

/* Somebody comes back after the crash: the room judges, not the sweep. */
static void test_back_after_crash(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *page = bed_join(bed, person(bed, 0));
  bed_crash(bed);
  page_free(page);
  skip_min(bed, 119);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  for (unsigned i = 0; i < 40; i++) {
    bed_settle(bed);
    skip_min(bed, 1);
  }
  g_assert_true(is_live(bed));
  g_assert_null(page_take(one, "ending"));
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_configured(void) {
  Bed *bed = bed_new(1);
  bed->config->end_by_itself = false;
  bed_open(bed);
  Page *page = bed_join(bed, person(bed, 0));
  page_expect(page, "bye", "{s:s}", "t", "leave");
  skip_min(bed, 1000);
  skip_min(bed, 100);
  bed_settle(bed);
  g_assert_true(is_live(bed));
  bed->config->end_by_itself = true;
  bed->config->end_warning_s = 600;
  skip_min(bed, 1);
  skip_min(bed, 9);
  bed_settle(bed);
  g_assert_true(is_live(bed));
  skip_min(bed, 1);
  bed_settle(bed);
  g_assert_false(is_live(bed));
  page_free(page);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/vacant/everybody-left", test_everybody_left);
  g_test_add_func("/vacant/clock-corrected", test_clock_corrected);
  g_test_add_func("/vacant/alone", test_alone);
  g_test_add_func("/vacant/reopen", test_reopen);
  g_test_add_func("/vacant/ended-by-host", test_ended_by_host_stays_ended);
  g_test_add_func("/vacant/after-crash", test_after_crash);
  g_test_add_func("/vacant/back-after-crash", test_back_after_crash);
  g_test_add_func("/vacant/configured", test_configured);
  return g_test_run();
}
