#include "front/session.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "front/health.h"
#include "front/playback.h"
#include "front/request.h"
#include "front/static.h"
#include "front/transfer.h"
#include "front/upload.h"

#define REQUEST_US (10 * G_USEC_PER_SEC)  /* a whole request, from its first byte's connection */
#define PROGRESS_US (20 * G_USEC_PER_SEC) /* between two chunks of an answer that get through */
/* A file may take this long at least, and a second more for so many bytes: a line that is slower is
 * nobody's that would wait for it. */
#define UPLOAD_LEAST_US (60 * G_USEC_PER_SEC)
#define UPLOAD_BYTES_S 32768
#define UPLOAD_EARLY_MAX (256 * 1024) /* bytes that may come before it is said that they may */
#define KEEP_ALIVE_US (30 * G_USEC_PER_SEC)
#define LINGER_US (2 * G_USEC_PER_SEC) /* for a refused body, so that the answer is read */
#define DISCARD_MAX (1024 * 1024)      /* bytes of it */
#define HEALTH_WAIT_MS 2000            /* a store that takes longer is not healthy */

METRIC(requests_metric, METRIC_COUNTER, "yishi_http_requests_total", "HTTP requests answered");
METRIC(problems_metric, METRIC_COUNTER, "yishi_http_problems_total",
       "HTTP requests answered with a status of 400 or more");

typedef enum {
  STATE_IDLE,      /* between requests */
  STATE_BODY,      /* the body arrives */
  STATE_ASKING,    /* whether a file may come; its first bytes are there already, perhaps all */
  STATE_WAITING,   /* the store works on it */
  STATE_ANSWERING, /* a reply is there and being written */
  STATE_LINGERING, /* the reply is written, the rest of a refused body is thrown away */
} State;

typedef struct Job Job;

struct HttpSession {
  Connection *connection;
  State state;
  Request request;
  uint64_t received, discarded; /* bytes of body */
  Job *job;                     /* while waiting */
  Upload *upload;               /* of a file, from the asking to the answer */
  bool is_whole;                /* its last byte came */
  int64_t upload_until_us;
  Reply *reply;
  GSource *timer;     /* while waiting */
  GSource *watch;     /* while waiting: the other side closed. While a long answer is being written:
                       * input ends it */
  Transfer *transfer; /* while a recording is being sent */
};

/* A request on its way. session is NULL when nobody waits any more. */
struct Job {
  Front *front; /* a reference */
  HttpSession *session;
  Exchange *exchange;    /* until it is done; NULL: a health check */
  ApiRequest *again;     /* to ask for the right again; NULL: it changes something */
  ApiResponse *response; /* of a health check */
};

static HttpSession *session_of(Connection *connection) {
  if (!connection->http) {
    connection->http = g_new0(HttpSession, 1);
    connection->http->connection = connection;
  }
  return connection->http;
}

static void stop_source(GSource **source) {
  if (*source) {
    g_source_destroy(*source);
    g_source_unref(*source);
    *source = NULL;
  }
}

static void reset(HttpSession *session) {
  stop_source(&session->timer);
  stop_source(&session->watch);
  g_clear_pointer(&session->transfer, transfer_free);
  g_clear_pointer(&session->reply, reply_free);
  g_clear_pointer(&session->upload, upload_free);
  session->is_whole = false;
  request_clear(&session->request);
  session->received = session->discarded = 0;
  session->state = STATE_IDLE;
}

/* Nobody waits for the answer any more. */
static void forget_job(HttpSession *session) {
  Job *job = g_steal_pointer(&session->job);
  if (!job)
    return;
  job->session = NULL;
  if (job->exchange)
    api_abandon(job->exchange);
}

void http_session_gone(Connection *connection) {
  HttpSession *session = connection->http;
  if (!session)
    return;
  forget_job(session);
  reset(session);
  g_free(session);
  connection->http = NULL;
}

static void stop_waiting(HttpSession *session) {
  stop_source(&session->timer);
  stop_source(&session->watch);
}

static void set_deadline(HttpSession *session, int64_t after_us) {
  session->connection->deadline_us = clock_mono_us() + after_us;
}

static void answer(HttpSession *session, Reply *reply) {
  metric_add(&requests_metric, 1);
  if (reply->status >= 400)
    metric_add(&problems_metric, 1);
  if (session->upload && !session->is_whole) /* what still comes is read by nobody */
    reply->close = true;
  g_clear_pointer(&session->upload, upload_free);
  session->reply = reply;
  session->state = STATE_ANSWERING;
  set_deadline(session, PROGRESS_US);
  lws_rx_flow_control(session->connection->wsi, 1);
  lws_callback_on_writable(session->connection->wsi);
}

static void answer_problem(HttpSession *session, int status, const char *code, const char *title) {
  answer(session, reply_problem(&session->connection->front->policy, status, code, title));
}

static bool is_head(const HttpSession *session) {
  return session->request.api && session->request.api->method == HTTP_HEAD;
}

/* A file that was made for this answer alone: whole, and kept nowhere. */
static void answer_once(HttpSession *session, const ApiResponse *response, int fd, uint64_t size) {
  Reply *reply = reply_new(200, &session->connection->front->policy);
  reply_header(reply, "Cache-Control", "no-store");
  reply_header(reply, "Content-Type", response->content_type);
  if (response->disposition)
    reply_header(reply, "Content-Disposition", response->disposition);
  reply_file(reply, fd, 0, size, is_head(session));
  answer(session, reply);
}

/* A file: authorised by the handler, sent from here. */
static void answer_file(HttpSession *session, const ApiResponse *response) {
  ReplyPolicy policy = session->connection->front->policy;
  const Request *request = &session->request;
  int fd = open(response->file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  struct stat facts;
  if (fd < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    if (fd >= 0)
      close(fd);
    answer_problem(session, 404, "not_found", "There is no such file");
    return;
  }
  if (response->file_once) {
    answer_once(session, response, fd, (uint64_t)facts.st_size);
    return;
  }
  g_autofree char *etag =
      response->file_etag ? g_strdup_printf("\"%s\"", response->file_etag)
                          : g_strdup_printf("\"%" PRIx64 "-%" PRIx64 "\"", (uint64_t)facts.st_size,
                                            (uint64_t)facts.st_mtim.tv_sec * 1000000000u +
                                                (uint64_t)facts.st_mtim.tv_nsec);
  FilePlan plan = playback_plan((uint64_t)facts.st_size, etag, request->range, request->if_range,
                                request->if_none_match);
  policy.framed = response->framed;
  Reply *reply = reply_new(plan.status, &policy);
  if (response->foreign) /* beside the usual policy: both hold */
    reply_header(reply, "Content-Security-Policy", "sandbox; default-src 'none'");
  reply_header(reply, "ETag", etag);
  reply_header(reply, "Accept-Ranges", "bytes");
  reply_header(reply, "Cache-Control", "private, no-cache");
  if (response->disposition)
    reply_header(reply, "Content-Disposition", response->disposition);
  g_autofree char *range =
      plan.status == 416 ? g_strdup_printf("bytes */%" PRIu64, plan.size)
                         : g_strdup_printf("bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, plan.first,
                                           plan.first + plan.length - 1, plan.size);
  if (plan.status == 206 || plan.status == 416)
    reply_header(reply, "Content-Range", range);
  if (plan.status == 200 || plan.status == 206) {
    reply_header(reply, "Content-Type", response->content_type);
    reply_file(reply, fd, plan.first, plan.length, is_head(session));
  } else {
    close(fd);
    reply_empty(reply);
  }
  answer(session, reply);
}

static void answer_response(HttpSession *session, const ApiResponse *response) {
  if (response->file) {
    answer_file(session, response);
    return;
  }
  Reply *reply = reply_new(response->status, &session->connection->front->policy);
  reply->close = session->upload && !session->is_whole;
  reply_header(reply, "Cache-Control", "no-store");
  if (response->location)
    reply_header(reply, "Location", response->location);
  if (response->set_cookie)
    reply_header(reply, "Set-Cookie", response->set_cookie);
  if (response->disposition)
    reply_header(reply, "Content-Disposition", response->disposition);
  if (response->allow) {
    reply_header(reply, "Allow", response->allow);
  }
  if (response->version > 0) {
    char tag[24];
    g_snprintf(tag, sizeof tag, "\"%" G_GINT64_FORMAT "\"", response->version);
    reply_header(reply, "ETag", tag);
  }
  if (response->retry_after_s > 0) {
    char seconds[12];
    g_snprintf(seconds, sizeof seconds, "%d", response->retry_after_s);
    reply_header(reply, "Retry-After", seconds);
  }
  if (response->content_type)
    reply_text(reply, response->content_type, response->body->str, response->body->len,
               is_head(session));
  else
    reply_empty(reply);
  answer(session, reply);
}

static void end_at_once(HttpSession *session) {
  lws_set_timeout(session->connection->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

static void right_lost(void *user) {
  end_at_once(user);
}

/* What the socket says of the other side, which ends it. */
static gboolean ended_by_other(int fd, GIOCondition condition, void *data) {
  HttpSession *session = data;
  stop_source(&session->watch);
  end_at_once(session);
  return G_SOURCE_REMOVE;
}

static void watch_for(HttpSession *session, unsigned events) {
  session->watch =
      g_unix_fd_source_new(lws_get_socket_fd(session->connection->wsi), (GIOCondition)events);
  g_source_set_callback(session->watch, G_SOURCE_FUNC(ended_by_other), session, NULL);
  g_source_attach(session->watch, session->connection->front->main_context);
}

static Job *job_new(HttpSession *session) {
  Job *job = g_new0(Job, 1);
  job->front = front_ref(session->connection->front);
  job->session = session;
  session->job = job;
  return job;
}

static void wait_for_answer(HttpSession *session, unsigned most_ms);
static void submit_request(HttpSession *session, ApiRequest *request);

/* Between two pieces of a file, and for all of it. */
static void set_upload_deadline(HttpSession *session) {
  session->connection->deadline_us = MIN(clock_mono_us() + PROGRESS_US, session->upload_until_us);
}

static void end_file(HttpSession *session) {
  wait_for_answer(session, API_WAIT_MS);
  upload_end(session->upload);
}

/* It may come; some of it is there already. */
static void take_file(HttpSession *session) {
  session->state = STATE_BODY;
  session->upload_until_us = clock_mono_us() + UPLOAD_LEAST_US +
                             (int64_t)(session->request.length / UPLOAD_BYTES_S) * G_USEC_PER_SEC;
  upload_start(session->upload);
  if (session->is_whole) {
    end_file(session);
    return;
  }
  set_upload_deadline(session);
  lws_rx_flow_control(session->connection->wsi, 1);
}

static void has_room(void *user) {
  HttpSession *session = user;
  if (session->state != STATE_BODY)
    return;
  set_upload_deadline(session);
  lws_rx_flow_control(session->connection->wsi, 1);
}

/* The file is on the disk, or is not. */
static void file_came(void *user, const BlobFacts *facts, const GError *error) {
  HttpSession *session = user;
  stop_waiting(session);
  if (!error) {
    ApiRequest *request = api_request_copy(session->request.api);
    request->length = 0;
    if (facts)
      request->stored = *facts;
    else
      request->file = upload_passed(session->upload);
    submit_request(session, request);
  } else if (g_error_matches(error, STORE_ERROR, STORE_ERROR_INVALID)) {
    answer_problem(session, 415, "file_kind", "Files of this kind are not taken");
  } else {
    log_error("front", "upload_failed", "reason=%s", log_q(error->message));
    answer_problem(session, 507, "disk_full", "The server could not keep the file");
  }
}

static void too_many_files(HttpSession *session, ApiResponse *response) {
  api_problem(response, 429, "too_many", "Too many files of yours are on their way; wait a little",
              NULL);
  response->retry_after_s = 10;
  answer_response(session, response);
}

/* Takes response. */
static void job_end(Job *job, ApiResponse *response) {
  HttpSession *session = job->session;
  if (session && response->go_on) {
    session->job = NULL;
    stop_waiting(session);
    front_known(session->connection, response->person);
    if (upload_of(session->upload, response->person))
      take_file(session);
    else
      too_many_files(session, response);
  } else if (session) {
    session->job = NULL;
    stop_waiting(session);
    if (response->person)
      front_known(session->connection, response->person);
    answer_response(session, response);
    if (response->file && !response->file_once && job->again)
      session->transfer = transfer_new(job->front, g_steal_pointer(&job->again), response->file,
                                       right_lost, session);
  }
  api_response_free(response);
  api_request_free(job->again);
  front_unref(job->front);
  g_free(job);
}

static void exchange_done(void *user, ApiResponse *response) {
  Job *job = user;
  job->exchange = NULL;
  api_response_apply(response, job->front->effects, job->front->effects_user);
  job_end(job, response);
}

static bool check_health(sqlite3 *db, void *data, GError **error) {
  Job *job = data;
  health_check(job->front->config, db, job->front->started_us, clock_mono_us(), job->response);
  return true;
}

static void health_checked(void *data, const GError *error) {
  Job *job = data;
  if (error)
    api_problem(job->response, 503, "unavailable", "The server cannot answer at the moment", NULL);
  job_end(job, job->response);
}

static gboolean waited_too_long(void *data) {
  HttpSession *session = data;
  stop_waiting(session);
  forget_job(session);
  answer_problem(session, 503, "unavailable", "The server cannot answer at the moment");
  return G_SOURCE_REMOVE;
}

/* lws reads nothing meanwhile, and would not see that the other side has closed: a page that was
 * closed would be answered to the end, however long that takes. */
static void wait_for_answer(HttpSession *session, unsigned most_ms) {
  session->state = STATE_WAITING;
  session->connection->deadline_us = INT64_MAX;
  session->timer = g_timeout_source_new(most_ms);
  g_source_set_callback(session->timer, waited_too_long, session, NULL);
  g_source_attach(session->timer, session->connection->front->main_context);
  watch_for(session, POLLRDHUP);
  lws_rx_flow_control(session->connection->wsi, 0);
}

/* Takes request. */
static void submit_request(HttpSession *session, ApiRequest *request) {
  Job *job = job_new(session);
  job->again = transfer_request(request);
  wait_for_answer(session, API_WAIT_MS);
  job->exchange = api_begin(job->front->api, request, exchange_done, job);
}

/* The exchange takes the request's API part; a method for answering HEAD stays behind. */
static void submit(HttpSession *session) {
  ApiRequest *request = g_steal_pointer(&session->request.api);
  session->request.api = api_request_new();
  session->request.api->method = request->method;
  submit_request(session, request);
}

/* Asks whether the file may come, before it is read. */
static void ask_for_file(HttpSession *session) {
  front_asked(session->connection);
  if (session->connection->front->stopping ||
      session->connection->front->uploads.length == UPLOADS_MOST) {
    answer_problem(session, 503, "busy", "The server takes no more files at the moment");
    return;
  }
  ApiRequest *request = api_request_copy(session->request.api);
  request->length = session->request.length;
  session->upload = upload_new(session->connection->front, session->request.intake.passes,
                               file_came, has_room, session);
  submit_request(session, request);
  session->state = STATE_ASKING;
}

static void submit_health(HttpSession *session) {
  Job *job = job_new(session);
  job->response = api_response_new();
  wait_for_answer(session, HEALTH_WAIT_MS);
  store_probe(job->front->store, check_health, health_checked, job);
}

static void answer_metrics(HttpSession *session) {
  const Connection *connection = session->connection;
  if (!connection->front->config->metrics_public &&
      (!connection->loopback || session->request.forwarded)) {
    answer_problem(session, 403, "forbidden", "Metrics are for this machine only");
    return;
  }
  GString *text = metrics_render();
  Reply *reply = reply_new(200, &connection->front->policy);
  reply_header(reply, "Cache-Control", "no-store");
  reply_text(reply, "text/plain; version=0.0.4; charset=utf-8", text->str, text->len,
             is_head(session));
  g_string_free(text, TRUE);
  answer(session, reply);
}

static void answer_static(HttpSession *session) {
  const Front *front = session->connection->front;
  const Request *request = &session->request;
  StaticFile file;
  if (!static_open(front->config->web_dir, request->api->path, request->accepts_gzip, &file)) {
    answer_problem(session, 404, "not_found", "There is nothing here");
    return;
  }
  bool known = request->if_none_match && playback_etag_matches(request->if_none_match, file.etag);
  Reply *reply = reply_new(known ? 304 : 200, &front->policy);
  reply_header(reply, "ETag", file.etag);
  reply_header(reply, "Cache-Control",
               file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.varies)
    reply_header(reply, "Vary", "Accept-Encoding");
  if (known) {
    close(file.fd);
    reply_empty(reply);
  } else {
    reply_header(reply, "Content-Type", file.type);
    if (file.gzip)
      reply_header(reply, "Content-Encoding", "gzip");
    reply_file(reply, file.fd, 0, file.size, is_head(session));
  }
  answer(session, reply);
}

static void dispatch_request(HttpSession *session) {
  front_asked(session->connection);
  Front *front = session->connection->front;
  const ApiRequest *request = session->request.api;
  bool reading = request->method == HTTP_GET || request->method == HTTP_HEAD;
  if (front->stopping) {
    answer_problem(session, 503, "stopping", "The server is stopping");
  } else if (g_str_has_prefix(request->path, "/api/")) {
    submit(session);
  } else if (!reading) {
    answer_problem(session, 405, "method_not_allowed", "This address can only be read");
  } else if (strcmp(request->path, HEALTH_PATH) == 0) {
    submit_health(session);
  } else if (strcmp(request->path, "/metrics") == 0) {
    answer_metrics(session);
  } else if (strcmp(request->path, "/ws") == 0) {
    answer_problem(session, 426, "upgrade_required", "This address is for WebSocket");
  } else {
    answer_static(session);
  }
}

bool front_idle(const Connection *connection) {
  return connection->http && connection->http->state == STATE_IDLE && !connection->websocket;
}

int http_session_request(Connection *connection) {
  HttpSession *session = session_of(connection);
  if (session->state != STATE_IDLE)
    return -1;
  lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0); /* deadlines are ours */
  set_deadline(session, REQUEST_US);
  const char *code = NULL, *title = NULL;
  int status = request_read(connection, &session->request, &code, &title);
  if (status != 0) {
    answer_problem(session, status, code, title);
    return 0;
  }
  if (session->request.intake.is_file && session->request.length > 0)
    ask_for_file(session);
  else if (session->request.length > 0)
    session->state = STATE_BODY;
  else
    dispatch_request(session);
  return 0;
}

/* lws hands out what it has read before it looks at the flow. */
static int take_piece(HttpSession *session, const void *bytes, size_t length) {
  bool full = upload_take(session->upload, bytes, length);
  if (session->state == STATE_ASKING)
    return session->received > UPLOAD_EARLY_MAX ? -1 : 0;
  set_upload_deadline(session);
  if (full) {
    lws_rx_flow_control(session->connection->wsi, 0);
    session->connection->deadline_us = session->upload_until_us;
  }
  return 0;
}

int http_session_body(Connection *connection, const void *bytes, size_t length) {
  HttpSession *session = session_of(connection);
  lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
  if (session->state == STATE_BODY || session->state == STATE_ASKING) {
    session->received += length;
    if (session->received > session->request.length)
      return -1;
    if (session->upload)
      return take_piece(session, bytes, length);
    g_byte_array_append(session->request.api->body, bytes, (unsigned)length);
    return 0;
  }
  session->discarded += length; /* of a refused request */
  return session->discarded > DISCARD_MAX ? -1 : 0;
}

int http_session_body_end(Connection *connection) {
  HttpSession *session = session_of(connection);
  if (session->state == STATE_BODY || session->state == STATE_ASKING) {
    if (session->received != session->request.length)
      return -1;
    session->is_whole = true;
    if (session->state == STATE_ASKING)
      return 0;
    if (session->upload)
      end_file(session);
    else
      dispatch_request(session);
    return 0;
  }
  /* After an empty body lws calls once more; a refused body was read to its end. */
  return session->state == STATE_LINGERING ? -1 : 0;
}

/* While a long answer is on its way: the other side closed, or sent what it should not. */
static void watch_input(HttpSession *session) {
  if (session->watch || session->request.length > 0)
    return; /* after a body lws keeps reading by itself, and hands it to http_session_body */
  watch_for(session, G_IO_IN);
}

static int finish(HttpSession *session) {
  struct lws *wsi = session->connection->wsi;
  bool ends = session->reply->close;
  /* Only with a body coming does lws still read; otherwise lingering would spin on what is there.
   */
  const Request *request = &session->request;
  bool body_left = request->has_length
                       ? request->length > session->received
                       : (request->api->method & (HTTP_POST | HTTP_PUT | HTTP_PATCH));
  if (ends && body_left) {
    /* Closing with unread input would reset the connection and take the answer away with it. */
    session->state = STATE_LINGERING;
    set_deadline(session, LINGER_US);
    return 0;
  }
  reset(session);
  if (ends)
    return -1;
  set_deadline(session, KEEP_ALIVE_US);
  return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int http_session_writeable(Connection *connection) {
  HttpSession *session = connection->http;
  if (!session || session->state != STATE_ANSWERING)
    return 0;
  uint8_t *buffer = connection->front->scratch + LWS_PRE;
  long count = reply_next(session->reply, buffer, FRONT_CHUNK);
  if (count < 0)
    return -1;
  if (count > 0 && lws_write(connection->wsi, buffer, (size_t)count, LWS_WRITE_HTTP) < (int)count)
    return -1;
  set_deadline(session, PROGRESS_US);
  if (session->transfer)
    transfer_moved(session->transfer);
  /* What the kernel did not take yet lies in lws, which comes back here once it is gone. */
  if (reply_done(session->reply) && !lws_partial_buffered(connection->wsi))
    return finish(session);
  watch_input(session);
  lws_callback_on_writable(connection->wsi);
  return 0;
}

void http_session_refuse(Connection *connection, int status, const char *code, const char *title) {
  Reply *reply = reply_problem(&connection->front->policy, status, code, title);
  metric_add(&requests_metric, 1);
  metric_add(&problems_metric, 1);
  uint8_t *buffer = connection->front->scratch + LWS_PRE;
  long count = reply_next(reply, buffer, FRONT_CHUNK);
  if (count > 0 && lws_write(connection->wsi, buffer, (size_t)count, LWS_WRITE_HTTP) < 0)
    log_debug("front", "refusal_unsent", "status=%d", status);
  reply_free(reply);
}
