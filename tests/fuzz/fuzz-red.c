/* Redundant audio: whatever parses lies inside the payload, and written again is the same. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "wire/red.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  RedBlock blocks[RED_BLOCKS_MAX], again[RED_BLOCKS_MAX];
  unsigned count = red_parse(data, len, blocks);
  MUST(count <= RED_BLOCKS_MAX);
  if (count == 0)
    return 0;
  const uint8_t *at = data + len;
  for (unsigned i = count; i-- > 0;) {
    MUST(blocks[i].data + blocks[i].len == at); /* one behind the other, up to the end */
    at = blocks[i].data;
    MUST(at > data && red_fits(&blocks[i]) == (i + 1 < count || blocks[i].len < 1024));
  }
  size_t before = red_len(blocks, count - 1);
  const RedBlock *primary = &blocks[count - 1];
  uint8_t *out = malloc(before + primary->len);
  MUST(out && red_write(out, 111, blocks, count - 1) == before);
  if (primary->len)
    memcpy(out + before, primary->data, primary->len);
  MUST(red_parse(out, before + primary->len, again) == count);
  for (unsigned i = 0; i < count; i++) {
    MUST(again[i].len == blocks[i].len && again[i].age == blocks[i].age);
    MUST(memcmp(again[i].data, blocks[i].data, blocks[i].len) == 0);
  }
  free(out);
  return 0;
}
