#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_BYTES (256 * 1024)

void digest_hex(const uint8_t *bytes, size_t len, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (size_t i = 0; i < len; i++) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 15];
  }
  out[2 * len] = 0;
}

/* Found once: finding it costs more than hashing a short text. */
static const EVP_MD *sha256(void) {
  static gsize found;
  if (g_once_init_enter(&found)) {
    EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
    g_assert(md);
    g_once_init_leave(&found, (gsize)md);
  }
  return (const EVP_MD *)found;
}

void digest_bytes(const void *bytes, size_t len, char out[DIGEST_SIZE]) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  g_assert(EVP_Digest(bytes, len, digest, &size, sha256(), NULL) == 1 &&
           2 * size + 1 == DIGEST_SIZE);
  digest_hex(digest, size, out);
}

void digest_add_field(GString *text, const char *field) {
  if (!field) {
    g_string_append_c(text, '-');
    return;
  }
  size_t len = strlen(field);
  char length[24];
  int digits = g_snprintf(length, sizeof length, "%zu:", len);
  g_string_append_len(text, length, digits);
  g_string_append_len(text, field, (gssize)len);
}

bool digest_fd(int fd, char out[DIGEST_SIZE], uint64_t *bytes) {
  g_autofree uint8_t *chunk = g_malloc(CHUNK_BYTES);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool ok = context && EVP_DigestInit_ex(context, sha256(), NULL);
  int failed = EIO;
  off_t at = 0;
  while (ok) {
    ssize_t got = pread(fd, chunk, CHUNK_BYTES, at);
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0) {
      ok = got == 0;
      failed = ok ? EIO : errno;
      break;
    }
    ok = EVP_DigestUpdate(context, chunk, (size_t)got);
    at += got;
  }
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  ok = ok && EVP_DigestFinal_ex(context, digest, &len) && 2 * len + 1 == DIGEST_SIZE;
  EVP_MD_CTX_free(context);
  out[0] = 0;
  if (ok)
    digest_hex(digest, len, out);
  *bytes = (uint64_t)at;
  if (!ok)
    errno = failed;
  return ok;
}

bool digest_path(const char *path, char out[DIGEST_SIZE], uint64_t *bytes) {
  out[0] = 0;
  *bytes = 0;
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return false;
  bool ok = digest_fd(fd, out, bytes);
  int failed = errno;
  close(fd);
  errno = failed;
  return ok;
}
