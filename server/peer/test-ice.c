#include "peer/ice.h"

#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <stun/stunagent.h>
#include <stun/usages/ice.h>

#include "peer/port.h"

#define OURS "serverfr"
#define PWD "server-password-of-32-characters"

typedef struct {
  Ice *ice;
  char owner; /* its address is the peer */
} Server;

static bool lookup(void *user, const char ufrag[ICE_UFRAG_CHARS], const char **pwd, void **owner,
                   bool *current) {
  Server *server = user;
  if (memcmp(ufrag, OURS, ICE_UFRAG_CHARS) != 0)
    return false;
  *pwd = PWD;
  *owner = &server->owner;
  *current = true;
  return true;
}

static Path client_path(void) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(40000)};
  inet_pton(AF_INET, "192.0.2.9", &in.sin_addr);
  struct sockaddr_storage address = {0};
  memcpy(&address, &in, sizeof in);
  Path path;
  g_assert_true(path_from_sockaddr(&path, &address, 0));
  return path;
}

/* A browser's check, as libnice makes it; the datagram is zero-padded like the port's. */
typedef struct {
  const char *username, *pwd;
  bool nominate, controlled, no_fingerprint;
  uint16_t extra; /* type of a further attribute, 0 for none */
} Check;

typedef struct {
  StunAgent agent;
  uint8_t data[2048];
  size_t len;
} Client;

static void client_build(Client *client, const Check *check) {
  static const uint16_t known[] = {
      STUN_ATTRIBUTE_USERNAME,           STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
      STUN_ATTRIBUTE_PRIORITY,           STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
      STUN_ATTRIBUTE_MAPPED_ADDRESS,     STUN_ATTRIBUTE_ERROR_CODE,
      STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, 0};
  memset(client, 0, sizeof *client);
  stun_agent_init(&client->agent, known, STUN_COMPATIBILITY_RFC5389,
                  STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS |
                      (check->no_fingerprint ? 0 : STUN_AGENT_USAGE_USE_FINGERPRINT));
  StunMessage message;
  const char *pwd = check->pwd ? check->pwd : PWD;
  const char *username = check->username ? check->username : OURS ":them";
  if (!check->extra) {
    client->len = stun_usage_ice_conncheck_create(
        &client->agent, &message, client->data, 1280, (const uint8_t *)username, strlen(username),
        (const uint8_t *)pwd, strlen(pwd), check->nominate, !check->controlled, 1853824767, 77,
        NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
  } else {
    stun_agent_init_request(&client->agent, &message, client->data, 1280, STUN_BINDING);
    stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username);
    stun_message_append64(&message, STUN_ATTRIBUTE_ICE_CONTROLLING, 77);
    stun_message_append32(&message, check->extra, 1);
    client->len =
        stun_agent_finish_message(&client->agent, &message, (const uint8_t *)pwd, strlen(pwd));
  }
  g_assert_cmpuint(client->len, >, 0);
}

static IceVerdict ask(Server *server, const Client *client, IceCheck *check) {
  Path from = client_path();
  return ice_receive(server->ice, client->data, client->len, &from, check);
}

static IceVerdict verdict_of(const Check *how) {
  Server server = {.ice = ice_new(lookup, &server)};
  Client client;
  IceCheck check;
  client_build(&client, how);
  IceVerdict verdict = ask(&server, &client, &check);
  if (verdict != ICE_VALID && verdict != ICE_ERROR_REPLY)
    g_assert_cmpuint(check.reply_len, ==, 0);
  ice_free(server.ice);
  return verdict;
}

static void test_valid(void) {
  Server server = {.ice = ice_new(lookup, &server)};
  for (int nominate = 0; nominate < 2; nominate++) {
    Client client;
    IceCheck check;
    client_build(&client, &(Check){.nominate = nominate});
    g_assert_cmpint(ask(&server, &client, &check), ==, ICE_VALID);
    g_assert_true(check.owner == &server.owner);
    g_assert_true(check.nominated == (nominate == 1));
    g_assert_true(check.current);
    g_assert_true(check.transaction == client.data + 8);

    StunMessage reply;
    g_assert_cmpint(
        stun_agent_validate(&client.agent, &reply, check.reply, check.reply_len, NULL, NULL), ==,
        STUN_VALIDATION_SUCCESS);
    struct sockaddr_storage mapped;
    socklen_t mapped_len = sizeof mapped;
    g_assert_cmpint(stun_usage_ice_conncheck_process(&reply, &mapped, &mapped_len,
                                                     STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
                    ==, STUN_USAGE_ICE_RETURN_SUCCESS);
    Path seen, from = client_path();
    g_assert_true(path_from_sockaddr(&seen, &mapped, 0));
    g_assert_true(path_equal(&seen, &from));
  }
  ice_free(server.ice);
}

static void test_strangers(void) {
  g_assert_cmpint(verdict_of(&(Check){.pwd = "another-password-of-32-character"}), ==, ICE_FORGED);
  g_assert_cmpint(verdict_of(&(Check){.username = "someones:them"}), ==, ICE_STRANGER);
  g_assert_cmpint(verdict_of(&(Check){.username = "x"}), ==, ICE_STRANGER);
  g_assert_cmpint(verdict_of(&(Check){.username = OURS "x:them"}), ==, ICE_STRANGER);
}

static void test_dropped(void) {
  g_assert_cmpint(verdict_of(&(Check){.no_fingerprint = true}), ==, ICE_DROP);
  g_autofree char *longest = g_strdup_printf(OURS ":%0503d", 7);
  g_assert_cmpuint(strlen(longest), ==, ICE_USERNAME_MAX);
  g_assert_cmpint(verdict_of(&(Check){.username = longest}), ==, ICE_VALID);
  g_autofree char *longer = g_strdup_printf(OURS ":%0504d", 7);
  g_assert_cmpint(verdict_of(&(Check){.username = longer}), ==, ICE_DROP);

  Server server = {.ice = ice_new(lookup, &server)};
  IceCheck check;
  Client client;
  client_build(&client, &(Check){0});
  client.len += 4; /* trailing zeroes */
  g_assert_cmpint(ask(&server, &client, &check), ==, ICE_DROP);
  for (size_t len = 0; len < client.len - 4; len++) {
    Client cut = client;
    cut.len = len;
    g_assert_cmpint(ask(&server, &cut, &check), ==, ICE_DROP);
  }
  client_build(&client, &(Check){0});
  client.data[1] |= 0x10; /* an indication */
  g_assert_cmpint(ask(&server, &client, &check), !=, ICE_VALID);
  ice_free(server.ice);
}

static int error_code(const Client *client, const IceCheck *check) {
  Client copy = *client;
  StunMessage reply;
  int code = 0;
  stun_agent_validate(&copy.agent, &reply, check->reply, check->reply_len, NULL, NULL);
  g_assert_cmpint(stun_message_find_error(&reply, &code), ==, STUN_MESSAGE_RETURN_SUCCESS);
  return code;
}

static void test_refused(void) {
  Server server = {.ice = ice_new(lookup, &server)};
  Client client;
  IceCheck check;
  client_build(&client, &(Check){.controlled = true});
  g_assert_cmpint(ask(&server, &client, &check), ==, ICE_ERROR_REPLY);
  g_assert_cmpint(error_code(&client, &check), ==, 487);
  client_build(&client, &(Check){.extra = 0x7F01});
  g_assert_cmpint(ask(&server, &client, &check), ==, ICE_ERROR_REPLY);
  g_assert_cmpint(error_code(&client, &check), ==, 420);
  client_build(&client, &(Check){.extra = 0xC057}); /* Chromium's network cost */
  g_assert_cmpint(ask(&server, &client, &check), ==, ICE_VALID);
  ice_free(server.ice);
}

/* A MESSAGE-INTEGRITY shorter than 20 bytes at the very end: the library would read past it. */
static void test_short_integrity(void) {
  Server server = {.ice = ice_new(lookup, &server)};
  uint8_t message[20 + 4 + 16 + 4 + 4 + 8] = {0x00, 0x01, 0, 36, 0x21, 0x12, 0xA4, 0x42};
  uint8_t *at = message + 20;
  memcpy(at, (uint8_t[]){0, 6, 0, 13}, 4);
  memcpy(at + 4, OURS ":them", 13);
  memcpy(at + 20, (uint8_t[]){0, 8, 0, 4}, 4);
  memcpy(at + 28, (uint8_t[]){0x80, 0x28, 0, 4}, 4);
  g_autofree uint8_t *exact = g_memdup2(message, sizeof message);
  Path from = client_path();
  IceCheck check;
  g_assert_cmpint(ice_receive(server.ice, exact, sizeof message, &from, &check), ==, ICE_DROP);
  ice_free(server.ice);
}

static void test_mutations(void) {
  Server server = {.ice = ice_new(lookup, &server)};
  GRand *rand = g_rand_new_with_seed(3);
  Client good;
  client_build(&good, &(Check){.nominate = true});
  for (int i = 0; i < 20000; i++) {
    /* Exactly as much memory as the port gives, so that a sanitizer sees an overrun. */
    g_autofree uint8_t *data = g_malloc0(good.len + PORT_PADDING);
    memcpy(data, good.data, good.len);
    for (int flips = g_rand_int_range(rand, 1, 5); flips > 0; flips--)
      data[g_rand_int_range(rand, 0, (int)good.len)] = (uint8_t)g_rand_int(rand);
    if (memcmp(data, good.data, good.len) == 0)
      continue;
    Path from = client_path();
    IceCheck check;
    IceVerdict verdict = ice_receive(server.ice, data, good.len, &from, &check);
    g_assert_cmpint(verdict, !=, ICE_VALID);
  }
  g_rand_free(rand);
  ice_free(server.ice);
}

static bool find_theirs(StunAgent *agent, StunMessage *message, uint8_t *username,
                        uint16_t username_len, uint8_t **password, size_t *password_len,
                        void *user) {
  g_assert_cmpmem(username, username_len, "them:" OURS, strlen("them:" OURS));
  *password = user;
  *password_len = strlen(user);
  return true;
}

/* A client answers what it is asked; nobody else can. */
static void test_ask(void) {
  static char theirs[] = "their-password-of-many-characters";
  static const uint8_t transaction[ICE_TRANSACTION_BYTES] = {0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8};
  uint8_t ask[ICE_ASK_MAX + PORT_PADDING] = {0}, reply[1280 + PORT_PADDING] = {0};
  size_t len = ice_ask(ask, transaction, "them", OURS, theirs), reply_len = 1280;
  Client client;
  client_build(&client, &(Check){0});
  StunMessage request, answer;
  g_assert_cmpint(stun_agent_validate(&client.agent, &request, ask, len, find_theirs, theirs), ==,
                  STUN_VALIDATION_SUCCESS);
  g_assert_cmpint(stun_message_get_class(&request), ==, STUN_REQUEST);
  struct sockaddr_storage from;
  Path path = client_path();
  bool control = true;
  g_assert_cmpint(stun_usage_ice_conncheck_create_reply(&client.agent, &request, &answer, reply,
                                                        &reply_len, &from,
                                                        path_to_sockaddr(&path, &from), &control,
                                                        99, STUN_USAGE_ICE_COMPATIBILITY_RFC5245),
                  ==, STUN_USAGE_ICE_RETURN_SUCCESS);
  g_assert_true(ice_is_answer(reply, reply_len));
  g_assert_false(ice_is_answer(ask, len));
  g_assert_cmpmem(ice_transaction(reply), ICE_TRANSACTION_BYTES, transaction,
                  ICE_TRANSACTION_BYTES);
  g_assert_true(ice_answer_is_authentic(reply, reply_len, theirs));
  g_assert_false(ice_answer_is_authentic(reply, reply_len, PWD));
  g_assert_false(ice_answer_is_authentic(ask, len, theirs));
  for (size_t i = 0; i < reply_len; i++) { /* all but the fingerprint is covered */
    g_autofree uint8_t *bad = g_malloc0(reply_len + PORT_PADDING);
    memcpy(bad, reply, reply_len);
    bad[i] ^= 0x41;
    g_assert_true(!ice_answer_is_authentic(bad, reply_len, theirs) || i >= reply_len - 8);
    g_assert_false(ice_answer_is_authentic(reply, i, theirs));
  }
}

static void test_credentials(void) {
  IceCredentials a, b;
  ice_credentials_new(&a);
  ice_credentials_new(&b);
  g_assert_cmpuint(strlen(a.ufrag), ==, ICE_UFRAG_CHARS);
  g_assert_cmpuint(strlen(a.pwd), ==, ICE_PWD_CHARS);
  g_assert_cmpstr(a.ufrag, !=, b.ufrag);
  g_assert_cmpstr(a.pwd, !=, b.pwd);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/peer/ice/valid", test_valid);
  g_test_add_func("/peer/ice/strangers", test_strangers);
  g_test_add_func("/peer/ice/dropped", test_dropped);
  g_test_add_func("/peer/ice/refused", test_refused);
  g_test_add_func("/peer/ice/short-integrity", test_short_integrity);
  g_test_add_func("/peer/ice/mutations", test_mutations);
  g_test_add_func("/peer/ice/ask", test_ask);
  g_test_add_func("/peer/ice/credentials", test_credentials);
  return g_test_run();
}
