/* A list as a table that is taken away (people.csv, people.xlsx): what the list shows to who asks,
 * by the same statement, rights, filters and order, without its pages' limit.
 *
 * It is read in slices, each a piece of work of its own on a reader (store_read_long), so that a
 * long list holds no snapshot for long and the database's log can be begun anew meanwhile. `on` and
 * `now` are those of the beginning. Columns about people (PERSONAL) are shown in the rows on which
 * he has the verb `export`; who has it on none is refused, unless he asks for other columns. By one
 * thread at a time. */
#pragma once

#include "model/call.h"
#include "model/read.h"
#include "model/sheet.h"

#define EXPORT_SLICE 2000 /* rows; some 20 ms */

typedef struct Export Export;

/* On a reader: the route's list as the query asks for it: its filters and `sort`, `on`, and
 * `columns`, names separated by commas ("name,lead.name", or "lead" for the whole group), which
 * are written in that order; `words`
 * (zh, en): heads and values in the words of that language, else names and codes (heads.h). With
 * `count_by` (count.h) it is a table of two columns: each value, and how many rows have it. NULL:
 * the call's problem or error says why. The call is borrowed and outlives it. */
Export *export_new(Call *call, const GPtrArray *query, SheetFormat format);
/* The same for a person who takes away what is about himself: with each column that he sees. */
Export *export_new_own(Call *call, const GPtrArray *query, SheetFormat format);
void export_free(Export *export); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Export, export_free)

/* On a reader (call->db): writes the next rows into the file (SHEET_ROWS: there is none), which the
 * first makes, and completes it with the last. *more: there may be others. False: the call's
 * problem or error says why, and the file is worth nothing. */
bool export_slice(Export *export, const char *path, bool *more);

/* SHEET_ROWS, after its last slice: {columns: [name], rows: [[text]]}, the columns as the row has
 * them ("lead.name"; "unit_kind" of a dictionary's). A new reference. */
json_t *export_table(const Export *export);

int64_t export_rows(const Export *export); /* so far */

/* What the audit record says of it: {list, format, query, columns, rows}. A new reference. */
json_t *export_detail(const Export *export);
