/* A table that is written for a spreadsheet, row by row, in little memory: as XLSX (ECMA-376, by
 * libxlsxwriter, whose rows go to a file as they come) or as comma-separated values in UTF-8 with a
 * byte order mark, because Excel takes anything else for the local code page, and CRLF (RFC 4180).
 * A text is never a formula in either (base/cell.h). One thread at a time. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* ROWS: kept in memory, all cells as texts, for a printed form. */
typedef enum { SHEET_NONE, SHEET_CSV, SHEET_XLSX, SHEET_ROWS } SheetFormat;

/* By the end of a path: ".csv", ".xlsx". */
SheetFormat sheet_format(const char *path);
const char *sheet_extension(SheetFormat format); /* ".csv" */
const char *sheet_type(SheetFormat format);      /* of the Content-Type header */

typedef struct Sheet Sheet;

/* Makes the file, mode 0600; ROWS: there is none. NULL with error (G_FILE_ERROR) when that fails.
 */
Sheet *sheet_new(const char *path, SheetFormat format, GError **error);
/* Of a sheet that was not closed, the file is whatever it is. NULL is fine. */
void sheet_free(Sheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheet, sheet_free)

/* The next cell of the row. */
void sheet_text(Sheet *sheet, const char *text); /* NULL: an empty one */
void sheet_number(Sheet *sheet, int64_t number);
/* The row is complete; it counts the heads as one. */
void sheet_row(Sheet *sheet);
#define SHEET_ROWS_MOST 1000000 /* a little less than XLSX has */

/* Of ROWS: a list of lists of texts, heads first. A new reference. */
json_t *sheet_rows(const Sheet *sheet);

/* Completes the file. false with error: something of it could not be written, or was too long for a
 * cell. Frees the sheet. */
bool sheet_close(Sheet *sheet, GError **error);
