/* The answer to one HTTP request: a head made once, then a body from memory or from a file.
 *
 * Every answer carries the same security headers. Values are refused when they could end a line, so
 * nothing that came from outside can forge a header. Main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int status;
  GString *head;
  GString *body;              /* NULL when the body is a file or absent */
  int fd;                     /* -1 without a file */
  uint64_t offset, remaining; /* of the body, bytes */
  bool close;                 /* the connection ends after this answer */
  bool finished;              /* the head is complete */
} Reply;

/* What the security headers depend on. */
typedef struct {
  bool hsts;              /* browsers come by https */
  const char *websockets; /* "wss://host" to allow beside our own origin, or "" */
  bool framed;            /* a document of others that a page of ours shows in a frame */
} ReplyPolicy;

Reply *reply_new(int status, const ReplyPolicy *policy);
void reply_free(Reply *reply);

/* Adds a header; a value with control characters is left out. */
void reply_header(Reply *reply, const char *name, const char *value);

/* Each ends the head with Content-Length. bodyless: the answer to HEAD, sends no body.
 * reply_text copies; reply_file takes the descriptor. */
void reply_text(Reply *reply, const char *type, const char *text, size_t length, bool bodyless);
void reply_file(Reply *reply, int fd, uint64_t offset, uint64_t length, bool bodyless);
void reply_empty(Reply *reply);

/* An RFC 9457 problem. */
Reply *reply_problem(const ReplyPolicy *policy, int status, const char *code, const char *title);

/* The next bytes to send, at most size, into buffer; 0 at the end, -1 when the file cannot be read
 * any more (it was cut: the connection must be closed). Advances. */
long reply_next(Reply *reply, uint8_t *buffer, size_t size);
bool reply_done(const Reply *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Reply, reply_free)
