/* Numbers without gaps: one counter for each series. */
#pragma once

#include "model/call.h"

/* Takes the next one for the call's row, which is written with what was asked. On the writer, in
 * the transaction of the step. */
bool number_take(Call *call, const Number *number);
