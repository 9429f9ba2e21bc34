#include "api/reads.h"

#include "base/limit-table.h"
#include "base/line.h"

#define WAITING_MAX 16384 /* of all callers together; each holds a connection anyhow */

struct Reads {
  Store *store;
  Line *line; /* Read */
  unsigned under_way, most;
};

typedef struct {
  Reads *reads;
  StoreWork work;
  StoreDone done;
  void *data;
} Read;

Reads *reads_new(Store *store, unsigned readers) {
  Reads *reads = g_new0(Reads, 1);
  reads->store = store;
  reads->most = readers + 1; /* one is there when a reader is done */
  reads->line = line_new(WAITING_MAX, limit_most(LIMIT_READS));
  return reads;
}

void reads_free(Reads *reads) {
  if (!reads)
    return;
  g_assert(reads->under_way == 0);
  line_free(reads->line);
  g_free(reads);
}

static void next(Reads *reads);

static bool run(sqlite3 *db, void *data, GError **error) {
  Read *read = data;
  return read->work(db, read->data, error);
}

static void ran(void *data, const GError *error) {
  Read *read = data;
  Reads *reads = read->reads;
  reads->under_way--;
  next(reads);
  read->done(read->data, error);
  g_free(read);
}

static void next(Reads *reads) {
  while (reads->under_way < reads->most) {
    Read *read = line_pop(reads->line);
    if (!read)
      return;
    reads->under_way++;
    store_read(reads->store, run, ran, read);
  }
}

bool reads_post(Reads *reads, const char *whose, StoreWork work, StoreDone done, void *data) {
  Read *read = g_new(Read, 1);
  *read = (Read){reads, work, done, data};
  if (!line_push(reads->line, whose, read)) {
    g_free(read);
    return false;
  }
  next(reads);
  return true;
}
