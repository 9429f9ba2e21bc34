#include "api/turn.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "api/bed.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define URIS                                                                                       \
  "turn:meet.example.org:3478?transport=udp, turn:meet.example.org:3478?transport=tcp,"            \
  "turns:[2001:db8::7]:5349?transport=tcp"

static char *write_secret(const char *text, gssize size, int mode) {
  char *path = NULL;
  int fd = g_file_open_tmp("yishi-turn-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_close(fd, NULL);
  g_assert_true(g_file_set_contents(path, text, size, NULL));
  g_assert_cmpint(g_chmod(path, mode), ==, 0);
  return path;
}

static Turn *turn_of(const char *uris, const char *path, GError **error) {
  Config config = {
      .turn_uris = (char *)uris, .turn_secret_file = (char *)path, .turn_credential_min = 60};
  return turn_new(&config, error);
}

/* A file that is fine, or what is wrong with it. */
static Turn *turn_with_file(const char *text, gssize size, int mode, GError **error) {
  g_autofree char *path = write_secret(text, size, mode);
  Turn *turn = turn_of(URIS, path, error);
  g_unlink(path);
  return turn;
}

static Turn *good_turn(void) {
  g_autoptr(GError) error = NULL;
  Turn *turn = turn_with_file(SECRET "\n", -1, 0600, &error);
  g_assert_no_error(error);
  return turn;
}

static void test_none(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Turn) turn = turn_of("", "/nowhere", &error);
  g_assert_no_error(error);
  json_t *servers = turn_ice_servers(turn, 0), *without = turn_ice_servers(NULL, 0);
  g_assert_cmpuint(json_array_size(servers), ==, 0);
  g_assert_cmpuint(json_array_size(without), ==, 0);
  json_decref(servers);
  json_decref(without);
}

static void test_uris(void) {
  static const char *const fine[] = {
      "turn:meet.example.org", "turn:192.0.2.7:3478", "turns:meet.example.org:443",
      "turn:[2001:db8::7]",    "turn:a:1,turns:b:2",
  };
  static const char *const wrong[] = {
      "meet.example.org:3478",
      "turn:",
      "turn:meet.example.org:0",
      "turn:meet.example.org:65536",
      "turn:meet.example.org:",
      "turn:meet.example.org:34x",
      "turn:meet.example.org?transport=sctp",
      "turn:meet.example.org?transport=udp?transport=tcp",
      "turns:meet.example.org?transport=udp",
      "turn://meet.example.org",
      "turn:user@meet.example.org",
      "turn:[2001:db8::7",
      "turn:2001:db8::7",
      "turn:[192.0.2.7]",
      "stun:meet.example.org",
      "turn:a,,turn:b",
      "turn:a,turn:a,turn:a,turn:a,turn:a,turn:a,turn:a,turn:a,turn:a",
  };
  g_autofree char *path = write_secret(SECRET, -1, 0600);
  for (unsigned i = 0; i < G_N_ELEMENTS(fine); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Turn) turn = turn_of(fine[i], path, &error);
    g_assert_no_error(error);
    g_assert_nonnull(turn);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autoptr(GError) error = NULL;
    g_test_message("%s", wrong[i]);
    g_assert_null(turn_of(wrong[i], path, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
    g_assert_nonnull(strstr(error->message, "turn_uris"));
  }
  g_unlink(path);
}

static void test_secret_file(void) {
  static const struct {
    const char *text;
    gssize size;
    int mode;
    const char *says;
  } cases[] = {
      {SECRET, -1, 0644, "read by others"},
      {SECRET, -1, 0640, "read by others"},
      {SECRET, -1, 0602, "read by others"},
      {"", -1, 0600, "16 to 256 characters, not 0"},
      {"too-short\n", -1, 0600, "not 9"},
      {SECRET "\n" SECRET, -1, 0600, "one line"},
      {"0123456789 abcdef0123456789", -1, 0600, "one line"},
      {SECRET "\0" SECRET, sizeof SECRET "\0" SECRET - 1, 0600, "one line"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(turn_with_file(cases[i].text, cases[i].size, cases[i].mode, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, cases[i].says));
    g_assert_null(strstr(error->message, "0123456789"));
  }
  g_autofree char *long_text = g_strnfill(5000, 'x');
  g_autoptr(GError) too_long = NULL, missing = NULL, folder = NULL, unnamed = NULL;
  g_assert_null(turn_with_file(long_text, -1, 0600, &too_long));
  g_assert_error(too_long, CONFIG_ERROR, CONFIG_ERROR_VALUE);
  g_assert_null(turn_of(URIS, "/nowhere/turn.secret", &missing));
  g_assert_nonnull(strstr(missing->message, "/nowhere/turn.secret cannot be read"));
  g_assert_null(turn_of(URIS, "/tmp", &folder));
  g_assert_nonnull(strstr(folder->message, "is not a file"));
  g_assert_null(turn_of(URIS, "", &unnamed));
  g_assert_nonnull(strstr(unnamed->message, "turn_secret_file"));
}

/* The credential by GLib's HMAC, which shares no code with ours. */
static void check_credential_by(const json_t *server, const char *secret) {
  const char *username = answer_text(server, "username");
  guint8 digest[20];
  gsize length = sizeof digest;
  GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA1, (const guchar *)secret, strlen(secret));
  g_hmac_update(hmac, (const guchar *)username, -1);
  g_hmac_get_digest(hmac, digest, &length);
  g_hmac_unref(hmac);
  g_autofree char *wanted = g_base64_encode(digest, length);
  g_assert_cmpstr(answer_text(server, "credential"), ==, wanted);
}

static void check_credential(const json_t *server) {
  check_credential_by(server, SECRET);
}

/* The operator changes both servers' secret; ours is not started anew. */
static void test_changed(void) {
  static const char *const other = "another-0123456789abcdef";
  g_autoptr(GError) error = NULL;
  g_autofree char *path = write_secret(SECRET, -1, 0600);
  g_autoptr(Turn) turn = turn_of(URIS, path, &error);
  g_assert_no_error(error);
  g_assert_true(
      g_file_set_contents_full(path, other, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL));
  json_t *changed = turn_ice_servers(turn, 0);
  check_credential_by(json_array_get(changed, 0), other);
  g_assert_cmpint(g_chmod(path, 0644), ==, 0);
  json_t *open_to_all = turn_ice_servers(turn, 0);
  check_credential_by(json_array_get(open_to_all, 0), other);
  g_unlink(path);
  json_t *gone = turn_ice_servers(turn, 0);
  check_credential_by(json_array_get(gone, 0), other);
  json_decref(changed);
  json_decref(open_to_all);
  json_decref(gone);
}

static void test_credentials(void) {
  g_autoptr(Turn) turn = good_turn();
  json_t *first = turn_ice_servers(turn, 1700000000999), *second = turn_ice_servers(turn, 0);
  g_assert_cmpuint(json_array_size(first), ==, 1);
  const json_t *server = json_array_get(first, 0);
  const json_t *urls = json_object_get(server, "urls");
  g_assert_cmpuint(json_array_size(urls), ==, 3);
  g_assert_cmpstr(json_string_value(json_array_get(urls, 1)), ==,
                  "turn:meet.example.org:3478?transport=tcp");
  const char *username = answer_text(server, "username");
  g_assert_true(g_str_has_prefix(username, "1700003600:"));
  g_assert_cmpuint(strlen(username), ==, strlen("1700003600:") + 16);
  g_assert_true(g_str_has_prefix(answer_text(json_array_get(second, 0), "username"), "3600:"));
  check_credential(server);
  check_credential(json_array_get(second, 0));
  json_decref(first);
  json_decref(second);
}

static void test_join(void) {
  g_autoptr(Turn) turn = good_turn();
  Bed *bed = bed_new();
  bed->context->turn = turn;
  g_autofree char *path = bed_path(bed, "meetings/MEETING/join");
  json_t *one = bed_expect(bed, 200, MEMBER, "POST", path, NULL);
  json_t *two = bed_expect(bed, 200, MEMBER, "POST", path, NULL);
  const json_t *first = json_array_get(json_object_get(one, "ice_servers"), 0);
  const json_t *second = json_array_get(json_object_get(two, "ice_servers"), 0);
  check_credential(first);
  g_assert_cmpstr(answer_text(first, "username"), !=, answer_text(second, "username"));
  g_assert_null(strstr(answer_text(first, "username"), bed->signed_in[MEMBER].id));
  json_decref(one);
  json_decref(two);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/turn/none", test_none);
  g_test_add_func("/turn/uris", test_uris);
  g_test_add_func("/turn/secret-file", test_secret_file);
  g_test_add_func("/turn/credentials", test_credentials);
  g_test_add_func("/turn/changed", test_changed);
  g_test_add_func("/turn/join", test_join);
  return g_test_run();
}
