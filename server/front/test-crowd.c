/* Roster and chat: what many see of each other, and what it costs. */
#include <string.h>

#include "front/bed.h"

static const char *person(Bed *bed, unsigned index) {
  return g_ptr_array_index(bed->people, index);
}

static void test_chat(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  int id = page_send(one, "{s:s, s:s}", "t", "chat", "text", "你好 <b>");
  json_t *ok = page_expected(one, "ok", id);
  json_t *got = page_wait(two, "chat");
  g_assert_true(json_equal(json_object_get(ok, "chat"), json_object_get(got, "chat")));
  g_assert_cmpstr(text_at(got, "chat.text"), ==, "你好 <b>");
  g_assert_cmpstr(text_at(got, "chat.pid"), ==, one->pid);
  g_assert_null(page_take(one, "chat")); /* has it in ok */
  json_decref(ok);
  json_decref(got);
  /* Lines as Windows ends them; what can be seen but not kept is shown to nobody. */
  ok = page_expected(one, "ok", page_send(one, "{s:s, s:s}", "t", "chat", "text", "a\r\nb"));
  g_assert_cmpstr(text_at(ok, "chat.text"), ==, "a\nb");
  json_decref(ok);
  page_forget(two);
  page_expect(one, "!bad_message", "{s:s, s:s}", "t", "chat", "text", "\x1b[31m");
  g_assert_null(page_take(two, "chat"));
  for (unsigned i = 0; i < 60; i++) {
    bed_pass(bed, 1000);
    page_expect(one, "ok", "{s:s, s:s}", "t", "chat", "text", "x");
    page_expect(two, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  }
  page_free(two);
  two = page_new(bed);
  g_autofree char *token = bed_token(bed, person(bed, 1));
  json_t *welcome = page_expected(two, "welcome",
                                  page_send(two, "{s:s, s:s, s:s, s:s}", "t", "hello", "token",
                                            token, "device", "other", "client", ""));
  g_assert_cmpuint(json_array_size(json_object_get(welcome, "chat")), ==, 50);
  json_decref(welcome);
  g_assert_cmpint(bed_number(bed, "select count(*) from chat_message"), ==, 62);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* The writer waits until it is opened. */
typedef struct {
  GMutex lock;
} Gate;

static bool wait_at(sqlite3 *db, void *data, GError **error) {
  Gate *gate = data;
  g_mutex_lock(&gate->lock);
  g_mutex_unlock(&gate->lock);
  return true;
}

static void let_be(void *data, const GError *error) {}

static void gate_close(Gate *gate, Bed *bed) {
  bed_settle(bed);
  g_mutex_init(&gate->lock);
  g_mutex_lock(&gate->lock);
  store_write(bed->store, wait_at, let_be, gate);
}

/* No answer came, so it is sent again: one entry, one event, and the others see it once. */
static void test_chat_again(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  char key[ID_CHARS + 1];
  id_random(key, ID_CHARS);
  json_t *first = NULL;
  for (unsigned i = 0; i < 3; i++) {
    if (i == 2) { /* from another connection too */
      page_free(one);
      one = bed_join(bed, person(bed, 0));
    }
    bed_pass(bed, 1000);
    json_t *ok = page_expected(
        one, "ok", page_send(one, "{s:s, s:s, s:s}", "t", "chat", "text", "同意", "key", key));
    if (first)
      g_assert_true(json_equal(json_object_get(ok, "chat"), json_object_get(first, "chat")));
    else
      first = json_incref(ok);
    json_decref(ok);
  }
  g_assert_cmpstr(text_at(first, "chat.id"), ==, key);
  json_decref(first);
  json_decref(page_wait(two, "chat"));
  page_expect(two, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  g_assert_null(page_take(two, "chat"));
  /* The name of it is nobody else's, and holds no other text. */
  page_expect(one, "!bad_message", "{s:s, s:s, s:s}", "t", "chat", "text", "不同意", "key", key);
  page_expect(two, "!bad_message", "{s:s, s:s, s:s}", "t", "chat", "text", "同意", "key", key);
  bed_settle(bed);
  g_assert_cmpint(bed_number(bed, "select count(*) from chat_message"), ==, 1);
  g_assert_cmpint(bed_number(bed, "select count(*) from meeting_event where kind = 'chat'"), ==, 1);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* What is not durable yet is neither acknowledged nor shown. */
static void test_chat_waits(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  Gate gate;
  gate_close(&gate, bed);
  int id = page_send(one, "{s:s, s:s}", "t", "chat", "text", "x");
  page_expect(one, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
  g_assert_null(page_take(one, "ok"));
  g_assert_null(page_take(two, "chat"));
  g_mutex_unlock(&gate.lock);
  json_decref(page_expected(one, "ok", id));
  json_decref(page_wait(two, "chat"));
  g_mutex_clear(&gate.lock);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* The same of what a host decides about somebody. */
static void test_decisions_wait(void) {
  Bed *bed = bed_new(2);
  bed_open(bed);
  Page *host = bed_join(bed, bed->host), *page = bed_join(bed, person(bed, 0));
  Page *other = bed_join(bed, person(bed, 1));
  enum { REMOVE, READMIT, DEPUTY, DECISIONS };
  for (int i = REMOVE; i < DECISIONS; i++) {
    Gate gate;
    gate_close(&gate, bed);
    int id =
        i == DEPUTY
            ? page_send(host, "{s:s, s:s, s:b}", "t", "deputy", "person", person(bed, 1), "on", 1)
        : i == REMOVE
            ? page_send(host, "{s:s, s:s, s:b}", "t", "remove", "pid", page->pid, "for_good", 1)
            : page_send(host, "{s:s, s:s}", "t", "readmit", "person", person(bed, 0));
    page_expect(host, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
    g_assert_null(page_take(host, "ok"));
    g_mutex_unlock(&gate.lock);
    json_decref(page_expected(host, "ok", id));
    g_mutex_clear(&gate.lock);
  }
  page_free(host);
  page_free(page);
  page_free(other);
  bed_free(bed);
}

static bool set_pages(sqlite3 *db, void *data, GError **error) {
  g_autofree char *sql = g_strdup_printf("pragma max_page_count = %d", GPOINTER_TO_INT(data));
  return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

/* On a full disk the author is told, and nobody has seen what would be gone after a crash. */
static void test_chat_disk_full(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  g_autofree char *text = g_strnfill(2000, 'x');
  bed_settle(bed);
  bed_write(bed, set_pages, GINT_TO_POINTER(1)); /* none beyond what it has */
  json_t *reply = NULL;
  unsigned shown = 0, kept = 0;
  while (g_strcmp0(text_at(reply, "code"), "disk") != 0) {
    json_decref(reply);
    bed_pass(bed, 1000);
    page_expect(two, "pong", "{s:s, s:i}", "t", "ping", "at", 1);
    reply = page_reply(one, page_send(one, "{s:s, s:s}", "t", "chat", "text", text));
    kept += g_strcmp0(text_at(reply, "t"), "ok") == 0;
    for (json_t *seen; (seen = page_take(two, "chat")); shown++)
      json_decref(seen);
  }
  json_decref(reply);
  g_assert_cmpuint(shown, ==, kept);
  bed_write(bed, set_pages, GINT_TO_POINTER(1000000));
  bed_crash(bed);
  g_assert_cmpint(bed_number(bed, "select count(*) from chat_message"), ==, kept);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static void test_roster(void) {
  Bed *bed = bed_new(24);
  Page *pages[24];
  for (unsigned i = 0; i < 24; i++)
    pages[i] = bed_join(bed, person(bed, i));
  g_autofree char *after = g_strdup("");
  unsigned seen = 0;
  while (after) {
    json_t *page = page_expected(
        pages[0], "roster",
        page_send(pages[0], "{s:s, s:s, s:i}", "t", "roster", "after", after, "limit", 7));
    g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 24);
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), index, item) {
      g_assert_cmpstr(text_at(item, "pid"), >, after);
      g_free(after);
      after = g_strdup(text_at(item, "pid"));
      seen++;
    }
    if (!text_at(page, "next"))
      g_clear_pointer(&after, g_free);
    else
      g_assert_cmpstr(text_at(page, "next"), ==, after);
    json_decref(page);
  }
  g_assert_cmpuint(seen, ==, 24);
  json_t *found = page_expected(
      pages[0], "roster", page_send(pages[0], "{s:s, s:s}", "t", "roster", "search", "mEMBER 2"));
  g_assert_cmpint(json_integer_value(json_object_get(found, "total")), ==, 5); /* 2, 20…23 */
  json_decref(found);
  found = page_expected(pages[0], "roster",
                        page_send(pages[0], "{s:s, s:s}", "t", "roster", "search", "委员"));
  g_assert_cmpint(json_integer_value(json_object_get(found, "total")), ==, 24);
  json_decref(found);
  for (unsigned i = 0; i < 24; i++)
    page_free(pages[i]);
  bed_free(bed);
}

/* Changes of one person within a quarter of a second are one item of one delta. */
static void test_delta(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  page_forget(one);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  page_expect(two, "ok", "{s:s, s:b}", "t", "media", "mic", 1);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 0);
  bed_pass(bed, 250);
  json_t *delta = page_wait(one, "roster_delta");
  int64_t rev = json_integer_value(json_object_get(delta, "rev"));
  json_t *changed = json_object_get(delta, "changed");
  g_assert_cmpuint(json_array_size(changed), ==, 1);
  g_assert_true(json_is_true(json_object_get(json_array_get(changed, 0), "mic")));
  g_assert_true(json_is_false(json_object_get(json_array_get(changed, 0), "hand")));
  g_assert_true(json_is_false(json_object_get(delta, "partial")));
  json_decref(delta);
  unsigned deltas = 0;
  for (unsigned i = 0; i < 8; i++) { /* a second, two changes each tick */
    page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", i % 2 == 0);
    page_expect(two, "ok", "{s:s, s:b}", "t", "media", "mic", i % 2);
    bed_pass(bed, 125);
  }
  while ((delta = page_take(one, "roster_delta"))) {
    deltas++;
    g_assert_cmpint(json_integer_value(json_object_get(delta, "rev")), ==, rev + deltas);
    json_decref(delta);
  }
  g_assert_cmpuint(deltas, ==, 4);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

static unsigned count_since(Page *page, int64_t since, int64_t total, int64_t *rev) {
  json_t *got = page_expected(
      page, "roster", page_send(page, "{s:s, s:I}", "t", "roster", "since", (json_int_t)since));
  unsigned count = (unsigned)json_array_size(json_object_get(got, "items"));
  g_assert_cmpint(json_integer_value(json_object_get(got, "total")), ==, total);
  *rev = json_integer_value(json_object_get(got, "rev"));
  json_decref(got);
  return count;
}

/* After a partial delta only what is newer needs to be asked for. */
static void test_since(void) {
  Bed *bed = bed_new(3);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  int64_t rev, later;
  g_assert_cmpuint(count_since(one, 0, 2, &rev), ==, 2);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 0);
  page_expect(two, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 1); /* before any delta told it */
  g_assert_cmpint(later, ==, rev);
  bed_pass(bed, 1000);
  g_assert_cmpuint(count_since(one, rev, 2, &later), ==, 1);
  g_assert_cmpint(later, ==, rev + 1);
  g_assert_cmpuint(count_since(one, later, 2, &rev), ==, 0);
  Page *three = bed_join(bed, person(bed, 2));
  bed_pass(bed, 1000);
  g_assert_cmpuint(count_since(one, later, 3, &rev), ==, 1);
  page_free(one);
  page_free(two);
  page_free(three);
  bed_free(bed);
}

/* Who raised the hand first is seen by all alike. */
static void test_hand_at(void) {
  Bed *bed = bed_new(2);
  Page *one = bed_join(bed, person(bed, 0)), *two = bed_join(bed, person(bed, 1));
  bed_pass(bed, 1000);
  page_forget(two);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  int64_t at_ms = bed->wall_ms;
  bed_pass(bed, 1000);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 1); /* again: keeps its place */
  json_t *delta = page_wait(two, "roster_delta");
  json_t *item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(item, "hand_at")), ==, at_ms);
  json_decref(delta);
  page_expect(one, "ok", "{s:s, s:b}", "t", "hand", "up", 0);
  bed_pass(bed, 1000);
  delta = page_wait(two, "roster_delta");
  item = json_array_get(json_object_get(delta, "changed"), 0);
  g_assert_cmpint(json_integer_value(json_object_get(item, "hand_at")), ==, 0);
  json_decref(delta);
  page_free(one);
  page_free(two);
  bed_free(bed);
}

/* Each is an event that is kept for ever. */
static void test_toggling(void) {
  Bed *bed = bed_new(1);
  Page *page = bed_join(bed, person(bed, 0));
  unsigned taken = 0;
  for (unsigned second = 0; second < 10; second++) {
    for (unsigned i = 0; i < 15; i++) {
      json_t *reply =
          page_reply(page, i % 2 ? page_send(page, "{s:s, s:b}", "t", "hand", "up", taken % 2)
                                 : page_send(page, "{s:s, s:b}", "t", "media", "mic", taken % 2));
      const char *code = text_at(reply, "code");
      g_assert_true(!code || strcmp(code, "too_fast") == 0);
      taken += !code;
      json_decref(reply);
    }
    bed_pass(bed, 1000);
  }
  g_assert_cmpuint(taken, >=, 40 + 17);
  g_assert_cmpuint(taken, <=, 40 + 20);
  page_free(page);
  bed_free(bed);
}

/* 600 people come within a minute: what each is sent stays bounded. */
static void test_crowd(void) {
  enum { PEOPLE = 600, PER_TICK = 2 };
  Bed *bed = bed_new(PEOPLE);
  Page *pages[PEOPLE];
  uint64_t bytes = 0, messages = 0, most = 0;
  for (unsigned i = 0; i < PEOPLE; i++) {
    pages[i] = bed_join(bed, person(bed, i));
    pages[i]->quiet = true;
    page_forget(pages[i]);
    if (i % PER_TICK == PER_TICK - 1)
      bed_pass(bed, 125);
    if (i % 40 == 39) /* heartbeats, every 2.5 s */
      for (unsigned j = 0; j <= i; j++)
        page_text(pages[j], "{\"t\":\"ping\",\"id\":1,\"at\":1}");
  }
  bed_pass(bed, 1000);
  g_assert_cmpuint(assembly_participant_count(bed->assembly), ==, PEOPLE);
  for (unsigned i = 0; i < PEOPLE; i++) {
    bytes += pages[i]->bytes;
    messages += pages[i]->messages;
    most = MAX(most, pages[i]->bytes);
  }
  g_test_message("%u joined: %.1f MB in %u messages, at most %u KB to one", PEOPLE,
                 (double)bytes / 1e6, (unsigned)messages, (unsigned)(most / 1024));
  g_assert_cmpuint(bytes / PEOPLE, <, 64 * 1024);
  g_assert_cmpuint(messages / PEOPLE, <, 200); /* 38 s: four deltas a second at most, half of it */
  /* Everybody is muted at once: one bounded delta. */
  Page *host = bed_join(bed, bed->host);
  for (unsigned i = 0; i < PEOPLE; i++)
    page_text(pages[i], "{\"t\":\"media\",\"id\":2,\"mic\":true}");
  bed_pass(bed, 1000);
  uint64_t before = pages[0]->bytes;
  page_expect(host, "ok", "{s:s, s:n, s:s}", "t", "mute", "pid", "source", "mic");
  bed_pass(bed, 1000);
  g_assert_cmpuint(pages[0]->bytes - before, <, 32 * 1024);
  json_t *delta = NULL;
  bool partial = false;
  while ((delta = page_take(host, "roster_delta"))) {
    size_t items = json_array_size(json_object_get(delta, "changed")) +
                   json_array_size(json_object_get(delta, "joined"));
    g_assert_cmpuint(items, <=, 50);
    partial |= json_is_true(json_object_get(delta, "partial"));
    json_decref(delta);
  }
  g_assert_true(partial);
  page_free(host);
  for (unsigned i = 0; i < PEOPLE; i++)
    page_free(pages[i]);
  g_assert_cmpint(bed_number(bed, "select count(*) from presence_segment where left_at is null"),
                  ==, 0);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/crowd/chat", test_chat);
  g_test_add_func("/crowd/chat-again", test_chat_again);
  g_test_add_func("/crowd/chat-waits", test_chat_waits);
  g_test_add_func("/crowd/decisions-wait", test_decisions_wait);
  g_test_add_func("/crowd/chat-disk-full", test_chat_disk_full);
  g_test_add_func("/crowd/roster", test_roster);
  g_test_add_func("/crowd/delta", test_delta);
  g_test_add_func("/crowd/since", test_since);
  g_test_add_func("/crowd/hand-at", test_hand_at);
  g_test_add_func("/crowd/toggling", test_toggling);
  g_test_add_func("/crowd/crowd", test_crowd);
  return g_test_run();
}
