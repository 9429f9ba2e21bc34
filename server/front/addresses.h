/* How many connections one address has: those that have not yet asked for anything (half open), and
 * all that belong to nobody we know. An address is what address_group says: of IPv6 the /64. Main
 * thread. */
#pragma once

#include <stdbool.h>

typedef struct Addresses Addresses;

typedef enum { ADDRESS_HALF_OPEN, ADDRESS_HELD, ADDRESS_COUNTS } AddressCount;

/* most: connections of strangers that one address may hold. Half-open ones: LIMIT_HALF_OPEN. */
Addresses *addresses_new(unsigned most);
/* No connection is counted any more. */
void addresses_free(Addresses *addresses);

/* False: the address has too many already, nothing was counted. */
bool addresses_enter(Addresses *addresses, AddressCount what, const char *address);
void addresses_leave(Addresses *addresses, AddressCount what, const char *address);
/* Whether one more would be counted. */
bool addresses_room(const Addresses *addresses, AddressCount what, const char *address);
unsigned addresses_count(const Addresses *addresses);
