/* See links.h. */
#include "peer/links.h"

#include <stdatomic.h>
#include <string.h>

#include "base/metrics.h"

METRIC(dropped, METRIC_COUNTER, "yishi_media_relay_dropped_total",
       "Packets not taken to another media thread, because it does not keep up.");

#define WAITING_MAX (4u << 20) /* bytes before another thread: a second of a dozen cameras */
#define WAITING_LOW (1u << 20) /* from here on it keeps up again */
#define LATE_US 500000 /* what waits for longer is of no use: its way there is to be empty soon */

typedef enum { BEGIN, PACKET, MUTED, END, TAKEN, KEYFRAME, SPEAKER } RecordKind;

typedef struct {
  RecordKind kind;
  uint32_t track;
  uint32_t value; /* MUTED: whether; TAKEN: layers; KEYFRAME: layer; SPEAKER: peer */
  bool flag;      /* BEGIN: muted; TAKEN: shown */
  uint32_t len;   /* bytes that follow: BEGIN a TrackInfo, PACKET what packet_pack wrote */
} LinkRecord;

/* What of a link the other thread has not yet taken; shared by the link and its bursts, which may
 * outlive it. (g_atomic_rc_box does the same, out of ThreadSanitizer's sight.) */
typedef struct {
  atomic_uint references;
  atomic_size_t bytes;
  atomic_int_fast64_t taken_us; /* what was said until then is taken */
} Waiting;

struct Burst {
  uint32_t room;
  unsigned from; /* thread */
  void *media;
  Waiting *waiting;
  int64_t said_us;
  GByteArray *records; /* LinkRecord and its bytes, one after the other */
};

typedef struct {
  LinkEnd end;
  Relay *relay;
  GByteArray *records; /* of the next burst; NULL: nothing to say */
  Waiting *waiting;
  bool full, late; /* the other thread is behind: no packets */
} Link;

typedef struct {
  Track *track;
  Link *from; /* borrowed */
} Remote;

struct Links {
  Router *router;
  PacketPool *pool;
  uint32_t room;
  unsigned thread;
  MailboxRun run;
  uint32_t speaker;    /* as told last */
  GPtrArray *links;    /* owned */
  GHashTable *remotes; /* track id → Remote, owned */
};

uint32_t burst_room(const Burst *burst) {
  return burst->room;
}

void *burst_media(const Burst *burst) {
  return burst->media;
}

static Waiting *waiting_ref(Waiting *waiting) {
  atomic_fetch_add(&waiting->references, 1);
  return waiting;
}

static void waiting_unref(Waiting *waiting) {
  if (atomic_fetch_sub(&waiting->references, 1) == 1)
    g_free(waiting);
}

void burst_free(void *data) {
  Burst *burst = data;
  atomic_store(&burst->waiting->taken_us, burst->said_us);
  atomic_fetch_sub(&burst->waiting->bytes, burst->records->len);
  waiting_unref(burst->waiting);
  g_byte_array_unref(burst->records);
  g_free(burst);
}

/* --- what goes out --- */

static void say(Link *link, const LinkRecord *record) {
  if (!link->records)
    link->records = g_byte_array_new();
  g_byte_array_append(link->records, (const uint8_t *)record, sizeof *record);
}

static void on_begin(void *user, const TrackInfo *track, bool muted) {
  Link *link = user;
  say(link, &(LinkRecord){BEGIN, .track = track->id, .flag = muted, .len = sizeof *track});
  g_byte_array_append(link->records, (const uint8_t *)track, sizeof *track);
}

static bool keeps_up(Link *link) {
  size_t waiting = atomic_load(&link->waiting->bytes) + (link->records ? link->records->len : 0);
  link->full = waiting > (link->full ? WAITING_LOW : WAITING_MAX);
  return !link->full && !link->late;
}

static void on_packet(void *user, const TrackInfo *track, const Packet *packet) {
  Link *link = user;
  if (!keeps_up(link)) {
    metric_add(&dropped, 1);
    return;
  }
  uint32_t len = (uint32_t)packet_packed_len(packet);
  say(link, &(LinkRecord){PACKET, .track = track->id, .len = len});
  guint at = link->records->len;
  g_byte_array_set_size(link->records, at + len);
  packet_pack(packet, link->records->data + at);
}

static void on_muted(void *user, const TrackInfo *track, bool muted) {
  say(user, &(LinkRecord){MUTED, .track = track->id, .value = muted});
}

static void on_end(void *user, const TrackInfo *track) {
  say(user, &(LinkRecord){END, .track = track->id});
}

static const RelaySink relay_sink = {
    .begin = on_begin, .packet = on_packet, .muted = on_muted, .end = on_end};

static Remote *find_remote(const Links *links, uint32_t track) {
  return g_hash_table_lookup(links->remotes, GUINT_TO_POINTER(track));
}

void links_taken(Links *links, const TrackInfo *track, unsigned layers, bool shown) {
  const Remote *remote = find_remote(links, track->id);
  if (remote)
    say(remote->from, &(LinkRecord){TAKEN, .track = track->id, .value = layers, .flag = shown});
}

void links_keyframe(Links *links, const TrackInfo *track, unsigned layer) {
  const Remote *remote = find_remote(links, track->id);
  if (remote)
    say(remote->from, &(LinkRecord){KEYFRAME, .track = track->id, .value = layer});
}

void links_speaker(Links *links, uint32_t peer) {
  links->speaker = peer;
  for (guint i = 0; i < links->links->len; i++)
    say(g_ptr_array_index(links->links, i), &(LinkRecord){SPEAKER, .value = peer});
}

static void post(const Links *links, Link *link, int64_t now_us) {
  Burst *burst = g_new(Burst, 1);
  *burst = (Burst){.room = links->room,
                   .from = links->thread,
                   .media = link->end.media,
                   .waiting = waiting_ref(link->waiting),
                   .said_us = now_us,
                   .records = g_steal_pointer(&link->records)};
  if (atomic_fetch_add(&burst->waiting->bytes, burst->records->len) == 0)
    atomic_store(&burst->waiting->taken_us, now_us);
  mailbox_post(link->end.inbox, links->run, burst_free, burst);
}

void links_flush(Links *links, int64_t now_us) {
  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index(links->links, i);
    if (link->records)
      post(links, link, now_us);
    const Waiting *waiting = link->waiting;
    link->late =
        atomic_load(&waiting->bytes) > 0 && now_us - atomic_load(&waiting->taken_us) > LATE_US;
  }
}

/* --- what comes in --- */

static Link *find_link(const Links *links, unsigned thread) {
  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index(links->links, i);
    if (link->end.thread == thread)
      return link;
  }
  return NULL;
}

static void begin(Links *links, Link *from, const LinkRecord *record, const uint8_t *data) {
  TrackInfo info;
  memcpy(&info, data, sizeof info);
  info.remote = true;
  Remote *remote = g_new(Remote, 1);
  *remote = (Remote){router_add_track(links->router, &info), from};
  g_hash_table_insert(links->remotes, GUINT_TO_POINTER(info.id), remote);
  track_set_muted(remote->track, record->flag);
}

static void receive_record(Links *links, Link *from, const LinkRecord *record, const uint8_t *data,
                           int64_t now_us) {
  Remote *remote = find_remote(links, record->track);
  switch (record->kind) {
  case BEGIN:
    begin(links, from, record, data);
    break;
  case PACKET: {
    Packet *packet = packet_unpack(links->pool, data, record->len);
    track_receive(remote->track, packet);
    packet_unref(&packet);
    break;
  }
  case MUTED:
    track_set_muted(remote->track, record->value);
    break;
  case END:
    router_remove_track(links->router, remote->track);
    g_hash_table_remove(links->remotes, GUINT_TO_POINTER(record->track));
    break;
  case TAKEN:
    relay_take(from->relay, record->track, record->value, record->flag);
    break;
  case KEYFRAME:
    relay_keyframe(from->relay, record->track, record->value, now_us);
    break;
  case SPEAKER:
    router_follow_speaker(links->router, record->value);
    break;
  }
}

void links_receive(Links *links, const Burst *burst, int64_t now_us) {
  Link *from = find_link(links, burst->from);
  g_assert(from); /* each side is told of the other before either may speak */
  const uint8_t *at = burst->records->data, *end = at + burst->records->len;
  while (at < end) {
    LinkRecord record;
    memcpy(&record, at, sizeof record);
    at += sizeof record;
    receive_record(links, from, &record, at, now_us);
    at += record.len;
  }
}

/* --- its course --- */

Links *links_new(Router *router, PacketPool *pool, uint32_t room, unsigned thread, MailboxRun run) {
  Links *links = g_new0(Links, 1);
  links->router = router;
  links->pool = pool;
  links->room = room;
  links->thread = thread;
  links->run = run;
  links->links = g_ptr_array_new();
  links->remotes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  metric_register(&dropped);
  return links;
}

void links_add(Links *links, const LinkEnd *end) {
  Link *link = g_new0(Link, 1);
  link->end = *end;
  link->waiting = waiting_ref(g_new0(Waiting, 1));
  g_ptr_array_add(links->links, link);
  link->relay = router_add_relay(links->router, &relay_sink, link);
  if (links->speaker)
    say(link, &(LinkRecord){SPEAKER, .value = links->speaker});
}

void links_free(Links *links) {
  if (!links)
    return;
  GHashTableIter iter;
  void *remote;
  g_hash_table_iter_init(&iter, links->remotes);
  while (g_hash_table_iter_next(&iter, NULL, &remote))
    router_remove_track(links->router, ((Remote *)remote)->track);
  g_hash_table_unref(links->remotes);
  for (guint i = 0; i < links->links->len; i++) {
    Link *link = g_ptr_array_index(links->links, i);
    router_remove_relay(links->router, link->relay);
    if (link->records)
      g_byte_array_unref(link->records);
    waiting_unref(link->waiting);
    g_free(link);
  }
  g_ptr_array_unref(links->links);
  g_free(links);
}
