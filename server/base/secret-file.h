/* Secrets in files of their own: one line that nobody but the file's owner may read. For
 * configuration keys named …_file. Any thread. */
#pragma once

#include <glib.h>

#define SECRET_FILE_MOST 256

/* key names the file in messages ("turn_secret_file"). At least `least` printing characters without
 * blanks. NULL with CONFIG_ERROR_VALUE. Free with secret_free. */
char *secret_file_read(const char *key, const char *path, unsigned least, GError **error);
/* Wipes it first; NULL is fine. */
void secret_free(char *secret);
