#include "router/history.h"

#include <glib.h>

static PacketPool *pool;

static void put(History *history, uint64_t sequence, int64_t at_us) {
  Packet *packet = packet_new(pool);
  packet->arrival_us = at_us;
  packet->sequence = sequence;
  Rewritten sent = {.sequence = sequence, .timestamp = (uint32_t)sequence * 10};
  history_put(history, packet, &sent);
  packet_unref(&packet);
}

static void test_resend(void) {
  History history;
  history_init(&history, 64);
  g_assert_null(history_resend(&history, 5, 0)); /* nothing yet */
  for (uint64_t i = 0; i < 40; i++)
    put(&history, 65520 + i, 1000000 + (int64_t)i * 1000);
  /* Over the wrap of 16 bits. */
  const HistoryEntry *entry = history_resend(&history, 65530, 1050000);
  g_assert_nonnull(entry);
  g_assert_cmpuint(entry->packet->sequence, ==, 65530);
  g_assert_cmpuint(entry->sent.timestamp, ==, 655300);
  entry = history_resend(&history, 10, 1050000);
  g_assert_cmpuint(entry->packet->sequence, ==, 65546);
  g_assert_null(history_resend(&history, 30, 1050000));    /* not sent yet */
  g_assert_null(history_resend(&history, 65519, 1050000)); /* never was */
  /* Not twice within a round trip, and not for ever. */
  g_assert_null(history_resend(&history, 10, 1060000));
  unsigned again = 0;
  for (int64_t now = 1070000; now < 1900000; now += HISTORY_RESEND_GAP_US)
    again += history_resend(&history, 10, now) != NULL;
  g_assert_cmpuint(again, ==, HISTORY_RESENDS_MAX - 1);
  history_clear(&history);
}

static void test_order(void) {
  History history;
  history_init(&history, 64);
  put(&history, 100, 1000000);
  put(&history, 105, 1010000);
  g_assert_null(history_resend(&history, 103, 1020000)); /* a hole */
  put(&history, 103, 1020000);
  g_assert_cmpuint(history_resend(&history, 103, 1021000)->packet->sequence, ==, 103);
  put(&history, 99, 1030000); /* from before the first: not kept, no harm */
  g_assert_null(history_resend(&history, 99, 1031000));
  history_clear(&history);
}

static void test_forget(void) {
  History history;
  history_init(&history, 64);
  for (uint64_t i = 0; i < 200; i++)
    put(&history, 70000 + i, 1000000 + (int64_t)i * 1000);
  g_assert_null(history_resend(&history, (uint16_t)(70199 - 64), 1200000));
  g_assert_nonnull(history_resend(&history, (uint16_t)(70199 - 63), 1200000));
  /* A jump over the whole ring leaves nothing of the old. */
  put(&history, 71000, 1201000);
  for (uint64_t i = 0; i < 64; i++)
    g_assert_null(history_resend(&history, (uint16_t)(70999 - i), 1300000));
  g_assert_nonnull(history_resend(&history, (uint16_t)71000, 1300000));
  /* By age, without new packets, down to the last reference (the pool asserts it). */
  history_expire(&history, 1201000 + HISTORY_US - 1);
  g_assert_nonnull(history_resend(&history, (uint16_t)71000, 1400000));
  history_expire(&history, 1201000 + HISTORY_US);
  g_assert_null(history_resend(&history, (uint16_t)71000, 1500000));
  put(&history, 71001, 5000000);
  g_assert_nonnull(history_resend(&history, (uint16_t)71001, 5000000));
  /* By age, with a new packet. */
  put(&history, 71002, 5000000 + HISTORY_US);
  g_assert_null(history_resend(&history, (uint16_t)71001, 6100000));
  g_assert_nonnull(history_resend(&history, (uint16_t)71002, 6100000));
  history_clear(&history);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  pool = packet_pool_new();
  g_test_add_func("/history/resend", test_resend);
  g_test_add_func("/history/order", test_order);
  g_test_add_func("/history/forget", test_forget);
  int result = g_test_run();
  packet_pool_free(pool);
  return result;
}
