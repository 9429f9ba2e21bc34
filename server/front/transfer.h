/* The right to a file that is being sent: it is asked for again every few seconds, by the very
 * request that began it, so that whoever loses it while he watches gets no more bytes. Like being
 * in a meeting, watching its recording is activity, though nothing is touched: while bytes get
 * through, the session does not go idle, and what would end it ends the transfer. Main thread.
 */
#pragma once

#include "front/front.h"

#define TRANSFER_AGAIN_MS 2000

typedef struct Transfer Transfer;

/* Takes request (transfer_request). lost: once, when the answer is not this file any more; it may
 * free the transfer. */
Transfer *transfer_new(Front *front, ApiRequest *request, const char *file,
                       void (*lost)(void *user), void *user);
void transfer_free(Transfer *transfer);

/* The other side took bytes of it. */
void transfer_moved(Transfer *transfer);

/* What of a request must be kept to ask it again; NULL when it changes anything. */
ApiRequest *transfer_request(const ApiRequest *request);
