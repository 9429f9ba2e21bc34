/* Source: RFC 5280; the CA/Browser Forum's limit of 398 days is what browsers accept at most. */
#include "front/certificate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"

#define VALID_DAYS 397
#define RENEW_BEFORE_S (30 * 24 * 3600)

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BIO, BIO_free)

static void add_name(GPtrArray *names, const char *kind, const char *value) {
  char *name = g_strdup_printf("%s:%s", kind, value);
  if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
    g_free(name);
  else
    g_ptr_array_add(names, name);
}

static bool is_host(const char *text) {
  return *text && strlen(text) <= 253 &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
             strlen(text);
}

static void add_interfaces(GPtrArray *names) {
  struct ifaddrs *list = NULL;
  if (getifaddrs(&list) != 0)
    return;
  for (struct ifaddrs *at = list; at; at = at->ifa_next) {
    char text[INET6_ADDRSTRLEN];
    const void *address = NULL;
    if (!at->ifa_addr || !(at->ifa_flags & IFF_UP))
      continue;
    if (at->ifa_addr->sa_family == AF_INET)
      address = &((const struct sockaddr_in *)(const void *)at->ifa_addr)->sin_addr;
    else if (at->ifa_addr->sa_family == AF_INET6)
      address = &((const struct sockaddr_in6 *)(const void *)at->ifa_addr)->sin6_addr;
    /* A link-local address means nothing without its interface. */
    if (!address || (at->ifa_addr->sa_family == AF_INET6 &&
                     IN6_IS_ADDR_LINKLOCAL((const struct in6_addr *)address)))
      continue;
    if (inet_ntop(at->ifa_addr->sa_family, address, text, sizeof text))
      add_name(names, "IP", text);
  }
  freeifaddrs(list);
}

/* "DNS:localhost", "IP:127.0.0.1" …: every name by which this machine may be called. */
static GPtrArray *wanted_names(const char *public_url) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  add_name(names, "DNS", "localhost");
  add_name(names, "IP", "127.0.0.1");
  add_name(names, "IP", "::1");
  char address[ADDRESS_CHARS];
  if (is_host(g_get_host_name()) && !address_normalise(g_get_host_name(), address))
    add_name(names, "DNS", g_get_host_name());
  g_autoptr(GUri) uri = *public_url ? g_uri_parse(public_url, G_URI_FLAGS_NONE, NULL) : NULL;
  const char *host = uri ? g_uri_get_host(uri) : NULL;
  if (host && address_normalise(host, address))
    add_name(names, "IP", address);
  else if (host && is_host(host))
    add_name(names, "DNS", host);
  add_interfaces(names);
  return names;
}

static bool fail(GError **error, const char *what) {
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "making the certificate: %s", what);
  return false;
}

static bool add_extension(X509 *certificate, int nid, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
  bool good = extension && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return good;
}

static bool set_serial(X509 *certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1)
    return false;
  bytes[0] = (bytes[0] & 0x7f) | 0x40; /* positive and of full length */
  BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
  bool good = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return good;
}

static X509 *make(EVP_PKEY *key, const GPtrArray *names, int64_t now_ms) {
  g_autoptr(X509) certificate = X509_new();
  g_autoptr(GString) alternatives = g_string_new(NULL);
  for (unsigned i = 0; i < names->len; i++)
    g_string_append_printf(alternatives, "%s%s", i ? "," : "",
                           (const char *)g_ptr_array_index(names, i));
  time_t now = (time_t)(now_ms / 1000), before = now - 3600;
  X509_NAME *subject = X509_get_subject_name(certificate);
  bool good = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate) &&
              ASN1_TIME_set(X509_getm_notBefore(certificate), before) &&
              ASN1_TIME_adj(X509_getm_notAfter(certificate), now, VALID_DAYS, 0) &&
              X509_set_pubkey(certificate, key) == 1 &&
              X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                         (const unsigned char *)"Yishi", -1, -1, 0) == 1 &&
              X509_set_issuer_name(certificate, subject) == 1 &&
              add_extension(certificate, NID_subject_alt_name, alternatives->str) &&
              add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
              add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
              add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
              X509_sign(certificate, key, EVP_sha256()) > 0;
  return good ? g_steal_pointer(&certificate) : NULL;
}

/* Written beside and renamed, with its mode from the start. */
static bool write_pem(const char *path, BIO *pem, mode_t mode, GError **error) {
  char *bytes;
  long length = BIO_get_mem_data(pem, &bytes);
  return g_file_set_contents_full(path, bytes, length,
                                  G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                  (int)mode, error);
}

static bool create(const char *certificate_path, const char *key_path, const GPtrArray *names,
                   int64_t now_ms, GError **error) {
  g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
  g_autoptr(X509) certificate = key ? make(key, names, now_ms) : NULL;
  if (!certificate)
    return fail(error, "OpenSSL refused");
  g_autoptr(BIO) key_pem = BIO_new(BIO_s_mem());
  g_autoptr(BIO) certificate_pem = BIO_new(BIO_s_mem());
  if (PEM_write_bio_PKCS8PrivateKey(key_pem, key, NULL, NULL, 0, NULL, NULL) != 1 ||
      PEM_write_bio_X509(certificate_pem, certificate) != 1)
    return fail(error, "OpenSSL refused to write it");
  return write_pem(key_path, key_pem, 0600, error) &&
         write_pem(certificate_path, certificate_pem, 0644, error);
}

static bool covers(X509 *certificate, const char *name) {
  if (g_str_has_prefix(name, "IP:"))
    return X509_check_ip_asc(certificate, name + 3, 0) == 1;
  return X509_check_host(certificate, name + 4, 0, 0, NULL) == 1;
}

static bool still_good(const char *certificate_path, const char *key_path, const GPtrArray *names,
                       int64_t now_ms) {
  g_autoptr(BIO) file = BIO_new_file(certificate_path, "r");
  g_autoptr(X509) certificate = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
  g_autoptr(BIO) key_file = BIO_new_file(key_path, "r");
  g_autoptr(EVP_PKEY) key = key_file ? PEM_read_bio_PrivateKey(key_file, NULL, NULL, NULL) : NULL;
  if (!certificate || !key || X509_check_private_key(certificate, key) != 1)
    return false;
  time_t later = (time_t)(now_ms / 1000) + RENEW_BEFORE_S;
  if (X509_cmp_time(X509_get0_notAfter(certificate), &later) <= 0)
    return false;
  for (unsigned i = 0; i < names->len; i++)
    if (!covers(certificate, g_ptr_array_index(names, i)))
      return false;
  return true;
}

bool certificate_ensure(const char *data_dir, const char *public_url, int64_t now_ms,
                        char **certificate, char **key, GError **error) {
  g_autofree char *certificate_path = g_build_filename(data_dir, "self-signed.pem", NULL);
  g_autofree char *key_path = g_build_filename(data_dir, "self-signed.key", NULL);
  g_autoptr(GPtrArray) names = wanted_names(public_url);
  if (!still_good(certificate_path, key_path, names, now_ms) &&
      !create(certificate_path, key_path, names, now_ms, error))
    return false;
  *certificate = g_steal_pointer(&certificate_path);
  *key = g_steal_pointer(&key_path);
  return true;
}
