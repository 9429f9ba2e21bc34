/* Lists of records that are taken away as tables (model/export.h). The whole table is written to a
 * file first, then what leaves, of what, asked how, and how many rows, is in the audit record, and
 * only then the first byte leaves. */
#pragma once

#include "api/exchange.h"

/* A reader. The exchange's match has a list's route and a format. */
void exports_serve(Exchange *exchange);
