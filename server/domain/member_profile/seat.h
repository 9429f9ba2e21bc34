/* What comes with being a member for a term (member_profile.c): the post in a sector, and the file
 * of the term (term_file). For guards and effects of member_profile. */
#pragma once

#include "model/call.h"

/* The person's post in the organisation for the term :term, from :since on. */
bool seat_post(Call *call, const char *person, const char *org, const char *role);
/* The file of :term in :sector as :capacity, with the unit and the title of that time. */
bool seat_file(Call *call);
/* All posts that go on beyond :left_on end on that day. */
bool seat_end_posts(Call *call);

/* ---- the next term (连任): the same person is a member for a later one ---- */

/* Guard of the step. Says what was left out: from the first day of the term on, in the sector and
 * the capacity of before. */
bool seat_may_renew(Call *call);
/* Ends the seat of before and begins the new one; he is told. */
bool seat_renewed(Call *call);
/* Takes that back while nothing has come of the new seat; he is told of that too. */
bool seat_unrenew(Call *call);
