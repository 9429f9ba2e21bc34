/* What the kernel's tests share: a database with subjects of the test's own, three people, and
 * calls as whoever carries them makes them. */
#pragma once

#include <jansson.h>

#include "model/serve.h"
#include "store/people.h"
#include "store/test-fixture.h"

#define MEMBER ROLE_MEMBER
#define STAFF ROLE_STAFF
#define NOBODY (1u << ROLE_COUNT)

typedef struct {
  Fixture f;
  Model *model;
  char ada[17], bo[17]; /* members */
  char clerk[17];       /* staff */
} World;

/* schema: SQL that makes the subjects' tables. */
void world_make(World *w, const Subject *const *subjects, const char *schema);
void world_clear(World *w);

typedef struct {
  HttpMethod method;
  const char *path, *query, *body;
  const char *person;
  unsigned roles;
  int64_t version;
  int64_t later_ms; /* after T0 */
  const char *link;
} Ask;

typedef struct {
  int status;   /* 200, or the problem's */
  json_t *body; /* the document */
  int64_t version;
  unsigned effects;
} Answer;

void answer_clear(Answer *answer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

/* What is not answered is undone. */
Answer ask(World *w, Ask asked);

/* A member that is a text; NULL. */
const char *text_of(const json_t *object, const char *name);
/* One number. */
int64_t count(sqlite3 *db, const char *sql);
