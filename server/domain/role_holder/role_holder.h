/* Which roles nobody gives alone, for the other subjects that give roles (person). */
#pragma once

#include "model/call.h"

/* Lets @confirmed be their words, a JSON list: they want a second person, of the view
 * role_confirmer, where there is one beside who gives them and who gets them. */
void role_holder_let_confirmed(Call *call);
