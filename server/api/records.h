/* The routes that subjects declare (domain/), carried by exchanges. What only reads is answered on
 * the reader. What changes something is looked at there, so that nobody who may not do it, and no
 * nonsense, comes before the writer; then it is done on the writer, whole: session, rights, guard,
 * change, record and answer in one transaction. */
#pragma once

#include "api/exchange.h"

/* Fills a call (call_init before) with who asks, on which connection, and when. */
void records_fill(const Exchange *exchange, Call *call);
/* A reader: after the session, the CSRF token and the body were read. The exchange's match has a
 * record's route. */
void records_serve(Exchange *exchange);

/* A call of the exchange's match by its session, on its connection. Free with records_call_free. */
Call *records_call(Exchange *exchange);
void records_call_free(void *call);
/* Answers with the call's error or problem. */
void records_refuse(Exchange *exchange, Call *call);
