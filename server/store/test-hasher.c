#include "store/hasher.h"

#include <glib.h>

/* Who was hashed, in order; the hasher's thread writes it and the main thread reads it after. */
static GString *order;

typedef struct {
  const char *name;
  unsigned slices;
  bool unwanted, hashed, done;
} Job;

static Mailbox *mailbox;

static bool begin(void *user) {
  return !((Job *)user)->unwanted;
}

static bool slice(void *user) {
  Job *job = user;
  g_string_append(order, job->name);
  return --job->slices > 0;
}

static void done(void *user, bool hashed) {
  Job *job = user;
  g_assert_false(job->done);
  job->done = true;
  job->hashed = hashed;
}

static const HashWork work = {begin, slice, done};

static void wait_for(const Job *job) {
  while (!job->done)
    mailbox_drain(mailbox);
}

/* The first is at work at once; the others take turns by owner, and so do the goes of one. */
static void test_turns(void) {
  mailbox = mailbox_new();
  order = g_string_new(NULL);
  Hasher *hasher = hasher_new(mailbox);
  Job a[] = {{"1", 3}, {"2", 1}, {"3", 1}}, b[] = {{"x", 2}}, gone = {"!", 1, .unwanted = true};
  for (unsigned i = 0; i < 3; i++)
    g_assert_true(hasher_post(hasher, "a", &work, &a[i]));
  g_assert_true(hasher_post(hasher, "gone", &work, &gone));
  g_assert_true(hasher_post(hasher, "b", &work, &b[0]));
  for (unsigned i = 0; i < 3; i++)
    wait_for(&a[i]);
  wait_for(&b[0]);
  g_assert_true(gone.done && !gone.hashed);
  g_assert_true(a[0].hashed && b[0].hashed);
  g_assert_cmpstr(order->str, ==, "11x1x23");
  hasher_free(hasher);
  g_string_free(order, TRUE);
  mailbox_free(mailbox);
}

/* A bounded line: an address has so many in it and no more, and others still get in. */
static void test_full(void) {
  mailbox = mailbox_new();
  order = g_string_new(NULL);
  Hasher *hasher = hasher_new(mailbox);
  static Job many[600], other = {"o", 1};
  unsigned taken = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(many); i++) {
    many[i] = (Job){"m", 1};
    taken += hasher_post(hasher, "many", &work, &many[i]);
  }
  g_assert_cmpuint(taken, ==, 513); /* one of them is at work */
  g_assert_true(hasher_post(hasher, "other", &work, &other));
  wait_for(&other);
  unsigned before = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(many); i++)
    before += many[i].done;
  g_assert_cmpuint(before, <=, 2);
  /* It stops in the middle: whoever waits is told. */
  hasher_free(hasher);
  while (mailbox_drain(mailbox) > 0)
    ;
  unsigned told = 0;
  for (unsigned i = 0; i < G_N_ELEMENTS(many); i++)
    told += many[i].done;
  g_assert_cmpuint(told, ==, taken);
  g_string_free(order, TRUE);
  mailbox_free(mailbox);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/hasher/turns", test_turns);
  g_test_add_func("/hasher/full", test_full);
  return g_test_run();
}
