/* What the samples are made with: the acts that people do, at a moment of the past or now, so that
 * all of it has its history. Command line only. */
#pragma once

#include <jansson.h>

#include "model/model.h"
#include "store/database.h"
#include "store/moment.h"

#define SAMPLE "（示例）"

typedef struct {
  sqlite3 *db; /* a writing connection, in a transaction */
  const Model *model;
  const char *zone;
  Moment now;
} DemoDesk;

/* By the person with his roles, or by the server itself (NULL). Takes body. The answer's id, to be
 * freed with g_free; NULL with error. */
char *demo_act(const DemoDesk *desk, const char *person, const char *subject, const char *verb,
               const char *id, json_t *body, GError **error);
/* Whether there was an id; frees it. */
bool demo_done(char *id);
/* Somebody of the office who has this one role. */
char *demo_clerk(const DemoDesk *desk, const char *name, const char *login, const char *role,
                 GError **error);
