/* What stays with an account that was merged into another. */
#pragma once

/* "table.column", ended by NULL. What was recorded as it happened, by and of whom it was then, is
 * never edited: the account that it names says into which one it was merged. And an account's own
 * ways in are shut and not handed on. */
extern const char *const person_merge_kept[];
