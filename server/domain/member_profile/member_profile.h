/* What other subjects ask of members. */
#pragma once

#include "model/call.h"
#include "store/people.h"

/* In which somebody is admitted: two of the roles of posts. */
#define MEMBER_CAPACITIES "member standing"
/* Who keeps the register (委员联络). */
#define ROLES_REGISTER (ROLE_STAFF | ROLE_LIAISON)

/* Whether the person may submit anything as a member: one who is suspended or has left may not.
 * Whoever is no member in the register is not asked. */
bool member_may_submit(Call *call, const char *person, bool *may);
