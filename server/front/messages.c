#include "front/messages.h"

#include <string.h>

#include "router/router.h"

/* A text or a number of the server's own, whose bounds are a matter of where it comes from. */
#define SAID(n, ...) RAW(n, 0, INT32_MAX, ##__VA_ARGS__)
#define COUNT(n, ...) INT(n, 0, INT64_MAX, ##__VA_ARGS__)
#define PAGE_MOST 200 /* entries of a list; of the roster it is what `limit` may ask for */
#define LAYERS_MOST 4

/* ---- what messages are made of ---- */

#define PARTICIPANT                                                                                     \
  ID("pid"), ID("person"),                                                                              \
      SAID("name",                                                                                      \
           .about = "here and wherever a person is named it says what tells two people of "             \
                    "one name apart: `王伟（教育界）`, the unit, with a code where that is not " \
                    "enough"),                                                                          \
      WORD("capacity", "attend observe invited host"),                                                  \
      BOOL("deputy", .about = "a host made the person one for this meeting"),                           \
      WORD("kind", "member staff guest admin"), WORD("device", "desktop phone venue other"),            \
      BOOL("mic", .about = "it is switched on, as are `camera` and `screen`"), BOOL("camera"),          \
      BOOL("screen"), BOOL("hand"), COUNT("hand_at", .about = "since when it is up; 0: down"),          \
      BOOL("away", .about = "the connection dropped, the place is kept"), TIME("joined_at")

static const Field participant_fields[] = {PARTICIPANT, END};
static const Field right[] = {WORD("right", "host"), END};
static const Field you_fields[] = {PARTICIPANT, LIST("rights", 0, 1, right), END};
static const Field participant[] = {OBJECT("participant", "Participant", participant_fields), END};

static const Field meeting_fields[] = {
    ID("id"),
    SAID("title"),
    SAID("topic"),
    SAID("host_name"),
    WORD("state", "scheduled live ended cancelled"),
    TIME("planned_start"),
    TIME("planned_end"),
    TIME("opened_at", .flags = OR_NULL),
    END,
};

static const Field entry_fields[] = {
    ID("id"), ID("pid"), ID("person"), SAID("name"), SAID("text"), TIME("at"), END,
};
const Field chat_entry[] = {OBJECT("chat", "ChatEntry", entry_fields), END};

#define ROSTER_PAGE                                                                                \
  LIST("items", 0, PAGE_MOST, participant,                                                         \
       .about = "sorted by pid: paging by `after` never skips "                                    \
                "or repeats one"),                                                                 \
      ID("next", .flags = OR_NULL, .about = "what the next page begins after"),                    \
      COUNT("total", .about = "with `search`: what it finds"), COUNT("rev")

static const Field roster_fields[] = {ROSTER_PAGE, END};

#define RECORDING                                                                                  \
  BOOL("on"), TIME("since", .flags = OR_NULL),                                                     \
      COUNT("elapsed_ms", .flags = OR_NULL, .about = "both `null` while it is off")

static const Field recording_fields[] = {RECORDING, END};

static const Field slot_fields[] = {
    ID("pid"),    WORD("source", "mic camera screen screen_audio"),
    SAID("name"), WORD("capacity", "attend observe invited host"),
    END,
};
static const Field slot_content[] = {OBJECT("slot", "SlotContent", slot_fields, .flags = OR_NULL),
                                     END};
static const Field slot_name[] = {SAID("slot", .about = "`a0`…`a2`, `v0`…, `s0`"), END};
static const Field layer[] = {SAID("layer"), END};
static const Field pid[] = {ID("pid"), END};
static const Field level[] = {INT("level", 0, 127), END};

/* ---- the messages ---- */

static const Field welcome[] = {
    INT("version", 1, 1),
    SAID("session", .about = "a secret, for `resume`"),
    BOOL("resumed"),
    ID("pid", .about = "yours"),
    TIME("now"),
    COUNT("heartbeat_s"),
    COUNT("resume_window_s"),
    OBJECT("you", "You", you_fields),
    OBJECT("meeting", "RoomMeeting", meeting_fields),
    OBJECT("recording", "RecordingState", recording_fields),
    TIME("ending", .flags = OR_NULL,
         .about = "when the meeting will end by itself; `null`: that is not in sight"),
    ID("floor", .flags = OR_NULL),
    TIME("floor_since", .flags = OR_NULL),
    WORD("mic_off", "muted crowd", .flags = OR_NULL,
         .about = "begin with the microphone off: a host switched the person's off and it was not "
                  "on again since, or `mute_from` (6) people or more are here"),
    BOOL("lost_floor",
         .about = "this person had the floor before the connection was lost for too long"),
    ID("speaker", .flags = OR_NULL),
    OBJECT("roster", "RosterPage", roster_fields, .about = "the first 50"),
    LIST("chat", 0, PAGE_MOST, chat_entry,
         .about = "the last 50 entries, the oldest first (those before: `GET "
                  "/api/v1/meetings/{id}/chat`)"),
    END,
};

static const Field answer[] = {
    SAID("sdp", .about = "of what was offered Opus, VP8, their repair and redundant audio (`red`)"),
    MAP("slots", 0, SLOTS_MAX, "mid", slot_name),
    END,
};

static const Field slots[] = {
    MAP("set", 1, SLOTS_MAX, "slot name", slot_content,
        .about = "who is in the slot from now on. Slots not named stay"),
    END,
};

static const Field demand[] = {
    WORD("source", "camera screen"),
    LIST("layers", 0, LAYERS_MOST, layer,
         .about = "the layers of your picture that somebody takes, as the rids of your offer, or "
                  "`[\"all\"]` for a picture without simulcast; `[]`: nobody"),
    END,
};

static const Field downlink[] = {
    COUNT("bps", .about = "what the way to you carries by the server's estimate"),
    COUNT("wanted_bps", .about = "what all that your `view` names would take, each picture as "
                                 "large as it asks for, with the sound"),
    END,
};

static const Field roster_delta[] = {
    COUNT("rev"),
    COUNT("total"),
    LIST("joined", 0, PAGE_MOST, participant),
    LIST("changed", 0, PAGE_MOST, participant),
    LIST("left", 0, INT32_MAX, pid),
    BOOL("partial", .about = "not everybody who came or changed is in it"),
    END,
};

static const Field speaker[] = {ID("pid", .flags = OR_NULL), END};
static const Field levels[] = {
    MAP("levels", 0, 64, "pid", level,
        .about = "loudness of those heard now (127 loudest); twice a second at most"),
    END,
};
static const Field floor_of[] = {
    ID("pid", .flags = OR_NULL, .about = "`null`: nobody has it"),
    TIME("since", .flags = OR_NULL, .about = "when it was given"),
    END,
};
static const Field turned_away[] = {ID("person"), SAID("name"), END};
static const Field recording[] = {
    RECORDING, WORD("reason", "host auto stopped ended shutdown failed disk"), END};
static const Field meeting[] = {OBJECT("meeting", "RoomMeeting", meeting_fields), END};
static const Field ending[] = {TIME("at", .flags = OR_NULL, .about = "`null`: not after all"), END};
static const Field you[] = {OBJECT("you", "You", you_fields), END};
static const Field muted[] = {
    WORD("source", "mic camera screen"),
    SAID("by", .about = "name of the host"),
    END,
};
static const Field lowered[] = {SAID("by", .about = "name of the host"), END};
static const Field media_state[] = {
    WORD("state", "connecting connected lost closed"),
    WORD("reason", "bye timeout fingerprint srtp_profile handshake",
         .about = "why it is closed: `bye` (the client closed it), `timeout` (not connected within "
                  "30 s), `fingerprint` (another certificate than the offer's), `srtp_profile` "
                  "(none in common: offer AES-GCM 128, 256 or AES-CM 80), `handshake` (DTLS failed "
                  "otherwise)"),
    END,
};
static const Field error[] = {
    SAID("code", .about = "the page has its own words for each"),
    SAID("message", .about = "English, for developers"),
    COUNT("line", .about = "of an offer: the line to change, from 1"),
    SAID("attribute", .about = "of an offer: as `rtcp-mux`; `m` for an m-line, `sources` for that "
                               "member"),
    SAID("mid", .about = "of an offer"),
    END,
};
static const Field bye[] = {
    WORD("reason", "left ended removed barred revoked replaced shutdown timeout",
         .about =
             "`removed` by a host, `barred`: removed for good, `revoked`: the right to be here "
             "has ended"),
    COUNT("again_ms", .about = "of `shutdown`: when to try to resume"),
    END,
};
static const Field pong[] = {INT("at", INT64_MIN, INT64_MAX), END};

const Told told[] = {
    {"welcome", REPLY, welcome, "*", NULL},
    {"answer", REPLY, answer, "*", NULL},
    {"roster", REPLY, roster_fields, "*", NULL},
    {"pong", REPLY, pong, "*", NULL},
    {"ok", REPLY, chat_entry, "chat?", NULL},
    {"error", REPLY_OR, error, "code message line? attribute? mid?", NULL},
    {"bye", REPLY_OR, bye, "reason again_ms?", NULL},
    {"slots", ALONE, slots, "*", "After a resume all are told"},
    {"demand", ALONE, demand, "*",
     "More is told at once, less after 2.5 s; send no others. After a resume it is told again"},
    {"downlink", ALONE, downlink, "*",
     "At most every 2 s, when one of them moved by more than a tenth; it comes from the client's "
     "transport-wide feedback, from REMB, or without either from its receiver reports; nothing "
     "while no limit is known. After a resume it is told again"},
    {"roster_delta", ALONE, roster_delta, "*", "At most four a second"},
    {"speaker", ALONE, speaker, "*", "The dominant speaker"},
    {"levels", ALONE, levels, "*", NULL},
    {"floor", ALONE, floor_of, "*", NULL},
    {"turned_away", ALONE, turned_away, "*",
     "To hosts: somebody removed for good tries to come in; of one person at most every 20 s"},
    {"chat", ALONE, chat_entry, "*",
     "To everybody but the device that wrote it, which has it in `ok`"},
    {"recording", ALONE, recording, "*", "Everybody is told, late joiners in `welcome`"},
    {"meeting", ALONE, meeting, "*", "When anything of it changed"},
    {"ending", ALONE, ending, "*", "When the meeting will end by itself"},
    {"you", ALONE, you, "*", "Your name, capacity or rights changed while you were here"},
    {"muted", ALONE, muted, "*", "The source is off now (`media`)"},
    {"lowered", ALONE, lowered, "*", NULL},
    {"media_state", ALONE, media_state, "state reason?",
     "The server's view of the media path. `closed`: it gave the connection up and has forgotten "
     "it; unless an offer with another PeerConnection is under way, make one and send its `offer`"},
    {0},
};

const Told *told_find(const char *type) {
  for (const Told *one = told; one->type; one++)
    if (strcmp(one->type, type) == 0)
      return one;
  return NULL;
}

uint32_t message_id(const json_t *message) {
  const json_t *id = json_object_get(message, "id");
  json_int_t value = json_is_integer(id) ? json_integer_value(id) : 0;
  return value >= 1 && value <= MESSAGE_ID_MOST ? (uint32_t)value : 0;
}

bool told_check(const json_t *message, Problem *problem) {
  const char *type = json_string_value(json_object_get(message, "t"));
  const Told *one = type ? told_find(type) : NULL;
  if (!one)
    return problem_add(problem, "t", "words", NULL);
  bool has_id = json_object_get(message, "id") != NULL;
  if (has_id ? one->when == ALONE || message_id(message) == 0 : one->when == REPLY)
    return problem_add(problem, "id", has_id ? "unknown" : "missing", NULL);
  json_t *rest = json_copy((json_t *)(uintptr_t)message);
  json_object_del(rest, "t");
  json_object_del(rest, "id");
  bool fine = take_object(one->fields, one->shape, rest, NULL, problem);
  json_decref(rest);
  return fine;
}
