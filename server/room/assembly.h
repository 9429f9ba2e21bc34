/* The assembly: all rooms of the server, by meeting, and what other layers ask of them.
 *
 * A room exists while somebody is connected to a meeting or it is live. Main thread.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/mailbox.h"
#include "store/database.h"

typedef struct Assembly Assembly;

struct Model;

/* Starts the media engines (config->media_threads). store, model (of the subject meeting, whose
 * steps rooms take) and mailbox are borrowed. */
Assembly *assembly_new(const Config *config, Store *store, const struct Model *model,
                       Mailbox *mailbox, GError **error);
/* All rooms are closed and recordings finished (assembly_stop came first), or it is a hard stop. */
void assembly_free(Assembly *assembly);

/* What the HTTP API changed in the store and a running room must know. Unknown meetings are fine.
 */
/* Title, times, state, host, capacities: whatever the meeting's rows say. */
void assembly_meeting_changed(Assembly *assembly, const char *meeting);
/* Name, roles, active. */
void assembly_person_changed(Assembly *assembly, const char *person);
/* How somebody is shown changed: in a moment every room asks for the names of all who are in it,
 * and of its host, because a name depends on who else has the same. Several changes are one
 * question. */
void assembly_names_changed(Assembly *assembly);
/* At once, whatever else would let the person stay. */
void assembly_person_revoked(Assembly *assembly, const char *meeting, const char *person);

/* Somebody who was removed for good tries to come in: hosts who are there are told, of one person
 * at most once in 20 s. */
void assembly_person_turned_away(Assembly *assembly, const char *meeting, const char *person,
                                 const char *name);

/* Graceful stop: tells meetings (bye shutdown), closes presence segments and recordings, then calls
 * done once, at the latest after deadline_ms. */
void assembly_stop(Assembly *assembly, unsigned deadline_ms, void (*done)(void *), void *data);

/* Every second: resume windows, heartbeats, roster deltas have their own faster timer inside. */
unsigned assembly_room_count(const Assembly *assembly);
unsigned assembly_participant_count(const Assembly *assembly);
