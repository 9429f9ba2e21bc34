/* For tests: a store in a folder of its own, people of every kind signed in, and requests straight
 * to the API, without sockets. */
#pragma once

#include <jansson.h>

#include "api/api.h"

typedef enum {
  ANYBODY,     /* no session */
  MEMBER,      /* invited to the meeting */
  STRANGER,    /* a member who is not invited */
  HOST,        /* a member who is the meeting's host */
  GUEST,       /* by personal link, of the meeting */
  OTHER_GUEST, /* by personal link, of another meeting */
  STAFF,
  SYSTEM_ADMIN,
  SECURITY_ADMIN,
  AUDIT_ADMIN,
  WHO_COUNT,
} Who;

extern const char *const who_names[WHO_COUNT];

typedef struct {
  char *cookie, *csrf;
  char id[17];
} Signed;

typedef struct {
  char *folder;
  Config *config;
  Mailbox *mailbox;
  GSource *source;
  struct Model *model;
  Store *store;
  ApiContext *context;
  json_t *document; /* OpenAPI, with what the subjects declare */
  Signed signed_in[WHO_COUNT];
  char meeting[17], other_meeting[17];
  char recording[17]; /* of the meeting, with the file program-1.webm of 1000 bytes */
  char guest_invitation[17], guest_link[60];
  char org[17], post[17]; /* a sector, and STRANGER, who is in it */
  char term[17], term_session[17];
  char year_loaded[17], year_checked[17]; /* of the calendar, by nobody who is here */
  char person_merge[17], term_file[17], member_change[17];
  char deadline_rule[17], member_profile[17], change_request[17]; /* the last two the stranger's */
  char setting[17], integration[17];
  char paper_template[17];          /* of no form that there is */
  char attendance[17];              /* the member's, of the meeting */
  char absence[17], delegation[17]; /* the stranger's; the member is his deputy in it */
  char dict_item[17];               /* that begins in a distant year */
  /* Roles of the stranger: one that he holds, one that was asked for by nobody who is here, one
   * that the security administrator asked for. */
  char role_held[17], role_asked[17], role_own[17];
  char notice[17], delivery[17]; /* what STRANGER was told of it */
  char push_device[17];          /* of STRANGER */
  char saved_view[17];           /* of STRANGER */
  char attachment[17];           /* that STRANGER sent */
  char import[17];               /* of the staff, planned, without lines */
} Bed;

#define BED_PASSWORD "Kuaile-2026"

Bed *bed_new(void);
void bed_free(Bed *bed);

/* A request as `who` with a right Origin and CSRF token, of whichever version of a record. body:
 * JSON text or NULL. The response is freed by the caller. */
ApiResponse *bed_ask(Bed *bed, Who who, const char *method, const char *path, const char *body);
/* The same, prepared by hand; takes request. */
ApiResponse *bed_send(Bed *bed, ApiRequest *request);
ApiRequest *bed_request(Bed *bed, Who who, const char *method, const char *path, const char *body);

/* Asks and expects this status; the body's JSON (a new reference, NULL when empty). */
json_t *bed_expect(Bed *bed, int status, Who who, const char *method, const char *path,
                   const char *body);
/* Asks and expects a problem of this status and code. */
void bed_refused(Bed *bed, int status, const char *code, Who who, const char *method,
                 const char *path, const char *body);
/* A path with the meeting's id in place of "MEETING"; free with g_free. */
char *bed_path(const Bed *bed, const char *path);
/* Runs on the writer and waits. */
void bed_write(Bed *bed, StoreWork work, void *data);
/* The same of SQL. */
void bed_sql(Bed *bed, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* Of an answer; the text is borrowed, NULL where there is none. */
const char *answer_text(const json_t *object, const char *name);
int64_t answer_number(const json_t *object, const char *name);

typedef struct {
  char id[17], sha256[65];
} BedFile;

/* A file that STRANGER sent and no record has taken yet. */
BedFile bed_keep(Bed *bed, const char *name, const void *bytes, size_t size);

/* ---- what takes its time (bed-wait.c) ---- */

/* Asks and does not wait: *response is NULL until there is an answer, which the caller frees. */
Exchange *bed_begin(Bed *bed, Who who, const char *path, ApiResponse **response);
/* All goes on until it is so. */
void bed_until(bool (*is_so)(const void *data), const void *data);
void bed_until_answered(ApiResponse *const *response);
void bed_until_written(const char *path); /* the file is there, with something in it */
/* A program of this text; its path, free with g_free. */
char *bed_program(const Bed *bed, const char *text);
