#include "room/memory.h"

#include <string.h>

#include "room/state.h"

typedef struct {
  bool muted;         /* by a host, and not on again since */
  bool lost;          /* the rest is of a participant that was lost */
  bool mic, floor;    /* it was on; it had the floor */
  int64_t hand_at_ms; /* 0: the hand was down */
  Limit knocks;
} Remembered;

struct Memory {
  GHashTable *people; /* id → Remembered *, owned */
};

Memory *memory_new(void) {
  Memory *memory = g_new0(Memory, 1);
  memory->people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  return memory;
}

void memory_free(Memory *memory) {
  if (!memory)
    return;
  g_hash_table_unref(memory->people);
  g_free(memory);
}

static Remembered *recall(Room *room, const char *person) {
  Remembered *known = g_hash_table_lookup(room->memory->people, person);
  if (!known) {
    known = g_new0(Remembered, 1);
    g_hash_table_insert(room->memory->people, g_strdup(person), known);
  }
  return known;
}

void memory_muted(Room *room, const char *person, bool muted) {
  if (muted || g_hash_table_contains(room->memory->people, person))
    recall(room, person)->muted = muted;
}

bool memory_is_muted(const Room *room, const char *person) {
  const Remembered *known = g_hash_table_lookup(room->memory->people, person);
  return known && known->muted;
}

bool memory_knocks(Room *room, const char *person, int64_t now_us) {
  return limit_use(&recall(room, person)->knocks, LIMIT_KNOCKS, now_us);
}

void memory_lost(const Participant *participant) {
  Room *room = participant->room;
  bool floor = room->floor == participant;
  if (!participant->hand && !participant->on[SOURCE_MIC] && !floor)
    return;
  Remembered *known = recall(room, participant->person);
  known->lost = true;
  known->mic = participant->on[SOURCE_MIC];
  known->floor = floor;
  known->hand_at_ms = participant->hand ? participant->hand_at_ms : 0;
}

/* Enough people that an open microphone would disturb them; the newcomer is one of them. Several
 * devices of a person are one. */
static bool is_crowd(const Room *room, const Participant *newcomer) {
  unsigned wanted = (unsigned)room->assembly->config->mute_from, count = 1;
  g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
  g_hash_table_add(seen, newcomer->person);
  for (unsigned i = 0; i < room->participants->len && count < wanted; i++) {
    const Participant *other = g_ptr_array_index(room->participants, i);
    count += g_hash_table_add(seen, other->person);
  }
  return count >= wanted;
}

void memory_back(Participant *participant) {
  Room *room = participant->room;
  Remembered *known = g_hash_table_lookup(room->memory->people, participant->person);
  bool lost = known && known->lost;
  participant->lost_floor = lost && known->floor;
  if (lost && known->hand_at_ms) {
    participant->hand = true;
    participant->hand_at_ms = known->hand_at_ms;
  }
  bool spoke = lost && known->mic; /* goes on as it was */
  participant->crowded =
      !spoke && strcmp(participant->capacity, "host") != 0 && is_crowd(room, participant);
  if (lost)
    known->lost = false;
}
