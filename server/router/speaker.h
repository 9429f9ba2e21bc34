/* Who is the dominant speaker: decided every 300 ms from the scores of all microphones.
 *
 * A challenger takes over only when all three of his scores exceed the present speaker's by the
 * paper's thresholds (Volfin & Cohen 2012, see speech.h), so that a cough or a "yes" does not. The
 * scores need a voice of ordinary loudness; so that a faint microphone is not passed over for ever,
 * somebody who has spoken for a while also takes over from one who is silent. And they do not tell
 * loud from soft, so besides the paper: who is 20 dB softer than the one who speaks (his echo, a
 * neighbour's chatter) does not take over in his pauses, and gives way to him who talks and does
 * not only make a noise. While nobody is dominant, the loudest who speaks becomes it. A speaker who
 * falls silent stays dominant until another takes over. Pure; media thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "router/speech.h"

#define SPEAKER_DECISION_US 300000

#define SPEAKER_FAINT_US 800000 /* so long must a faint voice speak before it takes over */

/* speeches: one per candidate. dominant: index of the present speaker, or -1. Returns the index of
 * the next, or -1. */
int speaker_elect(const Speech *const *speeches, size_t count, int dominant, int64_t now_us);
