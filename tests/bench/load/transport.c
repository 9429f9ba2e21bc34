#include "transport.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/id.h"
#include "wire/rtp.h"

#define CHECK_FAST_US 50000   /* until connected */
#define CHECK_SLOW_US 2500000 /* as Chromium, to keep consent */
#define GIVE_UP_US 15000000
#define CANDIDATE_PRIORITY 2130706431u /* RFC 8445 §5.1.2.1: host, component 1 */

struct Transport {
  Loop *loop;
  LoopWatch watch;
  const TransportEvents *events;
  void *user;
  int fd; /* -1: the network is gone */
  struct sockaddr_in server;
  Link *up, *down; /* NULL: the network as it is */
  char ufrag[9], pwd[33];
  char username[520], remote_pwd[257], fingerprint[96];
  StunAgent agent;
  uint64_t tie;
  StunTransactionId pending;
  bool has_pending, checked, connected, failed, started;
  int64_t started_us, next_check_us, connected_us;
  SSL *ssl;
  BIO *in;
  Srtp *send, *receive;
};

static void on_ready(void *data, uint32_t events, int64_t now_us);
static void receive_datagram(Transport *transport, uint8_t *data, size_t len, int64_t now_us);

static void open_socket(Transport *transport) {
  int bytes = 1 << 20, on = 1;
  transport->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert(transport->fd >= 0);
  /* As much as the kernel may give: some 200 packets of the default are soon full while the client
   * reads hundreds of others. */
  if (setsockopt(transport->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
    setsockopt(transport->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(transport->fd, SOL_UDP, UDP_GRO, &on, sizeof on);
  setsockopt(transport->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  transport->watch = (LoopWatch){on_ready, transport};
  loop_watch(transport->loop, transport->fd, EPOLLIN, &transport->watch);
}

static void close_socket(Transport *transport) {
  if (transport->fd < 0)
    return;
  loop_unwatch(transport->loop, transport->fd, &transport->watch);
  close(transport->fd);
  transport->fd = -1;
}

static bool connect_socket(Transport *transport) {
  return connect(transport->fd, (struct sockaddr *)&transport->server, sizeof transport->server) ==
         0;
}

static void send_up(void *user, uint8_t *data, size_t len, int64_t now_us) {
  const Transport *transport = user;
  if (transport->fd >= 0 && send(transport->fd, data, len, 0) < 0)
    return; /* lost on the way: whoever cares repeats it */
}

static void receive_down(void *user, uint8_t *data, size_t len, int64_t now_us) {
  receive_datagram(user, data, len, now_us);
}

Link *transport_link(Transport *transport, bool up, uint64_t seed) {
  Link **link = up ? &transport->up : &transport->down;
  if (!*link)
    *link = link_new(seed, up ? send_up : receive_down, transport);
  return *link;
}

/* False when the socket is full or gone. */
static bool transmit(const Transport *transport, const void *data, size_t len) {
  if (transport->up) {
    link_push(transport->up, data, len, loop_now(transport->loop));
    return true;
  }
  return transport->fd >= 0 && send(transport->fd, data, len, 0) == (ssize_t)len;
}

/* A BIO that writes one datagram per write, so that DTLS records keep their bounds. */
static int bio_write(BIO *bio, const char *data, int len) {
  transmit(BIO_get_data(bio), data, (size_t)len); /* when it is lost, DTLS repeats */
  return len;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer) {
  if (command == BIO_CTRL_FLUSH)
    return 1;
  return command == BIO_CTRL_DGRAM_QUERY_MTU || command == BIO_CTRL_DGRAM_GET_MTU ? 1200 : 0;
}

static BIO_METHOD *datagram_bio(void) {
  static BIO_METHOD *method;
  if (!method) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "load-datagram");
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_ctrl(method, bio_ctrl);
  }
  return method;
}

/* The chain means nothing with self-signed certificates: the fingerprint is checked after the
 * handshake. */
static int accept_any(int preverified, X509_STORE_CTX *context) {
  return 1;
}

static void format_fingerprint(X509 *certificate, char out[96]) {
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned len = 0;
  X509_digest(certificate, EVP_sha256(), digest, &len);
  for (unsigned i = 0; i < len; i++)
    g_snprintf(out + 3 * i, 4, "%02X%s", digest[i], i + 1 < len ? ":" : "");
}

SSL_CTX *transport_context(char fingerprint[96]) {
  SSL_CTX *context = SSL_CTX_new(DTLS_client_method());
  EVP_PKEY *key = EVP_EC_gen("P-256");
  X509 *certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400 * 30);
  X509_set_pubkey(certificate, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                             (const uint8_t *)"load", -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, accept_any);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  /* Returns 0 on success, against OpenSSL's habit. */
  g_assert(SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM") == 0);
  format_fingerprint(certificate, fingerprint);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_MAPPED_ADDRESS,  STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
    STUN_ATTRIBUTE_USERNAME,        STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_ERROR_CODE,      STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES,
    STUN_ATTRIBUTE_PRIORITY,        STUN_ATTRIBUTE_USE_CANDIDATE,
    STUN_ATTRIBUTE_FINGERPRINT,     STUN_ATTRIBUTE_ICE_CONTROLLED,
    STUN_ATTRIBUTE_ICE_CONTROLLING, 0};

static void new_credentials(Transport *transport) {
  id_random(transport->ufrag, 8);
  id_random(transport->pwd, 32);
}

Transport *transport_new(Loop *loop, SSL_CTX *context, const TransportEvents *events, void *user) {
  Transport *transport = g_new0(Transport, 1);
  transport->events = events;
  transport->user = user;
  transport->loop = loop;
  open_socket(transport);
  new_credentials(transport);
  RAND_bytes((uint8_t *)&transport->tie, sizeof transport->tie);
  stun_agent_init(&transport->agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  transport->ssl = SSL_new(context);
  transport->in = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(transport->in, -1);
  BIO *out = BIO_new(datagram_bio());
  BIO_set_data(out, transport);
  BIO_set_init(out, 1);
  SSL_set_bio(transport->ssl, transport->in, out);
  DTLS_set_link_mtu(transport->ssl, 1200);
  SSL_set_connect_state(transport->ssl);
  return transport;
}

void transport_free(Transport *transport) {
  if (!transport)
    return;
  if (transport->connected)
    SSL_shutdown(transport->ssl);
  SSL_free(transport->ssl);
  srtp_free(transport->send);
  srtp_free(transport->receive);
  close_socket(transport);
  link_free(transport->up);
  link_free(transport->down);
  g_free(transport);
}

void transport_bind(Transport *transport, const char *address) {
  struct sockaddr_in own = {.sin_family = AF_INET};
  g_assert(inet_pton(AF_INET, address, &own.sin_addr) == 1);
  g_assert(bind(transport->fd, (struct sockaddr *)&own, sizeof own) == 0);
}

unsigned transport_port(const Transport *transport) {
  struct sockaddr_in own = {.sin_family = AF_INET};
  socklen_t len = sizeof own;
  if (getsockname(transport->fd, (struct sockaddr *)&own, &len) != 0 || own.sin_port != 0)
    return ntohs(own.sin_port);
  if (bind(transport->fd, (struct sockaddr *)&own, sizeof own) != 0 ||
      getsockname(transport->fd, (struct sockaddr *)&own, &len) != 0)
    return 0;
  return ntohs(own.sin_port);
}

const char *transport_ufrag(const Transport *transport) {
  return transport->ufrag;
}

const char *transport_pwd(const Transport *transport) {
  return transport->pwd;
}

static void fail_with(Transport *transport, const char *why) {
  if (transport->failed)
    return;
  transport->failed = true;
  transport->events->failed(transport->user, why);
}

void transport_start(Transport *transport, const struct sockaddr_in *server, const char *ufrag,
                     const char *pwd, const char *fingerprint, int64_t now_us) {
  g_snprintf(transport->username, sizeof transport->username, "%s:%s", ufrag, transport->ufrag);
  g_strlcpy(transport->remote_pwd, pwd, sizeof transport->remote_pwd);
  g_strlcpy(transport->fingerprint, fingerprint, sizeof transport->fingerprint);
  transport->server = *server;
  if (!connect_socket(transport)) {
    fail_with(transport, "cannot connect the UDP socket");
    return;
  }
  transport->started = true;
  transport->started_us = transport->next_check_us = now_us;
  transport_tick(transport, now_us);
}

void transport_restart(Transport *transport) {
  transport->started = false; /* no check until the answer's credentials are known */
  new_credentials(transport);
  if (transport->fd < 0) {
    open_socket(transport);
    connect_socket(transport);
  }
}

void transport_restarted(Transport *transport, const char *ufrag, const char *pwd, int64_t now_us) {
  g_snprintf(transport->username, sizeof transport->username, "%s:%s", ufrag, transport->ufrag);
  g_strlcpy(transport->remote_pwd, pwd, sizeof transport->remote_pwd);
  transport->started = true;
  transport->checked = false;
  transport->next_check_us = now_us;
  transport_tick(transport, now_us);
}

void transport_rebind(Transport *transport) {
  close_socket(transport);
  open_socket(transport);
  connect_socket(transport);
}

void transport_cut(Transport *transport) {
  close_socket(transport);
}

static void send_check(Transport *transport) {
  uint8_t buffer[1280];
  StunMessage message;
  if (transport->has_pending)
    stun_agent_forget_transaction(&transport->agent, transport->pending);
  size_t len = stun_usage_ice_conncheck_create(
      &transport->agent, &message, buffer, sizeof buffer, (const uint8_t *)transport->username,
      strlen(transport->username), (const uint8_t *)transport->remote_pwd,
      strlen(transport->remote_pwd), true, true, CANDIDATE_PRIORITY, transport->tie, NULL,
      STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  if (len == 0)
    return;
  stun_message_id(&message, transport->pending);
  transport->has_pending = true;
  transmit(transport, buffer, len); /* when it is lost, the next check repeats it */
}

static void finish_handshake(Transport *transport, int64_t now_us) {
  char fingerprint[96] = "";
  X509 *certificate = SSL_get1_peer_certificate(transport->ssl);
  if (certificate)
    format_fingerprint(certificate, fingerprint);
  X509_free(certificate);
  if (g_ascii_strcasecmp(fingerprint, transport->fingerprint) != 0) {
    fail_with(transport, "the server's certificate is not the one of its answer");
    return;
  }
  uint8_t keys[2 * (16 + 12)]; /* RFC 5764 §4.2: client key, server key, client salt, server salt */
  if (SSL_export_keying_material(transport->ssl, keys, sizeof keys, "EXTRACTOR-dtls_srtp", 19, NULL,
                                 0, 0) != 1) {
    fail_with(transport, "no SRTP keys");
    return;
  }
  transport->send = srtp_new(SRTP_PROFILE_GCM_128, keys, keys + 32);
  transport->receive = srtp_new(SRTP_PROFILE_GCM_128, keys + 16, keys + 44);
  transport->connected = true;
  transport->connected_us = now_us;
  transport->next_check_us = now_us + CHECK_SLOW_US;
  transport->events->connected(transport->user, now_us);
}

static void drive_handshake(Transport *transport, int64_t now_us) {
  if (transport->connected || transport->failed)
    return;
  ERR_clear_error();
  int result = SSL_do_handshake(transport->ssl);
  if (result == 1)
    finish_handshake(transport, now_us);
  else if (SSL_get_error(transport->ssl, result) != SSL_ERROR_WANT_READ)
    fail_with(transport, "the DTLS handshake failed");
}

/* A full agent checks us too: Janus does, even as ICE-lite. */
static void answer_check(Transport *transport, const uint8_t *data, size_t len) {
  uint8_t buffer[1280];
  StunAgent agent;
  StunMessage request, reply;
  char username[520];
  g_snprintf(username, sizeof username, "%s:%.*s", transport->ufrag,
             (int)strcspn(transport->username, ":"), transport->username);
  StunDefaultValidaterData accounts[] = {
      {(uint8_t *)username, strlen(username), (uint8_t *)transport->pwd, strlen(transport->pwd)},
      {0}};
  stun_agent_init(&agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
  if (stun_agent_validate(&agent, &request, data, len, stun_agent_default_validater, accounts) !=
      STUN_VALIDATION_SUCCESS)
    return;
  struct sockaddr_storage source = {0};
  memcpy(&source, &transport->server, sizeof transport->server);
  size_t size = sizeof buffer;
  bool control = true;
  if (stun_usage_ice_conncheck_create_reply(
          &agent, &request, &reply, buffer, &size, &source, sizeof transport->server, &control,
          transport->tie, STUN_USAGE_ICE_COMPATIBILITY_RFC5245) == STUN_USAGE_ICE_RETURN_SUCCESS)
    transmit(transport, buffer, size);
}

static void receive_stun(Transport *transport, uint8_t *data, size_t len, int64_t now_us) {
  if (data[0] == 0 && len > 1 && data[1] == 1) { /* a binding request (RFC 8489 §5) */
    answer_check(transport, data, len);
    return;
  }
  StunMessage message;
  StunDefaultValidaterData accounts[] = {
      {(uint8_t *)transport->username, strlen(transport->username),
       (uint8_t *)transport->remote_pwd, strlen(transport->remote_pwd)},
      {0}};
  if (stun_agent_validate(&transport->agent, &message, data, len, stun_agent_default_validater,
                          accounts) != STUN_VALIDATION_SUCCESS)
    return;
  struct sockaddr_storage address;
  socklen_t address_len = sizeof address;
  transport->has_pending = false;
  if (stun_usage_ice_conncheck_process(&message, &address, &address_len,
                                       STUN_USAGE_ICE_COMPATIBILITY_RFC5245) !=
      STUN_USAGE_ICE_RETURN_SUCCESS)
    return;
  if (!transport->checked) {
    transport->checked = true;
    drive_handshake(transport, now_us);
  }
}

static void receive_datagram(Transport *transport, uint8_t *data, size_t len, int64_t now_us) {
  if (data[0] < 4) {
    receive_stun(transport, data, len, now_us);
  } else if (data[0] >= 20 && data[0] < 64) {
    BIO_write(transport->in, data, (int)len);
    if (!transport->connected) {
      drive_handshake(transport, now_us);
    } else {
      uint8_t nothing[16];
      SSL_read(transport->ssl, nothing, sizeof nothing); /* alerts and repeated flights */
    }
  } else if (data[0] >= 128 && transport->receive) {
    if (rtp_is_rtcp(data, len)) {
      if (srtp_unprotect_rtcp(transport->receive, data, &len) == SRTP_OK)
        transport->events->rtcp(transport->user, data, len, now_us);
    } else if (srtp_unprotect(transport->receive, data, &len) == SRTP_OK) {
      transport->events->rtp(transport->user, data, len, now_us);
    }
  }
}

/* Of one message: the size of its segments (0: it is one datagram) and when it came. */
static void read_control(struct msghdr *head, size_t *segment, int64_t *arrival_ns) {
  for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
    if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
      int bytes;
      memcpy(&bytes, CMSG_DATA(c), sizeof bytes);
      *segment = (size_t)bytes;
    } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec at;
      memcpy(&at, CMSG_DATA(c), sizeof at);
      *arrival_ns = (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
    }
  }
}

static int64_t wall_minus_mono_ns(void) {
  struct timespec wall, mono;
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_MONOTONIC, &mono);
  return (int64_t)(wall.tv_sec - mono.tv_sec) * 1000000000 + (wall.tv_nsec - mono.tv_nsec);
}

/* A burst's segments lie one behind the other: each is worked on in a place of its own, because the
 * STUN library may read past its end and decryption writes in place. */
static void receive_message(Transport *transport, const uint8_t *data, size_t len, size_t segment,
                            int64_t now_us) {
  static uint8_t place[2048];
  segment = segment ? segment : len;
  for (size_t at = 0; at < len; at += segment) {
    size_t part = MIN(segment, len - at);
    if (part > sizeof place - 32)
      return;
    if (transport->down) {
      link_push(transport->down, data + at, part, now_us);
      continue;
    }
    memcpy(place, data + at, part);
    memset(place + part, 0, 32);
    receive_datagram(transport, place, part, now_us);
  }
}

static void on_ready(void *data, uint32_t events, int64_t now_us) {
  enum { BATCH = 8, BYTES = 65536 };
  static uint8_t room[BATCH][BYTES];
  static union {
    char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct timespec))];
    struct cmsghdr head;
  } control[BATCH];
  Transport *transport = data;
  struct mmsghdr messages[BATCH];
  struct iovec parts[BATCH];
  for (unsigned i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){room[i], BYTES};
    messages[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &parts[i],
                                               .msg_iovlen = 1,
                                               .msg_control = &control[i],
                                               .msg_controllen = sizeof control[i]}};
  }
  int count = recvmmsg(transport->fd, messages, BATCH, MSG_DONTWAIT, NULL);
  int64_t offset_ns = count > 0 ? wall_minus_mono_ns() : 0;
  for (int i = 0; i < count; i++) {
    size_t segment = 0;
    int64_t arrival_ns = 0;
    read_control(&messages[i].msg_hdr, &segment, &arrival_ns);
    int64_t arrival_us = arrival_ns ? (arrival_ns - offset_ns) / 1000 : now_us;
    receive_message(transport, room[i], messages[i].msg_len, segment, arrival_us);
  }
}

void transport_run_links(Transport *transport, int64_t now_us) {
  if (transport->up)
    link_run(transport->up, now_us);
  if (transport->down)
    link_run(transport->down, now_us);
}

int64_t transport_worst_queue_us(Transport *transport) {
  return transport->down ? link_worst_queue_us(transport->down) : 0;
}

int64_t transport_connected_us(const Transport *transport) {
  return transport->connected_us;
}

void transport_tick(Transport *transport, int64_t now_us) {
  if (!transport->started || transport->failed)
    return;
  if (now_us >= transport->next_check_us) {
    send_check(transport);
    transport->next_check_us = now_us + (transport->checked ? CHECK_SLOW_US : CHECK_FAST_US);
  }
  if (!transport->connected) {
    if (transport->checked && DTLSv1_handle_timeout(transport->ssl) < 0)
      fail_with(transport, "the DTLS handshake timed out");
    else if (now_us - transport->started_us > GIVE_UP_US)
      fail_with(transport,
                transport->checked ? "no DTLS within 15 s" : "no ICE answer within 15 s");
  }
}

bool transport_send_rtp(Transport *transport, uint8_t *data, size_t len, size_t size) {
  return transport->send && srtp_protect(transport->send, data, &len, size) == SRTP_OK &&
         transmit(transport, data, len);
}

bool transport_send_rtcp(Transport *transport, uint8_t *data, size_t len, size_t size) {
  return transport->send && srtp_protect_rtcp(transport->send, data, &len, size) == SRTP_OK &&
         transmit(transport, data, len);
}
