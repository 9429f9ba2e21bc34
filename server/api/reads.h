/* The line before the store's readers: of those who ask at the same time each has his turn, so that
 * one page's hundred requests, or one export after another, delay other people's by one of them.
 * Main thread. */
#pragma once

#include "store/database.h"

typedef struct Reads Reads;

Reads *reads_new(Store *store, unsigned readers);
void reads_free(Reads *reads); /* nothing waits */

/* store_read, when it is whose turn (lanes.h). done is not NULL. False when too
 * many of his wait already: nothing is called. */
bool reads_post(Reads *reads, const char *whose, StoreWork work, StoreDone done, void *data);
