#include "http.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "stream.h"

#define ASK_US 60000000 /* nothing that is asked takes longer */

struct Http {
  Loop *loop;
  const char *url;
  Stream *stream;
  GString *cookies; /* "a=b; c=d" */
  char *csrf;
  HttpDone done;
  void *user;
  GByteArray
      *request; /* kept until it is answered: a kept connection may have been closed meanwhile */
  bool fresh;   /* the connection was made for this call */
};

Http *http_new(Loop *loop, const char *url) {
  Http *http = g_new0(Http, 1);
  http->loop = loop;
  http->url = url;
  http->cookies = g_string_new(NULL);
  http->request = g_byte_array_new();
  return http;
}

void http_rest(Http *http) {
  stream_free(http->stream);
  http->stream = NULL;
}

void http_free(Http *http) {
  if (!http)
    return;
  http_rest(http);
  g_string_free(http->cookies, TRUE);
  g_byte_array_unref(http->request);
  g_free(http->csrf);
  g_free(http);
}

const char *http_cookies(const Http *http) {
  return http->cookies->str;
}

static void finish(Http *http, unsigned status, json_t *json) {
  HttpDone done = http->done;
  http->done = NULL;
  const char *csrf = json_string_value(json_object_get(json, "csrf"));
  if (csrf) {
    g_free(http->csrf);
    http->csrf = g_strdup(csrf);
  }
  if (done)
    done(http->user, status, json);
}

/* The server sets few cookies, each once. */
static void keep_cookie(Http *http, const char *line) {
  size_t len = strcspn(line, ";\r\n");
  if (http->cookies->len > 0)
    g_string_append(http->cookies, "; ");
  g_string_append_len(http->cookies, line, (gssize)len);
}

/* The value of a header, or NULL; head is zero-terminated. */
static const char *header_value(const char *head, const char *name) {
  size_t len = strlen(name);
  for (const char *line = head; (line = strchr(line, '\n'));) {
    line++;
    if (g_ascii_strncasecmp(line, name, len) == 0 && line[len] == ':')
      return line + len + 1 + strspn(line + len + 1, " ");
  }
  return NULL;
}

static void on_bytes(void *user, GByteArray *in) {
  Http *http = user;
  const uint8_t *end = memmem(in->data, in->len, "\r\n\r\n", 4);
  if (!end)
    return;
  g_autofree char *head = g_strndup((char *)in->data, (gsize)(end - in->data) + 2);
  const char *length = header_value(head, "content-length");
  size_t start = (size_t)(end - in->data) + 4, body = length ? strtoul(length, NULL, 10) : 0;
  if (in->len < start + body)
    return;
  unsigned status = 0;
  if (sscanf(head, "HTTP/1.1 %u", &status) != 1)
    status = 0;
  for (const char *cookie = head; (cookie = header_value(cookie, "set-cookie"));)
    keep_cookie(http, cookie);
  const char *connection = header_value(head, "connection");
  bool closes = connection && g_ascii_strncasecmp(connection, "close", 5) == 0;
  json_t *json = body ? json_loadb((char *)in->data + start, body, JSON_DECODE_ANY, NULL) : NULL;
  g_byte_array_remove_range(in, 0, (guint)(start + body));
  if (closes)
    http_rest(http);
  finish(http, status, json);
  json_decref(json);
}

static void send_request(Http *http);

static void on_closed(void *user) {
  Http *http = user;
  bool again = http->done && !http->fresh;
  http_rest(http);
  if (again)
    send_request(http);
  else if (http->done)
    finish(http, 0, NULL);
}

static void send_request(Http *http) {
  static const StreamEvents events = {on_bytes, on_closed};
  http->fresh = !http->stream;
  if (!http->stream)
    http->stream = stream_new(http->loop, http->url, &events, http);
  if (http->stream)
    stream_write(http->stream, http->request->data, http->request->len);
  else
    finish(http, 0, NULL);
}

void http_call(Http *http, const char *method, const char *path, json_t *body, HttpDone done,
               void *user) {
  g_assert(!http->done);
  http->done = done;
  http->user = user;
  char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
  json_decref(body);
  const char *host = strstr(http->url, "://") + 3;
  g_autoptr(GString) request = g_string_new(NULL);
  g_string_append_printf(request, "%s %s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\n", method, path,
                         host, http->url);
  if (http->cookies->len > 0)
    g_string_append_printf(request, "Cookie: %s\r\n", http->cookies->str);
  if (http->csrf)
    g_string_append_printf(request, "X-CSRF-Token: %s\r\nIf-Match: *\r\n", http->csrf);
  if (text)
    g_string_append_printf(request,
                           "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                           strlen(text), text);
  else
    g_string_append(request, "\r\n");
  free(text);
  g_byte_array_set_size(http->request, 0);
  g_byte_array_append(http->request, (uint8_t *)request->str, (guint)request->len);
  send_request(http);
}

/* --- asking and waiting --- */

typedef struct {
  bool done;
  unsigned status;
  json_t *json;
} Answer;

static void on_answer(void *user, unsigned status, json_t *json) {
  Answer *answer = user;
  *answer = (Answer){true, status, json ? json_incref(json) : json_null()};
}

static bool is_answered(void *data) {
  return ((const Answer *)data)->done;
}

json_t *http_ask(Http *http, const char *method, const char *path, json_t *body, GError **error) {
  Answer answer = {0};
  http_call(http, method, path, body, on_answer, &answer);
  if (!loop_until(http->loop, is_answered, &answer, clock_mono_us() + ASK_US)) {
    http->done = NULL;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s %s: no answer", method, path);
    return NULL;
  }
  if (answer.status >= 200 && answer.status <= 299)
    return answer.json;
  char *text = json_dumps(answer.json, JSON_COMPACT | JSON_ENCODE_ANY);
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s: %u %.300s", method, path, answer.status,
              text);
  free(text);
  json_decref(answer.json);
  return NULL;
}
