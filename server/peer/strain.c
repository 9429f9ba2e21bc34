#include "peer/strain.h"

#include <glib.h>

#define WINDOW_US 1000000 /* a hundred who join at once press for less */
#define PRESSED 0.96      /* of the time: from here on queues grow */
#define EASY 0.85
#define PATIENCE_US 5000000
#define PATIENCE_MOST_US 80000000
#define BUSY_FROM 0.15 /* of the time */
#define BUSY_FULL 0.5
#define MANY_FROM 500.0 /* datagrams a second: waking up costs as much as what one brings */
#define MANY_FULL 2000.0
#define REST_MOST_US 1500     /* a frame of sound is 20 ms */
#define TOO_EARLY_US 10000000 /* pressed again so soon after it was taken up */

void strain_init(Strain *strain, int64_t now_us) {
  *strain = (Strain){.since_us = now_us, .easy_since_us = now_us, .patience_us = PATIENCE_US};
}

static double share(double value, double from, double full) {
  return CLAMP((value - from) / (full - from), 0, 1);
}

/* An idle thread answers at once. */
static int64_t rest_for(double busy, double datagrams_a_second) {
  double busy_share = share(busy, BUSY_FROM, BUSY_FULL);
  double many_share = share(datagrams_a_second, MANY_FROM, MANY_FULL);
  return (int64_t)(MAX(busy_share, many_share) * REST_MOST_US);
}

static void raise_relief(Strain *strain, int64_t now_us) {
  int64_t calm_us = MAX(TOO_EARLY_US, strain->patience_us);
  bool early = strain->lowered_us > 0 && now_us - strain->lowered_us < calm_us;
  strain->patience_us = early ? MIN(strain->patience_us * 2, PATIENCE_MOST_US) : PATIENCE_US;
  strain->relief++;
}

static void lower_relief(Strain *strain, int64_t now_us) {
  strain->lowered_us = now_us;
  strain->relief--;
}

bool strain_waited(Strain *strain, int64_t waited_us, uint64_t datagrams, int64_t now_us) {
  strain->waited_us += waited_us;
  int64_t span_us = now_us - strain->since_us;
  if (span_us < WINDOW_US)
    return false;
  double busy = 1 - (double)strain->waited_us / (double)span_us;
  strain->since_us = now_us;
  strain->waited_us = 0;
  double rate = (double)(datagrams - strain->datagrams) * 1e6 / (double)span_us;
  strain->datagrams = datagrams;
  strain->rest_us = (strain->rest_us + rest_for(busy, rate)) / 2;
  if (busy > EASY)
    strain->easy_since_us = now_us;
  unsigned before = strain->relief;
  if (busy > PRESSED && strain->relief < STRAIN_MOST) {
    raise_relief(strain, now_us);
  } else if (strain->relief > 0 && now_us - strain->easy_since_us >= strain->patience_us) {
    lower_relief(strain, now_us);
    strain->easy_since_us = now_us;
  }
  return strain->relief != before;
}
