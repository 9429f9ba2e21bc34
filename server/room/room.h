/* One meeting while people are in it: who is here, what they may do, what everybody is told.
 *
 * front/dispatch validates a message whole and calls the function of the same name; these return
 * NULL or the error code of PROTOCOL.md. What others must be told goes out through their links.
 * Main thread; now_us is monotonic.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "peer/engine.h"
#include "room/assembly.h"

typedef struct Room Room;
typedef struct Participant Participant;

/* A participant's connection, as the layer above provides it. */
typedef struct {
  void (*send)(void *user, const char *text, size_t len); /* one message, copied */
  /* The participant is no longer connected here: forget it and close once what is queued was
   * written. Never calls back at once. */
  void (*close)(void *user, unsigned code, const char *reason);
  void *user;
} RoomLink;

/* What a client says about itself in hello and resume. */
typedef struct {
  const char *device;  /* desktop, phone, venue, other */
  const char *client;  /* program and version; for the event log */
  const char *address; /* evidence in the presence segment */
  const char *person;  /* whom the page was opened for, or NULL: anybody */
} RoomHello;

/* hello: redeems the token, finds or makes the room, admits. Asynchronous: admitted is called once,
 * with the participant (to be welcomed at once) or an error code. */
typedef struct Admission Admission;
typedef void (*RoomAdmitted)(void *user, Participant *participant, const char *code);
Admission *assembly_hello(Assembly *assembly, const char *token, const RoomHello *hello,
                          const RoomLink *link, RoomAdmitted admitted, void *user);
/* The asker is gone: admitted will not be called. */
void admission_cancel(Admission *admission);

/* resume: NULL and code when there is nobody to resume (`gone`) or it is somebody else's place
 * (`other_person`). An older connection is closed (4002). */
Participant *assembly_resume(Assembly *assembly, const char *session, const RoomHello *hello,
                             const RoomLink *link, int64_t now_us, const char **code);

/* Calls tick with each of the assembly's (every 125 ms); for what the layer above times. */
void assembly_on_tick(Assembly *assembly, void (*tick)(void *user, int64_t now_us), void *user);
void assembly_tick(Assembly *assembly, int64_t now_us);
bool assembly_stopping(const Assembly *assembly);
int64_t assembly_now(const Assembly *assembly); /* monotonic µs, of the assembly's clock */
const Config *assembly_config(const Assembly *assembly);

/* The `welcome` without `t` and `id`. After it was sent, call participant_welcomed: what the client
 * must know beside it. New reference. */
json_t *participant_welcome(Participant *participant, bool resumed, int64_t now_us);
void participant_welcomed(Participant *participant, bool resumed);

/* Something came from the client. */
void participant_heard(Participant *participant, int64_t now_us);
/* The connection is gone; the place is kept for the resume window. */
void participant_dropped(Participant *participant, int64_t now_us);
/* leave; the caller tells its client. */
void participant_leave(Participant *participant, int64_t now_us);
bool participant_is_host(const Participant *participant);

const char *source_name(Source source); /* "mic", "camera", "screen", "screen_audio" */

/* -1: not mentioned. */
typedef struct {
  int mic, camera, screen;
} RoomSwitches;
const char *participant_media(Participant *participant, const RoomSwitches *switches,
                              int64_t now_us);
/* The answer comes later through the link, as `answer` or `error` with this id. */
const char *participant_offer(Participant *participant, uint32_t id, const EngineOffer *offer,
                              int64_t now_us);

/* One picture that the client shows. */
typedef struct {
  char pid[ID_CHARS + 1];
  uint16_t width, height; /* device pixels */
} RoomView;
/* Most important first. Copied. */
const char *participant_view(Participant *participant, const RoomView *views, unsigned count);
/* Somebody alone after the planned end wants the meeting to go on (vacancy.h). */
const char *participant_stay(Participant *participant, int64_t now_us);
const char *participant_hand(Participant *participant, bool up, int64_t now_us);
/* text: as it is kept (front/verbs.c). key: how the author's page names the entry, ID_CHARS long,
 * so that it may be sent again without standing twice; NULL: the server does. done: once, perhaps
 * at once; code NULL when the entry (borrowed) is durable. The others are told right after. */
typedef void (*RoomChatted)(void *user, const char *code, const json_t *entry);
void participant_chat(Participant *participant, const char *text, const char *key, int64_t now_us,
                      RoomChatted done, void *user);
/* items, next, total, rev. since: only those who joined or changed after that rev; 0: all. New
 * reference. */
json_t *participant_roster(Participant *participant, const char *after, unsigned limit,
                           const char *search, int64_t since);

/* Host actions; the caller checked participant_is_host. pid NULL: null, as the message says. */
typedef void (*RoomStepped)(void *user, const char *code);
void host_open(Participant *by, int64_t now_us, RoomStepped done, void *user);
void host_end(Participant *by, int64_t now_us, RoomStepped done, void *user);
const char *host_record(Participant *by, bool on, int64_t now_us);
const char *host_floor(Participant *by, const char *pid, int64_t now_us);
const char *host_mute(Participant *by, const char *pid, Source source, int64_t now_us);
const char *host_lower(Participant *by, const char *pid, int64_t now_us);
/* The next three are done when what they say is durable. The participant goes at once; for_good:
 * the person, on every device, when it is kept, and not let in again until host_readmit;
 * `forbidden` for hosts and staff. */
void host_remove(Participant *by, const char *pid, bool for_good, int64_t now_us, RoomStepped done,
                 void *user);
void host_readmit(Participant *by, const char *person, int64_t now_us, RoomStepped done,
                  void *user);
/* Somebody here may do what a host does; or a person, here or not, no longer. `forbidden` for
 * guests. */
void host_deputy(Participant *by, const char *person, bool on, int64_t now_us, RoomStepped done,
                 void *user);
