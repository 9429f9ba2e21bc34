/* What Opus tells of itself: whatever comes, nothing is read beyond the payload, and what is as
 * short as discontinuous transmission is silence. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "wire/opus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  uint8_t *exact = malloc(len + 1); /* so that a byte too far is seen */
  MUST(exact);
  memcpy(exact, data, len);
  uint8_t *at = realloc(exact, len ? len : 1);
  MUST(at);
  OpusActivity activity = opus_activity(at, len);
  MUST(activity == OPUS_UNKNOWN || activity == OPUS_SILENT || activity == OPUS_VOICE);
  MUST((len == 0 || len > OPUS_DTX_BYTES) || activity == OPUS_SILENT);
  free(at);
  return 0;
}
