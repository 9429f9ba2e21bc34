/* See control-client.h. */
#include "control-client.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTROL_NAME "control.sock" /* front/control.h */
#define TIMEOUT_S 5

static json_t *fail(GError **error, int reason) {
  g_set_error(error, G_IO_ERROR, g_io_error_from_errno(reason),
              "no server answers on this data folder: %s", g_strerror(reason));
  return NULL;
}

static int open_socket(const char *path) {
  struct sockaddr_un where = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof where.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(where.sun_path, path, strlen(path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval limit = {.tv_sec = TIMEOUT_S};
  if (fd >= 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof where) != 0) {
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
  }
  return fd;
}

json_t *control_ask(const char *data_dir, const char *command, GError **error) {
  g_autofree char *path = g_build_filename(data_dir, CONTROL_NAME, NULL);
  g_autofree char *line = g_strconcat(command, "\n", NULL);
  int fd = open_socket(path);
  if (fd < 0)
    return fail(error, errno);
  if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line)) {
    int reason = errno;
    close(fd);
    return fail(error, reason);
  }
  g_autoptr(GString) text = g_string_new(NULL);
  char part[4096];
  ssize_t count;
  while ((count = recv(fd, part, sizeof part, 0)) > 0)
    g_string_append_len(text, part, count);
  int reason = count < 0 ? errno : EPROTO;
  close(fd);
  json_t *document = count == 0 ? json_loadb(text->str, text->len, 0, NULL) : NULL;
  return document ? document : fail(error, reason);
}
