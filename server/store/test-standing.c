/* Who may be shut out of a meeting, let in again, made a deputy: each step from each standing. */
#include "store/standing.h"

#include "store/people.h"
#include "store/sessions.h"
#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  char host[17], staff[17], chair[17], member[17], guest[17], meeting[17];
} Bench;

static void bench_init(Bench *b) {
  fixture_init(&b->f);
  fixture_person(b->f.db, "主持", "host", "member", ROLE_MEMBER, b->host);
  fixture_person(b->f.db, "机关", "staff", "staff", ROLE_STAFF, b->staff);
  fixture_person(b->f.db, "召集", "chair", "member", ROLE_MEMBER, b->chair);
  fixture_person(b->f.db, "委员", "member", "member", ROLE_MEMBER, b->member);
  fixture_person(b->f.db, "来宾", NULL, "guest", 0, b->guest);
  const FixtureInvited invited[] = {{.person = b->staff, .capacity = "attend"},
                                    {.person = b->chair, .capacity = "host"},
                                    {.person = b->member, .capacity = "attend"},
                                    {.person = b->guest, .capacity = "invited"}};
  fixture_meeting(b->f.db, b->host, invited, G_N_ELEMENTS(invited), b->meeting);
}

static Standing standing(Bench *b, const char *person) {
  GError *error = NULL;
  Standing found;
  g_assert_true(standing_read(b->f.db, b->meeting, person, &found, &error));
  return found;
}

static bool step(Bench *b, const char *person, StandingStep step) {
  GError *error = NULL;
  const Actor by = {b->host, NULL};
  Standing before = standing(b, person);
  bool changed = false;
  if (standing_step(b->f.db, b->meeting, person, step, &by, T0, &changed, &error)) {
    g_assert_true(changed == (standing(b, person) != before));
    return true;
  }
  g_assert_error(error, STORE_ERROR, STORE_ERROR_FORBIDDEN);
  g_clear_error(&error);
  return false;
}

static int64_t records(Bench *b) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(
      b->f.db, "select count(*) from audit_record where kind = 'meeting.standing'", &error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

static void test_steps(void) {
  static const struct {
    Standing from;
    StandingStep step;
    bool allowed;
    Standing to;
  } cases[] = {
      {STANDING_NONE, STANDING_BAR, true, STANDING_BARRED},
      {STANDING_NONE, STANDING_READMIT, true, STANDING_NONE},
      {STANDING_NONE, STANDING_APPOINT, true, STANDING_DEPUTY},
      {STANDING_NONE, STANDING_DISMISS, true, STANDING_NONE},
      {STANDING_BARRED, STANDING_BAR, true, STANDING_BARRED},
      {STANDING_BARRED, STANDING_READMIT, true, STANDING_NONE},
      {STANDING_BARRED, STANDING_APPOINT, false, STANDING_BARRED},
      {STANDING_BARRED, STANDING_DISMISS, true, STANDING_BARRED},
      {STANDING_DEPUTY, STANDING_BAR, true, STANDING_BARRED},
      {STANDING_DEPUTY, STANDING_READMIT, true, STANDING_DEPUTY}, /* an old notice is clicked */
      {STANDING_DEPUTY, STANDING_APPOINT, true, STANDING_DEPUTY},
      {STANDING_DEPUTY, STANDING_DISMISS, true, STANDING_NONE},
  };
  static const StandingStep ways[] = {
      [STANDING_BARRED] = STANDING_BAR, [STANDING_DEPUTY] = STANDING_APPOINT};
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    Bench b;
    bench_init(&b);
    if (cases[i].from != STANDING_NONE)
      g_assert_true(step(&b, b.member, ways[cases[i].from]));
    int64_t before = records(&b);
    g_assert_cmpint(step(&b, b.member, cases[i].step), ==, cases[i].allowed);
    g_assert_cmpint(standing(&b, b.member), ==, cases[i].to);
    g_assert_cmpint(records(&b), ==, before + (cases[i].from != cases[i].to));
    fixture_clear(&b.f);
  }
}

/* Whatever way they came in: the host by name, one who was invited as such, staff by a link. */
static void test_protected(void) {
  Bench b;
  bench_init(&b);
  const char *all[] = {b.host, b.chair, b.staff};
  for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
    g_assert_false(step(&b, all[i], STANDING_BAR));
    g_assert_cmpint(standing(&b, all[i]), ==, STANDING_NONE);
  }
  g_assert_cmpint(records(&b), ==, 0);
  fixture_clear(&b.f);
}

static void test_guests_host_nothing(void) {
  Bench b;
  bench_init(&b);
  g_assert_false(step(&b, b.guest, STANDING_APPOINT));
  g_assert_cmpint(standing(&b, b.guest), ==, STANDING_NONE);
  g_assert_cmpint(records(&b), ==, 0);
  fixture_clear(&b.f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/standing/steps", test_steps);
  g_test_add_func("/standing/protected", test_protected);
  g_test_add_func("/standing/guests", test_guests_host_nothing);
  return g_test_run();
}
