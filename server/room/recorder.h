/* The recorder of one room: a yishi-pipeline process, watched.
 *
 * recorder_start makes the recording's folder and catalogue row, a socket pair for the tap
 * (engine_room_tap) and one for control (JSON over SOCK_SEQPACKET, pipelines/PIPELINE.md), and
 * starts the process. When it dies, it is started again as the next part and the gap is recorded; a
 * process that keeps dying young is started ever later, up to 10 s. The recording ends with reason
 * "failed" only when 5 processes in a row died before they were ready. Main thread; the catalogue
 * is written through the store's writer.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "base/config.h"
#include "peer/engine.h"
#include "store/database.h"

typedef struct Recorder Recorder;

typedef struct {
  /* The first part runs. wall_ms: the recording's zero of time. */
  void (*started)(void *user, int64_t wall_ms);
  /* Nothing was recorded for this long; a new part runs now. For the event log and the host. */
  void (*gap)(void *user, int64_t gap_ms);
  /* Closed and catalogued; free it now (not inside the call: post). reason: host, ended, failed,
   * disk, shutdown. */
  void (*stopped)(void *user, const char *reason);
} RecorderEvents;

/* Returns NULL and error when the folder or process cannot be made. The engine room is borrowed. */
Recorder *recorder_start(const Config *config, Store *store, Engine *engine, uint32_t room,
                         const char *meeting, const RecorderEvents *events, void *user,
                         GError **error);
/* Who publishes a track (from EngineEvents.track), so that the catalogue can name the file's
 * person. */
void recorder_track(Recorder *recorder, uint32_t track, Source source, const char *person,
                    const char *participant, int64_t now_us);
void recorder_tap_closed(Recorder *recorder, uint64_t dropped); /* from EngineEvents.tap_closed */
/* Flushes and closes; stopped comes within seconds. */
void recorder_stop(Recorder *recorder, const char *reason);
const char *recorder_id(const Recorder *recorder);
void recorder_free(Recorder *recorder); /* kills the process when it still runs */
