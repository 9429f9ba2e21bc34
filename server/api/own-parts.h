/* What is kept of somebody, for himself, part by part: what his pages ask for, by the same routes
 * and with his rights, written into an archive as JSON, and as tables for people. Whatever these
 * routes show him is in it, and nothing else; a rule of who may see what stands nowhere here.
 *
 * Beside the rows go the files that they name, as they were sent. Only what gives access to
 * something is left out: keys of devices, of programs that are told of notices. One thread at a
 * time. */
#pragma once

#include "api/bundle.h"
#include "api/exchange.h"
#include "model/heads.h"

/* What is taken so far. */
typedef struct {
  Exchange *exchange; /* whose session says whom it is about and what he may */
  Bundle *bundle;
  HeadsIn in;    /* of the tables: HEADS_ZH or HEADS_EN */
  char *profile; /* his in the register, once it was read; or NULL */
  json_t *files; /* of the manifest: [{name, sha256, bytes, rows?, zh, en}] */
  json_t *named; /* by id, the attachments that rows named: {name} */
  int64_t rows;
} OwnTaking;

void own_taking_init(OwnTaking *taking, Exchange *exchange, HeadsIn in);
void own_taking_clear(OwnTaking *taking);

/* How many parts there are; the last are read after the others. */
unsigned own_part_count(void);
/* A reader: adds one. What is not for him to ask is none. */
bool own_part_take(OwnTaking *taking, sqlite3 *db, unsigned part, GError **error);
/* A reader: adds one of the named files, if it is still his to fetch. */
bool own_file_take(OwnTaking *taking, sqlite3 *db, const char *id, GError **error);
/* Adds the manifest, for programs and for people: the last. */
bool own_manifest_take(OwnTaking *taking, GError **error);
