/* What a room needs of the media side, as a table, so that rooms run in tests without a network.
 *
 * The default (media.c, assembly_new) is one Engine per media thread and the recorder; the
 * functions mean what their namesakes in peer/engine.h and room/recorder.h say, with the engine
 * given by its index. Events come back through assembly_engine_events. Main thread.
 */
#pragma once

#include "peer/engine.h"
#include "room/assembly.h"
#include "room/recorder.h"

typedef struct {
  void (*room_open)(void *user, unsigned engine, uint32_t room, bool home);
  void (*room_link)(void *user, unsigned engine, unsigned other, uint32_t room);
  void (*room_close)(void *user, unsigned engine, uint32_t room);
  void (*room_floor)(void *user, unsigned engine, uint32_t room, uint32_t peer);
  void (*peer_open)(void *user, unsigned engine, uint32_t room, uint32_t peer);
  void (*peer_close)(void *user, unsigned engine, uint32_t peer);
  void (*peer_offer)(void *user, unsigned engine, uint32_t peer, uint32_t request,
                     const EngineOffer *offer);
  void (*peer_mute)(void *user, unsigned engine, uint32_t peer, Source source, bool muted);
  void (*peer_view)(void *user, unsigned engine, uint32_t peer, const View *views, unsigned count);
  void (*figures)(void *user, unsigned engine, uint32_t request);
  Recorder *(*record)(void *user, unsigned engine, uint32_t room, const char *meeting,
                      const RecorderEvents *events, void *events_user, GError **error);
  void (*recorder_track)(Recorder *recorder, uint32_t track, Source source, const char *person,
                         const char *participant, int64_t now_us);
  void (*recorder_tap_closed)(Recorder *recorder, uint64_t dropped);
  void (*recorder_stop)(Recorder *recorder, const char *reason);
  const char *(*recorder_id)(const Recorder *recorder);
  void (*recorder_free)(Recorder *recorder);
  void (*free)(void *user); /* with the assembly; may be NULL */
} RoomMediaOps;

typedef struct {
  const RoomMediaOps *ops;
  void *user; /* borrowed until free */
  unsigned engines;
} RoomMedia;

/* Where time comes from when no caller passes it (engine events, store replies). */
typedef struct {
  int64_t (*mono_us)(void *user);
  int64_t (*wall_ms)(void *user);
  void *user;
} RoomTime;

/* What engines tell; its user is the Assembly. */
extern const EngineEvents assembly_engine_events;

/* As assembly_new, on other media and another clock and without timers of its own: the caller
 * calls assembly_tick. Tests and the fuzzer. */
Assembly *assembly_new_on(const Config *config, Store *store, const struct Model *model,
                          const RoomMedia *media, const RoomTime *time);
