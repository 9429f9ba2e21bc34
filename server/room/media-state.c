/* Media as rooms see it: one peer of the engine for a participant, from the first offer on,
 * whatever PeerConnections the page makes one after the other (a reloaded page that resumed makes
 * another): the engine tells when one begins. Whatever a client offers, a source is forwarded only
 * while `media` says that it is on. */
#include "room/media-state.h"

#include <stdlib.h>
#include <string.h>

#include "room/eventlog.h"
#include "room/memory.h"
#include "room/placement.h"
#include "room/roster.h"
#include "room/send.h"

static const char *const source_names[SOURCE_COUNT] = {"mic", "camera", "screen", "screen_audio"};

const char *source_name(Source source) {
  return source_names[source];
}

void media_close(Participant *participant) {
  Assembly *assembly = participant->room->assembly;
  if (participant->peer) {
    g_hash_table_remove(assembly->peers, GUINT_TO_POINTER(participant->peer));
    assembly->media.ops->peer_close(assembly->media.user, participant->engine, participant->peer);
  }
  participant->peer = 0;
  participant->offer_count = 0;
  memset(participant->slots, 0, sizeof participant->slots);
  memset(participant->slot_dirty, 0, sizeof participant->slot_dirty);
  participant->slots_queued = false;
  media_forget(participant);
}

void media_begins_anew(Participant *participant) {
  for (unsigned i = 0; i < SLOTS_MAX; i++)
    participant->slots[i] = (SlotHolder){.known = participant->slots[i].known};
  media_forget(participant);
  media_tell_slots(participant);
}

/* What a page tells by itself: which devices were on, and that they are open again. */
#define COMING_IN_US 10000000

static void switch_one(Participant *participant, Source source, bool on) {
  const RoomMedia *media = &participant->room->assembly->media;
  participant->on[source] = on;
  if (participant->peer)
    media->ops->peer_mute(media->user, participant->engine, participant->peer, source, !on);
}

void media_switch(Participant *participant, Source source, bool on, const Participant *by,
                  int64_t now_us) {
  if (participant->on[source] == on)
    return;
  switch_one(participant, source, on);
  if (source == SOURCE_SCREEN)
    switch_one(participant, SOURCE_SCREEN_AUDIO, on);
  roster_changed(participant);
  room_log(participant->room, "switched", participant,
           json_pack("{s:s, s:b, s:b, s:s?}", "source", source_names[source], "on", on, "first",
                     now_us - participant->attached_us < COMING_IN_US, "by",
                     by ? by->person : NULL),
           now_us);
}

const char *participant_media(Participant *participant, const RoomSwitches *switches,
                              int64_t now_us) {
  if (!limit_use(&participant->switch_limit, LIMIT_SWITCHES, now_us))
    return "too_fast";
  if (switches->mic > 0)
    memory_muted(participant->room, participant->person, false);
  if (switches->mic >= 0)
    media_switch(participant, SOURCE_MIC, switches->mic, NULL, now_us);
  if (switches->camera >= 0)
    media_switch(participant, SOURCE_CAMERA, switches->camera, NULL, now_us);
  if (switches->screen >= 0)
    media_switch(participant, SOURCE_SCREEN, switches->screen, NULL, now_us);
  return NULL;
}

/* Publishers are told to the engine by peer number, which changes with a new PeerConnection: the
 * pids are kept and translated again when one of them opens a peer. */
static void send_view(Participant *participant) {
  const Room *room = participant->room;
  const RoomMedia *media = &room->assembly->media;
  View views[VIDEO_SLOTS_MAX];
  unsigned wanted = 0;
  participant->view_queued = false;
  if (!participant->peer)
    return;
  for (unsigned i = 0; i < participant->view_count; i++) {
    const RoomView *view = &participant->view[i];
    const Participant *other = roster_find(room, view->pid);
    bool again = false;
    for (unsigned j = 0; other && j < wanted; j++)
      again |= views[j].peer == other->peer;
    if (other && other->peer && !again)
      views[wanted++] = (View){other->peer, view->width, view->height};
  }
  media->ops->peer_view(media->user, participant->engine, participant->peer, views, wanted);
}

static void queue_view(Participant *participant) {
  participant->view_queued = true;
  assembly_wake(participant->room->assembly);
}

/* Those who want to see this participant, and the participant's own wishes. */
static void requeue_views(const Participant *participant) {
  const Room *room = participant->room;
  for (unsigned i = 0; i < room->participants->len; i++) {
    Participant *viewer = g_ptr_array_index(room->participants, i);
    bool concerned = viewer == participant && viewer->viewed;
    for (unsigned j = 0; j < viewer->view_count && !concerned; j++)
      concerned = strcmp(viewer->view[j].pid, participant->pid) == 0;
    if (concerned)
      queue_view(viewer);
  }
}

const char *participant_view(Participant *participant, const RoomView *views, unsigned count) {
  participant->viewed = true;
  participant->view_count = MIN(count, VIDEO_SLOTS_MAX);
  g_free(participant->view);
  participant->view = g_memdup2(views, participant->view_count * sizeof *views);
  queue_view(participant);
  return NULL;
}

static void open_peer(Participant *participant) {
  Room *room = participant->room;
  Assembly *assembly = room->assembly;
  const RoomMedia *media = &assembly->media;
  participant->peer = ++assembly->last_peer;
  g_hash_table_insert(assembly->peers, GUINT_TO_POINTER(participant->peer), participant);
  media->ops->peer_open(media->user, participant->engine, room->number, participant->peer);
  for (unsigned i = 0; i < SOURCE_COUNT; i++)
    media->ops->peer_mute(media->user, participant->engine, participant->peer, (Source)i,
                          !participant->on[i]);
  if (room->floor == participant)
    placement_floor(room, participant->peer);
  requeue_views(participant);
}

const char *participant_offer(Participant *participant, uint32_t id, const EngineOffer *offer,
                              int64_t now_us) {
  Room *room = participant->room;
  const RoomMedia *media = &room->assembly->media;
  if (room->state != ROOM_LIVE)
    return room->state == ROOM_SCHEDULED ? "not_live" : "ended";
  if (participant->offer_count == OFFERS_MAX)
    return "too_fast";
  if (!participant->peer)
    open_peer(participant);
  if (participant->view_queued)
    send_view(participant); /* what is made ready meanwhile is what will be shown */
  uint32_t request = ++room->assembly->last_offer;
  participant->offers[participant->offer_count++] = (OfferMade){request, id};
  media->ops->peer_offer(media->user, participant->engine, participant->peer, request, offer);
  return NULL;
}

void media_tell_slots(Participant *participant) {
  for (unsigned i = 0; i < SLOTS_MAX; i++)
    participant->slot_dirty[i] |= participant->slots[i].known;
  participant->slots_queued = true;
  assembly_wake(participant->room->assembly);
}

static void slot_name(unsigned index, char name[8]) {
  if (index < AUDIO_SLOTS)
    g_snprintf(name, 8, "a%u", index);
  else if (index < AUDIO_SLOTS + VIDEO_SLOTS_MAX)
    g_snprintf(name, 8, "v%u", index - AUDIO_SLOTS);
  else
    g_snprintf(name, 8, "s%u", index - AUDIO_SLOTS - VIDEO_SLOTS_MAX);
}

/* -1 for a name that is none. */
static int slot_index(const char *name) {
  char *end;
  if (!g_ascii_isdigit(name[0] ? name[1] : 0))
    return -1;
  unsigned long number = strtoul(name + 1, &end, 10);
  if (*end)
    return -1;
  if (name[0] == 'a' && number < AUDIO_SLOTS)
    return (int)number;
  if (name[0] == 'v' && number < VIDEO_SLOTS_MAX)
    return AUDIO_SLOTS + (int)number;
  return name[0] == 's' && number < SCREEN_SLOTS ? AUDIO_SLOTS + VIDEO_SLOTS_MAX + (int)number : -1;
}

static void send_slots(Participant *participant) {
  Assembly *assembly = participant->room->assembly;
  participant->slots_queued = false;
  if (!participant->link.user)
    return; /* all are told after the resume */
  json_t *set = json_object();
  for (unsigned i = 0; i < SLOTS_MAX; i++) {
    if (!participant->slot_dirty[i])
      continue;
    participant->slot_dirty[i] = false;
    const SlotHolder *holder = &participant->slots[i];
    const Participant *who =
        g_hash_table_lookup(assembly->peers, GUINT_TO_POINTER(holder->publisher));
    char name[8];
    slot_name(i, name);
    json_object_set_new(set, name,
                        who ? json_pack("{s:s, s:s, s:s, s:s}", "pid", who->pid, "source",
                                        source_names[holder->source], "name", who->name, "capacity",
                                        who->capacity)
                            : json_null());
  }
  if (json_object_size(set) == 0) {
    json_decref(set);
    return;
  }
  json_t *message = message_new("slots");
  json_object_set_new(message, "set", set);
  participant_send(participant, message);
}

void media_flush(Participant *participant) {
  if (participant->view_queued)
    send_view(participant);
  if (participant->slots_queued)
    send_slots(participant);
}

void media_slot(Participant *participant, const char *name, uint32_t publisher, Source source) {
  int index = slot_index(name);
  if (index < 0 || source >= SOURCE_COUNT)
    return;
  participant->slots[index] = (SlotHolder){publisher, source, true};
  participant->slot_dirty[index] = true;
  participant->slots_queued = true;
  assembly_wake(participant->room->assembly);
}

void media_demand(Participant *participant, Source source, const char (*layers)[17],
                  unsigned count) {
  if (source >= SOURCE_COUNT)
    return;
  json_t *message = message_new("demand"), *list = json_array();
  for (unsigned i = 0; i < count; i++)
    json_array_append_new(list, json_string(layers[i]));
  json_object_set_new(message, "source", json_string(source_names[source]));
  json_object_set_new(message, "layers", list);
  json_decref(participant->demand[source]);
  participant->demand[source] = message;
  participant_send(participant, json_incref(message));
}

void media_downlink(Participant *participant, int64_t bps, int64_t wanted_bps) {
  json_t *message = message_new("downlink");
  json_object_set_new(message, "bps", json_integer(bps));
  json_object_set_new(message, "wanted_bps", json_integer(wanted_bps));
  json_decref(participant->downlink);
  participant->downlink = message;
  participant_send(participant, json_incref(message));
}

void media_retell(Participant *participant) {
  for (unsigned i = 0; i < SOURCE_COUNT; i++)
    if (participant->demand[i])
      participant_send(participant, json_incref(participant->demand[i]));
  if (participant->downlink)
    participant_send(participant, json_incref(participant->downlink));
}

void media_forget(Participant *participant) {
  for (unsigned i = 0; i < SOURCE_COUNT; i++)
    g_clear_pointer(&participant->demand[i], json_decref);
  g_clear_pointer(&participant->downlink, json_decref);
}

bool media_take_offer(Participant *participant, uint32_t request, uint32_t *id) {
  for (unsigned i = 0; i < participant->offer_count; i++) {
    if (participant->offers[i].request != request)
      continue;
    *id = participant->offers[i].id;
    participant->offer_count--;
    memmove(&participant->offers[i], &participant->offers[i + 1],
            (participant->offer_count - i) * sizeof participant->offers[0]);
    return true;
  }
  return false;
}
