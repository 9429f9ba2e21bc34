/* One connection as signalling sees it: shared by dispatch.c, which keeps them, and verbs.c, which
 * does what they ask. For these two only. Main thread. */
#pragma once

#include "base/limit-table.h"
#include "front/dispatch.h"
#include "front/messages.h"
#include "room/room.h"

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
  GQueue waiting; /* Waiting (verbs.c): requests whose reply comes later */
  Limit limit;
  unsigned refused;
  int64_t hello_by_us;
  bool retried; /* a resume that failed gave it more time for hello */
  bool closing;
};

/* A message that was found to be as its verb says. */
struct Request {
  Client *client;
  uint32_t id;
  Values said; /* named like the verb's fields */
  int64_t now_us;
};

/* Takes message. */
void client_send(Client *client, json_t *message);
void client_close(Client *client, unsigned code, const char *reason);
/* why: English, for developers. id 0: none. */
void client_error(Client *client, uint32_t id, const char *code, const char *why);
/* `ok`, or the error with this code when it is not NULL. */
void client_reply(Client *client, uint32_t id, const char *code);
/* It has this much time from now for its `hello`. */
void client_may_say_hello(Client *client, int64_t now_us);
/* It goes: nobody waits for the replies any more. */
void client_forget_waiting(Client *client);
