#include "store/queue.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

struct Queue {
  pthread_mutex_t lock;
  pthread_cond_t filled;
  GQueue items; /* guarded by lock */
};

Queue *queue_new(void) {
  Queue *queue = g_new0(Queue, 1);
  pthread_mutex_init(&queue->lock, NULL);
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC); /* as clock_mono_us */
  pthread_cond_init(&queue->filled, &attributes);
  pthread_condattr_destroy(&attributes);
  g_queue_init(&queue->items);
  return queue;
}

void queue_free(Queue *queue) {
  if (!queue)
    return;
  g_assert(g_queue_is_empty(&queue->items));
  pthread_cond_destroy(&queue->filled);
  pthread_mutex_destroy(&queue->lock);
  g_free(queue);
}

void queue_push(Queue *queue, void *data) {
  g_assert(data);
  pthread_mutex_lock(&queue->lock);
  g_queue_push_tail(&queue->items, data);
  pthread_cond_signal(&queue->filled);
  pthread_mutex_unlock(&queue->lock);
}

void *queue_pop(Queue *queue) {
  return queue_pop_until(queue, INT64_MAX);
}

void *queue_pop_until(Queue *queue, int64_t until_us) {
  struct timespec until = {until_us / 1000000, until_us % 1000000 * 1000};
  int result = 0;
  pthread_mutex_lock(&queue->lock);
  while (g_queue_is_empty(&queue->items) && result != ETIMEDOUT)
    result = until_us == INT64_MAX ? pthread_cond_wait(&queue->filled, &queue->lock)
                                   : pthread_cond_timedwait(&queue->filled, &queue->lock, &until);
  void *data = g_queue_pop_head(&queue->items);
  pthread_mutex_unlock(&queue->lock);
  return data;
}

void *queue_try_pop(Queue *queue) {
  pthread_mutex_lock(&queue->lock);
  void *data = g_queue_pop_head(&queue->items);
  pthread_mutex_unlock(&queue->lock);
  return data;
}
