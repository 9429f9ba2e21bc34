/* Which layer each picture of a subscriber gets: its share of what the way carries.
 *
 * Sound is never touched. Of the pictures, everybody shown gets the smallest first, in order of
 * importance; then each in that order is raised as far as its size on the receiver's screen makes
 * sense and the rest allows. A shared screen comes first: on a narrow way it loses size and
 * pictures a second, and is there as long as its smallest layer's lowest temporal one fits. What
 * does not fit even so is not sent: better a few pictures that move than many that stutter. What is
 * carried already stays as long as it fits; more is taken up only with something to spare, so that
 * nothing swings. Media thread.
 */
#pragma once

#include "router/router.h"

/* Aims every slot of the subscriber. */
void share_out(Subscriber *subscriber);
