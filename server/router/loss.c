/* See loss.h. */
#include "router/loss.h"

#include <glib.h>
#include <math.h>

#include "router/rate.h"

#define WINDOW_US 300000 /* decided on at least so much … */
#define PACKETS 20       /* … and so many packets */
#define MUCH 0.10        /* draft §6 */
#define LITTLE 0.02      /* draft §6 */
#define INCREASE 1.05    /* draft §6 */
#define SMOOTHING 0.3
#define YIELDED 0.8   /* with this share of what came through before, its effect should show */
#define STAYED 0.7    /* this share of the loss is left: it is not ours */
#define OWN_MOST 0.25 /* that a way may have by itself and still carry pictures */
#define OWN_FADES 0.03
#define TCP_DECREASE 0.8
#define TCP_PACKET_BITS (1448 * 8)
#define EVENTS_SMOOTHING 0.02 /* TCP's losses are seconds apart */
#define EVENTS_FIRST 0.002    /* until they are measured: TCP's own on a home's way */

void loss_init(Loss *loss, int64_t bps) {
  *loss = (Loss){.bps = bps};
}

void loss_told(Loss *loss, unsigned packets, unsigned lost) {
  loss->told += packets;
  loss->lost += lost;
}

void loss_beside_tcp(Loss *loss) {
  loss->events = EVENTS_FIRST;
}

bool loss_much(const Loss *loss) {
  return loss->smooth - loss->own > MUCH;
}

/* We yield. True when that has not helped: then there is no more reason to. */
static bool yielded_in_vain(Loss *loss, int64_t from_bps, int64_t acked_bps) {
  if (loss->before <= 0) {
    loss->before = loss->smooth;
    loss->before_bps = from_bps;
    loss->before_acked_bps = acked_bps;
    return false;
  }
  if ((double)acked_bps > YIELDED * (double)loss->before_acked_bps)
    return false;
  double before = loss->before;
  loss->before = 0;
  if (loss->smooth < STAYED * before || loss->smooth > OWN_MOST)
    return false;
  loss->own = loss->smooth;
  loss->bps = MAX(loss->bps, loss->before_bps);
  return true;
}

static void yield(Loss *loss, int64_t from_bps, int64_t acked_bps) {
  double from = (double)from_bps;
  /* From what is sent: to take away what is not used changes nothing. */
  if (acked_bps > 0 && loss->before <= 0)
    from = fmin(from, (double)acked_bps / (1 - fmin(loss->smooth, 0.9)));
  if (!yielded_in_vain(loss, from_bps, acked_bps))
    loss->bps = rate_within(from * (1 - 0.5 * loss->smooth));
}

static void control_beside_tcp(Loss *loss, int64_t from_bps, int64_t rtt_us) {
  double rtt = (double)MAX(rtt_us, 10000) / 1e6, from = (double)from_bps;
  double fair_bps = TCP_PACKET_BITS * sqrt(1.5 / fmax(loss->events, 0.0001)) / rtt;
  if (loss->last - loss->own > LITTLE)
    loss->bps = rate_within(fmax(from * TCP_DECREASE, fmin(from, fair_bps)));
  else
    loss->bps = rate_within(fmax(from, fmin(from * INCREASE + 1000, fair_bps)));
}

static void close_window(Loss *loss, int64_t now_us) {
  loss->last = (double)loss->lost / loss->told;
  double event = loss->lost > 0 ? 1.0 / loss->told : 0;
  loss->window_us = now_us;
  loss->lost = loss->told = 0;
  loss->smooth += SMOOTHING * (loss->last - loss->smooth);
  loss->events += EVENTS_SMOOTHING * (event - loss->events);
  if (loss->smooth < loss->own)
    loss->own += OWN_FADES * (loss->smooth - loss->own);
}

void loss_control(Loss *loss, int64_t delay_bps, int64_t acked_bps, bool tcp, int64_t rtt_us,
                  int64_t now_us) {
  if (!loss->window_us)
    loss->window_us = now_us;
  if (now_us - loss->window_us < WINDOW_US || loss->told < PACKETS)
    return;
  close_window(loss, now_us);
  int64_t from_bps = MIN(loss->bps, delay_bps);
  if (tcp) {
    control_beside_tcp(loss, from_bps, rtt_us);
  } else if (loss_much(loss)) {
    yield(loss, from_bps, acked_bps);
  } else if (loss->smooth - loss->own < LITTLE) {
    loss->bps = rate_within((double)loss->bps * INCREASE + 1000);
    loss->before = 0;
  }
}
