/* What the audit record says of requests that change nothing: somebody read what is kept of another
 * person (Subject.file), or asked for what he may not have. Written behind the answer
 * (audit_queue). A reader thread. */
#pragma once

#include "api/exchange.h"

/* After a row was read, or its history. The same person's reading of the same row within
 * TRAIL_AGAIN_MS counts as one. */
#define TRAIL_AGAIN_MS (10 * 60 * 1000)
void trail_read(const Exchange *exchange, const Call *call);

/* Somebody who has signed in was refused for want of a right: of a record ("proposal.read", its id
 * as the path has it), or of an endpoint ("request", by its method and path). LIMIT_REFUSED of a
 * session are told. call: NULL for an endpoint. */
void trail_refused(const Exchange *exchange, const Call *call);
