/* The files of removed recordings go from the disk.
 *
 * A removal is a row first (server/domain/recording), durable before it is acknowledged; then the
 * folders of its parts are deleted here, and the row and the audit record say that they are gone.
 * Whatever a crash or an error left undone is done at the next run, at the latest after the next
 * start, which also looks whether a folder of one that was purged came back (a restored disk, say).
 * Rows stay, so that no such folder is ever taken for an unknown one (orphan.h). Deleting is done
 * on a thread beside the serving server. */
#pragma once

#include "base/config.h"
#include "store/database.h"

typedef struct Removal Removal;

/* Main thread. config and store outlive it. */
Removal *removal_new(const Config *config, Store *store);
/* Main thread: looks what is to be deleted, and deletes it; while it does, once more afterwards.
 * Not before files are repaired no more (recover.h), which would write them anew. */
void removal_run(Removal *removal);
/* Main thread, before the store closes. */
void removal_free(Removal *removal);

/* Deletes a recording's folder with the files in it, durably; true when it is not there (any
 * more). Blocks. */
bool removal_delete(const char *recordings_dir, const char *folder, GError **error);
