#include "audiomix.h"

#include <glib.h>
#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>

#define PACKET 960

typedef struct {
  OpusEncoder *encoder;
  int64_t sample;
  int lookahead;
} Speaker;

static void speaker_init(Speaker *speaker) {
  int error;
  *speaker = (Speaker){.encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_AUDIO, &error)};
  g_assert(error == OPUS_OK);
  opus_encoder_ctl(speaker->encoder, OPUS_GET_LOOKAHEAD(&speaker->lookahead));
}

/* 20 ms of a tone, on for the first `on` samples of each second. */
static int speak(Speaker *speaker, double hz, float level, int on, uint8_t *packet, int size) {
  float samples[PACKET];
  for (int i = 0; i < PACKET; i++, speaker->sample++) {
    int64_t at = speaker->sample + speaker->lookahead;
    samples[i] =
        at % 48000 < on ? level * sinf((float)(2 * G_PI * hz * (double)(at % 48000) / 48000)) : 0;
  }
  return opus_encode_float(speaker->encoder, samples, PACKET, packet, size);
}

/* Takes blocks until the position has passed `until`; appends the left channel. */
static void take(AudioMix *mix, GArray *out, int64_t until) {
  int16_t block[AUDIOMIX_BLOCK * AUDIOMIX_CHANNELS];
  while (audiomix_position(mix) + AUDIOMIX_BLOCK <= until) {
    audiomix_take(mix, block);
    for (int i = 0; i < AUDIOMIX_BLOCK; i++)
      g_array_append_val(out, block[i * AUDIOMIX_CHANNELS]);
  }
}

static double rms(const GArray *samples, unsigned from, unsigned count) {
  double sum = 0;
  for (unsigned i = from; i < from + count; i++)
    sum += pow(g_array_index(samples, int16_t, i) / 32768.0, 2);
  return sqrt(sum / count);
}

static int largest_step(const GArray *samples, unsigned from) {
  int largest = 0;
  for (unsigned i = from + 1; i < samples->len; i++)
    largest = MAX(largest,
                  abs(g_array_index(samples, int16_t, i) - g_array_index(samples, int16_t, i - 1)));
  return largest;
}

/* A sender whose clock is 1000 ppm slow, then fast: its beeps stay where their capture times are.
 */
static void drift(double stretch) {
  AudioMix *mix = audiomix_new();
  AudioVoice *voice = audiomix_add(mix);
  Speaker speaker;
  speaker_init(&speaker);
  g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int16_t));
  for (int i = 0; i < 120 * 50; i++) {
    uint8_t packet[1500];
    int len = speak(&speaker, 440, 0.4f, 4800, packet, sizeof packet);
    int64_t at_us = (int64_t)(i * 20000 * stretch);
    audiomix_write(mix, voice, at_us, packet, (size_t)len);
    take(mix, out, (at_us - 200000) * 48 / 1000);
  }
  unsigned beeps = 0;
  for (unsigned i = 24000; i + 480 < out->len;) {
    if (rms(out, i, 48) < 0.1) {
      i += 48;
      continue;
    }
    double expected = round(i / 48000.0 / stretch) * 48000 * stretch;
    g_assert_cmpfloat(fabs(i - expected), <, 48 * 25); /* 25 ms */
    beeps++;
    i += 24000;
  }
  g_assert_cmpuint(beeps, >, 110);
  audiomix_remove(mix, voice);
  audiomix_free(mix);
  opus_encoder_destroy(speaker.encoder);
}

static void test_drift(void) {
  drift(1.001);
  drift(0.999);
}

/* A steady tone through corrections, a pause and a loss never clicks. */
static void test_no_clicks(void) {
  AudioMix *mix = audiomix_new();
  AudioVoice *voice = audiomix_add(mix);
  Speaker speaker;
  speaker_init(&speaker);
  g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int16_t));
  for (int i = 0; i < 500; i++) {
    uint8_t packet[1500];
    int len = speak(&speaker, 200, 0.4f, 48000, packet, sizeof packet);
    int64_t at_us = i * 20000 + (i > 150 ? 27000 : 0) - (i > 350 ? 60000 : 0);
    bool pause = i >= 200 && i < 230;
    if (!pause && i % 90 != 89)
      audiomix_write(mix, voice, at_us, packet, (size_t)len);
    take(mix, out, (at_us - 200000) * 48 / 1000);
  }
  /* The tone itself steps by 0.4 · 2π · 200 / 48000 · 32768 = 343 at most. */
  g_assert_cmpint(largest_step(out, 4800), <, 1200);
  /* A lost packet is concealed; the pause is silence. */
  g_assert_cmpfloat(rms(out, 89 * 960, 960), >, 0.1);
  g_assert_cmpfloat(rms(out, 210 * 960, 960), <, 0.001);
  audiomix_remove(mix, voice);
  audiomix_free(mix);
  opus_encoder_destroy(speaker.encoder);
}

static void test_many_voices_bend(void) {
  AudioMix *mix = audiomix_new();
  AudioVoice *voices[6];
  Speaker speaker;
  speaker_init(&speaker);
  g_autoptr(GArray) out = g_array_new(FALSE, FALSE, sizeof(int16_t));
  for (int v = 0; v < 6; v++)
    voices[v] = audiomix_add(mix);
  for (int i = 0; i < 100; i++) {
    uint8_t packet[1500];
    int len = speak(&speaker, 200, 0.7f, 48000, packet, sizeof packet);
    for (int v = 0; v < 6; v++)
      audiomix_write(mix, voices[v], i * 20000, packet, (size_t)len);
  }
  take(mix, out, 95 * 960);
  int high = 0;
  for (unsigned i = 9600; i < out->len; i++)
    high = MAX(high, abs(g_array_index(out, int16_t, i)));
  g_assert_cmpint(high, >, 30000);
  g_assert_cmpint(largest_step(out, 9600), <, 6000); /* no wrap from + to - */
  for (int v = 0; v < 6; v++)
    audiomix_remove(mix, voices[v]);
  audiomix_free(mix);
  opus_encoder_destroy(speaker.encoder);
}

static void test_bad_packets(void) {
  AudioMix *mix = audiomix_new();
  AudioVoice *voice = audiomix_add(mix);
  g_autoptr(GRand) rand = g_rand_new_with_seed(3);
  int16_t block[AUDIOMIX_BLOCK * AUDIOMIX_CHANNELS];
  for (int i = 0; i < 5000; i++) {
    uint8_t junk[64];
    for (unsigned j = 0; j < sizeof junk; j++)
      junk[j] = (uint8_t)g_rand_int(rand);
    audiomix_write(mix, voice, (int64_t)g_rand_int_range(rand, -1000000, 100000000), junk,
                   (size_t)g_rand_int_range(rand, 0, sizeof junk));
    audiomix_take(mix, block);
  }
  g_assert_cmpint(audiomix_position(mix), ==, 5000 * AUDIOMIX_BLOCK);
  audiomix_remove(mix, voice);
  audiomix_free(mix);
}

/* 20 ms, then 5 ms packets, which are not placed: what is missing is not filled for ever. */
static void test_short_packets(void) {
  AudioMix *mix = audiomix_new();
  AudioVoice *voice = audiomix_add(mix);
  Speaker speaker;
  speaker_init(&speaker);
  uint8_t packet[500];
  int len = speak(&speaker, 440, 0.3f, 48000, packet, sizeof packet);
  audiomix_write(mix, voice, 0, packet, (size_t)len);
  for (int64_t i = 0; i < 100; i++) {
    float samples[240] = {0};
    len = opus_encode_float(speaker.encoder, samples, 240, packet, sizeof packet);
    audiomix_write(mix, voice, 20000 + i * 5000, packet, (size_t)len);
  }
  audiomix_remove(mix, voice);
  audiomix_free(mix);
  opus_encoder_destroy(speaker.encoder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/audiomix/drift", test_drift);
  g_test_add_func("/audiomix/no-clicks", test_no_clicks);
  g_test_add_func("/audiomix/bend", test_many_voices_bend);
  g_test_add_func("/audiomix/bad-packets", test_bad_packets);
  g_test_add_func("/audiomix/short-packets", test_short_packets);
  return g_test_run();
}
