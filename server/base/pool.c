#include "base/pool.h"

#include <pthread.h>
#include <stdbool.h>

struct Pool {
  pthread_mutex_t lock;
  pthread_cond_t wake;
  GQueue tasks;
  bool closing;

  PoolRun run;
  void *user;
  unsigned count;
  GThread **threads;
};

/* NULL: there is nothing left, and nothing comes any more. */
static void *next_task(Pool *pool) {
  pthread_mutex_lock(&pool->lock);
  while (g_queue_is_empty(&pool->tasks) && !pool->closing)
    pthread_cond_wait(&pool->wake, &pool->lock);
  void *task = g_queue_pop_head(&pool->tasks);
  pthread_mutex_unlock(&pool->lock);
  return task;
}

static void *work(void *data) {
  Pool *pool = data;
  void *task;
  while ((task = next_task(pool)))
    pool->run(task, pool->user);
  return NULL;
}

Pool *pool_new(const char *name, unsigned threads, PoolRun run, void *user) {
  Pool *pool = g_new0(Pool, 1);
  pthread_mutex_init(&pool->lock, NULL);
  pthread_cond_init(&pool->wake, NULL);
  g_queue_init(&pool->tasks);
  pool->run = run;
  pool->user = user;
  pool->count = threads;
  pool->threads = g_new0(GThread *, threads);
  for (unsigned i = 0; i < threads; i++)
    pool->threads[i] = g_thread_new(name, work, pool);
  return pool;
}

void pool_push(Pool *pool, void *task) {
  g_assert(task);
  pthread_mutex_lock(&pool->lock);
  g_assert(!pool->closing);
  g_queue_push_tail(&pool->tasks, task);
  pthread_cond_signal(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
}

void pool_free(Pool *pool) {
  if (!pool)
    return;
  pthread_mutex_lock(&pool->lock);
  pool->closing = true;
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->lock);
  for (unsigned i = 0; i < pool->count; i++)
    g_thread_join(pool->threads[i]);
  g_free(pool->threads);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->lock);
  g_free(pool);
}
