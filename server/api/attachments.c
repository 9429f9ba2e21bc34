/* Files of records: sending one, and fetching one. The bytes go by the front: an exchange before
 * they come says whether they may, one after says that they are there. */
#include <string.h>

#include "api/exchange.h"
#include "api/records.h"
#include "api/thumbnails.h"
#include "api/trail.h"
#include "api/transit.h"
#include "model/attachment.h"

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
                      exchange_text(exchange, "name"), exchange->session->person, exchange->now_ms,
                      id, error))
    return false;
  g_autofree char *name = file_kind_name(facts->kind, exchange_text(exchange, "name"));
  exchange->response->location = g_strconcat(API_PREFIX "attachments/", id, NULL);
  return exchange_made(exchange, 201,
                       json_pack("{s:s, s:s, s:s, s:I}", "id", id, "name", name, "mime",
                                 facts->kind->mime, "size", (json_int_t)facts->size));
}

static void create(Exchange *exchange) {
  if (exchange->request->length == 0 && exchange->request->stored.size == 0)
    api_problem(exchange->response, 422, "invalid", "A value is not valid",
                "the bytes of a file are wanted");
  else if (exchange->request->stored.size > 0)
    exchange_write(exchange, put);
  else
    let_come(exchange);
}

/* ---- fetching ---- */

/* The name in UTF-8 for browsers (RFC 8187), in ASCII for others. */
static char *disposition_of(const char *how, const char *name) {
  g_autofree char *plain = g_str_to_ascii(name, "C");
  g_autofree char *coded = g_uri_escape_string(name, NULL, FALSE);
  return g_strdup_printf("%s; filename=\"%s\"; filename*=UTF-8''%s", how, plain, coded);
}

/* The file as it was sent, with all that is in it. */
static void answer_file(Exchange *exchange, const Attachment *found, const char *how) {
  ApiResponse *response = exchange->response;
  response->status = 200;
  response->content_type = g_intern_string(found->mime);
  response->file = blob_path(exchange->context->config->data_dir, found->sha256);
  response->file_etag = g_strdup(found->sha256);
  response->disposition = disposition_of(how, found->name);
}

static void answer_whole(Exchange *exchange, const Attachment *found) {
  answer_file(exchange, found, "attachment");
  exchange->response->foreign = true;
}

/* Only what by its content (store/file-kind.h) is what a browser's own viewer shows: never what it
 * would read as a page of ours. */
static void answer_shown(Exchange *exchange, const Attachment *found) {
  if (strcmp(found->mime, "application/pdf") != 0) {
    exchange_problem(exchange, 409, "not_shown", "No browser shows this file by itself");
    return;
  }
  answer_file(exchange, found, "inline");
  exchange->response->framed = true;
}

static void answer_thumbnail(Exchange *exchange, const Attachment *found) {
  thumbnails_serve(exchange, found->sha256, found->mime);
}

/* To see it small is to read it, too. */
static void serve(Exchange *exchange, void (*answer)(Exchange *, const Attachment *)) {
  Call call;
  g_auto(Attachment) found = {NULL};
  records_fill(exchange, exchange->session, &call);
  if (attachment_may(&call, exchange_text(exchange, "attachment"), &found)) {
    answer(exchange, &found);
    if (found.kind)
      trail_read(exchange, &call);
  } else if (call.error) {
    exchange_fail(exchange, g_steal_pointer(&call.error));
  } else {
    exchange_problem(exchange, 404, "not_found", "There is no such thing");
  }
  call_clear(&call);
}

static void fetch(Exchange *exchange) {
  serve(exchange, answer_whole);
}

static void fetch_shown(Exchange *exchange) {
  serve(exchange, answer_shown);
}

static void fetch_thumbnail(Exchange *exchange) {
  serve(exchange, answer_thumbnail);
}

static const Field fields[] = {
    RAW("name", 1, 1000), ID("id"), RAW("mime", 1, INT32_MAX), INT("size", 1, INT64_MAX), END,
};

const Endpoint attachment_endpoints[] = {
    {HTTP_POST, "attachments", FOR_ACCOUNT, "createAttachment", create, .fields = fields,
     .query = "name", .out = "id name mime size", .type = "*/*", .status = 201,
     .what = "Sends a file, whose bytes are the body; a record takes it by its id, within a day",
     .about = "at most 50 MiB, and 200 MiB that no record has taken. What kind of file it is is "
              "told by its content: pdf ofd doc docx wps xls xlsx et ppt pptx txt jpg png heic mp4 "
              "m4a zip; others are 415"},
    {HTTP_GET, "attachments/{attachment}", FOR_PERSON, "getAttachment", fetch, .type = "*/*",
     .what = "Fetches a file; takes Range and If-Range",
     .about = "whoever may see the field of the record that it belongs to; while it waits for a "
              "record, who sent it"},
    {HTTP_GET, "attachments/{attachment}/shown", FOR_PERSON, "getShown", fetch_shown, .type = "*/*",
     .what = "Fetches a PDF for a frame of a page, where the browser's own viewer shows it",
     .about = "whoever may fetch the file. 409 not_shown: it is of another kind"},
    {HTTP_GET, "attachments/{attachment}/thumbnail", FOR_PERSON, "getThumbnail", fetch_thumbnail,
     .type = "image/jpeg", .later = "Too many are being made: ask again after Retry-After",
     .what = "Fetches a small picture of a file that is a JPEG or a PNG: upright, at most 512 "
             "pixels long, without EXIF",
     .about = "whoever may fetch the file. 409 no_thumbnail: it is no such picture, or none can be "
              "made of it"},
    {0},
};
