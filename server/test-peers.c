#include "peers.h"

#include <string.h>

static json_t *line(const char *name, const char *state, double down, double up, int rtt_ms,
                    int kbps, int wanted) {
  return json_pack(
      "{s:s, s:s, s:s, s:b, s:i, s:i, s:f, s:f, s:i, s:i, s:i, s:i, s:i, s:i, s:[i,i,i], s:i}",
      "name", name, "state", state, "way", "udp", "from_here", 0, "rtt_ms", rtt_ms, "silent_ms", 20,
      "loss_down_percent", down, "loss_up_percent", up, "estimate_kbps", kbps, "wanted_kbps",
      wanted, "repairs", 12, "repairs_refused", 3, "unsent", 4, "keyframes_asked", 5, "pictures", 1,
      2, 3, "pictures_missing", 0);
}

static const struct {
  const char *state;
  double down, up;
  int rtt_ms, kbps, wanted;
  const char *trouble;
} cases[] = {
    {"connected", 0, 0, 20, 3000, 2000, "ok"},
    {"connected", 1.9, 1.9, 299, 1500, 2000, "ok"},
    {"connected", 12, 0, 20, 3000, 2000, "loses 12 % of what it is sent"},
    {"connected", 0, 5, 20, 3000, 2000, "5 % of what it sends is lost"},
    {"connected", 0, 0, 20, 600, 2000, "carries 600 of 2000 kbit/s"},
    {"connected", 0, 0, 480, 3000, 2000, "480 ms away"},
    {"lost", 0, 0, 20, 3000, 2000, "lost"},
    {"connected", 3, 4, 400, 100, 1000,
     "loses 3 % of what it is sent, 4 % of what it sends is lost, carries 100 of 1000 kbit/s, 400 "
     "ms away"},
};

static void test_trouble(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *one = line("x", cases[i].state, cases[i].down, cases[i].up, cases[i].rtt_ms,
                       cases[i].kbps, cases[i].wanted);
    double badness;
    g_autofree char *trouble = peers_trouble(one, &badness);
    g_assert_cmpstr(trouble, ==, cases[i].trouble);
    g_assert_cmpint(badness > 0, ==, strcmp(trouble, "ok") != 0);
    json_decref(one);
  }
}

/* Whatever is unknown is a dash; the worst stands first; a name moves no cursor. */
static void test_table(void) {
  json_t *lines = json_array();
  json_array_append_new(lines, line("fine", "connected", 0, 0, 20, 3000, 2000));
  json_object_set_new(json_array_get(lines, 0), "dropped", json_pack("{s:i}", "excess", 7));
  json_t *bad = line("\xe5\xbc\xa0\xe4\xb8\x89\x1b[2J", "connected", 15, 0, 20, 3000, 2000);
  json_object_set_new(bad, "estimate_kbps", json_null());
  json_object_set_new(bad, "rtt_ms", json_null());
  json_object_set_new(bad, "dropped", json_pack("{s:i, s:i}", "duplicate", 3, "unknown_ssrc", 20));
  json_array_append_new(lines, bad);
  json_array_append_new(lines, line("gone", "lost", 0, 0, 20, 3000, 2000));
  g_autofree char *table = peers_table(lines);
  const char *first = strstr(table, "gone"),
             *second = strstr(table, "\xe5\xbc\xa0\xe4\xb8\x89?[2J"),
             *third = strstr(table, "fine");
  g_assert_true(first && second && third && first < second && second < third);
  g_assert_null(strchr(table, 0x1b));
  g_assert_nonnull(strstr(table,
                          "udp      -   15.0   0.0      -   2000  1/2/3     12      3      4"
                          "    5  loses 15 % of what it is sent [23 mostly unknown ssrc]\n"));
  g_assert_nonnull(strstr(table, "  ok [7 excess]\n"));
  /* The heads end where their numbers do, and what is fine fits a terminal of 120. */
  const char *end = strstr(first, "    5  lost\n");
  g_assert_nonnull(end);
  g_assert_cmpint(end + 5 - first, ==, strstr(table, " keys  ") + 5 - table);
  json_decref(lines);
}

static void test_nobody(void) {
  g_autoptr(GError) error = NULL;
  g_assert_null(peers_ask("/nonexistent", &error));
  g_assert_nonnull(error);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peers/trouble", test_trouble);
  g_test_add_func("/peers/table", test_table);
  g_test_add_func("/peers/nobody", test_nobody);
  return g_test_run();
}
