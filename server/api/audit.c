#include "store/audit.h"

#include "api/handlers.h"

void audit_index(Call *call) {
  GError *error = NULL;
  int limit;
  if (!call_limit(call, &limit))
    return;
  json_t *page = audit_list(call->db, call_query(call, "after"), limit, &error);
  call_answer(call, 200, page, error);
}
