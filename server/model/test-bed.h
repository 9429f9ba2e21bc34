/* What the kernel's tests share: a database with subjects of the test's own, three people, and
 * calls as whoever carries them makes them. */
#pragma once

#include "model/test-ask.h"
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

/* At T0. What is not answered is undone. */
Answer ask(World *w, Ask asked);

/* One number. */
int64_t count(sqlite3 *db, const char *sql);
