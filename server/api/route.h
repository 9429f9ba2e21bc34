/* The routes: which method and path is which handler's, and who may come that far.
 *
 * This table is the only place that says who may call what. What a role may do with one particular
 * meeting or person is checked here too where the table can say it (the MEETING_ values); handlers
 * add only what depends on the body. Any thread.
 */
#pragma once

#include <stdbool.h>

#include "api/api.h"

struct Exchange;

typedef enum {
  FOR_ANYBODY = 1 << 0, /* no session wanted */
  FOR_PERSON = 1 << 1,  /* any session */
  FOR_ACCOUNT = 1 << 2, /* a session by password; not one from a personal link */
  FOR_STAFF = 1 << 3,
  FOR_SYSTEM_ADMIN = 1 << 4,
  FOR_SECURITY_ADMIN = 1 << 5,
  FOR_AUDIT_ADMIN = 1 << 6,
  /* Beside one of the above: about the meeting that is the path's first {id}. Whoever may not see
   * it gets 404, whoever may see it but not do this, 403. */
  MEETING_SEE = 1 << 7, /* invited, host or staff */
  MEETING_RUN = 1 << 8, /* its host or staff */
  /* While a password must be changed, only routes marked so can be used. */
  BEFORE_PASSWORD_CHANGE = 1 << 9,
  /* What is sent again under its Idempotency-Key is done again: twice is as good as once, and the
   * request or the answer is a secret, of which not even a digest is kept. */
  DONE_AGAIN = 1 << 10,
  /* While a second factor must be set up, only routes marked so can be used. */
  BEFORE_ENROLMENT = 1 << 11,
} Access;

typedef struct {
  HttpMethod method;
  const char *path; /* below API_PREFIX; {id} stands for one segment */
  unsigned access;  /* of Access */
  const char *name; /* operationId in the OpenAPI document */
  void (*handle)(struct Exchange *exchange);
} ApiRoute;

#define ROUTE_IDS_MAX 2
#define ROUTE_ID_BYTES 96 /* file names of recordings are the longest */

typedef struct {
  const ApiRoute *route; /* NULL: no such path, or not with this method */
  char allow[64];        /* methods that the path has, for 405; "" when there is no such path */
  char ids[ROUTE_IDS_MAX][ROUTE_ID_BYTES];
} RouteMatch;

extern const ApiRoute routes[];
extern const unsigned route_count;

/* HEAD matches GET. */
RouteMatch route_match(HttpMethod method, const char *path);
