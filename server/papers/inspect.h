/* Whether a document stays what it looks like: nothing in it leads outside (relationships to other
 * places, fields that fetch), runs (macros, controls, embedded objects), or is expanded (document
 * types). One thread. */
#pragma once

#include "package.h"

/* PAPER_FOREIGN: names gets the parts. */
PaperFault inspect(const Package *package, GPtrArray *names);
