/* The structures that the files of this layer share. Nothing above includes this header.
 *
 *   Assembly ─owns─▶ Room ─owns─▶ Participant ─borrows─▶ RoomLink (the connection, front's)
 *
 * Main thread.
 */
#pragma once

#include <jansson.h>

#include "base/id.h"
#include "base/limit-table.h"
#include "room/assembly.h"
#include "room/media.h"
#include "room/room.h"
#include "room/vacancy.h"
#include "store/moment.h"

/* Of one room: a plenary of 600 on two devices each, and some air. */
#define PARTICIPANTS_MAX 2000
#define CHAT_KEPT 50          /* entries in `welcome` */
#define OFFERS_MAX 8          /* unanswered offers of one participant */
#define DELTA_ITEMS 50        /* items in one roster delta */
#define DELTA_JOINED_ROOM 200 /* larger rooms do not list who joined */
#define DELTA_US 250000       /* at most four deltas a second */
#define LEVELS_US 500000      /* `levels` twice a second */

typedef struct {
  uint32_t publisher; /* peer number; 0: nobody */
  Source source;
  bool known; /* the engine named this slot at least once */
} SlotHolder;

/* An offer by the engine's number, which no other one has, and by the client's, which another
 * connection of it may use again. */
typedef struct {
  uint32_t request, id;
} OfferMade;

/* How the next roster delta tells about a participant. */
typedef enum { DELTA_NONE, DELTA_CHANGED, DELTA_JOINED } DeltaMark;

struct Participant {
  Room *room; /* borrowed */
  char pid[ID_CHARS + 1];
  char session[SECRET_CHARS + 1];                      /* for resume; a secret */
  char *person, *name, *folded_name, *kind, *capacity; /* folded: for searching in any case */
  const char *device;                                  /* one of the protocol's words, static */
  bool host, deputy;                                   /* as in JoinGrant */
  bool crowded;          /* came in when there were so many that microphones begin switched off */
  bool lost_floor;       /* had the floor before its connection was lost for too long */
  bool staff;            /* came with the rights of staff (JoinGrant) */
  char *came_by;         /* digest of the personal link, or NULL */
  char *signed_in_by;    /* digest of the session of the web page, or NULL */
  bool on[SOURCE_COUNT]; /* what `media` said; screen_audio follows screen */
  bool hand;
  int64_t hand_at_ms; /* since when it is up; 0: down */
  int64_t joined_at_ms;
  DeltaMark delta;
  int64_t rev; /* of the roster, when this one joined or changed last */

  /* The connection; link.user NULL while away. */
  RoomLink link;
  char *address;
  char segment[ID_CHARS + 1]; /* presence segment that is open; "" while away */
  int64_t heard_us;           /* when anything last came from the client */
  int64_t seen_us;            /* the last heartbeat written for the segment */
  int64_t away_us;            /* since when the connection is gone */
  int64_t attached_us;        /* since when there is this one */
  Limit chat_limit, switch_limit;

  unsigned engine;
  uint32_t peer;                /* the engine's; 0: none yet */
  OfferMade offers[OFFERS_MAX]; /* that wait for the answer */
  unsigned offer_count;
  SlotHolder slots[SLOTS_MAX];
  bool slot_dirty[SLOTS_MAX];
  bool slots_queued;
  bool viewed;    /* it said what it shows */
  RoomView *view; /* most important first */
  unsigned view_count;
  bool view_queued;
  json_t *demand[SOURCE_COUNT]; /* the message as it was told last, or NULL */
  json_t *downlink;             /* likewise */
  uint64_t checked;             /* recheck.c: the newest answer applied */
};

/* A track that flows, for the event log and the recorder's catalogue: its publisher may be gone
 * when the track ends. */
typedef struct {
  uint32_t track, peer;
  Source source;
  bool heard, shown; /* as the event log has it */
  char pid[ID_CHARS + 1];
  char person[ID_CHARS + 1];
} TrackEntry;

typedef struct {
  Recorder *recorder;    /* NULL: none */
  bool on;               /* the first part runs; everybody was told */
  bool stopping;         /* recorder_stop was called */
  const char *cause;     /* why it began: "host" or "auto"; static */
  char by[ID_CHARS + 1]; /* the host who asked last, or "" */
  int64_t since_ms;      /* wall */
  int64_t since_us;      /* monotonic */
  int64_t lost_from_ms;  /* wall; a recording that a restart interrupted ran up to here; 0: none */
  guint release;         /* idle source that frees a stopped recorder */
} RoomRecording;

typedef enum { ROOM_SCHEDULED, ROOM_LIVE, ROOM_ENDED, ROOM_CANCELLED } RoomState;

struct Room {
  Assembly *assembly; /* borrowed */
  uint32_t number;
  unsigned home;    /* placement.h: the engine that knows the room as a whole … */
  uint64_t engines; /* … bit i: it is on engine i … */
  unsigned *crowd;  /* … with so many participants */
  RoomState state;
  char *meeting, *title, *topic, *host_name;
  int64_t planned_start_ms, planned_end_ms, opened_at_ms;
  bool auto_record;

  /* All wall times of a room are base_ms plus monotonic time, so that a jump of the wall clock
   * changes no duration; jumps are noted in the event log. jump_ms: how far the wall clock is ahead
   * of them, for what was planned by it. */
  int64_t base_us, base_ms, jump_ms;

  GPtrArray *participants; /* owned, sorted by pid */
  Participant *floor, *speaker;
  int64_t floor_since_ms; /* wall; 0: nobody has it */
  GQueue chat;            /* json_t *, the last CHAT_KEPT */
  GArray *tracks;
  RoomRecording recording;

  int64_t rev; /* of the roster */
  int64_t delta_us, levels_us;
  GPtrArray *left; /* pids (owned) for the next delta */
  unsigned delta_count;
  bool stepping;   /* open or end is being written */
  Vacancy vacancy; /* ending.c */
  struct Memory *memory;
  uint64_t checked;   /* recheck.c: the newest answer about the meeting itself */
  int64_t recheck_us; /* everything is asked (again) then; 0: nothing is due */
};

typedef struct Inquiry Inquiry;

struct Assembly {
  const Config *config;
  Store *store;
  const struct Model *model;
  RoomMedia media;
  RoomTime time;
  GHashTable *meetings; /* meeting id → Room, those not ended; borrowed */
  GHashTable *rooms;    /* number → Room, owned */
  GHashTable *peers;    /* peer number → Participant */
  GHashTable *sessions; /* session secret → Participant */
  unsigned *load;       /* participants by engine */
  uint32_t last_room, last_peer, last_offer;
  uint64_t last_recheck;
  GQueue inquiries; /* lines.c: Inquiry, owned */
  uint32_t last_inquiry;
  struct Unattended *unattended; /* ending.c */
  GQueue tasks;                  /* Task: requests to the store that will come back */
  guint timer, flush;
  int64_t seen_us; /* last batch of heartbeats */
  void (*tick)(void *user, int64_t now_us);
  void *tick_user;

  bool stopping;
  int64_t stop_by_us;
  void (*stopped)(void *data);
  void *stopped_data;
};

/* A request to the store that outlives its asker: the first member of what is passed as data. */
typedef struct {
  Assembly *assembly; /* NULL when it was freed in the meantime */
  GList link;
} Task;

void task_begin(Task *task, Assembly *assembly);
/* In the store's callback; returns the assembly or NULL. */
Assembly *task_end(Task *task);
/* What the asker is told: NULL when it is kept, `disk`, `internal`. */
const char *task_code(const GError *error);

/* Every device of the person goes; by: the host who does not let it in again. */
void assembly_bar_person(Assembly *assembly, const char *meeting, const char *person,
                         const char *by);

/* Something waits to be sent soon (slots): runs assembly_flush in the next turn of the loop. */
void assembly_wake(Assembly *assembly);
void assembly_flush(Assembly *assembly);
