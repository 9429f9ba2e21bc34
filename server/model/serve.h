/* From a method and a path to a route, and from there to the answer. */
#pragma once

#include "model/call.h"
#include "model/method.h"

#define SERVE_SEGMENTS_MAX 8

typedef struct {
  const Info *info;
  const Route *route; /* NULL: no such path, or not with this method */
  unsigned allow;     /* methods that the path has; 0: no subject has it */
  Values path;        /* what its {names} stand for; the row's id is under the subject's name */
} Match;

void match_clear(Match *match);

/* HEAD matches GET. path is without the prefix of the API. Any thread. */
Match serve_match(const Model *model, HttpMethod method, const char *path);
/* Of the route's kind. */
HttpMethod route_method(const Route *route);

/* Takes what the path and the body say into the call, whose subject and route it sets; problems
 * name each member. Pure: any thread. body may be NULL. */
bool serve_take(Call *call, const Match *match, const json_t *body);
/* Runs it on call->db: a reader for GET, the writer for the others. query: "name=value" strings.
 * false: the problem or the error says why, and what was written is to be undone. */
bool serve_run(Call *call, const GPtrArray *query);
