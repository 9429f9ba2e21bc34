#include "peer/receive.h"

#include <string.h>

#define GAP_US (1000000 / RECEIVE_GAP_PER_SECOND)

void receive_init(Receive *receive, uint32_t clock_rate, bool nack, ReceiveGaps *gaps) {
  memset(receive, 0, sizeof *receive);
  receive->clock_rate = clock_rate;
  receive->nack = nack;
  receive->gaps = gaps;
}

static bool came(const Receive *receive, uint64_t sequence) {
  return receive->window[sequence % RECEIVE_WINDOW / 64] >> (sequence % 64) & 1;
}

static void set_came(Receive *receive, uint64_t sequence, bool value) {
  uint64_t bit = UINT64_C(1) << (sequence % 64);
  uint64_t *word = &receive->window[sequence % RECEIVE_WINDOW / 64];
  *word = value ? *word | bit : *word & ~bit;
}

static void add_missing(Receive *receive, uint64_t sequence, int64_t now_us) {
  if (!receive->nack)
    return;
  if (receive->missing_count == RECEIVE_MISSING_MAX) {
    receive->missing_count = 0;
    receive->gave_up = true;
  }
  receive->missing[receive->missing_count++] =
      (ReceiveMissing){.sequence = sequence, .since_us = now_us};
}

/* It came after all, and not because it was asked for: no answer is faster than the way there and
 * back. */
static void note_reordering(Receive *receive, const ReceiveMissing *missing, int64_t now_us) {
  int64_t late_us = now_us - missing->since_us;
  if (late_us > RECEIVE_REORDER_MAX_US ||
      (missing->tries && now_us - missing->asked_us >= receive->rtt_us))
    return;
  if (late_us > receive->reorder_us)
    receive->reorder_us = late_us;
  receive->reordered_us = now_us;
}

static void remove_missing(Receive *receive, uint64_t sequence, bool repaired, int64_t now_us) {
  for (unsigned i = 0; i < receive->missing_count; i++)
    if (receive->missing[i].sequence == sequence) {
      if (!repaired)
        note_reordering(receive, &receive->missing[i], now_us);
      receive->missing_count--;
      memmove(&receive->missing[i], &receive->missing[i + 1],
              (receive->missing_count - i) * sizeof receive->missing[0]);
      return;
    }
}

/* RFC 3550 appendix A.8. */
static void update_jitter(Receive *receive, uint32_t timestamp, int64_t arrival_us) {
  int64_t arrival_ticks = arrival_us / 1000 * (receive->clock_rate / 1000);
  int64_t transit = (int64_t)(uint32_t)((uint32_t)arrival_ticks - timestamp);
  int32_t difference = (int32_t)((uint32_t)transit - (uint32_t)receive->transit);
  receive->transit = transit;
  uint32_t size = difference < 0 ? 0u - (uint32_t)difference : (uint32_t)difference;
  if (receive->received > 1 && size < receive->clock_rate * 10)
    receive->jitter += size - ((receive->jitter + 8) >> 4);
}

/* before: so many numbers below it may come yet. */
static void start(Receive *receive, uint64_t sequence, unsigned before) {
  receive->started = true;
  receive->first = receive->highest = sequence;
  receive->least = sequence - before; /* a lap is below it (wire/seq.h) */
  receive->received = receive->expected_before = receive->received_before = 0;
  receive->missing_count = 0;
  memset(receive->window, 0, sizeof receive->window);
}

/* --- gaps --- */

static int64_t gaps_us(const ReceiveGaps *gaps, int64_t now_us) {
  int64_t passed_us = now_us > gaps->seen_us ? now_us - gaps->seen_us : 0;
  return gaps->us > passed_us ? gaps->us - passed_us : 0;
}

static bool leaps(const Receive *receive, uint64_t at, int64_t now_us) {
  if (!receive->started || at <= receive->highest + 1)
    return false;
  int64_t gap = (int64_t)(at - receive->highest - 1);
  return gaps_us(receive->gaps, now_us) + gap * GAP_US > RECEIVE_GAP_BURST * GAP_US;
}

bool receive_leaps(const Receive *receive, uint16_t sequence, int64_t arrival_us) {
  return leaps(receive, seq_peek(&receive->unwrap, sequence), arrival_us);
}

static void leave_gap(Receive *receive, uint64_t at, int64_t now_us) {
  if (at == receive->highest + 1)
    return;
  ReceiveGaps *gaps = receive->gaps;
  gaps->us = gaps_us(gaps, now_us) + (int64_t)(at - receive->highest - 1) * GAP_US;
  gaps->seen_us = now_us > gaps->seen_us ? now_us : gaps->seen_us;
  for (uint64_t i = receive->highest + 1; i < at; i++) {
    set_came(receive, i, false);
    add_missing(receive, i, now_us);
  }
}

void receive_give_up(Receive *receive) {
  receive->gave_up |= receive->missing_count > 0;
  receive->missing_count = 0;
}

/* --- packets --- */

bool receive_misses(const Receive *receive, uint16_t sequence) {
  if (!receive->started)
    return false;
  uint64_t at = seq_peek(&receive->unwrap, sequence);
  if (at > receive->highest)
    return at - receive->highest <= RECEIVE_AHEAD;
  return at >= receive->first && receive->highest - at < RECEIVE_WINDOW && !came(receive, at);
}

ReceiveVerdict receive_packet(Receive *receive, uint16_t sequence, uint32_t timestamp,
                              int64_t arrival_us, bool repaired, uint64_t *extended) {
  if (repaired &&
      (!receive_misses(receive, sequence) || receive_leaps(receive, sequence, arrival_us)))
    return RECEIVE_DUPLICATE;
  ReceiveVerdict verdict = RECEIVE_TAKEN;
  uint64_t at = seq_unwrap(&receive->unwrap, sequence);
  *extended = at;
  if (!receive->started)
    start(receive, at, RECEIVE_BEFORE);
  if (leaps(receive, at, arrival_us)) {
    start(receive, at, 0);
    verdict = RECEIVE_RESTARTED;
  }
  if (at + RECEIVE_WINDOW <= receive->highest || at < receive->least)
    return RECEIVE_DUPLICATE;
  if (at > receive->highest) {
    leave_gap(receive, at, arrival_us);
    receive->highest = at;
  } else if (receive->received && came(receive, at)) {
    return RECEIVE_DUPLICATE;
  } else {
    remove_missing(receive, at, repaired, arrival_us);
  }
  set_came(receive, at, true);
  if (at < receive->first)
    receive->first = at;
  receive->received++;
  if (!repaired)
    update_jitter(receive, timestamp, arrival_us);
  return verdict;
}

/* RFC 3550 appendix A.3. */
void receive_report(Receive *receive, RtcpReport *report) {
  uint64_t expected = receive->started ? receive->highest - receive->first + 1 : 0;
  int64_t lost = (int64_t)(expected - receive->received);
  uint64_t expected_now = expected - receive->expected_before;
  int64_t lost_now = (int64_t)(expected_now - (receive->received - receive->received_before));
  receive->expected_before = expected;
  receive->received_before = receive->received;
  report->fraction_lost =
      expected_now == 0 || lost_now <= 0 ? 0 : (uint8_t)((uint64_t)lost_now * 255 / expected_now);
  report->total_lost = (int32_t)(lost > 0x7FFFFF ? 0x7FFFFF : lost < 0 ? 0 : lost);
  report->highest_sequence = (uint32_t)(receive->highest - 65536);
  report->jitter = receive->jitter >> 4;
}

size_t receive_nacks(Receive *receive, int64_t now_us, int64_t rtt_us, uint16_t *out, size_t max) {
  int64_t retry_us = rtt_us > RECEIVE_RETRY_MIN_US ? rtt_us : RECEIVE_RETRY_MIN_US;
  receive->rtt_us = rtt_us;
  if (now_us - receive->reordered_us > RECEIVE_REORDER_KEPT_US)
    receive->reorder_us = 0;
  size_t count = 0;
  unsigned kept = 0;
  for (unsigned i = 0; i < receive->missing_count; i++) {
    ReceiveMissing *missing = &receive->missing[i];
    if (now_us - missing->since_us > RECEIVE_GIVE_UP_US ||
        (missing->tries == RECEIVE_TRIES_MAX && now_us - missing->asked_us >= retry_us)) {
      receive->gave_up = true;
      continue;
    }
    bool due = missing->tries ? now_us - missing->asked_us >= retry_us
                              : now_us - missing->since_us >= receive->reorder_us;
    if (count < max && due) {
      missing->asked_us = now_us;
      missing->tries++;
      out[count++] = (uint16_t)missing->sequence;
    }
    receive->missing[kept++] = *missing;
  }
  receive->missing_count = kept;
  return count;
}

bool receive_gave_up(Receive *receive) {
  bool gave_up = receive->gave_up;
  receive->gave_up = false;
  return gave_up;
}
