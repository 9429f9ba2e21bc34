/* libsrtp2 as the independent second opinion of test-srtp. It is loaded at run time, because some
 * of its functions have the names of ours. Tests only. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Oracle Oracle;

/* profile: SrtpProfile. NULL when the library is not installed. */
Oracle *oracle_new(int profile, const uint8_t *key, const uint8_t *salt, bool sending);
void oracle_free(Oracle *oracle);

/* The library's status, 0 is success. In place, *len changes. */
int oracle_protect(Oracle *oracle, uint8_t *data, size_t *len);
int oracle_unprotect(Oracle *oracle, uint8_t *data, size_t *len);
int oracle_protect_rtcp(Oracle *oracle, uint8_t *data, size_t *len);
int oracle_unprotect_rtcp(Oracle *oracle, uint8_t *data, size_t *len);
