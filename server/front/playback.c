#include "front/playback.h"

#include <string.h>

#include "wire/httprange.h"

/* One element of a comma-separated list of entity tags, without W/. */
static const char *next_tag(const char **cursor, size_t *length) {
  const char *at = *cursor + strspn(*cursor, " \t,");
  if (strncmp(at, "W/", 2) == 0)
    at += 2;
  *length = strcspn(at, ",");
  *cursor = at + *length;
  while (*length > 0 && (at[*length - 1] == ' ' || at[*length - 1] == '\t'))
    (*length)--;
  return *length > 0 ? at : NULL;
}

bool playback_etag_matches(const char *list, const char *etag) {
  const char *bare = strncmp(etag, "W/", 2) == 0 ? etag + 2 : etag;
  size_t length;
  const char *tag;
  while ((tag = next_tag(&list, &length)))
    if ((length == 1 && *tag == '*') || (length == strlen(bare) && memcmp(tag, bare, length) == 0))
      return true;
  return false;
}

FilePlan playback_plan(uint64_t size, const char *etag, const char *range, const char *if_range,
                       const char *if_none_match) {
  if (if_none_match && playback_etag_matches(if_none_match, etag))
    return (FilePlan){.status = 304, .size = size};
  /* If-Range wants the very same bytes: strong comparison; dates we never hand out never match. */
  if (if_range && (strncmp(if_range, "W/", 2) == 0 || strcmp(if_range, etag) != 0))
    range = NULL;
  ByteRange part = range_parse(range, size);
  switch (part.kind) {
  case RANGE_PARTIAL:
    return (FilePlan){206, part.first, part.last - part.first + 1, size};
  case RANGE_UNSATISFIABLE:
    return (FilePlan){.status = 416, .size = size};
  case RANGE_NONE:
    break;
  }
  return (FilePlan){200, 0, size, size};
}
