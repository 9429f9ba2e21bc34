/* Looking for records of every kind (model/find.h). */
#include "model/find.h"
#include "api/exchange.h"
#include "api/records.h"

static void find(Exchange *exchange) {
  Call *call = g_new0(Call, 1);
  exchange->own = call;
  exchange->own_free = records_call_free;
  records_fill(exchange, exchange->session, call);
  values_copy(&exchange->asked, &call->asked);
  call_begin(call);
  if (!find_answer(call)) {
    records_refuse(exchange, call);
    return;
  }
  exchange->response->status = 200;
  exchange->response->content_type = "application/json";
  g_string_assign(exchange->response->body, call->out->str);
}

const Endpoint find_endpoints[] = {
    {HTTP_GET, "search", FOR_PERSON, "search", find, .fields = find_fields, .query = FIND_QUERY,
     .out = "kinds",
     .what = "Looks for records of every kind: by number, words of title and text, a name's pinyin "
             "and initials",
     .about = "everybody finds what he may read"},
    {0},
};
