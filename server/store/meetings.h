/* Meetings, invitations and personal links. What changes rows runs on the writer; the rest on any
 * connection. JSON shapes are those of the HTTP API. Who may do it: meeting_rights says; create,
 * patch and so on do not check again. */
#pragma once

#include <jansson.h>

#include "store/audit.h"
#include "store/database.h"
#include "store/moment.h"
#include "store/sessions.h"

/* What a signed-in person may do with a meeting. */
typedef struct {
  bool see;         /* invited, host or staff; within scope_meeting */
  bool host;        /* the meeting's host, or invited as host */
  bool manage;      /* staff */
  char capacity[8]; /* attend, observe, invited, host; "": not invited */
} MeetingRights;

/* NOT_FOUND: no such meeting. */
bool meeting_rights(sqlite3 *db, const char *meeting, const Session *session, MeetingRights *rights,
                    GError **error);

/* A meeting for the room. */
typedef struct {
  char *id, *title, *topic, *type, *state;
  char *host, *host_name;
  int64_t planned_start, planned_end;
  int64_t opened_at, ended_at; /* 0: not yet */
  int64_t opened_mono_us;      /* of opened_boot */
  char *opened_boot;           /* or NULL */
  bool auto_record;
  int expected; /* valid invitations */
} MeetingInfo;

void meeting_info_free(MeetingInfo *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MeetingInfo, meeting_info_free)
MeetingInfo *meeting_info(sqlite3 *db, const char *id, GError **error);

/* Meeting, as `session` sees it. */
json_t *meeting_json(sqlite3 *db, const char *id, const Session *session, GError **error);

typedef struct {
  const char *when;      /* live, today, upcoming, past, all */
  bool mine;             /* only those that the person is invited to; forced for other than staff */
  const char *after;     /* cursor or NULL */
  int limit;             /* 1…200 */
  const char *time_zone; /* in which today is a day (base/zone.h) */
} MeetingsQuery;

/* {items: [Meeting], next, total}. live, today, upcoming: the first comes first; past, all: the
 * last.
 */
json_t *meetings_list(sqlite3 *db, const MeetingsQuery *query, const Session *session,
                      int64_t now_ms, GError **error);

typedef struct {
  const char *person;       /* id, or NULL and guest_name */
  const char *guest_name;   /* makes a person of kind guest */
  const char *organisation; /* of the guest, or NULL */
  const char *capacity;     /* attend, observe, invited, host */
  int64_t expires_at;       /* of the link; 0: by link-expiry.h; at most planned end + 30 days */
} InvitationNew;

typedef struct {
  const char *title, *topic; /* topic may be NULL */
  int64_t planned_start, planned_end;
  const char *host; /* person id; invited in the capacity host by this */
  bool auto_record;
  const InvitationNew *invitations;
  unsigned invitation_count;
} MeetingNew;

/* Writer, in one transaction. id gets 17 bytes. Links are made later, one by one. */
bool meeting_create(sqlite3 *db, const MeetingNew *meeting, const Actor *by, int64_t now_ms,
                    char *id, GError **error);
/* Writer. patch: any of title, topic, planned_start, planned_end, host, auto_record; others are
 * INVALID. CONFLICT when it has ended or was cancelled. */
bool meeting_patch(sqlite3 *db, const char *id, const json_t *patch, const Actor *by,
                   int64_t now_ms, GError **error);

/* Writer. CONFLICT when the state does not allow it. Each also appends the event `opened`, `ended`
 * or `cancelled`; end closes the segments that are still open. Join tokens are worth nothing from
 * then on. */
bool meeting_open(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error);
bool meeting_end(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error);
bool meeting_cancel(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error);

/* Writer. What ended by itself (MEETING_END_VACANT) is live again. CONFLICT when it ended otherwise
 * or MEETING_REOPEN_MS have passed. */
bool meeting_reopen(sqlite3 *db, const char *id, const Actor *by, Moment now, GError **error);
#define MEETING_REOPEN_MS 1800000 /* half an hour; as the migration has it */

typedef enum {
  MEETING_OPEN,
  MEETING_END,
  MEETING_END_VACANT, /* by itself: its planned end passed and nobody was left */
  MEETING_CANCEL,
  MEETING_REOPEN,
} MeetingStep;
/* Main thread, asynchronously; by is copied; done may be NULL. */
typedef void (*MeetingStepped)(void *user, const GError *error);
void meeting_step_queue(Store *store, const char *id, MeetingStep step, const Actor *by, Moment now,
                        MeetingStepped done, void *user);

/* Invitation = {id, person:{id,name,kind,sector,organisation,code}, capacity, link (only when it
 * was just made), link_expires_at|null, link_used_at|null}. link_base: "https://host/j/". */
json_t *invitations_list(sqlite3 *db, const char *meeting, const char *after, int limit,
                         GError **error);
/* Writer. Inviting a person again after a revocation renews the row; CONFLICT when the person is
 * invited already, INVALID for administrators. link_base NULL: no link is made, because whoever
 * asks may not hold one. */
json_t *invitation_create(sqlite3 *db, const char *meeting, const InvitationNew *invitation,
                          const char *link_base, const Actor *by, int64_t now_ms, GError **error);
/* Writer. CONFLICT when the meeting has ended: what somebody was there as is on record. */
json_t *invitation_set_capacity(sqlite3 *db, const char *meeting, const char *invitation,
                                const char *capacity, const Actor *by, int64_t now_ms,
                                GError **error);
/* Whom a personal link is for, whether or not it is still good; person gets 17 bytes. name tells
 * him from others, and in any case from the one who is shown as `other`; freed with g_free.
 * NOT_FOUND: nobody. */
bool link_owner(sqlite3 *db, const char *secret, const char *other, char *person, char **name,
                GError **error);
/* Writer. A fresh link; the old one dies, and what was got by it: sessions, join tokens and, once
 * the room is told (assembly_meeting_changed), places in it. expires_at 0: as when the
 * person was invited. */
json_t *invitation_renew_link(sqlite3 *db, const char *meeting, const char *invitation,
                              int64_t expires_at, const char *link_base, const Actor *by,
                              int64_t now_ms, GError **error);
/* Writer. The link, its sessions and the join tokens die. person gets 17 bytes: tell the room
 * (assembly_person_revoked). */
bool invitation_revoke(sqlite3 *db, const char *meeting, const char *invitation, char *person,
                       const Actor *by, int64_t now_ms, GError **error);
