/* The self-signed certificate for a server that has none: made once, kept in data_dir, made again
 * when it runs out or the machine's addresses are no longer in it. Main thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Sets certificate and key to paths (free with g_free) of PEM files, the key with mode 0600.
 * public_url: its host is put into the certificate too; may be empty. */
bool certificate_ensure(const char *data_dir, const char *public_url, int64_t now_ms,
                        char **certificate, char **key, GError **error);
