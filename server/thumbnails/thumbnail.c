#include "thumbnail.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <string.h>

#define QUALITY "85"
#define PIECE 65536 /* bytes that the loader takes at once */
#define WHITE 0xffffff

/* By the first bytes, as store/file-kind.c tells them: of all that the library reads only what is
 * built into it, and what records may have attached. */
static const char *kind_of(const void *bytes, size_t size) {
  if (size >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
    return "jpeg";
  return size >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0 ? "png" : NULL;
}

/* Of a PNG that was cut the library takes what is there, and leaves the rest as the memory was: its
 * last chunk is to be there (ISO/IEC 15948 11.2.5; nothing is in it, so that its sum is known).
 * What lacks of a JPEG is grey. */
static bool is_whole(const char *kind, const void *bytes, size_t size) {
  return strcmp(kind, "png") != 0 || memmem(bytes, size, "IEND\xae\x42\x60\x82", 8);
}

/* The size is known and no pixel is: a size of nothing makes the loader give up. What fits is
 * decoded as it is. */
static void size_known(GdkPixbufLoader *loader, int width, int height, void *data) {
  bool *too_large = data;
  int side = MAX(width, height);
  *too_large = (gint64)width * height > THUMBNAIL_PIXELS_MOST;
  if (*too_large)
    gdk_pixbuf_loader_set_size(loader, 0, 0);
  else if (side > THUMBNAIL_SIDE)
    gdk_pixbuf_loader_set_size(loader, MAX(1, (int)((gint64)width * THUMBNAIL_SIDE / side)),
                               MAX(1, (int)((gint64)height * THUMBNAIL_SIDE / side)));
}

static bool feed(GdkPixbufLoader *loader, const guchar *bytes, size_t size, const bool *stop) {
  bool fine = true;
  for (size_t at = 0; fine && !*stop && at < size; at += PIECE)
    fine = gdk_pixbuf_loader_write(loader, bytes + at, MIN(size - at, PIECE), NULL);
  return gdk_pixbuf_loader_close(loader, NULL) && fine && !*stop;
}

static gboolean append(const char *bytes, gsize size, GError **error, void *out) {
  g_byte_array_append(out, (const guint8 *)bytes, (guint)size);
  return TRUE;
}

/* Upright first, as its data say it; a copy then has none of them. */
static bool write_small(GdkPixbuf *picture, GByteArray *out) {
  g_autoptr(GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation(picture);
  int width = gdk_pixbuf_get_width(upright), height = gdk_pixbuf_get_height(upright);
  g_autoptr(GdkPixbuf) plain = gdk_pixbuf_composite_color_simple(
      upright, width, height, GDK_INTERP_NEAREST, 255, MAX(width, height), WHITE, WHITE);
  return plain &&
         gdk_pixbuf_save_to_callback(plain, append, out, "jpeg", NULL, "quality", QUALITY, NULL);
}

ThumbnailFault thumbnail_make(const void *bytes, size_t size, GByteArray *out) {
  const char *kind = kind_of(bytes, size);
  bool too_large = false;
  if (!kind || !is_whole(kind, bytes, size))
    return THUMBNAIL_UNREADABLE;
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type(kind, NULL);
  if (!loader)
    return THUMBNAIL_UNREADABLE;
  g_signal_connect(loader, "size-prepared", G_CALLBACK(size_known), &too_large);
  bool whole = feed(loader, bytes, size, &too_large);
  if (too_large)
    return THUMBNAIL_TOO_LARGE;
  GdkPixbuf *picture = whole ? gdk_pixbuf_loader_get_pixbuf(loader) : NULL;
  return picture && write_small(picture, out) ? THUMBNAIL_FINE : THUMBNAIL_UNREADABLE;
}

/* One picture of each kind, to the end. */
void thumbnail_prepare(void) {
  static const char *const kinds[] = {"png", "jpeg"};
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, 1, 1);
  gdk_pixbuf_fill(picture, 0);
  for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(GByteArray) out = g_byte_array_new();
    if (gdk_pixbuf_save_to_buffer(picture, &bytes, &size, kinds[i], NULL, NULL))
      thumbnail_make(bytes, size, out);
  }
}
