/* A message is refused in this order: it cannot be read, it is not as its verb says (messages.h),
 * it comes too early or too late, it needs a right that the client has not. Then the verb acts. */
#include "front/dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/metrics.h"
#include "front/client.h"
#include "model/parse.h"

#define HELLO_US (10 * G_USEC_PER_SEC) /* PROTOCOL.md: the first message comes within 10 s */
#define REFUSALS_MAX 200
#define FAST_PARSE_MAX 1024 /* bytes of a refused message that are read for its id */
#define WHY_MOST 5          /* wrong members that an error names */

METRIC(messages_in, METRIC_COUNTER, "yishi_signalling_messages_total",
       "Messages that clients sent.");
METRIC(messages_refused, METRIC_COUNTER, "yishi_signalling_refused_total",
       "Messages answered by an error.");

void client_send(Client *client, json_t *message) {
  if (!client->closing) {
    char *text = json_dumps(message, JSON_COMPACT);
    client->sink.send(client->user, text, strlen(text));
    free(text);
  }
  json_decref(message);
}

void client_close(Client *client, unsigned code, const char *reason) {
  if (client->closing)
    return;
  client->closing = true;
  client->sink.close(client->user, code, reason);
}

void client_error(Client *client, uint32_t id, const char *code, const char *why) {
  json_t *message = json_pack("{s:s, s:s, s:s}", "t", "error", "code", code, "message", why);
  if (id)
    json_object_set_new(message, "id", json_integer(id));
  metric_add(&messages_refused, 1);
  client_send(client, message);
}

void client_reply(Client *client, uint32_t id, const char *code) {
  if (code)
    client_error(client, id, code, "");
  else
    client_send(client, json_pack("{s:s, s:I}", "t", "ok", "id", (json_int_t)id));
}

void client_may_say_hello(Client *client, int64_t now_us) {
  client->hello_by_us = now_us + HELLO_US;
}

/* "want.2.w: more; x: unknown": names of members, cut, and codes; nothing else of what was sent. */
static char *why_of(const Problem *problem) {
  GString *why = g_string_new(NULL);
  size_t count = MIN(json_array_size(problem->errors), WHY_MOST);
  for (size_t i = 0; i < count; i++) {
    const json_t *error = json_array_get(problem->errors, i);
    g_string_append_printf(why, "%s%s: %s", i ? "; " : "",
                           json_string_value(json_object_get(error, "field")),
                           json_string_value(json_object_get(error, "code")));
  }
  return g_string_free(why, FALSE);
}

static void refuse_message(Client *client, uint32_t id, const Problem *problem) {
  g_autofree char *why = why_of(problem);
  client_error(client, id, "bad_message", why);
}

/* What it says, as the verb's fields. Its type and its id are no longer needed. */
static bool take_message(const Verb *verb, json_t *message, Values *said, Problem *problem) {
  json_object_del(message, "t");
  json_object_del(message, "id");
  return take_object(verb->fields, verb->in, message, said, problem);
}

static void act(const Verb *verb, Request *request) {
  Client *client = request->client;
  bool first = !client->participant && !client->admission;
  if ((verb->needs == NEEDS_NOTHING) != first)
    client_error(client, request->id, "not_first",
                 first ? "hello or resume comes first" : "already here");
  else if (verb->needs != NEEDS_NOTHING && !client->participant)
    client_error(client, request->id, "not_first", "wait for welcome");
  else if (verb->needs == NEEDS_HOST && !participant_is_host(client->participant))
    client_error(client, request->id, "forbidden", "");
  else
    verb->handle(request);
}

static void hear(Client *client, json_t *message, int64_t now_us) {
  const char *type = json_string_value(json_object_get(message, "t"));
  const Verb *verb = type ? verb_find(type) : NULL;
  Request request = {.client = client, .id = message_id(message), .now_us = now_us};
  Problem problem = {0};
  if (!type)
    client_error(client, request.id, "bad_message", "t: missing");
  else if (!verb)
    client_error(client, request.id, "unknown_type", "");
  else if (request.id == 0)
    client_error(client, 0, "bad_message", "id: 1 to 2147483647");
  else if (!take_message(verb, message, &request.said, &problem))
    refuse_message(client, request.id, &problem);
  else
    act(verb, &request);
  problem_clear(&problem);
  values_clear(&request.said);
}

static void refuse_fast(Client *client, const char *text, size_t len) {
  json_t *message = len <= FAST_PARSE_MAX ? parse_object(text, len) : NULL;
  client_error(client, message_id(message), "too_fast", "");
  json_decref(message);
  if (++client->refused >= REFUSALS_MAX)
    client_close(client, 1008, "too fast");
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
  json_t *message = parse_object(text, len);
  if (message)
    hear(client, message, now_us);
  else
    client_error(client, 0, "bad_json", "");
  json_decref(message);
}

Client *dispatch_client_new(Dispatch *dispatch, const ClientSink *sink, void *user,
                            const char *address, int64_t now_us) {
  Client *client = g_new0(Client, 1);
  client->dispatch = dispatch;
  client->sink = *sink;
  client->user = user;
  client->address = g_strdup(address);
  client_may_say_hello(client, now_us);
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
  client_forget_waiting(client);
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
      client_close(client, 1008, "no hello");
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
