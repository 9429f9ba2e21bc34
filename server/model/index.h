/* Which rows are in the full-text index (search.h), and by what they are found.
 *
 * A subject that is to be found has a section `search` in its queries.sql: one row for @id, or none
 * for what is not to be found, with columns
 *
 *   at        milliseconds, what "newest" means
 *   title     what results show; or `name`, of a person, which is found by its pinyin too
 *   number    as people write it            (may be left out, as may the next)
 *   about     shown beside the title
 *   others    texts in which it is found
 *
 * It holds only what everybody who may read the row may see of it. The kernel keeps the index in
 * step with every change of a row, in its transaction. What a section takes from other rows, whose
 * changes it does not see, they have to note (`insert or ignore into search_due`). */
#pragma once

#include <sqlite3.h>

#include "model/call.h"

/* Whether the subject is to be found. */
bool index_has(const Info *info);

/* That the section has these columns, and none that is not for everybody. Any connection. */
bool index_check(const Model *model, sqlite3 *db, const Info *info, GError **error);

/* Writer: the row with this id as it is now. Nothing where the subject is not to be found. */
bool index_put(sqlite3 *db, const Info *info, const char *id, GError **error);
/* The same of the call's row, or later where the call says so. */
bool index_call(Call *call);

/* Writer, a job in slices: what is noted in search_due, and the rows that were there before the
 * section was, or that were found by another. *rows: how many were looked at; 0: nothing is left to
 * do. */
#define INDEX_SLICE 40
bool index_slice(sqlite3 *db, const Model *model, unsigned *rows, GError **error);
