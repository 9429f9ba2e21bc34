#include "peer/estimate.h"

#include <stdlib.h>

static bool moved(int64_t before, int64_t now) {
  return llabs(now - before) * 10 > before;
}

bool estimate_tell(Estimate *estimate, int64_t bps, int64_t wanted_bps, int64_t now_us) {
  if (estimate->told && (now_us - estimate->at_us < ESTIMATE_PAUSE_US ||
                         (!moved(estimate->bps, bps) && !moved(estimate->wanted_bps, wanted_bps))))
    return false;
  *estimate = (Estimate){.told = true, .at_us = now_us, .bps = bps, .wanted_bps = wanted_bps};
  return true;
}
