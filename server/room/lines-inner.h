/* The part of lines.h that is this layer's own. Main thread. */
#pragma once

#include "room/inner.h"

/* A media thread's answer to an inquiry. */
void lines_answer(Assembly *assembly, uint32_t request, const PeerFigures *figures, unsigned count);
/* Whoever still waits is told that nothing comes. */
void lines_clear(Assembly *assembly);
