#include "peer/paths.h"

#include <stddef.h>

static int find(const Paths *paths, const Path *path) {
  for (unsigned i = 0; i < paths->count; i++)
    if (path_equal(&paths->seen[i].path, path))
      return (int)i;
  return -1;
}

/* A place for a new path: a free one, or that of the longest silent but the current. */
static int make_room(Paths *paths, Path *dropped) {
  if (paths->count < PATHS_MAX)
    return (int)paths->count++;
  int oldest = -1;
  for (int i = 0; i < PATHS_MAX; i++)
    if (i != paths->current &&
        (oldest < 0 || paths->seen[i].heard_us < paths->seen[oldest].heard_us))
      oldest = i;
  *dropped = paths->seen[oldest].path;
  return oldest;
}

PathsVerdict paths_check(Paths *paths, const Path *path, bool decisive, int64_t now_us,
                         Path *dropped) {
  bool first = paths->count == 0;
  *dropped = (Path){0};
  int at = find(paths, path);
  if (at < 0) {
    at = make_room(paths, dropped);
    paths->seen[at].path = *path;
  }
  paths->seen[at].heard_us = now_us;
  if (first) {
    paths->current = at;
    return PATHS_FIRST;
  }
  if (at == paths->current)
    return PATHS_KEPT;
  if (!decisive && now_us - paths->seen[paths->current].heard_us < PATHS_SILENT_US)
    return PATHS_KEPT;
  paths->current = at;
  return PATHS_MOVED;
}

bool paths_heard(Paths *paths, const Path *path, int64_t now_us) {
  int at = find(paths, path);
  if (at < 0)
    return false;
  paths->seen[at].heard_us = now_us;
  return true;
}

int64_t paths_current_heard(const Paths *paths) {
  return paths->count ? paths->seen[paths->current].heard_us : 0;
}

const Path *paths_current(const Paths *paths) {
  return paths->count ? &paths->seen[paths->current].path : NULL;
}

PathsLoss paths_closed(Paths *paths, const Path *path) {
  int at = find(paths, path);
  if (at < 0)
    return PATHS_UNUSED;
  bool in_use = at == paths->current;
  int last = (int)--paths->count;
  paths->seen[at] = paths->seen[last];
  if (paths->current == last)
    paths->current = at;
  if (!in_use)
    return PATHS_UNUSED;
  paths->current = 0;
  for (int i = 1; i < last; i++)
    if (paths->seen[i].heard_us > paths->seen[paths->current].heard_us)
      paths->current = i;
  return last ? PATHS_REPLACED : PATHS_NONE;
}
