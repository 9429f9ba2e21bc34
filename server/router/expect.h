/* Fetching ahead in the fan-out: while one receiver is sent to, what sending to the next ones takes
 * comes into the cache (base/prefetch.h). Nothing of what is sent depends on it, so it stands apart
 * from the contract in router.h. Media thread.
 */
#pragma once

#include "router/router.h"

#define SLOT_EXPECT_STEPS 4

/* Something will be sent on this slot in a moment: called with step 0, 1 … SLOT_EXPECT_STEPS - 1, a
 * memory access apart. user: that of the subscriber's sink. */
typedef void (*SlotExpect)(const void *user, unsigned slot, unsigned step);

/* NULL, as at first: what the sink takes is near. */
void subscriber_set_expect(Subscriber *subscriber, SlotExpect expect);
