/* The files of one part: kept on the disk while they grow, hashed when they are complete.
 *
 * A thread of its own flushes every open file each second, so that a power cut costs little and a
 * disk that stalls for seconds stalls nothing else. When a muxer has finished a file, a small pool
 * of threads syncs and hashes it: only then do its bytes no longer change (closing rewrites the
 * header). Every function runs on the main thread; results come back through the mailbox.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/mailbox.h"

typedef struct Files Files;

typedef struct {
  const char *name;
  uint64_t bytes;
  char sha256[DIGEST_SIZE];
} FileFacts;

typedef void (*FilesClosed)(void *data, const FileFacts *facts);

/* mailbox is borrowed and drained by the caller's loop. */
Files *files_new(const char *dir, Mailbox *mailbox);
/* Waits for the threads; closed callbacks that were not delivered yet are dropped. */
void files_free(Files *files);

/* A file that a sink has just created in the folder. False and error when it cannot be opened. */
bool files_add(Files *files, const char *name, GError **error);
/* The sink has let go of it: sync, hash, then closed(data, …) on the main thread, once. */
void files_close(Files *files, const char *name, FilesClosed closed, void *data);
/* Files given to files_close whose callback has not run yet. */
unsigned files_pending(const Files *files);
/* Bytes of all files of the part so far. */
uint64_t files_bytes(Files *files);
