/* The integrations that are in use, for whoever sends by them. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef struct {
  char id[17];
  char *url;
  char *account, *sender, *secret; /* or NULL */
} Integration;

void integration_free(Integration *integration); /* NULL is fine */

/* Of this kind ("smtp", "webhook", "sms", "oidc"), by name: of Integration; free with
 * g_ptr_array_unref. NULL: the database failed. By the connection's thread. */
GPtrArray *integrations_active(sqlite3 *db, const char *kind, GError **error);
