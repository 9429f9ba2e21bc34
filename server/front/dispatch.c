/* One table says for each message what its members are, who may send it and what it calls. */
#include "front/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/limit-table.h"
#include "base/metrics.h"
#include "front/schema.h"
#include "room/room.h"

#define HELLO_US (10 * G_USEC_PER_SEC) /* PROTOCOL.md: the first message comes within 10 s */
#define REFUSALS_MAX 200
#define FAST_PARSE_MAX 1024 /* bytes of a refused message that are read for its id */

METRIC(messages_in, METRIC_COUNTER, "yishi_signalling_messages_total",
       "Messages that clients sent.");
METRIC(messages_refused, METRIC_COUNTER, "yishi_signalling_refused_total",
       "Messages answered by an error.");

struct Dispatch {
  Assembly *assembly;
  GQueue clients; /* Client, linked by their own link */
  int64_t now_us; /* of the last call */
};

struct Client {
  Dispatch *dispatch;
  GList link;
  ClientSink sink;
  void *user;
  char *address;
  Participant *participant; /* after welcome */
  Admission *admission;     /* while the token is redeemed */
  uint32_t hello_id;
  GQueue waiting; /* Waiting: requests whose reply comes later */
  Limit limit;
  unsigned refused;
  int64_t hello_by_us;
  bool retried; /* a resume that failed gave it more time for hello */
  bool closing;
};

/* The reply to a request that the store must write first; the client may go before it. */
typedef struct {
  Client *client; /* NULL: gone */
  GList link;
  uint32_t id;
} Waiting;

typedef enum { NEEDS_NOTHING, NEEDS_JOINED, NEEDS_HOST } Needs;

typedef struct {
  const char *type;
  Needs needs;
  void (*handle)(Client *client, const json_t *message, uint32_t id, int64_t now_us);
  size_t field_count;
  MessageField fields[4];
} Verb;

static void send_message(Client *client, json_t *message) {
  if (!client->closing) {
    char *text = json_dumps(message, JSON_COMPACT);
    client->sink.send(client->user, text, strlen(text));
    free(text);
  }
  json_decref(message);
}

static void close_client(Client *client, unsigned code, const char *reason) {
  if (client->closing)
    return;
  client->closing = true;
  client->sink.close(client->user, code, reason);
}

static void reply_error(Client *client, uint32_t id, const char *code, const char *why) {
  json_t *message = json_pack("{s:s, s:s, s:s}", "t", "error", "code", code, "message", why);
  if (id)
    json_object_set_new(message, "id", json_integer(id));
  metric_add(&messages_refused, 1);
  send_message(client, message);
}

/* code NULL: ok. */
static void reply(Client *client, uint32_t id, const char *code) {
  if (code)
    reply_error(client, id, code, "");
  else
    send_message(client, json_pack("{s:s, s:I}", "t", "ok", "id", (json_int_t)id));
}

static void link_send(void *user, const char *text, size_t len) {
  Client *client = user;
  if (!client->closing)
    client->sink.send(client->user, text, len);
}

static void link_close(void *user, unsigned code, const char *reason) {
  Client *client = user;
  client->participant = NULL;
  close_client(client, code, reason);
}

static RoomLink link_of(Client *client) {
  return (RoomLink){link_send, link_close, client};
}

static const char *text_of(const json_t *message, const char *name) {
  return json_string_value(json_object_get(message, name)); /* NULL for null and absent */
}

static bool is_true(const json_t *message, const char *name) {
  return json_is_true(json_object_get(message, name));
}

static RoomHello hello_of(const Client *client, const json_t *message) {
  return (RoomHello){text_of(message, "device"), text_of(message, "client"), client->address,
                     text_of(message, "person")};
}

static void welcome(Client *client, Participant *participant, uint32_t id, bool resumed,
                    int64_t now_us) {
  client->participant = participant;
  client->sink.joined(client->user);
  json_t *message = participant_welcome(participant, resumed, now_us);
  json_object_set_new(message, "t", json_string("welcome"));
  json_object_set_new(message, "id", json_integer(id));
  send_message(client, message);
  participant_welcomed(participant, resumed);
}

static void admitted(void *user, Participant *participant, const char *code) {
  Client *client = user;
  client->admission = NULL;
  if (participant) {
    welcome(client, participant, client->hello_id, false, assembly_now(client->dispatch->assembly));
    return;
  }
  reply_error(client, client->hello_id, code, "");
  bool unauthorised = strcmp(code, "unauthorised") == 0;
  close_client(client, unauthorised ? 4001 : 1000, code);
}

static void on_hello(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  RoomHello hello = hello_of(client, message);
  RoomLink link = link_of(client);
  client->hello_id = id;
  client->admission = assembly_hello(client->dispatch->assembly, text_of(message, "token"), &hello,
                                     &link, admitted, client);
}

static void on_resume(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  RoomHello hello = hello_of(client, message);
  RoomLink link = link_of(client);
  const char *code = NULL;
  Participant *participant = assembly_resume(
      client->dispatch->assembly, text_of(message, "session"), &hello, &link, now_us, &code);
  if (participant) {
    welcome(client, participant, id, true, now_us);
    return;
  }
  if (!client->retried)
    client->hello_by_us = now_us + HELLO_US;
  client->retried = true;
  reply_error(client, id, code, "ask for a new join token");
}

static void on_ping(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  send_message(client, json_pack("{s:s, s:I, s:O}", "t", "pong", "id", (json_int_t)id, "at",
                                 json_object_get(message, "at")));
}

static const char *const sources[] = {"mic", "camera", "screen", "screen_audio", NULL};
static const char *const switches[] = {"mic", "camera", "screen", NULL};
static const char *const devices[] = {"desktop", "phone", "venue", "other", NULL};

static Source source_of(const char *name) {
  unsigned source = 0;
  while (strcmp(sources[source], name) != 0)
    source++;
  return (Source)source;
}

static void on_offer(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  EngineSource mids[8];
  unsigned count = 0;
  const char *mid;
  json_t *source;
  json_object_foreach(json_object_get(message, "sources"), mid, source) {
    g_strlcpy(mids[count].mid, mid, sizeof mids[count].mid);
    mids[count++].source = source_of(json_string_value(source));
  }
  EngineOffer offer = {.sdp = text_of(message, "sdp"),
                       .connection = json_string_value(json_object_get(message, "connection")),
                       .sources = mids,
                       .source_count = count};
  const char *code = participant_offer(client->participant, id, &offer, now_us);
  if (code)
    reply_error(client, id, code, "");
}

static int switch_of(const json_t *message, const char *name) {
  const json_t *value = json_object_get(message, name);
  return value ? json_is_true(value) : -1;
}

static void on_media(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  RoomSwitches wanted = {switch_of(message, "mic"), switch_of(message, "camera"),
                         switch_of(message, "screen")};
  if (json_object_size(message) == 2)
    reply_error(client, id, "bad_message", "mic, camera or screen: missing");
  else
    reply(client, id, participant_media(client->participant, &wanted, now_us));
}

static void on_view(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  RoomView views[VIDEO_SLOTS_MAX];
  size_t index;
  json_t *entry;
  const json_t *want = json_object_get(message, "want");
  json_array_foreach(want, index, entry) {
    RoomView *view = &views[index];
    g_strlcpy(view->pid, text_of(entry, "pid"), sizeof view->pid);
    view->width = (uint16_t)json_integer_value(json_object_get(entry, "w"));
    view->height = (uint16_t)json_integer_value(json_object_get(entry, "h"));
  }
  reply(client, id, participant_view(client->participant, views, (unsigned)json_array_size(want)));
}

static void on_roster(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  const char *after = text_of(message, "after"), *search = text_of(message, "search");
  const json_t *limit = json_object_get(message, "limit");
  json_t *page = participant_roster(
      client->participant, after ? after : "", limit ? (unsigned)json_integer_value(limit) : 50,
      search ? search : "", json_integer_value(json_object_get(message, "since")));
  json_object_set_new(page, "t", json_string("roster"));
  json_object_set_new(page, "id", json_integer(id));
  send_message(client, page);
}

static void on_hand(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  reply(client, id, participant_hand(client->participant, is_true(message, "up"), now_us));
}

static void on_stay(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  reply(client, id, participant_stay(client->participant, now_us));
}

static void on_leave(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  Participant *participant = client->participant;
  client->participant = NULL;
  participant_leave(participant, now_us);
  send_message(client,
               json_pack("{s:s, s:I, s:s}", "t", "bye", "id", (json_int_t)id, "reason", "left"));
  close_client(client, 1000, "left");
}

static void stepped(void *user, const char *code) {
  Waiting *waiting = user;
  if (waiting->client) {
    g_queue_unlink(&waiting->client->waiting, &waiting->link);
    reply(waiting->client, waiting->id, code);
  }
  g_free(waiting);
}

static Waiting *wait_for(Client *client, uint32_t id) {
  Waiting *waiting = g_new0(Waiting, 1);
  waiting->client = client;
  waiting->id = id;
  waiting->link.data = waiting;
  g_queue_push_tail_link(&client->waiting, &waiting->link);
  return waiting;
}

static void on_open(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  host_open(client->participant, now_us, stepped, wait_for(client, id));
}

static void on_end(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  host_end(client->participant, now_us, stepped, wait_for(client, id));
}

static void on_record(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  reply(client, id, host_record(client->participant, is_true(message, "on"), now_us));
}

static void on_floor(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  reply(client, id, host_floor(client->participant, text_of(message, "pid"), now_us));
}

static void on_mute(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  Source source = source_of(text_of(message, "source"));
  reply(client, id, host_mute(client->participant, text_of(message, "pid"), source, now_us));
}

static void on_lower(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  reply(client, id, host_lower(client->participant, text_of(message, "pid"), now_us));
}

static void on_remove(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  host_remove(client->participant, text_of(message, "pid"), is_true(message, "for_good"), now_us,
              stepped, wait_for(client, id));
}

static void on_readmit(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  host_readmit(client->participant, text_of(message, "person"), now_us, stepped,
               wait_for(client, id));
}

static void on_deputy(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  host_deputy(client->participant, text_of(message, "person"), is_true(message, "on"), now_us,
              stepped, wait_for(client, id));
}

static void chatted(void *user, const char *code, const json_t *entry) {
  Waiting *waiting = user;
  Client *client = waiting->client;
  if (client && code)
    reply_error(client, waiting->id, code, "");
  else if (client)
    send_message(client, json_pack("{s:s, s:I, s:O}", "t", "ok", "id", (json_int_t)waiting->id,
                                   "chat", entry));
  if (client)
    g_queue_unlink(&client->waiting, &waiting->link);
  g_free(waiting);
}

static void on_chat(Client *client, const json_t *message, uint32_t id, int64_t now_us) {
  participant_chat(client->participant, text_of(message, "text"), text_of(message, "key"), now_us,
                   chatted, wait_for(client, id));
}

static const Verb verbs[] = {
    {"hello",
     NEEDS_NOTHING,
     on_hello,
     4,
     {{"token", FIELD_TEXT, 1, 64},
      {"device", FIELD_WORD, .words = devices},
      {"client", FIELD_TEXT, 0, 64},
      {"person", FIELD_PID, .optional = true}}},
    {"resume",
     NEEDS_NOTHING,
     on_resume,
     4,
     {{"session", FIELD_TEXT, 1, 64},
      {"device", FIELD_WORD, .words = devices},
      {"client", FIELD_TEXT, 0, 64},
      {"person", FIELD_PID, .optional = true}}},
    {"ping", NEEDS_JOINED, on_ping, 1, {{"at", FIELD_INTEGER, INT64_MIN, INT64_MAX}}},
    {"offer",
     NEEDS_JOINED,
     on_offer,
     3,
     {{"sdp", FIELD_TEXT, 1, 65536},
      {"sources", FIELD_SOURCES, 0, 8, sources},
      {"connection", FIELD_ID, 1, 64, .optional = true}}},
    {"media",
     NEEDS_JOINED,
     on_media,
     3,
     {{"mic", FIELD_BOOLEAN, .optional = true},
      {"camera", FIELD_BOOLEAN, .optional = true},
      {"screen", FIELD_BOOLEAN, .optional = true}}},
    {"view", NEEDS_JOINED, on_view, 1, {{"want", FIELD_VIEW, 0, VIDEO_SLOTS_MAX}}},
    {"roster",
     NEEDS_JOINED,
     on_roster,
     4,
     {{"after", FIELD_PID_OR_EMPTY, .optional = true},
      {"limit", FIELD_INTEGER, 1, 200, .optional = true},
      {"search", FIELD_TEXT, 0, 64, .optional = true},
      {"since", FIELD_INTEGER, 0, INT64_MAX, .optional = true}}},
    {"chat",
     NEEDS_JOINED,
     on_chat,
     2,
     {{"text", FIELD_TEXT, 1, 2000}, {"key", FIELD_PID, .optional = true}}},
    {"hand", NEEDS_JOINED, on_hand, 1, {{"up", FIELD_BOOLEAN}}},
    {"stay", NEEDS_JOINED, on_stay, 0, {{0}}},
    {"leave", NEEDS_JOINED, on_leave, 0, {{0}}},
    {"open", NEEDS_HOST, on_open, 0, {{0}}},
    {"end", NEEDS_HOST, on_end, 0, {{0}}},
    {"record", NEEDS_HOST, on_record, 1, {{"on", FIELD_BOOLEAN}}},
    {"floor", NEEDS_HOST, on_floor, 1, {{"pid", FIELD_PID_OR_NULL}}},
    {"mute",
     NEEDS_HOST,
     on_mute,
     2,
     {{"pid", FIELD_PID_OR_NULL}, {"source", FIELD_WORD, .words = switches}}},
    {"lower", NEEDS_HOST, on_lower, 1, {{"pid", FIELD_PID_OR_NULL}}},
    {"remove",
     NEEDS_HOST,
     on_remove,
     2,
     {{"pid", FIELD_PID}, {"for_good", FIELD_BOOLEAN, .optional = true}}},
    {"readmit", NEEDS_HOST, on_readmit, 1, {{"person", FIELD_PID}}},
    {"deputy", NEEDS_HOST, on_deputy, 2, {{"person", FIELD_PID}, {"on", FIELD_BOOLEAN}}},
};

static const Verb *find_verb(const json_t *message) {
  const char *type = text_of(message, "t");
  for (unsigned i = 0; type && i < G_N_ELEMENTS(verbs); i++)
    if (strcmp(verbs[i].type, type) == 0)
      return &verbs[i];
  return NULL;
}

static void act(Client *client, const json_t *message, int64_t now_us) {
  uint32_t id = schema_id(message);
  const Verb *verb = find_verb(message);
  char why[96];
  bool first = !client->participant && !client->admission;
  if (!json_is_string(json_object_get(message, "t")))
    reply_error(client, id, "bad_message", "t: missing");
  else if (!verb)
    reply_error(client, id, "unknown_type", "");
  else if (id == 0)
    reply_error(client, 0, "bad_message", "id: 1 to 2147483647");
  else if (!schema_check(message, verb->fields, verb->field_count, why, sizeof why))
    reply_error(client, id, "bad_message", why);
  else if ((verb->needs == NEEDS_NOTHING) != first)
    reply_error(client, id, "not_first", first ? "hello or resume comes first" : "already here");
  else if (verb->needs != NEEDS_NOTHING && !client->participant)
    reply_error(client, id, "not_first", "wait for welcome");
  else if (verb->needs == NEEDS_HOST && !participant_is_host(client->participant))
    reply_error(client, id, "forbidden", "");
  else
    verb->handle(client, message, id, now_us);
}

static void refuse_fast(Client *client, const char *text, size_t len) {
  json_t *message = len <= FAST_PARSE_MAX ? schema_parse(text, len) : NULL;
  reply_error(client, schema_id(message), "too_fast", "");
  json_decref(message);
  if (++client->refused >= REFUSALS_MAX)
    close_client(client, 1008, "too fast");
}

void dispatch_message(Client *client, const char *text, size_t len, int64_t now_us) {
  client->dispatch->now_us = now_us;
  if (client->closing)
    return;
  metric_add(&messages_in, 1);
  if (client->participant)
    participant_heard(client->participant, now_us);
  if (!limit_use(&client->limit, LIMIT_MESSAGES, now_us)) {
    refuse_fast(client, text, len);
    return;
  }
  json_t *message = schema_parse(text, len);
  if (message)
    act(client, message, now_us);
  else
    reply_error(client, 0, "bad_json", "");
  json_decref(message);
}

Client *dispatch_client_new(Dispatch *dispatch, const ClientSink *sink, void *user,
                            const char *address, int64_t now_us) {
  Client *client = g_new0(Client, 1);
  client->dispatch = dispatch;
  client->sink = *sink;
  client->user = user;
  client->address = g_strdup(address);
  client->hello_by_us = now_us + HELLO_US;
  client->link.data = client;
  g_queue_init(&client->waiting);
  g_queue_push_tail_link(&dispatch->clients, &client->link);
  dispatch->now_us = now_us;
  return client;
}

void dispatch_client_gone(Client *client, int64_t now_us) {
  client->dispatch->now_us = now_us;
  if (client->admission)
    admission_cancel(client->admission);
  if (client->participant)
    participant_dropped(client->participant, now_us);
  for (GList *link = client->waiting.head; link; link = link->next)
    ((Waiting *)link->data)->client = NULL;
  g_queue_unlink(&client->dispatch->clients, &client->link);
  g_free(client->address);
  g_free(client);
}

static void on_tick(void *user, int64_t now_us) {
  Dispatch *dispatch = user;
  dispatch->now_us = now_us;
  for (GList *link = dispatch->clients.head; link; link = link->next) {
    Client *client = link->data;
    if (!client->participant && !client->admission && now_us > client->hello_by_us)
      close_client(client, 1008, "no hello");
  }
}

Dispatch *dispatch_new(Assembly *assembly) {
  Dispatch *dispatch = g_new0(Dispatch, 1);
  dispatch->assembly = assembly;
  g_queue_init(&dispatch->clients);
  assembly_on_tick(assembly, on_tick, dispatch);
  metric_register(&messages_in);
  metric_register(&messages_refused);
  return dispatch;
}

void dispatch_free(Dispatch *dispatch) {
  if (!dispatch)
    return;
  assembly_on_tick(dispatch->assembly, NULL, NULL);
  while (dispatch->clients.head)
    dispatch_client_gone(dispatch->clients.head->data, dispatch->now_us);
  g_free(dispatch);
}
