/* Which words a subject must have, by what it declares; and whether words.txt has just those.
 *
 *   person          the subject itself
 *   name            a field; kind.staff: a word of it; active.true, active.false
 *   sort.due        an order that is no field
 *   list.people     a list, by its name (list_name)
 *   state, state.x  what the state is called, and each
 *   verb.edit, scope.own, code.login_taken
 *
 * The kernel's own (server/model/words.txt) are those of the roles, role.staff, and scope.all,
 * bool.true, bool.false, and heads of tables that belong to every subject. */
#pragma once

#include "model/model.h"

/* What a list is called: its name, or where it is the only one the last of its path ("people").
 * Free with g_free. */
char *list_name(const Route *route);

/* The keys, each once, in the order of the declarations. */
GPtrArray *keys_of(const Info *info);
/* The same for what belongs to no subject. */
GPtrArray *keys_of_kernel(void);

/* false, with *why (free with g_free) naming all that words lacks and what nobody asks for. A model
 * whose other subjects have their words, as some may be lent. */
bool keys_check(const Model *model, const Info *info, char **why);
bool keys_check_kernel(const Model *model, char **why);
