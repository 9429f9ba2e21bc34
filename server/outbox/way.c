#include "outbox/way.h"

#include <string.h>

#include "base/address.h"
#include "base/secret-file.h"
#include "store/integrations.h"

const char *channel_name(Channel channel) {
  static const char *const names[CHANNEL_COUNT] = {"email", "sms", "webhook", "push", "call"};
  return names[channel];
}

void way_free(Way *way) {
  if (!way)
    return;
  g_free(way->url);
  g_free(way->account);
  g_free(way->sender);
  secret_free(way->secret);
  g_free(way);
}

/* ---- the configuration ---- */

static char *text_or_null(const char *text) {
  return *text ? g_strdup(text) : NULL;
}

static bool read_secret(const char *key, const char *path, char **secret, GError **error) {
  *secret = *path ? secret_file_read(key, path, 1, error) : NULL;
  return !*path || *secret;
}

static bool mail_configured(Way *way, const Config *config, GError **error) {
  bool tls = strcmp(config->smtp_tls, "tls") == 0;
  way->there = *config->smtp_server;
  way->url = g_strdup_printf("%s://%s", tls ? "smtps" : "smtp", config->smtp_server);
  way->tls = strcmp(config->smtp_tls, "none") == 0 ? TLS_NEVER : TLS_ALWAYS;
  way->account = text_or_null(config->smtp_user);
  way->sender = text_or_null(config->mail_from);
  return read_secret("smtp_password_file", config->smtp_password_file, &way->secret, error);
}

static bool sms_configured(Way *way, const Config *config, GError **error) {
  way->there = *config->sms_hook_url;
  way->url = text_or_null(config->sms_hook_url);
  return read_secret("sms_hook_secret_file", config->sms_hook_secret_file, &way->secret, error);
}

Way *way_configured(const Config *config, Channel channel, GError **error) {
  g_autoptr(Way) way = g_new0(Way, 1);
  if (channel == CHANNEL_EMAIL && !mail_configured(way, config, error))
    return NULL;
  if (channel == CHANNEL_SMS && !sms_configured(way, config, error))
    return NULL;
  if (channel == CHANNEL_WEBHOOK)
    way->there = config->webhooks;
  if (channel == CHANNEL_PUSH)
    way->there = *config->push_contact;
  if (channel == CHANNEL_CALL)
    way->there = true; /* each call has its own address */
  return g_steal_pointer(&way);
}

/* ---- the integration ---- */

static Way *copy_of(const Way *way) {
  Way *copy = g_new0(Way, 1);
  *copy = *way;
  copy->url = g_strdup(way->url);
  copy->account = g_strdup(way->account);
  copy->sender = g_strdup(way->sender);
  copy->secret = g_strdup(way->secret);
  return copy;
}

static bool is_here(const char *url) {
  g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
  return uri && g_uri_get_host(uri) && address_is_loopback(g_uri_get_host(uri));
}

static Way *way_of(const Integration *integration) {
  Way *way = g_new0(Way, 1);
  way->there = true;
  g_strlcpy(way->integration, integration->id, sizeof way->integration);
  way->url = g_strdup(integration->url);
  way->tls = is_here(integration->url) ? TLS_OFFERED : TLS_ALWAYS;
  way->account = g_strdup(integration->account);
  way->sender = g_strdup(integration->sender);
  way->secret = g_strdup(integration->secret);
  return way;
}

Way *way_load(sqlite3 *db, Channel channel, const Way *configured, GError **error) {
  static const char *const kinds[CHANNEL_COUNT] = {[CHANNEL_EMAIL] = "smtp", [CHANNEL_SMS] = "sms"};
  if (!kinds[channel])
    return copy_of(configured);
  g_autoptr(GPtrArray) active = integrations_active(db, kinds[channel], error);
  if (!active)
    return NULL;
  return active->len ? way_of(active->pdata[0]) : copy_of(configured);
}
