/* A fact that flickers, reported when it has lasted: who is heard, who is shown. For the event log.
 * Embedded in a Track; media thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NOTICE_US 1000000 /* shorter changes are not worth a line in the log */

typedef struct {
  bool now, reported;
  int64_t since_us; /* when `now` became what it is */
} Notice;

typedef enum { NOTICE_NONE, NOTICE_ON, NOTICE_OFF } NoticeChange;

/* What is to be reported at this moment. */
NoticeChange notice_update(Notice *notice, bool on, int64_t now_us);
/* It ends for good: true if an end must be reported. */
bool notice_end(Notice *notice);
