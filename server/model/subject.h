/* A subject: a kind of record, declared as data. What an author writes; see MODEL.md.
 *
 * server/domain/X/X.c has its fields, its grants, its lists and its routes; queries.sql beside it
 * the SQL (sections.h), words.txt what people read (words.h). All is constant. model_new (model.h)
 * checks that every name in it resolves and computes what the kernel works with. */
#pragma once

#include <stdbool.h>

#include "model/field.h"

typedef struct Call Call;

/* ---- who may what; what nobody was given, nobody may ---- */

/* Beside the roles of people (store/people.h). */
#define SIGNED_IN (1u << 30) /* whoever has signed in, also by a personal link */
#define SERVER                                                                                     \
  (1u << 31) /* the server itself: what is given to it alone, only another step, a                 \
              * room or a clock does */

typedef struct {
  unsigned who;       /* roles, of Role (store/people.h) or the two above; any of them */
  const char *whose;  /* a scope of queries.sql; "meeting.run": of a meeting on which he has that
                       * verb; or "all" */
  const char *may;    /* verbs, separated by blanks */
  const char *states; /* in which states of the row; NULL: in any */
} Grant;

/* ---- workflow ---- */

/* A subject that has states has a column `state`, which the kernel alone writes. Where one of them
 * says what is `shown`, it has a column `published_state` too: whoever lacks the verb `work` on a
 * row sees that one under the name of the other, in rows and in filters. */
typedef struct {
  const char *name;
  unsigned flags;    /* of StateFlags */
  const char *shown; /* what published_state becomes here; NULL: it stays what it was */
} State;

typedef enum {
  STATE_OPEN = 1,  /* somebody still has to do something about it */
  STATE_FINAL = 2, /* no step leads out */
} StateFlags;

/* A number out of a series without gaps: taken in the transaction of the step, so that one which is
 * refused takes none. */
typedef struct {
  const char *field; /* INT of the subject, GIVEN and OPTIONAL */
  const char *scope; /* values that tell the series apart ("$term/@year"); NULL: one for all */
} Number;

/* Somebody does `verb` to a row that is in one of `from`, and it is in `to`. */
typedef struct {
  const char *from; /* states, separated by blanks; "": it makes the row */
  const char *verb, *to;
  const char *in;             /* shape of what it takes; fields of the table are written */
  bool (*guard)(Call *call);  /* may it be? before anything is written */
  bool (*effect)(Call *call); /* what else is written, after the row was */
  unsigned flags;             /* of StepFlags */
  const char *blocked_by;     /* a `rows`: what stands in the way unless it is waived (waive.h) */
  const Number *number;       /* taken with the step; NULL: none */
  /* What it does to limits (due.h): "+review -supplement": "+" begins, "-" ends, "|" pauses, ">"
   * lets it run on, "~" waives, with the note as the reason. NULL: nothing. */
  const char *due;
  /* Who is told what, behind the effect: "decided>asker filed>lead": a notice of the subject's and
   * a `people`. NULL: nobody. */
  const char *notice;
  unsigned undo_s;          /* so long may who did it take it back (undo.h); 0: never */
  bool (*undo)(Call *call); /* what takes the effect back */
} Step;

typedef enum {
  DECIDES = 1,  /* never by who is in the scope `party`: who asked for it or whom it is about */
  INTERNAL = 2, /* in the history for those only who have the verb `work` */
  BULK = 4,     /* may be done to many at once (bulk.h): "-" in the path in place of the id */
  QUIET = 8,  /* of a route: no event and no audit record; somebody does it with what is only his */
  HEAVY = 16, /* it writes thousands of rows, and so in a transaction of its own */
  /* Of a step that leads a row on: whoever takes it may say that nobody is told of it this time
   * (notice.h). Never where somebody has a right to be told: who asked for what is decided, or
   * whose rights it changes. */
  MAY_TELL_NOBODY = 32,
} StepFlags;

/* ---- lists ---- */

#define LIST_USUAL 50 /* rows at once, when nobody says how many */
#define LIST_MOST 200 /* that may be asked for at once, of a list that says no other */

typedef struct {
  const char *name;   /* tells it from the subject's other lists; NULL: it is the only one */
  const char *where;  /* a `where` of queries.sql; NULL: all that may be seen */
  const char *sort;   /* fields or `sort`s, the first is the usual; "-x": downwards */
  const char *filter; /* fields or `filter`s that a request may use */
  unsigned most;      /* rows that may come at once; 0: LIST_MOST */
} List;

/* ---- routes ---- */

typedef enum {
  R_LIST,   /* GET: many of them */
  R_ONE,    /* GET: one of them */
  R_CREATE, /* POST: a new one */
  R_EDIT,   /* PATCH: what is given is changed */
  R_DO,     /* POST: an act on one of them that is more than a change of its fields */
  R_STEPS,  /* POST path/VERB: each step that does not make the row */
  R_IMPORT, /* POST: many of them, out of a table that somebody brings (import-plan.h) */
  R_EVENTS, /* GET: what was done to one of them, by whom */
} RouteKind;

typedef struct {
  RouteKind kind;
  const char *path; /* "people/{person}": what stands for the subject's name is the row's id */
  const char *verb; /* NULL: STEPS, whose verbs are the steps' */
  const List *list; /* LIST; IMPORT: among which rows it looks for those that are there */
  const char *in;   /* shape (take.h) of what CREATE, EDIT and DO take; IMPORT: columns */
  /* May it be? before anything is written; IMPORT: may a row that it made be taken back? */
  bool (*guard)(Call *call);
  /* What else is written, after the row was; DO: the act itself; ONE: what else is answered;
   * IMPORT: deletes the row that is taken back. */
  bool (*effect)(Call *call);
  const char *out; /* shape of what is answered beside the row: the effect says it (call_say) */
  unsigned flags;  /* EDIT and DO: BULK; CREATE, EDIT and DO: QUIET */
  /* "meeting.run": whoever asks must have the verb on the other record that the path names
   * ("meetings/{meeting}/invitations"), and the row is one of its. */
  const char *on;
  /* CREATE: what is written before the row, as the row refers to it. */
  bool (*first)(Call *call);
  /* IMPORT: the verb of the CREATE by which rows are made; NULL: the first there is. */
  const char *makes;
} Route;

/* A reason of the subject's own to refuse something. */
typedef struct {
  const char *code; /* "person.login_taken" */
  int status;
  const char *params; /* NULL, or what its words have places for: "most:int who" */
} Code;

/* Something that people are told of (notice.h). */
typedef struct {
  const char *code;   /* "begun": its words are notice.begun */
  unsigned flags;     /* of NoticeFlags */
  const char *params; /* NULL, or what its words have places for: columns of its `people` */
} NoticeKind;

typedef enum {
  URGENT = 1, /* sent at once, at night too */
} NoticeFlags;

/* Something that is printed (paper.h): of one record, or of a list as it is asked for. Its words
 * are paper.CODE; the template that comes with the program is CODE.paper in the subject's folder.
 */
typedef struct {
  const char *code;  /* "record" */
  const char *verb;  /* who may print it: on the row, in its state; of a list NULL: its own verb */
  const List *list;  /* NULL: one record */
  const char *get;   /* one record: a `get` with further values; or NULL */
  const char *rows;  /* one record: `rows`, separated by blanks, which are lists of the form */
  const char *words; /* that it has beside those of fields: paper.CODE.WORD; or NULL */
} Paper;

typedef struct {
  const char *name, *table;
  const Field *fields;
  const Grant *grants;
  const Route *routes;
  const Code *codes;         /* or NULL */
  const char *sql;           /* queries.sql, embedded */
  const State *states;       /* NULL: it has none */
  const Step *steps;         /* NULL: it has none */
  const char *words;         /* words.txt, embedded; NULL in tests that show nothing */
  const char *key;           /* the column that names a row; NULL: "id" */
  const NoticeKind *notices; /* NULL: it has none */
  const Paper *papers;       /* NULL: it has none */
  /* The verb by which somebody reads what is kept of a person: whoever has it on a row outside the
   * scope `own` and reads that row is told in the audit record. NULL: it is no file of a person. */
  const char *file;
  /* Gives connections that are opened from now on what its SQL uses beside SQLite's own; more than
   * once is as once. NULL: nothing. */
  void (*extend)(void);
} Subject;
