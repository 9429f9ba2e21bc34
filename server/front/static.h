/* The web application's files: which file answers a path, and how long it may be kept.
 *
 * Paths are walked one name at a time with O_NOFOLLOW from the folder's own descriptor, so neither
 * dots nor symbolic links lead out of it. Names with a hash (Vite's /assets/) never change; all
 * else is asked for again each time. A path without a dot in its last name is a page of the
 * application and gets index.html. Main thread: opens and stats, the files are small and cached.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int fd; /* owned by the caller */
  uint64_t size;
  const char *type;
  bool gzip;      /* these are the bytes of the precompressed neighbour */
  bool varies;    /* such a neighbour exists: the answer depends on Accept-Encoding */
  bool immutable; /* may be kept for ever */
  char etag[48];  /* quoted */
} StaticFile;

/* False when there is nothing to serve under this (decoded) path. */
bool static_open(const char *web_dir, const char *path, bool accepts_gzip, StaticFile *file);

/* The content type of a name, "application/octet-stream" when it is none of ours. */
const char *static_type(const char *name);
