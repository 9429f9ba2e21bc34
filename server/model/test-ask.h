/* For tests: a call as whoever carries calls makes it, on any database and at any time. */
#pragma once

#include <jansson.h>

#include "model/serve.h"

typedef struct {
  HttpMethod method;
  const char *path, *query, *body;
  const char *person;
  unsigned roles;
  int64_t version;
  bool must_match;  /* he is asked for the version that he saw */
  int64_t later_ms; /* than the time of the test */
  const char *link;
  const char *behalf; /* whom it is done for; NULL: for himself */
} Ask;

typedef struct {
  int status;   /* 200, or the problem's */
  json_t *body; /* the document */
  int64_t version;
  unsigned effects;
} Answer;

void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* On a writing connection. zone Asia/Shanghai. What is not answered is undone. */
Answer ask_on(sqlite3 *db, const Model *model, Moment now, Ask asked);

/* A member that is a text; NULL. */
const char *text_of(const json_t *object, const char *name);
