/* The reorder window of one track: packets in the order of their numbers, read twice.
 *
 * A hole is waited for from the arrival of the first packet from behind it, meanwhile the server
 * asks the sender again. The live reader (the program, which must not fall behind) gives up after
 * REORDER_LIVE_US; the file's reader, whose file is evidence and in no hurry, waits as long as the
 * server asks for anything. Each is told how many packets it did not get.
 *
 * Numbers are extended and only rise (wire/tapwire.h), so what is behind a reader is late and
 * nothing else. Packets are opaque and owned from push until both readers have passed them. Pure;
 * any thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum { REORDER_LIVE, REORDER_FILE, REORDER_READERS } ReorderReader;

#define REORDER_LIVE_US 350000
/* The server asks for a second (RECEIVE_GIVE_UP_US of peer/receive.h); the last answer has a long
 * way and the tap behind it. */
#define REORDER_FILE_US 1200000
#define REORDER_SLOTS 2048 /* packets: 1.2 s at 1700 packets/s, 16 Mbit/s; power of two */

typedef struct {
  bool begun;
  uint64_t first, highest; /* held are some of [first, highest] */
  GDestroyNotify free_packet;
  uint64_t late, twice; /* packets that were of no use to anybody */
  struct {
    uint64_t next;    /* to be popped */
    uint64_t skipped; /* given up before it, not told yet */
    uint64_t lost;    /* packets that it was told it did not get */
  } readers[REORDER_READERS];
  struct {
    void *packet;
    int64_t arrival_us;
  } slots[REORDER_SLOTS];
} Reorder;

void reorder_init(Reorder *reorder, GDestroyNotify free_packet);
void reorder_clear(Reorder *reorder);
/* There is room for it. If not, both readers are to be emptied (all) before it is pushed:
 * everything up to it is lost. */
bool reorder_fits(const Reorder *reorder, uint64_t sequence);
/* False when the packet comes too late or twice: it was freed. Asserts that it fits or that nothing
 * waits to be popped. */
bool reorder_push(Reorder *reorder, uint64_t sequence, void *packet, int64_t now_us);
/* The reader's next packet in order, NULL when there is none yet; borrowed until the next call of
 * push, pop or clear. *lost: how many before it were given up. all: give up every hole now. */
void *reorder_pop(Reorder *reorder, ReorderReader reader, int64_t now_us, bool all, uint64_t *lost);
