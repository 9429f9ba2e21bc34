/* Thumbnails: upright, small, and with nothing in them but pixels; what is no picture, is broken or
 * would take all memory is refused, by the program too, locked in as it is. */
#include <fcntl.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "thumbnail.h"

#define RED 0xff0000ffu
#define BLUE 0x0000ffffu
#define SECRET "at 45.75N 126.63E by Camera-4711"

static const char *program;

/* ---- pictures ---- */

/* Its left half red, its right half blue. */
static GByteArray *halves(int width, int height, const char *kind) {
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, width, height);
  g_autoptr(GdkPixbuf) right =
      gdk_pixbuf_new_subpixbuf(picture, width / 2, 0, width - width / 2, height);
  char *bytes;
  gsize size;
  gdk_pixbuf_fill(picture, RED);
  gdk_pixbuf_fill(right, BLUE);
  g_assert_true(gdk_pixbuf_save_to_buffer(picture, &bytes, &size, kind, NULL, NULL));
  return g_byte_array_new_take((guint8 *)bytes, size);
}

/* An APP1 segment right behind the start: EXIF with an orientation, and a text of the camera's. */
static void add_exif(GByteArray *jpeg, unsigned orientation) {
  guint8 head[] = {0xff, 0xe1, 0,    0,    'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                   0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   0,   0, 0,  0, 0, 0, 0};
  size_t size = sizeof head + sizeof SECRET;
  head[2] = (guint8)((size - 2) >> 8);
  head[3] = (guint8)(size - 2);
  head[29] = (guint8)orientation;
  g_autoptr(GByteArray) whole = g_byte_array_new();
  g_byte_array_append(whole, jpeg->data, 2);
  g_byte_array_append(whole, head, sizeof head);
  g_byte_array_append(whole, (const guint8 *)SECRET, sizeof SECRET);
  g_byte_array_append(whole, jpeg->data + 2, jpeg->len - 2);
  g_byte_array_set_size(jpeg, 0);
  g_byte_array_append(jpeg, whole->data, whole->len);
}

static void add_u32(GByteArray *out, guint32 number) {
  guint32 big = GUINT32_TO_BE(number);
  g_byte_array_append(out, (const guint8 *)&big, 4);
}

static void add_chunk(GByteArray *out, const char *type, const void *bytes, guint size) {
  add_u32(out, size);
  uLong sum = crc32(crc32(0, (const Bytef *)type, 4), bytes, size);
  g_byte_array_append(out, (const guint8 *)type, 4);
  g_byte_array_append(out, bytes, size);
  add_u32(out, (guint32)sum);
}

/* Black, of a bit a pixel; rows: of those there are. */
static GByteArray *black_png(guint32 width, guint32 height, guint32 rows) {
  GByteArray *out = g_byte_array_new();
  g_autoptr(GByteArray) head = g_byte_array_new();
  static const guint8 how[] = {1, 0, 0, 0, 0};
  uLong size = (uLong)rows * (1 + (width + 7) / 8);
  uLongf packed = compressBound(size);
  g_autofree guint8 *plain = g_malloc0(size + 1), *small = g_malloc(packed);
  g_assert_cmpint(compress2(small, &packed, plain, size, 1), ==, Z_OK);
  add_u32(head, width);
  add_u32(head, height);
  g_byte_array_append(head, how, sizeof how);
  g_byte_array_append(out, (const guint8 *)"\x89PNG\r\n\x1a\n", 8);
  add_chunk(out, "IHDR", head->data, head->len);
  add_chunk(out, "IDAT", small, (guint)packed);
  add_chunk(out, "IEND", "", 0);
  return out;
}

/* ---- what is made of them ---- */

static GdkPixbuf *read_jpeg(const GByteArray *bytes) {
  g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type("jpeg", NULL);
  g_assert_true(gdk_pixbuf_loader_write(loader, bytes->data, bytes->len, NULL));
  g_assert_true(gdk_pixbuf_loader_close(loader, NULL));
  return g_object_ref(gdk_pixbuf_loader_get_pixbuf(loader));
}

static GdkPixbuf *made(const GByteArray *picture) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_assert_cmpint(thumbnail_make(picture->data, picture->len, out), ==, THUMBNAIL_FINE);
  return read_jpeg(out);
}

static void is_sized(const GdkPixbuf *picture, int width, int height) {
  g_assert_cmpint(gdk_pixbuf_get_width(picture), ==, width);
  g_assert_cmpint(gdk_pixbuf_get_height(picture), ==, height);
}

/* About: a JPEG is not exact. */
static void is_coloured(const GdkPixbuf *picture, int x, int y, unsigned red, unsigned green,
                        unsigned blue) {
  const guint8 *at = gdk_pixbuf_read_pixels(picture) + y * gdk_pixbuf_get_rowstride(picture) +
                     x * gdk_pixbuf_get_n_channels(picture);
  const unsigned wanted[] = {red, green, blue};
  for (unsigned i = 0; i < 3; i++)
    g_assert_cmpint(ABS((int)at[i] - (int)wanted[i]), <, 40);
}

static void test_small(void) {
  g_autoptr(GByteArray) large = halves(1600, 800, "jpeg"), png = halves(800, 1600, "png"),
                        little = halves(40, 30, "png"), line = halves(3000, 1, "png");
  g_autoptr(GdkPixbuf) first = made(large), second = made(png), third = made(little),
                       fourth = made(line);
  is_sized(first, 512, 256);
  is_coloured(first, 10, 128, 255, 0, 0);
  is_coloured(first, 500, 128, 0, 0, 255);
  is_sized(second, 256, 512);
  is_sized(third, 40, 30); /* it is not made larger */
  is_sized(fourth, 512, 1);
}

/* Turned by a quarter what was left is above; of what was turned only the pixels are left. */
static void test_exif(void) {
  g_autoptr(GByteArray) picture = halves(1600, 800, "jpeg"), out = g_byte_array_new();
  add_exif(picture, 6);
  g_assert_nonnull(memmem(picture->data, picture->len, "Exif", 4));
  g_assert_cmpint(thumbnail_make(picture->data, picture->len, out), ==, THUMBNAIL_FINE);
  g_autoptr(GdkPixbuf) upright = read_jpeg(out);
  is_sized(upright, 256, 512);
  is_coloured(upright, 128, 10, 255, 0, 0);
  is_coloured(upright, 128, 500, 0, 0, 255);
  g_assert_null(memmem(out->data, out->len, "Exif", 4));
  g_assert_null(memmem(out->data, out->len, "4711", 4));
  g_assert_null(memmem(out->data, out->len, "\xff\xe1", 2));
  g_assert_null(gdk_pixbuf_get_option(upright, "orientation"));
}

static void test_transparent(void) {
  g_autoptr(GdkPixbuf) picture = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, 700, 700);
  char *bytes;
  gsize size;
  gdk_pixbuf_fill(picture, 0);
  g_assert_true(gdk_pixbuf_save_to_buffer(picture, &bytes, &size, "png", NULL, NULL));
  g_autoptr(GByteArray) png = g_byte_array_new_take((guint8 *)bytes, size);
  g_autoptr(GdkPixbuf) small = made(png);
  is_sized(small, 512, 512);
  is_coloured(small, 256, 256, 255, 255, 255);
}

/* ---- what is refused ---- */

static void is_refused(const void *bytes, size_t size, ThumbnailFault fault) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_assert_cmpint(thumbnail_make(bytes, size, out), ==, fault);
  g_assert_cmpuint(out->len, ==, 0);
}

/* The size that the frame's head says (ITU-T T.81 B.2.2). */
static void swell(GByteArray *jpeg, guint16 width, guint16 height) {
  guint8 *at = memmem(jpeg->data, jpeg->len, "\xff\xc0", 2);
  g_assert_nonnull(at);
  at[5] = (guint8)(height >> 8);
  at[6] = (guint8)height;
  at[7] = (guint8)(width >> 8);
  at[8] = (guint8)width;
}

static void test_bomb(void) {
  g_autoptr(GByteArray) png = black_png(30000, 30000, 4), jpeg = halves(64, 64, "jpeg");
  g_assert_cmpuint(png->len, <, 200);
  is_refused(png->data, png->len, THUMBNAIL_TOO_LARGE);
  swell(jpeg, 60000, 60000);
  is_refused(jpeg->data, jpeg->len, THUMBNAIL_TOO_LARGE);
}

static void test_broken(void) {
  static const char text[] = "no picture, whatever its name says";
  g_autoptr(GByteArray) png = halves(800, 600, "png"), jpeg = halves(800, 600, "jpeg");
  is_refused(text, strlen(text), THUMBNAIL_UNREADABLE);
  is_refused("", 0, THUMBNAIL_UNREADABLE);
  is_refused(png->data, 8, THUMBNAIL_UNREADABLE);
  is_refused(png->data, png->len / 2, THUMBNAIL_UNREADABLE);
  is_refused(jpeg->data, 20, THUMBNAIL_UNREADABLE);
  png->data[png->len / 2] ^= 0xff;
  is_refused(png->data, png->len, THUMBNAIL_UNREADABLE);
  memcpy(jpeg->data, "\xff\xd8\xff\xff\xff", 5);
  memset(jpeg->data + 5, 0x55, jpeg->len - 5);
  is_refused(jpeg->data, jpeg->len, THUMBNAIL_UNREADABLE);
}

/* ---- the program ---- */

/* What it ended with; out gets what it wrote. */
static int run(const GByteArray *picture, GByteArray *out) {
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  char chunk[65536];
  int fd = g_file_open_tmp("yishi-picture-XXXXXX", &path, &error);
  g_assert_no_error(error);
  g_assert_cmpint(write(fd, picture->data, picture->len), ==, (gssize)picture->len);
  g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
  g_unlink(path);
  g_autoptr(GSubprocessLauncher) launcher =
      g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_take_stdin_fd(launcher, fd);
  g_autoptr(GSubprocess) process = g_subprocess_launcher_spawn(launcher, &error, program, NULL);
  g_assert_no_error(error);
  gssize count;
  while ((count = g_input_stream_read(g_subprocess_get_stdout_pipe(process), chunk, sizeof chunk,
                                      NULL, &error)) > 0)
    g_byte_array_append(out, (guint8 *)chunk, (guint)count);
  g_assert_no_error(error);
  g_assert_true(g_subprocess_wait(process, NULL, &error));
  return g_subprocess_get_if_exited(process) ? g_subprocess_get_exit_status(process) : -1;
}

static void test_program(void) {
  g_autoptr(GByteArray) png = halves(900, 600, "png"), jpeg = halves(900, 600, "jpeg"),
                        bomb = black_png(30000, 30000, 4), out = g_byte_array_new(),
                        second = g_byte_array_new(), nothing = g_byte_array_new();
  g_assert_cmpint(run(png, out), ==, 0);
  g_autoptr(GdkPixbuf) small = read_jpeg(out);
  is_sized(small, 512, 341);
  add_exif(jpeg, 8);
  g_assert_cmpint(run(jpeg, second), ==, 0);
  g_autoptr(GdkPixbuf) upright = read_jpeg(second);
  is_sized(upright, 341, 512);
  g_assert_cmpint(run(bomb, nothing), ==, 3);
  g_byte_array_set_size(png, 100);
  g_assert_cmpint(run(png, nothing), ==, 3);
  g_assert_cmpuint(nothing->len, ==, 0);
}

/* As many pixels as are taken fit into what the process is given. */
static void test_most(void) {
  g_autoptr(GByteArray) most = black_png(10000, 11000, 11000), out = g_byte_array_new();
  g_assert_cmpint(run(most, out), ==, 0);
  g_autoptr(GdkPixbuf) small = read_jpeg(out);
  is_sized(small, 465, 512);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  program = argv[1];
  g_test_add_func("/thumbnails/small", test_small);
  g_test_add_func("/thumbnails/exif", test_exif);
  g_test_add_func("/thumbnails/transparent", test_transparent);
  g_test_add_func("/thumbnails/bomb", test_bomb);
  g_test_add_func("/thumbnails/broken", test_broken);
  g_test_add_func("/thumbnails/program", test_program);
  g_test_add_func("/thumbnails/most", test_most);
  return g_test_run();
}
