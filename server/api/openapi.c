#include "api/handlers.h"

void openapi_show(Call *call) {
  call->response->status = 200;
  call->response->content_type = "application/json";
  g_string_assign(call->response->body, openapi_text);
}
