/* For tests of the built server as a process: a folder of its own with a configuration, the server
 * started in it on a port of its own, requests over HTTP and a little WebSocket. */
#pragma once

#include <gio/gio.h>
#include <jansson.h>
#include <stdbool.h>

#define PASSWORD "Kuaile-2026"
#define SECOND_US G_USEC_PER_SEC

/* The programs: set before anything else. */
extern const char *yishid, *yishictl;

typedef struct {
  char *folder, *config;
  GSubprocess *process;
  unsigned port;
  const char *name; /* by which requests call it; NULL: 127.0.0.1 */
  char *cookie, *csrf;
  GString *tail; /* of the WebSocket's stream */
} Place;

/* more: lines of configuration, or "". */
Place *place_new_with(const char *more);
Place *place_new(void);
void place_free(Place *place);

/* A program that dies with the test. */
GSubprocess *spawn(GSubprocessFlags flags, const char *const *argv);
/* Runs to its end; its exit status. */
int run(const char *const *argv, const char *input, char **output);
/* Starts and waits for the line that says it is ready. */
void start(Place *place);
/* Waits for the end and returns how it ended: the exit status, or -1 for a signal. */
int finish(Place *place);

GSocketConnection *dial(const Place *place);
void put(GSocketConnection *connection, const void *bytes, size_t length);
/* Sends a request with the session, if there is one, and does not wait. */
GSocketConnection *ask_later(const Place *place, const char *method, const char *path,
                             const char *json);
/* Its answer, to the end of the stream; free with g_free. NULL when nothing came. */
char *answer_of(GSocketConnection *connection);
/* Both; the status. body, unless NULL, gets the answer's JSON. A cookie is kept. */
int ask(Place *place, const char *method, const char *path, const char *json, json_t **body);

/* An account "staff" with PASSWORD. */
void make_staff(const Place *place);
void sign_in(Place *place);
char *make_meeting(Place *place);

void put_text(GSocketConnection *connection, const char *text);
/* Reads on until `wanted` has come by in the stream. */
bool await(Place *place, GSocketConnection *connection, const char *wanted);
/* Connects and says hello with a token; place->tail is what comes back. */
GSocketConnection *hello(Place *place, const char *token);
GSocketConnection *join(Place *place, const char *meeting);
