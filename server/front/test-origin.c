#include <glib.h>

#include "front/origin.h"

static void test_origins(void) {
  static const struct {
    const char *origin, *host, *public_url, *allowed;
    bool good, tls;
  } cases[] = {
      /* With a public_url nothing else is this server, whatever name it was reached by. */
      {"http://other", "other", "https://meet.example.org", "", false},
      {"https://other", "other", "https://meet.example.org", "", false, true},
      {"https://a.example", "a.example", "https://b.example", "", false},
      /* A server that speaks TLS has no http pages. */
      {"http://box.local", "box.local", "", "", false, true},
      {"http://box.local:443", "box.local:443", "", "", false, true},
      {"https://box.local", "box.local", "", "", true, true},
      {"https://box.local", "box.local,evil", "", "", false, true},
      {"https://meet.example.org", "other", "https://meet.example.org", "", true},
      {"https://meet.example.org", "other", "https://MEET.example.org:443/", "", true},
      {"http://meet.example.org", "other", "https://meet.example.org", "", false},
      {"https://meet.example.org:8443", "other", "https://meet.example.org", "", false},
      {"https://a.example", "h", "https://b.example", "https://c.example, https://a.example", true},
      {"https://a.example.evil", "h", "", "https://a.example", false},
      {"http://127.0.0.1:8080", "127.0.0.1:8080", "", "", true},
      {"https://box.local", "box.local", "", "", true},
      {"https://box.local", "box.local:443", "", "", true},
      {"http://box.local:80", "box.local", "", "", true},
      {"http://box.local:81", "box.local", "", "", false},
      {"http://[::1]:8080", "[::1]:8080", "", "", true},
      {"http://evil", "box", "", "", false},
      {"null", "box", "", "", false},
      {"", "box", "", "", false},
      {NULL, "box", "https://box", "", false},
      {"http://box", NULL, "", "", false},
      {"http://box", "", "", "", false},
      {"http://", "", "", "", false},
      {"file://box", "box", "", "", false},
      {"http://evil", "evil@box", "", "", false},
      {"http://evil", "evil/", "", "", false},
      {"javascript:alert(1)", "box", "", "", false},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const OriginPolicy policy = {cases[i].public_url, cases[i].allowed, cases[i].tls};
    if (origin_allowed(&policy, cases[i].origin, cases[i].host) != cases[i].good)
      g_error("case %u: %s", i, cases[i].origin);
  }
}

/* Links that are handed out lead there. */
static void test_reached(void) {
  static const struct {
    const char *origin, *host, *public_url, *allowed, *reached;
    bool tls;
  } cases[] = {
      {"http://192.0.2.7:8080", "192.0.2.7:8080", "", "", "http://192.0.2.7:8080"},
      {"https://Box.local:443", "box.local", "", "", "https://box.local", true},
      {"http://box.local", "box.local", "", "", NULL, true},
      {"https://a.example", "box", "", "https://a.example", NULL}, /* may ask, and is not us */
      {"http://box", "box", "https://meet.example.org", "", NULL},
      {"http://evil", "box", "", "", NULL},
      {NULL, "box", "", "", NULL},
      {"http://evil/", "evil/", "", "", NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const OriginPolicy policy = {cases[i].public_url, cases[i].allowed, cases[i].tls};
    g_autofree char *reached = origin_reached(&policy, cases[i].origin, cases[i].host);
    g_assert_cmpstr(reached, ==, cases[i].reached);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/origin/cases", test_origins);
  g_test_add_func("/origin/reached", test_reached);
  return g_test_run();
}
