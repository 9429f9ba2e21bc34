/* Rights: from the roles of who asks and the scopes that a row is in, the verbs that he may use on
 * it. The scopes are selected with the row, and are the conditions of every list (compose.h): so
 * what is listed, what is shown and what may be done cannot differ. Pure; any thread. */
#pragma once

#include "model/model.h"

/* "staff", "signed_in", "server": one bit of whom a grant is for. */
const char *grantee_name(unsigned who);
/* -1 when the subject has no such verb. */
int info_verb(const Info *info, const char *verb);
/* Whether anybody of these roles has the verb in any scope and state. */
bool info_has(const Info *info, unsigned roles, int verb);
/* Bits of the scopes of whom it is about: his own and his deputy's. */
uint32_t info_parties(const Info *info);
/* Bits of the scopes that matter to these roles. */
uint32_t info_scopes(const Info *info, unsigned roles);
/* Bits of the verbs that somebody of these roles may use on a row that is in these scopes and in
 * this state (NULL: it has none). */
uint64_t info_verbs(const Info *info, unsigned roles, uint32_t scopes, const char *state);
/* What of it one rule gives, before it is said which steps there are and what nobody decides for
 * himself. */
uint64_t rule_verbs(const Rule *rule, unsigned roles, uint32_t scopes, const char *state);
/* Whether who has these verbs on a row reads another person's file by it (subject.h). */
bool info_is_file(const Info *info, uint64_t verbs, uint32_t scopes);
/* The same, were the row in whichever state is wanted. */
uint64_t info_verbs_anywhere(const Info *info, unsigned roles, uint32_t scopes);
/* The other subject, which the route is on, by its name; NULL: none. */
const char *route_under(const Route *route);
/* Bits of the verbs that make a row, and so are not used on one. */
uint64_t info_makers(const Info *info);
/* The step that this verb is in this state ("": one that makes a row), or NULL. */
const Step *info_step(const Info *info, const char *verb, const char *state);
