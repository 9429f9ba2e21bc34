#include "paper.h"

#include <libxml/parser.h>
#include <string.h>

#include "fill.h"
#include "inspect.h"
#include "package.h"

const char *paper_fault_name(PaperFault fault) {
  static const char *const names[] = {
      [PAPER_FINE] = "fine",           [PAPER_UNREADABLE] = "unreadable",
      [PAPER_ENCRYPTED] = "encrypted", [PAPER_TOO_LARGE] = "too_large",
      [PAPER_FOREIGN] = "foreign",     [PAPER_UNKNOWN] = "unknown"};
  return names[fault];
}

void paper_prepare(void) {
  xmlInitParser();
}

/* A compound file: a document with a password, or one of before 2007. */
static bool is_compound(const void *bytes, size_t size) {
  return size >= 4 && memcmp(bytes, "\xD0\xCF\x11\xE0", 4) == 0;
}

static PaperFault fill_package(Package *package, const void *template, size_t size,
                               const json_t *data, GByteArray *out, GPtrArray *names) {
  PaperFault fault = package_read(package, template, size, names);
  if (fault == PAPER_FINE && (!package_find(package, "[Content_Types].xml") ||
                              !package_find(package, "word/document.xml")))
    fault = PAPER_UNREADABLE;
  if (fault == PAPER_FINE)
    fault = inspect(package, names);
  if (fault == PAPER_FINE)
    fault = fill(package, data, names);
  return fault != PAPER_FINE || package_write(package, out) ? fault : PAPER_TOO_LARGE;
}

PaperFault paper_fill(const void *template, size_t size, const json_t *data, GByteArray *out,
                      GPtrArray *names) {
  Package package;
  if (is_compound(template, size))
    return PAPER_ENCRYPTED;
  if (size > PAPER_TEMPLATE_MOST)
    return PAPER_TOO_LARGE;
  package_init(&package);
  PaperFault fault = fill_package(&package, template, size, data, out, names);
  package_clear(&package);
  return fault;
}
