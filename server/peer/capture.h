/* When was a received sample captured, on the server's clock?
 *
 * Sender reports tie a stream's RTP timestamps to the publisher's own clock (NTP format, RFC 3550
 * §6.4.1). That clock is tied to ours by the smallest (arrival − sent) seen: the path's queueing
 * only ever adds. One CaptureClock is shared by all streams of a peer, so that sound and picture
 * keep together; its minimum is taken over the last minute or two, so that drift is followed. Until
 * a stream's first sender report its packets' own arrival is the measure, and corrections are
 * worked in at half speed, so that capture times never run backwards.
 *
 * A muted microphone's RTP clock stands still in all browsers, and what the last report said is
 * wrong by the pause until the next one, seconds later. Such a pause shows as time that passed
 * between two packets and not between their timestamps, while other packets of the same peer came:
 * when none came it was the network that stood still, and the timestamps are right. After a pause
 * the delay from before it goes on. Time is passed in. Owned by one media thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  bool known;
  int64_t offset_us;                   /* server's monotonic − publisher's NTP, in use */
  int64_t window_us, last_us;          /* start of the running minute; last report */
  int64_t minimum_us, before_us;       /* of the running and of the previous minute */
  int64_t heard_us;                    /* arrival of the newest packet of any kind */
  int64_t silence_us, silent_until_us; /* the last time that the peer was not heard for long */
} CaptureClock;

typedef struct {
  uint32_t clock_rate;
  bool started, reported;
  uint32_t last_timestamp;
  int64_t ticks;   /* unwrapped RTP time of last_timestamp, the newest; 0 at the first packet */
  int64_t last_us; /* the capture time given to it */
  int64_t last_arrival_us;
  int64_t delay_us; /* without a report: from capture to arrival, as before the pause */
  int64_t base_us;  /* without a report: capture of tick 0, smallest seen */
  int64_t report_ticks, report_ntp_us;
} CaptureStream;

/* Something came from the peer. Before the packet's own time is asked for. */
void capture_clock_heard(CaptureClock *clock, int64_t arrival_us);
/* A sender report: ntp is 32.32 fixed point. */
void capture_clock_report(CaptureClock *clock, uint64_t ntp, int64_t arrival_us);

void capture_stream_init(CaptureStream *stream, uint32_t clock_rate);
void capture_stream_report(CaptureStream *stream, uint64_t ntp, uint32_t rtp_timestamp);
/* Capture time of a packet, microseconds of the server's monotonic clock. */
int64_t capture_stream_time(CaptureStream *stream, const CaptureClock *clock, uint32_t timestamp,
                            int64_t arrival_us);
