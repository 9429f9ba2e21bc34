#include "store/audit-key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/database.h"

#define SIGNATURE_BYTES 64 /* RFC 8032 */

struct AuditKey {
  EVP_PKEY *pair;
};

static bool fail_crypto(GError **error, const char *what, const char *path) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID, "cannot %s %s: %s", what, path,
              ERR_reason_error_string(ERR_peek_last_error()));
  ERR_clear_error();
  return false;
}

static AuditKey *take(EVP_PKEY *pair, const char *path, GError **error) {
  if (!pair || EVP_PKEY_get_id(pair) != EVP_PKEY_ED25519) {
    EVP_PKEY_free(pair);
    fail_crypto(error, "use the Ed25519 key", path);
    return NULL;
  }
  AuditKey *key = g_new0(AuditKey, 1);
  key->pair = pair;
  return key;
}

void audit_key_free(AuditKey *key) {
  if (!key)
    return;
  EVP_PKEY_free(key->pair);
  g_free(key);
}

/* A new file that only its owner may write, and with mode 0600 read; whole, or none. */
static bool write_pem(const char *path, mode_t mode, EVP_PKEY *pair, GError **error) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
  FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!file)
    return store_fail_file(error, "create", path);
  bool fine = connection_give(fd, path, error);
  bool written = fine && (mode == 0600 ? PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL)
                                       : PEM_write_PUBKEY(file, pair)) == 1;
  written = written && fflush(file) == 0 && fsync(fd) == 0;
  if (fine && !written)
    store_fail_file(error, "write", path);
  fclose(file);
  if (!written)
    unlink(path);
  return written;
}

static AuditKey *make_key(const char *path, GError **error) {
  EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
  if (!pair) {
    fail_crypto(error, "make the key", path);
    return NULL;
  }
  if (write_pem(path, 0600, pair, error))
    return take(pair, path, error);
  EVP_PKEY_free(pair);
  return NULL;
}

AuditKey *audit_key_own(const char *data_dir, GError **error) {
  g_autofree char *path = g_build_filename(data_dir, "audit-key.pem", NULL);
  g_autofree char *public_path = g_build_filename(data_dir, "audit-key.pub", NULL);
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  AuditKey *key = NULL;
  if (fd < 0 && errno == ENOENT) {
    key = make_key(path, error);
  } else {
    struct stat status;
    FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!file || fstat(fd, &status) != 0) {
      store_fail_file(error, "read", path);
    } else if (status.st_mode & 077) {
      g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
                  "%s can be read by others than its owner: chmod 600 it", path);
    } else {
      key = take(PEM_read_PrivateKey(file, NULL, NULL, NULL), path, error);
    }
    if (file)
      fclose(file);
  }
  if (!key || access(public_path, F_OK) == 0 || write_pem(public_path, 0644, key->pair, error))
    return key;
  audit_key_free(key);
  return NULL;
}

AuditKey *audit_key_public(const char *file, GError **error) {
  FILE *open_file = fopen(file, "re");
  if (!open_file) {
    store_fail_file(error, "read", file);
    return NULL;
  }
  EVP_PKEY *pair = PEM_read_PUBKEY(open_file, NULL, NULL, NULL);
  fclose(open_file);
  return take(pair, file, error);
}

char *audit_key_sign(const AuditKey *key, const char *text) {
  unsigned char signature[SIGNATURE_BYTES];
  size_t len = sizeof signature;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool fine =
      EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
      EVP_DigestSign(context, signature, &len, (const unsigned char *)text, strlen(text)) == 1;
  EVP_MD_CTX_free(context);
  g_assert(fine && len == sizeof signature);
  return g_base64_encode(signature, len);
}

bool audit_key_signed(const AuditKey *key, const char *text, const char *signature) {
  gsize len = 0;
  g_autofree unsigned char *bytes = g_base64_decode(signature, &len);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  bool fine = len == SIGNATURE_BYTES &&
              EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pair) == 1 &&
              EVP_DigestVerify(context, bytes, len, (const unsigned char *)text, strlen(text)) == 1;
  EVP_MD_CTX_free(context);
  ERR_clear_error();
  return fine;
}
