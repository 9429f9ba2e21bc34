/* One HTTP connection: reads a request, has it answered, writes the answer, and again.
 *
 * API requests run on other threads (api.h); meanwhile the connection may go away, then the answer
 * is dropped, but its effects on rooms are still applied. Each step has a deadline, so a
 * slow or silent peer holds nothing for long. Main thread.
 *
 * libwebsockets 4.1: while an answer is awaited it neither reads nor stops polling for input, which
 * would spin; so input is switched off then. It needs input switched on to write, so what arrives
 * while a long answer is on its way ends the connection: browsers never do that.
 */
#pragma once

#include "front/front.h"

typedef struct HttpSession HttpSession;

/* All return what the libwebsockets callback returns: 0, or -1 to close. */
int http_session_request(Connection *connection); /* the headers are there */
int http_session_body(Connection *connection, const void *bytes, size_t length);
int http_session_body_end(Connection *connection);
int http_session_writeable(Connection *connection);

/* The socket is gone. */
void http_session_gone(Connection *connection);

/* Writes a refusal at once (an Upgrade that we do not take); the caller then closes. */
void http_session_refuse(Connection *connection, int status, const char *code, const char *title);
