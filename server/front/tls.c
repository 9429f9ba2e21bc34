#include "front/tls.h"

#include <errno.h>
#include <gio/gio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metrics.h"
#include "front/certificate.h"

/* How often a self-signed one is looked after. */
#define RENEW_US (INT64_C(3600) * G_USEC_PER_SEC)

METRIC(until_metric, METRIC_GAUGE, "yishi_certificate_not_after_seconds",
       "When the certificate in use runs out, seconds since 1970");

/* What tells that a file is another one than before; symbolic links are followed. */
typedef struct {
  dev_t device;
  ino_t inode;
  off_t size;
  struct timespec changed;
} FileMark;

typedef struct {
  X509 *certificate;
  EVP_PKEY *key;
  STACK_OF(X509) * chain; /* without the certificate itself */
} Pair;

struct Tls {
  const Config *config;
  bool own; /* self-signed */
  char *certificate, *key;
  Pair pair;         /* in use */
  FileMark marks[2]; /* of the files that were read last, good or not */
  int64_t look_us, renew_us;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(SSL_CTX, SSL_CTX_free)

static void pair_clear(Pair *pair) {
  X509_free(pair->certificate);
  EVP_PKEY_free(pair->key);
  sk_X509_pop_free(pair->chain, X509_free);
  *pair = (Pair){NULL, NULL, NULL};
}

static FileMark mark_of(const char *path) {
  struct stat facts;
  if (stat(path, &facts) != 0)
    return (FileMark){.size = -1};
  return (FileMark){facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim};
}

static bool same_file(const FileMark *a, const FileMark *b) {
  return a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool fail(GError **error, const char *path, const char *what) {
  char reason[256] = "";
  unsigned long code = ERR_peek_last_error();
  if (access(path, R_OK) != 0) { /* not what is in it, but that it cannot be read */
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s cannot be read: %s", path,
                g_strerror(errno));
    ERR_clear_error();
    return false;
  }
  if (code)
    ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s %s%s%s", path, what, *reason ? ": " : "",
              reason);
  return false;
}

/* Reads into a context of its own first: nothing half-read is ever in use. */
static bool read_pair(const Tls *tls, int64_t wall_ms, Pair *pair, GError **error) {
  g_autoptr(SSL_CTX) trial = SSL_CTX_new(TLS_server_method());
  time_t now = (time_t)(wall_ms / 1000);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(trial, tls->certificate) != 1)
    return fail(error, tls->certificate, "is not a certificate");
  if (SSL_CTX_use_PrivateKey_file(trial, tls->key, SSL_FILETYPE_PEM) != 1)
    return fail(error, tls->key, "is not the certificate's key");
  if (SSL_CTX_check_private_key(trial) != 1)
    return fail(error, tls->key, "is not the certificate's key");
  X509 *certificate = SSL_CTX_get0_certificate(trial);
  if (X509_cmp_time(X509_get0_notAfter(certificate), &now) <= 0)
    return fail(error, tls->certificate, "has run out");
  STACK_OF(X509) *chain = NULL;
  if (SSL_CTX_get0_chain_certs(trial, &chain) != 1)
    return fail(error, tls->certificate, "has no readable chain");
  EVP_PKEY *key = SSL_CTX_get0_privatekey(trial);
  X509_up_ref(certificate);
  EVP_PKEY_up_ref(key);
  *pair = (Pair){certificate, key, chain ? X509_chain_up_ref(chain) : NULL};
  return true;
}

static void note_marks(Tls *tls) {
  tls->marks[0] = mark_of(tls->certificate);
  tls->marks[1] = mark_of(tls->key);
}

static bool files_changed(const Tls *tls) {
  FileMark certificate = mark_of(tls->certificate), key = mark_of(tls->key);
  return !same_file(&certificate, &tls->marks[0]) || !same_file(&key, &tls->marks[1]);
}

static void use_pair(Tls *tls, Pair *pair) {
  struct tm until;
  pair_clear(&tls->pair);
  tls->pair = *pair;
  if (ASN1_TIME_to_tm(X509_get0_notAfter(pair->certificate), &until) == 1)
    metric_set(&until_metric, timegm(&until));
}

/* Marks first: a file that changes while it is read is read again. */
static bool take(Tls *tls, int64_t wall_ms, GError **error) {
  Pair pair;
  note_marks(tls);
  if (!read_pair(tls, wall_ms, &pair, error))
    return false;
  use_pair(tls, &pair);
  return true;
}

static bool ensure_own(Tls *tls, int64_t wall_ms, GError **error) {
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;
  if (!certificate_ensure(tls->config->data_dir, tls->config->public_url, wall_ms, &certificate,
                          &key, error))
    return false;
  g_free(tls->certificate);
  g_free(tls->key);
  tls->certificate = g_steal_pointer(&certificate);
  tls->key = g_steal_pointer(&key);
  return true;
}

Tls *tls_new(const Config *config, int64_t wall_ms, GError **error) {
  g_autoptr(Tls) tls = g_new0(Tls, 1);
  tls->config = config;
  tls->own = strcmp(config->tls, "self-signed") == 0;
  tls->certificate = g_strdup(config->tls_certificate);
  tls->key = g_strdup(config->tls_key);
  metric_register(&until_metric);
  if ((tls->own && !ensure_own(tls, wall_ms, error)) || !take(tls, wall_ms, error))
    return NULL;
  return g_steal_pointer(&tls);
}

void tls_free(Tls *tls) {
  if (!tls)
    return;
  pair_clear(&tls->pair);
  g_free(tls->certificate);
  g_free(tls->key);
  g_free(tls);
}

const char *tls_certificate_file(const Tls *tls) {
  return tls->certificate;
}

const char *tls_key_file(const Tls *tls) {
  return tls->key;
}

/* For each handshake: the pair in use, and no other that the context was made with, perhaps of
 * another kind of key. */
static int choose(SSL *ssl, void *data) {
  const Tls *tls = data;
  SSL_certs_clear(ssl);
  return SSL_use_cert_and_key(ssl, tls->pair.certificate, tls->pair.key, tls->pair.chain, 1);
}

void tls_attach(Tls *tls, SSL_CTX *context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_cert_cb(context, choose, tls);
}

bool tls_reload(Tls *tls, int64_t wall_ms) {
  g_autoptr(GError) error = NULL;
  if ((tls->own && !ensure_own(tls, wall_ms, &error)) || !take(tls, wall_ms, &error)) {
    log_error("tls", "certificate_refused", "reason=%s kept=%s", log_q(error->message),
              "the one in use");
    return false;
  }
  log_info("tls", "certificate_taken", "file=%s", log_q(tls->certificate));
  return true;
}

void tls_tick(Tls *tls, int64_t now_us, int64_t wall_ms) {
  if (now_us < tls->look_us)
    return;
  tls->look_us = now_us + TLS_LOOK_US;
  bool due = tls->own && now_us >= tls->renew_us;
  if (due) {
    g_autoptr(GError) error = NULL;
    tls->renew_us = now_us + RENEW_US;
    if (!ensure_own(tls, wall_ms, &error))
      log_error("tls", "certificate_not_made", "reason=%s", log_q(error->message));
  }
  if (files_changed(tls))
    tls_reload(tls, wall_ms);
}
