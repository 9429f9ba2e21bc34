/* The time of sending, and whether it is speech that has to be heard, at the tail of a packet's
 * payload: both ends are in one process, so the difference is what the way added. The codec's data
 * is spoilt there, which nobody who measures decodes; recordings are made without stamps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False, and nothing is changed, when the payload is too short to bear it. */
bool stamp_write(uint8_t *payload, size_t len, bool speech, int64_t now_us);
/* False when there is none. age_us: of the packet at now_us. */
bool stamp_read(const uint8_t *payload, size_t len, int64_t now_us, int64_t *age_us, bool *speech);
