#include "duty/acts.h"

#include <stdlib.h>
#include <string.h>

#include "duty/window.h"
#include "store/statement.h"

/* A track that is heard or shared now: where its interval stands. */
typedef struct {
  GHashTable *open; /* "kind/participant/track" → index + 1 */
  GArray *acts;     /* Interval */
} Reading;

static int by_start(const void *a, const void *b) {
  const Interval *left = a, *right = b;
  return left->in_ms < right->in_ms ? -1 : left->in_ms > right->in_ms;
}

static void add(Reading *reading, int64_t at_ms, const char *key, bool on) {
  unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(reading->open, key));
  if (!on && index) {
    g_array_index(reading->acts, Interval, index - 1).out_ms = at_ms;
    g_hash_table_remove(reading->open, key);
    return;
  }
  Interval act = {at_ms, at_ms};
  g_array_append_val(reading->acts, act);
  if (on)
    g_hash_table_insert(reading->open, g_strdup(key), GUINT_TO_POINTER(reading->acts->len));
}

/* What somebody does about himself is an act of his, and so is what somebody is named for. What
 * happens to people with nobody named is the server's doing; a page that comes in tells its first
 * switches by itself. */
#define IS_ACT                                                                                     \
  " and (json_extract(data, '$.by') is not null"                                                   \
  "  or (kind in ('heard', 'screen', 'switched', 'hand', 'chat', 'stays')"                         \
  "      and json_extract(data, '$.first') is not 1))"

GArray *acts_load(sqlite3 *db, const char *meeting, const Timeline *line, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db,
      "select at, mono_us, kind, participant, json_extract(data, '$.on'),"
      " json_extract(data, '$.track') from meeting_event where meeting = :meeting and kind in"
      " ('heard', 'screen', 'switched', 'hand', 'chat', 'stays', 'floor', 'muted', 'deputy',"
      " 'removed', 'recording')" IS_ACT " order by seq",
      error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  g_autoptr(GHashTable) open = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GArray) acts = g_array_new(FALSE, FALSE, sizeof(Interval));
  Reading reading = {open, acts};
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    const char *kind = column_text(rows, 2), *participant = column_text(rows, 3);
    int64_t at_ms = timeline_event_ms(line, column_int(rows, 0), column_int(rows, 1));
    bool lasts = strcmp(kind, "heard") == 0 || strcmp(kind, "screen") == 0;
    g_autofree char *key = g_strdup_printf("%s/%s/%" G_GINT64_FORMAT, kind,
                                           participant ? participant : "", column_int(rows, 5));
    add(&reading, at_ms, key, lasts && column_int(rows, 4));
  }
  if (result != SQLITE_DONE)
    return NULL;
  g_array_sort(acts, by_start);
  return g_steal_pointer(&acts);
}
