#include "peer/engine.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "peer/media.h"

#define MEDIA_NICE -10 /* yishi.service permits it */

struct Engine {
  Mailbox *inbox;
  Outlet *outlet;
  Media *media;
  GThread *thread;
  unsigned index, port;
};

typedef enum {
  DO_STOP,
  DO_ROOM_OPEN,
  DO_ROOM_LINK,
  DO_ROOM_CLOSE,
  DO_ROOM_FLOOR,
  DO_ROOM_TAP,
  DO_PEER_OPEN,
  DO_PEER_CLOSE,
  DO_PEER_OFFER,
  DO_PEER_MUTE,
  DO_PEER_VIEW,
  DO_FIGURES
} CommandKind;

/* A command, copied on the main thread and run on the media thread. */
typedef struct {
  Media *media;
  CommandKind kind;
  uint32_t room, peer, request;
  bool home;
  LinkEnd end;
  int fd; /* DO_ROOM_TAP: owned until it runs */
  char *sdp, *connection;
  EngineSource *sources;
  View *views;
  unsigned count; /* of sources or views */
  Source source;
  bool muted;
} Command;

static void command_free(void *data) {
  Command *command = data;
  if (command->kind == DO_ROOM_TAP && command->fd >= 0)
    close(command->fd);
  g_free(command->sdp);
  g_free(command->connection);
  g_free(command->sources);
  g_free(command->views);
  g_free(command);
}

static void command_run(void *data) {
  Command *command = data;
  Media *media = command->media;
  switch (command->kind) {
  case DO_STOP:
    media_stop(media);
    break;
  case DO_ROOM_OPEN:
    media_room_open(media, command->room, command->home);
    break;
  case DO_ROOM_LINK:
    media_room_link(media, command->room, &command->end);
    break;
  case DO_ROOM_CLOSE:
    media_room_close(media, command->room);
    break;
  case DO_ROOM_FLOOR:
    media_room_floor(media, command->room, command->peer);
    break;
  case DO_ROOM_TAP:
    media_room_tap(media, command->room, command->fd);
    command->fd = -1;
    break;
  case DO_PEER_OPEN:
    media_peer_open(media, command->room, command->peer);
    break;
  case DO_PEER_CLOSE:
    media_peer_close(media, command->peer);
    break;
  case DO_PEER_OFFER:
    media_peer_offer(
        media, command->peer, command->request,
        &(EngineOffer){command->sdp, command->connection, command->sources, command->count});
    break;
  case DO_PEER_MUTE:
    media_peer_mute(media, command->peer, command->source, command->muted);
    break;
  case DO_PEER_VIEW:
    media_peer_view(media, command->peer, command->views, command->count);
    break;
  case DO_FIGURES:
    media_figures(media, command->request);
    break;
  }
  command_free(command);
}

static void post(Engine *engine, const Command *command) {
  Command *copy = g_memdup2(command, sizeof *command);
  copy->media = engine->media;
  mailbox_post(engine->inbox, command_run, command_free, copy);
}

static void *thread_run(void *data) {
  Engine *engine = data;
  sigset_t all; /* signals are the main thread's */
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  /* Everybody's sound waits for this thread, nobody for the work of others. Where it is not
   * permitted all threads are equal. */
  (void)setpriority(PRIO_PROCESS, 0, MEDIA_NICE);
  media_run(engine->media);
  return NULL;
}

Engine *engine_new(const Config *config, unsigned index, Mailbox *main_mailbox,
                   const EngineEvents *events, void *user, GError **error) {
  Engine *engine = g_new0(Engine, 1);
  engine->index = index;
  engine->inbox = mailbox_new();
  engine->outlet = outlet_new(main_mailbox, events, user);
  engine->media = media_new(config, index, engine->inbox, engine->outlet, error);
  if (!engine->media) {
    engine_free(engine);
    return NULL;
  }
  engine->port = media_port(engine->media);
  g_autofree char *name = g_strdup_printf("media-%u", index);
  engine->thread = g_thread_new(name, thread_run, engine);
  return engine;
}

void engine_stop(Engine *engine) {
  if (!engine->thread)
    return;
  post(engine, &(Command){.kind = DO_STOP});
  g_thread_join(engine->thread);
  engine->thread = NULL;
}

void engine_free(Engine *engine) {
  if (!engine)
    return;
  engine_stop(engine);
  mailbox_free(engine->inbox);
  media_free(engine->media);
  outlet_close(engine->outlet);
  g_free(engine);
}

unsigned engine_port(const Engine *engine) {
  return engine->port;
}

void engine_room_open(Engine *engine, uint32_t room, bool home) {
  post(engine, &(Command){.kind = DO_ROOM_OPEN, .room = room, .home = home});
}

static void link_to(Engine *engine, Engine *other, uint32_t room) {
  LinkEnd end = {other->index, other->inbox, other->media};
  post(engine, &(Command){.kind = DO_ROOM_LINK, .room = room, .end = end});
}

void engine_room_link(Engine *engine, Engine *other, uint32_t room) {
  link_to(other, engine, room); /* first: this one has something to say as soon as it is told */
  link_to(engine, other, room);
}

void engine_room_close(Engine *engine, uint32_t room) {
  post(engine, &(Command){.kind = DO_ROOM_CLOSE, .room = room});
}

void engine_room_floor(Engine *engine, uint32_t room, uint32_t peer) {
  post(engine, &(Command){.kind = DO_ROOM_FLOOR, .room = room, .peer = peer});
}

void engine_room_tap(Engine *engine, uint32_t room, int fd) {
  post(engine, &(Command){.kind = DO_ROOM_TAP, .room = room, .fd = fd});
}

void engine_peer_open(Engine *engine, uint32_t room, uint32_t peer) {
  post(engine, &(Command){.kind = DO_PEER_OPEN, .room = room, .peer = peer});
}

void engine_peer_close(Engine *engine, uint32_t peer) {
  post(engine, &(Command){.kind = DO_PEER_CLOSE, .peer = peer});
}

void engine_peer_offer(Engine *engine, uint32_t peer, uint32_t request, const EngineOffer *offer) {
  post(engine, &(Command){.kind = DO_PEER_OFFER,
                          .peer = peer,
                          .request = request,
                          .sdp = g_strdup(offer->sdp),
                          .connection = g_strdup(offer->connection),
                          .sources = g_memdup2(offer->sources,
                                               offer->source_count * sizeof *offer->sources),
                          .count = offer->source_count});
}

void engine_peer_mute(Engine *engine, uint32_t peer, Source source, bool muted) {
  post(engine, &(Command){.kind = DO_PEER_MUTE, .peer = peer, .source = source, .muted = muted});
}

void engine_peer_view(Engine *engine, uint32_t peer, const View *views, unsigned count) {
  post(engine, &(Command){.kind = DO_PEER_VIEW,
                          .peer = peer,
                          .views = g_memdup2(views, count * sizeof *views),
                          .count = count});
}

void engine_figures(Engine *engine, uint32_t request) {
  post(engine, &(Command){.kind = DO_FIGURES, .request = request});
}
