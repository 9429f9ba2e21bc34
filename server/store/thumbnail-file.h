/* Thumbnails of the pictures among the blobs, kept as these are by what the picture is:
 * data_dir/thumbnails/ab/abcd… is that of the blob abcd…, and abcd….none says that none could be
 * made of it. They are made anew when they are missing, and so in no backup. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* So long none is tried again: a later library may read what this one cannot. */
#define THUMBNAIL_NONE_MS (7 * 24 * 3600 * INT64_C(1000))

typedef enum {
  THUMBNAIL_NOT_YET,
  THUMBNAIL_THERE,
  THUMBNAIL_NONE, /* it was tried, and there is none */
} ThumbnailState;

/* Free with g_free. sha256: of the picture. */
char *thumbnail_file_path(const char *data_dir, const char *sha256);
ThumbnailState thumbnail_file_state(const char *data_dir, const char *sha256, int64_t now_ms);
/* made: the file that becomes it, in data_dir too; NULL: none can be made. STORE_ERROR_DISK. */
bool thumbnail_file_keep(const char *data_dir, const char *sha256, const char *made,
                         GError **error);

/* Removes those of blobs that are not there any more, in one of BLOB_FOLDERS folders a call
 * (blobs_sweep). Returns how many files. */
unsigned thumbnail_files_sweep(const char *data_dir, unsigned folder);
