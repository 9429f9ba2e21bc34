#include "peer/dtls.h"

#include <string.h>

/* Two sides joined by queues of datagrams. */
typedef struct {
  Dtls *dtls;
  GQueue *out; /* GBytes */
} Side;

static void on_send(void *user, const uint8_t *data, size_t len) {
  Side *side = user;
  g_assert_cmpuint(len, <=, 1200);
  g_queue_push_tail(side->out, g_bytes_new(data, len));
}

typedef struct {
  DtlsContext *server_context, *client_context;
  Side server, client;
} Pair;

static void pair_init(Pair *pair, const char *server_expects, const char *client_expects) {
  pair->server_context = dtls_context_new(DTLS_SERVER, NULL);
  pair->client_context = dtls_context_new(DTLS_CLIENT, NULL);
  g_assert_nonnull(pair->server_context);
  g_assert_nonnull(pair->client_context);
  const char *of_client = dtls_context_fingerprint(pair->client_context);
  const char *of_server = dtls_context_fingerprint(pair->server_context);
  pair->server.out = g_queue_new();
  pair->client.out = g_queue_new();
  pair->server.dtls = dtls_new(pair->server_context, "sha-256",
                               server_expects ? server_expects : of_client, on_send, &pair->server);
  pair->client.dtls = dtls_new(pair->client_context, "SHA-256",
                               client_expects ? client_expects : of_server, on_send, &pair->client);
  g_assert_nonnull(pair->server.dtls);
  g_assert_nonnull(pair->client.dtls);
}

static void queue_free(GQueue *queue) {
  g_queue_free_full(queue, (GDestroyNotify)g_bytes_unref);
}

static void pair_clear(Pair *pair) {
  dtls_free(pair->server.dtls);
  dtls_free(pair->client.dtls);
  queue_free(pair->server.out);
  queue_free(pair->client.out);
  dtls_context_free(pair->server_context);
  dtls_context_free(pair->client_context);
}

static bool deliver(Side *from, Side *to, bool twice) {
  g_autoptr(GBytes) bytes = g_queue_pop_head(from->out);
  if (!bytes)
    return false;
  size_t len;
  const uint8_t *data = g_bytes_get_data(bytes, &len);
  dtls_receive(to->dtls, data, len);
  if (twice)
    dtls_receive(to->dtls, data, len);
  return true;
}

static void run(Pair *pair, bool twice) {
  dtls_start(pair->client.dtls);
  while (deliver(&pair->client, &pair->server, twice) ||
         deliver(&pair->server, &pair->client, twice))
    ;
}

static void assert_keys_match(Pair *pair) {
  DtlsKeys server = {0}, client = {0};
  g_assert_true(dtls_keys(pair->server.dtls, &server));
  g_assert_true(dtls_keys(pair->client.dtls, &client));
  g_assert_cmpint(server.profile, ==, SRTP_PROFILE_GCM_128);
  g_assert_cmpint(client.profile, ==, SRTP_PROFILE_GCM_128);
  g_assert_cmpmem(server.local_key, 32, client.remote_key, 32);
  g_assert_cmpmem(server.local_salt, 14, client.remote_salt, 14);
  g_assert_cmpmem(server.remote_key, 32, client.local_key, 32);
  g_assert_cmpmem(server.remote_salt, 14, client.local_salt, 14);
  g_assert_true(memcmp(server.local_key, server.remote_key, 16) != 0);
}

static void test_handshake(gconstpointer twice) {
  Pair pair;
  pair_init(&pair, NULL, NULL);
  run(&pair, GPOINTER_TO_INT(twice));
  g_assert_cmpint(dtls_state(pair.server.dtls), ==, DTLS_CONNECTED);
  g_assert_cmpint(dtls_state(pair.client.dtls), ==, DTLS_CONNECTED);
  assert_keys_match(&pair);
  pair_clear(&pair);
}

static void test_wrong_client(void) {
  Pair pair;
  DtlsContext *other = dtls_context_new(DTLS_CLIENT, NULL);
  pair_init(&pair, dtls_context_fingerprint(other), NULL);
  run(&pair, false);
  DtlsKeys keys;
  g_assert_cmpint(dtls_state(pair.server.dtls), ==, DTLS_FAILED);
  g_assert_cmpstr(dtls_reason(pair.server.dtls), ==, "fingerprint");
  g_assert_cmpint(dtls_state(pair.client.dtls), !=, DTLS_CONNECTED);
  g_assert_false(dtls_keys(pair.server.dtls, &keys) &&
                 dtls_state(pair.server.dtls) == DTLS_CONNECTED);
  pair_clear(&pair);
  dtls_context_free(other);
}

static void test_wrong_server(void) {
  Pair pair;
  DtlsContext *other = dtls_context_new(DTLS_SERVER, NULL);
  pair_init(&pair, NULL, dtls_context_fingerprint(other));
  run(&pair, false);
  g_assert_cmpint(dtls_state(pair.client.dtls), ==, DTLS_FAILED);
  g_assert_cmpint(dtls_state(pair.server.dtls), ==, DTLS_FAILED);
  pair_clear(&pair);
  dtls_context_free(other);
}

static void test_close_notify(void) {
  Pair pair;
  pair_init(&pair, NULL, NULL);
  run(&pair, false);
  dtls_free(g_steal_pointer(&pair.client.dtls));
  g_assert_true(deliver(&pair.client, &pair.server, false));
  g_assert_cmpint(dtls_state(pair.server.dtls), ==, DTLS_CLOSED);
  pair_clear(&pair);
}

static void test_garbage(void) {
  Pair pair;
  GRand *rand = g_rand_new_with_seed(5);
  pair_init(&pair, NULL, NULL);
  dtls_start(pair.client.dtls);
  for (int i = 0; i < 2000; i++) {
    uint8_t noise[64];
    for (size_t j = 0; j < sizeof noise; j++)
      noise[j] = (uint8_t)g_rand_int(rand);
    noise[0] = (uint8_t)(20 + i % 44);
    dtls_receive(pair.server.dtls, noise, 1 + (size_t)i % sizeof noise);
  }
  g_rand_free(rand);
  /* Records that are none are dropped (RFC 6347 §4.1.2.7): the handshake still comes about. */
  while (deliver(&pair.client, &pair.server, false) || deliver(&pair.server, &pair.client, false))
    ;
  g_assert_cmpint(dtls_state(pair.server.dtls), ==, DTLS_CONNECTED);
  pair_clear(&pair);
}

static void test_fingerprints(void) {
  DtlsContext *context = dtls_context_new(DTLS_SERVER, NULL);
  const char *bad[] = {"", "AB", "AB:CD", "ZZ:ZZ", "A:BC", "AB:", NULL};
  for (int i = 0; bad[i]; i++)
    g_assert_null(dtls_new(context, "sha-256", bad[i], on_send, NULL));
  g_autofree char *ok = g_strdup(dtls_context_fingerprint(context));
  g_assert_cmpuint(strlen(ok), ==, DTLS_FINGERPRINT_CHARS);
  g_assert_null(dtls_new(context, "sha-1", ok, on_send, NULL));
  g_assert_null(dtls_new(context, "sha-384", ok, on_send, NULL)); /* another length */
  Dtls *dtls = dtls_new(context, "sha-256", ok, on_send, NULL);
  g_assert_nonnull(dtls);
  dtls_free(dtls);
  dtls_context_free(context);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_data_func("/peer/dtls/handshake", GINT_TO_POINTER(0), test_handshake);
  g_test_add_data_func("/peer/dtls/duplicated", GINT_TO_POINTER(1), test_handshake);
  g_test_add_func("/peer/dtls/wrong-client", test_wrong_client);
  g_test_add_func("/peer/dtls/wrong-server", test_wrong_server);
  g_test_add_func("/peer/dtls/close-notify", test_close_notify);
  g_test_add_func("/peer/dtls/garbage", test_garbage);
  g_test_add_func("/peer/dtls/fingerprints", test_fingerprints);
  return g_test_run();
}
