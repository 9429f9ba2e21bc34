/* The bytes of files, kept beside the database by what they are: data_dir/attachments/ab/abcd…, the
 * SHA-256 of the content being the name, so that the same file is kept once.
 *
 * What comes in is written to data_dir/attachments/new, and gets its name when it is whole and on
 * the disk, the directories too. A crash leaves at most a file in `new`, or one that no row names;
 * both are removed by blobs_sweep. Any thread; one Blob by one thread at a time. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/file-kind.h"

#define BLOB_BYTES_MOST (50 * 1024 * 1024) /* of one file; systems.md 1.4 */

typedef struct Blob Blob;

typedef struct {
  char sha256[65];
  uint64_t size;
  const FileKind *kind;
} BlobFacts;

/* A file to be written. NULL with error. */
Blob *blob_new(const char *data_dir, GError **error);
bool blob_write(Blob *blob, const void *bytes, size_t size, GError **error);
/* It is whole: durable and under its name, if it is of a kind that may be kept; else
 * STORE_ERROR_INVALID. */
bool blob_finish(Blob *blob, BlobFacts *facts, GError **error);
/* It is whole, of whatever kind, and not to be kept: its path, for one who reads and removes it.
 * It stays in `new`, where blobs_sweep removes it if he does not. Free with g_free. */
char *blob_pass(Blob *blob);
/* What was not finished is removed. NULL is fine. */
void blob_free(Blob *blob);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Blob, blob_free)

/* Free with g_free. sha256: 64 hexadecimal digits. */
char *blob_path(const char *data_dir, const char *sha256);
/* Whether it is there, with that many bytes. */
bool blob_is_there(const char *data_dir, const char *sha256, uint64_t size);

/* Removes what nobody finished and what no row of `attachment` names, when it is older than an
 * hour: what is younger may be about to get its row. On the writer's thread, where rows are made,
 * so that none is made meanwhile. Returns how many; looks at one of 256 folders a call, the one of
 * this number, and with 0 at `new` too. */
#define BLOB_FOLDERS 256
unsigned blobs_sweep(sqlite3 *db, const char *data_dir, unsigned folder, int64_t now_ms);
