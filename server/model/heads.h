/* What stands in place of names and codes where a list leaves for, or comes from, a spreadsheet:
 * names and codes themselves, but for yes and no. Everything that leaves asks here, and what comes
 * back is compared with it, so that both ways have the same words. Pure; any thread. Free with
 * g_free. */
#pragma once

#include "model/model.h"

/* The head of a column: its name as JSON has it, "lead.name". */
char *head_of(const Info *info, const char *column);
/* Whether a head that somebody wrote stands for this field: by its head or its name. */
bool head_is(const Info *info, const Field *field, const char *head);

/* One of the words of a WORD or WORDS field. field may be NULL. */
char *head_value(const Info *info, const Field *field, const char *word);
const char *head_bool(bool value); /* 是, 否 */
/* 是 yes true 1, 否 no false 0, in any case; false: neither. */
bool head_read_bool(const char *text, bool *value);
