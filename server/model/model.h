/* All subjects, checked and computed: made once at start, constant afterwards, read by any thread.
 *
 * Verbs and scopes become bits, in the order in which a subject's grants name them first; what
 * follows from them stands in right.h. */
#pragma once

#include "model/sections.h"
#include "model/subject.h"
#include "model/words.h"

#define VERBS_MAX 64
#define SCOPES_MAX 32
#define DEPUTY_PARTY "party of @deputy" /* no name that an author could write */

typedef struct {
  unsigned who;  /* roles */
  int scope;     /* bit, or -1: all */
  uint64_t may;  /* bits of verbs */
  char **states; /* NULL: any */
} Rule;

typedef struct Info Info;

/* What a scope that is named after another record's verb ("meeting.run") asks for: that the row's
 * reference of that name leads to a record on which the actor has the verb. */
typedef struct {
  const Info *info; /* NULL: the scope is a section of the subject's own */
  int verb;
} Elsewhere;

/* A subject as the kernel works with it. */
struct Info {
  const Subject *subject;
  Sections sections;
  Words words;
  const char *key;   /* the column that names a row */
  char alias;        /* of its table in the row */
  char *columns;     /* of the row, {p} filled in */
  char *from;        /* "from …" */
  char *counted;     /* the same without what stands below SHOWN_MARK: which rows there are */
  GPtrArray *verbs;  /* char *; the index is the bit */
  GPtrArray *scopes; /* char *; the index is the bit */
  Elsewhere elsewhere[SCOPES_MAX];
  GArray *rules;    /* Rule */
  uint64_t acts;    /* bits of the verbs that change a row: what `may` tells */
  uint64_t prints;  /* bits of those of them by which one only prints it */
  uint64_t steps;   /* bits of the verbs of steps */
  uint64_t decides; /* bits of those of them that DECIDE */
  int party;        /* the scope `party`, where anything DECIDES; else -1 */
  int deputy_party; /* the same asked of @deputy in place of @me, and who made the row for another;
                       nothing is given for it */
  int work;         /* bit of the verb `work`, or -1 */
  int file, own;    /* bit of the verb `file` (subject.h), or -1, and of the scope `own` */
  bool published;   /* it has a column published_state (subject.h, State) */
  Field state;      /* WORD: the state, as a filter takes it; without name where there are none */
  Field due;        /* WORD: the colour of what is due (due.h), likewise */
};

typedef struct Model Model;

/* subjects ends with NULL and outlives the model. NULL, with *why (free with g_free) saying which
 * name of which subject does not resolve. */
Model *model_new(const Subject *const *subjects, char **why);
void model_free(Model *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Model, model_free)

unsigned model_count(const Model *model);
const Info *model_info(const Model *model, unsigned n);
/* By the subject's name, or its table's; NULL. */
const Info *model_find(const Model *model, const char *subject);
const Info *model_table(const Model *model, const char *table);
/* The field that this column of this table is kept for, or NULL. */
const Field *model_column(const Model *model, const char *table, const char *column);

/* What a filter of that name takes its value as: a field, the state or the colour of what is due;
 * NULL: there is none such. */
const Field *info_filter(const Info *info, const char *name);

/* What people read for a key of a subject, or of the kernel's own ("kernel"); NULL. keys.h says
 * which keys there are. */
const Word *model_word(const Model *model, const char *subject, const char *key);
const Words *model_kernel_words(const Model *model);
