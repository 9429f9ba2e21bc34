/* Files of records: sending one, and fetching one. The bytes go by the front: an exchange before
 * they come says whether they may, one after says that they are there. */
#include <string.h>

#include "api/handlers.h"
#include "api/records.h"
#include "api/transit.h"
#include "model/attachment.h"

#define NAME_BYTES_MOST 1000

/* Before the body comes. */
static void let_come(Exchange *exchange) {
  GError *error = NULL;
  bool room = attachment_has_room(exchange->db, exchange->session->person,
                                  exchange->request->length, exchange->now_ms, &error);
  if (error)
    exchange_fail(exchange, error);
  else if (!room)
    exchange_too_many(exchange, "Too many files were sent that no record has taken", 3600);
  else if (!transit_has_disk(exchange->context->config, exchange->request->length))
    exchange_problem(exchange, 507, "disk_full", "The server has no room for files");
  else
    exchange->response->go_on = true;
}

static bool put(Exchange *exchange, GError **error) {
  const BlobFacts *facts = &exchange->request->stored;
  char id[ID_CHARS + 1];
  if (!attachment_put(exchange->db, exchange->context->config->data_dir, facts,
                      exchange_query(exchange, "name"), exchange->session->person, exchange->now_ms,
                      id, error))
    return false;
  g_autofree char *name = file_kind_name(facts->kind, exchange_query(exchange, "name"));
  exchange->response->location = g_strconcat(API_PREFIX "attachments/", id, NULL);
  return exchange_made(exchange, 201,
                       json_pack("{s:s, s:s, s:s, s:I}", "id", id, "name", name, "mime",
                                 facts->kind->mime, "size", (json_int_t)facts->size));
}

void attachments_create(Exchange *exchange) {
  const char *name = exchange_query(exchange, "name");
  if (!name || strlen(name) > NAME_BYTES_MOST || exchange->body ||
      (exchange->request->length == 0 && exchange->request->stored.size == 0))
    api_problem(exchange->response, 422, "invalid", "A value is not valid",
                "a name and the bytes of a file are wanted");
  else if (exchange->request->stored.size > 0)
    exchange_write(exchange, put);
  else
    let_come(exchange);
}

/* ---- fetching ---- */

/* The name in UTF-8 for browsers (RFC 8187), in ASCII for others. */
static char *disposition_of(const char *name) {
  g_autofree char *plain = g_str_to_ascii(name, "C");
  g_autofree char *coded = g_uri_escape_string(name, NULL, FALSE);
  return g_strdup_printf("attachment; filename=\"%s\"; filename*=UTF-8''%s", plain, coded);
}

void attachments_fetch(Exchange *exchange) {
  Call call;
  g_auto(Attachment) found = {NULL};
  ApiResponse *response = exchange->response;
  records_fill(exchange, exchange->session, &call);
  if (attachment_may(&call, exchange_id(exchange, 0), &found)) {
    response->status = 200;
    response->content_type = g_intern_string(found.mime);
    response->file = blob_path(exchange->context->config->data_dir, found.sha256);
    response->file_etag = g_strdup(found.sha256);
    response->disposition = disposition_of(found.name);
    response->foreign = true;
  } else if (call.error) {
    exchange_fail(exchange, g_steal_pointer(&call.error));
  } else {
    exchange_problem(exchange, 404, "not_found", "There is no such thing");
  }
  call_clear(&call);
}
