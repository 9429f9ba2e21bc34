/* The reorder window of one track: packets in the order of their sequence numbers, and losses told.
 *
 * A hole is waited for REORDER_WINDOW_US from the arrival of the packet behind it (the server asks
 * the sender again during that time), then given up. Numbers that jump away start the window anew;
 * at least one packet counts as lost then. Packets are opaque and owned from push until they are
 * popped or the window is cleared. Pure; any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "wire/seq.h"

#define REORDER_WINDOW_US 350000
#define REORDER_RESTART 64 /* late packets in a row: the sender counts anew, from lower numbers */
#define REORDER_PAUSE_US 1000000 /* after such a silence one late packet is enough */
#define REORDER_SLOTS 2048       /* packets: 350 ms at 5800 packets/s; power of two */

typedef struct {
  SeqUnwrap unwrap;
  uint64_t next; /* to be popped; 0: nothing came yet */
  uint64_t highest;
  unsigned held;
  unsigned late_run; /* late ones without a good one between */
  int64_t push_us;   /* of the last packet */
  bool anew;         /* the window began anew: something is missing, nobody knows how much */
  GDestroyNotify free_packet;
  uint64_t lost, late, twice; /* packets, for the file's figures */
  struct {
    void *packet;
    int64_t arrival_us;
  } slots[REORDER_SLOTS];
} Reorder;

void reorder_init(Reorder *reorder, GDestroyNotify free_packet);
void reorder_clear(Reorder *reorder);
/* False when the packet comes too late or twice: it was freed. */
bool reorder_push(Reorder *reorder, uint16_t sequence, void *packet, int64_t now_us);
/* The next packet in order, NULL when there is none yet. *lost: how many before it were given up.
 * all: give up every hole now (the end). */
void *reorder_pop(Reorder *reorder, int64_t now_us, bool all, uint64_t *lost);
