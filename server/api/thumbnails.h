/* Thumbnails of files that are pictures (thumbnails/thumbnail.h): made when one is first asked for,
 * one after the other, by a process that is locked in, and kept beside the blobs
 * (store/thumbnail-file.h). Whoever asks for one that is being made waits for that; whoever asks
 * for another while too many wait is answered by 202 without it, and asks again. Main thread but
 * for thumbnails_serve. */
#pragma once

#include "api/exchange.h"

#define THUMBNAILS_MOST 1 /* at once: a meeting has the machine */
#define THUMBNAILS_WAITING 60
#define THUMBNAILS_OF_ONE 12 /* that wait for one person: a record's files, and a few */
#define THUMBNAIL_MOST_S 120 /* of the clock: with a meeting on the machine it is slow */

typedef struct Thumbnails Thumbnails;

Thumbnails *thumbnails_new(void);
/* Whoever waits is answered. */
void thumbnails_stop(Thumbnails *thumbnails);
void thumbnails_free(Thumbnails *thumbnails); /* after it; NULL is fine */

/* A reader: answers with the thumbnail of this blob, to one who may have the file. */
void thumbnails_serve(Exchange *exchange, const char *sha256, const char *mime);
