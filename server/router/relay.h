/* What is published to a router, for another router of the same room; and what that one wants of
 * it.
 *
 * Owned by its Router; media thread. The public part is in router.h.
 */
#pragma once

#include "router/router.h"

/* For Track and Router; remote tracks are not relayed on. */
void relays_begin(const Router *router, const Track *track);
void relays_packet(const Router *router, const Track *track, const Packet *packet);
void relays_muted(const Router *router, const Track *track);
void relays_end(const Router *router, const Track *track);
/* Bit i: layer i is taken elsewhere. */
unsigned relays_taken(const Router *router, const Track *track);
bool relays_shown(const Router *router, const Track *track);
