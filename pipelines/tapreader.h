/* Empties the tap's socket as fast as it fills.
 *
 * The server never waits for the recorder: when the socket is full it drops packets, and the kernel
 * holds only some 200. So a thread does nothing but read, and whatever stalls the recording (a slow
 * disk) is absorbed by memory, up to a bound. Batches go to the main thread through its mailbox.
 */
#pragma once

#include <stdint.h>

#include "base/mailbox.h"
#include "wire/tapwire.h"

typedef struct TapReader TapReader;

typedef struct {
  /* Main thread. now_us: when the message was read. */
  void (*message)(void *user, const TapMessage *message, int64_t now_us);
  /* Packets thrown away because TAP_QUEUE_MAX_BYTES waited already. */
  void (*overrun)(void *user, uint64_t packets);
  /* The other end is gone; the last call. */
  void (*closed)(void *user);
} TapReaderEvents;

#define TAP_QUEUE_MAX_BYTES (128u << 20)

/* The thread ends with the socket; the reader lives as long as the process. */
TapReader *tapreader_start(int fd, Mailbox *mailbox, const TapReaderEvents *events, void *user);
