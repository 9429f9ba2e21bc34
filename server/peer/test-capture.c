#include "peer/capture.h"

#include <glib.h>

static uint64_t ntp(int64_t us) {
  return (uint64_t)(us / 1000000) << 32 | ((uint64_t)(us % 1000000) << 32) / 1000000;
}

#define THEIRS 3900000000000000LL /* the publisher's clock when ours is 0, µs of NTP */

/* Sound and picture captured together come out together, whatever their delays. */
static void test_in_step(void) {
  CaptureClock clock = {0};
  CaptureStream audio, video;
  capture_stream_init(&audio, 48000);
  capture_stream_init(&video, 90000);
  int64_t audio_us = 0, video_us = 0, last_audio = 0, last_video = 0;
  for (int64_t t = 1000000; t < 11000000; t += 20000) {
    audio_us = capture_stream_time(&audio, &clock, (uint32_t)(t * 48 / 1000), t + 15000);
    video_us = capture_stream_time(&video, &clock, (uint32_t)(t * 90 / 1000), t + 80000);
    g_assert_cmpint(audio_us, >=, last_audio);
    g_assert_cmpint(video_us, >=, last_video);
    last_audio = audio_us;
    last_video = video_us;
    if (t % 1000000 == 500000) { /* each report is 10 ms under way at least */
      capture_clock_report(&clock, ntp(THEIRS + t), t + 10000 + t % 7 * 100);
      capture_stream_report(&audio, ntp(THEIRS + t), (uint32_t)(t * 48 / 1000));
      capture_stream_report(&video, ntp(THEIRS + t), (uint32_t)(t * 90 / 1000));
    }
  }
  g_assert_cmpint(ABS(audio_us - video_us), <, 1000);
  g_assert_cmpint(ABS(audio_us - (11000000 - 20000 + 10000)), <, 1500);
}

static void test_minimum_and_drift(void) {
  CaptureClock clock = {0};
  int64_t offset = 0;
  /* 100 ppm of drift over ten minutes, queueing up to 50 ms. */
  for (int64_t s = 0; s < 600; s++) {
    int64_t queue = s % 5 == 0 ? 0 : 10000 * (s % 5);
    int64_t now = s * 1000000;
    capture_clock_report(&clock, ntp(THEIRS + now - now / 10000), now + queue + 5000);
    offset = clock.offset_us + THEIRS;
    if (s > 130) {
      int64_t truth = now / 10000 + 5000;
      g_assert_cmpint(ABS(offset - truth), <, 15000);
    }
  }
}

/* Nearly a minute of congestion, from the very second at which a new minute of measuring begins. */
static void test_congestion(void) {
  CaptureClock clock = {0};
  for (int64_t s = 0; s < 180; s++) {
    int64_t now = s * 1000000, queue = s >= 60 && s < 115 ? 80000 : 0;
    capture_clock_report(&clock, ntp(THEIRS + now), now + queue + 5000);
    g_assert_cmpint(ABS(clock.offset_us + THEIRS - 5000), <, 10);
  }
}

static void test_clock_was_set(void) {
  CaptureClock clock = {0};
  capture_clock_report(&clock, ntp(THEIRS), 5000);
  capture_clock_report(&clock, ntp(THEIRS + 3600000000LL + 1000000), 1005000);
  g_assert_cmpint(ABS(clock.offset_us + THEIRS + 3600000000LL - 5000), <, 10);
}

static void test_lies(void) {
  CaptureClock clock = {0};
  CaptureStream stream;
  capture_stream_init(&stream, 90000);
  g_assert_cmpint(capture_stream_time(&stream, &clock, 0, 1000000), ==, 1000000);
  capture_clock_report(&clock, ntp(THEIRS), 1000000);
  capture_stream_report(&stream, ntp(THEIRS + 86400000000LL), 0); /* a day off the clock */
  int64_t at = capture_stream_time(&stream, &clock, 90000, 2000000);
  g_assert_cmpint(at, ==, 2000000);
}

/* A sender whose timestamps leap as far as they can, for ever: nothing overflows, and no time lies
 * further from its arrival than one may. */
static void test_leaps(void) {
  CaptureClock clock = {0};
  CaptureStream stream;
  capture_stream_init(&stream, 90000);
  capture_clock_report(&clock, (uint64_t)1 << 40, 1000000);
  uint32_t timestamp = 0;
  for (int64_t i = 1; i < 20000; i++) {
    timestamp += i % 3 ? 0x7fffffff : 0x90000000;
    if (i % 100 == 0)
      capture_stream_report(&stream, (uint64_t)1 << 40, timestamp);
    int64_t at_us = capture_stream_time(&stream, &clock, timestamp, 1000000 * i);
    g_assert_cmpint(at_us, >=, 1000000 * i - 11000000);
    g_assert_cmpint(at_us, <=, 1000000 * i + 1000000);
  }
}

static void assert_near(int64_t a, int64_t b) {
  g_assert_cmpint(ABS(a - b), <=, 3); /* NTP's fractions are no microseconds */
}

/* A microphone of 20 ms packets, 80 ms old when they arrive, reported once at the beginning. */
typedef struct {
  CaptureClock clock;
  CaptureStream stream;
  uint32_t timestamp;
} Microphone;

static int64_t speak(Microphone *mic, int64_t arrival_us) {
  mic->timestamp += 960;
  capture_clock_heard(&mic->clock, arrival_us);
  return capture_stream_time(&mic->stream, &mic->clock, mic->timestamp, arrival_us);
}

static int64_t begin_speaking(Microphone *mic) {
  capture_stream_init(&mic->stream, 48000);
  int64_t now = 1000000;
  speak(mic, now);
  capture_clock_report(&mic->clock, ntp(THEIRS + now), now);
  capture_stream_report(&mic->stream, ntp(THEIRS + now - 80000), mic->timestamp);
  for (unsigned i = 0; i < 50; i++)
    speak(mic, now += 20000);
  assert_near(mic->stream.last_us, now - 80000);
  return now;
}

/* Muted for three seconds: the clock of its timestamps stands still, the time does not. */
static void test_pause(void) {
  Microphone mic = {0};
  int64_t now = begin_speaking(&mic);
  for (unsigned i = 0; i < 150; i++) /* the camera goes on */
    capture_clock_heard(&mic.clock, now += 20000);
  /* What a browser reports meanwhile supposes that the clock goes on. */
  capture_clock_report(&mic.clock, ntp(THEIRS + now), now);
  capture_stream_report(&mic.stream, ntp(THEIRS + now - 80000), mic.timestamp + 150 * 960);
  for (unsigned i = 0; i < 50; i++, now += 20000)
    assert_near(speak(&mic, now + 20000), now - 60000);
  capture_clock_report(&mic.clock, ntp(THEIRS + now), now);
  capture_stream_report(&mic.stream, ntp(THEIRS + now - 80000), mic.timestamp);
  assert_near(speak(&mic, now + 20000), now - 60000);
}

/* Nobody was heard for a second: then all of it comes at once, and its timestamps are right. */
static void test_stall(void) {
  Microphone mic = {0};
  int64_t now = begin_speaking(&mic), sent = now, arrival = now + 1000000;
  capture_clock_heard(&mic.clock, arrival); /* the camera's packet comes first */
  for (unsigned i = 1; i <= 50; i++)
    assert_near(speak(&mic, arrival + 100 * i), sent + 20000 * i - 80000);
}

static void test_order(void) {
  CaptureClock clock = {0};
  CaptureStream stream;
  capture_stream_init(&stream, 90000);
  uint32_t base = UINT32_MAX - 4500; /* wraps */
  int64_t first = capture_stream_time(&stream, &clock, base, 1000000);
  int64_t third = capture_stream_time(&stream, &clock, base + 18000, 1200000);
  int64_t second = capture_stream_time(&stream, &clock, base + 9000, 1210000);
  g_assert_cmpint(third - first, ==, 200000);
  g_assert_cmpint(second - first, ==, 100000);
  g_assert_cmpint(capture_stream_time(&stream, &clock, base + 18000, 1220000), ==, third);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/capture/in-step", test_in_step);
  g_test_add_func("/peer/capture/drift", test_minimum_and_drift);
  g_test_add_func("/peer/capture/congestion", test_congestion);
  g_test_add_func("/peer/capture/clock-was-set", test_clock_was_set);
  g_test_add_func("/peer/capture/lies", test_lies);
  g_test_add_func("/peer/capture/leaps", test_leaps);
  g_test_add_func("/peer/capture/pause", test_pause);
  g_test_add_func("/peer/capture/stall", test_stall);
  g_test_add_func("/peer/capture/order", test_order);
  return g_test_run();
}
