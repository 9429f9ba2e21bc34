#include "audiomix.h"

#include <glib.h>
#include <math.h>
#include <opus.h>
#include <stdlib.h>
#include <string.h>

#define RING                                                                                       \
  (AUDIOMIX_RATE * 8)   /* samples a channel: more than any delay in front of the mixer            \
                         */
#define PACKET_MAX 5760 /* samples: 120 ms, the longest Opus packet (RFC 6716 §2.1.4) */
#define FADE 240        /* samples: 5 ms, no click and no echo */

struct AudioVoice {
  OpusDecoder *decoder;
  bool running;
  int64_t end;    /* sample after the held tail */
  unsigned frame; /* samples of the last packet */
  /* The last FADE samples are held back until it is known whether they run on or fade out. */
  float tail[FADE * AUDIOMIX_CHANNELS];
};

struct AudioMix {
  GPtrArray *voices; /* AudioVoice */
  int64_t position;
  float *ring;   /* RING * AUDIOMIX_CHANNELS, position % RING */
  float *packet; /* decoded: PACKET_MAX * AUDIOMIX_CHANNELS */
};

AudioMix *audiomix_new(void) {
  AudioMix *mix = g_new0(AudioMix, 1);
  mix->voices = g_ptr_array_new();
  mix->ring = g_new0(float, RING *AUDIOMIX_CHANNELS);
  mix->packet = g_new0(float, PACKET_MAX *AUDIOMIX_CHANNELS);
  return mix;
}

void audiomix_free(AudioMix *mix) {
  if (!mix)
    return;
  g_assert(mix->voices->len == 0);
  g_ptr_array_unref(mix->voices);
  g_free(mix->ring);
  g_free(mix->packet);
  g_free(mix);
}

/* gain goes from `from` by `step` a sample. */
static void add(AudioMix *mix, int64_t at, const float *samples, int count, float from,
                float step) {
  for (int i = 0; i < count; i++, at++, from += step) {
    if (at < mix->position || at >= mix->position + RING)
      continue;
    float *out = mix->ring + (at % RING) * AUDIOMIX_CHANNELS;
    for (int c = 0; c < AUDIOMIX_CHANNELS; c++)
      out[c] += samples[i * AUDIOMIX_CHANNELS + c] * from;
  }
}

static void fade_out(AudioMix *mix, AudioVoice *voice) {
  if (voice->running)
    add(mix, voice->end - FADE, voice->tail, FADE, 1, -1.0f / FADE);
  voice->running = false;
}

AudioVoice *audiomix_add(AudioMix *mix) {
  AudioVoice *voice = g_new0(AudioVoice, 1);
  int error = 0;
  voice->decoder = opus_decoder_create(AUDIOMIX_RATE, AUDIOMIX_CHANNELS, &error);
  g_assert(voice->decoder && error == OPUS_OK); /* fails for want of memory only */
  g_ptr_array_add(mix->voices, voice);
  return voice;
}

void audiomix_remove(AudioMix *mix, AudioVoice *voice) {
  if (!voice)
    return;
  fade_out(mix, voice);
  g_assert(g_ptr_array_remove_fast(mix->voices, voice));
  opus_decoder_destroy(voice->decoder);
  g_free(voice);
}

/* Puts decoded samples at `at`: joined to the tail when it is where the tail ends, else faded in.
 */
static void place(AudioMix *mix, AudioVoice *voice, int64_t at, int count) {
  const float *samples = mix->packet;
  if (count < 2 * FADE)
    return; /* not an Opus frame that browsers send (2.5 and 5 ms): too short for the fades */
  if (voice->running && at == voice->end) {
    add(mix, voice->end - FADE, voice->tail, FADE, 1, 0);
  } else {
    int64_t earliest = voice->running ? voice->end - FADE : at;
    fade_out(mix, voice);
    if (at < earliest) { /* what was already written there stays; the rest fades over the tail */
      int64_t skip = MIN(earliest - at, count - 2 * FADE);
      samples += skip * AUDIOMIX_CHANNELS;
      count -= (int)skip;
      at = earliest;
    }
    add(mix, at, samples, FADE, 0, 1.0f / FADE);
    samples += FADE * AUDIOMIX_CHANNELS;
    count -= FADE;
    at += FADE;
  }
  add(mix, at, samples, count - FADE, 1, 0);
  memcpy(voice->tail, samples + (count - FADE) * AUDIOMIX_CHANNELS, sizeof voice->tail);
  voice->end = at + count;
  voice->running = true;
}

/* Fills the hole before a packet at `at`: all but its last frame by concealment, the last by the
 * packet's own forward error correction when it has any. */
static void conceal(AudioMix *mix, AudioVoice *voice, int64_t at, const uint8_t *data, size_t len) {
  while (voice->frame && voice->end + voice->frame <= at + FADE) {
    bool last = voice->end + 2 * voice->frame > at + FADE;
    int count = opus_decode_float(voice->decoder, last ? data : NULL, last ? (int)len : 0,
                                  mix->packet, (int)voice->frame, last);
    int64_t end = voice->end;
    if (count > 0)
      place(mix, voice, end, count);
    if (voice->end == end)
      return; /* nothing was put there: it would never end */
  }
}

void audiomix_write(AudioMix *mix, AudioVoice *voice, int64_t pts_us, const uint8_t *data,
                    size_t len) {
  int64_t at = pts_us * (AUDIOMIX_RATE / 1000) / 1000;
  if (voice->running && voice->end < mix->position)
    fade_out(mix, voice); /* it paused, and its place is already gone */
  int64_t off_us =
      voice->running ? (at - voice->end) * 1000000 / AUDIOMIX_RATE : AUDIOMIX_CONCEAL_US;
  if (voice->running && off_us > AUDIOMIX_SLACK_US / 2 && off_us <= AUDIOMIX_CONCEAL_US)
    conceal(mix, voice, at, data, len);
  int count = opus_decode_float(voice->decoder, data, (int)len, mix->packet, PACKET_MAX, 0);
  if (count <= 0) {
    if (!voice->frame)
      return;
    count = opus_decode_float(voice->decoder, NULL, 0, mix->packet, (int)voice->frame, 0);
    if (count <= 0)
      return;
  }
  if (count >= 2 * FADE) /* shorter ones are not placed, and not what a hole is filled by */
    voice->frame = (unsigned)count;
  if (voice->running && llabs(at - voice->end) * 1000000 / AUDIOMIX_RATE <= AUDIOMIX_SLACK_US)
    at = voice->end;
  place(mix, voice, at, count);
}

/* Linear up to -6 dB; above it bends towards full scale, so that many voices do not crackle. */
static int16_t soft_clip(float sample) {
  float size = fabsf(sample);
  if (size > 0.5f)
    size = 0.5f + 0.5f * tanhf((size - 0.5f) * 2);
  return (int16_t)lrintf(copysignf(MIN(size, 1.0f), sample) * 32767);
}

void audiomix_take(AudioMix *mix, int16_t out[AUDIOMIX_BLOCK * AUDIOMIX_CHANNELS]) {
  for (unsigned i = 0; i < mix->voices->len; i++) {
    AudioVoice *voice = g_ptr_array_index(mix->voices, i);
    /* Its tail begins within this block: whatever comes next comes too late to join it. */
    if (voice->running && voice->end - FADE < mix->position + AUDIOMIX_BLOCK)
      fade_out(mix, voice);
  }
  for (unsigned i = 0; i < AUDIOMIX_BLOCK; i++, mix->position++) {
    float *in = mix->ring + (mix->position % RING) * AUDIOMIX_CHANNELS;
    for (unsigned c = 0; c < AUDIOMIX_CHANNELS; c++) {
      *out++ = soft_clip(in[c]);
      in[c] = 0;
    }
  }
}

int64_t audiomix_position(const AudioMix *mix) {
  return mix->position;
}
