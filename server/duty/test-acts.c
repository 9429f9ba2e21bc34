/* What in an event log is a sign of life, and what is not. */
#include "duty/acts.h"

#include "duty/draft.h"
#include "store/events.h"
#include "store/test-fixture.h"

static void begin(Fixture *f, char meeting[17]) {
  char host[17];
  fixture_init(f);
  fixture_person(f->db, "主持", "host", "staff", 0, host);
  fixture_meeting(f->db, host, NULL, 0, meeting);
}

static void add(Fixture *f, const char *meeting, const char *kind, int64_t at_ms,
                const char *data) {
  GError *error = NULL;
  json_t *parsed = data ? json_loads(data, 0, NULL) : NULL;
  MeetingEvent event = {.meeting = meeting,
                        .kind = kind,
                        .participant = "p",
                        .data = parsed,
                        .at = fixture_moment(T0 + at_ms)};
  g_assert_true(event_add(f->db, &event, &error));
  json_decref(parsed);
}

static void test_kinds(void) {
  static const struct {
    const char *kind, *data;
    bool act;
  } cases[] = {
      {"hand", "{\"up\":true}", true},
      {"chat", NULL, true},
      {"stays", NULL, true},
      {"switched", "{\"mic\":true}", true},
      {"switched", "{\"mic\":true,\"first\":true}", false},
      {"floor", "{\"by\":\"h\"}", true},
      {"floor", "{\"by\":null}", false},
      {"muted", "{\"by\":\"h\"}", true},
      {"deputy", "{\"on\":true,\"by\":\"h\"}", true},
      {"removed", "{\"by\":\"h\"}", true},
      {"removed", "{\"by\":null}", false},
      {"recording", "{\"on\":true,\"by\":\"h\"}", true},
      {"recording", "{\"on\":false}", false},
      {"joined", NULL, false},
      {"back", NULL, false},
      {"away", NULL, false},
      {"left", "{\"reason\":\"left\"}", false},
      {"ended", "{\"by\":\"h\"}", false}, /* or a forgotten meeting would last until End */
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Fixture f;
    char meeting[17];
    GError *error = NULL;
    begin(&f, meeting);
    add(&f, meeting, cases[i].kind, 1000, cases[i].data);
    g_autoptr(Timeline) line = timeline_new(fixture_moment(T0));
    g_autoptr(GArray) acts = acts_load(f.db, meeting, line, &error);
    g_assert_no_error(error);
    if ((acts->len == 1) != cases[i].act)
      g_error("%s %s: %u acts", cases[i].kind, cases[i].data, acts->len);
    fixture_clear(&f);
  }
}

/* Being heard lasts; what was not seen to end counts where it began. */
static void test_spans(void) {
  Fixture f;
  char meeting[17];
  GError *error = NULL;
  begin(&f, meeting);
  add(&f, meeting, "heard", 1000, "{\"on\":true,\"track\":1}");
  add(&f, meeting, "screen", 2000, "{\"on\":true,\"track\":2}");
  add(&f, meeting, "heard", 5000, "{\"on\":false,\"track\":1}");
  g_autoptr(Timeline) line = timeline_new(fixture_moment(T0));
  g_autoptr(GArray) acts = acts_load(f.db, meeting, line, &error);
  g_assert_cmpuint(acts->len, ==, 2);
  const Interval *heard = &g_array_index(acts, Interval, 0),
                 *screen = &g_array_index(acts, Interval, 1);
  g_assert_cmpint(heard->out_ms - heard->in_ms, ==, 4000);
  g_assert_cmpint(screen->out_ms - screen->in_ms, ==, 0);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/acts/kinds", test_kinds);
  g_test_add_func("/acts/spans", test_spans);
  return g_test_run();
}
