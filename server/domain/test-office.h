/* For the tests of the register: an office with a term, two sectors and one member. One thread. */
#pragma once

#include "domain/test-desk.h"
#include "store/people.h"

#define ADA ((Desk){o->w.ada, MEMBER})
#define BO ((Desk){o->w.bo, MEMBER})
#define LIAISON ((Desk){o->w.clerk, ROLE_LIAISON})

typedef struct {
  World w;
  char leader[17];
  char *term, *arts, *science; /* a term and two sectors */
  char *ada;                   /* her row of the register */
} Office;

/* Ada is a member since 2022, in the arts; Bo is a person. */
void office_init(Office *o);
void office_clear(Office *o);

/* Ids of what is made, an organisation and a candidate of the register, whose JSON goes on with
 * more: ",\"sex\":\"female\"". Free with g_free. */
char *office_org(Office *o, const char *kind, const char *code, const char *name);
char *office_member(Office *o, const char *person, const char *code, const char *more);
/* What takes somebody into office, in the arts; document: as more above. Free with g_free. */
char *office_admission(const Office *o, const char *since, const char *document);
/* "members/ID", and the rest behind it. Free with g_free. */
char *office_path(const char *id, const char *rest);

/* By a document of its own, since 2022. */
void office_admit(Office *o, const char *id);
/* The row as he sees it; a new reference. */
json_t *office_row(Office *o, Desk who, const char *id, const char *query);
/* How many the list has for him. */
json_int_t office_found(Office *o, Desk who, const char *list, const char *query);
