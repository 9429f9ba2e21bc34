/* The body of one request on its way to the disk: taken in pieces on the main thread, written and
 * summed up on a thread of the front's, so that no disk holds up sockets and rooms. What waits in
 * memory is bounded by whoever gives: when upload_take says that it is full, he stops reading until
 * `room` is called. Main thread. */
#pragma once

#include <glib.h>

#include "front/front.h"
#include "store/blob.h"

typedef struct Upload Upload;

#define UPLOAD_THREADS 2
#define UPLOADS_MOST 32     /* at once */
#define UPLOADS_OF_PERSON 4 /* so that one person does not take all */
/* For Front.upload_threads. */
Pool *upload_threads_new(void);

/* Once, on the main thread: durable and under its name (facts), or whole and passing (neither), or
 * why not. */
typedef void (*UploadDone)(void *user, const BlobFacts *facts, const GError *error);

/* Nothing is written before upload_start, only kept in memory; user is for done and room. passes:
 * the file is of any kind, and not to be kept (blob_pass). */
Upload *upload_new(Front *front, bool passes, UploadDone done, void (*room)(void *user),
                   void *user);
/* Nobody waits for it any more: what was written is removed, unless it is done and kept, or was
 * taken by upload_passed. NULL is fine. */
void upload_free(Upload *upload);

/* Says whose it is (an id). False: the person has UPLOADS_OF_PERSON others under way. */
bool upload_of(Upload *upload, const char *person);
void upload_start(Upload *upload);
/* Copies. true: there is much that waits, wait for room. */
bool upload_take(Upload *upload, const void *bytes, size_t size);
/* Those were all. */
void upload_end(Upload *upload);
/* Once it is done: where the file that passes lies, the caller's to remove. Free with g_free. */
char *upload_passed(Upload *upload);
