#include "wire/red.h"

#include <glib.h>
#include <string.h>

static const uint8_t first[] = {1, 2, 3}, second[] = {4, 5}, primary[] = {6, 7, 8, 9};

static size_t make(uint8_t out[64]) {
  RedBlock copies[] = {{first, sizeof first, 1920}, {second, sizeof second, 960}};
  size_t len = red_write(out, 111, copies, 2);
  g_assert_cmpuint(red_len(copies, 2), ==, len);
  memcpy(out + len, primary, sizeof primary);
  return len + sizeof primary;
}

/* As the RFC draws it. */
static void test_write(void) {
  uint8_t out[64];
  size_t len = make(out);
  static const uint8_t head[] = {0x80 | 111, 0x1e, 0x00, 0x03, 0x80 | 111, 0x0f, 0x00, 0x02, 111};
  g_assert_cmpmem(out, sizeof head, head, sizeof head);
  g_assert_cmpuint(len, ==, sizeof head + 3 + 2 + 4);
  g_assert_cmpuint(out[9], ==, 1);
  g_assert_cmpuint(out[len - 1], ==, 9);
}

static void test_parse(void) {
  uint8_t out[64];
  RedBlock blocks[RED_BLOCKS_MAX];
  size_t len = make(out);
  g_assert_cmpuint(red_parse(out, len, blocks), ==, 3);
  g_assert_cmpmem(blocks[0].data, blocks[0].len, first, sizeof first);
  g_assert_cmpuint(blocks[0].age, ==, 1920);
  g_assert_cmpmem(blocks[1].data, blocks[1].len, second, sizeof second);
  g_assert_cmpuint(blocks[1].age, ==, 960);
  g_assert_cmpmem(blocks[2].data, blocks[2].len, primary, sizeof primary);
  g_assert_cmpuint(blocks[2].age, ==, 0);

  uint8_t plain[8];
  len = red_write(plain, 111, NULL, 0);
  g_assert_cmpuint(len, ==, 1);
  plain[1] = 42;
  g_assert_cmpuint(red_parse(plain, 2, blocks), ==, 1);
  g_assert_cmpuint(blocks[0].data[0], ==, 42);
}

/* Whatever it is cut to, no byte beyond it is read: each length from a buffer of its own. */
static void test_cut(void) {
  uint8_t out[64];
  RedBlock blocks[RED_BLOCKS_MAX];
  size_t len = make(out);
  for (size_t cut = 0; cut < len; cut++) {
    g_autofree uint8_t *piece = g_memdup2(out, cut);
    unsigned count = red_parse(piece, cut, blocks);
    /* Only what is missing of the primary block cannot be told. */
    g_assert_cmpuint(count, ==, cut >= len - sizeof primary ? 3 : 0);
  }
  g_assert_cmpuint(red_parse((uint8_t[]){0x80, 0, 0}, 3, blocks), ==, 0);
}

/* More copies than are read: the newest, and what they go with. */
static void test_many(void) {
  enum { COPIES = 9 };
  uint8_t out[COPIES * 5 + 3], bytes[COPIES];
  RedBlock copies[COPIES], blocks[RED_BLOCKS_MAX];
  for (unsigned i = 0; i < COPIES; i++) {
    bytes[i] = (uint8_t)(100 + i);
    copies[i] = (RedBlock){&bytes[i], 1, 960 * (COPIES - i)};
  }
  size_t len = red_write(out, 111, copies, COPIES);
  out[len++] = 42;
  out[len++] = 43;
  g_assert_cmpuint(red_parse(out, len, blocks), ==, RED_BLOCKS_MAX);
  for (unsigned i = 0; i + 1 < RED_BLOCKS_MAX; i++) {
    unsigned which = COPIES - RED_BLOCKS_MAX + 1 + i;
    g_assert_cmpmem(blocks[i].data, blocks[i].len, &bytes[which], 1);
    g_assert_cmpuint(blocks[i].age, ==, copies[which].age);
  }
  g_assert_cmpmem(blocks[RED_BLOCKS_MAX - 1].data, blocks[RED_BLOCKS_MAX - 1].len, out + len - 2,
                  2);
}

static void test_fits(void) {
  g_assert_true(red_fits(&(RedBlock){first, 1023, 16383}));
  g_assert_false(red_fits(&(RedBlock){first, 1024, 1}));
  g_assert_false(red_fits(&(RedBlock){first, 1, 16384}));
  g_assert_false(red_fits(&(RedBlock){first, 1, (uint32_t)-960})); /* later, not before */
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/wire/red/write", test_write);
  g_test_add_func("/wire/red/parse", test_parse);
  g_test_add_func("/wire/red/cut", test_cut);
  g_test_add_func("/wire/red/many", test_many);
  g_test_add_func("/wire/red/fits", test_fits);
  return g_test_run();
}
