/* The loss-based estimate of what the way to a receiver carries: draft-ietf-rmcat-gcc-02 §6.
 *
 * Two ways of losing are not answered by sending less and less. A radio loses the same share
 * whatever is sent: when less was sent and the loss stayed, it is the way's own from then on, and
 * what counts is what comes on top of it. And beside TCP, which fills a queue until it loses, what
 * TCP would get with the same losses is a fair share (Mathis et al. 1997).
 *
 * Embedded in a Bandwidth; media thread; time is passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t bps;   /* the estimate */
  double smooth; /* share of packets, over the last second or so */
  double own;    /* the way's own share of it */
  int64_t window_us;
  unsigned lost, told; /* in the running window */
  double last;         /* share in the last window */
  double events;       /* losses a packet, those of one window are one (RFC 5348 §5); smoothed */
  double before;       /* when we began to yield; 0: we do not */
  int64_t before_bps, before_acked_bps;
} Loss;

void loss_init(Loss *loss, int64_t bps);
/* So many packets more of which it is known; `lost` of these are. */
void loss_told(Loss *loss, unsigned packets, unsigned lost);
/* TCP is on the way from now on. */
void loss_beside_tcp(Loss *loss);
/* At each feedback. delay_bps: the other estimate; acked_bps: what comes through, 0: unknown;
 * tcp: another fills the queue; rtt_us: 0: unknown. */
void loss_control(Loss *loss, int64_t delay_bps, int64_t acked_bps, bool tcp, int64_t rtt_us,
                  int64_t now_us);
/* Is more lost than the way loses by itself? */
bool loss_much(const Loss *loss);
