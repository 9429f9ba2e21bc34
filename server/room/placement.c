/* See placement.h. */
#include "room/placement.h"

#include "base/log.h"

static bool is_on(const Room *room, unsigned engine) {
  return room->engines & UINT64_C(1) << engine;
}

/* Of those that the room is on, or is not on; -1: there is none. */
static int least_loaded(const Room *room, bool on) {
  const Assembly *assembly = room->assembly;
  int best = -1;
  for (unsigned i = 0; i < assembly->media.engines; i++)
    if (is_on(room, i) == on && (best < 0 || assembly->load[i] < assembly->load[best]))
      best = (int)i;
  return best;
}

static void spread(Room *room, unsigned engine) {
  const RoomMedia *media = &room->assembly->media;
  media->ops->room_open(media->user, engine, room->number, false);
  for (unsigned i = 0; i < media->engines; i++)
    if (is_on(room, i))
      media->ops->room_link(media->user, i, engine, room->number);
  room->engines |= UINT64_C(1) << engine;
  if (room->floor)
    media->ops->room_floor(media->user, engine, room->number, room->floor->peer);
  log_info("room", "spread", "room=%u engine=%u", room->number, engine);
}

void placement_open(Room *room) {
  const RoomMedia *media = &room->assembly->media;
  room->home = (unsigned)MAX(least_loaded(room, false), 0);
  room->engines = UINT64_C(1) << room->home;
  room->crowd = g_new0(unsigned, MAX(media->engines, 1));
  media->ops->room_open(media->user, room->home, room->number, true);
}

void placement_close(Room *room) {
  const RoomMedia *media = &room->assembly->media;
  for (unsigned i = 0; i < media->engines; i++)
    if (is_on(room, i))
      media->ops->room_close(media->user, i, room->number);
  g_clear_pointer(&room->crowd, g_free);
}

unsigned placement_take(Room *room) {
  const Assembly *assembly = room->assembly;
  unsigned spread_at = (unsigned)assembly->config->room_spread;
  int best = -1;
  for (unsigned i = 0; i < assembly->media.engines; i++)
    if (is_on(room, i) && room->crowd[i] < spread_at &&
        (best < 0 || assembly->load[i] < assembly->load[best]))
      best = (int)i;
  if (best < 0) {
    int here = least_loaded(room, true), other = least_loaded(room, false);
    best = here;
    if (other >= 0 && assembly->load[other] < assembly->load[here]) {
      best = other;
      spread(room, (unsigned)other);
    }
  }
  room->crowd[best]++;
  assembly->load[best]++;
  return (unsigned)best;
}

void placement_leave(Room *room, unsigned engine) {
  room->crowd[engine]--;
  room->assembly->load[engine]--;
}

void placement_floor(Room *room, uint32_t peer) {
  const RoomMedia *media = &room->assembly->media;
  for (unsigned i = 0; i < media->engines; i++)
    if (is_on(room, i))
      media->ops->room_floor(media->user, i, room->number, peer);
}
