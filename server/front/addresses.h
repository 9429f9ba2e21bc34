/* What one address does to us: how many connections of strangers it holds and how often it tries to
 * log in. Main thread; the time is passed in. */
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

/* Passwords can be guessed: 10 attempts a minute, as many at once; one that succeeded is given
 * back, so that a whole institution behind one address can sign in. */
bool addresses_login(Addresses *addresses, const char *address, int64_t now_us);
void addresses_login_succeeded(Addresses *addresses, const char *address);

/* Personal links cannot be guessed (260 bits): 1000 at once, so that an assembly behind one address
 * can open theirs in the same minute, and 10 a second. */
bool addresses_link(Addresses *addresses, const char *address, int64_t now_us);

/* Every minute or so: forgets addresses without connections and recent attempts. */
void addresses_sweep(Addresses *addresses, int64_t now_us);
unsigned addresses_count(const Addresses *addresses);

/* Whether text is an IPv4 or IPv6 address. Pure. */
bool address_is_valid(const char *text);
