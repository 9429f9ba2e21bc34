#include "api/handlers.h"

void openapi_show(Exchange *exchange) {
  exchange->response->status = 200;
  exchange->response->content_type = "application/json";
  g_string_assign(exchange->response->body, openapi_text);
}
