#include "base/mailbox.h"

#include <poll.h>
#include <stdbool.h>

typedef struct {
  int *order, *count, value;
} Note;

static void run_note(void *data) {
  Note *note = data;
  note->order[(*note->count)++] = note->value;
  g_free(note);
}

static Note *note_new(int *order, int *count, int value) {
  Note *note = g_new(Note, 1);
  *note = (Note){order, count, value};
  return note;
}

static bool readable(Mailbox *mailbox) {
  struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
  return poll(&fd, 1, 0) == 1;
}

static void test_order(void) {
  g_autoptr(Mailbox) mailbox = mailbox_new();
  int order[3], count = 0;
  g_assert_false(readable(mailbox));
  for (int i = 0; i < 3; i++)
    mailbox_post(mailbox, run_note, g_free, note_new(order, &count, i));
  g_assert_true(readable(mailbox));
  g_assert_cmpuint(mailbox_drain(mailbox), ==, 3);
  g_assert_false(readable(mailbox));
  for (int i = 0; i < 3; i++)
    g_assert_cmpint(order[i], ==, i);
}

static int dropped;
static void drop_note(void *data) {
  dropped++;
  g_free(data);
}

static void test_drop(void) {
  Mailbox *mailbox = mailbox_new();
  mailbox_post(mailbox, run_note, drop_note, note_new(NULL, NULL, 0));
  mailbox_free(mailbox);
  g_assert_cmpint(dropped, ==, 1);
}

enum { POSTS = 20000 };
static int received;
static void count_one(void *data) {
  received++;
}

static void *post_many(void *data) {
  for (int i = 0; i < POSTS; i++)
    mailbox_post(data, count_one, NULL, NULL);
  return NULL;
}

static void test_threads(void) {
  g_autoptr(Mailbox) mailbox = mailbox_new();
  GThread *first = g_thread_new("a", post_many, mailbox);
  GThread *second = g_thread_new("b", post_many, mailbox);
  struct pollfd fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
  while (received < 2 * POSTS) {
    g_assert_cmpint(poll(&fd, 1, 5000), ==, 1); /* a lost wake-up would hang here */
    mailbox_drain(mailbox);
  }
  g_thread_join(first);
  g_thread_join(second);
  g_assert_cmpint(received, ==, 2 * POSTS);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/mailbox/order", test_order);
  g_test_add_func("/mailbox/drop", test_drop);
  g_test_add_func("/mailbox/threads", test_threads);
  return g_test_run();
}
