/* Hours; now is 100. */
#include "store/link-expiry.h"

#include <glib.h>

#define HOUR_MS INT64_C(3600000)
#define NOW 100

static const struct {
  const char *name;
  int expires, old_end, new_end, moved;
} cases[] = {
    {"postponed by a week", 144, 120, 288, 312},
    {"postponed by an hour", 144, 120, 121, 145},
    {"not moved", 144, 120, 120, 144},
    {"chosen: good until an hour before the end", 119, 120, 288, 287},
    {"chosen: thirty days after the end stay thirty days", 120 + 720, 120, 288, 288 + 720},
    {"never held, its link expired: good again", 90, 66, 180, 204},
    {"brought forward: as a new one", 288 + 24, 288, 120, 144},
    {"brought forward, a long one", 288 + 720, 288, 120, 120 + 720},
    {"brought forward, a short one is not made longer", 110, 288, 120, 110},
    {"brought forward into the past", 144, 120, 90, 124},
};

int main(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    int64_t moved_ms = link_expiry_moved(cases[i].expires * HOUR_MS, cases[i].old_end * HOUR_MS,
                                         cases[i].new_end * HOUR_MS, NOW * HOUR_MS);
    bool fine = moved_ms == cases[i].moved * HOUR_MS;
    g_print("%sok %u %s: %d\n", fine ? "" : "not ", i + 1, cases[i].name,
            (int)(moved_ms / HOUR_MS));
  }
  g_print("1..%u\n", (unsigned)G_N_ELEMENTS(cases));
  return 0;
}
