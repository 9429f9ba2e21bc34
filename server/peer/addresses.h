/* The addresses that media is bound to and offered under: what the configuration names, or those of
 * the machine's interfaces, which change while the server runs (a network that comes up later,
 * DHCP, an IPv6 prefix). Main thread at first, then one media thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* configured: comma-separated; empty: every global address of the interfaces, and 127.0.0.1. A
 * wildcard (0.0.0.0, ::) stands for every address of its family. At most `max`. Free with
 * g_ptr_array_unref. */
GPtrArray *addresses_list(const char *configured, unsigned max);
/* The list may change: not all of it is named. */
bool addresses_change(const char *configured);
bool addresses_is_loopback(const char *name);

/* A socket that is readable when addresses of the machine come or go; -1 with an error. */
int addresses_watch(GError **error);
/* Reads all that it has. */
void addresses_watched(int fd);

/* Host candidates without "a=", most preferred first (RFC 8839 §5.1, RFC 6544 §4.5), of `bound` or
 * of what the comma-separated `announce` names instead. Free with g_ptr_array_unref. */
GPtrArray *addresses_candidates(const GPtrArray *bound, const char *announce, unsigned port,
                                bool tcp);
