/* The placeholders of a document's parts are filled (paper.h has the rules). One thread. */
#pragma once

#include "package.h"

/* The body, its headers and footers. PAPER_UNKNOWN: names gets the placeholders that stand for
 * nothing, each once. */
PaperFault fill(Package *package, const json_t *data, GPtrArray *names);
