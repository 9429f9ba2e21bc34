/* Days and times in spreadsheets: a number of days, and which formats show it as one (ECMA-376 Part
 * 1 §18.8.30 and §18.17.4). Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Whether a cell that has this number format shows a day or a time. code: of a format that the
 * workbook defines, or NULL. */
bool serial_is_date(unsigned format, const char *code);
/* "2026-11-30", "2026-11-30 08:30:00", "08:30:00" below one; false: no day of the calendar.
 * since_1904: the workbook counts from then. */
bool serial_text(double serial, bool since_1904, GString *text);
