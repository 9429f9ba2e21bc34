#include "room/trouble.h"

#include <glib.h>

static void add(json_t *troubles, const char *code) {
  json_array_append_new(troubles, json_string(code));
}

static int find_absent(const PeerFigures *figures, json_t *troubles) {
  static const char *const states[] = {"connecting", NULL, "lost", "closed"};
  if (figures->state != PEER_CONNECTED) {
    add(troubles, states[figures->state]);
    return 1000;
  }
  if (figures->silent_us < TROUBLE_SILENT_MS * INT64_C(1000))
    return 0;
  add(troubles, "silent");
  return 500;
}

static int find_loss(double share, const char *code, json_t *troubles) {
  if (share < TROUBLE_LOSS)
    return 0;
  add(troubles, code);
  return (int)(1000 * share);
}

static int find_narrow(const PeerFigures *figures, json_t *troubles) {
  double carries = (double)figures->bps, wanted = (double)figures->wanted_bps;
  if (carries <= 0 || wanted <= 0 || carries >= TROUBLE_NARROW * wanted)
    return 0;
  add(troubles, "narrow");
  return (int)(100 * (1 - carries / wanted));
}

int trouble_find(const PeerFigures *figures, json_t *troubles) {
  int badness = find_absent(figures, troubles);
  badness += find_loss(figures->loss_down, "loss_down", troubles);
  badness += find_loss(figures->loss_up, "loss_up", troubles);
  badness += find_narrow(figures, troubles);
  if (figures->rtt_us >= TROUBLE_RTT_MS * INT64_C(1000)) {
    add(troubles, "far");
    badness += (int)(MIN(figures->rtt_us, 60000000) / 10000);
  }
  if (figures->pictures[0] > 0) {
    add(troubles, "missing");
    badness += 20;
  }
  return badness;
}
