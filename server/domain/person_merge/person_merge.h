/* What stays with an account that was merged into another. */
#pragma once

/* "table.column", ended by NULL. What was recorded as it happened, by and of whom it was then, is
 * never edited: the account that it names says into which one it was merged. And an account's own
 * ways in are shut and not handed on. */
extern const char *const person_merge_kept[];
/* Of which both may have the same, or which is between the two, and what the duplicate has of it
 * stays: its row of the register, which is an alias; how it stood in a meeting; what was told to
 * both; what one gave the other to do for him; a merge the other way round that was not done. */
extern const char *const person_merge_twice[];
