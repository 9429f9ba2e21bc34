#include "store/hasher.h"

#include "base/limit-table.h"
#include "base/line.h"
#include "base/metrics.h"
#include "store/queue.h"

#define WAITING_MAX 4096 /* of all callers together; each holds a connection anyhow */

METRIC(waiting_metric, METRIC_GAUGE, "yishi_password_hashes_waiting",
       "Passwords that wait to be hashed");
METRIC(hashed_metric, METRIC_COUNTER, "yishi_password_hashes_total", "Passwords that were hashed");

typedef struct {
  Hasher *hasher; /* NULL: it was freed while this one was hashed */
  char *whose;
  const HashWork *work;
  void *user;
  bool begun, more;
} Item;

struct Hasher {
  Mailbox *mailbox;
  GThread *thread;
  Queue *queue; /* Item, at most one at a time, and one without work: stop */
  Line *line;   /* Item */
  Item *current;
};

static void *hasher_main(void *data);

Hasher *hasher_new(Mailbox *main_mailbox) {
  Hasher *hasher = g_new0(Hasher, 1);
  hasher->mailbox = main_mailbox;
  hasher->queue = queue_new(1);
  hasher->line = line_new(WAITING_MAX, limit_most(LIMIT_HASHES));
  metric_register(&waiting_metric);
  metric_register(&hashed_metric);
  hasher->thread = g_thread_new("password-hash", hasher_main, hasher);
  return hasher;
}

static void finish(Item *item, bool hashed) {
  metric_add(&waiting_metric, -1);
  item->work->done(item->user, hashed);
  g_free(item->whose);
  g_free(item);
}

void hasher_free(Hasher *hasher) {
  if (!hasher)
    return;
  Item stop = {.work = NULL};
  queue_push(hasher->queue, 0, &stop);
  g_thread_join(hasher->thread);
  if (hasher->current)
    hasher->current->hasher = NULL; /* its message is in the mailbox */
  Item *item;
  while ((item = line_pop(hasher->line)))
    finish(item, false);
  line_free(hasher->line);
  queue_free(hasher->queue);
  g_free(hasher);
}

/* Takes the next one that is still worth it. */
static void next(Hasher *hasher) {
  while (!hasher->current) {
    Item *item = line_pop(hasher->line);
    if (!item)
      return;
    if (!item->begun && !item->work->begin(item->user)) {
      finish(item, false);
      continue;
    }
    item->begun = true;
    hasher->current = item;
    queue_push(hasher->queue, 0, item);
  }
}

static void came_back(void *data) {
  Item *item = data;
  Hasher *hasher = item->hasher;
  if (!hasher) {
    finish(item, false);
    return;
  }
  hasher->current = NULL;
  metric_add(&hashed_metric, 1);
  if (item->more)
    line_return(hasher->line, item->whose, item);
  else
    finish(item, true);
  next(hasher);
}

/* The mailbox goes without having run it. */
static void dropped(void *data) {
  finish(data, false);
}

static void *hasher_main(void *data) {
  Hasher *hasher = data;
  for (;;) {
    Item *item = queue_pop(hasher->queue);
    if (!item->work)
      return NULL;
    item->more = item->work->slice(item->user);
    mailbox_post(hasher->mailbox, came_back, dropped, item);
  }
}

bool hasher_post(Hasher *hasher, const char *whose, const HashWork *work, void *user) {
  Item *item = g_new0(Item, 1);
  *item = (Item){.hasher = hasher, .whose = g_strdup(whose), .work = work, .user = user};
  if (!line_push(hasher->line, whose, item)) {
    g_free(item->whose);
    g_free(item);
    return false;
  }
  metric_add(&waiting_metric, 1);
  next(hasher);
  return true;
}
