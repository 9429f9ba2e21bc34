/* What is append-only: presence segments, events, chat, audit. */
#include <string.h>

#include "store/audit.h"
#include "store/chat.h"
#include "store/connection.h"
#include "store/events.h"
#include "store/meetings.h"
#include "store/migrations.h"
#include "store/presence.h"
#include "store/statement.h"
#include "store/test-fixture.h"

typedef struct {
  Fixture f;
  char host[17], meeting[17];
} Facts;

static void facts_init(Facts *t) {
  fixture_init(&t->f);
  fixture_person(t->f.db, "主持", "host", "staff", 0, t->host);
  fixture_meeting(t->f.db, t->host, NULL, 0, t->meeting);
}

static PresenceOpen segment(const Facts *t, const char *id, int64_t at) {
  PresenceOpen open = {
      .participant = "p", .device = "phone", .address = "192.0.2.4", .at = fixture_moment(at)};
  g_strlcpy(open.id, id, sizeof open.id);
  memcpy(open.meeting, t->meeting, 17);
  memcpy(open.person, t->host, 17);
  return open;
}

static int64_t number(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  g_autoptr(Statement) row = db_prepare(db, sql, &error);
  g_assert_no_error(error);
  g_assert_true(statement_one(row, "none", &error));
  return column_int(row, 0);
}

static void refused(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  if (db_exec(db, sql, &error))
    g_error("not refused: %s", sql);
  g_assert_error(error, STORE_ERROR, STORE_ERROR_CONFLICT);
  g_clear_error(&error);
}

static void test_segments(void) {
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  sqlite3 *db = t.f.db;
  PresenceOpen open = segment(&t, "segment-00000001", T0);
  const char *ids[] = {open.id};
  g_assert_true(presence_open(db, &open, &error));
  g_assert_true(presence_seen(db, ids, 1, fixture_moment(T0 + 5000), &error));
  /* The wall clock jumps back an hour; the monotonic one goes on. */
  Moment jumped = fixture_moment(T0 + 9000);
  jumped.wall_ms -= 3600000;
  g_assert_true(presence_close(db, open.id, "left", jumped, &error));
  g_assert_cmpint(number(db, "select duration_ms from presence_segment"), ==, 9000);
  /* Closing again, or a late heartbeat, changes nothing. */
  g_assert_true(presence_close(db, open.id, "crash", fixture_moment(T0 + 20000), &error));
  g_assert_true(presence_seen(db, ids, 1, fixture_moment(T0 + 20000), &error));
  g_assert_cmpint(number(db, "select duration_ms from presence_segment where ended_by = 'left'"),
                  ==, 9000);
  fixture_clear(&t.f);
}

static void test_segments_are_kept(void) {
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  PresenceOpen open = segment(&t, "segment-00000001", T0);
  g_assert_true(presence_open(t.f.db, &open, &error));
  refused(t.f.db, "delete from presence_segment");
  refused(t.f.db, "update presence_segment set joined_at = joined_at - 1");
  refused(t.f.db, "update presence_segment set joined_mono_us = joined_mono_us - 1");
  refused(t.f.db, "update presence_segment set person = 'somebodyelse0000'");
  refused(t.f.db, "update presence_segment set address = '192.0.2.99'");
  refused(t.f.db, "update presence_segment set last_seen_mono_us = last_seen_mono_us - 1");
  refused(t.f.db, "insert or replace into presence_segment (id, meeting, person, participant,"
                  " device, address, boot, joined_at, joined_mono_us, last_seen_at,"
                  " last_seen_mono_us) select id, meeting, person, participant, device, address,"
                  " boot, 1, 1, 1, 1 from presence_segment");
  g_assert_true(presence_close(t.f.db, open.id, "left", fixture_moment(T0 + 1), &error));
  refused(t.f.db, "update presence_segment set left_at = left_at + 1");
  refused(t.f.db, "update presence_segment set left_at = null, left_mono_us = null,"
                  " ended_by = null");
  fixture_clear(&t.f);
}

#define BEFORE_REVOKED 8 /* the newest migration whose segments do not know the word */

static char *all_segments(sqlite3 *db) {
  GError *error = NULL;
  g_autoptr(Statement) row =
      db_prepare(db,
                 "select group_concat(rowid || id || meeting || person || participant || device"
                 " || address || boot || joined_at || joined_mono_us || last_seen_at"
                 " || last_seen_mono_us || quote(left_at) || quote(left_mono_us)"
                 " || quote(duration_ms) || quote(ended_by) || quote(session), char(10))"
                 " from (select rowid, * from presence_segment order by rowid)",
                 &error);
  g_assert_true(row && statement_one(row, "none", &error));
  return g_strdup(column_text(row, 0));
}

/* What the release before wrote stays as it is, under the same guards. */
static void test_upgrade(void) {
  GError *error = NULL;
  Facts t = {.meeting = "meeting-00000001", .host = "person-000000001"};
  fixture_init(&t.f);
  g_autofree char *path = g_build_filename(t.f.dir, "before.db", NULL);
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  for (int i = 0; i < BEFORE_REVOKED; i++)
    g_assert_true(db_exec(db, migrations[i].sql, &error));
  g_autofree char *mark = g_strdup_printf("pragma user_version = %d", BEFORE_REVOKED);
  g_autofree char *people = g_strdup_printf(
      "insert into person (id, name, kind, created_at) values ('%s', 'x', 'staff', 0);"
      "insert into meeting (id, title, planned_start, planned_end, host, created_at)"
      " values ('%s', 'x', 0, 1, '%s', 0)",
      t.host, t.meeting, t.host);
  g_assert_true(db_exec(db, mark, &error) && db_exec(db, people, &error));
  static const char *const ends[] = {"left", "removed", "crash", NULL};
  for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
    g_autofree char *id = g_strdup_printf("segment-%08u", i);
    PresenceOpen open = segment(&t, id, T0 + i);
    memset(open.session, i % 2 ? 'a' : 0, 64);
    g_assert_true(presence_open(db, &open, &error));
    g_assert_true(!ends[i] ||
                  presence_close(db, id, ends[i], fixture_moment(T0 + 5000 + i), &error));
  }
  g_autofree char *before = all_segments(db);
  g_assert_true(connection_migrate(db, &error));
  g_autofree char *after = all_segments(db);
  g_assert_cmpstr(after, ==, before);
  g_assert_true(connection_check(db, &error));
  refused(db, "delete from presence_segment");
  refused(db, "update presence_segment set left_at = left_at + 1 where ended_by = 'removed'");
  g_assert_true(
      presence_close(db, "segment-00000003", "revoked", fixture_moment(T0 + 7000), &error));
  g_assert_cmpint(number(db, "select count(*) from presence_segment where ended_by = 'revoked'"),
                  ==, 1);
  g_assert_cmpint(number(db, "select count(*) from sqlite_schema where tbl_name ="
                             " 'presence_segment' and type in ('index', 'trigger')"),
                  ==, 10); /* four indexes and the key's, five triggers */
  db_close(db);
  fixture_clear(&t.f);
}

#define BEFORE_ATTENDANCE 39 /* the newest migration whose decisions stand beside the people */

/* Whoever was invited, was there or was decided about has a row; what counts of the decisions is
 * what it says. */
static void test_attendance_upgrade(void) {
  GError *error = NULL;
  Fixture f;
  fixture_init(&f);
  g_autofree char *path = g_build_filename(f.dir, "before.db", NULL);
  sqlite3 *db = connection_open(path, CONNECTION_WRITE, &error);
  g_assert_true(connection_migrate_by(db, migrations, BEFORE_ATTENDANCE, &error));
  static const char rows[] =
      "insert into person (id, name, kind, created_at) values"
      " ('person-000000001', 'a', 'staff', 0), ('person-000000002', 'b', 'member', 0),"
      " ('person-000000003', 'c', 'member', 0), ('person-000000004', 'd', 'member', 0);"
      "insert into meeting (id, title, planned_start, planned_end, host, created_at)"
      " values ('meeting-00000001', 'x', 0, 1, 'person-000000001', 0);"
      "insert into invitation (id, meeting, person, capacity, created_at) values"
      " ('invitation000002', 'meeting-00000001', 'person-000000002', 'attend', 1),"
      " ('invitation000003', 'meeting-00000001', 'person-000000003', 'attend', 1);"
      "insert into presence_segment (id, meeting, person, participant, device, address, boot,"
      " joined_at, joined_mono_us, last_seen_at, last_seen_mono_us) values ('segment-00000001',"
      " 'meeting-00000001', 'person-000000001', 'p', 'phone', '', 'b', 1, 1, 1, 1);"
      "insert into attendance_decision (id, meeting, person, state, late, left_early, note, by, at,"
      " rule, window_from, window_to, drafted, drafted_late, drafted_left_early, present_ms) values"
      " (1, 'meeting-00000001', 'person-000000002', 'leave', 1, 0, ' ', 'person-000000001', 5, 1, "
      "1,"
      "  9, 'absent', 0, 1, 1499),"
      " (2, 'meeting-00000001', 'person-000000002', 'absent', 0, 0, '', 'person-000000001', 6, 1, "
      "1,"
      "  9, 'absent', 0, 1, 1499);"
      "insert into attendance_decision (id, meeting, person, state, late, left_early, note, by, at)"
      " values (3, 'meeting-00000001', 'person-000000004', 'present', 0, 0, 'old',"
      " 'person-000000001', 7);"
      "insert into attendance_undo values (2, 'person-000000001', 8)";
  db_exec(db, "insert or ignore into attendance_rule values (1, 0, 10, 10, 67, 2, 20, 15)", NULL);
  db_exec(db, rows, &error);
  g_assert_no_error(error);
  g_assert_true(connection_migrate(db, &error));
  g_assert_true(connection_check(db, &error));
  g_assert_cmpint(number(db, "select count(*) from attendance where length(id) = 16"), ==, 4);
  g_assert_cmpint(number(db, "select count(*) from attendance where person = 'person-000000002' and"
                             " state = 'confirmed' and result = 'leave' and late = 1 and"
                             " left_early = 0 and remark is null and decided_at = 5 and rules = 1"
                             " and seen_to = 9 and seen_state = 'absent' and seen_s = 1"),
                  ==, 1);
  g_assert_cmpint(number(db, "select count(*) from attendance where person = 'person-000000004' and"
                             " result = 'present' and remark = 'old' and seen_state is null"),
                  ==, 1);
  g_assert_cmpint(number(db, "select count(*) from attendance where state = 'drafted'"), ==, 2);
  db_close(db);
  fixture_clear(&f);
}

static void test_recovery(void) {
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  PresenceOpen one = segment(&t, "segment-00000001", T0);
  PresenceOpen two = segment(&t, "segment-00000002", T0 + 1000);
  PresenceOpen closed = segment(&t, "segment-00000003", T0 + 1000);
  g_assert_true(presence_open(t.f.db, &one, &error));
  g_assert_true(presence_open(t.f.db, &two, &error));
  g_assert_true(presence_open(t.f.db, &closed, &error));
  const char *ids[] = {one.id};
  g_assert_true(presence_seen(t.f.db, ids, 1, fixture_moment(T0 + 7000), &error));
  g_assert_true(presence_close(t.f.db, closed.id, "left", fixture_moment(T0 + 2000), &error));
  fixture_start(&t.f); /* the server starts after a crash, in another boot */
  fixture_stop(&t.f);
  g_assert_cmpint(number(t.f.db, "select duration_ms from presence_segment"
                                 " where id = 'segment-00000001' and ended_by = 'crash'"),
                  ==, 7000);
  g_assert_cmpint(number(t.f.db, "select duration_ms from presence_segment"
                                 " where id = 'segment-00000002' and ended_by = 'crash'"),
                  ==, 0);
  g_assert_cmpint(number(t.f.db, "select count(*) from meeting_event where kind = 'crashed'"), ==,
                  1);
  unsigned count = 9;
  g_assert_true(presence_recover(t.f.db, fixture_moment(T0 + 9000), &count, &error));
  g_assert_cmpuint(count, ==, 0);
  fixture_clear(&t.f);
}

static void count_kept(void *user, const json_t *earlier, const GError *error) {
  g_assert_null(earlier);
  g_assert_no_error(error);
  ++*(unsigned *)user;
}

static void test_queued(void) {
  Facts t;
  unsigned kept = 0;
  facts_init(&t);
  GError *error = NULL;
  PresenceOpen one = segment(&t, "segment-00000001", T0);
  fixture_start(&t.f);
  presence_open_queue(t.f.store, &one);
  const char *ids[] = {one.id};
  presence_seen_queue(t.f.store, ids, 1, fixture_moment(T0 + 3000));
  presence_close_queue(t.f.store, one.id, "dropped", fixture_moment(T0 + 4000));
  json_t *data = json_pack("{s:s}", "device", "phone");
  for (unsigned i = 0; i < 5; i++) {
    MeetingEvent event = {t.meeting, "joined", t.host, "p", data, fixture_moment(T0 + i)};
    event_queue(t.f.store, &event);
  }
  json_decref(data);
  for (unsigned i = 0; i < 60; i++) {
    g_autofree char *text = g_strdup_printf("留言 %u", i);
    char id[ID_CHARS + 1];
    id_random(id, ID_CHARS);
    ChatMessage message = {id, t.meeting, t.host, "p", "主持", text, T0 + i};
    MeetingEvent event = {t.meeting, "chat", t.host, "p", NULL, fixture_moment(T0 + i)};
    chat_post(t.f.store, &message, &event, count_kept, &kept);
  }
  AuditEntry entry = {"recording.view", t.host, NULL, "ok", "192.0.2.4", NULL};
  audit_queue(t.f.store, &entry, T0);
  fixture_stop(&t.f);
  g_assert_cmpuint(kept, ==, 60);
  g_assert_cmpint(number(t.f.db, "select duration_ms from presence_segment"), ==, 4000);
  json_t *entries = chat_last(t.f.db, t.meeting, 50, &error);
  g_assert_cmpint(json_array_size(entries), ==, 50);
  g_assert_cmpstr(json_string_value(json_object_get(json_array_get(entries, 49), "text")), ==,
                  "留言 59");
  json_decref(entries);
  refused(t.f.db, "update chat_message set text = 'x'");
  refused(t.f.db, "delete from chat_message");
  refused(t.f.db, "update meeting_event set kind = 'x'");
  refused(t.f.db, "delete from meeting_event");
  fixture_clear(&t.f);
}

static bool set_pages(sqlite3 *db, void *data, GError **error) {
  g_autofree char *sql = g_strdup_printf("pragma max_page_count = %d", GPOINTER_TO_INT(data));
  return db_exec(db, sql, error);
}

/* The first of those kept: until it gets its way the disk stays full for all. */
static bool make_room(sqlite3 *db, void *data, GError **error) {
  if (g_atomic_int_get((gint *)data))
    return set_pages(db, GINT_TO_POINTER(1000000), error);
  g_set_error(error, STORE_ERROR, STORE_ERROR_DISK, "still full");
  return false;
}

static bool fill_pages(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "insert into setting values (hex(randomblob(8)), hex(randomblob(1000)))",
                 error);
}

static void fill_done(void *data, const GError *error) {
  *(bool *)data = error != NULL;
}

static bool end_meeting(sqlite3 *db, void *data, GError **error) {
  return db_exec(db, "update meeting set state = 'ended'", error);
}

static void ignore_done(void *data, const GError *error) {}

/* The disk is full while somebody joins and leaves; the rows come when it has room again. */
static void test_disk_full(void) {
  Facts t;
  facts_init(&t);
  PresenceOpen one = segment(&t, "segment-00000001", T0);
  fixture_start(&t.f);
  store_write(t.f.store, set_pages, ignore_done, GINT_TO_POINTER(1)); /* none beyond what it has */
  bool full = false;
  while (!full) {
    store_write(t.f.store, fill_pages, fill_done, &full);
    mailbox_drain(t.f.mailbox);
  }
  gint room = 0;
  store_write_kept(t.f.store, make_room, ignore_done, &room);
  for (unsigned i = 0; i < 40; i++) { /* one more page than there is, surely */
    g_snprintf(one.id, sizeof one.id, "segment-%08u", i);
    presence_open_queue(t.f.store, &one);
    presence_close_queue(t.f.store, one.id, "left", fixture_moment(T0 + 4000));
  }
  MeetingEvent event = {t.meeting, "joined", t.host, "p", NULL, fixture_moment(T0)};
  event_queue(t.f.store, &event);
  /* Nothing overtakes them: the end would count those who left as present until now. */
  bool refused_end = false;
  store_write(t.f.store, end_meeting, fill_done, &refused_end);
  while (!refused_end)
    mailbox_drain(t.f.mailbox);
  g_atomic_int_set(&room, 1);
  fixture_stop(&t.f);
  g_assert_cmpint(number(t.f.db, "select count(*) from presence_segment where ended_by = 'left'"
                                 " and duration_ms = 4000"),
                  ==, 40);
  g_assert_cmpint(number(t.f.db, "select count(*) from meeting_event where kind = 'joined'"), ==,
                  1);
  fixture_clear(&t.f);
}

static void test_evidence_is_kept(void) {
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  sqlite3 *db = t.f.db;
  refused(db, "delete from meeting");
  fixture_open(db, t.meeting, fixture_moment(T0));
  refused(db, "update meeting set opened_at = opened_at + 1");
  refused(db, "update meeting set opened_mono_us = 0");
  fixture_end(db, t.meeting, fixture_moment(T0 + 1000));
  refused(db, "update meeting set ended_at = ended_at + 1");
  refused(db, "update meeting set ended_boot = 'x'");
  g_assert_true(db_exec(db, "update meeting set title = 'x'", &error)); /* not evidence */
  g_assert_true(db_exec(db,
                        "insert into recording (id, meeting, folder, started_at)"
                        " select '0123456789abcdef', id, '2026/01/x', 0 from meeting;"
                        "insert into recording_file (recording, name, kind, part, track, source,"
                        " start_ms, sha256) values ('0123456789abcdef', 'open.webm', 'program', 1,"
                        " 0, 'program', 0, null), ('0123456789abcdef', 'closed.webm', 'program', 2,"
                        " 0, 'program', 0, printf('%064d', 0));"
                        "insert into recording_gap values ('0123456789abcdef', 0, 3)",
                        &error));
  g_assert_no_error(error);
  refused(db, "delete from recording");
  refused(db, "delete from recording_file where name = 'closed.webm'");
  g_assert_true(db_exec(db, "delete from recording_file where name = 'open.webm'", &error));
  refused(db, "delete from recording_gap");
  refused(db, "update recording_gap set for_ms = 2");
  g_assert_true(db_exec(db, "update recording_gap set for_ms = 4", &error));
  fixture_clear(&t.f);
}

static void add_records(sqlite3 *db, unsigned count) {
  GError *error = NULL;
  for (unsigned i = 0; i < count; i++) {
    json_t *detail = json_pack("{s:i}", "i", i);
    AuditEntry entry = {"test", NULL, i % 2 ? "object" : NULL, "ok", "192.0.2.1", detail};
    g_assert_true(audit_add(db, &entry, T0 + i, &error));
    json_decref(detail);
  }
}

/* Somebody with the file and a shell: the triggers go first. */
static void tamper(sqlite3 *db, const char *sql) {
  GError *error = NULL;
  db_exec(db, "savepoint tamper; drop trigger audit_kept; drop trigger audit_fixed", &error);
  g_assert_no_error(error);
  db_exec(db, sql, &error);
  g_assert_no_error(error);
}

static void test_audit_chain(void) {
  static const struct {
    const char *sql, *found;
  } attacks[] = {
      {"update audit_record set detail = '{}' where seq = 5", "audit record 5: "},
      {"update audit_record set object = null where seq = 4", "audit record 4: "},
      {"update audit_record set at = at + 1 where seq = 1", "audit record 1: "},
      {"delete from audit_record where seq = 7", "audit record 7: is missing"},
      {"delete from audit_record where seq = 1", "audit record 1: is missing"},
      {"delete from audit_record where seq > 8", "audit record 10: was noted"},
      {"update audit_record set seq = 100 where seq = 2; update audit_record set seq = 2 where"
       " seq = 3; update audit_record set seq = 3 where seq = 100",
       "audit record 2: "},
  };
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  add_records(t.f.db, 10);
  AuditHead head, now;
  g_assert_true(audit_verify(t.f.db, NULL, &head, &error));
  g_assert_cmpint(head.seq, ==, 10);
  refused(t.f.db, "delete from audit_record");
  refused(t.f.db, "update audit_record set detail = '{}'");
  for (unsigned i = 0; i < G_N_ELEMENTS(attacks); i++) {
    tamper(t.f.db, attacks[i].sql);
    g_assert_false(audit_verify(t.f.db, &head, &now, &error));
    g_assert_error(error, STORE_ERROR, STORE_ERROR_INVALID);
    g_assert_true(g_str_has_prefix(error->message, attacks[i].found));
    g_clear_error(&error);
    g_assert_true(db_exec(t.f.db, "rollback to tamper; release tamper", &error));
  }
  g_assert_true(audit_verify(t.f.db, &head, &now, &error));
  fixture_clear(&t.f);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/presence/segments", test_segments);
  g_test_add_func("/presence/kept", test_segments_are_kept);
  g_test_add_func("/presence/upgrade", test_upgrade);
  g_test_add_func("/presence/attendance-upgrade", test_attendance_upgrade);
  g_test_add_func("/presence/recovery", test_recovery);
  g_test_add_func("/store/queued", test_queued);
  g_test_add_func("/store/evidence-is-kept", test_evidence_is_kept);
  g_test_add_func("/store/disk-full", test_disk_full);
  g_test_add_func("/audit/chain", test_audit_chain);
  return g_test_run();
}
