/* The program: one WebM that plays like a broadcast of the meeting, while it is being written.
 *
 *   pictures of the track on stage, or the slate ─▶ appsrc ─┐
 *   AudioMix, 20 ms blocks ─▶ appsrc ─▶ opusenc ────────────┴▶ webmmux ─▶ filesink
 *
 * Video is VP8 as it came: the stage changes at key frames, the old picture stays until the new
 * one's first key frame. The muxer writes in the order of time and therefore waits for whichever
 * stream is behind, so neither may fall silent: sound is made from zero without a gap, and when
 * nobody is on stage, or the one who is has frozen, a dark picture (the slate) is written twice a
 * second. Main thread of the pipeline process; times are microseconds on the part's time line.
 */
#pragma once

#include <gst/gst.h>
#include <stdbool.h>
#include <stdint.h>

#include "audiomix.h"

typedef struct Program Program;

typedef struct {
  /* A key frame of this track is wanted (not throttled). */
  void (*keyframe)(void *user, uint32_t track);
  /* Once; nothing more is written. disk: the file cannot be written any more. */
  void (*failed)(void *user, bool disk, const char *message);
} ProgramEvents;

/* The name of its file, in dir. */
#define PROGRAM_NAME "program-%u.webm"

Program *program_new(const char *dir, unsigned part, const ProgramEvents *events, void *user,
                     GError **error);
void program_free(Program *program);

/* Where tracks write their sound. */
AudioMix *program_mix(Program *program);
/* Who is on stage from now on; 0: nobody. */
void program_stage(Program *program, uint32_t track, int64_t now_us);
/* A track that cannot come on any more. */
void program_track_gone(Program *program, uint32_t track, int64_t now_us);
/* A whole frame of any track; borrowed. */
void program_picture(Program *program, uint32_t track, int64_t pts_us, GstBuffer *frame,
                     bool keyframe);
/* Every 20 ms or so. now_us: the present on the time line; newest_us: the newest capture time seen.
 */
void program_tick(Program *program, int64_t now_us, int64_t newest_us);
/* Writes everything up to end_us and closes the file; false when it could not be closed whole. */
bool program_finish(Program *program, int64_t end_us);

uint64_t program_frames(const Program *program);
int64_t program_duration_us(const Program *program);
const char *program_name(const Program *program);

/* Sound is mixed this far behind the newest capture time: reordering, the window for packets that
 * were asked for again, and the way from the microphone. */
#define PROGRAM_DELAY_US 600000
/* When nothing arrives at all, sound goes on (as silence) this far behind the clock. */
#define PROGRAM_IDLE_DELAY_US 1200000
