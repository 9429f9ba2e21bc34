/* What the server sends to and signs in by (集成): mail (SMTP), webhooks, a hook that sends short
 * messages, an identity provider (OpenID Connect). These are the records; the secret of one stands
 * in a table of its own, is set apart from the rest and never shown: only whether there is one.
 * integration.h reads it for whoever sends. */
#include "domain/integration/integration.h"

#include <string.h>

#include "domain/list.h"
#include "model/call.h"
#include "store/people.h"
#include "store/statement.h"

static const Field fields[] = {
    WORD("kind", "smtp webhook sms oidc", .flags = ONCE),
    TEXT("name", 1, 60),
    TEXT("url", 8, 500, .of = "!-~",
         .about = "smtps://host:port, smtp:// for STARTTLS, or https://"),
    TEXT("account", 1, 200, .flags = OPTIONAL, .about = "user of a mail server, client of OIDC"),
    TEXT("sender", 3, 200, .flags = OPTIONAL, .about = "the address that mail comes from"),
    BOOL("active"),
    TEXT("secret", 1, 500, .at = "integration_secret", .flags = SECRET),
    END,
};

static const Grant grants[] = {
    {ROLE_SYSTEM_ADMIN, "all", "read create edit set_secret", NULL},
    {ROLES_ADMIN, "all", "read history", NULL},
    {0},
};

/* What goes over the network is encrypted; to a helper on the same machine it need not be. */
static bool fits(const char *kind, const char *url) {
  if (strcmp(kind, "smtp") == 0)
    return g_str_has_prefix(url, "smtp://") || g_str_has_prefix(url, "smtps://");
  return g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://127.0.0.1:") ||
         g_str_has_prefix(url, "http://[::1]:");
}

/* One of each kind is in use, and any number of webhooks. */
static bool may_write(Call *call) {
  bool found;
  const char *kind = call_text(call, call_said(call, ":kind") ? ":kind" : "$kind");
  const char *url = call_text(call, call_said(call, ":url") ? ":url" : "$url");
  if (!fits(kind, url))
    return call_refuse(call, "integration.other_url");
  call_let(call, "kind", kind);
  if (!call_get(call, "other", &found))
    return false;
  bool active = call_said(call, ":active") ? call_int(call, ":active") : call_int(call, "$active");
  return !active || !call_int(call, "@taken") || call_refuse(call, "integration.taken");
}

static bool set_secret(Call *call) {
  return call_run(call, "set_secret");
}

static const List all = {NULL, NULL, "name", "kind", 200};

static const Route routes[] = {
    {R_LIST, "integrations", "read", .list = &all},
    {R_ONE, "integrations/{integration}", "read"},
    {R_EVENTS, "integrations/{integration}/events", "history"},
    {R_CREATE, "integrations", "create", .in = "kind name url account? sender? active",
     .guard = may_write},
    {R_EDIT, "integrations/{integration}", "edit", .in = "name? url? account? sender? active?",
     .guard = may_write},
    {R_DO, "integrations/{integration}/secret", "set_secret", .in = "secret", .effect = set_secret},
    {0},
};

static const Code codes[] = {
    {"integration.other_url", 422},
    {"integration.taken", 409},
    {0},
};

extern const char integration_sql[], integration_words[];
const Subject subject_integration = {
    "integration", "integration", fields,          grants,
    routes,        codes,         integration_sql, .words = integration_words};

/* ---- for whoever sends ---- */

void integration_free(Integration *integration) {
  if (!integration)
    return;
  g_free(integration->url);
  g_free(integration->account);
  g_free(integration->sender);
  if (integration->secret)
    explicit_bzero(integration->secret, strlen(integration->secret));
  g_free(integration->secret);
  g_free(integration);
}

GPtrArray *integrations_active(sqlite3 *db, const char *kind, GError **error) {
  g_autoptr(Statement) row = db_prepare(db,
                                        "select i.url, i.account, i.sender, s.secret, i.id"
                                        " from integration i left join integration_secret s"
                                        " on s.integration = i.id"
                                        " where i.active = 1 and i.kind = :kind order by i.name",
                                        error);
  if (!row)
    return NULL;
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)integration_free);
  int result;
  statement_text(row, ":kind", kind);
  while ((result = statement_step(row, error)) == SQLITE_ROW) {
    Integration *one = g_new0(Integration, 1);
    one->url = g_strdup(column_text(row, 0));
    one->account = g_strdup(column_text(row, 1));
    one->sender = g_strdup(column_text(row, 2));
    one->secret = g_strdup(column_text(row, 3));
    g_strlcpy(one->id, column_text(row, 4), sizeof one->id);
    g_ptr_array_add(list, one);
  }
  return result == SQLITE_DONE ? g_steal_pointer(&list) : NULL;
}
