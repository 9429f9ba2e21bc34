#include "outbox/test-servers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct Fake {
  FakeKind kind;
  int fd;
  unsigned port, connections;
  SSL_CTX *tls;
  GThread *thread;
  pthread_mutex_t lock; /* of what follows, and of connections */
  GArray *answers;
  GPtrArray *heard; /* GBytes */
};

/* One connection. */
typedef struct {
  Fake *fake;
  int fd;
  SSL *tls;
  GString *heard;
} Talk;

static void say(Talk *talk, const char *text) {
  ssize_t size = (ssize_t)strlen(text);
  ssize_t done = talk->tls ? SSL_write(talk->tls, text, (int)size)
                           : send(talk->fd, text, (size_t)size, MSG_NOSIGNAL);
  g_assert(done == size || done <= 0);
}

/* More of what it says; false: it ended. */
static bool hear(Talk *talk) {
  char bytes[4096];
  ssize_t size =
      talk->tls ? SSL_read(talk->tls, bytes, sizeof bytes) : recv(talk->fd, bytes, sizeof bytes, 0);
  if (size > 0)
    g_string_append_len(talk->heard, bytes, size);
  return size > 0;
}

static unsigned next_answer(Fake *fake, unsigned usual) {
  unsigned status = usual;
  pthread_mutex_lock(&fake->lock);
  if (fake->answers->len > 0) {
    status = g_array_index(fake->answers, unsigned, 0);
    g_array_remove_index(fake->answers, 0);
  }
  pthread_mutex_unlock(&fake->lock);
  return status;
}

static void talk_http(Talk *talk) {
  const char *end = NULL;
  while (!(end = g_strstr_len(talk->heard->str, (gssize)talk->heard->len, "\r\n\r\n")))
    if (!hear(talk))
      return;
  size_t head = (size_t)(end + 4 - talk->heard->str);
  const char *length = strstr(talk->heard->str, "Content-Length: ");
  size_t body = length ? (size_t)g_ascii_strtoull(length + 16, NULL, 10) : 0;
  while (talk->heard->len < head + body)
    if (!hear(talk))
      return;
  g_autofree char *answer =
      g_strdup_printf("HTTP/1.1 %u x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                      next_answer(talk->fake, 200));
  say(talk, answer);
}

/* The line that begins there, once it is whole; NULL when it never is. */
static const char *line_at(Talk *talk, size_t at) {
  while (!strstr(talk->heard->str + at, "\r\n"))
    if (!hear(talk))
      return NULL;
  return talk->heard->str + at;
}

static void talk_smtp(Talk *talk) {
  size_t at = 0;
  const char *line;
  say(talk, "220 fake\r\n");
  while ((line = line_at(talk, at))) {
    at = (size_t)(strstr(line, "\r\n") + 2 - talk->heard->str);
    if (g_str_has_prefix(line, "DATA")) {
      say(talk, "354 go on\r\n");
      while (!strstr(talk->heard->str + at, "\r\n.\r\n") && hear(talk))
        ;
      at = talk->heard->len;
      unsigned status = next_answer(talk->fake, 250);
      say(talk, status == 250 ? "250 taken\r\n" : status == 550 ? "550 no\r\n" : "451 later\r\n");
    } else if (g_str_has_prefix(line, "QUIT")) {
      say(talk, "221 bye\r\n");
      return;
    } else {
      say(talk, "250 fine\r\n");
    }
  }
}

static void talk(Fake *fake, int fd) {
  Talk one = {fake, fd, NULL, g_string_new(NULL)};
  bool fine = true;
  pthread_mutex_lock(&fake->lock);
  fake->connections++;
  pthread_mutex_unlock(&fake->lock);
  if (fake->kind == FAKE_HTTPS) {
    one.tls = SSL_new(fake->tls);
    SSL_set_fd(one.tls, fd);
    fine = SSL_accept(one.tls) == 1;
  }
  if (fine)
    (fake->kind == FAKE_SMTP ? talk_smtp : talk_http)(&one);
  pthread_mutex_lock(&fake->lock);
  if (fine)
    g_ptr_array_add(fake->heard, g_string_free_to_bytes(one.heard));
  else
    g_string_free(one.heard, TRUE);
  pthread_mutex_unlock(&fake->lock);
  if (one.tls)
    SSL_shutdown(one.tls);
  SSL_free(one.tls);
  close(fd);
}

static gpointer serve(gpointer data) {
  Fake *fake = data;
  int fd;
  while ((fd = accept(fake->fd, NULL, NULL)) >= 0)
    talk(fake, fd);
  return NULL;
}

/* A certificate for 127.0.0.1 that is its own authority. */
static SSL_CTX *make_tls(const char *ca_path) {
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME *name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"fake", -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  char address[] = "IP:127.0.0.1", basic[] = "critical,CA:TRUE";
  X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, address);
  X509_EXTENSION *authority = X509V3_EXT_conf_nid(NULL, NULL, NID_basic_constraints, basic);
  X509_add_ext(certificate, names, -1);
  X509_add_ext(certificate, authority, -1);
  X509_EXTENSION_free(names);
  X509_EXTENSION_free(authority);
  g_assert_cmpint(X509_sign(certificate, key, EVP_sha256()), >, 0);
  FILE *file = fopen(ca_path, "w");
  g_assert_true(file && PEM_write_X509(file, certificate) == 1);
  fclose(file);
  SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
  g_assert_cmpint(SSL_CTX_use_certificate(tls, certificate), ==, 1);
  g_assert_cmpint(SSL_CTX_use_PrivateKey(tls, key), ==, 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return tls;
}

Fake *fake_new(FakeKind kind, const char *ca_path) {
  Fake *fake = g_new0(Fake, 1);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof at;
  fake->kind = kind;
  fake->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint(bind(fake->fd, (struct sockaddr *)&at, sizeof at), ==, 0);
  g_assert_cmpint(listen(fake->fd, 16), ==, 0);
  g_assert_cmpint(getsockname(fake->fd, (struct sockaddr *)&at, &size), ==, 0);
  fake->port = ntohs(at.sin_port);
  fake->answers = g_array_new(FALSE, FALSE, sizeof(unsigned));
  fake->heard = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
  pthread_mutex_init(&fake->lock, NULL);
  if (kind == FAKE_HTTPS)
    fake->tls = make_tls(ca_path);
  fake->thread = g_thread_new("fake", serve, fake);
  return fake;
}

void fake_free(Fake *fake) {
  if (!fake)
    return;
  shutdown(fake->fd, SHUT_RDWR);
  g_thread_join(fake->thread);
  close(fake->fd);
  SSL_CTX_free(fake->tls);
  g_array_unref(fake->answers);
  g_ptr_array_unref(fake->heard);
  pthread_mutex_destroy(&fake->lock);
  g_free(fake);
}

unsigned fake_port(const Fake *fake) {
  return fake->port;
}

void fake_answer(Fake *fake, unsigned status) {
  pthread_mutex_lock(&fake->lock);
  g_array_append_val(fake->answers, status);
  pthread_mutex_unlock(&fake->lock);
}

unsigned fake_connections(Fake *fake) {
  pthread_mutex_lock(&fake->lock);
  unsigned count = fake->connections;
  pthread_mutex_unlock(&fake->lock);
  return count;
}

GBytes *fake_heard(Fake *fake, unsigned n) {
  pthread_mutex_lock(&fake->lock);
  GBytes *heard = n < fake->heard->len ? g_bytes_ref(fake->heard->pdata[n]) : NULL;
  pthread_mutex_unlock(&fake->lock);
  return heard;
}
