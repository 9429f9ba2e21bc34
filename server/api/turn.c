#include "api/turn.h"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/secret-file.h"

#define URIS_MOST 8 /* browsers warn of more than five and gather slower with each */
#define SECRET_LEAST 16

struct Turn {
  char **uris;
  char *secret_file;
  int64_t valid_s;
  pthread_mutex_t lock; /* of secret; nothing is read or computed under it */
  char *secret;         /* the last that was good */
};

static void set_error(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void set_error(GError **error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, text);
}

/* ---- URIs: RFC 7065 §3.1 ---- */

static bool is_port(const char *text) {
  if (!*text || strlen(text) > 5 || strspn(text, "0123456789") != strlen(text))
    return false;
  guint64 port = g_ascii_strtoull(text, NULL, 10);
  return port > 0 && port <= UINT16_MAX;
}

static bool is_host(const char *host) {
  struct in6_addr v6;
  size_t length = strlen(host);
  if (*host == '[' && length > 2 && host[length - 1] == ']') {
    g_autofree char *inside = g_strndup(host + 1, length - 2);
    return inet_pton(AF_INET6, inside, &v6) == 1;
  }
  return length > 0 && length <= 253 && *host != '.' && *host != '-' &&
         strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == length;
}

/* host [":" port]: the colon after a bracket, or the only one. */
static bool is_authority(const char *text) {
  const char *bracket = strrchr(text, ']');
  const char *colon = strchr(bracket ? bracket : text, ':');
  g_autofree char *host = colon ? g_strndup(text, (gsize)(colon - text)) : g_strdup(text);
  return is_host(host) && (!colon || is_port(colon + 1));
}

static bool is_turn_uri(const char *uri) {
  bool secure = g_str_has_prefix(uri, "turns:");
  if (!secure && !g_str_has_prefix(uri, "turn:"))
    return false;
  g_auto(GStrv) parts = g_strsplit(strchr(uri, ':') + 1, "?", 2);
  if (!parts[0] || !is_authority(parts[0]))
    return false;
  /* turns over UDP would be DTLS, which no browser speaks to a TURN server. */
  return !parts[1] || strcmp(parts[1], "transport=tcp") == 0 ||
         (!secure && strcmp(parts[1], "transport=udp") == 0);
}

static char **read_uris(const char *text, GError **error) {
  g_autoptr(GPtrArray) uris = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) parts = g_strsplit(text, ",", -1);
  for (unsigned i = 0; parts[i]; i++) {
    const char *uri = g_strstrip(parts[i]);
    if (*uri == 0 && !parts[1])
      break;
    if (!is_turn_uri(uri)) {
      set_error(error,
                "turn_uris wants turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp or "
                "turns:HOST:PORT?transport=tcp, comma-separated, not \"%s\"",
                uri);
      return NULL;
    }
    g_ptr_array_add(uris, g_strdup(uri));
  }
  if (uris->len > URIS_MOST) {
    set_error(error, "turn_uris wants at most %d, not %u", URIS_MOST, uris->len);
    return NULL;
  }
  g_ptr_array_add(uris, NULL);
  return (char **)g_ptr_array_steal(uris, NULL);
}

static char *read_secret(const Turn *turn, GError **error) {
  return secret_file_read("turn_secret_file", turn->secret_file, SECRET_LEAST, error);
}

Turn *turn_new(const Config *config, GError **error) {
  g_autoptr(Turn) turn = g_new0(Turn, 1);
  pthread_mutex_init(&turn->lock, NULL);
  turn->valid_s = (int64_t)config->turn_credential_min * 60;
  turn->secret_file = g_strdup(config->turn_secret_file);
  turn->uris = read_uris(config->turn_uris, error);
  if (!turn->uris)
    return NULL;
  if (turn->uris[0]) {
    if (!*turn->secret_file)
      set_error(error, "turn_uris wants turn_secret_file");
    else
      turn->secret = read_secret(turn, error);
    if (!turn->secret)
      return NULL;
  }
  return g_steal_pointer(&turn);
}

void turn_free(Turn *turn) {
  if (!turn)
    return;
  secret_free(turn->secret);
  g_free(turn->secret_file);
  g_strfreev(turn->uris);
  pthread_mutex_destroy(&turn->lock);
  g_free(turn);
}

/* ---- credentials ---- */

/* What the file holds now, for the operator changes it, and coturn's, without a restart; while that
 * is no good, the last that was. Free with secret_free. */
static char *current_secret(Turn *turn) {
  g_autoptr(GError) error = NULL;
  char *secret = read_secret(turn, &error), *kept = g_strdup(secret);
  if (!secret)
    log_limited(LOG_WARN, "turn", "secret_kept", "reason=%s", log_q(error->message));
  pthread_mutex_lock(&turn->lock);
  if (secret) {
    char *before = turn->secret;
    turn->secret = kept;
    kept = before;
  } else {
    secret = g_strdup(turn->secret);
  }
  pthread_mutex_unlock(&turn->lock);
  secret_free(kept);
  return secret;
}

static char *credential(const char *secret, const char *username) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  g_assert(HMAC(EVP_sha1(), secret, (int)strlen(secret), (const unsigned char *)username,
                strlen(username), digest, &length));
  return g_base64_encode(digest, length);
}

json_t *turn_ice_servers(Turn *turn, int64_t now_ms) {
  json_t *servers = json_array();
  if (!turn || !turn->uris[0])
    return servers;
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  g_autofree char *username =
      g_strdup_printf("%" G_GINT64_FORMAT ":%s", now_ms / 1000 + turn->valid_s, id);
  char *secret = current_secret(turn);
  g_autofree char *password = credential(secret, username);
  secret_free(secret);
  json_t *uris = json_array();
  for (unsigned i = 0; turn->uris[i]; i++)
    json_array_append_new(uris, json_string(turn->uris[i]));
  json_array_append_new(servers, json_pack("{s:o, s:s, s:s}", "urls", uris, "username", username,
                                           "credential", password));
  return servers;
}
