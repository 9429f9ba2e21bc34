#include "store/audit.h"

#include "api/handlers.h"

void audit_index(Exchange *exchange) {
  GError *error = NULL;
  int limit;
  if (!exchange_limit(exchange, &limit))
    return;
  json_t *page = audit_list(exchange->db, exchange_query(exchange, "after"), limit, &error);
  exchange_answer(exchange, 200, page, error);
}
