/* The Range header: a partial answer always lies inside the file. The first 8 bytes are its size.
 */
#include "fuzz.h"

#include <string.h>

#include "wire/bytes.h"
#include "wire/httprange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  if (len < 8)
    return 0;
  uint64_t size = bytes_get64(data);
  char *header = malloc(len - 8 + 1);
  MUST(header != NULL);
  memcpy(header, data + 8, len - 8);
  header[len - 8] = '\0';
  ByteRange range = range_parse(header, size);
  if (range.kind == RANGE_PARTIAL)
    MUST(range.first <= range.last && range.last < size);
  free(header);
  return 0;
}
