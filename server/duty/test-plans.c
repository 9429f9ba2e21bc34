/* No query scans a table that grows with every meeting: all of the store's and the ledger's
 * functions are run on a traced connection, and EXPLAIN QUERY PLAN is asked about every statement
 * that they ran. */
#include <string.h>

#include "duty/attendance.h"
#include "duty/figures.h"
#include "store/chat.h"
#include "store/events.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

/* These grow; people, settings and the list of meetings itself stay in the thousands. */
static const char *const growing[] = {"presence_segment", "meeting_event",    "chat_message",
                                      "audit_record",     "session",          "join_token",
                                      "invitation",       "login_failure",    "password_history",
                                      "attendance",       "attendance_window"};

static int on_statement(unsigned kind, void *seen, void *stmt, void *text) {
  const char *sql = sqlite3_sql(stmt);
  g_hash_table_add(seen, g_strdup(sql));
  return 0;
}

static const Actor actor = {NULL, "192.0.2.1"};

static void drop(json_t *json, GError *error) {
  g_assert_no_error(error);
  g_assert_nonnull(json);
  json_decref(json);
}

/* What statements see of it, as the subject attendance reads it. */
static void use_figures(Fixture *f, const char *meeting, const char *member) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(
      f->db, "select f.state from attendance_figures(:meeting, :person, 'attend', 1, 1, 'b') f",
      &error);
  g_assert_no_error(error);
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", member);
  g_assert_true(statement_one(row, "none", &error));
}

static void use_lists(Fixture *f, const char *meeting) {
  GError *error = NULL;
  drop(chat_last(f->db, meeting, 20, &error), error);
  drop(attendance_picture(f->db, meeting, fixture_moment(T0), &error), error);
}

/* link: of a guest. */
static void use_sessions(Fixture *f, const char *meeting, char *person, const char *link) {
  GError *error = NULL;
  char secret[SECRET_CHARS + 1], token[SECRET_CHARS + 1];
  int64_t expires_at;
  g_autoptr(Session) session = session_from_link(f->db, f->config, link, "", T0, secret, &error);
  g_assert_no_error(error);
  g_assert_true(join_token_create(f->db, session, meeting, T0, token, &expires_at, &error));
  join_grant_free(join_token_redeem(f->db, token, T0, &error));
  session_free(session_find(f->db, f->config, secret, T0, &error));
  g_assert_no_error(error);
  g_assert_true(session_delete(f->db, session, &actor, T0, &error));
  g_assert_true(sessions_purge(f->db, T0, &error));
  g_free(password_reset_direct(f->db, f->config, person, &actor, T0, &error));
  g_assert_no_error(error);
}

static void use_meeting(Fixture *f, const char *meeting, const char *member) {
  GError *error = NULL;
  fixture_open(f->db, meeting, fixture_moment(T0));
  PresenceOpen segment = {.id = "segment-00000001",
                          .participant = "p",
                          .device = "phone",
                          .address = "192.0.2.1",
                          .at = fixture_moment(T0)};
  g_strlcpy(segment.meeting, meeting, 17);
  g_strlcpy(segment.person, member, 17);
  const char *ids[] = {segment.id};
  g_assert_true(presence_open(f->db, &segment, &error));
  g_assert_true(presence_seen(f->db, ids, 1, fixture_moment(T0 + 1), &error));
  g_assert_true(presence_close(f->db, segment.id, "left", fixture_moment(T0 + 2), &error));
  g_assert_true(presence_recover(f->db, fixture_moment(T0 + 3), NULL, &error));
  ChatMessage message = {"chat-00000000001", meeting, member, "p", "人", "话", T0};
  json_t *earlier;
  g_assert_true(chat_add(f->db, &message, &earlier, &error));
  fixture_end(f->db, meeting, fixture_moment(T0 + 9));
  int64_t own_ms;
  g_assert_true(evidence_own_ms(f->db, meeting, member, fixture_moment(T0), &own_ms, &error));
  drop(attendance_picture(f->db, meeting, fixture_moment(T0), &error), error);
  use_figures(f, meeting, member);
  drop(attendance_preview(f->db, meeting, T0, T0 + 5, fixture_moment(T0), &error), error);
}

/* What the plan says of this table: "SCAN presence_segment", or of its alias in the statement. A
 * partial index that holds only what is asked for is no scan of the table. */
static bool scans_growing(const char *step, const char *sql) {
  if (!g_str_has_prefix(step, "SCAN ") || strstr(step, "presence_open"))
    return false;
  g_auto(GStrv) words = g_strsplit(step, " ", -1);
  for (unsigned i = 0; i < G_N_ELEMENTS(growing); i++) {
    g_autofree char *aliased = g_strdup_printf("%s %s", growing[i], words[1]);
    const char *found = strstr(sql, aliased);
    char after = found ? found[strlen(aliased)] : 0;
    if (strcmp(words[1], growing[i]) == 0 || (found && !g_ascii_isalnum(after)))
      return true;
  }
  return false;
}

static unsigned check_plan(sqlite3 *db, const char *sql) {
  g_autofree char *explain = g_strconcat("explain query plan ", sql, NULL);
  g_autoptr(sqlite3_stmt) plan = NULL;
  if (sqlite3_prepare_v2(db, explain, -1, &plan, NULL) != SQLITE_OK)
    return 0; /* begin, pragma */
  unsigned bad = 0;
  while (sqlite3_step(plan) == SQLITE_ROW) {
    const char *step = (const char *)sqlite3_column_text(plan, 3);
    if (scans_growing(step, sql)) {
      g_test_message("%s\n  in: %s", step, sql);
      bad++;
    }
  }
  return bad;
}

static void test_plans(void) {
  Fixture f;
  figures_register();
  fixture_init(&f);
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  char host[17], member[17], meeting[17];
  fixture_person(f.db, "主持", "host", "staff", 0, host);
  fixture_person(f.db, "委员", "member", "member", 0, member);
  FixtureInvited invitation = {.person = member, .capacity = "attend"};
  fixture_meeting(f.db, host, &invitation, 1, meeting);
  FixtureInvited guest = {.guest_name = "客", .capacity = "attend"};
  char invited[17];
  fixture_invite(f.db, meeting, &guest, invited);
  g_autofree char *link = fixture_link(f.db, invited, T0 + 60000);
  /* Only what the store does: how the fixture's rows come about is its own affair. */
  sqlite3_trace_v2(f.db, SQLITE_TRACE_STMT, on_statement, seen);
  use_lists(&f, meeting);
  use_sessions(&f, meeting, host, link);
  use_meeting(&f, meeting, member);
  sqlite3_trace_v2(f.db, 0, NULL, NULL);
  g_assert_cmpuint(g_hash_table_size(seen), >, 40);
  unsigned bad = 0;
  GHashTableIter each;
  void *sql;
  g_hash_table_iter_init(&each, seen);
  while (g_hash_table_iter_next(&each, &sql, NULL))
    bad += check_plan(f.db, sql);
  g_assert_cmpuint(bad, ==, 0);
  /* The test sees a scan when there is one. */
  g_assert_cmpuint(check_plan(f.db, "select s.id from presence_segment s where s.device = 'x'"), ==,
                   1);
  fixture_clear(&f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/store/plans", test_plans);
  return g_test_run();
}
