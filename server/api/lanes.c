#include "api/lanes.h"

#include <glib.h>

#include "store/sessions.h"

/* An assembly with two devices each, several times. When it is full everybody is noted anew with
 * his next answer. */
#define NOTED_MAX 8192

struct Lanes {
  GHashTable *persons; /* digest of a cookie → person */
};

Lanes *lanes_new(void) {
  Lanes *lanes = g_new0(Lanes, 1);
  lanes->persons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return lanes;
}

void lanes_free(Lanes *lanes) {
  if (!lanes)
    return;
  g_hash_table_unref(lanes->persons);
  g_free(lanes);
}

void lanes_note(Lanes *lanes, const char *cookie, const char *person) {
  char digest[65];
  secret_digest(cookie, digest);
  if (g_hash_table_contains(lanes->persons, digest))
    return; /* a session does not change its person */
  if (g_hash_table_size(lanes->persons) >= NOTED_MAX)
    g_hash_table_remove_all(lanes->persons);
  g_hash_table_insert(lanes->persons, g_strdup(digest), g_strdup(person));
}

void lanes_forget(Lanes *lanes, const char *cookie) {
  char digest[65];
  secret_digest(cookie, digest);
  g_hash_table_remove(lanes->persons, digest);
}

const char *lanes_find(const Lanes *lanes, const char *cookie, const char *address) {
  char digest[65];
  if (!cookie)
    return address;
  secret_digest(cookie, digest);
  const char *person = g_hash_table_lookup(lanes->persons, digest);
  return person ? person : address;
}
