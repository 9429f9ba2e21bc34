/* Meetings as JSON, one and many (meetings.h). The list's statement is put together from constant
 * pieces, so that each kind of list has its own plan: `mine` is driven by the person's invitations,
 * the rest by the meetings' start. */
#include <string.h>

#include "base/zone.h"
#include "store/meetings.h"
#include "store/page.h"
#include "store/people.h"
#include "store/statement.h"

#define COLUMNS                                                                                    \
  "select m.id, m.title, m.topic, m.type, m.state, m.planned_start, m.planned_end, m.opened_at,"   \
  " m.ended_at, m.host, h.name, m.auto_record, i.capacity,"                                        \
  " (select count(*) from invitation e where e.meeting = m.id and e.revoked_at is null),"          \
  " (select count(distinct s.person) from presence_segment s"                                      \
  "  where s.meeting = m.id and s.left_at is null),"                                               \
  " exists (select 1 from recording r where r.meeting = m.id),"                                    \
  " iif(m.state = 'ended', (select count(distinct s.person) from presence_segment s"               \
  "  where s.meeting = m.id), null),"                                                              \
  " (select sum(d.state in ('present', 'observer')) from attendance_current d"                     \
  "  where d.meeting = m.id), m.ended_by_itself"                                                   \
  " from meeting m join person_shown h on h.id = m.host"

#define INVITED_ON " on i.meeting = m.id and i.person = :me and i.revoked_at is null"

static json_t *meeting_row(Statement *row, const Session *session) {
  const char *capacity = column_text(row, 12);
  json_t *rights = json_array();
  if (strcmp(column_text(row, 9), session->person) == 0 || g_strcmp0(capacity, "host") == 0)
    json_array_append_new(rights, json_string("host"));
  if (session->roles & ROLE_STAFF)
    json_array_append_new(rights, json_string("manage"));
  return json_pack(
      "{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:{s:s, s:s}, s:b, s:{s:s?, s:o},"
      " s:{s:I, s:I, s:o, s:o}, s:I, s:o}",
      "id", column_text(row, 0), "title", column_text(row, 1), "topic", column_text(row, 2), "type",
      column_text(row, 3), "state", column_text(row, 4), "planned_start",
      (json_int_t)column_int(row, 5), "planned_end", (json_int_t)column_int(row, 6), "opened_at",
      json_time(!column_null(row, 7), column_int(row, 7)), "ended_at",
      json_time(!column_null(row, 8), column_int(row, 8)), "host", "id", column_text(row, 9),
      "name", column_text(row, 10), "auto_record", (int)column_int(row, 11), "my", "capacity",
      capacity, "rights", rights, "counts", "expected", (json_int_t)column_int(row, 13), "here",
      (json_int_t)column_int(row, 14), "came",
      json_time(!column_null(row, 16), column_int(row, 16)), "attended",
      json_time(!column_null(row, 17), column_int(row, 17)), "recordings",
      (json_int_t)column_int(row, 15), "reopen_until",
      json_time(column_int(row, 18), column_int(row, 8) + MEETING_REOPEN_MS));
}

json_t *meeting_json(sqlite3 *db, const char *id, const Session *session, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, COLUMNS " left join invitation i" INVITED_ON " where m.id = :id", error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  statement_text(row, ":me", session->person);
  return statement_one(row, "no such meeting", error) ? meeting_row(row, session) : NULL;
}

/* Which meetings a list holds; :from and :to are the ends of today. */
static const struct {
  const char *when, *filter;
  bool last_first;
} kinds[] = {
    {"live", "(m.state = 'live' and :from is not null and :to is not null)", false},
    {"today", "(m.state = 'live' or (m.planned_start < :to and m.planned_end >= :from))", false},
    {"upcoming", "(m.state = 'scheduled' and m.planned_start >= :to and :from is not null)", false},
    {"past",
     "(m.state in ('ended', 'cancelled') or (m.state = 'scheduled' and m.planned_end < :from"
     " and :to is not null))",
     true},
    {"all", "(:from is not null and :to is not null)", true},
};

static int find_kind(const char *when) {
  for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (g_strcmp0(kinds[i].when, when) == 0)
      return (int)i;
  return -1;
}

static void bind_day(Statement *statement, const char *zone, int64_t now_ms) {
  int64_t from_ms, to_ms;
  zone_day(zone, now_ms, &from_ms, &to_ms);
  statement_int(statement, ":from", from_ms);
  statement_int(statement, ":to", to_ms);
}

/* Where the page starts: after the meeting named by the cursor. */
static bool bind_cursor(sqlite3 *db, Statement *rows, const char *after, bool last_first,
                        GError **error) {
  int64_t start = last_first ? INT64_MAX : INT64_MIN;
  if (after && *after) {
    g_autoptr(Statement) row =
        db_prepare(db, "select planned_start from meeting where id = :id", error);
    if (!row)
      return false;
    statement_text(row, ":id", after);
    if (!statement_one(row, "no such cursor", error))
      return false;
    start = column_int(row, 0);
  }
  statement_int(rows, ":start", start);
  statement_text(rows, ":after", after ? after : "");
  return true;
}

typedef struct {
  char *rows, *count;
} ListSql;

static void list_sql_clear(ListSql *sql) {
  g_free(sql->rows);
  g_free(sql->count);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ListSql, list_sql_clear)

static void list_sql(ListSql *sql, int kind, bool mine, bool scoped) {
  const char *join = mine ? " join invitation i" INVITED_ON : " left join invitation i" INVITED_ON;
  const char *scope = scoped ? " and m.id = :scope" : "";
  sql->rows =
      g_strconcat(COLUMNS, join, " where ", kinds[kind].filter, scope,
                  kinds[kind].last_first ? " and (m.planned_start, m.id) < (:start, :after)"
                                           " order by m.planned_start desc, m.id desc limit :limit"
                                         : " and (m.planned_start, m.id) > (:start, :after)"
                                           " order by m.planned_start, m.id limit :limit",
                  NULL);
  /* The outer join adds no row, so that a count of all meetings does without it. */
  sql->count = g_strconcat("select count(*) from meeting m", mine ? join : "", " where ",
                           kinds[kind].filter, scope, NULL);
}

json_t *meetings_list(sqlite3 *db, const MeetingsQuery *query, const Session *session,
                      int64_t now_ms, GError **error) {
  int kind = find_kind(query->when);
  if (kind < 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_INVALID,
                "when wants one of: live today upcoming past all");
    return NULL;
  }
  int limit = page_limit(query->limit);
  bool mine = query->mine || !(session->roles & ROLE_STAFF);
  bool scoped = session->scope_meeting != NULL;
  g_auto(ListSql) sql = {NULL, NULL};
  list_sql(&sql, kind, mine, scoped);
  g_autoptr(Statement) rows = db_prepare(db, sql.rows, error);
  g_autoptr(Statement) count = db_prepare(db, sql.count, error);
  if (!rows || !count || !bind_cursor(db, rows, query->after, kinds[kind].last_first, error))
    return NULL;
  bind_day(rows, query->time_zone, now_ms);
  bind_day(count, query->time_zone, now_ms);
  statement_text(rows, ":me", session->person);
  if (mine)
    statement_text(count, ":me", session->person);
  if (scoped) {
    statement_text(rows, ":scope", session->scope_meeting);
    statement_text(count, ":scope", session->scope_meeting);
  }
  statement_int(rows, ":limit", limit + 1);
  if (!statement_one(count, "", error))
    return NULL;
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    json_array_append_new(items, meeting_row(rows, session));
  if (result == SQLITE_ERROR) {
    json_decref(items);
    return NULL;
  }
  return page_finish(items, limit, "id", column_int(count, 0));
}
