/* Acting for somebody (代办): a deputy does, for some days, what another gave him to do, as that
 * other might: the rows and states are the other's, the verbs those that were given and `read` of
 * the same subjects. What both must not, neither does: nobody decides on what he or his deputy
 * asked for or is about, nor later on what he asked for as a deputy, and administrators (三员)
 * neither give nor take anything.
 *
 * In the call, actor.person is whom it is done for, and `deputy` who does it; @me and @deputy. The
 * history and the audit record name both. */
#pragma once

#include "model/call.h"

/* The call's actor, who has signed in, does it for `giver` from here on: before call_begin and once
 * more on the writer, where it may have ended. giver is borrowed. false with 403 `not_on_behalf`:
 * nothing was given to him that holds today. */
bool behalf_begin(Call *call, const char *giver);

/* Bits of the verbs of a subject that the actor was given; all where he acts for himself. */
uint64_t behalf_verbs(const Call *call, const Info *info);

/* Who does it: the deputy, or the actor himself. Borrowed. */
const char *behalf_doer(const Call *call);

/* Whether a verb ("meeting.edit") can be given at all: it changes something, and is not giving
 * itself. What is taken away as a file is taken by who takes it. */
bool behalf_can_give(const Model *model, const char *verb);
