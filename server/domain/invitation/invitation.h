/* What a meeting says of the invitations that are made with it. */
#pragma once

#define INVITATION_CAPACITIES "attend observe invited host"
