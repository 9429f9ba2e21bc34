/* Cells of comma-separated files that people open in a spreadsheet.
 *
 * A spreadsheet runs a cell as a formula that begins with a sign (OWASP, "CSV Injection"): such a
 * text gets an apostrophe in front. So does one that has apostrophes before the sign, so that what
 * was written can be told from what was added, and a file of ours is read back as it was. Any
 * thread. */
#pragma once

#include <glib.h>

/* In quotes, as RFC 4180 has it, and harmless. */
void cell_append(GString *csv, const char *text);
/* What cell_append was given, of what its cell holds: text, or its end. */
const char *cell_bare(const char *text);
