/* How much of one source is taken: what a publisher sends goes to everybody in the room, to the
 * recorder and to the other media threads, whatever their ways carry. Sound goes before all else
 * and waits for nobody; so it has to be sound.
 *
 * Bytes are RTP packets as they are sent on: of redundant sound (RFC 2198) the packet itself, and
 * those copies that stand in for what was lost. Stereo music at 128 kbit/s in frames of 10 ms is
 * 100 packets of some 190 bytes a second: 154 kbit/s. The page's largest picture, a shared screen
 * in all its layers, is 3 Mbit/s (web/src/sdk/screen.ts); what others send of their own accord is
 * some 2.5 Mbit/s a camera.
 *
 * What is too much came, but goes to nobody: it is not asked for again and not reported as lost,
 * and the numbers close up behind it (uplink.c). A picture goes on from a key frame, which is asked
 * for.
 *
 * One a source, in a peer's UplinkLimits; media thread; time is passed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t bytes_per_second, packets_per_second;
  int64_t burst_us; /* so much may come at once of what was held back on the way */
} IntakeRule;

extern const IntakeRule intake_sound, intake_picture;

/* A zeroed one is full. */
typedef struct {
  int64_t bytes_us, packets_us; /* time that what was taken takes by the rule, and … */
  int64_t seen_us;              /* … is not over as of then */
} Intake;

/* False: it is too much. */
bool intake_take(Intake *intake, const IntakeRule *rule, unsigned bytes, int64_t now_us);
