/* Templates of printed forms: whatever comes, it is said what came of it; and what is filled is a
 * document again, with nothing in it that a template may not have. */
#include "fuzz.h"

#include "inspect.h"
#include "package.h"

static json_t *data_of(void) {
  return json_pack("{s:{s:s, s:s}, s:{s:{s:[s, s], s:[[s, s], [s, s]]}, s:{s:[s], s:[]}}}",
                   "values", "name", "李明", "note", "a < b\n{{name}}", "lists", "posts", "columns",
                   "org", "role", "rows", "民建", "委员", "工会", "常委", "empty", "columns", "x",
                   "rows");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  json_t *with = data_of();
  PaperFault fault = paper_fill(data, len, with, out, names);
  json_decref(with);
  MUST(paper_fault_name(fault));
  if (fault != PAPER_FINE)
    return 0;
  Package package;
  package_init(&package);
  fault = package_read(&package, out->data, out->len, names); /* it may have grown */
  MUST(fault == PAPER_FINE || fault == PAPER_TOO_LARGE);
  MUST(fault != PAPER_FINE || inspect(&package, names) != PAPER_FOREIGN);
  package_clear(&package);
  return 0;
}
