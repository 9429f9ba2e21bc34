#include "store/database.h"

#include <errno.h>
#include <stdarg.h>

G_DEFINE_QUARK(yishi_store_error, store_error)

bool store_invalid(GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *message = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, STORE_ERROR, STORE_ERROR_INVALID, message);
  return false;
}

bool store_fail_file(GError **error, const char *what, const char *path) {
  bool disk = errno == ENOSPC || errno == EDQUOT || errno == EIO;
  g_set_error(error, STORE_ERROR, disk ? STORE_ERROR_DISK : STORE_ERROR_DATABASE,
              "cannot %s %s: %s", what, path, g_strerror(errno));
  return false;
}
