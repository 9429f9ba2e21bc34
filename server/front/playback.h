/* What to answer to a request for a file: whole, a part, nothing new, or not satisfiable.
 * Pure; libwebsockets 4.1 as packaged knows no Range. Source: RFC 9110 §13, §14. Any thread. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int status;             /* 200, 206, 304 or 416 */
  uint64_t first, length; /* bytes to send; length 0 for 304 and 416 */
  uint64_t size;          /* of the file as it is now */
} FilePlan;

/* size: the file's at this moment; a file still growing is served as long as it is now. etag:
 * quoted, strong. range, if_range, if_none_match: header values or NULL. */
FilePlan playback_plan(uint64_t size, const char *etag, const char *range, const char *if_range,
                       const char *if_none_match);

/* Whether a list of entity tags (If-None-Match) holds this one, by weak comparison, or is "*". */
bool playback_etag_matches(const char *list, const char *etag);
