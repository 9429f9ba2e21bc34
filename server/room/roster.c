/* The list is a pointer array: 600 people are a memmove of 5 KB per join, and paging and searching
 * are a walk. A delta is serialised once for all (room_broadcast). */
#include "room/roster.h"

#include <string.h>

#include "room/send.h"

/* Index of pid, or where it would stand. */
static unsigned place(const Room *room, const char *pid, bool *found) {
  unsigned low = 0, high = room->participants->len;
  *found = false;
  while (low < high) {
    unsigned middle = low + (high - low) / 2;
    const Participant *other = g_ptr_array_index(room->participants, middle);
    int order = strcmp(other->pid, pid);
    if (order == 0) {
      *found = true;
      return middle;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

Participant *roster_find(const Room *room, const char *pid) {
  bool found;
  unsigned index = place(room, pid, &found);
  return found ? g_ptr_array_index(room->participants, index) : NULL;
}

Participant *roster_find_person(const Room *room, const char *person) {
  for (unsigned i = 0; i < room->participants->len; i++) {
    Participant *participant = g_ptr_array_index(room->participants, i);
    if (strcmp(participant->person, person) == 0)
      return participant;
  }
  return NULL;
}

static void mark(Participant *participant, DeltaMark how) {
  if (participant->delta == DELTA_NONE)
    participant->room->delta_count++;
  if (participant->delta < how)
    participant->delta = how;
}

void roster_add(Room *room, Participant *participant) {
  bool found;
  unsigned index = place(room, participant->pid, &found);
  g_assert(!found);
  g_ptr_array_insert(room->participants, (int)index, participant);
  mark(participant, DELTA_JOINED);
}

void roster_changed(Participant *participant) {
  mark(participant, DELTA_CHANGED);
}

void roster_remove(Room *room, Participant *participant) {
  bool found;
  unsigned index = place(room, participant->pid, &found);
  g_assert(found);
  g_ptr_array_remove_index(room->participants, index);
  if (participant->delta != DELTA_NONE)
    room->delta_count--;
  g_ptr_array_add(room->left, g_strdup(participant->pid));
}

json_t *roster_item(const Participant *p) {
  return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:s, s:b, s:b, s:b, s:b, s:I, s:b, s:I}", "pid",
                   p->pid, "person", p->person, "name", p->name, "capacity", p->capacity, "deputy",
                   p->deputy, "kind", p->kind, "device", p->device, "mic", p->on[SOURCE_MIC],
                   "camera", p->on[SOURCE_CAMERA], "screen", p->on[SOURCE_SCREEN], "hand", p->hand,
                   "hand_at", (json_int_t)p->hand_at_ms, "away", p->link.user == NULL, "joined_at",
                   (json_int_t)p->joined_at_ms);
}

/* What no delta told yet is newer than any revision. */
static bool is_newer(const Participant *participant, int64_t since) {
  return participant->rev > since || participant->delta != DELTA_NONE;
}

json_t *roster_page(const Room *room, const char *after, unsigned limit, const char *search,
                    int64_t since) {
  json_t *items = json_array();
  const char *last = NULL;
  bool more = false;
  unsigned total = 0;
  g_autofree char *folded = *search ? g_utf8_casefold(search, -1) : NULL;
  for (unsigned i = 0; i < room->participants->len; i++) {
    const Participant *participant = g_ptr_array_index(room->participants, i);
    if (folded && !strstr(participant->folded_name, folded))
      continue;
    total++;
    if (strcmp(participant->pid, after) <= 0 || (since > 0 && !is_newer(participant, since)))
      continue;
    if (json_array_size(items) == limit) {
      more = true;
      continue;
    }
    json_array_append_new(items, roster_item(participant));
    last = participant->pid;
  }
  return json_pack("{s:o, s:s?, s:I, s:I}", "items", items, "next", more ? last : NULL, "total",
                   (json_int_t)total, "rev", (json_int_t)room->rev);
}

void roster_flush(Room *room, int64_t now_us) {
  if ((room->delta_count == 0 && room->left->len == 0) || now_us - room->delta_us < DELTA_US)
    return;
  bool large = room->participants->len > DELTA_JOINED_ROOM;
  bool partial = false;
  unsigned listed = 0;
  room->rev++;
  json_t *joined = json_array(), *changed = json_array(), *left = json_array();
  for (unsigned i = 0; room->delta_count > 0 && i < room->participants->len; i++) {
    Participant *participant = g_ptr_array_index(room->participants, i);
    DeltaMark how = participant->delta;
    if (how == DELTA_NONE)
      continue;
    participant->delta = DELTA_NONE;
    participant->rev = room->rev;
    room->delta_count--;
    if (listed == DELTA_ITEMS || (large && how == DELTA_JOINED)) {
      partial = true;
      continue;
    }
    listed++;
    json_array_append_new(how == DELTA_JOINED ? joined : changed, roster_item(participant));
  }
  g_assert(room->delta_count == 0);
  for (unsigned i = 0; i < room->left->len; i++)
    json_array_append_new(left, json_string(g_ptr_array_index(room->left, i)));
  g_ptr_array_set_size(room->left, 0);
  room->delta_us = now_us;
  json_t *delta = message_new("roster_delta");
  json_object_set_new(delta, "rev", json_integer(room->rev));
  json_object_set_new(delta, "total", json_integer(room->participants->len));
  json_object_set_new(delta, "joined", joined);
  json_object_set_new(delta, "changed", changed);
  json_object_set_new(delta, "left", left);
  json_object_set_new(delta, "partial", json_boolean(partial));
  room_broadcast(room, delta, NULL);
}
