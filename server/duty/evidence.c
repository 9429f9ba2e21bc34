#include "duty/evidence.h"

#include <string.h>

#include "duty/acts.h"
#include "store/statement.h"

static void segment_clear(void *data) {
  Segment *segment = data;
  g_free(segment->device);
  g_free(segment->address);
  g_free(segment->ended_by);
}

static void stay_free(void *data) {
  Stay *stay = data;
  g_array_unref(stay->segments);
  if (stay->stays)
    g_array_unref(stay->stays);
  g_free(stay);
}

static void change_free(WindowChange *change) {
  if (!change)
    return;
  g_free(change->by);
  g_free(change->by_name);
  g_free(change->reason);
  g_free(change);
}

void evidence_free(Evidence *evidence) {
  if (!evidence)
    return;
  change_free(evidence->changed);
  g_free(evidence->curve);
  if (evidence->people)
    g_hash_table_unref(evidence->people);
  g_free(evidence);
}

/* ---- the meeting's line ---- */

/* A meeting's own times. */
typedef struct {
  Timeline *line; /* NULL: it was never opened */
  bool ended;
  int64_t opened_at, planned_start, planned_end;
  int64_t end_ms;
  Moment now;
} Frame;

static void frame_clear(Frame *frame) {
  timeline_free(frame->line);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Frame, frame_clear)

static bool learn_boots(sqlite3 *db, const char *meeting, Timeline *line, GError **error) {
  g_autoptr(Statement) rows = db_prepare(
      db, "select joined_at, joined_mono_us, boot from presence_segment where meeting = :meeting",
      error);
  if (!rows)
    return false;
  statement_text(rows, ":meeting", meeting);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    timeline_learn(line, (Moment){column_int(rows, 0), column_int(rows, 1), column_text(rows, 2)});
  return result == SQLITE_DONE;
}

static bool frame_load(sqlite3 *db, const char *meeting, Moment now, Frame *frame, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select opened_at, opened_mono_us, opened_boot, ended_at, ended_mono_us, ended_boot,"
      " planned_start, planned_end from meeting where id = :id",
      error);
  if (!row)
    return false;
  statement_text(row, ":id", meeting);
  if (!statement_one(row, "no such meeting", error))
    return false;
  frame->now = now;
  frame->planned_start = column_int(row, 6);
  frame->planned_end = column_int(row, 7);
  if (column_null(row, 0))
    return true;
  frame->opened_at = column_int(row, 0);
  frame->line = timeline_new((Moment){column_int(row, 0), column_int(row, 1), column_text(row, 2)});
  if (!learn_boots(db, meeting, frame->line, error))
    return false;
  Moment end = now;
  frame->ended = !column_null(row, 3);
  if (frame->ended)
    end = (Moment){column_int(row, 3), column_int(row, 4), column_text(row, 5)};
  frame->end_ms = MAX(timeline_ms(frame->line, end), 0);
  return true;
}

/* ---- presence ---- */

static Stay *stay_of(GHashTable *people, const char *person) {
  Stay *stay = g_hash_table_lookup(people, person);
  if (stay)
    return stay;
  stay = g_new0(Stay, 1);
  stay->segments = g_array_new(FALSE, FALSE, sizeof(Segment));
  g_array_set_clear_func(stay->segments, segment_clear);
  g_hash_table_insert(people, g_strdup(person), stay);
  return stay;
}

static void merge(Stay *stay) {
  stay->stays = g_array_sized_new(FALSE, FALSE, sizeof(Interval), stay->segments->len);
  for (unsigned i = 0; i < stay->segments->len; i++)
    g_array_append_val(stay->stays, g_array_index(stay->segments, Segment, i).at);
  unsigned kept = draft_merge((Interval *)(void *)stay->stays->data, stay->stays->len);
  g_array_set_size(stay->stays, kept);
}

#define SEGMENTS                                                                                   \
  "select person, joined_at, joined_mono_us, boot, left_at, left_mono_us, device, address,"        \
  " ended_by from presence_segment where meeting = :meeting"

static void read_segment(Statement *row, const Frame *frame, GHashTable *people) {
  Stay *stay = stay_of(people, column_text(row, 0));
  const char *boot = column_text(row, 3);
  bool open = column_null(row, 4);
  Moment in = {column_int(row, 1), column_int(row, 2), boot};
  Moment out = {column_int(row, 4), column_int(row, 5), boot};
  Segment segment = {
      .joined_at = in.wall_ms,
      .left_at = out.wall_ms,
      .open = open,
      .device = g_strdup(column_text(row, 6)),
      .address = g_strdup(column_text(row, 7)),
      .ended_by = g_strdup(column_text(row, 8)),
      .at = {timeline_ms(frame->line, in), timeline_ms(frame->line, open ? frame->now : out)},
  };
  g_array_append_val(stay->segments, segment);
  stay->here = stay->here || open;
}

/* person NULL: everybody's. */
static GHashTable *people_load(sqlite3 *db, const char *meeting, const char *person,
                               const Frame *frame, GError **error) {
  g_autoptr(Statement) rows =
      db_prepare(db,
                 person ? SEGMENTS " and person = :person order by joined_at"
                        : SEGMENTS " order by person, joined_at",
                 error);
  if (!rows)
    return NULL;
  statement_text(rows, ":meeting", meeting);
  if (person)
    statement_text(rows, ":person", person);
  g_autoptr(GHashTable) people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, stay_free);
  int result = SQLITE_DONE;
  while (frame->line && (result = statement_step(rows, error)) == SQLITE_ROW)
    read_segment(rows, frame, people);
  if (result != SQLITE_DONE)
    return NULL;
  GHashTableIter each;
  void *stay;
  g_hash_table_iter_init(&each, people);
  while (g_hash_table_iter_next(&each, NULL, &stay))
    merge(stay);
  return g_steal_pointer(&people);
}

/* ---- the window ---- */

static void draw_curve(Evidence *evidence) {
  g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(Interval));
  GHashTableIter each;
  void *value;
  g_hash_table_iter_init(&each, evidence->people);
  while (g_hash_table_iter_next(&each, NULL, &value)) {
    const Stay *stay = value;
    g_array_append_vals(all, stay->stays->data, stay->stays->len);
  }
  evidence->curve = window_curve((const Interval *)(void *)all->data, all->len, evidence->end_ms,
                                 &evidence->curve_count);
}

static bool change_load(sqlite3 *db, const char *meeting, Evidence *evidence, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select w.from_at, w.to_at, w.reason, w.by, p.name, w.at from attendance_window w"
      " join person_shown p on p.id = w.by where w.meeting = :meeting order by w.id desc limit 1",
      error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  int result = statement_step(row, error);
  if (result != SQLITE_ROW)
    return result == SQLITE_DONE;
  WindowChange *change = g_new0(WindowChange, 1);
  change->moved = !column_null(row, 0);
  change->reason = g_strdup(column_text(row, 2));
  change->by = g_strdup(column_text(row, 3));
  change->by_name = g_strdup(column_text(row, 4));
  change->at = column_int(row, 5);
  evidence->changed = change;
  if (change->moved)
    evidence->window = (Window){column_int(row, 0) - evidence->opened_at,
                                column_int(row, 1) - evidence->opened_at};
  return true;
}

static bool window_load(sqlite3 *db, const char *meeting, const Frame *frame, Evidence *evidence,
                        GError **error) {
  g_autoptr(GArray) acts = acts_load(db, meeting, frame->line, error);
  if (!acts)
    return false;
  draw_curve(evidence);
  WindowFacts facts = {
      .planned_start_ms = frame->planned_start - frame->opened_at,
      .planned_end_ms = frame->planned_end - frame->opened_at,
      .end_ms = evidence->end_ms,
      .curve = evidence->curve,
      .curve_count = evidence->curve_count,
      .acts = (const Interval *)(void *)acts->data,
      .act_count = acts->len,
  };
  evidence->usual = window_default(&facts, &evidence->rule, &evidence->why, &evidence->least);
  evidence->window = evidence->usual;
  return change_load(db, meeting, evidence, error);
}

Evidence *evidence_load(sqlite3 *db, const char *meeting, Moment now, GError **error) {
  g_auto(Frame) frame = {NULL};
  if (!frame_load(db, meeting, now, &frame, error))
    return NULL;
  g_autoptr(Evidence) evidence = g_new0(Evidence, 1);
  evidence->opened = frame.line != NULL;
  evidence->ended = frame.ended;
  evidence->opened_at = frame.opened_at;
  evidence->end_ms = frame.end_ms;
  evidence->people = people_load(db, meeting, NULL, &frame, error);
  if (!evidence->people ||
      !rules_at(db, frame.line ? frame.opened_at : now.wall_ms, &evidence->rule, error) ||
      (frame.line && !window_load(db, meeting, &frame, evidence, error)))
    return NULL;
  return g_steal_pointer(&evidence);
}

const Stay *evidence_stay(const Evidence *evidence, const char *person) {
  return g_hash_table_lookup(evidence->people, person);
}

AttendanceFacts evidence_facts(const Evidence *evidence, const char *person, Window window,
                               bool observer) {
  const Stay *stay = evidence_stay(evidence, person);
  return draft_facts(stay ? (const Interval *)(void *)stay->stays->data : NULL,
                     stay ? stay->stays->len : 0, window, observer);
}

int64_t evidence_wall_ms(const Evidence *evidence, int64_t line_ms) {
  return evidence->opened_at + line_ms;
}

bool evidence_own_ms(sqlite3 *db, const char *meeting, const char *person, Moment now,
                     int64_t *total_ms, GError **error) {
  g_auto(Frame) frame = {NULL};
  *total_ms = 0;
  if (!frame_load(db, meeting, now, &frame, error))
    return false;
  g_autoptr(GHashTable) people = people_load(db, meeting, person, &frame, error);
  if (!people)
    return false;
  const Stay *stay = g_hash_table_lookup(people, person);
  if (stay)
    *total_ms = draft_facts((const Interval *)(void *)stay->stays->data, stay->stays->len,
                            (Window){0, frame.end_ms}, false)
                    .present_ms;
  return true;
}
