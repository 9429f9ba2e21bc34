/* For tests and the fuzzer: a meeting on a real store in a folder of its own, media and time that
 * the test makes, and pages that speak the protocol without sockets. Main thread.
 *
 * Time stands still unless bed_pass moves it; it moves in ticks of 125 ms as in the server, unless
 * the test wants them further apart.
 */
#pragma once

#include <jansson.h>

#include "front/dispatch.h"
#include "model/method.h"
#include "room/media.h"
#include "room/room.h"

typedef struct {
  uint32_t room, peer, request;
  char *sdp, *connection;
  unsigned source_count;
} BedOffer;

typedef struct {
  char *dir;
  Config *config;
  Mailbox *mailbox;
  GSource *source;
  struct Model *model;
  Store *store;
  Assembly *assembly;
  Dispatch *dispatch;
  int64_t now_us, wall_ms, tick_ms;
  char staff[17];    /* a person of kind staff who created the meeting */
  char host[17];     /* its host */
  char meeting[17];  /* title 协商会, planned for an hour from now */
  GPtrArray *people; /* ids of members who are invited to attend */

  GPtrArray *pages; /* Page, all that exist */

  /* What the rooms asked of the media. */
  GString *calls; /* "room_open 1\n" … */
  GArray *offers; /* BedOffer, all that came */
  Recorder *recorder;
  bool recorder_fails;
  unsigned recordings; /* started in all */
} Bed;

/* members: how many are invited, beside the host and the staff person. */
Bed *bed_new(unsigned members);
/* With so many engines; calls on any but the first end in " there". */
Bed *bed_new_on(unsigned members, int engines, int room_spread);
void bed_free(Bed *bed);
/* The server is killed: everything in memory is gone, a new one starts on the same data. */
void bed_crash(Bed *bed);
void bed_pass(Bed *bed, int64_t ms);
/* Runs work on the store's writer and waits. */
void bed_write(Bed *bed, StoreWork work, void *data);
/* Waits until what was queued for the store is durable and its replies arrived. */
void bed_settle(Bed *bed);
/* Does something to a record, as over HTTP: path has the meeting's id for MEETING. The answer (free
 * with json_decref), or NULL when it is refused. The room is not told. */
json_t *bed_ask(Bed *bed, const char *person, unsigned roles, HttpMethod method, const char *path,
                const char *body);
/* A step of the meeting, by its host; false when it is refused. */
bool bed_step(Bed *bed, const char *verb);
/* A single number out of the database; %s and so on as in g_strdup_printf. */
int64_t bed_number(Bed *bed, const char *sql, ...) G_GNUC_PRINTF(2, 3);
/* How often an event of this kind was logged. */
int64_t bed_events(Bed *bed, const char *kind);
/* A join token as the HTTP API gives it. Free with g_free. */
char *bed_token(Bed *bed, const char *person);
/* The meeting is opened by the host over HTTP. */
void bed_open(Bed *bed);
bool bed_called(Bed *bed, const char *call); /* and forgets all calls when it was */
const EngineEvents *bed_events_of(void);

/* The recorder's process runs; how it reports. */
void bed_recorder_started(Bed *bed);
void bed_recorder_gap(Bed *bed, int64_t ms);
void bed_recorder_stopped(Bed *bed, const char *reason);
const char *bed_recorder_asked(const Bed *bed); /* reason given to recorder_stop, or NULL */
unsigned bed_recorder_tracks(const Bed *bed);

typedef struct {
  Bed *bed;
  Client *client;
  GQueue in;     /* json_t *, not looked at yet */
  unsigned code; /* close code; 0: open */
  uint64_t bytes, messages;
  unsigned joined; /* how often it was welcomed */
  int id;
  char *session, *pid, *person;
  bool host;
  bool quiet; /* counts what it gets and keeps none of it */
} Page;

Page *page_new(Bed *bed);
/* The socket goes; frees the page. */
void page_free(Page *page);
/* Sends as it is. */
void page_text(Page *page, const char *text);
/* message: a json_pack format and its values without `id`, which is added; returns the id. */
int page_send(Page *page, const char *format, ...);
/* Waits for the reply to an id; other messages stay. The caller owns it. */
json_t *page_reply(Page *page, int id);
/* page_send and page_reply, in one; asserts the reply's type, or error code after "!". */
#define page_expect(page, expected, ...)                                                           \
  json_decref(page_expected(page, expected, page_send(page, __VA_ARGS__)))
json_t *page_expected(Page *page, const char *expected, int id);
/* The next message of this type that is there already, or NULL. The caller owns it. */
json_t *page_take(Page *page, const char *type);
/* Waits for it. */
json_t *page_wait(Page *page, const char *type);
void page_forget(Page *page); /* everything that came */
/* hello and welcome. */
void page_join(Page *page, const char *person);
Page *bed_join(Bed *bed, const char *person);
const char *text_at(const json_t *object, const char *path); /* "you.name"; NULL for null */
