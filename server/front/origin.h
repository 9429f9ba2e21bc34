/* Which web origins may speak to us: public_url's own, the configured ones, and the host that the
 * browser itself addressed (its Host header), so that a server without a public_url works under
 * every name it is reached by. Any thread. Source: RFC 6454, RFC 6455 §10.2. */
#pragma once

#include <stdbool.h>

/* origin and host: header values or NULL. An absent origin is refused, and so is "null".
 * public_url and allowed: the configuration's, may be empty. */
bool origin_allowed(const char *origin, const char *host, const char *public_url,
                    const char *allowed);
