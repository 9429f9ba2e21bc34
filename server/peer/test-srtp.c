#include <glib.h>
#include <string.h>

#include "peer/replay.h"
#include "peer/srtp-keys.h"
#include "peer/srtp.h"
#include "peer/test-srtp-oracle.h"
#include "wire/bytes.h"
#include "wire/rtp.h"

#define ROOM 1500

static const SrtpProfile profiles[] = {SRTP_PROFILE_CM_SHA1_80, SRTP_PROFILE_GCM_128,
                                       SRTP_PROFILE_GCM_256};
#define EACH_PROFILE(p) (const SrtpProfile *p = profiles; p < profiles + 3; p++)

static size_t unhex(const char *hex, uint8_t *out) {
  size_t len = 0;
  for (; *hex; hex++) {
    if (*hex == ' ')
      continue;
    out[len++] = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
    hex++;
  }
  return len;
}

static void assert_hex(const uint8_t *data, size_t len, const char *hex) {
  uint8_t expected[ROOM];
  size_t expected_len = unhex(hex, expected);
  g_assert_cmpmem(data, len, expected, expected_len);
}

static Srtp *make(SrtpProfile profile) {
  uint8_t key[32], salt[14];
  for (unsigned i = 0; i < sizeof key; i++)
    key[i] = (uint8_t)(i * 7 + 1);
  for (unsigned i = 0; i < sizeof salt; i++)
    salt[i] = (uint8_t)(i * 13 + 5);
  Srtp *srtp = srtp_new(profile, key, salt);
  g_assert_nonnull(srtp);
  return srtp;
}

static Oracle *make_oracle(SrtpProfile profile, bool sending) {
  uint8_t key[32], salt[14];
  for (unsigned i = 0; i < sizeof key; i++)
    key[i] = (uint8_t)(i * 7 + 1);
  for (unsigned i = 0; i < sizeof salt; i++)
    salt[i] = (uint8_t)(i * 13 + 5);
  return oracle_new(profile, key, salt, sending);
}

/* A packet whose payload tells its number; `shape` adds CSRCs (1) and an extension (2). */
static size_t make_rtp(uint8_t *data, uint32_t ssrc, uint16_t sequence, unsigned shape,
                       size_t payload) {
  RtpHeader header = {.payload_type = 96, .sequence = sequence, .timestamp = 7, .ssrc = ssrc};
  size_t len = RTP_HEADER_BYTES;
  rtp_write(data, &header);
  if (shape & 1) {
    data[0] |= 2;
    memset(data + len, 0xcc, 8);
    len += 8;
  }
  if (shape & 2) {
    data[0] |= 0x10;
    memcpy(data + len, "\xbe\xde\x00\x01\x10\x55\x00\x00", 8);
    len += 8;
  }
  for (size_t i = 0; i < payload; i++)
    data[len + i] = (uint8_t)(sequence + i);
  return len + payload;
}

static size_t make_rtcp(uint8_t *data, uint32_t ssrc, size_t words) {
  memset(data, 0x42, 8 + 4 * words);
  data[0] = 0x80;
  data[1] = 201;
  bytes_put16(data + 2, (uint16_t)(1 + words));
  bytes_put32(data + 4, ssrc);
  return 8 + 4 * words;
}

/* ---- RFC 3711 appendix B ---- */

static void test_key_stream(void) { /* B.2 */
  SrtpSessionKeys keys = {0};
  unhex("2B7E151628AED2A6ABF7158809CF4F3C", keys.key);
  unhex("F0F1F2F3F4F5F6F7F8F9FAFBFCFD", keys.salt);
  Srtp *srtp = srtp_new_session(SRTP_PROFILE_CM_SHA1_80, &keys, &keys);
  /* SSRC 0, sequence 0, roll-over counter 0: zeros become the key stream itself. */
  uint8_t data[ROOM] = {0x80};
  size_t len = 12 + 48;
  g_assert_cmpint(srtp_protect(srtp, data, &len, sizeof data), ==, SRTP_OK);
  g_assert_cmpuint(len, ==, 12 + 48 + 10);
  assert_hex(data + 12, 48,
             "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB"
             "41E95B3BB0A2E8DD477901E4FCA894C0");
  srtp_free(srtp);
}

static void test_key_derivation(void) { /* B.3 */
  uint8_t key[16], salt[SRTP_SALT_BYTES], out[94];
  unhex("E1F97A0D3E018BE0D64FA32C06DE4139", key);
  unhex("0EC675AD498AFEEBB6960B3AABE6", salt);
  g_assert_true(srtp_derive(key, 16, salt, 0, out, 16));
  assert_hex(out, 16, "C61E7A93744F39EE10734AFE3FF7A087");
  g_assert_true(srtp_derive(key, 16, salt, 2, out, 14));
  assert_hex(out, 14, "30CBBC08863D8C85D49DB34A9AE1");
  g_assert_true(srtp_derive(key, 16, salt, 1, out, 94));
  assert_hex(out, 94,
             "CEBE321F6FF7716B6FD4AB49AF256A15 6D38BAA48F0A0ACF3C34E2359E6CDBCE"
             "E049646C43D9327AD175578EF7227098 6371C10C9A369AC2F94A8C5FBCDDDC25"
             "6D6E919A48B610EF17C2041E47403576 6B68642C59BBFC2F34DB60DBDFB2");
}

/* ---- RFC 7714 §16 and §17 ---- */

static Srtp *make_7714(SrtpProfile profile) {
  SrtpSessionKeys keys = {0};
  for (unsigned i = 0; i < 32; i++)
    keys.key[i] = (uint8_t)i;
  unhex("517569642070726f2071756f", keys.salt);
  return srtp_new_session(profile, &keys, &keys);
}

static const char gallia[] =
    "8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e6973206469766973612069"
    "6e207061727465732074726573";
static const char gallia_128[] =
    "8040f17b8041f8d35501a0b2 f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b"
    "36de3adf8833899d7f27beb16a9152cf765ee4390cce";
static const char gallia_256[] =
    "8040f17b8041f8d35501a0b2 32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f"
    "1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";

static void check_7714(SrtpProfile profile, const char *sealed) {
  Srtp *sender = make_7714(profile), *receiver = make_7714(profile);
  uint8_t data[ROOM];
  size_t len = unhex(gallia, data);
  g_assert_cmpint(srtp_protect(sender, data, &len, sizeof data), ==, SRTP_OK);
  assert_hex(data, len, sealed);
  g_assert_cmpint(srtp_unprotect(receiver, data, &len), ==, SRTP_OK);
  assert_hex(data, len, gallia);
  srtp_free(sender);
  srtp_free(receiver);
}

static void test_rfc7714_rtp(void) {
  check_7714(SRTP_PROFILE_GCM_128, gallia_128);
  check_7714(SRTP_PROFILE_GCM_256, gallia_256);
}

static const char report[] =
    "81c8000d4d617273 4e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeef"
    "deadbeefdeadbeef";
static const char report_128[] =
    "81c8000d4d617273 63e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b46"
    "86303ded0bb9275bc84aa45896cf4d2fc5abf87245d9eade800005d4";
static const char report_256[] =
    "81c8000d4d617273 d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658"
    "c61de0476f1b6fad1d1eb30c4446839f57ff6f6cb26ac3be800005d4";

static void check_7714_rtcp(SrtpProfile profile, const char *sealed) {
  Srtp *sender = make_7714(profile), *receiver = make_7714(profile);
  uint8_t data[ROOM];
  size_t len = 0;
  for (unsigned index = 0; index <= 0x5d4; index++) { /* the vector's index */
    len = unhex(report, data);
    g_assert_cmpint(srtp_protect_rtcp(sender, data, &len, sizeof data), ==, SRTP_OK);
  }
  assert_hex(data, len, sealed);
  g_assert_cmpint(srtp_unprotect_rtcp(receiver, data, &len), ==, SRTP_OK);
  assert_hex(data, len, report);
  srtp_free(sender);
  srtp_free(receiver);
}

static void test_rfc7714_rtcp(void) {
  check_7714_rtcp(SRTP_PROFILE_GCM_128, report_128);
  check_7714_rtcp(SRTP_PROFILE_GCM_256, report_256);
}

/* ---- libsrtp2 ---- */

static void test_oracle_rtp(void) {
  for
    EACH_PROFILE(p) {
      Srtp *ours = make(*p), *receiver = make(*p);
      Oracle *theirs = make_oracle(*p, false), *sender = make_oracle(*p, true);
      if (!theirs) {
        g_test_skip("libsrtp2 is not installed");
        srtp_free(ours);
        srtp_free(receiver);
        return;
      }
      /* 3 laps of the sequence numbers in strides: the roll-over counter follows on both sides. */
      for (unsigned i = 0; i < 3 * 65536; i += 97) {
        uint8_t plain[ROOM], data[ROOM];
        uint32_t ssrc = 1000 + i % 3;
        size_t plain_len = make_rtp(plain, ssrc, (uint16_t)i, i % 4, i % 1100), len = plain_len;
        memcpy(data, plain, plain_len);
        g_assert_cmpint(srtp_protect(ours, data, &len, sizeof data), ==, SRTP_OK);
        g_assert_cmpint(oracle_unprotect(theirs, data, &len), ==, 0);
        g_assert_cmpmem(data, len, plain, plain_len);
        g_assert_cmpint(oracle_protect(sender, data, &len), ==, 0);
        g_assert_cmpint(srtp_unprotect(receiver, data, &len), ==, SRTP_OK);
        g_assert_cmpmem(data, len, plain, plain_len);
      }
      srtp_free(ours);
      srtp_free(receiver);
      oracle_free(theirs);
      oracle_free(sender);
    }
}

static void test_oracle_rtcp(void) {
  for
    EACH_PROFILE(p) {
      Srtp *ours = make(*p), *receiver = make(*p);
      Oracle *theirs = make_oracle(*p, false), *sender = make_oracle(*p, true);
      if (!theirs) {
        g_test_skip("libsrtp2 is not installed");
        srtp_free(ours);
        srtp_free(receiver);
        return;
      }
      for (unsigned i = 0; i < 300; i++) {
        uint8_t plain[ROOM], data[ROOM];
        size_t plain_len = make_rtcp(plain, 77 + i % 2, i), len = plain_len;
        memcpy(data, plain, plain_len);
        g_assert_cmpint(srtp_protect_rtcp(ours, data, &len, sizeof data), ==, SRTP_OK);
        g_assert_cmpint(oracle_unprotect_rtcp(theirs, data, &len), ==, 0);
        g_assert_cmpmem(data, len, plain, plain_len);
        g_assert_cmpint(oracle_protect_rtcp(sender, data, &len), ==, 0);
        g_assert_cmpint(srtp_unprotect_rtcp(receiver, data, &len), ==, SRTP_OK);
        g_assert_cmpmem(data, len, plain, plain_len);
      }
      srtp_free(ours);
      srtp_free(receiver);
      oracle_free(theirs);
      oracle_free(sender);
    }
}

/* ---- our own rules ---- */

typedef struct {
  uint8_t data[ROOM];
  size_t len;
} Sealed;

static Sealed seal(Srtp *sender, uint32_t ssrc, uint16_t sequence) {
  Sealed sealed;
  sealed.len = make_rtp(sealed.data, ssrc, sequence, 0, 100);
  g_assert_cmpint(srtp_protect(sender, sealed.data, &sealed.len, ROOM), ==, SRTP_OK);
  return sealed;
}

/* On a copy: a packet can be received twice. */
static SrtpStatus receive(Srtp *receiver, Sealed sealed) {
  return srtp_unprotect(receiver, sealed.data, &sealed.len);
}

static void test_rollover_with_reordering(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      static const uint16_t order[] = {65533, 65534, 65535, 0, 1, 2};
      static const unsigned arrival[] = {0, 3, 2, 5, 1, 4};
      Sealed sealed[6];
      for (unsigned i = 0; i < 6; i++)
        sealed[i] = seal(sender, 5, order[i]);
      for (unsigned i = 0; i < 6; i++)
        g_assert_cmpint(receive(receiver, sealed[arrival[i]]), ==, SRTP_OK);
      for (unsigned i = 0; i < 6; i++)
        g_assert_cmpint(receive(receiver, sealed[i]), ==, SRTP_REPLAY);
      srtp_free(sender);
      srtp_free(receiver);
    }
}

static void test_replay_window(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      Sealed first = seal(sender, 5, 1000), second = seal(sender, 5, 1001);
      g_assert_cmpint(receive(receiver, first), ==, SRTP_OK);
      g_assert_cmpint(receive(receiver, first), ==, SRTP_REPLAY);
      g_assert_cmpint(receive(receiver, seal(sender, 5, 1000 + REPLAY_WINDOW)), ==, SRTP_OK);
      g_assert_cmpint(receive(receiver, first), ==, SRTP_REPLAY); /* fell out of the window */
      g_assert_cmpint(receive(receiver, second), ==, SRTP_OK);    /* its last place */
      g_assert_cmpint(receive(receiver, second), ==, SRTP_REPLAY);
      srtp_free(sender);
      srtp_free(receiver);
    }
}

static void test_replay_ring(void) {
  Replay replay = {0};
  bool seen[4000] = {0};
  GRand *rand = g_rand_new_with_seed(7);
  for (unsigned i = 0, high = 0; i < 20000; i++) {
    unsigned index = (unsigned)g_rand_int_range(rand, 0, (gint32)(i / 6 + 600));
    if (index + REPLAY_WINDOW <= high)
      g_assert_false(replay_check(&replay, index));
    else
      g_assert_cmpint(replay_check(&replay, index), ==, !seen[index]);
    if (!replay_check(&replay, index))
      continue;
    replay_mark(&replay, index);
    seen[index] = true;
    high = MAX(high, index);
  }
  g_rand_free(rand);
}

static void test_replay_leap(void) {
  Replay replay = {0};
  replay_mark(&replay, 0);
  replay_mark(&replay, 10 * REPLAY_WINDOW - 100);
  g_assert_true(replay_check(&replay, 9 * REPLAY_WINDOW)); /* shares its bit with 0 */
  g_assert_false(replay_check(&replay, 0));
}

/* All 48 bits of the index reach the initialisation vector: 2^16 laps in the longest strides that
 * can be told from steps back, checked by the oracle. */
static void test_full_index(void) {
  static const SrtpProfile both[] = {SRTP_PROFILE_CM_SHA1_80, SRTP_PROFILE_GCM_128};
  for (unsigned p = 0; p < 2; p++) {
    Srtp *sender = make(both[p]), *receiver = make(both[p]);
    Oracle *theirs = make_oracle(both[p], false);
    for (uint64_t index = 1; index < UINT64_C(0x100010000); index += 32767) {
      uint8_t plain[ROOM], data[ROOM];
      size_t plain_len = make_rtp(plain, 5, (uint16_t)index, 0, 20), len = plain_len;
      memcpy(data, plain, plain_len);
      g_assert_cmpint(srtp_protect(sender, data, &len, sizeof data), ==, SRTP_OK);
      Sealed sealed = {.len = len};
      memcpy(sealed.data, data, len);
      g_assert_cmpint(receive(receiver, sealed), ==, SRTP_OK);
      if (theirs) {
        g_assert_cmpint(oracle_unprotect(theirs, data, &len), ==, 0);
        g_assert_cmpmem(data, len, plain, plain_len);
      }
    }
    srtp_free(sender);
    srtp_free(receiver);
    oracle_free(theirs);
  }
}

/* Before the first roll-over there is no lap to step back into. */
static void test_leap_at_first(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      g_assert_cmpint(receive(receiver, seal(sender, 5, 3)), ==, SRTP_OK);
      g_assert_cmpint(receive(receiver, seal(sender, 5, 65000)), ==, SRTP_OK);
      g_assert_cmpint(receive(receiver, seal(sender, 5, 10)), ==, SRTP_OK); /* one lap on */
      srtp_free(sender);
      srtp_free(receiver);
    }
}

static void test_never_twice(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p);
      uint8_t data[ROOM];
      seal(sender, 5, 10);
      size_t len = make_rtp(data, 5, 10, 0, 50);
      g_assert_cmpint(srtp_protect(sender, data, &len, sizeof data), ==, SRTP_REPLAY);
      g_assert_cmpuint(len, ==, 62);
      seal(sender, 5, 12);
      seal(sender, 5, 11);
      srtp_free(sender);
    }
}

static void test_forgery_changes_nothing(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      Sealed good = seal(sender, 5, 40000);
      for (size_t i = 0; i < good.len; i++) {
        Sealed bad = good;
        bad.data[i] ^= 0x04;
        SrtpStatus status = receive(receiver, bad);
        g_assert_true(status == SRTP_AUTHENTICATION || status == SRTP_MALFORMED);
      }
      g_assert_cmpint(receive(receiver, good), ==, SRTP_OK);
      /* Forged SSRCs must not have used up the table either. */
      for (uint32_t ssrc = 100; ssrc < 100 + 2 * SRTP_SSRCS_MAX; ssrc++) {
        Sealed bad = good;
        bytes_put32(bad.data + 8, ssrc);
        g_assert_cmpint(receive(receiver, bad), ==, SRTP_AUTHENTICATION);
      }
      srtp_free(sender);
      srtp_free(receiver);
    }
}

static void test_ssrcs_are_bounded(void) {
  Srtp *sender = make(SRTP_PROFILE_GCM_128), *receiver = make(SRTP_PROFILE_GCM_128);
  Srtp *other = make(SRTP_PROFILE_GCM_128);
  for (uint32_t ssrc = 1; ssrc <= SRTP_SSRCS_MAX; ssrc++)
    g_assert_cmpint(receive(receiver, seal(sender, ssrc * 4096, 1)), ==, SRTP_OK);
  uint8_t data[ROOM];
  size_t len = make_rtp(data, 3, 1, 0, 50);
  g_assert_cmpint(srtp_protect(sender, data, &len, sizeof data), ==, SRTP_TOO_MANY_SSRCS);
  g_assert_cmpint(receive(receiver, seal(other, 3, 1)), ==, SRTP_TOO_MANY_SSRCS);
  g_assert_cmpint(receive(receiver, seal(sender, 4096, 2)), ==, SRTP_OK);
  srtp_free(sender);
  srtp_free(receiver);
  srtp_free(other);
}

/* 0 to 64 bytes, each in a block of exactly that size, so that a sanitizer sees a byte too far. */
static void test_truncated(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      uint8_t rtcp[ROOM];
      size_t rtcp_len = make_rtcp(rtcp, 9, 20);
      g_assert_cmpint(srtp_protect_rtcp(sender, rtcp, &rtcp_len, sizeof rtcp), ==, SRTP_OK);
      Sealed rtp = seal(sender, 5, 1);
      for (size_t size = 0; size <= 64; size++) {
        size_t len = size;
        uint8_t *data = g_memdup2(rtp.data, size ? size : 1);
        g_assert_cmpint(srtp_unprotect(receiver, data, &len), !=, SRTP_OK);
        g_free(data);
        len = size;
        data = g_memdup2(rtcp, size ? size : 1);
        SrtpStatus status = srtp_unprotect_rtcp(receiver, data, &len);
        g_assert_cmpint(status, !=, SRTP_OK);
        g_free(data);
        if (size == 0)
          continue;
        len = size; /* no room for the tag */
        data = g_memdup2(rtcp, size);
        g_assert_cmpint(srtp_protect_rtcp(sender, data, &len, size), !=, SRTP_OK);
        g_assert_cmpint(srtp_protect(sender, data, &len, size), !=, SRTP_OK);
        g_free(data);
      }
      srtp_free(sender);
      srtp_free(receiver);
    }
}

static void test_rtcp_unencrypted(void) {
  for
    EACH_PROFILE(p) {
      Srtp *receiver = make(*p);
      for (size_t len = 0; len <= 64; len++) {
        uint8_t *data = g_malloc0(len + 1);
        size_t changed = len;
        if (len)
          data[0] = 0x80;
        size_t least = *p == SRTP_PROFILE_CM_SHA1_80 ? 22 : 28;
        g_assert_cmpint(srtp_unprotect_rtcp(receiver, data, &changed), ==,
                        len < least ? SRTP_MALFORMED : SRTP_UNENCRYPTED);
        g_free(data);
      }
      srtp_free(receiver);
    }
}

static void test_rtcp_replay(void) {
  for
    EACH_PROFILE(p) {
      Srtp *sender = make(*p), *receiver = make(*p);
      Sealed sealed[3];
      for (unsigned i = 0; i < 3; i++) {
        sealed[i].len = make_rtcp(sealed[i].data, 9, 3);
        g_assert_cmpint(srtp_protect_rtcp(sender, sealed[i].data, &sealed[i].len, ROOM), ==,
                        SRTP_OK);
      }
      static const unsigned arrival[] = {1, 0, 2};
      for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 3; i++) {
          Sealed copy = sealed[arrival[i]];
          g_assert_cmpint(srtp_unprotect_rtcp(receiver, copy.data, &copy.len), ==,
                          round ? SRTP_REPLAY : SRTP_OK);
        }
      srtp_free(sender);
      srtp_free(receiver);
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/srtp/rfc3711-b2-key-stream", test_key_stream);
  g_test_add_func("/srtp/rfc3711-b3-key-derivation", test_key_derivation);
  g_test_add_func("/srtp/rfc7714-16-rtp", test_rfc7714_rtp);
  g_test_add_func("/srtp/rfc7714-17-rtcp", test_rfc7714_rtcp);
  g_test_add_func("/srtp/oracle-rtp", test_oracle_rtp);
  g_test_add_func("/srtp/oracle-rtcp", test_oracle_rtcp);
  g_test_add_func("/srtp/rollover-with-reordering", test_rollover_with_reordering);
  g_test_add_func("/srtp/replay-window", test_replay_window);
  g_test_add_func("/srtp/replay-ring", test_replay_ring);
  g_test_add_func("/srtp/replay-leap", test_replay_leap);
  g_test_add_func("/srtp/full-index", test_full_index);
  g_test_add_func("/srtp/leap-at-first", test_leap_at_first);
  g_test_add_func("/srtp/never-twice", test_never_twice);
  g_test_add_func("/srtp/forgery-changes-nothing", test_forgery_changes_nothing);
  g_test_add_func("/srtp/ssrcs-are-bounded", test_ssrcs_are_bounded);
  g_test_add_func("/srtp/truncated", test_truncated);
  g_test_add_func("/srtp/rtcp-unencrypted", test_rtcp_unencrypted);
  g_test_add_func("/srtp/rtcp-replay", test_rtcp_replay);
  return g_test_run();
}
