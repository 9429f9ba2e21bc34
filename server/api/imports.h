/* Tables that people bring: the file is read by a process that is locked in (tables/), a plan is
 * made of its rows on the slow reader, and kept on the writer; the answer is the import, whose
 * lines are a list like others. Nothing of the subject is written. */
#pragma once

#include "api/exchange.h"

/* A reader. The exchange's match has an IMPORT route. */
void imports_serve(Exchange *exchange);
