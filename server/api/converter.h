/* Whether PDFs of printed forms can be made here: LibreOffice is not needed for anything else, and
 * may not be installed, or the kernel may have nothing that locks it in. */
#pragma once

#include <stdbool.h>

#include "base/config.h"

/* Any thread. */
bool converter_is_there(const Config *config);
