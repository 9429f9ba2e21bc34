/* Programs of our own that read or make files which strangers had a hand in (yishi-table, yishi-
 * paper, yishi-pdf): each runs for one file, with that, the file it writes, and nothing else of
 * ours. At most so many run at once, and the others wait for their turn. Main thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>

typedef struct Workers Workers;

/* most: run at once; more than `waiting` more are refused. */
Workers *workers_new(unsigned most, unsigned waiting);
/* Those that run are killed, and whoever waits for one is told that it failed. */
void workers_stop(Workers *workers);
void workers_free(Workers *workers); /* after it; NULL is fine */

typedef struct {
  const char *program;  /* its path */
  const char *argument; /* or NULL */
  const char *second;   /* or NULL */
  const char *in;       /* path of its standard input; NULL: nothing */
  const char *out;      /* of its standard output, which is made; NULL: nowhere */
  unsigned most_s;      /* then it is killed */
} Worker;

/* status: what it ended with; -1: it was killed, died, or was not started (error then says why).
 */
typedef void (*WorkerDone)(void *data, int status, const GError *error);

/* Copies what is said of it. false: too many wait, and done is not called. */
bool workers_run(Workers *workers, const Worker *worker, WorkerDone done, void *data);

/* Nobody wants what runs or waits for this data any more: it is killed, or leaves the line, and
 * done is told so, soon. */
void workers_drop(Workers *workers, const void *data);

/* configured, else the program of that name beside this one, else in its folder of the build. Free
 * with g_free. */
char *worker_program(const char *configured, const char *name, const char *build_folder);
