/* A call: somebody does something to a record, or asks for records; and what came of it.
 *
 * Whoever carries calls (the HTTP side, a room) fills in who it is and what was asked, runs it on a
 * connection, and takes the answer or the problem. The functions below the line are what a
 * subject's guards and effects use; each returns false when it set a problem, or when the database
 * failed. One thread at a time. */
#pragma once

#include <sqlite3.h>

#include "model/effect.h"
#include "model/model.h"
#include "model/problem.h"
#include "model/values.h"
#include "store/audit.h"
#include "store/moment.h"

struct Call {
  const Model *model;
  const Info *info;
  const Route *route;
  const char *verb; /* the route's, or that of its step */
  const Step *step; /* what makes the row, or leads it from its state to another; or NULL */
  sqlite3 *db;      /* of the thread that it is on */

  Actor actor; /* borrowed texts */
  const char
      *deputy;      /* who does it where actor.person is whom it is done for; or NULL (behalf.h) */
  GPtrArray *given; /* verbs that he was given for it; NULL: he needs none */
  unsigned roles;   /* of the actor, and SIGNED_IN or SERVER */
  const char *link; /* the meeting that the actor came to by a personal link, or NULL; borrowed */
  int64_t now_ms;
  int64_t mono_us;  /* the same moment on the monotonic clock */
  const char *boot; /* of which start of the machine; borrowed */
  const char *base; /* "https://host" of the links that are handed out, or NULL; borrowed */
  const char *zone; /* in which days are counted (base/zone.h); borrowed */
  const char *id;   /* of the row, or NULL (call_row) */
  bool bulk;        /* it is about many rows (bulk.h) */
  Values asked, server, row;
  int64_t version; /* that the actor saw (If-Match), or 0: not said */
  /* Whoever edits or leads on one record has to say which version he saw. HTTP asks it of everybody
   * (but who says "*"); a room and the server itself act on what they have just read. */
  bool must_match;

  /* What came of it. */
  Problem problem;
  GError *error;            /* the database failed, or the program is wrong */
  GString *out;             /* JSON */
  int64_t answered_version; /* of the row in out, or 0 */
  uint32_t scopes;          /* of the row before */
  uint64_t verbs;           /* that the actor may use on it */
  GArray *effects;          /* Effect */
  json_t *detail;           /* of the audit record: beside what was changed, what a guard adds */
  json_t *about;            /* what only the audit record has beside it, of a guard; or NULL */
  bool is_part;             /* of another call: nobody waits for its answer */
  /* One of very many: what it is found by waits for index_slice, and nobody is told of each. */
  bool one_of_many;
  bool tell_nobody; /* said with a step that MAY_TELL_NOBODY (notice.h); also of what it leads to */
  json_t *refused;  /* of many at once: ids refused for want of a right; or NULL */
  unsigned files;   /* rows of a list that are files of others (Subject.file) */
  json_t *said;     /* what is answered beside the row; or NULL */
};

void call_init(Call *call);
void call_clear(Call *call);

/* Which row it is about: "@id". Copies. */
void call_row(Call *call, const char *id);
/* Fills in @me, @link, @now, @mono_us, @boot, @today with its ends @day_from and @day_to in
 * milliseconds, @on with today, and @deputy. Before it is run. */
void call_begin(Call *call);

/* For another subject, in the same transaction, of the same actor: init, and freed with clear. Its
 * problem, its error and its effects are the first one's when it is joined. */
void call_begin_other(Call *other, const Call *call, const Info *info);
void call_join(Call *call, Call *other);

/* ---- for guards and effects ---- */

/* ":x" what was asked, "@x" what the server knows, "$x" the row before. NULL and 0 for null and for
 * what was left out. Borrowed. */
const char *call_text(const Call *call, const char *name);
int64_t call_int(const Call *call, const char *name);
bool call_has(const Call *call, const char *name);  /* it was said, and is not null */
bool call_said(const Call *call, const char *name); /* it was said, perhaps as null */

/* What is asked where nothing was said. name without its sigil, a constant. */
void call_default(Call *call, const char *name, const char *text);
/* Gives "@x" a value, for the statements to come. name without its sigil, a constant. */
void call_let(Call *call, const char *name, const char *text);

void call_let_int(Call *call, const char *name, int64_t number);

/* A `get`: one row, whose columns become "@column"; *found says whether there is one. */
bool call_get(Call *call, const char *section, bool *found);
/* A `run`: its statements, in order. */
bool call_run(Call *call, const char *section);
/* A `rows`: each of them, with its columns by their names, until the function says false. It may
 * not change what the statement reads. */
typedef bool (*CallRow)(Call *call, const Values *row, void *data);
bool call_each(Call *call, const char *section, CallRow function, void *data);

/* When it is, for what the store keeps of meetings. */
Moment call_moment(const Call *call);

/* Refuses with a code of the subject's or of the kernel's (not_found, forbidden). false. */
bool call_refuse(Call *call, const char *code);

/* A member of the answer beside the row, as the route's `out` names it. Takes value. */
void call_say(Call *call, const char *name, json_t *value);

void call_effect(Call *call, EffectKind kind, const char *meeting, const char *person,
                 const char *name);
