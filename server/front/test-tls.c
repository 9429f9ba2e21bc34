#include "front/tls.h"

#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "front/certificate.h"

#define NOW_MS INT64_C(1790000000000)

typedef struct {
  char *folder;
  Config *config;
  SSL_CTX *server;
  Tls *tls;
} Place;

/* A fresh pair of files in a folder of its own. */
static void make(const Place *place, const char *name, char **certificate, char **key) {
  g_autofree char *folder = g_build_filename(place->folder, name, NULL);
  GError *error = NULL;
  g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
  certificate_ensure(folder, "", NOW_MS, certificate, key, &error);
  g_assert_no_error(error);
}

static void set(char **setting, const char *value) {
  g_free(*setting);
  *setting = g_strdup(value);
}

static void place_init(Place *place, const char *tls) {
  GError *error = NULL;
  place->folder = g_dir_make_tmp("yishi-tls-XXXXXX", NULL);
  place->config = config_load(NULL, &error);
  g_assert_no_error(error);
  set(&place->config->data_dir, place->folder);
  set(&place->config->tls, tls);
  g_autofree char *certificate = g_build_filename(place->folder, "live.pem", NULL);
  g_autofree char *key = g_build_filename(place->folder, "live.key", NULL);
  set(&place->config->tls_certificate, certificate);
  set(&place->config->tls_key, key);
}

static void place_open(Place *place) {
  GError *error = NULL;
  place->tls = tls_new(place->config, NOW_MS, &error);
  g_assert_no_error(error);
  place->server = SSL_CTX_new(TLS_server_method());
  tls_attach(place->tls, place->server);
}

static void place_clear(Place *place) {
  SSL_CTX_free(place->server);
  tls_free(place->tls);
  config_free(place->config);
  g_autofree char *remove = g_strdup_printf("rm -rf '%s'", place->folder);
  g_assert_cmpint(system(remove), ==, 0);
  g_free(place->folder);
}

typedef struct {
  SSL_CTX *context;
  SSL *client, *server;
} Talk;

static Talk talk_new(const Place *place) {
  Talk talk = {.context = SSL_CTX_new(TLS_client_method())};
  talk.client = SSL_new(talk.context);
  talk.server = SSL_new(place->server);
  BIO *near = NULL, *far = NULL;
  g_assert_cmpint(BIO_new_bio_pair(&near, 0, &far, 0), ==, 1);
  SSL_set_bio(talk.client, near, near);
  SSL_set_bio(talk.server, far, far);
  SSL_set_connect_state(talk.client);
  SSL_set_accept_state(talk.server);
  for (int i = 0;
       i < 10 && !(SSL_is_init_finished(talk.client) && SSL_is_init_finished(talk.server)); i++) {
    SSL_do_handshake(talk.client);
    SSL_do_handshake(talk.server);
  }
  g_assert_true(SSL_is_init_finished(talk.client) && SSL_is_init_finished(talk.server));
  return talk;
}

static void talk_free(Talk *talk) {
  SSL_free(talk->client);
  SSL_free(talk->server);
  SSL_CTX_free(talk->context);
}

/* Whether a new connection is shown the certificate of this file. */
static bool shows(const Place *place, const char *file) {
  Talk talk = talk_new(place);
  X509 *shown = SSL_get1_peer_certificate(talk.client);
  BIO *bytes = BIO_new_file(file, "r");
  X509 *wanted = PEM_read_bio_X509(bytes, NULL, NULL, NULL);
  bool same = X509_cmp(shown, wanted) == 0;
  BIO_free(bytes);
  X509_free(shown);
  X509_free(wanted);
  talk_free(&talk);
  return same;
}

/* As a renewal does: links that point elsewhere. */
static void point(const char *link, const char *to) {
  g_unlink(link);
  g_assert_cmpint(symlink(to, link), ==, 0);
}

static void still_talks(Talk *talk) {
  char byte;
  g_assert_cmpint(SSL_write(talk->client, "x", 1), ==, 1);
  g_assert_cmpint(SSL_read(talk->server, &byte, 1), ==, 1);
}

static void test_files(void) {
  Place place = {0};
  place_init(&place, "file");
  const Config *config = place.config;
  g_autofree char *one = NULL, *one_key = NULL, *two = NULL, *two_key = NULL;
  make(&place, "one", &one, &one_key);
  make(&place, "two", &two, &two_key);
  point(config->tls_certificate, one);
  point(config->tls_key, one_key);
  place_open(&place);
  int64_t now_us = 1;
  tls_tick(place.tls, now_us, NOW_MS);
  Talk before = talk_new(&place);
  g_assert_true(shows(&place, one));
  /* The certificate first, its key a moment later: in between the old pair stays. */
  point(config->tls_certificate, two);
  tls_tick(place.tls, now_us += TLS_LOOK_US, NOW_MS);
  g_assert_true(shows(&place, one));
  point(config->tls_key, two_key);
  tls_tick(place.tls, now_us + TLS_LOOK_US - 1, NOW_MS);
  g_assert_true(shows(&place, one));
  tls_tick(place.tls, now_us += TLS_LOOK_US, NOW_MS);
  g_assert_true(shows(&place, two));
  still_talks(&before);
  /* Rubbish, nothing, and what has run out: the one in use stays. */
  g_unlink(config->tls_certificate);
  g_assert_true(g_file_set_contents(config->tls_certificate, "rubbish", -1, NULL));
  tls_tick(place.tls, now_us += TLS_LOOK_US, NOW_MS);
  g_assert_false(tls_reload(place.tls, NOW_MS));
  g_assert_true(shows(&place, two));
  g_unlink(config->tls_certificate);
  g_assert_false(tls_reload(place.tls, NOW_MS));
  point(config->tls_certificate, one);
  point(config->tls_key, one_key);
  g_assert_false(tls_reload(place.tls, NOW_MS + INT64_C(500) * 24 * 3600 * 1000));
  g_assert_true(shows(&place, two));
  g_assert_true(tls_reload(place.tls, NOW_MS));
  g_assert_true(shows(&place, one));
  still_talks(&before);
  talk_free(&before);
  place_clear(&place);
}

/* Our own is made anew before it runs out, by itself. */
static void test_own(void) {
  Place place = {0};
  place_init(&place, "self-signed");
  place_open(&place);
  g_autofree char *first = g_build_filename(place.folder, "first.pem", NULL);
  g_autofree char *bytes = NULL;
  g_assert_true(g_file_get_contents(tls_certificate_file(place.tls), &bytes, NULL, NULL));
  g_assert_true(g_file_set_contents(first, bytes, -1, NULL));
  int64_t day_ms = INT64_C(24) * 3600 * 1000, two_hours_us = INT64_C(7200) * G_USEC_PER_SEC;
  int64_t now_us = 1;
  tls_tick(place.tls, now_us, NOW_MS);
  tls_tick(place.tls, now_us += two_hours_us, NOW_MS + 300 * day_ms);
  g_assert_true(shows(&place, first));
  tls_tick(place.tls, now_us += two_hours_us, NOW_MS + 380 * day_ms);
  g_assert_false(shows(&place, first));
  g_assert_true(shows(&place, tls_certificate_file(place.tls)));
  place_clear(&place);
}

static void test_bad_start(void) {
  Place place = {0};
  place_init(&place, "file");
  g_autoptr(GError) error = NULL;
  g_assert_null(tls_new(place.config, NOW_MS, &error));
  g_assert_nonnull(strstr(error->message, "live.pem"));
  place_clear(&place);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/tls/files", test_files);
  g_test_add_func("/tls/own", test_own);
  g_test_add_func("/tls/bad-start", test_bad_start);
  return g_test_run();
}
