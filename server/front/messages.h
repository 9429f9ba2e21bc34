/* The messages of the signalling protocol: what each says, declared once with the fields that the
 * records have too (model/field.h). What comes in is checked by it (dispatch.h), what goes out in
 * tests (front/bed.c), and PROTOCOL.md's tables and the page's types are printed from it
 * (protocol.h). Constant data; any thread. */
#pragma once

#include "model/problem.h"
#include "model/take.h"

#define MESSAGE_ID_MOST INT32_MAX

/* `id` of any object; 0 when it has none that is valid. */
uint32_t message_id(const json_t *message);

/* ---- what clients say (front/verbs.c) ---- */

typedef enum {
  NEEDS_NOTHING, /* is said before all others, and only then */
  NEEDS_JOINED,
  NEEDS_HOST, /* a host of the meeting, a deputy, staff */
} Needs;

typedef struct Request Request;

/* A message of a client: a request, which is answered by the message named in reply, or by an
 * `error`. */
typedef struct {
  const char *type;
  Needs needs;
  const Field *fields;
  const char *in;    /* shape: what it says beside `t` and `id` */
  const char *reply; /* type of the message */
  const Field *with; /* what the reply says of what it may leave out, or NULL */
  void (*handle)(Request *request);
  const char *about; /* for who reads PROTOCOL.md */
} Verb;

extern const Verb verbs[]; /* ends with an empty one */
/* NULL when there is none of that type. */
const Verb *verb_find(const char *type);

/* ---- what the server says ---- */

typedef enum {
  ALONE,    /* of itself */
  REPLY,    /* answers a request, with its `id` */
  REPLY_OR, /* either */
} ToldWhen;

typedef struct {
  const char *type;
  ToldWhen when;
  const Field *fields;
  const char *shape; /* what it says beside `t` and `id` */
  const char *about;
} Told;

extern const Told told[]; /* ends with an empty one */
const Told *told_find(const char *type);
/* Whether a whole message is as declared. */
bool told_check(const json_t *message, Problem *problem);

/* A chat entry: the members of what `chat` is answered with. */
extern const Field chat_entry[];
