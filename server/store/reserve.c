/* See reserve.h. The log is opened by a descriptor of its own: SQLite's locks lie on the database
 * and on the index (-shm), never on the log, so that closing it drops none of them (fcntl(2)).
 * FALLOC_FL_KEEP_SIZE, so that SQLite sees the log as long as it is. SQLite reuses the log from its
 * start after it was brought home and cuts it only above journal_size_limit (connection.c), so that
 * the blocks stay. Source: fallocate(2); sqlite.org/walformat.html. */
#include "store/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metrics.h"
#include "store/connection.h"

/* 3,880 pages of 4 KiB with their headers: within what the first block of the log's index can name
 * (4,062, walformat.html), so that the index needs no new room either. */
#define LOG_AHEAD_BYTES 16000000
#define LOOK_US 2000000
#define FULL_BYTES (4 * 1024 * 1024)    /* less is free: the disk is full */
#define SCARCE_BYTES (16 * 1024 * 1024) /* at most that much is left to facts alone */

struct Reserve {
  char *path, *log;
  int64_t bytes, look_us;
  bool scarce, told;
};

METRIC(metric_reserve, METRIC_GAUGE, "yishi_store_reserve_bytes",
       "Disk space kept for the database; 0: given back because the disk was full");

Reserve *reserve_new(const char *database, int64_t bytes) {
  Reserve *reserve = g_new0(Reserve, 1);
  g_autofree char *folder = g_path_get_dirname(database);
  reserve->path = g_build_filename(folder, "yishi.reserve", NULL);
  reserve->log = g_strconcat(database, "-wal", NULL);
  reserve->bytes = bytes;
  metric_register(&metric_reserve);
  return reserve;
}

void reserve_free(Reserve *reserve) {
  if (!reserve)
    return;
  g_free(reserve->path);
  g_free(reserve->log);
  g_free(reserve);
}

/* Free for an unprivileged process; INT64_MAX when it cannot be told. */
static int64_t free_bytes(const Reserve *reserve) {
  g_autofree char *folder = g_path_get_dirname(reserve->path);
  struct statvfs fs;
  if (statvfs(folder, &fs) != 0)
    return INT64_MAX;
  return (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}

/* -1: there is none. */
static int64_t kept_bytes(const Reserve *reserve) {
  struct stat status;
  return stat(reserve->path, &status) == 0 ? (int64_t)status.st_size : -1;
}

static void make_file(Reserve *reserve) {
  int fd = open(reserve->path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  int failed = fd < 0 ? errno : posix_fallocate(fd, 0, reserve->bytes);
  if (!failed)
    connection_give(fd, reserve->path, NULL);
  if (fd >= 0)
    close(fd);
  if (failed) {
    g_unlink(reserve->path);
    log_warn("store", "no_reserve", "reason=%s", log_q(g_strerror(failed)));
  } else if (reserve->told) {
    log_info("store", "reserved_again", "bytes=%" G_GINT64_FORMAT, reserve->bytes);
    reserve->told = false;
  }
}

static void allocate_log(const Reserve *reserve) {
  int fd = open(reserve->log, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return; /* nothing was written yet */
  /* File systems that cannot do it (EOPNOTSUPP) leave the log to the file that is given back. */
  if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, LOG_AHEAD_BYTES) != 0 && errno != EOPNOTSUPP &&
      errno != ENOSPC)
    log_warn("store", "log_not_reserved", "reason=%s", log_q(g_strerror(errno)));
  close(fd);
}

void reserve_keep(Reserve *reserve, int64_t now_us) {
  if (reserve->bytes == 0 || now_us < reserve->look_us)
    return;
  reserve->look_us = now_us + LOOK_US;
  allocate_log(reserve);
  int64_t kept = kept_bytes(reserve), room = free_bytes(reserve);
  if (kept < reserve->bytes && room >= 2 * reserve->bytes)
    make_file(reserve);
  kept = kept_bytes(reserve);
  reserve->scarce = kept < 0 && room < MIN(reserve->bytes / 2, SCARCE_BYTES);
  metric_set(&metric_reserve, MAX(kept, 0));
}

bool reserve_give(Reserve *reserve) {
  reserve->look_us = 0; /* how much is left is to be known at once */
  if (reserve->bytes == 0 || free_bytes(reserve) >= FULL_BYTES || kept_bytes(reserve) <= 0 ||
      g_unlink(reserve->path) != 0)
    return false;
  reserve->told = true;
  metric_set(&metric_reserve, 0);
  log_error("store", "disk_full", "given_back_bytes=%" G_GINT64_FORMAT, reserve->bytes);
  return true;
}

bool reserve_scarce(const Reserve *reserve) {
  return reserve->scarce;
}
