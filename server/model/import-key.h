/* Which row a line of a table is about: found by its id, else by a KEY, else by all KEY_PARTs
 * together. Where that leaves a doubt (two people of that name, one whose login is not known) a
 * person has to decide; nothing is guessed. One thread. */
#pragma once

#include "model/call.h"

typedef struct Keys Keys;

/* On a connection: of all rows of the list that the call's actor may read. NULL with call->error.
 */
Keys *keys_new(Call *call, const List *list);
void keys_free(Keys *keys);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keys, keys_free)

typedef enum { KEY_NEW, KEY_FOUND, KEY_UNKNOWN, KEY_AMBIGUOUS } KeyResult;

typedef struct {
  const char *id; /* FOUND; borrowed */
  int64_t version;
} KeyRow;

/* id: said in the line, or NULL. values: of the line; of a field that it does not say there is
 * none. UNKNOWN: there is no row with that id. */
KeyResult keys_find(const Keys *keys, const char *id, const Values *values, KeyRow *row);

/* What no other line of the same table may say; NULL where it says nothing. Free with
 * g_strfreev. */
char **keys_tokens(const Keys *keys, const char *id, const Values *values);
/* For people: "李明 科协". Free with g_free. */
char *keys_text(const Keys *keys, const char *id, const Values *values);
