/* Printed forms (model/paper.h): what the form says is read on the slow reader, the template filled
 * by a process that is locked in (papers/), made a PDF by another where one is wanted, and what
 * left is in the audit record before the first byte leaves. Beside it: the templates. */
#pragma once

#include "api/exchange.h"

/* A reader. The exchange's match has a paper. */
void papers_serve(Exchange *exchange);
