#include "store/database.h"

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
