#include "room/ending.h"

#include <string.h>

#include "base/log.h"
#include "model/act.h"
#include "room/eventlog.h"
#include "room/send.h"
#include "room/step.h"
#include "store/statement.h"

#define SWEEP_US (60 * (int64_t)G_USEC_PER_SEC)

static VacancyRules rules_of(const Config *config) {
  return (VacancyRules){config->end_by_itself, (int64_t)config->end_alone_min * 60000,
                        (int64_t)config->end_warning_s * 1000};
}

/* 0, 1 or 2 for more: several devices of a person are one. */
static unsigned people_in(const Room *room) {
  const Participant *first = room->participants->len ? room->participants->pdata[0] : NULL;
  for (unsigned i = 1; i < room->participants->len; i++) {
    const Participant *other = g_ptr_array_index(room->participants, i);
    if (strcmp(first->person, other->person) != 0)
      return 2;
  }
  return first ? 1 : 0;
}

json_t *ending_json(const Room *room) {
  return room->vacancy.end_at_ms ? json_integer(room_told_ms(room, room->vacancy.end_at_ms))
                                 : json_null();
}

static void tell(Room *room) {
  json_t *message = message_new("ending");
  json_object_set_new(message, "at", ending_json(room));
  room_broadcast(room, message, NULL);
}

void ending_begin(Room *room, int64_t now_us) {
  vacancy_init(&room->vacancy, room_wall_ms(room, now_us));
}

/* The plan is meant by the wall clock as it is now; the room's times go on unbroken from what it
 * was when the room was made, and vacancy.h counts in those. */
static int64_t planned_end_in_room_ms(const Room *room) {
  return room->planned_end_ms - room->jump_ms;
}

void ending_tick(Room *room, int64_t now_us) {
  VacancyRules rules = rules_of(room->assembly->config);
  if (room->state != ROOM_LIVE || room->stepping)
    return;
  VacancyStep step = vacancy_judge(&room->vacancy, &rules, people_in(room),
                                   planned_end_in_room_ms(room), room_wall_ms(room, now_us));
  if (step == VACANCY_WARN || step == VACANCY_CALL_OFF)
    tell(room);
  else if (step == VACANCY_END)
    room_step(room, MEETING_END_VACANT, NULL, now_us, NULL, NULL);
}

void ending_failed(Room *room, int64_t now_us) {
  if (vacancy_stay(&room->vacancy, room_wall_ms(room, now_us)))
    tell(room);
}

const char *participant_stay(Participant *participant, int64_t now_us) {
  Room *room = participant->room;
  if (room->state != ROOM_LIVE)
    return room->state == ROOM_SCHEDULED ? "not_live" : "ended";
  if (vacancy_stay(&room->vacancy, room_wall_ms(room, now_us))) {
    room_log(room, "stays", participant, NULL, now_us);
    tell(room);
  }
  return NULL;
}

/* ---- live meetings without a room ---- */

struct Unattended {
  GHashTable *meetings; /* id → Vacancy *, owned */
  int64_t asked_us;     /* when the store was asked last; 0: never */
};

/* One asking, and what a reader found. */
typedef struct {
  Task task;
  int64_t before_ms;
  GPtrArray *ids;  /* char * */
  GArray *ends_ms; /* int64_t, planned, in the same order */
} Sweep;

Unattended *unattended_new(void) {
  Unattended *unattended = g_new0(Unattended, 1);
  unattended->meetings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return unattended;
}

void unattended_free(Unattended *unattended) {
  if (!unattended)
    return;
  g_hash_table_unref(unattended->meetings);
  g_free(unattended);
}

/* A reader's thread. */
static bool sweep_work(sqlite3 *db, void *data, GError **error) {
  Sweep *sweep = data;
  g_autoptr(Statement) rows = db_prepare(
      db, "select id, planned_end from meeting where state = 'live' and planned_end <= :before",
      error);
  if (!rows)
    return false;
  statement_int(rows, ":before", sweep->before_ms);
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW) {
    int64_t end_ms = column_int(rows, 1);
    g_ptr_array_add(sweep->ids, g_strdup(column_text(rows, 0)));
    g_array_append_val(sweep->ends_ms, end_ms);
  }
  return result == SQLITE_DONE;
}

typedef struct {
  Task task;
  char *id;
} Ending;

/* Somebody may have come in while it was being written: the room asks how its meeting stands. */
static void ended(void *user, const char *why, const GError *error) {
  Ending *ending = user;
  Assembly *assembly = task_end(&ending->task);
  if (error)
    log_error("room", "not-ended", "reason=%s", log_q(error->message));
  if (assembly)
    assembly_meeting_changed(assembly, ending->id);
  g_free(ending->id);
  g_free(ending);
}

/* Wall time here: no room's clock runs for these. */
static void judge(Assembly *assembly, const char *id, int64_t planned_end_ms, int64_t now_us) {
  VacancyRules rules = rules_of(assembly->config);
  int64_t wall_ms = assembly->time.wall_ms(assembly->time.user);
  Vacancy *vacancy = g_hash_table_lookup(assembly->unattended->meetings, id);
  if (!vacancy) {
    vacancy = g_new(Vacancy, 1);
    vacancy_init(vacancy, wall_ms);
    g_hash_table_insert(assembly->unattended->meetings, g_strdup(id), vacancy);
  }
  if (vacancy_judge(vacancy, &rules, 0, planned_end_ms, wall_ms) != VACANCY_END)
    return;
  Moment now = {wall_ms, now_us, moment_boot()};
  log_info("room", "ended-vacant", "meeting=%s", id);
  Ending *ending = g_new0(Ending, 1);
  ending->id = g_strdup(id);
  task_begin(&ending->task, assembly);
  const Act act = {.subject = "meeting", .id = id, .verb = "end", .at = now};
  act_post(assembly->store, assembly->model, assembly->config->time_zone, &act, ended, ending);
}

static gboolean is_not_among(void *id, void *vacancy, void *data) {
  const GPtrArray *ids = data;
  for (unsigned i = 0; i < ids->len; i++)
    if (strcmp(id, ids->pdata[i]) == 0)
      return FALSE;
  return TRUE;
}

static void sweep_done(void *data, const GError *error) {
  Sweep *sweep = data;
  Assembly *assembly = task_end(&sweep->task);
  if (error)
    log_error("room", "sweep-failed", "reason=%s", log_q(error->message));
  if (assembly && !assembly->stopping && !error) {
    int64_t now_us = assembly_now(assembly);
    g_hash_table_foreach_remove(assembly->unattended->meetings, is_not_among, sweep->ids);
    for (unsigned i = 0; i < sweep->ids->len; i++) {
      const char *id = g_ptr_array_index(sweep->ids, i);
      if (g_hash_table_contains(assembly->meetings, id))
        g_hash_table_remove(assembly->unattended->meetings, id);
      else
        judge(assembly, id, g_array_index(sweep->ends_ms, int64_t, i), now_us);
    }
  }
  g_ptr_array_unref(sweep->ids);
  g_array_unref(sweep->ends_ms);
  g_free(sweep);
}

void unattended_tick(Assembly *assembly, int64_t now_us) {
  Unattended *unattended = assembly->unattended;
  if (!assembly->config->end_by_itself || assembly->stopping ||
      (unattended->asked_us && now_us - unattended->asked_us < SWEEP_US))
    return;
  unattended->asked_us = now_us;
  Sweep *sweep = g_new0(Sweep, 1);
  sweep->before_ms = assembly->time.wall_ms(assembly->time.user);
  sweep->ids = g_ptr_array_new_with_free_func(g_free);
  sweep->ends_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
  task_begin(&sweep->task, assembly);
  store_read(assembly->store, sweep_work, sweep_done, sweep);
}
