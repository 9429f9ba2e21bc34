#include "peer/path.h"
#include "peer/table.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>

static void test_against_glib(void) {
  Table *table = table_new(sizeof(uint32_t));
  GHashTable *model = g_hash_table_new(g_direct_hash, g_direct_equal);
  GRand *rand = g_rand_new_with_seed(7);
  static char values[512];
  for (int i = 0; i < 40000; i++) {
    uint32_t key = (uint32_t)g_rand_int_range(rand, 1, 400);
    char *value = &values[g_rand_int_range(rand, 0, 512)];
    switch (g_rand_int_range(rand, 0, 3)) {
    case 0:
      table_put(table, &key, value);
      g_hash_table_insert(model, GUINT_TO_POINTER(key), value);
      break;
    case 1:
      value = g_hash_table_lookup(model, GUINT_TO_POINTER(key));
      table_remove(table, &key, value);
      g_hash_table_remove(model, GUINT_TO_POINTER(key));
      break;
    default:
      g_assert_true(table_get(table, &key) == g_hash_table_lookup(model, GUINT_TO_POINTER(key)));
    }
    g_assert_cmpuint(table_count(table), ==, g_hash_table_size(model));
  }
  g_rand_free(rand);
  g_hash_table_unref(model);
  table_free(table);
}

static void test_remove_of_another(void) {
  Table *table = table_new(8);
  char a, b;
  table_put(table, "ufragXYZ", &a);
  table_remove(table, "ufragXYZ", &b);
  g_assert_true(table_get(table, "ufragXYZ") == &a);
  table_remove(table, "ufragXYZ", &a);
  g_assert_null(table_get(table, "ufragXYZ"));
  table_free(table);
}

static void test_path(void) {
  struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = htons(5000)};
  inet_pton(AF_INET6, "::ffff:192.0.2.7", &mapped.sin6_addr);
  struct sockaddr_storage address = {0};
  memcpy(&address, &mapped, sizeof mapped);
  Path path;
  char text[PATH_TEXT_BYTES];
  g_assert_true(path_from_sockaddr(&path, &address, 3));
  g_assert_cmpint(path.family, ==, AF_INET);
  g_assert_cmpstr(path_text(&path, text), ==, "192.0.2.7:5000");

  inet_pton(AF_INET6, "2001:db8::1", &mapped.sin6_addr);
  memcpy(&address, &mapped, sizeof mapped);
  Path six, back;
  g_assert_true(path_from_sockaddr(&six, &address, 3));
  g_assert_false(path_equal(&six, &path));
  path_to_sockaddr(&six, &address);
  g_assert_true(path_from_sockaddr(&back, &address, 3));
  g_assert_true(path_equal(&six, &back));
  g_assert_cmpstr(path_text(&six, text), ==, "[2001:db8::1]:5000");
  address.ss_family = AF_UNIX;
  g_assert_false(path_from_sockaddr(&path, &address, 0));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/table/against-glib", test_against_glib);
  g_test_add_func("/peer/table/remove-of-another", test_remove_of_another);
  g_test_add_func("/peer/table/path", test_path);
  return g_test_run();
}
