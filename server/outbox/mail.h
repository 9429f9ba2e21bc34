/* A mail as SMTP carries it: plain text in UTF-8, whose lines and headers no value can add to
 * (RFC 5322, RFC 2047, RFC 2045). Pure; any thread. */
#pragma once

#include <stdint.h>

typedef struct {
  const char *from, *to; /* addresses */
  const char *id;        /* of the message: the same when it is sent again */
  const char *subject, *text;
  int64_t at_ms;
} Mail;

/* With CRLF line ends. Free with g_free. */
char *mail_compose(const Mail *mail);
