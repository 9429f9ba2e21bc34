#include "wire/httprange.h"

#include <glib.h>

static void expect(const char *header, uint64_t size, RangeKind kind, uint64_t first,
                   uint64_t last) {
  ByteRange range = range_parse(header, size);
  g_test_message("%s of %" G_GUINT64_FORMAT, header, size);
  g_assert_cmpint(range.kind, ==, kind);
  if (kind != RANGE_PARTIAL)
    return;
  g_assert_cmpuint(range.first, ==, first);
  g_assert_cmpuint(range.last, ==, last);
}

static void test_partial(void) {
  expect("bytes=0-0", 100, RANGE_PARTIAL, 0, 0);
  expect("bytes=0-99", 100, RANGE_PARTIAL, 0, 99);
  expect("bytes=10-", 100, RANGE_PARTIAL, 10, 99);
  expect("bytes=99-", 100, RANGE_PARTIAL, 99, 99);
  expect("bytes=50-1000", 100, RANGE_PARTIAL, 50, 99);
  expect("bytes=-1", 100, RANGE_PARTIAL, 99, 99);
  expect("bytes=-1000", 100, RANGE_PARTIAL, 0, 99);
  expect("Bytes=1-2", 100, RANGE_PARTIAL, 1, 2);
  expect(" bytes=1-2\t", 100, RANGE_PARTIAL, 1, 2);
  expect("bytes=0-", UINT64_MAX, RANGE_PARTIAL, 0, UINT64_MAX - 1);
  expect("bytes=1-99999999999999999999999999999", 100, RANGE_PARTIAL, 1, 99);
}

static void test_unsatisfiable(void) {
  expect("bytes=100-", 100, RANGE_UNSATISFIABLE, 0, 0);
  expect("bytes=100-200", 100, RANGE_UNSATISFIABLE, 0, 0);
  expect("bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0);
  expect("bytes=-0", 100, RANGE_UNSATISFIABLE, 0, 0);
  expect("bytes=18446744073709551616-", 100, RANGE_UNSATISFIABLE, 0, 0);
  expect("bytes=99999999999999999999-", UINT64_MAX, RANGE_UNSATISFIABLE, 0, 0);
}

static void test_ignored(void) {
  static const char *const headers[] = {
      "",           "bytes",         "bytes=",     "bytes=-",     "bytes=5-4",        "bytes=a-b",
      "bytes=1-2x", "bytes=1-2,4-5", "bytes=,1-2", "items=0-1",   "bytes=0x1-2",      "bytes=--1",
      "bytes=1",    "bytes= -",      "bytes=+1-2", "bytes=1 - 2", "bytes=1-\xc2\xb2", "bytes=1-2-3",
  };
  for (size_t i = 0; i < G_N_ELEMENTS(headers); i++)
    expect(headers[i], 100, RANGE_NONE, 0, 0);
  expect(NULL, 100, RANGE_NONE, 0, 0);
  expect("bytes=-5", 0, RANGE_NONE, 0, 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/httprange/partial", test_partial);
  g_test_add_func("/httprange/unsatisfiable", test_unsatisfiable);
  g_test_add_func("/httprange/ignored", test_ignored);
  return g_test_run();
}
