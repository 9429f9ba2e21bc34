/* The program's sound: every Opus track decoded onto the part's time line and summed.
 *
 * A ring of samples stands for the next seconds of the time line. Each track writes its decoded
 * packets where their time stands and the mixer takes finished 20 ms blocks off the front, so the
 * sum never depends on who is silent, late or gone, and no sample count can drift away from the
 * clock. Within a track packets simply follow each other; only when the clock says that a track is
 * off by more than AUDIOMIX_SLACK_US (drift, a pause) is it placed anew, with a cross-fade. Up to
 * AUDIOMIX_CONCEAL_US of loss is concealed by Opus itself, longer holes are silence with soft
 * edges. Main thread of the pipeline process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIOMIX_RATE 48000 /* Hz: Opus' own */
#define AUDIOMIX_CHANNELS 2
#define AUDIOMIX_BLOCK 960 /* samples a channel: 20 ms */
#define AUDIOMIX_SLACK_US 20000
#define AUDIOMIX_CONCEAL_US 60000

typedef struct AudioMix AudioMix;
typedef struct AudioVoice AudioVoice;

AudioMix *audiomix_new(void);
/* Asserts that no voice is left. */
void audiomix_free(AudioMix *mix);

AudioVoice *audiomix_add(AudioMix *mix);
void audiomix_remove(AudioMix *mix, AudioVoice *voice);

/* One Opus packet whose first sample stands at pts_us of the time line; in order per voice. Damaged
 * packets are concealed. What comes too late for the blocks already taken is left out. */
void audiomix_write(AudioMix *mix, AudioVoice *voice, int64_t pts_us, const uint8_t *data,
                    size_t len);

/* The next block, interleaved; the position moves on by AUDIOMIX_BLOCK. */
void audiomix_take(AudioMix *mix, int16_t out[AUDIOMIX_BLOCK * AUDIOMIX_CHANNELS]);

/* Samples taken so far: where the next block begins. */
int64_t audiomix_position(const AudioMix *mix);
