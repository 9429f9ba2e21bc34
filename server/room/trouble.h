/* What is wrong with a participant's line: the judgement that the operator's table and the
 * administrator's page show. Pure; any thread.
 *   connecting | lost | closed   its connection is not there
 *   silent                       nothing came for TROUBLE_SILENT_MS
 *   loss_down | loss_up          more is lost on the way to it, or from it, than is repaired unseen
 *   narrow                       it carries much less than all that it is shown would take
 *   far                          people talk into each other's words
 *   missing                      it is not sent all the pictures that it should see */
#pragma once

#include <jansson.h>

#include "peer/figures.h"

#define TROUBLE_SILENT_MS 3000
#define TROUBLE_LOSS 0.02  /* share of packets: from here on pictures are repaired all the time */
#define TROUBLE_RTT_MS 300 /* ITU-T G.114 */
#define TROUBLE_NARROW 0.7 /* of what it would take: below that it is seen */

/* The codes above, as strings, onto the array `troubles`. Returns 0 for a good
 * line, the more the worse. */
int trouble_find(const PeerFigures *figures, json_t *troubles);
