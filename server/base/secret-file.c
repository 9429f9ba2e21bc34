#include "base/secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"

typedef struct {
  const char *key, *path;
  GError **error;
} Where;

static bool fail(const Where *where, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool fail(const Where *where, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error(where->error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s = %s %s", where->key, where->path,
              text);
  return false;
}

/* Whoever reads a secret may do what it is for, so the file must be its owner's only. */
static bool check_file(int fd, const Where *where) {
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
    return fail(where, "is not a file");
  if (status.st_mode & (S_IRWXG | S_IRWXO))
    return fail(where, "may be read by others than its owner (mode %04o): chmod 600",
                status.st_mode & 07777);
  return true;
}

/* One line; its end is not part of it. text is changed; it was size bytes. */
static bool check_secret(char *text, size_t size, unsigned least, const Where *where) {
  bool good = strlen(text) == size;
  g_strchomp(text);
  size_t length = strlen(text);
  for (size_t i = 0; i < length; i++)
    good &= g_ascii_isgraph(text[i]) != 0;
  if (!good)
    return fail(where, "wants one line of printing characters, no blanks");
  if (length < least || length > SECRET_FILE_MOST)
    return fail(where, "wants %u to %d characters, not %zu", least, SECRET_FILE_MOST, length);
  return true;
}

char *secret_file_read(const char *key, const char *path, unsigned least, GError **error) {
  Where where = {key, path, error};
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO would hold the start up */
  if (fd < 0) {
    fail(&where, "cannot be read: %s", g_strerror(errno));
    return NULL;
  }
  char text[SECRET_FILE_MOST + 16] = "";
  char *secret = NULL;
  if (check_file(fd, &where)) {
    ssize_t size = read(fd, text, sizeof text - 1);
    if (size < 0)
      fail(&where, "cannot be read: %s", g_strerror(errno));
    else if (check_secret(text, (size_t)size, least, &where))
      secret = g_strdup(text);
  }
  close(fd);
  OPENSSL_cleanse(text, sizeof text);
  return secret;
}

void secret_free(char *secret) {
  if (secret)
    OPENSSL_cleanse(secret, strlen(secret));
  g_free(secret);
}
