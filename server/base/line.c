#include "base/line.h"

typedef struct {
  char *whose;
  GQueue items;
  GList link; /* in the ring */
} Lane;

struct Line {
  unsigned most, most_each, length;
  GHashTable *lanes; /* whose -> Lane, of those who wait */
  GQueue ring;       /* Lane, whose turn is next first */
};

Line *line_new(unsigned most, unsigned most_each) {
  Line *line = g_new0(Line, 1);
  line->most = most;
  line->most_each = most_each;
  line->lanes = g_hash_table_new(g_str_hash, g_str_equal);
  g_queue_init(&line->ring);
  return line;
}

void line_free(Line *line) {
  if (!line)
    return;
  g_assert(line->length == 0);
  g_hash_table_unref(line->lanes);
  g_free(line);
}

static Lane *lane_of(Line *line, const char *whose) {
  Lane *lane = g_hash_table_lookup(line->lanes, whose);
  if (lane)
    return lane;
  lane = g_new0(Lane, 1);
  lane->whose = g_strdup(whose);
  lane->link.data = lane;
  g_queue_init(&lane->items);
  g_hash_table_insert(line->lanes, lane->whose, lane);
  g_queue_push_tail_link(&line->ring, &lane->link);
  return lane;
}

bool line_push(Line *line, const char *whose, void *item) {
  const Lane *known = g_hash_table_lookup(line->lanes, whose);
  if (line->length >= line->most || (known && known->items.length >= line->most_each))
    return false;
  g_queue_push_tail(&lane_of(line, whose)->items, item);
  line->length++;
  return true;
}

void line_return(Line *line, const char *whose, void *item) {
  g_queue_push_head(&lane_of(line, whose)->items, item);
  line->length++;
}

void *line_pop(Line *line) {
  GList *link = g_queue_pop_head_link(&line->ring);
  if (!link)
    return NULL;
  Lane *lane = link->data;
  void *item = g_queue_pop_head(&lane->items);
  line->length--;
  if (lane->items.length > 0) {
    g_queue_push_tail_link(&line->ring, &lane->link);
    return item;
  }
  g_hash_table_remove(line->lanes, lane->whose);
  g_free(lane->whose);
  g_free(lane);
  return item;
}

unsigned line_length(const Line *line) {
  return line->length;
}
