/* How large the kernel's buffers of a media socket are. What a burst of a hall's feedback or of
 * pictures does not fit into is lost, and looks like a bad way. The kernel gives no more than its
 * limits, net.core.rmem_max and wmem_max, to who is not privileged: 208 KiB by default. Main
 * thread, before the media threads start.
 */
#pragma once

#include <stdbool.h>

#define BUFFERS_WANTED_BYTES (8 * 1024 * 1024) /* half a second of a gigabit's tenth, both ways */

typedef struct {
  int receive_bytes,
      send_bytes; /* as asked for: the kernel's own count is twice that (socket(7)) */
} Buffers;

/* Asks for them, and counts what the kernel drops on the socket (buffers_dropped). What there is in
 * the end. */
Buffers buffers_set(int fd);
/* Whether all that was wanted is there. */
bool buffers_enough(const Buffers *buffers);
/* Shows them in the metrics, the least of all sockets, and says once what to do about too little.
 */
void buffers_note(const Buffers *buffers);
