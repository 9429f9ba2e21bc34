/* The other end of front/control.h: `yishictl` asks the server that runs on a data folder. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* command: one line without its end, as control.h lists them. The server's document, a new
 * reference; NULL with *error, G_IO_ERROR_NOT_FOUND or G_IO_ERROR_CONNECTION_REFUSED when no server
 * runs there. Waits for at most 5 s. */
json_t *control_ask(const char *data_dir, const char *command, GError **error);
