/* Meetings for the room, and who may come into one. What is done to them, and to invitations, is in
 * domain/. */
#pragma once

#include "store/database.h"
#include "store/moment.h"
#include "store/sessions.h"

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
