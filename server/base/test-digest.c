#include "base/digest.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static void expect(const char *path, const char *digest, uint64_t size) {
  char out[DIGEST_SIZE];
  uint64_t bytes;
  g_assert_true(digest_path(path, out, &bytes));
  g_assert_cmpstr(out, ==, digest);
  g_assert_cmpuint(bytes, ==, size);
}

/* The examples of FIPS 180-4 (NIST): "abc", nothing, and a million times "a". */
static void test_known(void) {
  g_autofree char *folder = g_dir_make_tmp("yishi-digest-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(folder, "file", NULL);
  g_assert_true(g_file_set_contents(path, "abc", 3, NULL));
  expect(path, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3);
  g_assert_true(g_file_set_contents(path, "", 0, NULL));
  expect(path, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0);
  g_autofree char *many = g_strnfill(1000000, 'a');
  g_assert_true(g_file_set_contents(path, many, 1000000, NULL));
  expect(path, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", 1000000);
  g_unlink(path);
  g_rmdir(folder);
}

/* A field that holds what looks like two is another record than the two. */
static void test_fields(void) {
  g_autoptr(GString) text = g_string_new(NULL);
  digest_add_field(text, "1:a");
  digest_add_field(text, NULL);
  digest_add_field(text, "");
  digest_add_field(text, "政协");
  g_assert_cmpstr(text->str, ==, "3:1:a-0:6:政协");
  char out[DIGEST_SIZE];
  digest_bytes("abc", 3, out);
  g_assert_cmpstr(out, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_refused(void) {
  char out[DIGEST_SIZE];
  uint64_t bytes;
  g_autofree char *folder = g_dir_make_tmp("yishi-digest-XXXXXX", NULL);
  g_autofree char *link = g_build_filename(folder, "link", NULL);
  g_assert_false(digest_path(link, out, &bytes));
  g_assert_cmpint(errno, ==, ENOENT);
  g_assert_cmpint(symlink("/dev/null", link), ==, 0);
  g_assert_false(digest_path(link, out, &bytes));
  g_assert_cmpint(errno, ==, ELOOP);
  g_assert_false(digest_path(folder, out, &bytes)); /* a folder cannot be read */
  g_assert_cmpint(errno, ==, EISDIR);
  g_assert_cmpstr(out, ==, "");
  g_unlink(link);
  g_rmdir(folder);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/digest/known", test_known);
  g_test_add_func("/digest/fields", test_fields);
  g_test_add_func("/digest/refused", test_refused);
  return g_test_run();
}
