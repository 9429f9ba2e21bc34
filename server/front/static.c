#include "front/static.h"

#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX 8

static const struct {
  const char *suffix, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".webm", "video/webm"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".txt", "text/plain; charset=utf-8"},
};

const char *static_type(const char *name) {
  for (unsigned i = 0; i < G_N_ELEMENTS(types); i++)
    if (g_str_has_suffix(name, types[i].suffix))
      return types[i].type;
  return "application/octet-stream";
}

/* Splits "/a/b" into names; false for hidden names, dots and what is too deep. */
static bool split(const char *path, char **names, unsigned *count, char *copy) {
  strcpy(copy, path);
  *count = 0;
  char *save = NULL;
  for (char *name = strtok_r(copy, "/", &save); name; name = strtok_r(NULL, "/", &save)) {
    if (*count == DEPTH_MAX || name[0] == '.' || strchr(name, '\\'))
      return false;
    names[(*count)++] = name;
  }
  return true;
}

static int open_below(int folder, char **names, unsigned count) {
  int at = folder;
  for (unsigned i = 0; i < count; i++) {
    bool last = i + 1 == count;
    int next = openat(at, names[i],
                      O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (last ? 0 : O_DIRECTORY));
    if (at != folder)
      close(at);
    if (next < 0)
      return -1;
    at = next;
  }
  return at;
}

static bool regular(int fd, struct stat *facts) {
  return fstat(fd, facts) == 0 && S_ISREG(facts->st_mode);
}

/* The compressed neighbour, when it is there. */
static int open_gzip(int folder, char **names, unsigned count, struct stat *facts) {
  g_autofree char *name = g_strconcat(names[count - 1], ".gz", NULL);
  char *plain = names[count - 1];
  names[count - 1] = name;
  int fd = open_below(folder, names, count);
  names[count - 1] = plain;
  if (fd >= 0 && !regular(fd, facts)) {
    close(fd);
    fd = -1;
  }
  return fd;
}

static bool open_names(int folder, char **names, unsigned count, bool accepts_gzip,
                       StaticFile *file) {
  struct stat facts, packed;
  int fd = open_below(folder, names, count);
  if (fd < 0)
    return false;
  if (fd == folder || !regular(fd, &facts)) {
    if (fd != folder)
      close(fd);
    return false;
  }
  *file = (StaticFile){.fd = fd, .type = static_type(names[count - 1])};
  file->immutable = count > 1 && strcmp(names[0], "assets") == 0;
  int gzip = open_gzip(folder, names, count, &packed);
  file->varies = gzip >= 0;
  if (gzip >= 0 && accepts_gzip) {
    close(fd);
    file->fd = gzip;
    file->gzip = true;
    facts = packed;
  } else if (gzip >= 0) {
    close(gzip);
  }
  file->size = (uint64_t)facts.st_size;
  g_snprintf(file->etag, sizeof file->etag, "\"%" PRIx64 "-%" PRIx64 "%s\"",
             (uint64_t)facts.st_mtim.tv_sec * 1000000000u + (uint64_t)facts.st_mtim.tv_nsec,
             file->size, file->gzip ? "z" : "");
  return true;
}

bool static_open(const char *web_dir, const char *path, bool accepts_gzip, StaticFile *file) {
  char copy[512];
  char *names[DEPTH_MAX];
  unsigned count;
  if (strlen(path) >= sizeof copy || !split(path, names, &count, copy))
    return false;
  int folder = open(web_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return false;
  char index[] = "index.html";
  if (count == 0 || !strchr(names[count - 1], '.')) {
    names[0] = index;
    count = 1;
  }
  bool found = open_names(folder, names, count, accepts_gzip, file);
  close(folder);
  return found;
}
