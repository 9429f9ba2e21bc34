/* Where this server lets itself be sent by an address that a user typed (webhooks, push services):
 * to the public internet, and to the networks that the administrator names. Otherwise whoever may
 * set such an address could make the server talk to what only it can reach, such as a router or a
 * database beside it (server-side request forgery). The address that a name resolved to is checked
 * when the socket is made, so a name that resolves to another one later gains nothing. Pure; any
 * thread. Source: RFC 6890 and IANA's registries of special-purpose addresses. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef struct Networks Networks;

/* "10.1.0.0/16, 192.0.2.7, fd00::/8"; empty: none. NULL with CONFIG_ERROR_VALUE. */
Networks *networks_parse(const char *text, GError **error);
void networks_free(Networks *networks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Networks, networks_free)

/* Of IPv4 and IPv6; every other family is refused. */
bool networks_allow(const Networks *networks, const struct sockaddr *address);
