/* Thumbnails through HTTP, by the worker itself: who may have one, what is in it, what is made
 * once, and what is answered where there is none. */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#include "api/bed.h"
#include "base/clock.h"
#include "store/thumbnail-file.h"

static const char *program;

static Bed *bed_with_program(void) {
  Bed *bed = bed_new();
  g_free(bed->config->thumbnail_program);
  bed->config->thumbnail_program = g_strdup(program);
  return bed;
}

static char *path_of(const BedFile *file) {
  return g_strdup_printf("attachments/%s/thumbnail", file->id);
}

static GByteArray *picture(const char *kind) {
  g_autoptr(GdkPixbuf) pixels = gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, 1200, 900);
  char *bytes;
  gsize size;
  gdk_pixbuf_fill(pixels, 0x3366ccff);
  g_assert_true(gdk_pixbuf_save_to_buffer(pixels, &bytes, &size, kind, NULL, NULL));
  return g_byte_array_new_take((guint8 *)bytes, size);
}

static void test_made(void) {
  Bed *bed = bed_with_program();
  g_autoptr(GByteArray) bytes = picture("png");
  BedFile sent = bed_keep(bed, "照片.png", bytes->data, bytes->len);
  g_autofree char *path = path_of(&sent);
  g_autoptr(ApiResponse) first = bed_ask(bed, STRANGER, "GET", path, NULL);
  g_assert_cmpint(first->status, ==, 200);
  g_assert_cmpstr(first->content_type, ==, "image/jpeg");
  g_assert_true(first->foreign);
  g_assert_false(first->file_once);
  g_autoptr(GdkPixbuf) small = gdk_pixbuf_new_from_file(first->file, NULL);
  g_assert_nonnull(small);
  g_assert_cmpint(gdk_pixbuf_get_width(small), ==, 512);
  g_assert_cmpint(gdk_pixbuf_get_height(small), ==, 384);
  /* Once: no program is run for the second. */
  g_free(bed->config->thumbnail_program);
  bed->config->thumbnail_program = g_strdup("/bin/false");
  g_autoptr(ApiResponse) second = bed_ask(bed, STRANGER, "GET", path, NULL);
  g_assert_cmpint(second->status, ==, 200);
  g_assert_cmpstr(second->file, ==, first->file);
  g_assert_cmpstr(second->file_etag, ==, first->file_etag);
  bed_free(bed);
}

/* A PDF, and nothing else, comes as what a frame shows; the file itself never does. */
static void test_shown(void) {
  Bed *bed = bed_with_program();
  static const char pdf[] = "%PDF-1.7\n%%EOF\n", text[] = "<script>alert(1)</script>";
  BedFile sent = bed_keep(bed, "公文.pdf", pdf, strlen(pdf)),
          page = bed_keep(bed, "a.txt", text, strlen(text));
  g_autofree char *whole = g_strdup_printf("attachments/%s", sent.id);
  g_autofree char *shown = g_strdup_printf("attachments/%s/shown", sent.id);
  g_autofree char *other = g_strdup_printf("attachments/%s/shown", page.id);
  g_autoptr(ApiResponse) framed = bed_ask(bed, STRANGER, "GET", shown, NULL);
  g_assert_cmpint(framed->status, ==, 200);
  g_assert_cmpstr(framed->content_type, ==, "application/pdf");
  g_assert_true(framed->framed);
  g_assert_true(g_str_has_prefix(framed->disposition, "inline; "));
  g_autoptr(ApiResponse) taken = bed_ask(bed, STRANGER, "GET", whole, NULL);
  g_assert_true(g_str_has_prefix(taken->disposition, "attachment; "));
  g_assert_true(taken->foreign && !taken->framed);
  bed_refused(bed, 409, "not_shown", STRANGER, "GET", other, NULL);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", shown, NULL);
  bed_free(bed);
}

/* As for the file itself. */
static void test_rights(void) {
  Bed *bed = bed_with_program();
  g_autoptr(GByteArray) bytes = picture("jpeg");
  BedFile sent = bed_keep(bed, "a.jpg", bytes->data, bytes->len);
  g_autofree char *path = path_of(&sent);
  for (Who who = MEMBER; who < WHO_COUNT; who++)
    if (who != STRANGER)
      bed_refused(bed, 404, "not_found", who, "GET", path, NULL);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", path, NULL);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", "attachments/nothing000000000/thumbnail",
              NULL);
  /* Of a record: whoever may see the field, the others as before. */
  bed_sql(bed,
          "update attachment set owner_kind = 'member_profile', owner_id = '%s',"
          " field = 'documents', adopted_at = 1, expires_at = null where id = '%s'",
          bed->member_profile, sent.id);
  g_autofree char *whole = g_strdup_printf("attachments/%s", sent.id);
  for (Who who = MEMBER; who < WHO_COUNT; who++) {
    g_autoptr(ApiResponse) file = bed_ask(bed, who, "GET", whole, NULL);
    g_autoptr(ApiResponse) small = bed_ask(bed, who, "GET", path, NULL);
    g_assert_cmpint(small->status, ==, file->status);
  }
  g_autoptr(ApiResponse) staff = bed_ask(bed, STAFF, "GET", path, NULL);
  g_assert_cmpint(staff->status, ==, 200);
  bed_refused(bed, 404, "not_found", MEMBER, "GET", path, NULL);
  bed_free(bed);
}

/* What is no picture, by its content, and what is a broken one. */
static void test_none(void) {
  static const char text[] = "只是文字";
  Bed *bed = bed_with_program();
  g_autoptr(GByteArray) bytes = picture("png");
  memset(bytes->data + 60, 0x55, bytes->len - 60);
  BedFile renamed = bed_keep(bed, "picture.jpg", text, strlen(text));
  BedFile broken = bed_keep(bed, "broken.png", bytes->data, bytes->len);
  g_autofree char *first = path_of(&renamed), *second = path_of(&broken);
  bed_refused(bed, 409, "no_thumbnail", STRANGER, "GET", first, NULL);
  g_assert_cmpint(thumbnail_file_state(bed->config->data_dir, broken.sha256, clock_wall_ms()), ==,
                  THUMBNAIL_NOT_YET);
  bed_refused(bed, 409, "no_thumbnail", STRANGER, "GET", second, NULL);
  /* It is remembered: a program that would say otherwise is not asked. */
  g_assert_cmpint(thumbnail_file_state(bed->config->data_dir, broken.sha256, clock_wall_ms()), ==,
                  THUMBNAIL_NONE);
  g_free(bed->config->thumbnail_program);
  bed->config->thumbnail_program = g_strdup("/bin/echo");
  bed_refused(bed, 409, "no_thumbnail", STRANGER, "GET", second, NULL);
  bed_free(bed);
}

/* ---- several at the same time ---- */

/* One that says that it runs, waits until it may go on, and copies the picture. */
static const char slow[] = "#!/bin/sh\n"
                           "at=\"${0%/*}\"\n"
                           "echo >> \"$at/runs\"\n"
                           "until [ -e \"$at/go\" ]; do /bin/sleep 0.02; done\n"
                           "/bin/cat\n";

static void take_slow_program(Bed *bed) {
  g_free(bed->config->thumbnail_program);
  bed->config->thumbnail_program = bed_program(bed, slow);
}

/* Whoever asks meanwhile waits for the same one; and one person has only so many made for him. */
static void test_line(void) {
  Bed *bed = bed_with_program();
  take_slow_program(bed);
  g_autoptr(GByteArray) bytes = picture("jpeg");
  g_autofree char *runs = g_build_filename(bed->folder, "runs", NULL);
  g_autofree char *go = g_build_filename(bed->folder, "go", NULL);
  g_autofree char *said = NULL;
  gsize size;
  ApiResponse *responses[13] = {NULL};
  BedFile first = bed_keep(bed, "a.jpg", bytes->data, bytes->len);
  g_autofree char *path = path_of(&first);
  bed_begin(bed, STRANGER, path, &responses[0]);
  bed_until_written(runs);
  bed_begin(bed, STRANGER, path, &responses[12]);
  for (unsigned i = 1; i < 12; i++) {
    g_byte_array_append(bytes, (const guint8 *)"x", 1); /* another file of the same picture */
    BedFile other = bed_keep(bed, "b.jpg", bytes->data, bytes->len);
    g_autofree char *further = path_of(&other);
    bed_begin(bed, STRANGER, further, &responses[i]);
  }
  g_byte_array_append(bytes, (const guint8 *)"x", 1);
  BedFile last = bed_keep(bed, "c.jpg", bytes->data, bytes->len);
  g_autofree char *too_many = path_of(&last);
  g_autoptr(ApiResponse) later = bed_ask(bed, STRANGER, "GET", too_many, NULL);
  g_assert_cmpint(later->status, ==, 202);
  g_assert_cmpint(later->retry_after_s, ==, 2);
  g_assert_cmpuint(later->body->len, ==, 0);
  g_assert_null(later->file);
  g_assert_true(g_file_set_contents(go, "", 0, NULL));
  for (unsigned i = 0; i < 13; i++) {
    bed_until_answered(&responses[i]);
    g_assert_cmpint(responses[i]->status, ==, 200);
    api_response_free(responses[i]);
  }
  g_assert_true(g_file_get_contents(runs, &said, &size, NULL));
  g_assert_cmpuint(size, ==, 12);
  g_autoptr(ApiResponse) again = bed_ask(bed, STRANGER, "GET", too_many, NULL);
  g_assert_cmpint(again->status, ==, 200);
  g_unlink(runs);
  g_unlink(go);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  program = argv[1];
  g_test_add_func("/thumbnails/made", test_made);
  g_test_add_func("/thumbnails/shown", test_shown);
  g_test_add_func("/thumbnails/rights", test_rights);
  g_test_add_func("/thumbnails/none", test_none);
  g_test_add_func("/thumbnails/line", test_line);
  return g_test_run();
}
