/* `yishictl peers`: whose line is bad? Asks the running server over its control socket
 * (front/control.h) and prints a line for each participant, the worst first. */
#pragma once

#include <glib.h>
#include <jansson.h>

/* What the server says; NULL with *error when none runs on this data folder. New reference. */
json_t *peers_ask(const char *data_dir, GError **error);

/* What is wrong with a participant's line (room/trouble.h), in a few words, "ok" for nothing. Pure.
 * Free with g_free. */
char *peers_trouble(const json_t *line);

/* The table. lines: the server's array. Free with g_free. */
char *peers_table(const json_t *lines);
