/* ICE checks from a stranger and from somebody who knows the password. The first byte chooses: bit
 * 0 whether the rest is a datagram off the net, or a message type, transaction id and attributes to
 * sign; bit 1 an IPv6 sender. */
#include "fuzz.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/socket.h>

#include "peer/ice.h"
#include "peer/port.h"

#define HEAD 20
#define INTEGRITY (4 + 20)
#define FINGERPRINT (4 + 4)
#define UFRAG "abcdefgh"
#define PWD "0123456789abcdefghijklmnopqrstuv"

static bool look_up(void *user, const char ufrag[ICE_UFRAG_CHARS], const char **pwd, void **owner,
                    bool *current) {
  *pwd = PWD;
  *owner = user;
  *current = true;
  return memcmp(ufrag, UFRAG, ICE_UFRAG_CHARS) == 0;
}

static uint32_t crc32_of(const uint8_t *data, size_t len) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < len; i++) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc;
}

static void put16(uint8_t *out, size_t value) {
  out[0] = (uint8_t)(value >> 8);
  out[1] = (uint8_t)value;
}

/* type, transaction id (12), attributes → a signed message; returns its length, 0 when too short.
 */
static size_t sign(const uint8_t *data, size_t len, uint8_t *out) {
  static const uint8_t cookie[] = {0x21, 0x12, 0xa4, 0x42};
  if (len < 14)
    return 0;
  size_t attributes = (len - 14) & ~(size_t)3, at = HEAD + attributes;
  memcpy(out, data, 2);
  memcpy(out + 4, cookie, 4);
  memcpy(out + 8, data + 2, 12);
  memcpy(out + HEAD, data + 14, attributes);
  put16(out + 2, attributes + INTEGRITY);
  put16(out + at, 0x0008);
  put16(out + at + 2, 20);
  MUST(HMAC(EVP_sha1(), PWD, strlen(PWD), out, at, out + at + 4, NULL));
  at += INTEGRITY;
  put16(out + 2, attributes + INTEGRITY + FINGERPRINT);
  uint32_t crc = crc32_of(out, at) ^ 0x5354554e;
  put16(out + at, 0x8028);
  put16(out + at + 2, 4);
  put16(out + at + 4, crc >> 16);
  put16(out + at + 6, crc & 0xffff);
  return at + FINGERPRINT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
  if (len < 1 || len > 1400)
    return 0;
  Path from = {.family = AF_INET, .port = 4000, .ip = {192, 0, 2, 1}};
  if (data[0] & 2)
    from = (Path){.family = AF_INET6, .port = 4000, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}};
  uint8_t *datagram = calloc(1, len + INTEGRITY + FINGERPRINT + HEAD + PORT_PADDING);
  MUST(datagram != NULL);
  size_t size = len - 1;
  if (data[0] & 1)
    size = sign(data + 1, len - 1, datagram);
  else
    memcpy(datagram, data + 1, size);
  int owner;
  Ice *ice = ice_new(look_up, &owner);
  IceCheck check;
  IceVerdict verdict = ice_receive(ice, datagram, size, &from, &check);
  bool answered = verdict == ICE_VALID || verdict == ICE_ERROR_REPLY;
  MUST(!answered || check.owner == &owner);
  MUST(!answered || (check.reply_len >= HEAD && check.reply_len <= sizeof check.reply));
  MUST(!answered || check.reply_len <= size + 64); /* nobody is flooded through us */
  MUST(verdict != ICE_VALID || (check.reply[0] == 0x01 && check.reply[1] == 0x01));
  MUST(!ice_answer_is_authentic(datagram, size, "another-password-than-any-used"));
  ice_free(ice);
  free(datagram);
  return 0;
}
