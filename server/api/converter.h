/* Whether PDFs of printed forms can be made here: LibreOffice is not needed for anything else, and
 * may not be installed, or the kernel may have nothing that locks it in. */
#pragma once

#include <stdbool.h>

#include "api/api.h"

/* One at a time leaves a meeting its machine: a PDF takes two seconds of a core and 220 MB. The
 * last of a line is still made while it is waited for, as long as those before it are usual ones.
 */
#define CONVERTERS_MOST 1
#define CONVERTERS_WAITING 10
#define CONVERTING_USUAL_S 2
#define CONVERTING_MOST_S 35
G_STATIC_ASSERT(CONVERTERS_WAITING *CONVERTING_USUAL_S + CONVERTING_MOST_S < API_WAIT_MS / 1000);

/* Any thread. */
bool converter_is_there(const Config *config);
