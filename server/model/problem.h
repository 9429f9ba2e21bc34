/* Why something is refused: a code with parameters, for programs and for the words of the page; and
 * for each member of a request that is wrong an entry of its own. As JSON it is an RFC 9457 problem
 * document: {type, title, status, code, params, errors: [{field, code, params}]}. One thread at a
 * time. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

typedef struct {
  int status; /* 0: there is no problem */
  const char *code, *title;
  json_t *params; /* an object, or NULL */
  json_t *errors; /* a list, or NULL */
} Problem;

#define PROBLEM_ENTRIES_MOST 50 /* a request can have any number of members that nobody knows */

void problem_clear(Problem *problem);

/* The kernel's own codes; each has one status. */
typedef enum {
  PROBLEM_NOT_FOUND, /* 404 */
  PROBLEM_FORBIDDEN, /* 403 */
  PROBLEM_INVALID,   /* 422 with errors */
  PROBLEM_STALE,     /* 412 */
  PROBLEM_UNSEEN,    /* 428 */
} ProblemKind;

/* Sets it, unless one is set already: the first is what stands in the way. Returns false. */
bool problem_set(Problem *problem, ProblemKind kind);
/* A code of a subject's own. params: "name=value …" or NULL. Returns false. */
bool problem_say(Problem *problem, int status, const char *code, json_t *params);
/* Adds an entry and makes it INVALID; of more than PROBLEM_ENTRIES_MOST the first are kept. field
 * is copied, at most 40 bytes of it. params may be NULL; taken. Returns false. */
bool problem_add(Problem *problem, const char *field, const char *code, json_t *params);

/* The document's text; free with free(). */
char *problem_text(const Problem *problem);
