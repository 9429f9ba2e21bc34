/* Where a recording's files lie: recordings_dir/YYYY/MM/ID/NAME. Names are made by the server, yet
 * checked again on the way to the disk, so that nothing that was stored can lead elsewhere. Any
 * thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "2026/11/ID": by the UTC date of wall_ms. Free with g_free. */
char *folder_name(int64_t wall_ms, const char *id);
/* Makes it (0700) under recordings_dir; the absolute path, or NULL and error (G_FILE_ERROR; NOSPC
 * when the disk is full). Free with g_free. */
char *folder_make(const char *recordings_dir, const char *folder, GError **error);

/* Of the form of folder_name. */
bool folder_valid(const char *folder);
/* A file's name: a-z 0-9 _ - and inner dots, at most 80 characters. */
bool folder_name_valid(const char *name);
/* The file's path, or NULL when folder or name is not of the form above. Free with g_free. */
char *folder_path(const char *recordings_dir, const char *folder, const char *name);

/* Bytes free for an unprivileged process on the folder's file system; -1 when it cannot be told. */
int64_t folder_free_bytes(const char *path);
