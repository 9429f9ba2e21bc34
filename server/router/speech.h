/* How much one microphone speaks, judged from its packets' audio levels (RFC 6464).
 *
 * A client that tells no levels (PROTOCOL.md asks for them) is judged by what its packets show
 * without being decoded: the encoder's own voice detector (opus.h), discontinuous transmission,
 * and their sizes, larger for a voice than for its pauses. So much is a guess: it counts as the
 * softest speech there is, and never before speech that is known. A stream of constant size and
 * without a detector does not tell at all, and is not speech.
 *
 * After I. Volfin and I. Cohen, "Dominant speaker identification for multipoint videoconferencing"
 * (IEEE 27th Convention of Electrical and Electronics Engineers in Israel, 2012): speech activity
 * is scored over three stretches of time, immediate (a frame), medium (100 ms) and long (1 s), each
 * as the log-likelihood ratio of "speech" against "no speech". The paper counts active sub-bands of
 * the frame's spectrum; a server that does not decode has only the level, so the level's height
 * stands for the number of bands. Speaker changes are then judged by ratios of scores (speaker.h).
 *
 * Embedded in a Track; media thread. Time in frames of 20 ms.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SPEECH_FRAME_US 20000
#define SPEECH_BANDS 13        /* N1 of the paper */
#define SPEECH_MEDIUM_FRAMES 5 /* N2: frames in a medium block */
#define SPEECH_LONG_BLOCKS 10  /* N3: medium blocks in the long stretch */
#define SPEECH_FRAMES (SPEECH_MEDIUM_FRAMES * SPEECH_LONG_BLOCKS)
#define SPEECH_HANGOVER_US 1000000 /* a pause between sentences is still speaking */

typedef struct {
  uint8_t frames[SPEECH_FRAMES]; /* active bands, a ring */
  unsigned at;                   /* the newest frame */
  int64_t frame_us;              /* when the newest frame ended; 0: none yet */
  int64_t level_us;              /* when the last packet came; 0: none */
  uint8_t loudness;              /* of the last packet, 127 loudest */
  uint8_t peak;                  /* loudest since the last frame */
  uint8_t floor, floor_next;     /* noise: the least loudness of this and the last window */
  int64_t floor_window_us;       /* when this window began */
  bool speaking;                 /* with hang-over */
  int64_t active_us;             /* last active frame; 0: never */
  int64_t since_us;              /* when it began to speak */
  bool guessed;                  /* no level was told lately … */
  int64_t told_us;               /* … since then; 0: never */
  size_t least, least_next; /* bytes, while guessing: the smallest of this and the last window */
  int64_t least_window_us;  /* when this window began; 0: none yet */
  uint32_t smooth;          /* loudness * 16, averaged over a third of a second */
  uint32_t voice;           /* loudness * 16 of the active frames; 0: none yet */
} Speech;

typedef struct {
  double immediate, medium, longer;
} SpeechScores;

void speech_init(Speech *speech);
/* A packet with this RFC 6464 level (0 loudest … 127 silent) came. */
void speech_level(Speech *speech, uint8_t level, int64_t now_us);
/* A packet of Opus came that tells none. */
void speech_untold(Speech *speech, const uint8_t *payload, size_t len, int64_t now_us);
/* Closes the frames that ended until now. */
void speech_advance(Speech *speech, int64_t now_us);
/* Falls silent at once (muted). */
void speech_silence(Speech *speech);
SpeechScores speech_scores(const Speech *speech);
/* What its speech is worth beside another's: 0 none, 1 guessed, 2 known. */
unsigned speech_rank(const Speech *speech);
uint8_t speech_loudness(const Speech *speech); /* smoothed, 127 loudest */
/* The same of the active frames alone: how loud the voice is, its pauses left out. */
uint8_t speech_voice(const Speech *speech);
/* Of the last second: active frames. */
unsigned speech_active(const Speech *speech);
