/* What is kept of somebody's place in a room, and what a host's word does to it. */
#include <string.h>

#include "front/bed.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

/* hello as this person; the welcome. for_person: whom the page says it was opened for, or NULL. */
static json_t *hello(Page *page, const char *who, const char *for_person, const char *expected) {
  g_autofree char *token = bed_token(page->bed, who);
  int id = for_person ? page_send(page, "{s:s, s:s, s:s, s:s, s:s}", "t", "hello", "token", token,
                                  "device", "phone", "client", "", "person", for_person)
                      : page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token,
                                  "device", "phone", "client", "");
  json_t *answer = page_expected(page, expected, id);
  if (text_at(answer, "session")) {
    page->session = g_strdup(text_at(answer, "session"));
    page->pid = g_strdup(text_at(answer, "pid"));
  }
  return answer;
}

static json_t *resume(Page *page, const char *session, const char *for_person,
                      const char *expected) {
  int id = page_send(page, "{s:s, s:s, s:s, s:s, s:s}", "t", "resume", "session", session, "device",
                     "phone", "client", "", "person", for_person);
  return page_expected(page, expected, id);
}

static bool hand_of(const json_t *welcome) {
  return json_is_true(json_object_get(json_object_get(welcome, "you"), "hand"));
}

static int64_t hand_at_of(const json_t *welcome) {
  return json_integer_value(json_object_get(json_object_get(welcome, "you"), "hand_at"));
}

/* Only the others keep their connection. */
static void pass_over_window(Bed *bed, Page *other) {
  for (unsigned i = 0; i < 5; i++) {
    bed_pass(bed, 8000);
    page_send(other, "{s:s, s:i}", "t", "ping", "at", 1);
  }
}

static void test_opened_for(void) {
  Bed *bed = bed_new(2);
  Page *page = page_new(bed);
  json_decref(hello(page, person(bed, 0), person(bed, 0), "welcome"));
  g_autofree char *session = g_strdup(page->session);
  Page *other = page_new(bed);
  json_decref(hello(other, person(bed, 1), person(bed, 0), "!other_person"));
  g_assert_cmpuint(other->code, ==, 1000);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, 1);
  page_free(other);
  other = page_new(bed);
  json_decref(resume(other, session, person(bed, 1), "!other_person"));
  g_assert_cmpuint(page->code, ==, 0); /* it keeps its place */
  page_free(other);
  page_free(page);
  page = page_new(bed);
  json_decref(resume(page, session, person(bed, 0), "welcome"));
  page_free(page);
  bed_free(bed);
}

static void test_floor(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(page, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  bed_pass(bed, 500);
  page_forget(page);
  page_expect(host, "ok", "{s:s, s:s}", "t", "floor", "pid", page->pid);
  json_t *floor = page_wait(page, "floor");
  g_assert_cmpstr(text_at(floor, "pid"), ==, page->pid);
  g_assert_cmpint(json_integer_value(json_object_get(floor, "since")), ==, bed->wall_ms);
  json_decref(floor);
  bed_pass(bed, 500);
  g_assert_null(page_take(page, "lowered")); /* it was not refused: it was granted */
  json_t *delta = page_wait(host, "roster_delta"), *next;
  while ((next = page_take(host, "roster_delta"))) {
    json_decref(delta);
    delta = next;
  }
  json_t *item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpstr(text_at(item, "pid"), ==, page->pid);
  g_assert_true(json_is_false(json_object_get(item, "hand")));
  json_decref(delta);
  Page *late = page_new(bed);
  json_t *welcome = hello(late, person(bed, 1), NULL, "welcome");
  g_assert_cmpstr(text_at(welcome, "floor"), ==, page->pid);
  g_assert_cmpint(json_integer_value(json_object_get(welcome, "floor_since")), ==,
                  bed->wall_ms - 500);
  json_decref(welcome);
  page_expect(host, "ok", "{s:s, s:n}", "t", "floor", "pid");
  floor = page_wait(late, "floor");
  g_assert_true(json_is_null(json_object_get(floor, "since")));
  json_decref(floor);
  page_free(late);
  page_free(host);
  page_free(page);
  bed_free(bed);
}

/* The queue keeps the place of somebody whose way was cut for longer than the window. */
static void test_hand_comes_back(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(page, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  int64_t raised_ms = bed->wall_ms;
  page_free(page);
  pass_over_window(bed, host);
  page = page_new(bed);
  json_t *welcome = hello(page, person(bed, 0), NULL, "welcome");
  g_assert_true(hand_of(welcome));
  g_assert_cmpint(hand_at_of(welcome), ==, raised_ms);
  g_assert_true(json_is_false(json_object_get(welcome, "lost_floor")));
  json_decref(welcome);
  /* Whoever says goodbye gives the place up. */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  page = page_new(bed);
  welcome = hello(page, person(bed, 0), NULL, "welcome");
  g_assert_false(hand_of(welcome));
  json_decref(welcome);
  page_free(page);
  page_free(host);
  bed_free(bed);
}

static void test_floor_is_said_to_be_lost(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:s}", "t", "floor", "pid", page->pid);
  page_free(page);
  pass_over_window(bed, host);
  page = page_new(bed);
  json_t *welcome = hello(page, person(bed, 0), NULL, "welcome");
  g_assert_true(json_is_true(json_object_get(welcome, "lost_floor")));
  g_assert_true(json_is_null(json_object_get(welcome, "floor")));
  json_decref(welcome);
  page_free(page);
  page_free(host);
  bed_free(bed);
}

static void expect_mic_off(Page *page, const char *who, const char *why) {
  json_t *welcome = hello(page, who, NULL, "welcome");
  g_assert_cmpstr(text_at(welcome, "mic_off"), ==, why);
  json_decref(welcome);
}

static void test_muted_comes_back_muted(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = page_new(bed);
  expect_mic_off(page, person(bed, 0), NULL);
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  page_expect(host, "ok", "{s:s, s:s, s:s}", "t", "mute", "pid", page->pid, "source", "mic");
  g_autofree char *session = g_strdup(page->session);
  page_free(page); /* reloads */
  page = page_new(bed);
  json_t *welcome = resume(page, session, person(bed, 0), "welcome");
  g_assert_cmpstr(text_at(welcome, "mic_off"), ==, "muted");
  json_decref(welcome);
  page_expect(page, "bye", "{s:s}", "t", "leave"); /* or leaves, and comes in anew */
  page_free(page);
  page = page_new(bed);
  expect_mic_off(page, person(bed, 0), "muted");
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 0);
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  page = page_new(bed);
  expect_mic_off(page, person(bed, 0), "muted");
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1); /* he switched it on himself */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  page = page_new(bed);
  expect_mic_off(page, person(bed, 0), NULL);
  /* Away while everybody is muted. */
  g_autofree char *again = g_strdup(page->session);
  page_free(page);
  page_expect(host, "ok", "{s:s, s:n, s:s}", "t", "mute", "pid", "source", "mic");
  page = page_new(bed);
  welcome = resume(page, again, person(bed, 0), "welcome");
  g_assert_cmpstr(text_at(welcome, "mic_off"), ==, "muted");
  json_decref(welcome);
  page_free(page);
  page_free(host);
  bed_free(bed);
}

static int64_t switches(Bed *bed, int first) {
  return bed_number(bed,
                    "select count(*) from meeting_event where kind = 'switched'"
                    " and json_extract(data, '$.first') = %d",
                    first);
}

/* What a page switches by itself on coming in, and on coming back when its devices are open again,
 * is told apart from what the person does. */
static void test_switches_of_a_page(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *other = bed_join(bed, person(bed, 1)), *page = page_new(bed);
  json_decref(hello(page, person(bed, 0), NULL, "welcome"));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 0); /* not open yet */
  bed_pass(bed, 3000);
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  for (unsigned i = 0; i < 2; i++) {
    bed_pass(bed, 6000);
    page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
    page_send(other, "{s:s, s:i}", "t", "ping", "at", 1);
  }
  g_autofree char *session = g_strdup(page->session);
  page_free(page); /* reloads */
  page = page_new(bed);
  json_decref(resume(page, session, person(bed, 0), "welcome"));
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 0);
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  bed_settle(bed);
  g_assert_cmpint(switches(bed, 1), ==, 3);
  g_assert_cmpint(switches(bed, 0), ==, 0);
  for (unsigned i = 0; i < 2; i++) {
    bed_pass(bed, 6000);
    page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
    page_send(other, "{s:s, s:i}", "t", "ping", "at", 1);
  }
  page_expect(page, "ok", "{s:s, s:b}", "t", "media", "mic", 0);
  bed_settle(bed);
  g_assert_cmpint(switches(bed, 0), ==, 1);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

static void test_crowd(void) {
  Bed *bed = bed_new(8);
  bed_open(bed);
  Page *pages[8], *phone = page_new(bed), *host = page_new(bed);
  for (unsigned i = 0; i < 5; i++) {
    pages[i] = page_new(bed);
    expect_mic_off(pages[i], person(bed, i), NULL);
    if (i == 0) /* a second device is no second person */
      expect_mic_off(phone, person(bed, i), NULL);
  }
  pages[5] = page_new(bed);
  expect_mic_off(pages[5], person(bed, 5), "crowd");
  expect_mic_off(host, bed->host, NULL); /* presides */
  /* Who was speaking before a tunnel goes on speaking. */
  page_expect(pages[1], "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  page_free(pages[1]);
  for (unsigned i = 0; i < 5; i++) {
    bed_pass(bed, 8000);
    for (unsigned j = 0; j < 6; j++)
      if (j != 1)
        page_send(pages[j], "{s:s, s:i}", "t", "ping", "at", 1);
    page_send(host, "{s:s, s:i}", "t", "ping", "at", 1);
    page_send(phone, "{s:s, s:i}", "t", "ping", "at", 1);
  }
  pages[1] = page_new(bed);
  expect_mic_off(pages[1], person(bed, 1), NULL);
  for (unsigned i = 0; i < 6; i++)
    page_free(pages[i]);
  page_free(phone);
  page_free(host);
  bed_free(bed);
}

static void test_removed_for_good(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *staff = bed_join(bed, bed->staff);
  Page *page = bed_join(bed, person(bed, 0)), *phone = bed_join(bed, person(bed, 0));
  g_autofree char *early = bed_token(bed, person(bed, 0));
  page_expect(host, "!forbidden", "{s:s, s:s, s:b}", "t", "remove", "pid", staff->pid, "for_good",
              1);
  page_expect(host, "!forbidden", "{s:s, s:s, s:b}", "t", "remove", "pid", host->pid, "for_good",
              1);
  page_expect(host, "ok", "{s:s, s:s}", "t", "remove", "pid", phone->pid);
  json_t *bye = page_wait(phone, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "removed"); /* may come back */
  json_decref(bye);
  page_free(phone);
  phone = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "remove", "pid", page->pid, "for_good", 1);
  for (unsigned i = 0; i < 2; i++) { /* every device */
    bye = page_wait(i ? phone : page, "bye");
    g_assert_cmpstr(text_at(bye, "reason"), ==, "barred");
    json_decref(bye);
  }
  g_assert_cmpuint(phone->code, ==, 4003);
  bed_settle(bed);
  page_free(page);
  page = page_new(bed); /* with a token that he had before */
  page_expect(page, "!unauthorised", "{s:s, s:s, s:s, s:s}", "t", "hello", "token", early, "device",
              "phone", "client", "");
  assembly_person_turned_away(bed->assembly, bed->meeting, person(bed, 0), "委员");
  assembly_person_turned_away(bed->assembly, bed->meeting, person(bed, 0), "委员");
  json_t *told = page_wait(host, "turned_away");
  g_assert_cmpstr(text_at(told, "person"), ==, person(bed, 0));
  json_decref(told);
  g_assert_null(page_take(host, "turned_away")); /* not each time he taps */
  assembly_person_turned_away(bed->assembly, bed->meeting, person(bed, 1), "另一位");
  told = page_wait(host, "turned_away"); /* who taps hides nobody else */
  g_assert_cmpstr(text_at(told, "person"), ==, person(bed, 1));
  json_decref(told);
  for (unsigned i = 0; i < 3; i++) {
    bed_pass(bed, 7000);
    page_expect(host, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  }
  assembly_person_turned_away(bed->assembly, bed->meeting, person(bed, 0), "委员");
  json_decref(page_wait(host, "turned_away"));
  page_expect(host, "ok", "{s:s, s:s}", "t", "readmit", "person", person(bed, 0));
  bed_settle(bed);
  page_free(page);
  page = bed_join(bed, person(bed, 0));
  page_free(page);
  page_free(phone);
  page_free(host);
  page_free(staff);
  bed_free(bed);
}

/* A deputy does what a host does and is none: hosts may shut one out, and who is readmitted is no
 * deputy any more. */
static void test_deputy_removed_for_good(void) {
  Bed *bed = bed_new(1);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on", 1);
  json_decref(page_wait(page, "you"));
  page_expect(page, "!forbidden", "{s:s, s:s, s:b}", "t", "remove", "pid", host->pid, "for_good",
              1);
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "remove", "pid", page->pid, "for_good", 1);
  json_t *bye = page_wait(page, "bye");
  g_assert_cmpstr(text_at(bye, "reason"), ==, "barred");
  json_decref(bye);
  page_free(page);
  page_expect(host, "ok", "{s:s, s:s}", "t", "readmit", "person", person(bed, 0));
  page = bed_join(bed, person(bed, 0));
  page_expect(page, "!forbidden", "{s:s, s:n}", "t", "lower", "pid");
  page_free(page);
  page_free(host);
  bed_free(bed);
}

static void test_deputy(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  page_expect(page, "!forbidden", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on",
              1);
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on", 1);
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on", 1);
  bed_settle(bed);
  g_assert_cmpint(bed_events(bed, "deputy"), ==, 1); /* the second time nothing changed */
  json_t *you = page_wait(page, "you");
  g_assert_cmpuint(json_array_size(json_object_get(json_object_get(you, "you"), "rights")), ==, 1);
  g_assert_true(json_is_true(json_object_get(json_object_get(you, "you"), "deputy")));
  json_decref(you);
  page_expect(host, "bye", "{s:s}", "t", "leave");
  page_expect(page, "ok", "{s:s, s:n}", "t", "lower", "pid");
  /* It holds over a restart of the server, and until it is taken back. */
  bed_crash(bed);
  page_free(page);
  page_free(host);
  page = bed_join(bed, person(bed, 0));
  host = bed_join(bed, bed->host);
  page_expect(page, "ok", "{s:s, s:n}", "t", "lower", "pid");
  /* Also from somebody who is not here just now. */
  page_expect(page, "bye", "{s:s}", "t", "leave");
  page_free(page);
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on", 0);
  page_expect(host, "!no_participant", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0),
              "on", 1);
  page_expect(host, "!no_participant", "{s:s, s:s}", "t", "readmit", "person", "0000000000000000");
  page = bed_join(bed, person(bed, 0));
  page_expect(page, "!forbidden", "{s:s, s:n}", "t", "lower", "pid");
  page_expect(host, "ok", "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 0), "on", 0);
  bed_settle(bed);
  g_assert_cmpint(bed_events(bed, "deputy"), ==,
                  1); /* of who was not here the audit record tells */
  page_free(page);
  page_free(host);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/place/opened-for", test_opened_for);
  g_test_add_func("/place/floor", test_floor);
  g_test_add_func("/place/hand-comes-back", test_hand_comes_back);
  g_test_add_func("/place/floor-lost", test_floor_is_said_to_be_lost);
  g_test_add_func("/place/muted", test_muted_comes_back_muted);
  g_test_add_func("/place/switches-of-a-page", test_switches_of_a_page);
  g_test_add_func("/place/crowd", test_crowd);
  g_test_add_func("/place/removed-for-good", test_removed_for_good);
  g_test_add_func("/place/deputy-removed-for-good", test_deputy_removed_for_good);
  g_test_add_func("/place/deputy", test_deputy);
  return g_test_run();
}
