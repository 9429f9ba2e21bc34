#include "peer/test-srtp-oracle.h"

#include <dlfcn.h>
#include <glib.h>
#include <srtp2/srtp.h>
#include <string.h>

struct Oracle {
  srtp_t session;
};

static struct {
  void *library;
  srtp_err_status_t (*init)(void);
  srtp_err_status_t (*create)(srtp_t *, const srtp_policy_t *);
  srtp_err_status_t (*dealloc)(srtp_t);
  srtp_err_status_t (*from_profile_rtp)(srtp_crypto_policy_t *, srtp_profile_t);
  srtp_err_status_t (*from_profile_rtcp)(srtp_crypto_policy_t *, srtp_profile_t);
  srtp_err_status_t (*protect)(srtp_t, void *, int *);
  srtp_err_status_t (*unprotect)(srtp_t, void *, int *);
  srtp_err_status_t (*protect_rtcp)(srtp_t, void *, int *);
  srtp_err_status_t (*unprotect_rtcp)(srtp_t, void *, int *);
} lib;

static void *symbol(const char *name) {
  void *found = dlsym(lib.library, name);
  g_assert_nonnull(found);
  return found;
}

static bool load(void) {
  if (lib.library)
    return true;
  lib.library = dlopen("libsrtp2.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!lib.library)
    return false;
  lib.init = symbol("srtp_init");
  lib.create = symbol("srtp_create");
  lib.dealloc = symbol("srtp_dealloc");
  lib.from_profile_rtp = symbol("srtp_crypto_policy_set_from_profile_for_rtp");
  lib.from_profile_rtcp = symbol("srtp_crypto_policy_set_from_profile_for_rtcp");
  lib.protect = symbol("srtp_protect");
  lib.unprotect = symbol("srtp_unprotect");
  lib.protect_rtcp = symbol("srtp_protect_rtcp");
  lib.unprotect_rtcp = symbol("srtp_unprotect_rtcp");
  g_assert_cmpint(lib.init(), ==, srtp_err_status_ok);
  return true;
}

Oracle *oracle_new(int profile, const uint8_t *key, const uint8_t *salt, bool sending) {
  if (!load())
    return NULL;
  size_t key_bytes = profile == srtp_profile_aead_aes_256_gcm ? 32 : 16;
  size_t salt_bytes = profile == srtp_profile_aes128_cm_sha1_80 ? 14 : 12;
  uint8_t master[46];
  memcpy(master, key, key_bytes);
  memcpy(master + key_bytes, salt, salt_bytes);
  srtp_policy_t policy = {0};
  g_assert_cmpint(lib.from_profile_rtp(&policy.rtp, (srtp_profile_t)profile), ==, 0);
  g_assert_cmpint(lib.from_profile_rtcp(&policy.rtcp, (srtp_profile_t)profile), ==, 0);
  policy.ssrc.type = sending ? ssrc_any_outbound : ssrc_any_inbound;
  policy.key = master;
  policy.window_size = 512;
  Oracle *oracle = g_new0(Oracle, 1);
  g_assert_cmpint(lib.create(&oracle->session, &policy), ==, 0);
  return oracle;
}

void oracle_free(Oracle *oracle) {
  if (oracle)
    lib.dealloc(oracle->session);
  g_free(oracle);
}

static int run(srtp_err_status_t (*function)(srtp_t, void *, int *), Oracle *oracle, uint8_t *data,
               size_t *len) {
  /* The library wants words. */
  uint32_t aligned[512];
  int bytes = (int)*len;
  memcpy(aligned, data, *len);
  srtp_err_status_t status = function(oracle->session, aligned, &bytes);
  if (status == srtp_err_status_ok) {
    *len = (size_t)bytes;
    memcpy(data, aligned, *len);
  }
  return (int)status;
}

int oracle_protect(Oracle *oracle, uint8_t *data, size_t *len) {
  return run(lib.protect, oracle, data, len);
}

int oracle_unprotect(Oracle *oracle, uint8_t *data, size_t *len) {
  return run(lib.unprotect, oracle, data, len);
}

int oracle_protect_rtcp(Oracle *oracle, uint8_t *data, size_t *len) {
  return run(lib.protect_rtcp, oracle, data, len);
}

int oracle_unprotect_rtcp(Oracle *oracle, uint8_t *data, size_t *len) {
  return run(lib.unprotect_rtcp, oracle, data, len);
}
