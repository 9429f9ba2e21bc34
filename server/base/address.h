/* Addresses as text, in one form: the one place where an address of the network becomes what is
 * compared, counted and kept as evidence. An IPv4 address that a socket of both families shows as
 * ::ffff:192.0.2.1 is 192.0.2.1 here. Any thread. Source: RFC 4291 §2.5.5.2, RFC 5952. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#define ADDRESS_CHARS 46 /* INET6_ADDRSTRLEN, the terminating zero included */

/* The address of a socket's other side, without port and zone; "" for what is no IP address. */
void address_of_socket(const struct sockaddr_storage *from, char text[ADDRESS_CHARS]);
/* The same form of an address that somebody wrote; false when it is none. */
bool address_normalise(const char *text, char normal[ADDRESS_CHARS]);

/* Of addresses in that form. */
bool address_is_loopback(const char *address);
/* What counts as one address: an IPv4 address itself, of IPv6 the /64, which is what one line gets
 * and whose 2^64 addresses cost its owner nothing. What is no address is its own group. */
void address_group(const char *address, char group[ADDRESS_CHARS]);
