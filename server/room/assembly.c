#include "room/assembly.h"

#include <string.h>

#include "base/clock.h"
#include "room/ending.h"
#include "room/eventlog.h"
#include "room/lines-inner.h"
#include "room/media-state.h"
#include "room/memory.h"
#include "room/participant.h"
#include "room/recheck.h"
#include "room/recording.h"
#include "room/roster.h"
#include "room/send.h"
#include "room/state.h"
#include "store/presence.h"

static int64_t real_mono_us(void *user) {
  return clock_mono_us();
}

static int64_t real_wall_ms(void *user) {
  return clock_wall_ms();
}

void task_begin(Task *task, Assembly *assembly) {
  task->assembly = assembly;
  task->link = (GList){.data = task};
  g_queue_push_tail_link(&assembly->tasks, &task->link);
}

Assembly *task_end(Task *task) {
  if (task->assembly)
    g_queue_unlink(&task->assembly->tasks, &task->link);
  return task->assembly;
}

const char *task_code(const GError *error) {
  if (!error)
    return NULL;
  return g_error_matches(error, STORE_ERROR, STORE_ERROR_DISK) ? "disk" : "internal";
}

Assembly *assembly_new_on(const Config *config, Store *store, const struct Model *model,
                          const RoomMedia *media, const RoomTime *time) {
  static const RoomTime real = {real_mono_us, real_wall_ms, NULL};
  Assembly *assembly = g_new0(Assembly, 1);
  assembly->config = config;
  assembly->store = store;
  assembly->model = model;
  assembly->media = *media;
  assembly->time = time ? *time : real;
  assembly->meetings = g_hash_table_new(g_str_hash, g_str_equal);
  assembly->rooms =
      g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)room_free);
  assembly->peers = g_hash_table_new(g_direct_hash, g_direct_equal);
  assembly->sessions = g_hash_table_new(g_str_hash, g_str_equal);
  assembly->load = g_new0(unsigned, MAX(media->engines, 1));
  assembly->unattended = unattended_new();
  g_queue_init(&assembly->tasks);
  g_queue_init(&assembly->inquiries);
  return assembly;
}

/* On a hard stop somebody may still be connected: the segments stay open, and the next start closes
 * them at their last heartbeat. */
static void forget_links(Assembly *assembly) {
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, assembly->sessions);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    ((Participant *)value)->link = (RoomLink){0};
}

void assembly_free(Assembly *assembly) {
  if (!assembly)
    return;
  forget_links(assembly);
  lines_clear(assembly);
  for (GList *link = assembly->tasks.head; link; link = link->next)
    ((Task *)link->data)->assembly = NULL;
  g_clear_handle_id(&assembly->timer, g_source_remove);
  g_hash_table_remove_all(assembly->meetings);
  g_hash_table_remove_all(assembly->rooms);
  g_clear_handle_id(&assembly->flush, g_source_remove);
  g_assert(g_hash_table_size(assembly->peers) == 0 && g_hash_table_size(assembly->sessions) == 0);
  if (assembly->media.ops->free)
    assembly->media.ops->free(assembly->media.user);
  g_hash_table_unref(assembly->meetings);
  g_hash_table_unref(assembly->rooms);
  g_hash_table_unref(assembly->peers);
  g_hash_table_unref(assembly->sessions);
  unattended_free(assembly->unattended);
  g_free(assembly->load);
  g_free(assembly);
}

int64_t assembly_now(const Assembly *assembly) {
  return assembly->time.mono_us(assembly->time.user);
}

bool assembly_stopping(const Assembly *assembly) {
  return assembly->stopping;
}

const Config *assembly_config(const Assembly *assembly) {
  return assembly->config;
}

unsigned assembly_room_count(const Assembly *assembly) {
  return g_hash_table_size(assembly->rooms);
}

unsigned assembly_participant_count(const Assembly *assembly) {
  return g_hash_table_size(assembly->sessions);
}

void assembly_on_tick(Assembly *assembly, void (*tick)(void *user, int64_t now_us), void *user) {
  assembly->tick = tick;
  assembly->tick_user = user;
}

void assembly_flush(Assembly *assembly) {
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, assembly->peers);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    media_flush(value);
}

static gboolean flush_now(void *data) {
  Assembly *assembly = data;
  assembly->flush = 0;
  assembly_flush(assembly);
  return G_SOURCE_REMOVE;
}

/* Events of one turn of the loop go out together, and not later than in the next. */
void assembly_wake(Assembly *assembly) {
  if (assembly->flush == 0)
    assembly->flush = g_idle_add_full(G_PRIORITY_DEFAULT, flush_now, assembly, NULL);
}

/* Heartbeats of those who were heard since the last batch: one write for all. */
static void write_seen(Assembly *assembly, int64_t now_us) {
  if (now_us - assembly->seen_us < (int64_t)assembly->config->heartbeat_s * G_USEC_PER_SEC)
    return;
  int64_t since_us = assembly->seen_us;
  assembly->seen_us = now_us;
  GHashTableIter iter;
  void *value;
  g_autoptr(GPtrArray) ids = g_ptr_array_new();
  g_hash_table_iter_init(&iter, assembly->rooms);
  while (g_hash_table_iter_next(&iter, NULL, &value)) {
    const Room *room = value;
    g_ptr_array_set_size(ids, 0);
    for (unsigned i = 0; i < room->participants->len; i++) {
      Participant *participant = g_ptr_array_index(room->participants, i);
      if (!participant->link.user || participant->heard_us <= since_us)
        continue;
      participant->seen_us = now_us;
      g_ptr_array_add(ids, participant->segment);
    }
    if (ids->len > 0)
      presence_seen_queue(assembly->store, (const char *const *)ids->pdata, ids->len,
                          room_moment(room, now_us));
  }
}

static bool still_recording(const Assembly *assembly) {
  GHashTableIter iter;
  void *value;
  g_hash_table_iter_init(&iter, assembly->rooms);
  while (g_hash_table_iter_next(&iter, NULL, &value))
    if (((Room *)value)->recording.recorder)
      return true;
  return false;
}

static void check_stopped(Assembly *assembly, int64_t now_us) {
  bool busy = still_recording(assembly) || assembly->tasks.length > 0;
  if (!assembly->stopped || (busy && now_us < assembly->stop_by_us))
    return;
  void (*stopped)(void *) = assembly->stopped;
  assembly->stopped = NULL;
  stopped(assembly->stopped_data);
}

void assembly_tick(Assembly *assembly, int64_t now_us) {
  g_autoptr(GList) rooms = g_hash_table_get_values(assembly->rooms);
  for (GList *link = rooms; link; link = link->next) {
    room_tick(link->data, now_us);
    room_release(link->data);
  }
  write_seen(assembly, now_us);
  unattended_tick(assembly, now_us);
  if (assembly->tick)
    assembly->tick(assembly->tick_user, now_us);
  check_stopped(assembly, now_us);
}

void assembly_meeting_changed(Assembly *assembly, const char *meeting) {
  Room *room = g_hash_table_lookup(assembly->meetings, meeting);
  if (room)
    recheck_room(room, NULL);
}

void assembly_person_changed(Assembly *assembly, const char *person) {
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, assembly->meetings);
  while (g_hash_table_iter_next(&iter, NULL, &room))
    recheck_room(room, person);
}

void assembly_names_changed(Assembly *assembly) {
  int64_t now_us = assembly_now(assembly);
  GHashTableIter iter;
  void *room;
  g_hash_table_iter_init(&iter, assembly->meetings);
  while (g_hash_table_iter_next(&iter, NULL, &room))
    recheck_soon(room, now_us);
}

/* Every device of the person. barred_by NULL: nobody's doing. */
static void send_away(Assembly *assembly, const char *meeting, const char *person,
                      const char *barred_by) {
  Room *room = g_hash_table_lookup(assembly->meetings, meeting);
  if (!room)
    return;
  int64_t now_us = assembly_now(assembly);
  for (unsigned i = room->participants->len; i > 0; i--) {
    Participant *participant = g_ptr_array_index(room->participants, i - 1);
    if (strcmp(participant->person, person) != 0)
      continue;
    if (barred_by)
      participant_remove(participant, barred_by, true, now_us);
    else
      participant_revoke(participant, now_us);
  }
  room_release(room);
}

void assembly_bar_person(Assembly *assembly, const char *meeting, const char *person,
                         const char *by) {
  send_away(assembly, meeting, person, by);
}

void assembly_person_revoked(Assembly *assembly, const char *meeting, const char *person) {
  send_away(assembly, meeting, person, NULL);
}

void assembly_person_turned_away(Assembly *assembly, const char *meeting, const char *person,
                                 const char *name) {
  Room *room = g_hash_table_lookup(assembly->meetings, meeting);
  if (!room || !memory_knocks(room, person, assembly_now(assembly)))
    return;
  for (unsigned i = 0; i < room->participants->len; i++) {
    Participant *participant = g_ptr_array_index(room->participants, i);
    if (participant->host)
      participant_send(participant, json_pack("{s:s, s:s, s:s}", "t", "turned_away", "person",
                                              person, "name", name));
  }
}

void assembly_stop(Assembly *assembly, unsigned deadline_ms, void (*done)(void *), void *data) {
  int64_t now_us = assembly_now(assembly);
  g_assert(!assembly->stopping);
  assembly->stopping = true;
  assembly->stopped = done;
  assembly->stopped_data = data;
  assembly->stop_by_us = now_us + (int64_t)deadline_ms * 1000;
  g_autoptr(GList) rooms = g_hash_table_get_values(assembly->rooms);
  for (GList *link = rooms; link; link = link->next) {
    room_shutdown(link->data, now_us);
    room_release(link->data);
  }
}
