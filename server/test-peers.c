#include "peers.h"

#include <string.h>

/* badness 0: nothing is wrong; trouble: a code, or NULL. */
static json_t *line(const char *name, const char *state, const char *trouble, int badness) {
  json_t *one = json_pack("{s:s, s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, "
                          "s:[i,i,i], s:i, s:[], s:i}",
                          "name", name, "state", state, "way", "udp", "from_here", 0, "rtt_ms", 480,
                          "silent_ms", 5200, "loss_down_permille", 150, "loss_up_permille", 50,
                          "estimate_kbps", 600, "wanted_kbps", 2000, "repairs", 12,
                          "repairs_refused", 3, "unsent", 4, "keyframes_asked", 5, "pictures", 1, 2,
                          3, "pictures_missing", 2, "troubles", "badness", badness);
  if (trouble)
    json_array_append_new(json_object_get(one, "troubles"), json_string(trouble));
  return one;
}

static const struct {
  const char *code, *words;
} cases[] = {
    {NULL, "ok"},
    {"loss_down", "loses 15 % of what it is sent"},
    {"loss_up", "5 % of what it sends is lost"},
    {"narrow", "carries 600 of 2000 kbit/s"},
    {"far", "480 ms away"},
    {"missing", "2 pictures do not come"},
    {"silent", "silent for 5 s"},
    {"lost", "lost"},
    {"of a later server", "of a later server"},
};

static void test_trouble(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *one = line("x", "connected", cases[i].code, 1);
    g_autofree char *trouble = peers_trouble(one);
    g_assert_cmpstr(trouble, ==, cases[i].words);
    json_decref(one);
  }
  json_t *more = line("x", "connected", "far", 1);
  json_array_append_new(json_object_get(more, "troubles"), json_string("missing"));
  g_autofree char *both = peers_trouble(more);
  g_assert_cmpstr(both, ==, "480 ms away, 2 pictures do not come");
  json_decref(more);
}

/* Whatever is unknown is a dash; the worst stands first; a name moves no cursor. */
static void test_table(void) {
  json_t *lines = json_array();
  json_array_append_new(lines, line("fine", "connected", NULL, 0));
  json_object_set_new(json_array_get(lines, 0), "dropped", json_pack("{s:i}", "excess", 7));
  json_t *bad = line("\xe5\xbc\xa0\xe4\xb8\x89\x1b[2J", "connected", "loss_down", 13);
  json_object_set_new(bad, "estimate_kbps", json_null());
  json_object_set_new(bad, "rtt_ms", json_null());
  json_object_set_new(bad, "dropped", json_pack("{s:i, s:i}", "duplicate", 3, "unknown_ssrc", 20));
  json_array_append_new(lines, bad);
  json_array_append_new(lines, line("gone", "lost", "lost", 100));
  g_autofree char *table = peers_table(lines);
  const char *first = strstr(table, "gone"),
             *second = strstr(table, "\xe5\xbc\xa0\xe4\xb8\x89?[2J"),
             *third = strstr(table, "fine");
  g_assert_true(first && second && third && first < second && second < third);
  g_assert_null(strchr(table, 0x1b));
  g_assert_nonnull(strstr(table,
                          "udp      -   15.0   5.0      -   2000  1/2/3     12      3      4"
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
