/* Printed forms (Paper of subject.h): what a form is filled with, as yishi-paper (papers/) takes
 * it, by the rights of who asks.
 *
 * GET members/ID/papers/record.docx prints one record, GET members/papers/roster.docx?sector=… a
 * list with its filters and order, as an export does (export.h): the same columns, the same right
 * for what is about people. Of one record a form has the columns of the row that its reader sees,
 * under their names, what its `get` says, and its `rows` as lists; of a list it has the list
 * `rows`. Everything is in words (shown.h; @words is the language), which a column of `get` and
 * `rows` asks for by its suffix: "since:date", "at:time", "role:post.role" (a field of that
 * subject, or its state). Beside it are paper.title, paper.on (the day), paper.by (who prints), and
 * the words of fields: label.name, and label.post.role of another subject. */
#pragma once

#include "model/heads.h"

typedef struct Export Export;

typedef enum { PAPER_NONE, PAPER_DOCX, PAPER_PDF } PaperFormat;

#define PAPER_PATH "/papers/" /* between the record's path and the form's code */
#define PAPER_ROWS_MOST 2000  /* of each list: as many as an export takes at once */

/* By the end of a path: ".docx", ".pdf". */
PaperFormat paper_format(const char *path);
const char *paper_extension(PaperFormat format); /* ".pdf" */
const char *paper_type(PaperFormat format);      /* of the Content-Type header */

/* Whether the route is that of what it is printed of. */
bool paper_is_of(const Paper *paper, const Route *route);

/* The form by "member_profile.record"; NULL. *info: its subject. */
const Paper *paper_find(const Model *model, const char *name, const Info **info);

/* On a reader. The form of one record: {values, lists}. A new reference; NULL: the call's problem
 * or error says why. */
json_t *paper_of_row(Call *call, const Paper *paper, HeadsIn in);
/* The same of a list: export is its, of SHEET_ROWS, and was read to its end. */
json_t *paper_of_list(Call *call, const Paper *paper, HeadsIn in, const Export *export);
/* The same of nothing: every name that it has, and no rows. To check a template by. */
json_t *paper_of_none(Call *call, const Paper *paper, HeadsIn in);
