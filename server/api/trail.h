/* What the audit record says of requests that change nothing: somebody read what is kept of another
 * person (Subject.file), or asked for what he may not have. What a deputy does names whom he does
 * it for. Written behind the answer (audit_queue). Any thread. */
#pragma once

#include "api/exchange.h"

/* After a row was read, its history, or a file of it. The same person's reading of the same row
 * counts as one for a while (again.h). */
void trail_read(const Exchange *exchange, const Call *call);
/* After a list was read: one record, of how many such rows it showed; the same list, asked for in
 * the same way, counts as one reading too. */
void trail_read_many(const Exchange *exchange, const Call *call);

/* Somebody who has signed in was refused for want of a right: of a record ("proposal.read", its id
 * as the path has it), or of an endpoint ("request", by its method and path). LIMIT_REFUSED of a
 * session are told, of many at once as one, with the ids. call: NULL for an endpoint. */
void trail_refused(const Exchange *exchange, const Call *call);
