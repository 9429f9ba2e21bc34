#include "front/listener.h"

#include <gio/gio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "front/connections.h"
#include "front/doors.h"
#include "front/front.h"
#include "front/session.h"
#include "front/tls.h"
#include "front/upload.h"
#include "front/websocket.h"

#define TICK_MS 1000
#define HEADERS_MAX_BYTES 16384
#define HEADER_TABLES 2048 /* requests parsed or answered at once; more wait */
#define PING_S 20          /* a silent WebSocket is pinged … */
#define HANGUP_S 35        /* … and given up */

struct Listener {
  Front *front;
  struct lws_context *lws;
  struct lws_vhost *vhost;
  Doors *doors; /* NULL: closed */
  GSource *tick;
  unsigned port;
  Tls *tls; /* NULL: none */
};

Front *front_ref(Front *front) {
  return g_rc_box_acquire(front);
}

static void clear_front(void *pointer) {
  Front *front = pointer;
  pool_free(front->upload_threads);
  g_free(front->websocket_origin);
  g_free(front->scratch);
  connections_free(front->connections);
}

void front_unref(Front *front) {
  g_rc_box_release_full(front, clear_front);
}

/* ---- what libwebsockets tells -------------------------------------------------------------- */

/* libwebsockets 4.1.6 keeps a pointer to the Upgrade header across a call that may free it when the
 * value is neither websocket nor h2c, and hands it to us in `in`: a use after free before any
 * authentication. So `in` is not touched; the header is read anew, and is absent in that case. */
static int confirm_upgrade(Connection *connection) {
  bool too_long = false;
  g_autofree char *upgrade = front_header(connection->wsi, WSI_TOKEN_UPGRADE, 32, &too_long);
  if (!upgrade || g_ascii_strcasecmp(upgrade, "websocket") != 0)
    return -1;
  const char *code = NULL, *title = NULL;
  int status = websocket_check(connection, &code, &title);
  if (status == 0)
    return 0;
  http_session_refuse(connection, status, code, title);
  return -1;
}

static void connection_gone(Connection *connection) {
  http_session_gone(connection);
  websocket_gone(connection);
}

static int http_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                      size_t len) {
  Connection *connection = wsi ? lws_get_opaque_user_data(wsi) : NULL;
  switch (reason) {
  case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: /* user is the SSL_CTX */
    tls_attach(((const Listener *)lws_context_user(lws_get_context(wsi)))->tls, user);
    return 0;
  case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    return connection ? confirm_upgrade(connection) : -1;
  case LWS_CALLBACK_HTTP:
    return connection ? http_session_request(connection) : -1;
  case LWS_CALLBACK_HTTP_BODY:
    return connection ? http_session_body(connection, in, len) : -1;
  case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    return connection ? http_session_body_end(connection) : -1;
  case LWS_CALLBACK_HTTP_WRITEABLE:
    return connection ? http_session_writeable(connection) : -1;
  case LWS_CALLBACK_CLOSED_HTTP:
    if (connection)
      connection_gone(connection);
    return 0;
  case LWS_CALLBACK_WSI_DESTROY:
    if (connection) {
      lws_set_opaque_user_data(wsi, NULL);
      connection_gone(connection);
      connection_free(connection);
    }
    return 0;
  /* CONNECT and what is not HTTP would become a raw connection; a WebSocket without our subprotocol
   * would end up here. */
  case LWS_CALLBACK_RAW_ADOPT:
  case LWS_CALLBACK_RAW_RX:
  case LWS_CALLBACK_ESTABLISHED:
  case LWS_CALLBACK_RECEIVE:
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return -1;
  default:
    return 0;
  }
}

static int websocket_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                           size_t len) {
  Connection *connection = wsi ? lws_get_opaque_user_data(wsi) : NULL;
  switch (reason) {
  case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
    return connection ? 0 : -1;
  case LWS_CALLBACK_ESTABLISHED:
    http_session_gone(connection);
    return websocket_established(connection);
  case LWS_CALLBACK_RECEIVE:
    return connection ? websocket_received(connection, in, len) : -1;
  case LWS_CALLBACK_SERVER_WRITEABLE:
    return connection ? websocket_writeable(connection) : -1;
  case LWS_CALLBACK_CLOSED:
    if (connection)
      connection_gone(connection);
    return 0;
  default:
    return 0;
  }
}

/* tx_packet_size: without it at most pt_serv_buf_size bytes are written at a time. */
static const struct lws_protocols protocols[] = {
    {.name = "http", .callback = http_event, .tx_packet_size = FRONT_CHUNK},
    {.name = WEBSOCKET_PROTOCOL, .callback = websocket_event, .tx_packet_size = FRONT_CHUNK},
    {0},
};

static void lws_line(int level, const char *line) {
  g_autofree char *text = g_strchomp(g_strdup(line));
  if (level & LLL_ERR)
    log_limited(LOG_WARN, "lws", "error", "text=%s", log_q(text));
  else
    log_debug("lws", "note", "text=%s", log_q(text));
}

/* ---- life ----------------------------------------------------------------------------------- */

static gboolean tick(void *data) {
  Listener *listener = data;
  int64_t now_us = clock_mono_us();
  connections_tick(listener->front->connections, now_us);
  if (listener->tls)
    tls_tick(listener->tls, now_us, clock_wall_ms());
  lws_cancel_service(listener->lws); /* lets lws look at its own timers, pings among them */
  return G_SOURCE_CONTINUE;
}

static void came(void *user, int fd, const struct sockaddr_storage *peer) {
  Listener *listener = user;
  connections_came(listener->front->connections, fd, peer);
}

static const lws_retry_bo_t keep_alive = {.secs_since_valid_ping = PING_S,
                                          .secs_since_valid_hangup = HANGUP_S};

static bool start_lws(Listener *listener, GMainLoop *loop, GError **error) {
  const Config *config = listener->front->config;
  bool tls = strcmp(config->tls, "off") != 0;
  if (tls && !(listener->tls = tls_new(config, clock_wall_ms(), error)))
    return false;
  void *loops[1] = {loop};
  struct lws_context_creation_info info = {
      .port = CONTEXT_PORT_NO_LISTEN_SERVER,
      .protocols = protocols,
      .user = listener,
      .gid = -1,
      .uid = -1,
      .foreign_loops = loops,
      .options = LWS_SERVER_OPTION_GLIB | LWS_SERVER_OPTION_VALIDATE_UTF8 |
                 LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
      .max_http_header_data2 = HEADERS_MAX_BYTES,
      .max_http_header_pool2 = HEADER_TABLES,
      .timeout_secs = 10,
      .keepalive_timeout = 30,
      .retry_and_idle_policy = &keep_alive,
      .alpn = "http/1.1",
      .vhost_name = "yishi",
  };
  if (tls) {
    info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    info.ssl_cert_filepath = tls_certificate_file(listener->tls);
    info.ssl_private_key_filepath = tls_key_file(listener->tls);
    info.ssl_cipher_list = "ECDHE+AESGCM:ECDHE+CHACHA20"; /* of TLS 1.2; all of 1.3 are AEAD */
  }
  lws_set_log_level(LLL_ERR | LLL_WARN, lws_line);
  listener->lws = lws_create_context(&info);
  listener->vhost = listener->lws ? lws_create_vhost(listener->lws, &info) : NULL;
  if (!listener->vhost) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the web server cannot start%s",
                tls ? ": check the certificate and its key" : "");
    return false;
  }
  return true;
}

char *listener_url_for(const Config *config, unsigned port) {
  if (*config->public_url)
    return g_strdup(config->public_url);
  g_auto(GStrv) addresses = g_strsplit(config->listen_address, ",", 2);
  const char *host = g_strstrip(addresses[0]);
  if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0)
    host = "localhost";
  return g_strdup_printf("%s://%s%s%s:%u", strcmp(config->tls, "off") == 0 ? "http" : "https",
                         strchr(host, ':') ? "[" : "", host, strchr(host, ':') ? "]" : "", port);
}

static void describe(Listener *listener) {
  Front *front = listener->front;
  ApiContext *api = front->api;
  api->base_url = listener_url_for(front->config, listener->port);
  size_t length = strlen(api->base_url);
  while (length > 0 && api->base_url[length - 1] == '/')
    api->base_url[--length] = 0;
  api->secure = g_str_has_prefix(api->base_url, "https://");
  front->websocket_origin =
      *front->config->public_url
          ? g_strconcat(api->secure ? "wss://" : "ws://", strstr(api->base_url, "://") + 3, NULL)
          : g_strdup("");
  /* Strict transport is promised for a name that somebody chose: for localhost it would spoil the
   * machine's other servers. */
  front->policy = (ReplyPolicy){.hsts = api->secure && *front->config->public_url,
                                .websockets = front->websocket_origin};
}

Listener *listener_new(const ListenerParts *parts, GError **error) {
  Listener *listener = g_new0(Listener, 1);
  Front *front = listener->front = g_rc_box_new0(Front);
  front->config = parts->config;
  front->store = parts->store;
  front->api = parts->api;
  front->dispatch = parts->dispatch;
  front->effects = parts->effects;
  front->effects_user = parts->effects_user;
  front->connections = connections_new(front);
  front->upload_threads = upload_threads_new();
  front->main_context = g_main_loop_get_context(parts->loop);
  front->scratch = g_malloc(LWS_PRE + FRONT_CHUNK);
  front->started_us = clock_mono_us();
  listener->doors = doors_new(front->config, front->main_context, came, listener, error);
  if (!listener->doors || !start_lws(listener, parts->loop, error)) {
    listener_free(listener);
    return NULL;
  }
  listener->port = doors_port(listener->doors);
  describe(listener);
  connections_serve(front->connections, listener->vhost);
  doors_open(listener->doors);
  listener->tick = g_timeout_source_new(TICK_MS);
  g_source_set_callback(listener->tick, tick, listener, NULL);
  g_source_attach(listener->tick, front->main_context);
  return listener;
}

const char *listener_url(const Listener *listener) {
  return listener->front->api->base_url;
}

unsigned listener_port(const Listener *listener) {
  return listener->port;
}

unsigned listener_connection_count(const Listener *listener) {
  return connections_count(listener->front->connections);
}

void listener_reload(Listener *listener) {
  if (listener->tls)
    tls_reload(listener->tls, clock_wall_ms());
}

void listener_stop(Listener *listener) {
  listener->front->stopping = true;
  g_clear_pointer(&listener->doors, doors_free);
}

void listener_free(Listener *listener) {
  if (!listener)
    return;
  listener_stop(listener);
  if (listener->tick) {
    g_source_destroy(listener->tick);
    g_source_unref(listener->tick);
  }
  connections_end(listener->front->connections);
  if (listener->lws)
    lws_context_destroy(listener->lws);
  tls_free(listener->tls);
  front_unref(listener->front);
  g_free(listener);
}
