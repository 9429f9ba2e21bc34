/* Who is heard: the room's few audible tracks, stable.
 *
 * Everybody hears the first three that are not his own; five are kept so that each of the three
 * still has three others to hear. First the newest screen audio, then the floor holder, then the
 * dominant speaker; the other places belong to who holds them until somebody who speaks finds one
 * silent, or is clearly louder for a while; who only seems to speak, because he tells no loudness,
 * gives way to who is known to (speech.h). With few tracks everybody has a place and nothing
 * changes at all: each change costs receivers a refill of their jitter buffer. Media thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "router/router.h"

#define AUDIBLE_MAIN AUDIO_SLOTS
#define AUDIBLE_KEPT (AUDIO_SLOTS + 2) /* a peer has at most two audio tracks of its own */

typedef struct {
  GPtrArray *order; /* Track, borrowed: unmuted audio, the first AUDIBLE_KEPT are the places */
} Audible;

void audible_init(Audible *audible);
/* Asserts that no track is left. */
void audible_clear(Audible *audible);
void audible_add(Audible *audible, Track *track);
void audible_remove(Audible *audible, Track *track);
/* True when the places changed. */
bool audible_update(Audible *audible, const Router *router, int64_t now_us);
/* The track is in one of the first three places. */
bool audible_main(const Audible *audible, const Track *track);
