/* What the API has beside the records that subjects declare (domain/): signing in, joining,
 * files, what is computed. Each file of handlers declares its endpoints here as data: method, path,
 * who may come that far, and the fields of what is asked and answered (model/field.h). From it come
 * the check of query and body, the OpenAPI document and the page's types; nothing of it is written
 * a second time. Constant; any thread. */
#pragma once

#include <stdbool.h>

#include "api/api.h"
#include "model/field.h"

struct Exchange;

typedef enum {
  FOR_ANYBODY = 1 << 0, /* no session wanted */
  FOR_PERSON = 1 << 1,  /* any session */
  FOR_ACCOUNT = 1 << 2, /* a session by password; not one from a personal link */
  FOR_STAFF = 1 << 3,
  FOR_SYSTEM_ADMIN = 1 << 4,
  FOR_ADMIN = 1 << 8, /* any of the three administrators */
  FOR_AUDIT_ADMIN = 1 << 9,
  /* While a password must be changed, only endpoints marked so can be used. */
  BEFORE_PASSWORD_CHANGE = 1 << 5,
  /* While a second factor must be set up, only endpoints marked so can be used. */
  BEFORE_ENROLMENT = 1 << 6,
  /* What is sent again under its Idempotency-Key is done again: twice is as good as once, and the
   * request or the answer is a secret, of which not even a digest is kept. */
  DONE_AGAIN = 1 << 7,
  /* What is answered is made for whoever asks, and noted as what left: its head alone is not made.
   */
  MADE_TO_LEAVE = 1 << 10,
} Access;

typedef struct {
  HttpMethod method;
  const char *path; /* below API_PREFIX; {name} stands for one segment */
  unsigned access;  /* of Access */
  const char *name; /* operationId in the OpenAPI document */
  void (*handle)(struct Exchange *exchange);
  /* "meeting.run": whoever asks must have the verb on the record of that kind that the path names:
   * 404 where he may not see it, 403 where he may not do this. */
  const char *on;
  const Field *fields;      /* of query, body and answer; NULL: there are none */
  const char *query, *in;   /* shapes (take.h) of what is asked; NULL: nothing */
  const char *out;          /* shape of what is answered */
  const Field *answer;      /* or that, whole: an OBJECT */
  const char *type;         /* or bytes of this media type, by Range where the method is GET */
  int status;               /* of the answer; 0: 200, or 204 when nothing is answered */
  const char *later;        /* what 202 means, which has no body; NULL: it is not answered */
  const char *what, *about; /* for who reads the document: a line, and who may, or NULL */
} Endpoint;

/* Of each file; each list ends with an empty one. */
extern const Endpoint openapi_endpoints[], session_endpoints[], factor_endpoints[],
    join_endpoints[], presence_endpoints[], password_endpoints[], attachment_endpoints[],
    find_endpoints[], line_endpoints[], recording_endpoints[], system_endpoints[],
    template_endpoints[], own_data_endpoints[], account_endpoints[];

/* All of them, one after the other; NULL behind the last. */
const Endpoint *endpoint_at(unsigned n);

#define ENDPOINT_IDS_MAX 2
#define ENDPOINT_ID_BYTES 96 /* file names of recordings are the longest */

typedef struct {
  const Endpoint *endpoint; /* NULL: no such path, or not with this method */
  unsigned allow;           /* methods that the path has, for 405; 0: there is no such path */
  char ids[ENDPOINT_IDS_MAX][ENDPOINT_ID_BYTES]; /* in the order of the path's {names} */
} EndpointMatch;

/* HEAD matches GET. */
EndpointMatch endpoint_match(HttpMethod method, const char *path);
