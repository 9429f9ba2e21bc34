/* Who moves a peer, and who does not. */
#include "peer/paths.h"

#include <glib.h>
#include <string.h>

static Path path(uint16_t port) {
  return (Path){.family = AF_INET, .port = port, .ip = {192, 0, 2, 1}};
}

static uint8_t *transaction(unsigned number) {
  static uint8_t bytes[PATHS_TRANSACTION_BYTES];
  memcpy(bytes, &number, sizeof number);
  bytes[11] = 1;
  return bytes;
}

static unsigned next_number = 1000;

static PathsVerdict check_of(Paths *paths, unsigned number, uint16_t port, bool nominated,
                             bool settled, int64_t now_ms) {
  Path dropped, from = path(port);
  return paths_check(paths,
                     &(PathsCheck){.path = &from,
                                   .transaction = transaction(number),
                                   .nominated = nominated,
                                   .current = true,
                                   .settled = settled},
                     now_ms * 1000, &dropped);
}

/* With a new transaction. */
static PathsVerdict check(Paths *paths, uint16_t port, bool nominated, bool settled,
                          int64_t now_ms) {
  return check_of(paths, next_number++, port, nominated, settled, now_ms);
}

static PathsVerdict hear(Paths *paths, uint16_t port, int64_t now_ms) {
  Path dropped, from = path(port);
  return paths_heard(paths, &from, now_ms * 1000, &dropped);
}

/* Whom it asks now: the ports, as a bit each. */
static unsigned asks(Paths *paths, int64_t now_ms) {
  unsigned ports = 0;
  SeenPath *seen;
  while ((seen = paths_to_ask(paths, now_ms * 1000))) {
    memset(seen->ask, seen->path.port, sizeof seen->ask);
    ports |= 1u << seen->path.port;
  }
  return ports;
}

static PathsVerdict answers(Paths *paths, uint16_t port, int64_t now_ms) {
  uint8_t ask[PATHS_TRANSACTION_BYTES];
  Path from = path(port);
  bool ours;
  memset(ask, port, sizeof ask);
  PathsVerdict verdict = paths_answered(paths, &from, ask, now_ms * 1000, &ours);
  g_assert_true(ours);
  return verdict;
}

static void expect_port(const Paths *paths, uint16_t port) {
  g_assert_cmpuint(paths_current(paths)->port, ==, port);
}

/* While the association is being made checks decide. */
static void test_joining(void) {
  Paths paths = {0};
  g_assert_null(paths_current(&paths));
  g_assert_cmpint(check(&paths, 1, false, false, 1000), ==, PATHS_FIRST);
  g_assert_cmpint(check(&paths, 2, false, false, 1100), ==, PATHS_KEPT); /* 1 is not silent yet */
  hear(&paths, 1, 1350);
  g_assert_cmpint(check(&paths, 2, false, false, 1600), ==, PATHS_KEPT);
  g_assert_cmpint(check(&paths, 2, false, false, 1650), ==, PATHS_MOVED);
  g_assert_cmpint(check(&paths, 1, true, false, 1660), ==, PATHS_MOVED); /* a nomination decides */
  expect_port(&paths, 1);
  g_assert_cmpint(check(&paths, 1, true, false, 1661), ==, PATHS_KEPT);
  check(&paths, 2, false, false, 1700); /* somebody else is heard: not the one in use */
  g_assert_cmpint(paths_current_heard(&paths), ==, 1661000);
  g_assert_cmpuint(asks(&paths, 1800), ==, 0);
}

/* What was sent once is good once: from elsewhere it is nothing, from the same place it is answered
 * and changes nothing. */
static void test_replay(void) {
  Paths paths = {0};
  check_of(&paths, 100, 1, true, true, 1000);
  for (int64_t now_ms = 1100; now_ms < 60000; now_ms += 500)
    g_assert_cmpint(check_of(&paths, 100, 9, true, true, now_ms), ==, PATHS_REPLAYED);
  g_assert_cmpint(check_of(&paths, 100, 1, true, true, 60000), ==, PATHS_KEPT);
  g_assert_cmpuint(paths.count, ==, 1);
  g_assert_cmpint(paths_current_heard(&paths), ==, 1000000);
  g_assert_cmpuint(asks(&paths, 60000), ==, 0);

  /* So late that it was forgotten: whoever is there is asked, and stays. */
  for (unsigned i = 0; i < PATHS_TRANSACTIONS; i++)
    check(&paths, 1, true, true, 60000 + i * 2500);
  int64_t now_ms = 60000 + PATHS_TRANSACTIONS * 2500;
  g_assert_cmpint(check_of(&paths, 100, 9, true, true, now_ms), ==, PATHS_KEPT);
  g_assert_cmpuint(asks(&paths, now_ms), ==, 1u << 1 | 1u << 9);
  g_assert_cmpint(answers(&paths, 1, now_ms + 20), ==, PATHS_KEPT);
  for (int64_t ms = 50; ms <= 5000; ms += 50)
    g_assert_cmpint(paths_tick(&paths, (now_ms + ms) * 1000), ==, PATHS_KEPT);
  expect_port(&paths, 1);
}

/* The client nominates another path: taken with its answer, or its media, not before. */
static void test_nominated(void) {
  Paths paths = {0};
  check(&paths, 1, true, true, 1000);
  g_assert_cmpint(check(&paths, 2, true, true, 1100), ==, PATHS_KEPT);
  g_assert_cmpuint(asks(&paths, 1100), ==, 1u << 1 | 1u << 2);
  g_assert_cmpuint(asks(&paths, 1150), ==, 0);
  g_assert_cmpuint(asks(&paths, 1300), ==, 1u << 1 | 1u << 2);
  hear(&paths, 1, 1310);
  g_assert_cmpint(answers(&paths, 2, 1320), ==, PATHS_MOVED);
  expect_port(&paths, 2);
  g_assert_cmpuint(asks(&paths, 1600), ==, 0);

  check(&paths, 1, true, true, 2000);
  g_assert_cmpint(hear(&paths, 2, 2010), ==, PATHS_KEPT);
  g_assert_cmpint(hear(&paths, 1, 2020), ==, PATHS_MOVED);
}

/* A NAT gave it another address: its check from there nominates nothing, its old address is dead.
 */
static void test_rebound(void) {
  Paths paths = {0};
  check(&paths, 1, true, true, 1000);
  hear(&paths, 1, 1990);
  g_assert_cmpint(check(&paths, 2, false, true, 2000), ==, PATHS_KEPT);
  g_assert_cmpuint(asks(&paths, 2000), ==, 0); /* it may be a check of a spare path */
  g_assert_cmpint(paths_tick(&paths, 2300000), ==, PATHS_KEPT);
  g_assert_cmpuint(asks(&paths, 2300), ==, 1u << 1 | 1u << 2);
  g_assert_cmpint(answers(&paths, 2, 2320), ==, PATHS_KEPT); /* the old one has its time */
  g_assert_cmpint(paths_tick(&paths, 2650000), ==, PATHS_KEPT);
  g_assert_cmpint(paths_tick(&paths, 2700000), ==, PATHS_MOVED);
  expect_port(&paths, 2);

  /* A spare path is checked while the one in use works: nobody is asked. */
  check(&paths, 1, false, true, 3000);
  hear(&paths, 2, 3010);
  g_assert_cmpint(paths_tick(&paths, 3400000), ==, PATHS_KEPT);
  g_assert_cmpuint(asks(&paths, 3400), ==, 0);

  /* Nobody answers any request: after a second it is believed. */
  check(&paths, 3, false, true, 10000);
  g_assert_cmpuint(asks(&paths, 10000), ==, 1u << 2 | 1u << 3);
  g_assert_cmpint(paths_tick(&paths, 10950000), ==, PATHS_KEPT);
  g_assert_cmpint(paths_tick(&paths, 11000000), ==, PATHS_MOVED);
}

/* Media from an address that no check came from: asked, and taken with the answer only. */
static void test_suspected(void) {
  Paths paths = {0};
  check(&paths, 1, true, true, 1000);
  hear(&paths, 2, 1100); /* the one in use is not silent */
  g_assert_cmpuint(paths.count, ==, 1);
  hear(&paths, 2, 1300);
  g_assert_cmpuint(asks(&paths, 1300), ==, 1u << 1 | 1u << 2);
  for (int64_t now_ms = 1310; now_ms < 3000; now_ms += 20) {
    g_assert_cmpint(hear(&paths, 2, now_ms), ==, PATHS_KEPT);
    if (now_ms == 1510)
      g_assert_cmpuint(asks(&paths, now_ms), ==, 1u << 1 | 1u << 2);
  }
  expect_port(&paths, 1);
  paths_tick(&paths, 5000000);
  hear(&paths, 2, 5010);
  g_assert_cmpuint(asks(&paths, 5010), ==, 1u << 1 | 1u << 2);
  g_assert_cmpint(answers(&paths, 2, 5020), ==, PATHS_KEPT);
  g_assert_cmpint(paths_tick(&paths, 5420000), ==, PATHS_MOVED);
  expect_port(&paths, 2);
}

static void test_wrong_answers(void) {
  Paths paths = {0};
  uint8_t ask[PATHS_TRANSACTION_BYTES] = {0};
  Path two = path(2), three = path(3);
  bool ours;
  check(&paths, 1, true, true, 1000);
  check(&paths, 2, true, true, 1100);
  paths_answered(&paths, &two, ask, 1110000, &ours); /* it was not asked yet */
  g_assert_false(ours);
  asks(&paths, 1120);
  memset(ask, 2, sizeof ask);
  paths_answered(&paths, &three, ask, 1130000, &ours); /* from elsewhere */
  g_assert_false(ours);
  ask[11] ^= 1;
  paths_answered(&paths, &two, ask, 1140000, &ours);
  g_assert_false(ours);
  expect_port(&paths, 1);
}

/* An answer says that the client is there now: once. */
static void test_answered_once(void) {
  Paths paths = {0};
  uint8_t ask[PATHS_TRANSACTION_BYTES];
  Path one = path(1);
  bool ours;
  check(&paths, 1, true, true, 1000);
  memset(ask, 1, sizeof ask);
  memcpy(paths_ask_current(&paths, 5000000)->ask, ask, sizeof ask);
  paths_answered(&paths, &one, ask, 5020000, &ours);
  g_assert_true(ours);
  paths_answered(&paths, &one, ask, 9000000, &ours);
  g_assert_false(ours);
  g_assert_cmpint(paths_current_heard(&paths), ==, 5020000);
  memset(ask, 0, sizeof ask); /* nor does one to nothing */
  paths_answered(&paths, &one, ask, 9000000, &ours);
  g_assert_false(ours);
  memset(ask, 9, sizeof ask);
  memcpy(paths_ask_current(&paths, 9000000)->ask, ask, sizeof ask); /* it is asked again */
  paths_answered(&paths, &one, ask, 9020000, &ours);
  g_assert_true(ours);

  check(&paths, 2, true, true, 20000);
  asks(&paths, 20000);
  answers(&paths, 2, 20020); /* moved: and the same while another path is asked */
  memset(ask, 2, sizeof ask);
  Path two = path(2);
  paths_answered(&paths, &two, ask, 30000000, &ours);
  g_assert_false(ours);
  g_assert_cmpint(paths_current_heard(&paths), ==, 20020000);
}

static void test_bounded(void) {
  Paths paths = {0};
  check(&paths, 1, false, true, 1);
  for (uint16_t port = 2; port <= PATHS_MAX; port++)
    g_assert_cmpint(check(&paths, port, false, true, port), ==, PATHS_KEPT);
  Path dropped, next = path(20), second = path(2);
  PathsCheck more = {.path = &next, .transaction = transaction(next_number++), .settled = true};
  g_assert_cmpint(paths_check(&paths, &more, 10000, &dropped), ==, PATHS_KEPT);
  g_assert_true(path_equal(&dropped, &second)); /* the current one stays */
  hear(&paths, 1, 11);
  more.transaction = transaction(next_number++);
  paths_check(&paths, &more, 12000, &dropped);
  g_assert_cmpint(dropped.family, ==, 0);
}

static void test_renewed(void) {
  Paths paths = {0};
  Path one = path(1), two = path(2);
  check(&paths, 1, true, true, 1000);
  g_assert_true(paths_is_renewed(&paths, &one));
  paths_restart(&paths);
  g_assert_false(paths_is_renewed(&paths, &one));
  check(&paths, 2, false, true, 1100);
  g_assert_true(paths_is_renewed(&paths, &two));
  g_assert_false(paths_is_renewed(&paths, &one));
}

static void test_closed(void) {
  Paths paths = {0};
  Path one = path(1), two = path(2), three = path(3), four = path(4);
  check(&paths, 1, false, false, 0);
  check(&paths, 2, false, false, 20);
  check(&paths, 3, false, false, 10);
  check(&paths, 4, false, false, 5);
  g_assert_cmpint(paths_closed(&paths, &four), ==, PATHS_UNUSED);
  g_assert_cmpint(paths_closed(&paths, &four), ==, PATHS_UNUSED); /* it is none any more */
  expect_port(&paths, 1);
  g_assert_cmpint(paths_closed(&paths, &one), ==, PATHS_REPLACED);
  expect_port(&paths, 2); /* the one heard last */
  check(&paths, 3, true, false, 30);
  g_assert_cmpint(paths_closed(&paths, &two), ==, PATHS_UNUSED); /* the last takes its place */
  expect_port(&paths, 3);
  g_assert_cmpint(paths_closed(&paths, &three), ==, PATHS_NONE);
  g_assert_null(paths_current(&paths));
  g_assert_cmpint(paths_current_heard(&paths), ==, 0);
  g_assert_cmpint(check(&paths, 1, false, true, 40), ==, PATHS_FIRST);
}

/* Where media came from that nobody there agreed to get more, nothing is sent (RFC 7675). */
static void test_closed_unagreed(void) {
  Paths paths = {0};
  Path one = path(1), two = path(2), three = path(3);
  check(&paths, 1, true, true, 1000);
  check(&paths, 2, false, true, 1001);
  hear(&paths, 1, 1002);
  hear(&paths, 3, 2000);
  g_assert_cmpuint(paths.count, ==, 3);
  g_assert_cmpint(paths_closed(&paths, &one), ==, PATHS_REPLACED);
  expect_port(&paths, 2); /* although 3 was heard last */
  g_assert_cmpint(paths_closed(&paths, &two), ==, PATHS_NONE);
  g_assert_null(paths_current(&paths));
  g_assert_cmpint(paths_closed(&paths, &three), ==, PATHS_UNUSED);
  g_assert_cmpint(check(&paths, 3, false, true, 3000), ==, PATHS_FIRST); /* it agrees */
  expect_port(&paths, 3);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/paths/joining", test_joining);
  g_test_add_func("/peer/paths/replay", test_replay);
  g_test_add_func("/peer/paths/nominated", test_nominated);
  g_test_add_func("/peer/paths/rebound", test_rebound);
  g_test_add_func("/peer/paths/suspected", test_suspected);
  g_test_add_func("/peer/paths/wrong-answers", test_wrong_answers);
  g_test_add_func("/peer/paths/answered-once", test_answered_once);
  g_test_add_func("/peer/paths/bounded", test_bounded);
  g_test_add_func("/peer/paths/renewed", test_renewed);
  g_test_add_func("/peer/paths/closed", test_closed);
  g_test_add_func("/peer/paths/closed-unagreed", test_closed_unagreed);
  return g_test_run();
}
