#include "front/transfer.h"

#include <string.h>

#include "base/log.h"

/* Held by the connection and by a call that is under way. */
struct Transfer {
  unsigned refs;
  Front *front; /* a reference */
  ApiRequest *request;
  char *file;
  void (*lost)(void *user);
  void *user;
  GSource *timer;
  bool asking;
  bool moved; /* since it was asked for last */
};

static void transfer_unref(Transfer *transfer) {
  if (--transfer->refs > 0)
    return;
  api_request_free(transfer->request);
  g_free(transfer->file);
  front_unref(transfer->front);
  g_free(transfer);
}

ApiRequest *transfer_request(const ApiRequest *request) {
  if (request->method != HTTP_GET)
    return NULL;
  ApiRequest *copy = api_request_new();
  copy->method = request->method;
  copy->path = g_strdup(request->path);
  copy->cookie = g_strdup(request->cookie);
  copy->address = g_strdup(request->address);
  copy->again = true;
  return copy;
}

/* A server that cannot answer at the moment takes nobody's right away. */
static bool is_lost(const Transfer *transfer, const ApiResponse *response) {
  return response->file
             ? strcmp(response->file, transfer->file) != 0
             : response->status >= 400 && response->status < 500 && response->status != 429;
}

static void asked(void *user, ApiResponse *response) {
  Transfer *transfer = user;
  bool lost = transfer->lost && is_lost(transfer, response);
  transfer->asking = false;
  api_response_free(response);
  if (lost) {
    log_info("front", "transfer_ended", "reason=right");
    transfer->lost(transfer->user);
  }
  transfer_unref(transfer);
}

static gboolean ask_again(void *data) {
  Transfer *transfer = data;
  if (transfer->asking)
    return G_SOURCE_CONTINUE;
  transfer->asking = true;
  transfer->refs++;
  ApiRequest *request = transfer_request(transfer->request);
  request->background = !transfer->moved;
  transfer->moved = false;
  api_begin(transfer->front->api, request, asked, transfer);
  return G_SOURCE_CONTINUE;
}

Transfer *transfer_new(Front *front, ApiRequest *request, const char *file,
                       void (*lost)(void *user), void *user) {
  Transfer *transfer = g_new0(Transfer, 1);
  transfer->refs = 1;
  transfer->front = front_ref(front);
  transfer->request = request;
  transfer->file = g_strdup(file);
  transfer->lost = lost;
  transfer->user = user;
  transfer->timer = g_timeout_source_new(TRANSFER_AGAIN_MS);
  g_source_set_callback(transfer->timer, ask_again, transfer, NULL);
  g_source_attach(transfer->timer, front->main_context);
  return transfer;
}

void transfer_moved(Transfer *transfer) {
  transfer->moved = true;
}

void transfer_free(Transfer *transfer) {
  if (!transfer)
    return;
  g_source_destroy(transfer->timer);
  g_source_unref(transfer->timer);
  transfer->lost = NULL;
  transfer_unref(transfer);
}
