/* How a list is written where it leaves for a spreadsheet, and read where it comes from one: by the
 * names and codes that the API has, or by the words of a language. Everything that leaves asks
 * here, and what comes back is understood in all three, so that what somebody took away can be
 * brought again. Pure; any thread. What is returned as char * is freed with g_free. */
#pragma once

#include <jansson.h>

#include "model/model.h"

typedef enum { HEADS_PLAIN, HEADS_ZH, HEADS_EN } HeadsIn; /* PLAIN: names and codes */

/* Of a table of this subject. */
typedef struct {
  const Model *model;
  const Info *info;
  HeadsIn in;
} Heads;

/* "zh", "en"; false: neither. */
bool heads_in(const char *text, HeadsIn *in);

/* ---- writing ---- */

/* The head of a column: {"lead", "name"} is "lead.name", or the word for lead; what else of a group
 * has the member's behind it. field: what the column is kept for, or NULL. */
char *head_of(const Heads *heads, char *const *path, const Field *field);
/* One of the words of a WORD or WORDS field. field may be NULL. */
char *head_value(const Heads *heads, const Field *field, const char *word);
char *head_state(const Heads *heads, const char *state);
/* Of a text in the column of this path and field, where it is a word: of a WORD, or the state; else
 * NULL. */
char *head_word(const Heads *heads, char *const *path, const Field *field, const char *text);
/* A JSON list of words as people write one, 、 between; anything else as it is. */
char *head_list(const Heads *heads, const Field *field, const char *text);
/* 是, 否, or what the field has for it; field may be NULL. */
char *head_bool(const Heads *heads, const Field *field, bool value);

/* What a row has that has no value, and what all of them are together; constants. */
const char *head_none(const Heads *heads);
const char *head_total(const Heads *heads);
const char *head_count(const Heads *heads);

/* ---- reading, whatever it was written in ---- */

bool head_is(const Heads *heads, const Field *field, const char *head);
bool head_is_id(const Heads *heads, const char *head);
/* Of a WORD: the word that the text stands for, or the text. */
char *head_read_word(const Heads *heads, const Field *field, const char *text);
/* Of WORDS, with commas of any kind between: a list of texts. A new reference. */
json_t *head_read_words(const Heads *heads, const Field *field, const char *text);
/* 是 yes true 1, 否 no false 0, or what the field has for it; false: neither. */
bool head_read_bool(const Heads *heads, const Field *field, const char *text, bool *value);
