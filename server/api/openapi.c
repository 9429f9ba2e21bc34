#include "api/handlers.h"
#include "model/describe.h"

void openapi_show(Exchange *exchange) {
  GError *error = NULL;
  json_t *document = json_loads(openapi_text, 0, NULL);
  g_assert(document);
  if (describe_openapi(exchange->context->model, exchange->db, document, &error)) {
    exchange_json(exchange, 200, document);
    return;
  }
  json_decref(document);
  exchange_fail(exchange, error);
}
