#include <glib.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "front/certificate.h"

#define NOW_MS G_GINT64_CONSTANT(1795000000000)
#define DAY_MS G_GINT64_CONSTANT(86400000)

static char *contents(const char *path) {
  char *text = NULL;
  g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
  return text;
}

static void ensure(const char *folder, const char *url, int64_t now_ms, char **text) {
  g_autofree char *certificate = NULL, *key = NULL;
  GError *error = NULL;
  certificate_ensure(folder, url, now_ms, &certificate, &key, &error);
  g_assert_no_error(error);
  struct stat facts;
  g_assert_true(stat(key, &facts) == 0 && (facts.st_mode & 0777) == 0600);
  *text = contents(certificate);
}

static void test_life(void) {
  g_autofree char *folder = g_dir_make_tmp("yishi-certificate-XXXXXX", NULL);
  g_autofree char *first = NULL, *again = NULL, *named = NULL, *late = NULL;
  ensure(folder, "", NOW_MS, &first);
  ensure(folder, "", NOW_MS + DAY_MS, &again);
  g_assert_cmpstr(first, ==, again);
  ensure(folder, "https://meet.example.org:8443", NOW_MS, &named);
  g_assert_cmpstr(first, !=, named);
  BIO *pem = BIO_new_mem_buf(named, -1);
  X509 *certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL);
  g_assert_true(X509_check_host(certificate, "localhost", 0, 0, NULL) == 1);
  g_assert_true(X509_check_host(certificate, "meet.example.org", 0, 0, NULL) == 1);
  g_assert_true(X509_check_host(certificate, "evil.example.org", 0, 0, NULL) == 0);
  g_assert_true(X509_check_ip_asc(certificate, "127.0.0.1", 0) == 1);
  g_assert_true(X509_check_ip_asc(certificate, "::1", 0) == 1);
  g_assert_true(X509_check_ca(certificate) == 0);
  X509_free(certificate);
  BIO_free(pem);
  ensure(folder, "https://meet.example.org:8443", NOW_MS + 380 * DAY_MS, &late);
  g_assert_cmpstr(named, !=, late);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", folder);
  g_assert_true(system(remove) == 0);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/certificate/life", test_life);
  return g_test_run();
}
