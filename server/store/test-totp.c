/* Codes from the clock: the vectors of the RFCs, the window's edges, replay, what people type. */
#include <glib.h>
#include <string.h>

#include "store/totp.h"

#define STEP INT64_C(58800000) /* a step of the year 2025 */
#define NOW (STEP * TOTP_STEP_MS)

/* The secret of the vectors in both RFCs. */
static const uint8_t *const known = (const uint8_t *)"12345678901234567890";

static int64_t check_at(int64_t step, int64_t now_ms, int64_t last_step) {
  char code[TOTP_DIGITS + 1];
  totp_code(known, step * TOTP_STEP_MS, code);
  return totp_check(known, code, now_ms, last_step);
}

/* RFC 6238 appendix B, SHA-1: the last six of its eight digits. */
static void test_rfc6238(void) {
  static const struct {
    int64_t time_s;
    const char *code;
  } cases[] = {
      {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
      {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    char code[TOTP_DIGITS + 1];
    totp_code(known, cases[i].time_s * 1000, code);
    g_assert_cmpstr(code, ==, cases[i].code);
    g_assert_cmpint(totp_check(known, code, cases[i].time_s * 1000, 0), ==, cases[i].time_s / 30);
  }
}

/* RFC 4226 appendix D: the counters are the first steps of 1970. */
static void test_rfc4226(void) {
  static const char *const codes[] = {"755224", "287082", "359152", "969429", "338314",
                                      "254676", "287922", "162583", "399871", "520489"};
  for (unsigned i = 0; i < G_N_ELEMENTS(codes); i++) {
    char code[TOTP_DIGITS + 1];
    totp_code(known, i * TOTP_STEP_MS, code);
    g_assert_cmpstr(code, ==, codes[i]);
    totp_code(known, (i + 1) * TOTP_STEP_MS - 1, code);
    g_assert_cmpstr(code, ==, codes[i]);
  }
}

static void test_window(void) {
  g_assert_cmpint(check_at(STEP, NOW - TOTP_STEP_MS - 1, 0), ==, 0);
  g_assert_cmpint(check_at(STEP, NOW - TOTP_STEP_MS, 0), ==, STEP);
  g_assert_cmpint(check_at(STEP, NOW, 0), ==, STEP);
  g_assert_cmpint(check_at(STEP, NOW + 2 * TOTP_STEP_MS - 1, 0), ==, STEP);
  g_assert_cmpint(check_at(STEP, NOW + 2 * TOTP_STEP_MS, 0), ==, 0);
  /* The beginning of time: step 0 cannot be told from none. */
  g_assert_cmpint(check_at(0, 0, 0), ==, 0);
  g_assert_cmpint(check_at(1, 0, 0), ==, 1);
  g_assert_cmpint(check_at(1, -1, 0), ==, 0);
  g_assert_cmpint(check_at(1, INT64_MIN, 0), ==, 0);
  g_assert_cmpint(check_at(INT64_MAX / TOTP_STEP_MS, INT64_MAX, 0), ==, INT64_MAX / TOTP_STEP_MS);
}

static void test_replay(void) {
  g_assert_cmpint(check_at(STEP, NOW, STEP - 1), ==, STEP);
  g_assert_cmpint(check_at(STEP, NOW, STEP), ==, 0);
  g_assert_cmpint(check_at(STEP, NOW + TOTP_STEP_MS, STEP), ==, 0);
  g_assert_cmpint(check_at(STEP - 1, NOW, STEP), ==, 0);
  g_assert_cmpint(check_at(STEP + 1, NOW, STEP), ==, STEP + 1);
  g_assert_cmpint(check_at(STEP, NOW, INT64_MAX), ==, 0);
}

/* Whatever the clock does, only newer steps are good. */
static void test_clock_back(void) {
  static const int64_t hour = 120;
  for (int64_t step = STEP - hour - 1; step <= STEP - hour + 1; step++)
    g_assert_cmpint(check_at(step, NOW - hour * TOTP_STEP_MS, STEP), ==, 0);
  g_assert_cmpint(check_at(STEP + 1, NOW, STEP), ==, STEP + 1); /* it has caught up */
}

/* Secrets that have the same code twice in a window, found by trying: the later step is used up, so
 * that what was typed once is not good again. */
static void test_same_code(void) {
  static const struct {
    const char *secret;
    int64_t earlier, later; /* steps from STEP */
    const char *code;
  } cases[] = {
      {"the same code0176984", 0, 1, "336327"},
      {"the same code0481718", -1, 0, "620435"},
      {"the same code0882006", -1, 1, "302988"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const uint8_t *secret = (const uint8_t *)cases[i].secret;
    char code[TOTP_DIGITS + 1];
    totp_code(secret, NOW + cases[i].earlier * TOTP_STEP_MS, code);
    g_assert_cmpstr(code, ==, cases[i].code);
    totp_code(secret, NOW + cases[i].later * TOTP_STEP_MS, code);
    g_assert_cmpstr(code, ==, cases[i].code);
    int64_t used = totp_check(secret, code, NOW, 0);
    g_assert_cmpint(used, ==, STEP + cases[i].later);
    g_assert_cmpint(totp_check(secret, code, NOW, used), ==, 0);
  }
}

/* 287082 is the code of step 1. */
static void test_typed(void) {
  static const char *const good[] = {"287082", "287 082", "28 70 82", "2 8 7 0 8 2"};
  static const char *const wrong[] = {"",
                                      " ",
                                      "0",
                                      "287083",
                                      "187082",
                                      "28708",
                                      "2870820",
                                      "0287082",
                                      "287082 ",
                                      " 287082",
                                      "287  082",
                                      "287082\n",
                                      "287\t082",
                                      "287-082",
                                      "287.082",
                                      "+28708",
                                      "-287082",
                                      "28708a",
                                      "0x4616a",
                                      "2.8708",
                                      "287\u00a0082",
                                      "２８７０８２",
                                      "\xff\xff\xff\xff\xff\xff",
                                      "287082287082",
                                      "二八七零八二"};
  for (unsigned i = 0; i < G_N_ELEMENTS(good); i++)
    g_assert_cmpint(totp_check(known, good[i], TOTP_STEP_MS, 0), ==, 1);
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_cmpint(totp_check(known, wrong[i], TOTP_STEP_MS, 0), ==, 0);
  /* Zeros in front are digits as others are: 081804 is the code of that time. */
  g_assert_cmpint(totp_check(known, "081804", INT64_C(1111111109000), 0), ==, 37037036);
  g_assert_cmpint(totp_check(known, "81804", INT64_C(1111111109000), 0), ==, 0);
  g_assert_cmpint(totp_check(known, "181804", INT64_C(1111111109000), 0), ==, 0);
}

/* The texts are those of base32(1). */
static void test_base32(void) {
  static const struct {
    const char *secret, *text;
  } cases[] = {
      {"12345678901234567890", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"},
      {"foobarfoobarfoobar!?", "MZXW 6YTB OJTG 633C MFZG M33P MJQX EIJ7"},
      {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA"},
      {"\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377",
       "7777 7777 7777 7777 7777 7777 7777 7777"},
  };
  uint8_t back[TOTP_SECRET_BYTES];
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *text = totp_secret_text((const uint8_t *)cases[i].secret);
    g_assert_cmpstr(text, ==, cases[i].text);
    g_assert_true(totp_secret_parse(text, back));
    g_assert_cmpmem(back, sizeof back, cases[i].secret, TOTP_SECRET_BYTES);
  }
  for (unsigned i = 0; i < 100; i++) {
    uint8_t secret[TOTP_SECRET_BYTES];
    totp_secret_new(secret);
    g_autofree char *text = totp_secret_text(secret);
    g_autofree char *small = g_ascii_strdown(text, -1);
    g_assert_true(totp_secret_parse(small, back));
    g_assert_cmpmem(back, sizeof back, secret, sizeof secret);
  }
  g_assert_true(totp_secret_parse("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", back));
  g_assert_cmpmem(back, sizeof back, known, TOTP_SECRET_BYTES);
}

static void test_base32_refused(void) {
  static const char *const wrong[] = {
      "",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ",          /* 31 */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQA",        /* 33 */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBV", /* 25 bytes */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ=",         /* padding */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ======",   /* the same */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ0",         /* not of the alphabet: 0 1 8 9 */
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1",
      "8EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      "9EZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ",
      "GEZD  GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
      " GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ ",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ\n",
      "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQO\xc3\x96",
  };
  uint8_t secret[TOTP_SECRET_BYTES];
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
    g_assert_false(totp_secret_parse(wrong[i], secret));
}

static void test_secret(void) {
  uint8_t one[TOTP_SECRET_BYTES], two[TOTP_SECRET_BYTES];
  totp_secret_new(one);
  totp_secret_new(two);
  g_assert_cmpint(memcmp(one, two, sizeof one), !=, 0);
}

static void test_uri(void) {
  static const struct {
    const char *issuer, *account, *label, *of;
  } cases[] = {
      {"Yishi", "chen.6@example.org", "Yishi:chen.6%40example.org", "Yishi"},
      {"议事", "陈 六", "%E8%AE%AE%E4%BA%8B:%E9%99%88%20%E5%85%AD", "%E8%AE%AE%E4%BA%8B"},
      {"a:b", "c:d", "a%20b:c%20d", "a%20b"},
      {"a&b=c?d#e/f%g+h\"i", "x", "a%26b%3Dc%3Fd%23e%2Ff%25g%2Bh%22i:x",
       "a%26b%3Dc%3Fd%23e%2Ff%25g%2Bh%22i"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *uri = totp_uri(known, cases[i].issuer, cases[i].account);
    g_autofree char *wanted = g_strdup_printf(
        "otpauth://totp/%s?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%s&algorithm=SHA1"
        "&digits=6&period=30",
        cases[i].label, cases[i].of);
    g_assert_cmpstr(uri, ==, wanted);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/totp/rfc6238", test_rfc6238);
  g_test_add_func("/totp/rfc4226", test_rfc4226);
  g_test_add_func("/totp/window", test_window);
  g_test_add_func("/totp/replay", test_replay);
  g_test_add_func("/totp/clock-back", test_clock_back);
  g_test_add_func("/totp/same-code", test_same_code);
  g_test_add_func("/totp/typed", test_typed);
  g_test_add_func("/totp/base32", test_base32);
  g_test_add_func("/totp/base32-refused", test_base32_refused);
  g_test_add_func("/totp/secret", test_secret);
  g_test_add_func("/totp/uri", test_uri);
  return g_test_run();
}
