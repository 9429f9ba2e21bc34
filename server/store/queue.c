#include "store/queue.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

struct Queue {
  pthread_mutex_t lock;
  pthread_cond_t filled;
  unsigned lanes;
  GQueue items[QUEUE_LANES_MAX]; /* guarded by lock */
};

Queue *queue_new(unsigned lanes) {
  g_assert(lanes >= 1 && lanes <= QUEUE_LANES_MAX);
  Queue *queue = g_new0(Queue, 1);
  queue->lanes = lanes;
  pthread_mutex_init(&queue->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* as clock_mono_us */
  pthread_cond_init(&queue->filled, &attributes);
  pthread_condattr_destroy(&attributes);
  for (unsigned lane = 0; lane < lanes; lane++)
    g_queue_init(&queue->items[lane]);
  return queue;
}

void queue_free(Queue *queue) {
  if (!queue)
    return;
  for (unsigned lane = 0; lane < queue->lanes; lane++)
    g_assert(g_queue_is_empty(&queue->items[lane]));
  pthread_cond_destroy(&queue->filled);
  pthread_mutex_destroy(&queue->lock);
  g_free(queue);
}

void queue_push(Queue *queue, unsigned lane, void *data) {
  g_assert(data && lane < queue->lanes);
  pthread_mutex_lock(&queue->lock);
  g_queue_push_tail(&queue->items[lane], data);
  pthread_cond_signal(&queue->filled);
  pthread_mutex_unlock(&queue->lock);
}

void queue_return(Queue *queue, unsigned lane, void *data) {
  g_assert(data && lane < queue->lanes);
  pthread_mutex_lock(&queue->lock);
  g_queue_push_head(&queue->items[lane], data);
  pthread_cond_signal(&queue->filled);
  pthread_mutex_unlock(&queue->lock);
}

/* Under the lock. */
static void *take_first(Queue *queue) {
  void *data = NULL;
  for (unsigned lane = 0; !data && lane < queue->lanes; lane++)
    data = g_queue_pop_head(&queue->items[lane]);
  return data;
}

void *queue_pop(Queue *queue) {
  return queue_pop_until(queue, INT64_MAX);
}

void *queue_pop_until(Queue *queue, int64_t until_us) {
  struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};
  int result = 0;
  void *data;
  pthread_mutex_lock(&queue->lock);
  while (!(data = take_first(queue)) && result != ETIMEDOUT)
    result = until_us == INT64_MAX ? pthread_cond_wait(&queue->filled, &queue->lock)
                                   : pthread_cond_timedwait(&queue->filled, &queue->lock, &until);
  pthread_mutex_unlock(&queue->lock);
  return data;
}

void *queue_try_pop(Queue *queue) {
  pthread_mutex_lock(&queue->lock);
  void *data = take_first(queue);
  pthread_mutex_unlock(&queue->lock);
  return data;
}

bool queue_waits(Queue *queue) {
  bool waits = false;
  pthread_mutex_lock(&queue->lock);
  for (unsigned lane = 0; lane < queue->lanes; lane++)
    waits = waits || !g_queue_is_empty(&queue->items[lane]);
  pthread_mutex_unlock(&queue->lock);
  return waits;
}
