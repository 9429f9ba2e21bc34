#include <glib.h>

#include "front/origin.h"

static void test_origins(void) {
  static const struct {
    const char *origin, *host, *public_url, *allowed;
    bool good;
  } cases[] = {
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
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    if (origin_allowed(cases[i].origin, cases[i].host, cases[i].public_url, cases[i].allowed) !=
        cases[i].good)
      g_error("case %u: %s", i, cases[i].origin);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/origin/cases", test_origins);
  return g_test_run();
}
