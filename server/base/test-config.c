#include "base/config.h"

#include <glib/gstdio.h>

static char *write_file(const char *text) {
  char *path = NULL;
  int fd = g_file_open_tmp("yishi-config-XXXXXX", &path, NULL);
  g_assert_cmpint(fd, >=, 0);
  g_assert_true(g_file_set_contents(path, text, -1, NULL));
  g_close(fd, NULL);
  return path;
}

static Config *load_text(const char *text, GError **error) {
  g_autofree char *path = write_file(text);
  Config *config = config_load(path, error);
  g_unlink(path);
  return config;
}

static void test_defaults(void) {
  g_autoptr(GError) error = NULL;
  g_autoptr(Config) config = config_load(NULL, &error);
  g_assert_no_error(error);
  g_assert_cmpint(config->listen_port, ==, 8080);
  g_assert_true(config->media_gso);
  g_assert_true(config->media_tcp);
  g_assert_cmpstr(config->recordings_dir, ==, "server/var/recordings");
}

static void test_document_loads(void) {
  g_autoptr(GError) error = NULL;
  g_autofree char *text = config_document();
  g_autoptr(Config) config = load_text(text, &error);
  g_assert_no_error(error);
  g_assert_cmpint(config->listen_port, ==, 8080);
}

static void test_file_and_environment(void) {
  g_autoptr(GError) error = NULL;
  g_setenv("YISHI_MEDIA_PORT", "7100", TRUE);
  g_autoptr(Config) config =
      load_text("# comment\n\n listen_port = 9000 \nmedia_port=7050\nmedia_gso = no\n", &error);
  g_unsetenv("YISHI_MEDIA_PORT");
  g_assert_no_error(error);
  g_assert_cmpint(config->listen_port, ==, 9000);
  g_assert_cmpint(config->media_port, ==, 7100);
  g_assert_false(config->media_gso);
}

static void test_refusals(void) {
  static const struct {
    const char *text;
    int code;
  } cases[] = {{"colour = red\n", CONFIG_ERROR_KEY},
               {"listen_port\n", CONFIG_ERROR_KEY},
               {"listen_port = 70000\n", CONFIG_ERROR_VALUE},
               {"listen_port = 80x\n", CONFIG_ERROR_VALUE},
               {"media_gso = perhaps\n", CONFIG_ERROR_VALUE},
               {"time_zone = Asia/Atlantis\n", CONFIG_ERROR_VALUE},
               {"listen_port = 7001\nmedia_threads = 2\n", CONFIG_ERROR_VALUE},
               {"log_level = loud\n", CONFIG_ERROR_VALUE},
               {"tls = file\n", CONFIG_ERROR_VALUE},
               {"media_port = 65535\nmedia_threads = 2\n", CONFIG_ERROR_VALUE},
               {"listen_address = 0.0.0.0\n", CONFIG_ERROR_VALUE},
               {"smtp_tls = perhaps\n", CONFIG_ERROR_VALUE},
               {"smtp_server = mail.example.org:25\n", CONFIG_ERROR_VALUE},
               {"mail_from = a@b\nsmtp_server = mail.example.org\n", CONFIG_ERROR_VALUE},
               {"mail_from = a@b\nsmtp_server = smtp://mail:25\n", CONFIG_ERROR_VALUE},
               {"mail_from = a@b\nsmtp_server = mail:0\n", CONFIG_ERROR_VALUE},
               {"mail_from = a@b\nsmtp_server = 2001:db8::1:25\n", CONFIG_ERROR_VALUE},
               {"sms_hook_url = sms.example.org/send\n", CONFIG_ERROR_VALUE},
               {"sms_hook_url = ftp://sms.example.org\n", CONFIG_ERROR_VALUE},
               {"push_contact = it@example.org\n", CONFIG_ERROR_VALUE},
               {"push_contact = mailto:\n", CONFIG_ERROR_VALUE},
               {"smtp_user = a\nsmtp_password_file = b\nsmtp_tls = none\n", CONFIG_ERROR_VALUE},
               {"listen_address = ::\n", CONFIG_ERROR_VALUE},
               {"listen_address = 127.0.0.1, 192.0.2.1\n", CONFIG_ERROR_VALUE}};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_assert_null(load_text(cases[i].text, &error));
    g_assert_error(error, CONFIG_ERROR, cases[i].code);
  }
}

static void test_fine(void) {
  static const char *const fine[] = {"mail_from = a@b\nsmtp_server = mail.example.org:25\n",
                                     "mail_from = a@b\nsmtp_server = [2001:db8::1]:25\n",
                                     "sms_hook_url = http://127.0.0.1:81/sms\n",
                                     "push_contact = mailto:it@example.org\n",
                                     "push_contact = https://example.org/it\n",
                                     "listen_address = 127.0.0.1,::1\n",
                                     "listen_address = 127.8.9.1\n",
                                     "listen_address = 0.0.0.0\ntls = self-signed\n"};
  for (unsigned i = 0; i < G_N_ELEMENTS(fine); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = load_text(fine[i], &error);
    g_assert_no_error(error);
    g_assert_nonnull(config);
  }
}

static void test_value(void) {
  g_autoptr(Config) config = config_load(NULL, NULL);
  g_autofree char *number = config_value(config, "listen_port");
  g_autofree char *text = config_value(config, "tls");
  g_autofree char *flag = config_value(config, "trust_proxy");
  g_assert_cmpstr(number, ==, "8080");
  g_assert_cmpstr(text, ==, "off");
  g_assert_cmpstr(flag, ==, "no");
  g_assert_null(config_value(config, "nonsense"));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/config/defaults", test_defaults);
  g_test_add_func("/config/document-loads", test_document_loads);
  g_test_add_func("/config/file-and-environment", test_file_and_environment);
  g_test_add_func("/config/refusals", test_refusals);
  g_test_add_func("/config/fine", test_fine);
  g_test_add_func("/config/value", test_value);
  return g_test_run();
}
