/* Who is in which slot of a subscriber: the rules of router.h. Media thread. */
#pragma once

#include "router/router.h"

/* Gives each slot of this subscriber to the track it should carry; what may stay stays in place. */
void allocate_slots(Subscriber *subscriber);
