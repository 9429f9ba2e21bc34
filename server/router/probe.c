/* See probe.h. */
#include "router/probe.h"

#include <glib.h>
#include <math.h>

#define PACKETS 6       /* of a probe at least */
#define STEP_US 5000    /* padding is asked for about as often */
#define LATE_US 1000000 /* what has not been told of by then is lost */
#define SATURATED 0.9   /* arrived so much slower than sent: the way is full … */
#define KEPT 0.95       /* … and carries a little less than arrived */

#define BURST_APART_US 2000 /* sent at once, from one packet to the next */
#define BURST_PACKETS 8     /* fewer say little */
#define BURST_LEAST_US 1000 /* arrival is told in steps of 250 us */
#define BURST_SMOOTHING 8

void probe_begin(Probe *probe, int64_t rate_bps, int64_t now_us) {
  *probe = (Probe){.running = true, .rate_bps = rate_bps, .begun_us = now_us};
}

bool probe_sends(const Probe *probe, int64_t now_us) {
  return probe->running && (now_us - probe->begun_us < PROBE_US || probe->sent < PACKETS);
}

void probe_sent(Probe *probe, unsigned bytes) {
  probe->sent++;
  probe->bytes += bytes;
}

unsigned probe_due(const Probe *probe, int64_t now_us) {
  if (!probe_sends(probe, now_us))
    return 0;
  int64_t due_us = now_us - probe->begun_us + STEP_US;
  int64_t due = probe->rate_bps * due_us / 8000000 - probe->bytes;
  return due > 0 ? (unsigned)due : 0;
}

void probe_arrived(Probe *probe, unsigned bytes, int64_t sent_us, int64_t arrived_us) {
  probe->told++;
  if (probe->arrived++ == 0) {
    probe->first_sent_us = sent_us;
    probe->first_arrived_us = arrived_us;
    probe->first_bytes = bytes;
  }
  probe->arrived_bytes += bytes;
  probe->last_bytes = bytes;
  probe->last_sent_us = sent_us;
  probe->last_arrived_us = MAX(probe->last_arrived_us, arrived_us);
}

void probe_missed(Probe *probe) {
  probe->told++;
}

bool probe_over(const Probe *probe, int64_t now_us) {
  if (!probe->running)
    return false;
  bool all_told = !probe_sends(probe, now_us) && probe->told >= probe->sent;
  return all_told || now_us - probe->begun_us > LATE_US;
}

double probe_result(const Probe *probe) {
  int64_t sent_us = probe->last_sent_us - probe->first_sent_us;
  int64_t arrived_us = probe->last_arrived_us - probe->first_arrived_us;
  if (probe->arrived < PACKETS * 2 / 3 || sent_us <= 0 || arrived_us <= 0)
    return 0;
  /* n packets have n - 1 gaps: the first's bytes came before the first gap, the last's were not
   * sent within the last. */
  double sent_bps = (probe->arrived_bytes - probe->last_bytes) * 8e6 / (double)sent_us;
  double arrived_bps = (probe->arrived_bytes - probe->first_bytes) * 8e6 / (double)arrived_us;
  if (arrived_bps < SATURATED * sent_bps)
    return KEPT * arrived_bps;
  return fmin(sent_bps, arrived_bps);
}

static void burst_closed(Burst *burst) {
  int64_t span_us = MAX(burst->last_us - burst->first_us, BURST_LEAST_US);
  int64_t bps = (int64_t)burst->bytes * 8 * 1000000 / span_us;
  if (bps < burst->bps || burst->bps == 0)
    burst->bps = bps;
  else
    burst->bps += (bps - burst->bps) / BURST_SMOOTHING;
}

void burst_arrived(Burst *burst, unsigned bytes, int64_t sent_us, int64_t arrived_us) {
  int64_t apart_us = sent_us - burst->sent_us;
  if (apart_us < 0)
    return; /* overtaken: it belongs to a burst that is closed, or says nothing of this one */
  if (burst->sent_us && apart_us < BURST_APART_US) {
    burst->sent_us = sent_us;
    burst->last_us = MAX(burst->last_us, arrived_us);
    burst->bytes += bytes;
    burst->packets++;
    return;
  }
  if (burst->packets >= BURST_PACKETS)
    burst_closed(burst);
  *burst =
      (Burst){.sent_us = sent_us, .first_us = arrived_us, .last_us = arrived_us, .bps = burst->bps};
}
