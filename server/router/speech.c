/* See speech.h. */
#include "router/speech.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "wire/opus.h"

#define LOUDEST 127
#define BAND_LEVELS 10   /* dB a band: 127 over 13 bands */
#define SPEECH_LEAST 57  /* under -70 dBov is noise whatever the room */
#define FLOOR_MARGIN 10  /* dB above the noise */
#define FLOOR_CEILING 60 /* a voice that never pauses is not noise */
/* Just enough to be speech anywhere. */
#define GUESSED_LOUDNESS (FLOOR_CEILING + FLOOR_MARGIN + 1)
#define TOLD_US 2000000    /* copies that repair a loss come without a level: that is no change */
#define VOICED_PERCENT 150 /* a voice's packets are so large beside its pauses' */
#define VOICED_BYTES 4     /* and by so much: what varies less is of constant size */
#define FLOOR_WINDOW_US 15000000
#define LEVEL_HOLD_US 60000 /* Opus packets carry up to 60 ms in browsers */
#define SPEAKING_FRAMES 3   /* of the last medium block: 60 ms, a click is shorter */
#define SMOOTH_SHIFT 4      /* averages over 16 frames */

/* The paper's parameters of the three likelihood ratios: p, λ and the thresholds that make a frame
 * count in a medium block and a block count in the long stretch. */
#define ACTIVE_PROBABILITY 0.5
#define LAMBDA_IMMEDIATE 0.78
#define LAMBDA_MEDIUM 24.0
#define LAMBDA_LONG 47.0
#define MEDIUM_THRESHOLD 7 /* bands */
#define LONG_THRESHOLD 4   /* frames */
#define SCORE_LEAST 1e-10  /* ratios of scores need them positive */

void speech_init(Speech *speech) {
  *speech = (Speech){0};
}

static void heard(Speech *speech, uint8_t loudness, int64_t now_us) {
  speech->loudness = loudness;
  if (speech->loudness > speech->peak)
    speech->peak = speech->loudness;
  speech->level_us = now_us;
}

void speech_level(Speech *speech, uint8_t level, int64_t now_us) {
  speech->guessed = false;
  speech->told_us = now_us;
  heard(speech, (uint8_t)(LOUDEST - MIN(level, LOUDEST)), now_us);
}

static void follow_least(Speech *speech, size_t len, int64_t now_us) {
  if (speech->least_window_us == 0) {
    speech->least = speech->least_next = len;
    speech->least_window_us = now_us;
  }
  if (now_us - speech->least_window_us > FLOOR_WINDOW_US) {
    speech->least = speech->least_next;
    speech->least_next = len;
    speech->least_window_us = now_us;
  }
  speech->least_next = MIN(speech->least_next, len);
  speech->least = MIN(speech->least, len);
}

static bool is_large(Speech *speech, size_t len, int64_t now_us) {
  follow_least(speech, len, now_us);
  return len >= MAX(speech->least * VOICED_PERCENT / 100, speech->least + VOICED_BYTES);
}

void speech_untold(Speech *speech, const uint8_t *payload, size_t len, int64_t now_us) {
  if (speech->told_us && now_us - speech->told_us < TOLD_US)
    return;
  OpusActivity activity = opus_activity(payload, len);
  bool voice = activity == OPUS_UNKNOWN ? is_large(speech, len, now_us) : activity == OPUS_VOICE;
  speech->guessed = true;
  heard(speech, voice ? GUESSED_LOUDNESS : 0, now_us);
}

unsigned speech_rank(const Speech *speech) {
  return !speech->speaking ? 0 : speech->guessed ? 1 : 2;
}

void speech_silence(Speech *speech) {
  memset(speech->frames, 0, sizeof speech->frames);
  speech->loudness = speech->peak = 0;
  speech->level_us = 0;
  speech->speaking = false;
  speech->smooth = 0;
}

static void follow_floor(Speech *speech, uint8_t loudness, int64_t now_us) {
  /* Digital silence says nothing about the room. */
  if (loudness == 0)
    return;
  if (speech->floor_window_us == 0) {
    speech->floor = speech->floor_next = loudness;
    speech->floor_window_us = now_us;
  }
  if (now_us - speech->floor_window_us > FLOOR_WINDOW_US) {
    speech->floor = speech->floor_next;
    speech->floor_next = loudness;
    speech->floor_window_us = now_us;
  }
  if (loudness < speech->floor_next)
    speech->floor_next = loudness;
  if (loudness < speech->floor)
    speech->floor = loudness;
}

static bool frame_active(const Speech *speech, uint8_t loudness) {
  if (loudness < SPEECH_LEAST)
    return false;
  uint8_t noise = speech->floor < FLOOR_CEILING ? speech->floor : FLOOR_CEILING;
  return loudness > noise + FLOOR_MARGIN;
}

static unsigned active_frames(const Speech *speech, unsigned block, unsigned bands_over) {
  unsigned count = 0;
  for (unsigned i = 0; i < SPEECH_MEDIUM_FRAMES; i++) {
    unsigned back = block * SPEECH_MEDIUM_FRAMES + i;
    count += speech->frames[(speech->at + SPEECH_FRAMES - back) % SPEECH_FRAMES] > bands_over;
  }
  return count;
}

/* Over 16 frames; both of them loudness * 16. */
static uint32_t smoothed(uint32_t average, uint8_t loudness) {
  return average - (average >> SMOOTH_SHIFT) + (((uint32_t)loudness << 4) >> SMOOTH_SHIFT);
}

static void close_frame(Speech *speech, uint8_t loudness, int64_t end_us) {
  follow_floor(speech, loudness, end_us);
  bool active = frame_active(speech, loudness);
  speech->at = (speech->at + 1) % SPEECH_FRAMES;
  speech->frames[speech->at] = (uint8_t)(active ? loudness / BAND_LEVELS : 0);
  speech->frame_us = end_us;
  speech->smooth = smoothed(speech->smooth, loudness);
  if (active)
    speech->voice = speech->voice ? smoothed(speech->voice, loudness) : (uint32_t)loudness << 4;
  if (active_frames(speech, 0, 0) >= SPEAKING_FRAMES) {
    if (!speech->speaking)
      speech->since_us = end_us;
    speech->speaking = true;
    speech->active_us = end_us;
  } else if (speech->speaking && end_us - speech->active_us > SPEECH_HANGOVER_US) {
    speech->speaking = false;
  }
}

void speech_advance(Speech *speech, int64_t now_us) {
  /* After a pause of the loop longer than the whole memory only the last second matters. */
  if (speech->frame_us == 0 ||
      now_us - speech->frame_us > (SPEECH_FRAMES + 1) * (int64_t)SPEECH_FRAME_US)
    speech->frame_us = now_us - SPEECH_FRAME_US;
  while (now_us - speech->frame_us >= SPEECH_FRAME_US) {
    int64_t end_us = speech->frame_us + SPEECH_FRAME_US;
    uint8_t loudness = speech->peak;
    if (loudness == 0 && speech->level_us != 0 && end_us - speech->level_us <= LEVEL_HOLD_US)
      loudness = speech->loudness;
    speech->peak = 0;
    close_frame(speech, loudness, end_us);
  }
}

/* ln of the binomial coefficient, n ≤ 13. */
static double log_choose(unsigned n, unsigned k) {
  double result = 0;
  for (unsigned i = 1; i <= k; i++)
    result += log((double)(n - k + i) / (double)i);
  return result;
}

/* The log-likelihood ratio of a binomial "speech" against an exponential "no speech" model. */
static double score(unsigned active, unsigned of, double lambda) {
  double value = log_choose(of, active) + active * log(ACTIVE_PROBABILITY) +
                 (of - active) * log(1 - ACTIVE_PROBABILITY) - log(lambda) + lambda * active;
  return value > SCORE_LEAST ? value : SCORE_LEAST;
}

SpeechScores speech_scores(const Speech *speech) {
  unsigned blocks = 0;
  for (unsigned block = 0; block < SPEECH_LONG_BLOCKS; block++)
    blocks += active_frames(speech, block, MEDIUM_THRESHOLD) > LONG_THRESHOLD;
  return (SpeechScores){
      .immediate = score(speech->frames[speech->at], SPEECH_BANDS, LAMBDA_IMMEDIATE),
      .medium =
          score(active_frames(speech, 0, MEDIUM_THRESHOLD), SPEECH_MEDIUM_FRAMES, LAMBDA_MEDIUM),
      .longer = score(blocks, SPEECH_LONG_BLOCKS, LAMBDA_LONG),
  };
}

uint8_t speech_loudness(const Speech *speech) {
  return (uint8_t)MIN(speech->smooth >> 4, LOUDEST);
}

unsigned speech_active(const Speech *speech) {
  unsigned count = 0;
  for (unsigned block = 0; block < SPEECH_LONG_BLOCKS; block++)
    count += active_frames(speech, block, 0);
  return count;
}

uint8_t speech_voice(const Speech *speech) {
  return (uint8_t)MIN(speech->voice >> 4, LOUDEST);
}
