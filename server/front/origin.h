/* Which web origins may speak to us. With a public_url: that one and the configured others, nothing
 * else. Without: the host that the browser itself addressed (its Host header), so that the server
 * works under every name it is reached by; on a server with TLS only by https. Any thread. Source:
 * RFC 6454, RFC 6455 §10.2. */
#pragma once

#include <stdbool.h>

typedef struct {
  const char *public_url, *allowed; /* the configuration's, may be empty */
  bool tls;                         /* the server speaks TLS itself */
} OriginPolicy;

/* origin and host: header values or NULL. An absent origin is refused, and so is "null". */
bool origin_allowed(const OriginPolicy *policy, const char *origin, const char *host);
/* "https://host[:port]", as the browser reached this server: the origin, where it is of the host
 * that was addressed. NULL with a public_url, which says it, and where they are not the same. Free
 * with g_free. */
char *origin_reached(const OriginPolicy *policy, const char *origin, const char *host);
/* Whether it is a host and perhaps a port, as a Host header must be (RFC 9110 §7.2). */
bool host_is_valid(const char *host);
