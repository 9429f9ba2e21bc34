/* Pictures that people send: whatever comes, either nothing is made of it, or a JPEG that is no
 * larger than it may be. Large sizes are left to the test: they only cost the fuzzer its time. */
#include "fuzz.h"

#include <string.h>

#include "thumbnail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  ThumbnailFault fault = thumbnail_make(data, len, out);
  MUST((fault == THUMBNAIL_FINE) == (out->len > 0));
  if (fault == THUMBNAIL_FINE)
    MUST(memcmp(out->data, "\xff\xd8\xff", 3) == 0);
  return 0;
}
