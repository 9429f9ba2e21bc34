/* The handlers, by resource. Each answers its call, or says what comes next. A reader thread. */
#pragma once

#include "api/call.h"

/* session.c */
void session_create(Call *call);
void session_create_by_link(Call *call);
void session_show(Call *call);
void session_end(Call *call);
void session_change_password(Call *call);

/* meetings.c */
void meetings_index(Call *call);
void meetings_create(Call *call);
void meetings_show(Call *call);
void meetings_change(Call *call);
void meetings_open(Call *call);
void meetings_end(Call *call);
void meetings_cancel(Call *call);
void meetings_reopen(Call *call);
void meetings_join(Call *call);
void meetings_events(Call *call);
void meetings_chat(Call *call);

/* invitations.c */
void invitations_index(Call *call);
void invitations_create(Call *call);
void invitations_change(Call *call);
void invitations_revoke(Call *call);
void invitations_renew_link(Call *call);
/* Reads one invitation of a body into out (borrowed texts); false with error. */
bool invitation_read(const json_t *object, InvitationNew *out, GError **error);

/* attendance.c */
void attendance_index(Call *call);
void attendance_decide(Call *call);
void attendance_export(Call *call);
void attendance_take_back(Call *call);
void attendance_window_preview(Call *call);
void attendance_window_move(Call *call);

/* people.c */
void people_index(Call *call);
void people_create(Call *call);
void people_change(Call *call);
void people_reset_password(Call *call);

/* audit.c */
void audit_index(Call *call);

/* recordings.c */
void recordings_index(Call *call);
void recordings_show(Call *call);
void recordings_play(Call *call);

/* openapi.c */
void openapi_show(Call *call);
/* The document's text. */
extern const char openapi_text[];
