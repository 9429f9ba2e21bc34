/* Files by their content: what is recognised, what is refused, and what is left after a crash. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "store/blob.h"
#include "store/statement.h"
#include "store/test-fixture.h"
#include "store/thumbnail-file.h"

static const char *kind_of(const void *bytes, size_t size) {
  char path[] = "/tmp/yishi-kind-XXXXXX";
  int fd = g_mkstemp(path);
  g_assert_cmpint(write(fd, bytes, size), ==, size);
  const FileKind *kind = file_kind(fd, size);
  close(fd);
  unlink(path);
  return kind ? kind->extensions : NULL;
}

/* Appends value in these many bytes, the lowest first; bytes beyond the value's own are 0. */
static void add_le(GByteArray *out, uint64_t value, unsigned bytes) {
  for (; bytes > 0; bytes--, value >>= 8) {
    guint8 byte = (guint8)value;
    g_byte_array_append(out, &byte, 1);
  }
}

/* A ZIP of empty files with these names. */
static GByteArray *zip_of(const char *const *names) {
  GByteArray *out = g_byte_array_new();
  g_autoptr(GByteArray) directory = g_byte_array_new();
  unsigned count = 0;
  for (; *names; names++, count++) {
    unsigned at = out->len, size = (unsigned)strlen(*names);
    add_le(out, 0x04034b50, 4);
    add_le(out, 0, 22);
    add_le(out, size, 2);
    add_le(out, 0, 2);
    g_byte_array_append(out, (const guint8 *)*names, size);
    add_le(directory, 0x02014b50, 4);
    add_le(directory, 0, 8);
    add_le(directory, 0, 16);
    add_le(directory, size, 2);
    add_le(directory, 0, 8);
    add_le(directory, 0, 4);
    add_le(directory, at, 4);
    g_byte_array_append(directory, (const guint8 *)*names, size);
  }
  unsigned begin = out->len;
  g_byte_array_append(out, directory->data, directory->len);
  add_le(out, 0x06054b50, 4);
  add_le(out, 0, 4);
  add_le(out, count, 2);
  add_le(out, count, 2);
  add_le(out, directory->len, 4);
  add_le(out, begin, 4);
  add_le(out, 0, 2);
  return out;
}

/* An OLE2 file whose directory has a root and this stream. */
static GByteArray *ole_of(const char *name) {
  GByteArray *out = g_byte_array_new();
  g_byte_array_append(out, (const guint8 *)"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
  g_byte_array_set_size(out, 1536);
  memset(out->data + 8, 0, 1528);
  out->data[30] = 9;
  out->data[48] = 1; /* sector 1 lies at 1024 */
  for (unsigned i = 0; name[i]; i++)
    out->data[1024 + 128 + 2 * i] = (guint8)name[i];
  return out;
}

static void assert_zip(const char *const *names, const char *kind) {
  g_autoptr(GByteArray) zip = zip_of(names);
  g_assert_cmpstr(kind_of(zip->data, zip->len), ==, kind);
}

static void assert_ole(const char *name, const char *kind) {
  g_autoptr(GByteArray) ole = ole_of(name);
  g_assert_cmpstr(kind_of(ole->data, ole->len), ==, kind);
}

static void test_kinds(void) {
  static const struct {
    const char *bytes;
    size_t size;
    const char *kind;
  } cases[] = {
      {"%PDF-1.7\n", 9, "pdf"},
      {"\xff\xd8\xff\xe0", 4, "jpg jpeg"},
      {"\x89PNG\r\n\x1a\n", 8, "png"},
      {"\0\0\0\x18"
       "ftypheic",
       12, "heic heif"},
      {"\0\0\0\x18"
       "ftypisom",
       12, "mp4"},
      {"\0\0\0\x18"
       "ftypM4A ",
       12, "m4a"},
      {"\0\0\0\x18"
       "ftypqt  ",
       12, NULL},
      {"关于城市更新的建议\r\n", 29, "txt"},
      {"\xb9\xd8\xd3\xda", 4, "txt"}, /* 关于 in GB 18030 */
      {"\xff\xfe\x73\x51", 4, NULL},
      {"MZ\x90\0\3", 5, NULL},
      {"\x7f"
       "ELF",
       4, NULL},
      {"a\0b\0", 4, NULL},  /* UTF-16, or no text at all */
      {"GIF89a", 6, "txt"}, /* is text as far as it goes */
      {"PK\3\4", 4, NULL},
      {"", 0, NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_cmpstr(kind_of(cases[i].bytes, cases[i].size), ==, cases[i].kind);
  assert_zip((const char *const[]){"[Content_Types].xml", "word/document.xml", NULL}, "docx wps");
  assert_zip((const char *const[]){"xl/workbook.xml", "[Content_Types].xml", NULL}, "xlsx et");
  assert_zip((const char *const[]){"[Content_Types].xml", "ppt/a.xml", NULL}, "pptx");
  assert_zip((const char *const[]){"OFD.xml", "Doc_0/Document.xml", NULL}, "ofd");
  assert_zip((const char *const[]){"word/document.xml", "a.exe", NULL}, "zip");
  assert_ole("WordDocument", "doc wps");
  assert_ole("Workbook", "xls et");
  assert_ole("PowerPoint Document", "ppt");
  assert_ole("__properties_version1.0", NULL); /* a mail */
}

/* Each byte of a container changed: nothing is read that is not there. */
static void test_damaged(void) {
  g_autoptr(GByteArray) zip = zip_of((const char *const[]){"[Content_Types].xml", "word/a", NULL});
  g_autoptr(GByteArray) ole = ole_of("WordDocument");
  GByteArray *const files[] = {zip, ole};
  for (unsigned n = 0; n < 2; n++)
    for (unsigned i = 0; i < files[n]->len; i += n ? 7 : 1) {
      files[n]->data[i] ^= 0xff;
      kind_of(files[n]->data, files[n]->len);
      files[n]->data[i] ^= 0xff;
    }
}

static void test_names(void) {
  static const struct {
    const char *name, *shown;
  } cases[] = {
      {"报告.pdf", "报告.pdf"},
      {"a.exe", "a.exe.pdf"},
      {"../../etc/passwd", "passwd.pdf"},
      {"C:\\x\\报告.PDF", "报告.PDF"},
      {"a\r\nb\".pdf", "ab.pdf"},
      {"", "file.pdf"},
      {"...", "file.pdf"},
      {"\xe2\x80\xae"
       "fdp.exe",
       "fdp.exe.pdf"},
      {".htaccess", "htaccess.pdf"},
  };
  g_autofree char *path = g_strdup("/tmp/yishi-names-XXXXXX");
  int fd = g_mkstemp(path);
  g_assert_cmpint(write(fd, "%PDF-", 5), ==, 5);
  const FileKind *pdf = file_kind(fd, 5);
  close(fd);
  unlink(path);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *shown = file_kind_name(pdf, cases[i].name);
    g_assert_cmpstr(shown, ==, cases[i].shown);
  }
  g_autofree char *long_name = g_strnfill(3000, 'x'), *cut = file_kind_name(pdf, long_name);
  g_assert_cmpint(g_utf8_strlen(cut, -1), <=, 120);
}

static char *keep(const char *dir, const char *text, BlobFacts *facts) {
  GError *error = NULL;
  g_autoptr(Blob) blob = blob_new(dir, &error);
  g_assert_no_error(error);
  g_assert_true(blob_write(blob, text, 3, NULL) &&
                blob_write(blob, text + 3, strlen(text) - 3, NULL));
  blob_finish(blob, facts, &error);
  g_assert_no_error(error);
  return blob_path(dir, facts->sha256);
}

static unsigned files_in(const char *dir, const char *folder) {
  g_autofree char *path = g_build_filename(dir, "attachments", folder, NULL);
  g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
  unsigned count = 0;
  while (files && g_dir_read_name(files))
    count++;
  return count;
}

static void test_keep(void) {
  Fixture f;
  fixture_init(&f);
  BlobFacts facts;
  g_autofree char *path = keep(f.dir, "hello world", &facts);
  g_assert_cmpstr(facts.sha256, ==,
                  "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
  g_assert_cmpuint(facts.size, ==, 11);
  g_assert_true(blob_is_there(f.dir, facts.sha256, 11));
  g_assert_false(blob_is_there(f.dir, facts.sha256, 12));
  struct stat status;
  g_assert_cmpint(stat(path, &status), ==, 0);
  g_assert_cmpint(status.st_mode & 0777, ==, 0600);
  GError *error = NULL;
  Blob *program = blob_new(f.dir, NULL);
  g_assert_true(blob_write(program, "MZ\0\1", 4, NULL));
  g_assert_false(blob_finish(program, &facts, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  blob_free(program);
  g_assert_cmpuint(files_in(f.dir, "new"), ==, 0);
  Blob *passes = blob_new(f.dir, NULL);
  g_assert_true(blob_write(passes, "MZ\0\1", 4, NULL));
  g_autofree char *passed = blob_pass(passes);
  blob_free(passes);
  g_assert_true(g_file_test(passed, G_FILE_TEST_IS_REGULAR));
  g_assert_cmpuint(files_in(f.dir, "new"), ==, 1);
  g_unlink(passed);
  Blob *large = blob_new(f.dir, NULL);
  g_autofree char *mebibyte = g_strnfill(1024 * 1024, 'x');
  for (unsigned i = 0; i < 50; i++)
    g_assert_true(blob_write(large, mebibyte, 1024 * 1024, NULL));
  g_assert_false(blob_write(large, "x", 1, &error));
  g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
  g_clear_error(&error);
  blob_free(large);
  fixture_clear(&f);
}

static void make_old(const char *path) {
  const struct utimbuf then = {1, 1};
  g_assert_cmpint(utime(path, &then), ==, 0);
}

/* What a crash left: bytes without a name, a name without a row. What has a row stays. */
static void test_sweep(void) {
  Fixture f;
  fixture_init(&f);
  char person[17];
  fixture_person(f.db, "Ada", NULL, "member", 1, person);
  BlobFacts lost, kept;
  g_autofree char *lost_path = keep(f.dir, "nobody's", &lost);
  g_autofree char *kept_path = keep(f.dir, "somebody's", &kept);
  g_autofree char *row = g_strdup_printf(
      "insert into attachment (id, name, mime, size, sha256, created_by, created_at, expires_at)"
      " values ('file000000000001', 'a.txt', 'text/plain', 10, '%s', '%s', 1, 2)",
      kept.sha256, person);
  g_assert_true(db_exec(f.db, row, NULL));
  g_autofree char *half = g_build_filename(f.dir, "attachments", "new", "half", NULL);
  g_assert_true(g_file_set_contents(half, "x", 1, NULL));
  int64_t now_ms = g_get_real_time() / 1000;
  for (unsigned i = 0; i < BLOB_FOLDERS; i++)
    g_assert_cmpuint(blobs_sweep(f.db, f.dir, i, now_ms), ==, 0); /* they are young */
  make_old(half);
  make_old(lost_path);
  make_old(kept_path);
  unsigned removed = 0;
  for (unsigned i = 0; i < BLOB_FOLDERS; i++)
    removed += blobs_sweep(f.db, f.dir, i, now_ms);
  g_assert_cmpuint(removed, ==, 2);
  g_assert_true(g_file_test(kept_path, G_FILE_TEST_EXISTS));
  g_assert_false(g_file_test(lost_path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint(files_in(f.dir, "new"), ==, 0);
  fixture_clear(&f);
}

/* It is found by its picture's name, and goes with the picture. */
static void test_thumbnail(void) {
  Fixture f;
  fixture_init(&f);
  BlobFacts facts;
  int64_t now_ms = g_get_real_time() / 1000;
  g_autofree char *blob = keep(f.dir, "as if it were a picture", &facts);
  g_autofree char *made = g_build_filename(f.dir, "made", NULL);
  g_autofree char *path = thumbnail_file_path(f.dir, facts.sha256);
  g_assert_cmpint(thumbnail_file_state(f.dir, facts.sha256, now_ms), ==, THUMBNAIL_NOT_YET);
  g_assert_true(thumbnail_file_keep(f.dir, facts.sha256, NULL, NULL));
  g_assert_cmpint(thumbnail_file_state(f.dir, facts.sha256, now_ms), ==, THUMBNAIL_NONE);
  g_assert_cmpint(thumbnail_file_state(f.dir, facts.sha256, now_ms + THUMBNAIL_NONE_MS + 1000), ==,
                  THUMBNAIL_NOT_YET);
  g_assert_true(g_file_set_contents(made, "small", -1, NULL));
  g_assert_true(thumbnail_file_keep(f.dir, facts.sha256, made, NULL));
  g_assert_cmpint(thumbnail_file_state(f.dir, facts.sha256, now_ms), ==, THUMBNAIL_THERE);
  unsigned folder =
      (unsigned)g_ascii_strtoull((char[]){facts.sha256[0], facts.sha256[1], 0}, NULL, 16);
  g_assert_cmpuint(thumbnail_files_sweep(f.dir, folder), ==, 0);
  g_assert_cmpint(g_unlink(blob), ==, 0);
  for (unsigned i = 0; i < BLOB_FOLDERS; i++)
    g_assert_cmpuint(thumbnail_files_sweep(f.dir, i), ==, i == folder);
  g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
  /* What a crash left of one is none. */
  g_assert_true(g_file_set_contents(path, "", 0, NULL));
  g_assert_cmpint(thumbnail_file_state(f.dir, facts.sha256, now_ms), ==, THUMBNAIL_NOT_YET);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/blob/kinds", test_kinds);
  g_test_add_func("/blob/damaged", test_damaged);
  g_test_add_func("/blob/names", test_names);
  g_test_add_func("/blob/keep", test_keep);
  g_test_add_func("/blob/sweep", test_sweep);
  g_test_add_func("/blob/thumbnail", test_thumbnail);
  return g_test_run();
}
