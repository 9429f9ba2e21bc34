/* What SRTP costs: µs of processor a packet of 1200 bytes, per profile, to protect and to
 * unprotect, and the same of libsrtp2 where it is installed (which is what the choice of our own
 * was measured against). One line a profile, then one JSON line.
 *
 *   srtp-cost [PACKETS]
 */
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "peer/srtp.h"
#include "peer/test-srtp-oracle.h"
#include "wire/bytes.h"
#include "wire/rtp.h"

#define PACKET_BYTES 1200
#define BATCH 64 /* protected, then unprotected: as many packets as stay in the cache */
#define SSRCS 13 /* a subscriber's slots */

typedef struct {
  double protect_us, unprotect_us;
} Cost;

static double cpu_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static uint8_t packets[BATCH][PACKET_BYTES + SRTP_OVERHEAD_MAX];
static size_t lens[BATCH];

/* The next packets of SSRCS streams in turn. */
static void fill(unsigned first) {
  for (unsigned i = 0; i < BATCH; i++) {
    RtpHeader header = {.payload_type = 96,
                        .sequence = (uint16_t)((first + i) / SSRCS),
                        .ssrc = 1 + (first + i) % SSRCS};
    rtp_write(packets[i], &header);
    lens[i] = PACKET_BYTES;
  }
}

static void must(bool ok) {
  if (!ok) {
    fprintf(stderr, "srtp-cost: a packet was refused\n");
    exit(1);
  }
}

static Cost measure_ours(SrtpProfile profile, const uint8_t *secret, unsigned total) {
  Srtp *sender = srtp_new(profile, secret, secret + 32);
  Srtp *receiver = srtp_new(profile, secret, secret + 32);
  Cost cost = {0};
  for (unsigned done = 0; done < total; done += BATCH) {
    fill(done);
    double start = cpu_us();
    for (unsigned i = 0; i < BATCH; i++)
      must(srtp_protect(sender, packets[i], &lens[i], sizeof packets[i]) == SRTP_OK);
    double between = cpu_us();
    for (unsigned i = 0; i < BATCH; i++)
      must(srtp_unprotect(receiver, packets[i], &lens[i]) == SRTP_OK);
    cost.protect_us += between - start;
    cost.unprotect_us += cpu_us() - between;
  }
  srtp_free(sender);
  srtp_free(receiver);
  return (Cost){cost.protect_us / total, cost.unprotect_us / total};
}

#ifdef HAVE_ORACLE
static Cost measure_libsrtp2(SrtpProfile profile, const uint8_t *secret, unsigned total) {
  Oracle *sender = oracle_new(profile, secret, secret + 32, true);
  Oracle *receiver = oracle_new(profile, secret, secret + 32, false);
  Cost cost = {0};
  for (unsigned done = 0; sender && receiver && done < total; done += BATCH) {
    fill(done);
    double start = cpu_us();
    for (unsigned i = 0; i < BATCH; i++)
      must(oracle_protect(sender, packets[i], &lens[i]) == 0);
    double between = cpu_us();
    for (unsigned i = 0; i < BATCH; i++)
      must(oracle_unprotect(receiver, packets[i], &lens[i]) == 0);
    cost.protect_us += between - start;
    cost.unprotect_us += cpu_us() - between;
  }
  oracle_free(sender);
  oracle_free(receiver);
  return (Cost){cost.protect_us / total, cost.unprotect_us / total};
}
#else
static Cost measure_libsrtp2(SrtpProfile profile, const uint8_t *secret, unsigned total) {
  return (Cost){0};
}
#endif

int main(int argc, char **argv) {
  static const struct {
    SrtpProfile profile;
    const char *name;
  } profiles[] = {{SRTP_PROFILE_GCM_128, "aes_128_gcm"},
                  {SRTP_PROFILE_GCM_256, "aes_256_gcm"},
                  {SRTP_PROFILE_CM_SHA1_80, "aes_128_cm_sha1_80"}};
  static const uint8_t secret[46] = "thirty-two bytes of key, then the salt's 14..";
  unsigned total = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 200000;
  total = (total + BATCH - 1) / BATCH * BATCH;
  if (total == 0)
    total = BATCH;
  GString *json = g_string_new("{");
  printf("%-20s %10s %10s   libsrtp2: %10s %10s   (µs a packet of %d bytes)\n", "profile",
         "protect", "unprotect", "protect", "unprotect", PACKET_BYTES);
  for (unsigned i = 0; i < G_N_ELEMENTS(profiles); i++) {
    measure_ours(profiles[i].profile, secret, BATCH * 16); /* warm */
    Cost ours = measure_ours(profiles[i].profile, secret, total);
    Cost theirs = measure_libsrtp2(profiles[i].profile, secret, total / 4 / BATCH * BATCH + BATCH);
    printf("%-20s %10.2f %10.2f             %10.2f %10.2f\n", profiles[i].name, ours.protect_us,
           ours.unprotect_us, theirs.protect_us, theirs.unprotect_us);
    g_string_append_printf(json, "%s\"%s\":{\"protect_us\":%.3f,\"unprotect_us\":%.3f}",
                           i ? "," : "", profiles[i].name, ours.protect_us, ours.unprotect_us);
  }
  printf("%s}\n", json->str);
  g_string_free(json, TRUE);
  return 0;
}
