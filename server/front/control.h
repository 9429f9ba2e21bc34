/* The way in for `yishictl` to what only the running server knows: a Unix socket in the data
 * folder, which only the server's own user and root may open.
 *
 * A client sends one line, a command, and gets one JSON document; then the socket is closed.
 *   peers       how everybody's line is: room/lines.h
 *   person ID   this person's row or sessions were changed in the database beside the server, which
 *               does what it does after the same change through its API: {"told": true}
 * What is not known gets {"error": "unknown_command"}. Main thread.
 */
#pragma once

#include <glib.h>

#include "base/config.h"
#include "room/assembly.h"

#define CONTROL_NAME "control.sock" /* in the data folder */

typedef struct Control Control;

/* Borrowed: assembly. NULL with *error when the socket cannot be made: the server runs without. */
Control *control_new(const Config *config, Assembly *assembly, GError **error);
/* Closes what is open and removes the socket. */
void control_free(Control *control);
