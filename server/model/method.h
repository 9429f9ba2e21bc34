/* HTTP's methods. */
#pragma once

typedef enum {
  HTTP_GET = 1,
  HTTP_HEAD = 2, /* handled as GET; the front leaves the body out */
  HTTP_POST = 4,
  HTTP_PUT = 8,
  HTTP_PATCH = 16,
  HTTP_DELETE = 32,
} HttpMethod;

const char *method_name(HttpMethod method);
