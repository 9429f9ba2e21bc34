#include "room/trouble.h"

#include <glib.h>

#define FINE                                                                                       \
  .state = PEER_CONNECTED, .rtt_us = 20000, .silent_us = 20000, .bps = 3000000,                    \
  .wanted_bps = 2000000

static const struct {
  PeerFigures figures;
  const char *troubles; /* "" for none */
} cases[] = {
    {{FINE}, ""},
    {{FINE, .loss_down = 0.019, .loss_up = 0.019}, ""},
    {{.state = PEER_CONNECTED,
      .rtt_us = 299999,
      .silent_us = 2999999,
      .bps = 1400000,
      .wanted_bps = 2000000},
     ""},
    {{FINE, .loss_down = 0.12}, "loss_down"},
    {{FINE, .loss_up = 0.02}, "loss_up"},
    {{.state = PEER_CONNECTED, .bps = 1399999, .wanted_bps = 2000000}, "narrow"},
    {{.state = PEER_CONNECTED, .bps = INT64_MAX, .wanted_bps = 2000000}, ""},
    {{.state = PEER_CONNECTED, .rtt_us = 300000}, "far"},
    {{.state = PEER_CONNECTED, .silent_us = 3000000}, "silent"},
    {{FINE, .pictures = {1, 2}}, "missing"},
    {{.state = PEER_CONNECTING}, "connecting"},
    {{.state = PEER_LOST, .silent_us = 9000000}, "lost"},
    {{.state = PEER_CLOSED}, "closed"},
    {{.state = PEER_CONNECTED,
      .loss_down = 0.03,
      .loss_up = 0.04,
      .bps = 100000,
      .wanted_bps = 1000000,
      .rtt_us = 400000},
     "loss_down loss_up narrow far"},
};

static char *joined(const json_t *troubles) {
  GString *text = g_string_new(NULL);
  for (size_t i = 0; i < json_array_size(troubles); i++)
    g_string_append_printf(text, "%s%s", i ? " " : "",
                           json_string_value(json_array_get(troubles, i)));
  return g_string_free(text, FALSE);
}

static void test_found(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *troubles = json_array();
    int badness = trouble_find(&cases[i].figures, troubles);
    g_autofree char *text = joined(troubles);
    g_assert_cmpstr(text, ==, cases[i].troubles);
    g_assert_cmpint(badness > 0, ==, *text != 0);
    json_decref(troubles);
  }
}

/* Who is not there at all is worse than who is silent, and that is worse than a bad line. */
static void test_order(void) {
  json_t *troubles = json_array();
  const PeerFigures lost = {.state = PEER_LOST},
                    silent = {.state = PEER_CONNECTED, .silent_us = 5000000},
                    poor = {.state = PEER_CONNECTED, .loss_down = 0.15, .rtt_us = 600000},
                    poorer = {.state = PEER_CONNECTED, .loss_down = 0.3, .rtt_us = 600000};
  g_assert_cmpint(trouble_find(&lost, troubles), >, trouble_find(&silent, troubles));
  g_assert_cmpint(trouble_find(&silent, troubles), >, trouble_find(&poorer, troubles));
  g_assert_cmpint(trouble_find(&poorer, troubles), >, trouble_find(&poor, troubles));
  json_decref(troubles);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/room/trouble/found", test_found);
  g_test_add_func("/room/trouble/order", test_order);
  return g_test_run();
}
