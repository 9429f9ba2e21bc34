#include "outbox/push.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/database.h"

#define POINT_BYTES 65 /* an uncompressed point of P-256 */
#define AUTH_BYTES 16
#define SALT_BYTES 16
#define KEY_BYTES 16
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define DIGEST_BYTES 32
#define RECORD_BYTES 4096
#define NUMBER_BYTES 32 /* each half of an ES256 signature */
#define VALID_S (12 * 3600)

struct PushKey {
  EVP_PKEY *pair;
  char *public_text;
};

/* ---- base64url (RFC 4648 section 5) ---- */

char *base64url_encode(const void *bytes, size_t size) {
  char *text = g_base64_encode(bytes, size);
  g_strdelimit(g_strdelimit(text, "+", '-'), "/", '_');
  text[strcspn(text, "=")] = 0;
  return text;
}

guchar *base64url_decode(const char *text, gsize *size) {
  g_autoptr(GString) code = g_string_new(text);
  g_strdelimit(g_strdelimit(code->str, "-", '+'), "_", '/');
  g_string_truncate(code, strcspn(code->str, "="));
  while (code->len % 4 != 0)
    g_string_append_c(code, '=');
  return g_base64_decode(code->str, size);
}

/* ---- the server's own key ---- */

static bool public_point(EVP_PKEY *pair, unsigned char point[POINT_BYTES]) {
  size_t size = 0;
  return EVP_PKEY_get_octet_string_param(pair, OSSL_PKEY_PARAM_PUB_KEY, point, POINT_BYTES,
                                         &size) == 1 &&
         size == POINT_BYTES;
}

static bool fail_file(GError **error, const char *what, const char *path) {
  g_set_error(error, STORE_ERROR, STORE_ERROR_DATABASE, "cannot %s %s: %s", what, path,
              errno ? g_strerror(errno) : "it is not such a key");
  return false;
}

static EVP_PKEY *read_pair(int fd, const char *path, GError **error) {
  struct stat status;
  FILE *file = fdopen(fd, "r");
  EVP_PKEY *pair = NULL;
  if (file && fstat(fd, &status) == 0 && (status.st_mode & 077)) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
                "%s can be read by others than its owner: chmod 600 it", path);
  } else {
    errno = 0;
    pair = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (!pair)
      fail_file(error, "read", path);
  }
  if (file)
    fclose(file);
  else
    close(fd);
  return pair;
}

static bool sync_folder(const char *path) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool fine = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0)
    close(fd);
  return fine;
}

/* A new file, which is durable when it is fine. */
static bool write_pair(EVP_PKEY *pair, const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
  bool fine = file && connection_give(fd, path, NULL) &&
              PEM_write_PrivateKey(file, pair, NULL, NULL, 0, NULL, NULL) == 1 &&
              fflush(file) == 0 && fsync(fd) == 0;
  if (file)
    fclose(file);
  else if (fd >= 0)
    close(fd);
  return fine;
}

/* Under its name it is whole or not there, whenever the power fails. */
static EVP_PKEY *make_pair(const char *data_dir, const char *path, GError **error) {
  g_autofree char *new_path = g_strconcat(path, ".new", NULL);
  EVP_PKEY *pair = EVP_EC_gen("P-256");
  unlink(new_path); /* of a start that was cut short */
  if (pair && write_pair(pair, new_path) && rename(new_path, path) == 0 && sync_folder(data_dir))
    return pair;
  fail_file(error, "write", path);
  unlink(new_path);
  EVP_PKEY_free(pair);
  return NULL;
}

PushKey *push_key_own(const char *data_dir, GError **error) {
  g_autofree char *path = g_build_filename(data_dir, "push-key.pem", NULL);
  unsigned char point[POINT_BYTES];
  int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  EVP_PKEY *pair = NULL;
  if (fd >= 0)
    pair = read_pair(fd, path, error);
  else if (errno == ENOENT)
    pair = make_pair(data_dir, path, error);
  else
    fail_file(error, "read", path);
  if (!pair)
    return NULL;
  if (!public_point(pair, point)) {
    errno = 0;
    fail_file(error, "use", path);
    EVP_PKEY_free(pair);
    return NULL;
  }
  PushKey *key = g_new0(PushKey, 1);
  key->pair = pair;
  key->public_text = base64url_encode(point, sizeof point);
  return key;
}

void push_key_free(PushKey *key) {
  if (!key)
    return;
  EVP_PKEY_free(key->pair);
  g_free(key->public_text);
  g_free(key);
}

const char *push_key_public(const PushKey *key) {
  return key->public_text;
}

/* ---- who sends it ---- */

/* The two numbers of a signature one behind the other, as JWS has them (RFC 7518 section 3.4). */
static void sign(EVP_PKEY *pair, const char *text, unsigned char raw[2 * NUMBER_BYTES]) {
  unsigned char der[128];
  size_t size = sizeof der;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  g_assert(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair) == 1 &&
           EVP_DigestSign(context, der, &size, (const unsigned char *)text, strlen(text)) == 1);
  EVP_MD_CTX_free(context);
  const unsigned char *at = der;
  ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)size);
  g_assert(
      signature && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, NUMBER_BYTES) == NUMBER_BYTES &&
      BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + NUMBER_BYTES, NUMBER_BYTES) == NUMBER_BYTES);
  ECDSA_SIG_free(signature);
}

static char *json_part(json_t *object) {
  char *text = json_dumps(object, JSON_COMPACT);
  char *code = base64url_encode(text, strlen(text));
  free(text);
  json_decref(object);
  return code;
}

/* "https://push.example.org:444": what the token is good for. */
static char *origin_of(const char *address) {
  g_autoptr(GUri) uri = g_uri_parse(address, G_URI_FLAGS_NONE, NULL);
  if (!uri || !g_uri_get_host(uri))
    return NULL;
  int port = g_uri_get_port(uri);
  const char *host = g_uri_get_host(uri);
  g_autofree char *named = strchr(host, ':') ? g_strdup_printf("[%s]", host) : g_strdup(host);
  return port > 0 ? g_strdup_printf("%s://%s:%d", g_uri_get_scheme(uri), named, port)
                  : g_strdup_printf("%s://%s", g_uri_get_scheme(uri), named);
}

char *push_authorization(const PushKey *key, const char *endpoint, const char *contact,
                         int64_t now_s) {
  unsigned char raw[2 * NUMBER_BYTES];
  g_autofree char *origin = origin_of(endpoint);
  if (!origin)
    return NULL;
  g_autofree char *head = json_part(json_pack("{s:s, s:s}", "typ", "JWT", "alg", "ES256"));
  g_autofree char *claims = json_part(json_pack("{s:s, s:I, s:s}", "aud", origin, "exp",
                                                (json_int_t)(now_s + VALID_S), "sub", contact));
  g_autofree char *text = g_strconcat(head, ".", claims, NULL);
  sign(key->pair, text, raw);
  g_autofree char *signature = base64url_encode(raw, sizeof raw);
  return g_strdup_printf("vapid t=%s.%s, k=%s", text, signature, key->public_text);
}

/* ---- sealing ---- */

typedef struct {
  unsigned char bytes[DIGEST_BYTES];
} Digest;

static Digest hmac(const void *key, size_t key_size, const void *text, size_t size) {
  Digest digest;
  unsigned length = 0;
  g_assert(HMAC(EVP_sha256(), key, (int)key_size, text, size, digest.bytes, &length));
  return digest;
}

/* One step of HKDF's expansion (RFC 5869), enough for 32 bytes: the label, its zero, and 1. */
static Digest expand(const Digest *key, const char *label) {
  g_autoptr(GString) info = g_string_new(label);
  g_string_append_len(info, "\0\1", 2);
  return hmac(key->bytes, DIGEST_BYTES, info->str, info->len);
}

static EVP_PKEY *peer_key(const unsigned char *point) {
  char group[] = "P-256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                           (void *)(uintptr_t)point, POINT_BYTES),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY *peer = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  if (EVP_PKEY_fromdata_init(context) != 1 ||
      EVP_PKEY_fromdata(context, &peer, EVP_PKEY_PUBLIC_KEY, params) != 1)
    peer = NULL;
  EVP_PKEY_CTX_free(context);
  return peer;
}

/* What both sides compute and nobody else can. false: the point is not on the curve. */
static bool agree(EVP_PKEY *pair, const unsigned char *point, unsigned char secret[DIGEST_BYTES]) {
  EVP_PKEY *peer = peer_key(point);
  EVP_PKEY_CTX *context = peer ? EVP_PKEY_CTX_new(pair, NULL) : NULL;
  size_t size = DIGEST_BYTES;
  bool fine = context && EVP_PKEY_derive_init(context) == 1 &&
              EVP_PKEY_derive_set_peer(context, peer) == 1 &&
              EVP_PKEY_derive(context, secret, &size) == 1 && size == DIGEST_BYTES;
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(peer);
  return fine;
}

/* The input key of RFC 8291 section 3.4. */
static Digest input_key(const unsigned char *auth, const unsigned char *secret,
                        const unsigned char *theirs, const unsigned char *ours) {
  Digest key = hmac(auth, AUTH_BYTES, secret, DIGEST_BYTES);
  g_autoptr(GString) info = g_string_new("WebPush: info");
  g_string_append_c(info, 0);
  g_string_append_len(info, (const char *)theirs, POINT_BYTES);
  g_string_append_len(info, (const char *)ours, POINT_BYTES);
  g_string_append_c(info, 1);
  return hmac(key.bytes, DIGEST_BYTES, info->str, info->len);
}

/* One record, the last: the text and a 2 (RFC 8188 section 2). */
static void encrypt(GByteArray *out, const Digest *key, const Digest *nonce, const char *text) {
  g_autoptr(GString) record = g_string_new(text);
  g_string_append_c(record, 2);
  unsigned head = out->len;
  int size = 0, rest = 0;
  g_byte_array_set_size(out, head + (unsigned)record->len + TAG_BYTES);
  unsigned char *at = out->data + head;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  g_assert(EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, key->bytes, nonce->bytes) == 1 &&
           EVP_EncryptUpdate(context, at, &size, (const unsigned char *)record->str,
                             (int)record->len) == 1 &&
           EVP_EncryptFinal_ex(context, at + size, &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, at + record->len) == 1);
  EVP_CIPHER_CTX_free(context);
}

GBytes *push_seal_with(const char *p256dh, const char *auth, const char *text, EVP_PKEY *pair,
                       const unsigned char *salt) {
  gsize point_size = 0, auth_size = 0;
  g_autofree guchar *theirs = base64url_decode(p256dh, &point_size);
  g_autofree guchar *shared = base64url_decode(auth, &auth_size);
  unsigned char ours[POINT_BYTES], secret[DIGEST_BYTES];
  if (point_size != POINT_BYTES || auth_size != AUTH_BYTES || strlen(text) > PUSH_TEXT_MOST ||
      !agree(pair, theirs, secret))
    return NULL;
  g_assert(public_point(pair, ours));
  Digest input = input_key(shared, secret, theirs, ours);
  Digest key = hmac(salt, SALT_BYTES, input.bytes, DIGEST_BYTES);
  Digest content_key = expand(&key, "Content-Encoding: aes128gcm");
  Digest nonce = expand(&key, "Content-Encoding: nonce");
  const unsigned char sizes[] = {0, 0, RECORD_BYTES >> 8, RECORD_BYTES & 0xff, POINT_BYTES};
  GByteArray *out = g_byte_array_new();
  g_byte_array_append(out, salt, SALT_BYTES);
  g_byte_array_append(out, sizes, sizeof sizes);
  g_byte_array_append(out, ours, POINT_BYTES);
  encrypt(out, &content_key, &nonce, text);
  return g_byte_array_free_to_bytes(out);
}

GBytes *push_seal(const char *p256dh, const char *auth, const char *text) {
  unsigned char salt[SALT_BYTES];
  EVP_PKEY *pair = EVP_EC_gen("P-256");
  g_assert(pair && RAND_bytes(salt, sizeof salt) == 1);
  GBytes *sealed = push_seal_with(p256dh, auth, text, pair, salt);
  EVP_PKEY_free(pair);
  return sealed;
}
