#include "base/id.h"

#include <glib.h>
#include <string.h>

static void test_shape(void) {
  char id[ID_CHARS + 1];
  g_autofree char *secret = secret_new(), *other = secret_new();
  id_random(id, ID_CHARS);
  g_assert_cmpuint(strlen(id), ==, ID_CHARS);
  g_assert_cmpuint(strlen(secret), ==, SECRET_CHARS);
  g_assert_cmpuint(strspn(secret, "0123456789abcdefghjkmnpqrstvwxyz"), ==, SECRET_CHARS);
  g_assert_cmpstr(secret, !=, other);
}

static void test_digest(void) {
  char digest[65];
  secret_digest("abc", digest); /* FIPS 180-4, example 1 */
  g_assert_cmpstr(digest, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/id/shape", test_shape);
  g_test_add_func("/id/digest", test_digest);
  return g_test_run();
}
