/* Meetings as a table, for test-window.c: what happens at which minute, and what counts then.
 *
 * Minutes count from the planned start; every meeting is planned for two hours unless it says
 * otherwise. Person 0 is the host, the others are invited to attend. */
#pragma once

#include <stdbool.h>

typedef enum {
  DONE,
  OPEN,      /* by staff over HTTP */
  END,       /* the same; fine when it has ended by itself */
  ENDED,     /* nobody did: it has ended by itself */
  REOPEN,    /* by staff over HTTP */
  COME,      /* a … b join */
  GO,        /* a … b leave */
  VANISH,    /* a … b: the connection is gone without a word, and the page with it */
  DEVICE,    /* a joins with a second device */
  DEVICE_GO, /* the first one leaves */
  TALK,
  HUSH, /* a begins or ceases to be heard */
  SHARE,
  UNSHARE,
  CHAT,     /* a writes */
  HAND,     /* a raises the hand */
  CAMERA,   /* a switches the camera off */
  REMOVE,   /* the host removes a */
  REVOKE,   /* a may not be here any more: nobody removes them */
  FLOOR,    /* the host gives a the floor */
  CRASH,    /* the server is killed and is back after a minutes; all pages are gone */
  JUMP,     /* the wall clock jumps by a minutes */
  PLAN_END, /* staff move the planned end to minute a */
  MOVE,     /* staff move the window to a … b */
  LIMIT,    /* late_after_min becomes a, and the server is started anew */
} Verb;

typedef struct {
  int at; /* minute */
  Verb verb;
  int a, b;
} Step;

#define WINDOW_STEPS 24
#define WALK_IN 99 /* a member of staff who is not invited */

typedef struct {
  const char *name;
  int people, planned_end;
  Step steps[WINDOW_STEPS];
  int from, to;       /* the window, minutes */
  const char *states; /* of each person: P present, O observer, A absent; l late, e left early */
  bool loose;         /* somebody vanished: known to a heartbeat */
  int start_hour;     /* of the planned start, when it is not 9 */
} WindowCase;

extern const WindowCase window_cases[];
extern const unsigned window_cases_count;
