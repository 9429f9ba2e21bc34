#include "front/request.h"

#include <string.h>

#include "base/address.h"
#include "front/origin.h"

#define PATH_MAX_BYTES 1024
#define QUERY_MAX_BYTES 2048
#define HEADER_MAX_BYTES 4096
#define LENGTH_DIGITS 15

char *front_header(struct lws *wsi, enum lws_token_indexes token, size_t most, bool *too_long) {
  int length = lws_hdr_total_length(wsi, token);
  if (length <= 0)
    return NULL;
  if ((size_t)length > most) {
    *too_long = true;
    return NULL;
  }
  /* Each fragment of a repeated header needs room for its separator. */
  int size = length + 64;
  char *text = g_malloc0((size_t)size);
  if (lws_hdr_copy(wsi, text, size, token) <= 0) {
    g_free(text);
    *too_long = true;
    return NULL;
  }
  return text;
}

char *front_client_address(const Connection *connection) {
  if (!connection->front->config->trust_proxy || !connection->loopback)
    return g_strdup(connection->address);
  bool too_long = false;
  g_autofree char *list =
      front_header(connection->wsi, WSI_TOKEN_X_FORWARDED_FOR, HEADER_MAX_BYTES, &too_long);
  /* The last entry is the one our own proxy added; those before are whatever the client sent. */
  char *last = list ? strrchr(list, ',') : NULL;
  last = last ? last + 1 : list;
  char address[ADDRESS_CHARS];
  if (last && address_normalise(g_strstrip(last), address))
    return g_strdup(address);
  return g_strdup(connection->address);
}

void request_clear(Request *request) {
  api_request_free(request->api);
  g_free(request->range);
  g_free(request->if_range);
  g_free(request->if_none_match);
  *request = (Request){0};
}

static bool is_repeated(struct lws *wsi, enum lws_token_indexes token) {
  char value[8];
  /* -1: there is no such fragment; a longer one does not fit, which is another error. */
  int length = lws_hdr_fragment_length(wsi, token, 1);
  return length > 0 || lws_hdr_copy_fragment(wsi, value, sizeof value, token, 1) >= 0;
}

bool request_head_is_sound(struct lws *wsi) {
  static const enum lws_token_indexes once[] = {
      WSI_TOKEN_HOST,
      WSI_TOKEN_ORIGIN,
      WSI_TOKEN_HTTP_CONTENT_LENGTH,
      WSI_TOKEN_UPGRADE,
      WSI_TOKEN_VERSION,
      WSI_TOKEN_KEY,
      WSI_TOKEN_HTTP_CONTENT_TYPE,
      WSI_TOKEN_HTTP_COOKIE,
      WSI_TOKEN_HTTP_TRANSFER_ENCODING,
  };
  bool too_long = false;
  g_autofree char *version = front_header(wsi, WSI_TOKEN_HTTP, 16, &too_long);
  g_autofree char *host = front_header(wsi, WSI_TOKEN_HOST, 300, &too_long);
  if (!version || (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0))
    return false;
  if (!host || !host_is_valid(host))
    return false;
  for (unsigned i = 0; i < G_N_ELEMENTS(once); i++)
    if (is_repeated(wsi, once[i]))
      return false;
  return true;
}

/* reached, unless NULL, gets what origin_reached says. */
static bool read_origin(const Connection *connection, char **reached) {
  const Config *config = connection->front->config;
  const OriginPolicy policy = {config->public_url, config->allowed_origins,
                               strcmp(config->tls, "off") != 0};
  bool too_long = false;
  g_autofree char *origin = front_header(connection->wsi, WSI_TOKEN_ORIGIN, 300, &too_long);
  g_autofree char *host = front_header(connection->wsi, WSI_TOKEN_HOST, 300, &too_long);
  if (too_long)
    return false;
  if (reached)
    *reached = origin_reached(&policy, origin, host);
  return origin_allowed(&policy, origin, host);
}

bool request_origin_allowed(const Connection *connection) {
  return read_origin(connection, NULL);
}

static const struct {
  enum lws_token_indexes token;
  HttpMethod method;
} methods[] = {
    {WSI_TOKEN_GET_URI, HTTP_GET},     {WSI_TOKEN_HEAD_URI, HTTP_HEAD},
    {WSI_TOKEN_POST_URI, HTTP_POST},   {WSI_TOKEN_PUT_URI, HTTP_PUT},
    {WSI_TOKEN_PATCH_URI, HTTP_PATCH}, {WSI_TOKEN_DELETE_URI, HTTP_DELETE},
};

static bool read_path(struct lws *wsi, ApiRequest *api, bool *too_long) {
  for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
    int length = lws_hdr_total_length(wsi, methods[i].token);
    if (length <= 0)
      continue;
    api->method = methods[i].method;
    api->path = front_header(wsi, methods[i].token, PATH_MAX_BYTES, too_long);
    /* A decoded %00 would cut the path short for whoever reads it next. */
    return api->path && api->path[0] == '/' && strlen(api->path) == (size_t)length &&
           g_utf8_validate(api->path, -1, NULL);
  }
  return false;
}

static bool read_query(struct lws *wsi, ApiRequest *api, bool *too_long) {
  int total = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS);
  if (total <= 0)
    return true;
  if (total > QUERY_MAX_BYTES) {
    *too_long = true;
    return false;
  }
  char pair[QUERY_MAX_BYTES + 1];
  for (int i = 0; lws_hdr_copy_fragment(wsi, pair, sizeof pair, WSI_TOKEN_HTTP_URI_ARGS, i) > 0;
       i++) {
    if (i == API_QUERY_MAX || !g_utf8_validate(pair, -1, NULL))
      return false;
    g_ptr_array_add(api->query, g_strdup(pair));
  }
  return true;
}

/* The value of our cookie: what secret_new makes, anything else is as good as none. */
static char *session_cookie(const char *header) {
  g_auto(GStrv) pairs = g_strsplit(header, ";", 64);
  for (unsigned i = 0; pairs[i]; i++) {
    char *pair = g_strstrip(pairs[i]);
    if (!g_str_has_prefix(pair, API_COOKIE "="))
      continue;
    const char *value = pair + strlen(API_COOKIE "=");
    size_t length = strspn(value, "0123456789abcdefghijklmnopqrstuvwxyz");
    if (length > 0 && length <= 64 && value[length] == 0)
      return g_strdup(value);
  }
  return NULL;
}

static bool read_length(Request *request, const char *text) {
  size_t digits = strspn(text, "0123456789");
  if (digits == 0 || digits > LENGTH_DIGITS || text[digits])
    return false; /* also a repeated header, which arrives joined */
  request->has_length = true;
  request->length = g_ascii_strtoull(text, NULL, 10);
  return true;
}

static char *custom_header(struct lws *wsi, const char *name) {
  char value[129];
  int length = lws_hdr_custom_copy(wsi, value, sizeof value, name, (int)strlen(name));
  return length > 0 ? g_strstrip(g_strdup(value)) : NULL;
}

static int refuse(const char **code, const char **title, int status, const char *why,
                  const char *words) {
  *code = why;
  *title = words;
  return status;
}

/* A key is written as a string or bare. false: it is none. */
static bool read_key(struct lws *wsi, ApiRequest *api) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  g_autofree char *text = custom_header(wsi, "idempotency-key:");
  if (!text)
    return true;
  size_t length = strlen(text);
  bool quoted = length > 2 && text[0] == '"' && text[length - 1] == '"';
  api->key = quoted ? g_strndup(text + 1, length - 2) : g_steal_pointer(&text);
  return strlen(api->key) <= 64 && api->key[strspn(api->key, letters)] == 0;
}

/* The number in If-Match: "3", or any by "*". One that is none of ours names a version that there
 * never was. */
static int64_t read_version(struct lws *wsi, bool *too_long) {
  g_autofree char *text = front_header(wsi, WSI_TOKEN_HTTP_IF_MATCH, 64, too_long);
  if (!text)
    return 0;
  if (strcmp(text, "*") == 0)
    return API_ANY_VERSION;
  gint64 version = 0;
  size_t length = strlen(text);
  if (length < 3 || text[0] != '"' || text[length - 1] != '"')
    return -1;
  text[length - 1] = 0;
  return g_ascii_string_to_signed(text + 1, 10, 1, G_MAXINT64, &version, NULL) ? version : -1;
}

int request_read(const Connection *connection, Request *request, const char **code,
                 const char **title) {
  struct lws *wsi = connection->wsi;
  bool too_long = false;
  ApiRequest *api = request->api = api_request_new();
  api->address = front_client_address(connection);
  bool good = read_path(wsi, api, &too_long) && read_query(wsi, api, &too_long);
  request->range = front_header(wsi, WSI_TOKEN_HTTP_RANGE, 200, &too_long);
  request->if_range = front_header(wsi, WSI_TOKEN_HTTP_IF_RANGE, 200, &too_long);
  request->if_none_match = front_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, 1000, &too_long);
  api->content_type = front_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, 200, &too_long);
  api->csrf = custom_header(wsi, "x-csrf-token:");
  api->behalf = custom_header(wsi, "on-behalf-of:");
  api->if_match = read_version(wsi, &too_long);
  g_autofree char *cookie = front_header(wsi, WSI_TOKEN_HTTP_COOKIE, HEADER_MAX_BYTES, &too_long);
  g_autofree char *coding =
      front_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, HEADER_MAX_BYTES, &too_long);
  g_autofree char *length = front_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 64, &too_long);
  if (too_long)
    return refuse(code, title, 431, "header_too_large", "A header or the address is too long");
  if (!good || !request_head_is_sound(wsi) || !read_key(wsi, api))
    return refuse(code, title, 400, "bad_request", "The request cannot be read");
  if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
    return refuse(code, title, 501, "no_chunked", "Bodies need a Content-Length");
  if (length && !read_length(request, length))
    return refuse(code, title, 400, "bad_request", "The Content-Length cannot be read");
  if (!request->has_length && (api->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH)))
    return refuse(code, title, 411, "length_required", "Bodies need a Content-Length");
  request->intake = api_intake(connection->front->api, api);
  if (request->length > request->intake.most)
    return refuse(code, title, 413, "too_large", "The request is too large");
  api->cookie = cookie ? session_cookie(cookie) : NULL;
  api->origin_ok = read_origin(connection, &api->reached);
  g_autofree char *background = custom_header(wsi, "x-background:");
  api->background = g_strcmp0(background, "1") == 0;
  request->accepts_gzip = coding && strstr(coding, "gzip") && !strstr(coding, "gzip;q=0");
  request->forwarded = lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) > 0;
  return 0;
}
