#include "peer/dtls.h"

#include <gio/gio.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/id.h"

/* Bytes of a datagram: fits every path with its IP and UDP headers, and IPv6's minimum of 1280. */
#define MTU 1200
#define FIRST_TIMEOUT_US 100000 /* platform.md: 50-100 ms; RFC 6347's 1 s is far too slow here */
#define LAST_TIMEOUT_US 1000000
#define PROFILES "SRTP_AEAD_AES_128_GCM:SRTP_AEAD_AES_256_GCM:SRTP_AES128_CM_SHA1_80"
#define CIPHERS                                                                                    \
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:"     \
  "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384"
#define EXPORTER "EXTRACTOR-dtls_srtp" /* RFC 5764 §4.2 */
#define CERTIFICATE_DAYS 365

struct DtlsContext {
  SSL_CTX *ssl;
  BIO_METHOD *method;
  DtlsRole role;
  char fingerprint[DTLS_FINGERPRINT_CHARS + 1];
};

struct Dtls {
  SSL *ssl;
  DtlsRole role;
  DtlsState state;
  const EVP_MD *digest;
  uint8_t expected[EVP_MAX_MD_SIZE];
  size_t expected_len;
  DtlsSend send;
  void *user;
  const uint8_t *incoming; /* the datagram of the call that is running, NULL once read */
  size_t incoming_len;
  char reason[128];
  bool stranger; /* the certificate is another */
};

/* --- the BIO: one read is one datagram, one write is one datagram --- */

static int bio_read(BIO *bio, char *out, int size) {
  Dtls *dtls = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  if (!dtls->incoming) {
    BIO_set_retry_read(bio);
    return -1;
  }
  size_t len = MIN(dtls->incoming_len, (size_t)size);
  memcpy(out, dtls->incoming, len);
  dtls->incoming = NULL;
  return (int)len;
}

static int bio_write(BIO *bio, const char *data, int len) {
  Dtls *dtls = BIO_get_data(bio);
  BIO_clear_retry_flags(bio);
  dtls->send(dtls->user, (const uint8_t *)data, (size_t)len);
  return len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
  switch (command) {
  case BIO_CTRL_FLUSH:
    return 1;
  case BIO_CTRL_DGRAM_QUERY_MTU:
  case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
    return MTU;
  default:
    return 0;
  }
}

static BIO_METHOD *method_new(void) {
  BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
  g_assert(method);
  BIO_meth_set_read(method, bio_read);
  BIO_meth_set_write(method, bio_write);
  BIO_meth_set_ctrl(method, bio_ctrl);
  return method;
}

/* --- certificate and fingerprints --- */

static bool fingerprint_text(X509 *certificate, char out[DTLS_FINGERPRINT_CHARS + 1]) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  if (X509_digest(certificate, EVP_sha256(), digest, &len) != 1 || len != 32)
    return false;
  for (unsigned i = 0; i < len; i++)
    g_snprintf(out + 3 * i, 4, i + 1 < len ? "%02X:" : "%02X", digest[i]);
  return true;
}

/* "AB:CD:…" to bytes; 0 when it is anything else. */
static size_t fingerprint_bytes(const char *text, uint8_t out[EVP_MAX_MD_SIZE]) {
  size_t len = 0;
  for (;;) {
    int high = g_ascii_xdigit_value(text[0]);
    int low = high < 0 ? -1 : g_ascii_xdigit_value(text[1]);
    if (low < 0 || len == EVP_MAX_MD_SIZE)
      return 0;
    out[len++] = (uint8_t)(high << 4 | low);
    if (text[2] == 0)
      return len;
    if (text[2] != ':')
      return 0;
    text += 3;
  }
}

static X509 *certificate_new(EVP_PKEY *key) {
  X509 *certificate = X509_new();
  char name[ID_CHARS + 1];
  id_random(name, ID_CHARS); /* says nothing about the server */
  if (!certificate)
    return NULL;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), (uint64_t)random_u32() + 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), (long)CERTIFICATE_DAYS * 24 * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME *subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const uint8_t *)name, -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  if (!X509_sign(certificate, key, EVP_sha256())) {
    X509_free(certificate);
    return NULL;
  }
  return certificate;
}

/* Certificates are self-signed: the fingerprint is what vouches for them (RFC 8122 §6). */
static int verify(X509_STORE_CTX *store, void *unused) {
  SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
  Dtls *dtls = SSL_get_app_data(ssl);
  X509 *certificate = X509_STORE_CTX_get0_cert(store);
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  if (certificate && X509_digest(certificate, dtls->digest, digest, &len) == 1 &&
      len == dtls->expected_len && CRYPTO_memcmp(digest, dtls->expected, len) == 0)
    return 1;
  g_strlcpy(dtls->reason, "fingerprint", sizeof dtls->reason);
  dtls->stranger = true;
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

static bool context_set_up(DtlsContext *context) {
  SSL_CTX *ssl = context->ssl;
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = key ? certificate_new(key) : NULL;
  bool ok = certificate && SSL_CTX_use_certificate(ssl, certificate) == 1 &&
            SSL_CTX_use_PrivateKey(ssl, key) == 1 && SSL_CTX_set_cipher_list(ssl, CIPHERS) == 1 &&
            SSL_CTX_set1_groups_list(ssl, "X25519:P-256") == 1 &&
            SSL_CTX_set_min_proto_version(ssl, DTLS1_2_VERSION) == 1 &&
            SSL_CTX_set_tlsext_use_srtp(ssl, PROFILES) == 0 && /* 0 is success here */
            fingerprint_text(certificate, context->fingerprint);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!ok)
    return false;
  SSL_CTX_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(ssl, 1);
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
  SSL_CTX_set_cert_verify_callback(ssl, verify, NULL);
  return true;
}

DtlsContext *dtls_context_new(DtlsRole role, GError **error) {
  DtlsContext *context = g_new0(DtlsContext, 1);
  context->role = role;
  context->method = method_new();
  context->ssl = SSL_CTX_new(role == DTLS_SERVER ? DTLS_server_method() : DTLS_client_method());
  if (!context->ssl || !context_set_up(context)) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "DTLS context: %s",
                ERR_reason_error_string(ERR_peek_last_error()));
    ERR_clear_error();
    dtls_context_free(context);
    return NULL;
  }
  return context;
}

void dtls_context_free(DtlsContext *context) {
  if (!context)
    return;
  SSL_CTX_free(context->ssl);
  BIO_meth_free(context->method);
  g_free(context);
}

const char *dtls_context_fingerprint(const DtlsContext *context) {
  return context->fingerprint;
}

/* --- one session --- */

static unsigned next_timeout(SSL *ssl, unsigned last_us) {
  return last_us ? MIN(last_us * 2, LAST_TIMEOUT_US) : FIRST_TIMEOUT_US;
}

static const EVP_MD *digest_named(const char *hash) {
  if (g_ascii_strcasecmp(hash, "sha-256") == 0)
    return EVP_sha256();
  if (g_ascii_strcasecmp(hash, "sha-384") == 0)
    return EVP_sha384();
  if (g_ascii_strcasecmp(hash, "sha-512") == 0)
    return EVP_sha512();
  return NULL;
}

Dtls *dtls_new(DtlsContext *context, const char *hash, const char *fingerprint, DtlsSend send,
               void *user) {
  const EVP_MD *digest = digest_named(hash);
  uint8_t expected[EVP_MAX_MD_SIZE];
  size_t expected_len = fingerprint_bytes(fingerprint, expected);
  if (!digest || expected_len != (size_t)EVP_MD_get_size(digest))
    return NULL;
  SSL *ssl = SSL_new(context->ssl);
  BIO *bio = BIO_new(context->method);
  if (!ssl || !bio) {
    SSL_free(ssl);
    BIO_free(bio);
    return NULL;
  }
  Dtls *dtls = g_new0(Dtls, 1);
  dtls->ssl = ssl;
  dtls->role = context->role;
  dtls->digest = digest;
  memcpy(dtls->expected, expected, expected_len);
  dtls->expected_len = expected_len;
  dtls->send = send;
  dtls->user = user;
  BIO_set_data(bio, dtls);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, dtls);
  SSL_set_mtu(ssl, MTU);
  DTLS_set_timer_cb(ssl, next_timeout);
  if (context->role == DTLS_SERVER)
    SSL_set_accept_state(ssl);
  else
    SSL_set_connect_state(ssl);
  return dtls;
}

void dtls_abandon(Dtls *dtls) {
  if (!dtls)
    return;
  SSL_free(dtls->ssl);
  g_free(dtls);
}

void dtls_free(Dtls *dtls) {
  if (!dtls)
    return;
  ERR_clear_error();
  if (dtls->state == DTLS_CONNECTED)
    SSL_shutdown(dtls->ssl);
  ERR_clear_error();
  dtls_abandon(dtls);
}

static void fail(Dtls *dtls) {
  dtls->state = DTLS_FAILED;
  const char *reason = ERR_reason_error_string(ERR_peek_error());
  if (!dtls->reason[0])
    g_strlcpy(dtls->reason, reason ? reason : "timeout", sizeof dtls->reason);
}

/* Lets OpenSSL go on as far as it can; records after the handshake are alerts or are ignored. */
static DtlsState advance(Dtls *dtls) {
  ERR_clear_error();
  if (dtls->state == DTLS_HANDSHAKE) {
    int done = SSL_do_handshake(dtls->ssl);
    if (done == 1) {
      dtls->state = DTLS_CONNECTED;
    } else if (SSL_get_error(dtls->ssl, done) != SSL_ERROR_WANT_READ) {
      fail(dtls);
    }
  } else if (dtls->state == DTLS_CONNECTED) {
    uint8_t ignored[MTU];
    int count = SSL_read(dtls->ssl, ignored, sizeof ignored);
    int error = count > 0 ? SSL_ERROR_NONE : SSL_get_error(dtls->ssl, count);
    if (error == SSL_ERROR_ZERO_RETURN)
      dtls->state = DTLS_CLOSED;
    else if (error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL)
      fail(dtls);
  }
  ERR_clear_error();
  return dtls->state;
}

DtlsState dtls_start(Dtls *dtls) {
  return advance(dtls);
}

DtlsState dtls_receive(Dtls *dtls, const uint8_t *data, size_t len) {
  dtls->incoming = data;
  dtls->incoming_len = len;
  DtlsState state = advance(dtls);
  dtls->incoming = NULL;
  return state;
}

DtlsState dtls_tick(Dtls *dtls) {
  struct timeval left;
  if (dtls->state != DTLS_HANDSHAKE || !DTLSv1_get_timeout(dtls->ssl, &left) || left.tv_sec ||
      left.tv_usec)
    return dtls->state;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(dtls->ssl) < 0)
    fail(dtls);
  ERR_clear_error();
  return dtls->state;
}

DtlsState dtls_state(const Dtls *dtls) {
  return dtls->state;
}

bool dtls_keys(Dtls *dtls, DtlsKeys *keys) {
  SRTP_PROTECTION_PROFILE *selected = SSL_get_selected_srtp_profile(dtls->ssl);
  if (!selected)
    return false;
  keys->profile = (SrtpProfile)selected->id; /* the enum is numbered as RFC 5764 and 7714 do */
  size_t key = srtp_key_bytes(keys->profile), salt = srtp_salt_bytes(keys->profile);
  uint8_t material[2 * (32 + 14)];
  g_assert(key && key <= 32 && salt && salt <= 14);
  if (SSL_export_keying_material(dtls->ssl, material, 2 * (key + salt), EXPORTER, strlen(EXPORTER),
                                 NULL, 0, 0) != 1)
    return false;
  const uint8_t *client_key = material, *server_key = material + key;
  const uint8_t *client_salt = material + 2 * key, *server_salt = client_salt + salt;
  bool client = dtls->role == DTLS_CLIENT;
  memcpy(keys->local_key, client ? client_key : server_key, key);
  memcpy(keys->remote_key, client ? server_key : client_key, key);
  memcpy(keys->local_salt, client ? client_salt : server_salt, salt);
  memcpy(keys->remote_salt, client ? server_salt : client_salt, salt);
  OPENSSL_cleanse(material, sizeof material);
  return true;
}

const char *dtls_reason(const Dtls *dtls) {
  return dtls->reason;
}

bool dtls_is_stranger(const Dtls *dtls) {
  return dtls->stranger;
}
