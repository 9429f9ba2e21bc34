/* What clients can say: each verb with what it needs, what it takes and what it does. */
#include <string.h>

#include "front/client.h"

#define OFFER_SOURCES_MOST 8
#define ROSTER_LIMIT 50 /* entries of a page when the client does not say */

static const char *text_of(const Request *request, const char *name) {
  const Value *value = values_find(&request->said, name);
  return value ? value->text : NULL; /* NULL for null and for what was left out */
}

static int64_t number_of(const Request *request, const char *name, int64_t otherwise) {
  const Value *value = values_find(&request->said, name);
  return value && value->kind == VALUE_INT ? value->number : otherwise;
}

static bool is_true(const Request *request, const char *name) {
  return number_of(request, name, 0) != 0;
}

/* What has parts, as it was said. */
static const json_t *parts_of(const Request *request, const char *name) {
  return values_find(&request->said, name)->json;
}

static void done(const Request *request, const char *code) {
  client_reply(request->client, request->id, code);
}

static Participant *who(const Request *request) {
  return request->client->participant;
}

/* ---- replies that the store must write first ---- */

/* The client may go before it. */
typedef struct {
  Client *client; /* NULL: gone */
  GList link;
  uint32_t id;
} Waiting;

static Waiting *wait_for(const Request *request) {
  Waiting *waiting = g_new0(Waiting, 1);
  waiting->client = request->client;
  waiting->id = request->id;
  waiting->link.data = waiting;
  g_queue_push_tail_link(&request->client->waiting, &waiting->link);
  return waiting;
}

void client_forget_waiting(Client *client) {
  for (GList *link = client->waiting.head; link; link = link->next)
    ((Waiting *)link->data)->client = NULL;
}

static void stepped(void *user, const char *code) {
  Waiting *waiting = user;
  if (waiting->client) {
    g_queue_unlink(&waiting->client->waiting, &waiting->link);
    client_reply(waiting->client, waiting->id, code);
  }
  g_free(waiting);
}

static void chatted(void *user, const char *code, const json_t *entry) {
  Waiting *waiting = user;
  Client *client = waiting->client;
  if (client && code)
    client_error(client, waiting->id, code, "");
  else if (client)
    client_send(client, json_pack("{s:s, s:I, s:O}", "t", "ok", "id", (json_int_t)waiting->id,
                                  "chat", entry));
  if (client)
    g_queue_unlink(&client->waiting, &waiting->link);
  g_free(waiting);
}

/* ---- coming in ---- */

static void link_send(void *user, const char *text, size_t len) {
  Client *client = user;
  if (!client->closing)
    client->sink.send(client->user, text, len);
}

static void link_close(void *user, unsigned code, const char *reason) {
  Client *client = user;
  client->participant = NULL;
  client_close(client, code, reason);
}

static RoomLink link_of(Client *client) {
  return (RoomLink){link_send, link_close, client};
}

static RoomHello hello_of(const Request *request) {
  return (RoomHello){text_of(request, "device"), text_of(request, "client"),
                     request->client->address, text_of(request, "person")};
}

static void welcome(Client *client, Participant *participant, uint32_t id, bool resumed,
                    int64_t now_us) {
  client->participant = participant;
  client->sink.joined(client->user);
  json_t *message = participant_welcome(participant, resumed, now_us);
  json_object_set_new(message, "t", json_string("welcome"));
  json_object_set_new(message, "id", json_integer(id));
  client_send(client, message);
  participant_welcomed(participant, resumed);
}

static void admitted(void *user, Participant *participant, const char *code) {
  Client *client = user;
  client->admission = NULL;
  if (participant) {
    welcome(client, participant, client->hello_id, false, assembly_now(client->dispatch->assembly));
    return;
  }
  client_error(client, client->hello_id, code, "");
  bool unauthorised = strcmp(code, "unauthorised") == 0;
  client_close(client, unauthorised ? 4001 : 1000, code);
}

static void on_hello(Request *request) {
  Client *client = request->client;
  RoomHello hello = hello_of(request);
  RoomLink link = link_of(client);
  client->hello_id = request->id;
  client->admission = assembly_hello(client->dispatch->assembly, text_of(request, "token"), &hello,
                                     &link, admitted, client);
}

static void on_resume(Request *request) {
  Client *client = request->client;
  RoomHello hello = hello_of(request);
  RoomLink link = link_of(client);
  const char *code = NULL;
  Participant *participant =
      assembly_resume(client->dispatch->assembly, text_of(request, "session"), &hello, &link,
                      request->now_us, &code);
  if (participant) {
    welcome(client, participant, request->id, true, request->now_us);
    return;
  }
  if (!client->retried)
    client_may_say_hello(client, request->now_us);
  client->retried = true;
  client_error(client, request->id, code, "ask for a new join token");
}

/* ---- everybody ---- */

static void on_ping(Request *request) {
  client_send(request->client,
              json_pack("{s:s, s:I, s:I}", "t", "pong", "id", (json_int_t)request->id, "at",
                        (json_int_t)number_of(request, "at", 0)));
}

static Source source_of(const char *name) {
  unsigned source = 0;
  while (strcmp(source_name((Source)source), name) != 0)
    source++;
  return (Source)source;
}

static void on_offer(Request *request) {
  EngineSource mids[OFFER_SOURCES_MOST];
  unsigned count = 0;
  const char *mid;
  json_t *source;
  json_object_foreach((json_t *)(uintptr_t)parts_of(request, "sources"), mid, source) {
    g_strlcpy(mids[count].mid, mid, sizeof mids[count].mid);
    mids[count++].source = source_of(json_string_value(source));
  }
  EngineOffer offer = {.sdp = text_of(request, "sdp"),
                       .connection = text_of(request, "connection"),
                       .sources = mids,
                       .source_count = count};
  const char *code = participant_offer(who(request), request->id, &offer, request->now_us);
  if (code)
    client_error(request->client, request->id, code, "");
}

static void on_media(Request *request) {
  RoomSwitches wanted = {(int)number_of(request, "mic", -1), (int)number_of(request, "camera", -1),
                         (int)number_of(request, "screen", -1)};
  if (wanted.mic < 0 && wanted.camera < 0 && wanted.screen < 0)
    client_error(request->client, request->id, "bad_message", "mic, camera or screen: missing");
  else
    done(request, participant_media(who(request), &wanted, request->now_us));
}

static void on_view(Request *request) {
  RoomView views[VIDEO_SLOTS_MAX];
  size_t index;
  const json_t *entry, *want = parts_of(request, "want");
  json_array_foreach(want, index, entry) {
    RoomView *view = &views[index];
    g_strlcpy(view->pid, json_string_value(json_object_get(entry, "pid")), sizeof view->pid);
    view->width = (uint16_t)json_integer_value(json_object_get(entry, "w"));
    view->height = (uint16_t)json_integer_value(json_object_get(entry, "h"));
  }
  done(request, participant_view(who(request), views, (unsigned)json_array_size(want)));
}

static void on_roster(Request *request) {
  const char *after = text_of(request, "after"), *search = text_of(request, "search");
  json_t *page = participant_roster(who(request), after ? after : "",
                                    (unsigned)number_of(request, "limit", ROSTER_LIMIT),
                                    search ? search : "", number_of(request, "since", 0));
  json_object_set_new(page, "t", json_string("roster"));
  json_object_set_new(page, "id", json_integer(request->id));
  client_send(request->client, page);
}

static void on_chat(Request *request) {
  participant_chat(who(request), text_of(request, "text"), text_of(request, "key"), request->now_us,
                   chatted, wait_for(request));
}

static void on_hand(Request *request) {
  done(request, participant_hand(who(request), is_true(request, "up"), request->now_us));
}

static void on_stay(Request *request) {
  done(request, participant_stay(who(request), request->now_us));
}

static void on_leave(Request *request) {
  Client *client = request->client;
  Participant *participant = client->participant;
  client->participant = NULL;
  participant_leave(participant, request->now_us);
  client_send(client, json_pack("{s:s, s:I, s:s}", "t", "bye", "id", (json_int_t)request->id,
                                "reason", "left"));
  client_close(client, 1000, "left");
}

/* ---- hosts ---- */

static void on_open(Request *request) {
  host_open(who(request), request->now_us, stepped, wait_for(request));
}

static void on_end(Request *request) {
  host_end(who(request), request->now_us, stepped, wait_for(request));
}

static void on_record(Request *request) {
  done(request, host_record(who(request), is_true(request, "on"), request->now_us));
}

static void on_floor(Request *request) {
  done(request, host_floor(who(request), text_of(request, "pid"), request->now_us));
}

static void on_mute(Request *request) {
  Source source = source_of(text_of(request, "source"));
  done(request, host_mute(who(request), text_of(request, "pid"), source, request->now_us));
}

static void on_lower(Request *request) {
  done(request, host_lower(who(request), text_of(request, "pid"), request->now_us));
}

static void on_remove(Request *request) {
  host_remove(who(request), text_of(request, "pid"), is_true(request, "for_good"), request->now_us,
              stepped, wait_for(request));
}

static void on_readmit(Request *request) {
  host_readmit(who(request), text_of(request, "person"), request->now_us, stepped,
               wait_for(request));
}

static void on_deputy(Request *request) {
  host_deputy(who(request), text_of(request, "person"), is_true(request, "on"), request->now_us,
              stepped, wait_for(request));
}

/* ---- the table ---- */

#define ASCII_VISIBLE "!-~"
#define PICTURE_MOST 16384 /* pixels of a side */

static const Field picture_fields[] = {
    ID("pid"),
    INT("w", 0, PICTURE_MOST),
    INT("h", 0, PICTURE_MOST),
    END,
};
static const Field picture[] = {OBJECT("picture", "Picture", picture_fields), END};
static const Field source[] = {WORD("source", "mic camera screen screen_audio"), END};

static const Field fields[] = {
    TEXT("token", 1, 64, .of = ASCII_VISIBLE),
    TEXT("session", 1, 64, .of = ASCII_VISIBLE, .about = "from `welcome`"),
    WORD("device", "desktop phone venue other"),
    TEXT("client", 0, 64, .about = "name and version"),
    ID("person"),
    INT("at", INT64_MIN, INT64_MAX),
    RAW("sdp", 1, 65536),
    MAP("sources", 0, OFFER_SOURCES_MOST, "mid", source),
    TEXT("connection", 1, 64, .of = ASCII_VISIBLE,
         .about = "what the client calls its PeerConnection, another for each"),
    BOOL("mic"),
    BOOL("camera"),
    BOOL("screen"),
    LIST("want", 0, VIDEO_SLOTS_MAX, picture, .about = "most important first"),
    TEXT("after", 0, 16, .of = "a-z0-9", .about = "a pid, or `\"\"`"),
    INT("limit", 1, 200, .about = "50 when left out"),
    TEXT("search", 0, 64, .about = "part of a name in any case"),
    INT("since", 0, INT64_MAX, .about = "only who joined or changed after that `rev`"),
    TEXT("text", 1, 2000, .flags = LINES,
         .about = "kept and told to all in NFC, without blanks at its ends, CRLF as LF"),
    ID("key", .about = "made at random, names the entry"),
    BOOL("up"),
    BOOL("on"),
    ID("pid", .flags = OR_NULL),
    WORD("source", "mic camera screen"),
    END,
};

static const Field removed[] = {ID("pid"), BOOL("for_good"), END};

const Verb verbs[] = {
    {"hello", NEEDS_NOTHING, fields, "token device client person?", "welcome", NULL, on_hello,
     "`person`: whom the page was opened for; another's token is `error` `other_person`"},
    {"resume", NEEDS_NOTHING, fields, "session device client person?", "welcome", NULL, on_resume,
     "`welcome` has `resumed: true`; or `error` `gone`: ask for a new join token; or "
     "`other_person`: it is not this person's place"},
    {"ping", NEEDS_JOINED, fields, "at", "pong", NULL, on_ping, "`pong` has the same `at`"},
    {"offer", NEEDS_JOINED, fields, "sdp sources connection?", "answer", NULL, on_offer,
     "While the meeting is live"},
    {"media", NEEDS_JOINED, fields, "mic? camera? screen?", "ok", NULL, on_media,
     "One or more of them: what the person switched on"},
    {"view", NEEDS_JOINED, fields, "want", "ok", NULL, on_view,
     "Pictures shown and their size in device pixels (0: out of sight for now). Only these are "
     "sent from then on (before the first `view` whom the server thinks important), in a layer "
     "that fits the size (a picture that shrank gets the smaller one after 1.2 s); when the way is "
     "narrow the last of the list loses first. A pid that left is skipped"},
    {"roster", NEEDS_JOINED, fields, "after? limit? search? since?", "roster", NULL, on_roster,
     NULL},
    {"chat", NEEDS_JOINED, fields, "text key?", "ok", chat_entry, on_chat,
     "`ok` comes once the entry is durable; only then the others get it. `disk`: it was not kept "
     "and nobody saw it. Who sends one again with the same `key`, because no answer came, gets the "
     "entry that stands, and nobody gets it twice (another text or author under the `key` is "
     "`bad_message`)"},
    {"hand", NEEDS_JOINED, fields, "up", "ok", NULL, on_hand, NULL},
    {"stay", NEEDS_JOINED, fields, "", "ok", NULL, on_stay,
     "Somebody who is alone after the planned end wants the meeting to go on; while it is live"},
    {"leave", NEEDS_JOINED, fields, "", "bye", NULL, on_leave, "`bye` `left`, then close 1000"},
    {"open", NEEDS_HOST, fields, "", "ok", NULL, on_open, NULL},
    {"end", NEEDS_HOST, fields, "", "ok", NULL, on_end, NULL},
    {"record", NEEDS_HOST, fields, "on", "ok", NULL, on_record, NULL},
    {"floor", NEEDS_HOST, fields, "pid", "ok", NULL, on_floor,
     "Gives the floor: always heard, and named on every page; the picture is the large one, or the "
     "first beside a shared screen or whom the viewer pinned; the hand goes down"},
    {"mute", NEEDS_HOST, fields, "pid source", "ok", NULL, on_mute,
     "`null`: everybody but the floor holder and hosts"},
    {"lower", NEEDS_HOST, fields, "pid", "ok", NULL, on_lower, "Lowers the hand; `null`: all"},
    {"remove", NEEDS_HOST, removed, "pid for_good?", "ok", NULL, on_remove,
     "`for_good`: the person, on every device, and never again until `readmit`; `forbidden` for "
     "hosts and staff, not for deputies. Without it, this connection, which may come back. `ok` "
     "comes once it is durable; the connection goes at once, a person for good when it is kept"},
    {"readmit", NEEDS_HOST, fields, "person", "ok", NULL, on_readmit,
     "Who was removed for good may come in again; of anybody else it changes nothing"},
    {"deputy", NEEDS_HOST, fields, "person on", "ok", NULL, on_deputy,
     "Somebody here may do here what a host does, also after a restart (`forbidden` for guests); "
     "or a person, here or not, no longer. Every device of the person is told `you`"},
    {0},
};

const Verb *verb_find(const char *type) {
  for (const Verb *verb = verbs; verb->type; verb++)
    if (strcmp(verb->type, type) == 0)
      return verb;
  return NULL;
}
