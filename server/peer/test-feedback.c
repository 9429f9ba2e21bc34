#include "peer/feedback.h"

#include <glib.h>
#include <string.h>

/* What the publisher would read of it. */
static void read_back(const RtcpTwcc *twcc, int64_t *arrivals, uint16_t first, size_t size) {
  uint8_t out[1200];
  size_t len = rtcp_write_twcc(out, sizeof out, 1, 2, twcc);
  g_assert_cmpuint(len, >, 0);
  RtcpReader reader;
  RtcpPacket packet;
  RtcpFeedback head;
  bool malformed;
  const uint8_t *fci;
  size_t fci_len;
  static RtcpTwcc back;
  rtcp_reader_init(&reader, out, len);
  g_assert_true(rtcp_next(&reader, &packet, &malformed));
  g_assert_true(rtcp_parse_feedback(&packet, &head, &fci, &fci_len));
  g_assert_true(rtcp_parse_twcc(fci, fci_len, &back));
  int64_t at = back.reference_us;
  for (unsigned i = 0; i < back.count; i++) {
    uint16_t index = (uint16_t)(back.base_sequence + i - first);
    g_assert_cmpuint(index, <, size);
    if (back.received[i])
      arrivals[index] = at += back.delta_us[i];
  }
}

static void test_round_trip(void) {
  static Feedback feedback;
  static RtcpTwcc twcc;
  int64_t arrivals[600] = {0};
  uint16_t first = 65400; /* wraps */
  memset(&feedback, 0, sizeof feedback);
  for (int i = 0; i < 600; i++)
    if (i % 5 != 2)
      feedback_received(&feedback, (uint16_t)(first + i), 5000000 + i * 333);
  unsigned packets = 0;
  while (feedback_take(&feedback, &twcc)) {
    g_assert_cmpuint(twcc.feedback_count, ==, packets++);
    read_back(&twcc, arrivals, first, 600);
  }
  g_assert_cmpuint(packets, ==, 3);
  for (int i = 0; i < 600; i++) {
    if (i % 5 == 2)
      g_assert_cmpint(arrivals[i], ==, 0);
    else
      g_assert_cmpint(ABS(arrivals[i] - (5000000 + i * 333)), <=, 250);
  }
  g_assert_false(feedback_take(&feedback, &twcc));
}

static void test_loss_between_reports(void) {
  static Feedback feedback;
  static RtcpTwcc twcc;
  memset(&feedback, 0, sizeof feedback);
  feedback_received(&feedback, 10, 1000000);
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_false(feedback_take(&feedback, &twcc));
  feedback_received(&feedback, 13, 1010000); /* 11 and 12 are told as lost */
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_cmpuint(twcc.base_sequence, ==, 11);
  g_assert_cmpuint(twcc.count, ==, 3);
  g_assert_false(twcc.received[0] || twcc.received[1]);
  g_assert_true(twcc.received[2]);
  feedback_received(&feedback, 12, 1020000); /* too late to take back */
  g_assert_false(feedback_take(&feedback, &twcc));
}

static void test_jumps(void) {
  static Feedback feedback;
  static RtcpTwcc twcc;
  memset(&feedback, 0, sizeof feedback);
  feedback_received(&feedback, 10, 1000000);
  feedback_received(&feedback, 10 + 3000, 1001000); /* far beyond what is kept */
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_cmpuint(twcc.base_sequence, ==, 3010);
  g_assert_false(feedback_take(&feedback, &twcc));
  feedback_received(&feedback, 3011, 2000000);
  feedback_received(&feedback, 3011 + 600, 2001000); /* 599 lost: more than one packet tells */
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_true(twcc.received[twcc.count - 1]);
  g_assert_false(feedback_take(&feedback, &twcc));
  feedback_received(&feedback, 3612, 3000000);
  feedback_received(&feedback, 3613, 3000000 + 20000000); /* no delta spans 20 s */
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_cmpuint(twcc.count, ==, 1);
  g_assert_true(feedback_take(&feedback, &twcc));
  g_assert_cmpuint(twcc.count, ==, 1);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/feedback/round-trip", test_round_trip);
  g_test_add_func("/peer/feedback/loss", test_loss_between_reports);
  g_test_add_func("/peer/feedback/jumps", test_jumps);
  return g_test_run();
}
