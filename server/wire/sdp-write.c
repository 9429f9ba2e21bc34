#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/sdp.h"

/* Room for `more` bytes and a zero. Like GLib's allocator it gives up the process without memory:
 * an answer is a few KiB. */
static void grow(SdpWriter *writer, size_t more) {
  if (writer->len + more < writer->size)
    return;
  writer->size = (writer->len + more + 1) * 2;
  writer->text = realloc(writer->text, writer->size);
  if (writer->text == NULL)
    abort();
}

void sdp_line(SdpWriter *writer, const char *format, ...) {
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int bytes = vsnprintf(NULL, 0, format, list);
  va_end(list);
  if (bytes >= 0) {
    grow(writer, (size_t)bytes + 2);
    vsnprintf(writer->text + writer->len, (size_t)bytes + 1, format, again);
    memcpy(writer->text + writer->len + bytes, "\r\n", 3);
    writer->len += (size_t)bytes + 2;
  }
  va_end(again);
}
