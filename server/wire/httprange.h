/* The Range header of one byte range (RFC 9110 §14): bytes=a-b, bytes=a-, bytes=-n. Any thread. */
#pragma once

#include <stdint.h>

typedef enum {
  RANGE_NONE,          /* no, malformed or multiple ranges: send the whole file, 200 */
  RANGE_PARTIAL,       /* 206: first…last, both inclusive */
  RANGE_UNSATISFIABLE, /* 416 */
} RangeKind;

typedef struct {
  RangeKind kind;
  uint64_t first, last;
} ByteRange;

/* header may be NULL; size is the file's, bytes. */
ByteRange range_parse(const char *header, uint64_t size);
