/* What all links with a secret have alike, whatever they lead to. A reader's thread. */
#pragma once

#include "api/exchange.h"

/* Whether too many were opened from this address, or this one too often (LIMIT_LINKS,
 * LIMIT_LINK_USES); then it is answered. Each use makes rows. The secret is the field `secret`. */
bool link_used_too_often(Exchange *exchange);
