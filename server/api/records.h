/* The routes that subjects declare (domain/), carried by exchanges. What only reads is answered on
 * the reader. What changes something is looked at there, so that nobody who may not do it, and no
 * nonsense, comes before the writer; then it is done on the writer, whole: session, rights, guard,
 * change, record and answer in one transaction. */
#pragma once

#include "api/exchange.h"

/* Makes a call with who asks (the exchange's session, or one that begins with it), on which
 * connection, and when. call_clear it. */
void records_fill(const Exchange *exchange, const Session *session, Call *call);
/* A reader: after the session, the CSRF token and the body were read. The exchange's match has a
 * record's route. */
void records_serve(Exchange *exchange);

/* A call of the exchange's match by its session, on its connection. Free with records_call_free. */
Call *records_call(Exchange *exchange);
void records_call_free(void *call);
/* Answers with the call's error or problem. */
void records_refuse(Exchange *exchange, Call *call);
/* Whether the session may what "meeting.run" says with the record of that kind that the path names,
 * on the thread's connection; answers when it may not (Endpoint.on). */
bool records_may(Exchange *exchange, const char *on);
/* On the writer: once more who it is, and then work, which ends as a change of a record does (its
 * document in call->out); answers with it. */
bool records_run(Exchange *exchange, Call *call, bool (*work)(Call *call, void *user), void *user,
                 GError **error);
/* Main thread: the same when that failed; false: the call knows nothing of it. */
bool records_refused(Exchange *exchange, Call *call);
