/* For the tests of subjects: a world with some of them and the database's triggers, and what
 * somebody asks in it, with what he expects. One thread. */
#pragma once

#include "model/test-bed.h"

/* T0, which is now, in the zone of these tests (test-bed.c), and the day after it. */
#define TODAY "2025-11-25"
#define TOMORROW "2025-11-26"

/* NULL ends the list. schema: SQL that makes the tables of the test's own subjects. */
void desk_init(World *w, const Subject *const *subjects, const char *schema);

/* Who asks, in which roles. */
typedef struct {
  const char *person;
  unsigned roles;
} Desk;

/* Asks and expects the status (200 for what succeeds); the document, a new reference. path may
 * have a query; body is JSON or NULL and is freed. */
json_t *desk_ask(World *w, Desk who, HttpMethod method, const char *path, char *body, int status);
/* Asks and expects a problem of this code. */
void desk_refused(World *w, Desk who, HttpMethod method, const char *path, char *body,
                  const char *code);
/* Asks, expects success and gives the id of the answer; free with g_free. */
char *desk_made(World *w, Desk who, const char *path, char *body);
/* The verbs of `may` in a row, separated by blanks; free with g_free. */
char *desk_may(World *w, Desk who, const char *path);
