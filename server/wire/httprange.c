#include "wire/httprange.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *skip_blanks(const char *at) {
  return at + strspn(at, " \t");
}

/* False without a digit. Numbers beyond 64 bits saturate: they are larger than any file. */
static bool take_number(const char **at, uint64_t *value) {
  if (**at < '0' || **at > '9')
    return false;
  for (*value = 0; **at >= '0' && **at <= '9'; (*at)++) {
    unsigned digit = (unsigned)(**at - '0');
    if (*value > (UINT64_MAX - digit) / 10)
      *value = UINT64_MAX;
    else
      *value = *value * 10 + digit;
  }
  return true;
}

ByteRange range_parse(const char *header, uint64_t size) {
  static const ByteRange none = {.kind = RANGE_NONE};
  static const ByteRange unsatisfiable = {.kind = RANGE_UNSATISFIABLE};
  if (header == NULL)
    return none;
  const char *at = skip_blanks(header);
  if (strncasecmp(at, "bytes=", 6) != 0)
    return none;
  at = skip_blanks(at + 6);

  uint64_t first = 0, last = UINT64_MAX;
  bool has_first = take_number(&at, &first);
  if (*at != '-')
    return none;
  at++;
  bool has_last = take_number(&at, &last);
  if ((!has_first && !has_last) || *skip_blanks(at) != '\0')
    return none; /* a comma: several ranges, which RFC 9110 §14.2 lets us ignore */
  if (has_first && has_last && first > last)
    return none;

  if (!has_first) { /* the last n bytes */
    if (last == 0)
      return unsatisfiable;
    if (size == 0)
      return none; /* satisfiable, but no Content-Range can say it */
    first = last < size ? size - last : 0;
    return (ByteRange){RANGE_PARTIAL, first, size - 1};
  }
  if (first >= size)
    return unsatisfiable;
  return (ByteRange){RANGE_PARTIAL, first, last < size ? last : size - 1};
}
