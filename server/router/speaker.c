/* See speaker.h. */
#include "router/speaker.h"

#include <math.h>

/* Least logarithms of the ratios of scores for a change: C1, C2, C3 of the paper. */
#define RATIO_IMMEDIATE 3.0
#define RATIO_MEDIUM 2.0
#define RATIO_LONG 0.0
#define MUCH_SOFTER 20  /* dB */
#define TALKS_FRAMES 15 /* of the last second's 50: a cough has six */

/* Whose loudness is only guessed is softer than anybody whose is known. */
static bool is_louder(const Speech *a, const Speech *b) {
  unsigned rank_a = speech_rank(a), rank_b = speech_rank(b);
  return rank_a != rank_b ? rank_a > rank_b : a->smooth > b->smooth;
}

static int loudest_speaking(const Speech *const *speeches, size_t count, int64_t since_us) {
  int best = -1;
  for (size_t i = 0; i < count; i++)
    if (speeches[i]->speaking && speeches[i]->since_us <= since_us &&
        (best < 0 || is_louder(speeches[i], speeches[best])))
      best = (int)i;
  return best;
}

/* Than somebody who talks, not only makes a noise. */
static bool much_softer(const Speech *speech, const Speech *other) {
  return other->speaking && speech_active(other) >= TALKS_FRAMES &&
         speech_voice(speech) + MUCH_SOFTER < speech_voice(other);
}

static int by_scores(const Speech *const *speeches, size_t count, int dominant) {
  SpeechScores present = speech_scores(speeches[dominant]);
  int next = dominant;
  double best = RATIO_MEDIUM;
  for (size_t i = 0; i < count; i++) {
    if ((int)i == dominant || !speeches[i]->speaking ||
        much_softer(speeches[i], speeches[dominant]))
      continue;
    SpeechScores scores = speech_scores(speeches[i]);
    double medium = log(scores.medium / present.medium);
    if (log(scores.immediate / present.immediate) > RATIO_IMMEDIATE && medium > best &&
        log(scores.longer / present.longer) > RATIO_LONG) {
      best = medium;
      next = (int)i;
    }
  }
  return next;
}

static int by_loudness(const Speech *const *speeches, size_t count, int dominant) {
  int next = dominant;
  for (size_t i = 0; i < count; i++)
    if (much_softer(speeches[next], speeches[i]))
      next = (int)i;
  return next;
}

int speaker_elect(const Speech *const *speeches, size_t count, int dominant, int64_t now_us) {
  if (dominant < 0)
    return loudest_speaking(speeches, count, now_us);
  int next = by_scores(speeches, count, dominant);
  if (next == dominant)
    next = by_loudness(speeches, count, dominant);
  if (next != dominant || speeches[dominant]->speaking)
    return next;
  int faint = loudest_speaking(speeches, count, now_us - SPEAKER_FAINT_US);
  return faint >= 0 ? faint : dominant;
}
