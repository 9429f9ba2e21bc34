/* Web push against the example of RFC 8291 appendix A, and VAPID tokens that verify. */
#include <jansson.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <string.h>
#include <sys/stat.h>

#include "outbox/push.h"
#include "outbox/sign.h"
#include "store/test-fixture.h"

#define UA_PUBLIC                                                                                  \
  "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define AS_PRIVATE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define AS_PUBLIC                                                                                  \
  "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define SEALED                                                                                     \
  "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_"                                                 \
  "c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6Tlz"                                             \
  "AC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-" \
  "fN"

static EVP_PKEY *pair_of(const char *private_text, const char *public_text) {
  gsize number_size, point_size;
  g_autofree guchar *number = base64url_decode(private_text, &number_size);
  g_autofree guchar *point = base64url_decode(public_text, &point_size);
  char group[] = "P-256";
  g_autofree guchar *native = g_malloc(number_size); /* OpenSSL wants this machine's order */
  for (gsize i = 0; i < number_size; i++)
    native[i] = G_BYTE_ORDER == G_LITTLE_ENDIAN ? number[number_size - 1 - i] : number[i];
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
      OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native, number_size),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, point_size),
      OSSL_PARAM_construct_end()};
  EVP_PKEY *pair = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  g_assert_cmpint(EVP_PKEY_fromdata_init(context), ==, 1);
  g_assert_cmpint(EVP_PKEY_fromdata(context, &pair, EVP_PKEY_KEYPAIR, params), ==, 1);
  EVP_PKEY_CTX_free(context);
  return pair;
}

static void test_example(void) {
  gsize size;
  EVP_PKEY *pair = pair_of(AS_PRIVATE, AS_PUBLIC);
  g_autofree guchar *salt = base64url_decode(SALT, &size);
  g_autoptr(GBytes) sealed =
      push_seal_with(UA_PUBLIC, AUTH, "When I grow up, I want to be a watermelon", pair, salt);
  g_assert_nonnull(sealed);
  g_autofree char *text =
      base64url_encode(g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
  g_assert_cmpstr(text, ==, SEALED);
  EVP_PKEY_free(pair);
}

static void test_wrong_keys(void) {
  g_autofree char *off_curve = g_strdup(UA_PUBLIC);
  g_autofree char *long_text = g_strnfill(PUSH_TEXT_MOST + 1, 'x');
  off_curve[40] = off_curve[40] == 'A' ? 'B' : 'A';
  g_assert_null(push_seal(off_curve, AUTH, "x"));
  g_assert_null(push_seal("AAAA", AUTH, "x"));
  g_assert_null(push_seal(UA_PUBLIC, "AAAA", "x"));
  g_assert_null(push_seal(UA_PUBLIC, AUTH, long_text));
  g_autoptr(GBytes) one = push_seal(UA_PUBLIC, AUTH, "x"), two = push_seal(UA_PUBLIC, AUTH, "x");
  g_assert_false(g_bytes_equal(one, two));
}

static void check_token(const char *header, const char *aud) {
  g_auto(GStrv) parts = g_strsplit(header, ", k=", 2);
  g_assert_true(g_str_has_prefix(parts[0], "vapid t="));
  g_auto(GStrv) token = g_strsplit(parts[0] + strlen("vapid t="), ".", 3);
  gsize size, point_size, raw_size, der_size;
  g_autofree guchar *claims = base64url_decode(token[1], &size);
  g_autofree guchar *point = base64url_decode(parts[1], &point_size);
  g_autofree guchar *raw = base64url_decode(token[2], &raw_size);
  json_t *said = json_loadb((const char *)claims, size, 0, NULL);
  g_assert_cmpstr(json_string_value(json_object_get(said, "aud")), ==, aud);
  g_assert_cmpint(json_integer_value(json_object_get(said, "exp")), ==, 1000 + 12 * 3600);
  json_decref(said);
  g_assert_true(point_size == 65 && raw_size == 64);
  ECDSA_SIG *signature = ECDSA_SIG_new();
  ECDSA_SIG_set0(signature, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL));
  unsigned char *der = NULL;
  der_size = (gsize)i2d_ECDSA_SIG(signature, &der);
  char group[] = "P-256";
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
                         OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, 65),
                         OSSL_PARAM_construct_end()};
  EVP_PKEY *public = NULL;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  g_assert_cmpint(EVP_PKEY_fromdata_init(context), ==, 1);
  g_assert_cmpint(EVP_PKEY_fromdata(context, &public, EVP_PKEY_PUBLIC_KEY, params), ==, 1);
  g_autofree char *text = g_strconcat(token[0], ".", token[1], NULL);
  EVP_MD_CTX *check = EVP_MD_CTX_new();
  g_assert_cmpint(EVP_DigestVerifyInit(check, NULL, EVP_sha256(), NULL, public), ==, 1);
  g_assert_cmpint(EVP_DigestVerify(check, der, der_size, (const guchar *)text, strlen(text)), ==,
                  1);
  EVP_MD_CTX_free(check);
  EVP_PKEY_CTX_free(context);
  EVP_PKEY_free(public);
  OPENSSL_free(der);
  ECDSA_SIG_free(signature);
}

static void test_token(void) {
  g_autofree char *dir = g_dir_make_tmp("yishi-push-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(dir, "push-key.pem", NULL);
  GError *error = NULL;
  g_autoptr(PushKey) key = push_key_own(dir, &error);
  g_assert_no_error(error);
  g_autofree char *header =
      push_authorization(key, "https://push.example.org:444/a/b?c", "mailto:a@example.org", 1000);
  check_token(header, "https://push.example.org:444");
  g_autofree char *plain = push_authorization(key, "https://push.example.org/a", "x", 1000);
  check_token(plain, "https://push.example.org");
  g_assert_null(push_authorization(key, "nonsense", "x", 1000));
  g_autoptr(PushKey) again = push_key_own(dir, NULL); /* kept */
  g_assert_cmpstr(push_key_public(again), ==, push_key_public(key));
  g_assert_cmpint(chmod(path, 0644), ==, 0);
  g_assert_null(push_key_own(dir, NULL));
  fixture_remove(dir);
}

/* A start that was cut short while it made the key does not keep the next one from making it. */
static void test_key_cut_short(void) {
  g_autofree char *dir = g_dir_make_tmp("yishi-push-XXXXXX", NULL);
  g_autofree char *path = g_build_filename(dir, "push-key.pem", NULL);
  g_autofree char *half = g_strconcat(path, ".new", NULL);
  GError *error = NULL;
  g_assert_true(g_file_set_contents(half, "-----BEGIN", -1, NULL));
  push_key_free(push_key_own(dir, &error));
  g_assert_no_error(error);
  g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
  g_assert_false(g_file_test(half, G_FILE_TEST_EXISTS));
  fixture_remove(dir);
}

/* The example of the Standard Webhooks specification's reference libraries. */
static void test_signature(void) {
  const char *body = "{\"test\": 2432232314}";
  g_autofree char *signature =
      webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        1614265330, body, strlen(body));
  g_assert_cmpstr(signature, ==, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  g_assert_null(webhook_signature("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a", 1, body, 1));
  g_assert_null(webhook_signature("whsec_AAAA", "a", 1, body, 1));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/push/example", test_example);
  g_test_add_func("/push/wrong-keys", test_wrong_keys);
  g_test_add_func("/push/token", test_token);
  g_test_add_func("/push/key-cut-short", test_key_cut_short);
  g_test_add_func("/push/signature", test_signature);
  return g_test_run();
}
