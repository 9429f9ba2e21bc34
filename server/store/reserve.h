/* Disk space that is the database's own, for the day when something else has taken all the rest.
 *
 * Two kinds. The write-ahead log's blocks are allocated in place, ahead of its end: a commit needs
 * no new ones, whatever another program eats, and the first megabytes of facts are safe from it.
 * And a file beside the database that is given back when bringing the log home into the database
 * needs room there (or when the log has outgrown what it has), and made again when space has
 * returned. While little of what was given back is left, only facts are written (store_write_kept):
 * whoever can be asked again is.
 *
 * The writer's thread; times are monotonic. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Reserve Reserve;

/* database: its path; bytes: of the file, 0: none is kept. Nothing is made yet (reserve_keep). */
Reserve *reserve_new(const char *database, int64_t bytes);
void reserve_free(Reserve *reserve); /* the file stays for the next start */

/* Now and then (it looks every 2 s): allocates the log's blocks, and makes the file when it is not
 * there and twice its size is free. */
void reserve_keep(Reserve *reserve, int64_t now_us);
/* Something could not be written. When the disk is full and the file is there, it is removed: true,
 * try again. */
bool reserve_give(Reserve *reserve);
/* There is no file and less than half of it (at most 16 MiB) is free: facts only. As reserve_keep
 * saw it. */
bool reserve_scarce(const Reserve *reserve);
