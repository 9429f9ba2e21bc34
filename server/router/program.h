/* Whose picture the recording's program shows: the newest screen share, else the first camera that
 * flows of floor holder, dominant speaker, last speakers, oldest. Announced on every tap, with a
 * key frame asked for so that the cut comes soon. Media thread. */
#pragma once

#include "router/router.h"

void program_update(Router *router);
