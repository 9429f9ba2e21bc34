/* What the server sends to and signs in by (集成): mail (SMTP), webhooks, a hook that sends short
 * messages, an identity provider (OpenID Connect). These are the records; the secret of one stands
 * in a table of its own, is set apart from the rest and never shown: only whether there is one.
 * store/integrations.h reads it for whoever sends. */
#include "domain/list.h"

#include <string.h>

#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    WORD("kind", "smtp webhook sms oidc", .flags = ONCE),
    TEXT("name", 1, 60),
    TEXT("url", 8, 500, .of = "!-~",
         .about = "smtps://host:port, smtp:// for STARTTLS, or https://"),
    TEXT("account", 1, 200, .flags = OPTIONAL, .about = "user of a mail server, client of OIDC"),
    TEXT("sender", 3, 200, .of = "a-zA-Z0-9.+_@-", .flags = OPTIONAL,
         .about = "the address that mail comes from"),
    BOOL("active"),
    TIME("last_sent_at", .at = "integration_use", .flags = GIVEN | OPTIONAL),
    TIME("last_failed_at", .at = "integration_use", .flags = GIVEN | OPTIONAL),
    TEXT("failure", 1, 200, .at = "integration_use", .flags = GIVEN | OPTIONAL,
         .about = "why the last sending failed; null when it did not"),
    TEXT("secret", 1, 500, .at = "integration_secret", .flags = SECRET),
    END,
};

static const Grant grants[] = {
    {ROLE_SYSTEM_ADMIN, "all", "read export create edit set_secret", NULL},
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

/* As it is said, or as it was. */
static const char *will_be(const Call *call, const char *said, const char *before) {
  return call_text(call, call_said(call, said) ? said : before);
}

/* One of each kind is in use, and any number of webhooks; mail comes from somewhere. */
static bool may_write(Call *call) {
  bool found;
  const char *kind = will_be(call, ":kind", "$kind");
  const char *sender = will_be(call, ":sender", "$sender");
  if (!fits(kind, will_be(call, ":url", "$url")))
    return call_refuse(call, "integration.other_url");
  if (strcmp(kind, "smtp") == 0 && (!sender || !strchr(sender, '@')))
    return call_refuse(call, "integration.no_sender");
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
    {"integration.no_sender", 422},
    {"integration.taken", 409},
    {0},
};

extern const char integration_sql[], integration_words[];
const Subject subject_integration = {
    "integration", "integration", fields,          grants,
    routes,        codes,         integration_sql, .words = integration_words};
