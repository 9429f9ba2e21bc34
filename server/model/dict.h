/* Dictionaries: words that an office keeps, as dated rows of dict_item (domain/dict_item).
 *
 * A field DICT("unit_kind", "unit_kind") has two columns: "unit_kind", the code, and
 * "unit_kind_on", the day on which it was set. A request says the code, which must be offered on
 * that day; a row shows {code, zh, en} with the words of that day, whatever became of the item
 * since. In SQL the row before has it as $unit_kind_code. By the connection's thread. */
#pragma once

#include <glib.h>

#include "model/call.h"

/* Appends the columns of the field, each with a comma before it. */
void dict_columns(GString *sql, char alias, const Field *field);

/* Whether the field's dictionary has the code today. false: call->error. */
bool dict_offers(Call *call, const Field *field, const char *code, bool *offered);

/* The code of the dictionary's item whose code or word, in any language, the text is: of several
 * one that is offered today. NULL: there is none, or nobody can tell which is meant; or
 * call->error. Free with g_free. */
char *dict_read(Call *call, const Field *field, const char *text);

/* What the code was called on the day @on; language: "zh" or "en". NULL: there is none of that
 * code, or call->error. Free with g_free. */
char *dict_label(Call *call, const Field *field, const char *code, const char *language);

/* Whether each code that is said is offered today, or stays as it was. */
bool dict_check(Call *call);
