#include "base/mailbox.h"

#include <errno.h>
#include <glib-unix.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct {
  MailboxRun run;
  GDestroyNotify drop;
  void *data;
} Message;

struct Mailbox {
  int fd;
  pthread_mutex_t lock; /* not GMutex: ThreadSanitizer does not see through that */
  GArray *queue;        /* Message; guarded by lock */
  GArray *running;      /* Message; the consumer's own, kept to reuse its memory */
};

Mailbox *mailbox_new(void) {
  Mailbox *mailbox = g_new0(Mailbox, 1);
  mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_assert(mailbox->fd >= 0);
  pthread_mutex_init(&mailbox->lock, NULL);
  mailbox->queue = g_array_new(FALSE, FALSE, sizeof(Message));
  mailbox->running = g_array_new(FALSE, FALSE, sizeof(Message));
  return mailbox;
}

void mailbox_free(Mailbox *mailbox) {
  if (!mailbox)
    return;
  for (unsigned i = 0; i < mailbox->queue->len; i++) {
    Message *message = &g_array_index(mailbox->queue, Message, i);
    if (message->drop)
      message->drop(message->data);
  }
  g_array_unref(mailbox->queue);
  g_array_unref(mailbox->running);
  pthread_mutex_destroy(&mailbox->lock);
  close(mailbox->fd);
  g_free(mailbox);
}

void mailbox_post(Mailbox *mailbox, MailboxRun run, GDestroyNotify drop, void *data) {
  Message message = {run, drop, data};
  pthread_mutex_lock(&mailbox->lock);
  bool wake = mailbox->queue->len == 0;
  g_array_append_val(mailbox->queue, message);
  pthread_mutex_unlock(&mailbox->lock);
  if (wake) {
    uint64_t one = 1;
    while (write(mailbox->fd, &one, sizeof one) < 0 && errno == EINTR)
      ;
  }
}

int mailbox_fd(const Mailbox *mailbox) {
  return mailbox->fd;
}

unsigned mailbox_drain(Mailbox *mailbox) {
  uint64_t count;
  while (read(mailbox->fd, &count, sizeof count) < 0 && errno == EINTR)
    ;
  g_assert(mailbox->running->len == 0); /* draining does not nest */
  pthread_mutex_lock(&mailbox->lock);
  GArray *batch = mailbox->queue;
  mailbox->queue = mailbox->running;
  mailbox->running = batch;
  pthread_mutex_unlock(&mailbox->lock);
  unsigned ran = batch->len;
  for (unsigned i = 0; i < ran; i++) {
    Message message = g_array_index(batch, Message, i);
    message.run(message.data);
  }
  g_array_set_size(batch, 0);
  return ran;
}

static gboolean on_readable(int fd, GIOCondition condition, void *data) {
  mailbox_drain(data);
  return G_SOURCE_CONTINUE;
}

GSource *mailbox_source(Mailbox *mailbox) {
  GSource *source = g_unix_fd_source_new(mailbox->fd, G_IO_IN);
  g_source_set_callback(source, G_SOURCE_FUNC(on_readable), mailbox, NULL);
  return source;
}

unsigned mailbox_depth(Mailbox *mailbox) {
  pthread_mutex_lock(&mailbox->lock);
  unsigned depth = mailbox->queue->len;
  pthread_mutex_unlock(&mailbox->lock);
  return depth;
}
