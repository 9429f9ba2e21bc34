#include "qr.h"

#include <qrencode.h>
#include <string.h>
#include <zlib.h>

#define MARGIN 4 /* modules around it, as the standard wants */
#define PIXELS 6 /* of a module */

static void append_number(GByteArray *bytes, uint32_t number) {
  const guint8 big[4] = {(guint8)(number >> 24), (guint8)(number >> 16), (guint8)(number >> 8),
                         (guint8)number};
  g_byte_array_append(bytes, big, sizeof big);
}

/* Length, type, data, and the checksum of the last two (PNG, RFC 2083 §3.2). */
static void append_chunk(GByteArray *png, const char *type, const guint8 *data, size_t size) {
  append_number(png, (uint32_t)size);
  guint from = png->len;
  g_byte_array_append(png, (const guint8 *)type, 4);
  if (size > 0)
    g_byte_array_append(png, data, (guint)size);
  append_number(png, (uint32_t)crc32(0, png->data + from, png->len - from));
}

/* Lines of one bit a pixel, each with the filter 0 before it; white is 1. */
static GByteArray *lines_of(const QRcode *code, unsigned side) {
  unsigned stride = 1 + (side + 7) / 8;
  GByteArray *lines = g_byte_array_sized_new(stride * side);
  g_byte_array_set_size(lines, stride * side);
  memset(lines->data, 0xFF, lines->len);
  for (unsigned y = 0; y < side; y++) {
    guint8 *line = lines->data + (size_t)y * stride;
    line[0] = 0;
    for (unsigned x = 0; x < side; x++) {
      int row = (int)(y / PIXELS) - MARGIN, column = (int)(x / PIXELS) - MARGIN;
      bool inside = row >= 0 && column >= 0 && row < code->width && column < code->width;
      if (inside && (code->data[row * code->width + column] & 1))
        line[1 + x / 8] &= (guint8) ~(0x80 >> x % 8);
    }
  }
  return lines;
}

GByteArray *qr_png(const char *text) {
  if (!*text || strlen(text) > QR_TEXT_MOST)
    return NULL;
  QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
  if (!code)
    return NULL;
  unsigned side = ((unsigned)code->width + 2 * MARGIN) * PIXELS;
  g_autoptr(GByteArray) lines = lines_of(code, side), head = g_byte_array_new();
  QRcode_free(code);
  uLongf size = compressBound(lines->len);
  g_autofree guint8 *packed = g_malloc(size);
  g_assert(compress(packed, &size, lines->data, lines->len) == Z_OK);
  append_number(head, side);
  append_number(head, side);
  g_byte_array_append(head, (const guint8 *)"\1\0\0\0\0", 5); /* one bit, grey, plain */
  GByteArray *png = g_byte_array_new();
  g_byte_array_append(png, (const guint8 *)"\x89PNG\r\n\x1A\n", 8);
  append_chunk(png, "IHDR", head->data, head->len);
  append_chunk(png, "IDAT", packed, size);
  append_chunk(png, "IEND", NULL, 0);
  return png;
}
