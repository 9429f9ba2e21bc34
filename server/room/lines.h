/* Whose line is bad? What the media threads know of every participant's ways, with the names that
 * only rooms know. Main thread.
 */
#pragma once

#include <jansson.h>

#include "room/assembly.h"

/* lines: an array, borrowed for the call, of objects, one for each participant that was offered a
 * connection for media:
 *   meeting, title, person, name, device
 *   state               connecting | connected | lost | closed
 *   way                 none | udp | tcp; from_here: over an address of this machine (TURN)
 *   rtt_ms              or null; silent_ms: since anything came
 *   loss_down_permille, loss_up_permille   to it and from it, over about a second
 *   estimate_by         nothing | feedback | remb | reports (router/capacity.h)
 *   estimate_kbps       what the way to it carries, null: no limit is known; wanted_kbps: what all
 *                       that it is shown would take
 *   pictures            how many it is sent: [smallest layer, next, largest]; pictures_missing:
 *                       those that it should see and is not sent
 *   repairs, repairs_refused, unsent, keyframes_asked   since its connection began
 *   troubles            what is wrong with it, as codes, and badness: 0 for nothing, the more the
 *                       worse (room/trouble.h)
 *   dropped             since then, what came from it and was not taken, by reason
 *                       (peer/counters.h): {"duplicate": 12}; none that is 0 */
typedef void (*LinesDone)(void *user, const json_t *lines);

/* Asks every media thread; done is called once all have answered, never before this returns; with
 * NULL when the assembly is freed first. */
void assembly_lines(Assembly *assembly, LinesDone done, void *user);
/* Whoever asked is gone: done is not called for it. */
void assembly_lines_forget(Assembly *assembly, const void *user);
