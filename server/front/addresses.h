/* How many connections of strangers one address holds. Main thread; the time is passed in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Addresses Addresses;

/* most: connections that one address may hold. */
Addresses *addresses_new(unsigned most);
/* No connection is counted any more. */
void addresses_free(Addresses *addresses);

/* False: the address holds too many already, nothing was counted. */
bool addresses_enter(Addresses *addresses, const char *address, int64_t now_us);
void addresses_leave(Addresses *addresses, const char *address);

/* Every minute or so: forgets addresses without connections. */
void addresses_sweep(Addresses *addresses, int64_t now_us);
unsigned addresses_count(const Addresses *addresses);
