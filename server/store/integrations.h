/* The integrations that are in use (domain/integration), for whoever sends by them. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  char id[17];
  char *url;
  char *account, *sender, *secret; /* or NULL */
} Integration;

void integration_free(Integration *integration); /* wipes the secret; NULL is fine */

/* Of this kind ("smtp", "webhook", "sms", "oidc"), by name: of Integration; free with
 * g_ptr_array_unref. NULL: the database failed. By the connection's thread. */
GPtrArray *integrations_active(sqlite3 *db, const char *kind, GError **error);
/* How a sending went; failure NULL: it was taken. Writer. */
bool integration_note(sqlite3 *db, const char *id, int64_t at_ms, const char *failure,
                      GError **error);
