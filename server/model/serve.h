/* From a method and a path to a route, and from there to the answer. */
#pragma once

#include "model/call.h"
#include "model/method.h"
#include "model/paper.h"
#include "model/sheet.h"

typedef struct {
  const Info *info;
  const Route *route; /* NULL: no such path, or not with this method */
  const char *verb;   /* the route's, or that of a step */
  unsigned allow;     /* methods that the path has; 0: no subject has it */
  SheetFormat format; /* of a list that is taken away ("people.xlsx"), else SHEET_NONE */
  const Paper *paper; /* that is printed of it, or NULL */
  PaperFormat print;  /* as which it is printed, else PAPER_NONE */
  Values path;        /* what its {names} stand for; the row's id is under the subject's name */
  bool bulk;          /* it is about many rows (bulk.h) */
} Match;

void match_clear(Match *match);

/* Whether what is answered beside the row is a SECRET: to be kept nowhere. */
bool match_tells_secret(const Match *match);

/* HEAD matches GET. path is without the prefix of the API. Any thread. */
Match serve_match(const Model *model, HttpMethod method, const char *path);
/* Of the route's kind. */
HttpMethod route_method(const Route *route);

/* Whether what the route does to one record overwrites what was there: an edit or a step. Then the
 * version is asked for that was seen (Call.must_match); an act writes what it is about, and may go
 * without one. */
bool route_overwrites(const Route *route);

/* Sets the call's subject, route and row, and takes the path's other ids. Where a row has parts
 * with ids of their own (a section `get whole`), each of them stands for the row. On a reader or
 * the writer. */
void serve_begin(Call *call, const Match *match);
/* Whether the actor may the verb on that record, on any connection: 404 where he may not see it. */
bool serve_may_on(Call *call, const char *subject, const char *id, const char *verb);
/* Whether the actor may the route's verb on the record that its path names (Route.on), on any
 * connection: 404 where he may not see it. serve_may and serve_run ask it themselves. */
bool serve_under(Call *call);
/* Of what changes something, on any connection (call->db): may the actor at all? Only then is he to
 * be told what is wrong with the body. */
bool serve_may(Call *call);
/* After it: takes the body, which may be NULL; problems name each member. Pure. */
bool serve_take(Call *call, const json_t *body);
/* The change itself, on the writer: for who has looked at the rest before. */
bool serve_change(Call *call);
/* Runs it on call->db: a reader for GET, the writer for the others. query: "name=value" strings.
 * false: the problem or the error says why, and what was written is to be undone. */
bool serve_run(Call *call, const GPtrArray *query);
