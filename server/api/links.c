#include "api/links.h"

#include "base/address.h"
#include "base/clock.h"

bool link_used_too_often(Exchange *exchange) {
  char digest[65], group[ADDRESS_CHARS];
  secret_digest(exchange_text(exchange, "secret"), digest);
  address_group(exchange->request->address, group);
  int64_t now_us = clock_mono_us();
  if (!throttle_use(exchange->context->throttle, LIMIT_LINKS, group, now_us))
    exchange_too_many(exchange, "Too many links were opened from your network; wait a minute", 60);
  else if (!throttle_use(exchange->context->throttle, LIMIT_LINK_USES, digest, now_us))
    exchange_too_many(exchange, "This link was opened too often; wait a minute", 60);
  else
    return false;
  return true;
}
