/* What packets that were sent together tell of the way, by how they arrive.
 *
 * A Probe is sent for it: some packets at a higher rate than the estimate, whose spacing on arrival
 * tells whether the way would carry that. A Burst is what is sent anyhow, a picture at once; how
 * fast it comes through is the pace that the way bears for a moment.
 *
 * Embedded in a Bandwidth; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool running;
  int64_t rate_bps, begun_us;
  unsigned sent, bytes, told, arrived, arrived_bytes;
  unsigned first_bytes, last_bytes; /* of those that arrived */
  int64_t first_sent_us, last_sent_us, first_arrived_us, last_arrived_us;
} Probe;

#define PROBE_US 40000 /* it is sent for so long, or longer: few packets' spacing says little */

void probe_begin(Probe *probe, int64_t rate_bps, int64_t now_us);
/* Does what is sent now belong to it? */
bool probe_sends(const Probe *probe, int64_t now_us);
void probe_sent(Probe *probe, unsigned bytes);
/* How many bytes more are due. */
unsigned probe_due(const Probe *probe, int64_t now_us);
void probe_arrived(Probe *probe, unsigned bytes, int64_t sent_us, int64_t arrived_us);
void probe_missed(Probe *probe);
/* All that is known of it, or will be. */
bool probe_over(const Probe *probe, int64_t now_us);
/* Bits per second that the way carries; 0: nothing to go by. */
double probe_result(const Probe *probe);

typedef struct {
  int64_t sent_us, first_us, last_us; /* the newest one's sending; arrivals */
  unsigned packets, bytes;            /* behind the first */
  int64_t bps;                        /* falls at once, rises slowly; 0: unknown */
} Burst;

/* What was overtaken is left out. */
void burst_arrived(Burst *burst, unsigned bytes, int64_t sent_us, int64_t arrived_us);
