#include "api/route.h"

#include <string.h>

#include "api/handlers.h"

#define ADMINS (FOR_SYSTEM_ADMIN | FOR_SECURITY_ADMIN | FOR_AUDIT_ADMIN)

const Route routes[] = {
    {API_GET, "openapi.json", FOR_ANYBODY, "getOpenapi", openapi_show},

    {API_POST, "session", FOR_ANYBODY, "createSession", session_create},
    {API_POST, "session/link", FOR_ANYBODY, "createSessionByLink", session_create_by_link},
    {API_GET, "session", FOR_PERSON | BEFORE_PASSWORD_CHANGE, "getSession", session_show},
    {API_DELETE, "session", FOR_PERSON | BEFORE_PASSWORD_CHANGE, "deleteSession", session_end},
    {API_PUT, "session/password", FOR_ACCOUNT | BEFORE_PASSWORD_CHANGE, "changePassword",
     session_change_password},

    {API_GET, "meetings", FOR_PERSON, "listMeetings", meetings_index},
    {API_POST, "meetings", FOR_STAFF, "createMeeting", meetings_create},
    {API_GET, "meetings/{id}", FOR_PERSON | MEETING_SEE, "getMeeting", meetings_show},
    {API_PATCH, "meetings/{id}", FOR_PERSON | MEETING_RUN, "changeMeeting", meetings_change},
    {API_POST, "meetings/{id}/open", FOR_PERSON | MEETING_RUN, "openMeeting", meetings_open},
    {API_POST, "meetings/{id}/end", FOR_PERSON | MEETING_RUN, "endMeeting", meetings_end},
    {API_POST, "meetings/{id}/cancel", FOR_PERSON | MEETING_RUN, "cancelMeeting", meetings_cancel},
    {API_POST, "meetings/{id}/reopen", FOR_STAFF | MEETING_SEE, "reopenMeeting", meetings_reopen},
    {API_POST, "meetings/{id}/join", FOR_PERSON | MEETING_SEE, "joinMeeting", meetings_join},
    {API_GET, "meetings/{id}/events", FOR_PERSON | MEETING_RUN, "listEvents", meetings_events},
    {API_GET, "meetings/{id}/chat", FOR_PERSON | MEETING_SEE, "listChat", meetings_chat},

    {API_GET, "meetings/{id}/invitations", FOR_PERSON | MEETING_RUN, "listInvitations",
     invitations_index},
    {API_POST, "meetings/{id}/invitations", FOR_PERSON | MEETING_RUN, "createInvitation",
     invitations_create},
    {API_PATCH, "meetings/{id}/invitations/{id}", FOR_PERSON | MEETING_RUN, "changeInvitation",
     invitations_change},
    {API_DELETE, "meetings/{id}/invitations/{id}", FOR_PERSON | MEETING_RUN, "revokeInvitation",
     invitations_revoke},
    {API_POST, "meetings/{id}/invitations/{id}/link", FOR_STAFF | MEETING_SEE, "renewLink",
     invitations_renew_link},

    {API_GET, "meetings/{id}/attendance", FOR_PERSON | MEETING_RUN, "getAttendance",
     attendance_index},
    {API_GET, "meetings/{id}/attendance.csv", FOR_PERSON | MEETING_RUN, "exportAttendance",
     attendance_export},
    {API_POST, "meetings/{id}/attendance/confirm", FOR_STAFF | MEETING_SEE, "confirmAttendance",
     attendance_decide},
    {API_POST, "meetings/{id}/attendance/undo", FOR_STAFF | MEETING_SEE, "undoAttendance",
     attendance_take_back},
    {API_GET, "meetings/{id}/attendance/window", FOR_PERSON | MEETING_RUN, "previewWindow",
     attendance_window_preview},
    {API_PUT, "meetings/{id}/attendance/window", FOR_STAFF | MEETING_SEE, "moveWindow",
     attendance_window_move},

    {API_GET, "people", FOR_STAFF | ADMINS, "listPeople", people_index},
    {API_POST, "people", FOR_STAFF | FOR_SYSTEM_ADMIN, "createPerson", people_create},
    {API_PATCH, "people/{id}", FOR_STAFF | FOR_SYSTEM_ADMIN | FOR_SECURITY_ADMIN, "changePerson",
     people_change},
    {API_POST, "people/{id}/password", FOR_SYSTEM_ADMIN, "resetPassword", people_reset_password},

    /* The catalogue itself checks the meeting's rights: the id is the recording's. */
    {API_GET, "recordings", FOR_PERSON, "listRecordings", recordings_index},
    {API_GET, "recordings/{id}", FOR_PERSON, "getRecording", recordings_show},
    {API_GET, "recordings/{id}/files/{id}", FOR_PERSON, "getRecordingFile", recordings_play},

    {API_GET, "audit", FOR_AUDIT_ADMIN, "listAudit", audit_index},
};
const unsigned route_count = G_N_ELEMENTS(routes);

const char *method_name(ApiMethod method) {
  switch (method) {
  case API_GET:
    return "GET";
  case API_HEAD:
    return "HEAD";
  case API_POST:
    return "POST";
  case API_PUT:
    return "PUT";
  case API_PATCH:
    return "PATCH";
  case API_DELETE:
    return "DELETE";
  }
  return "";
}

/* Compares segment by segment; {id} takes one that is not empty. */
static bool matches(const char *pattern, const char *path, char ids[][ROUTE_ID_BYTES]) {
  unsigned n = 0;
  for (;;) {
    size_t wanted = strcspn(pattern, "/"), given = strcspn(path, "/");
    if (wanted == 4 && memcmp(pattern, "{id}", 4) == 0) {
      if (given == 0 || given >= ROUTE_ID_BYTES)
        return false;
      memcpy(ids[n], path, given);
      ids[n++][given] = 0;
    } else if (wanted != given || memcmp(pattern, path, wanted) != 0) {
      return false;
    }
    pattern += wanted;
    path += given;
    if (*pattern != *path)
      return false;
    if (*pattern == 0)
      return true;
    pattern++;
    path++;
  }
}

RouteMatch route_match(ApiMethod method, const char *path) {
  RouteMatch match = {.route = NULL};
  if (!g_str_has_prefix(path, API_PREFIX))
    return match;
  ApiMethod wanted = method == API_HEAD ? API_GET : method;
  for (unsigned i = 0; i < route_count; i++) {
    if (!matches(routes[i].path, path + strlen(API_PREFIX), match.ids))
      continue;
    if (routes[i].method == wanted) {
      match.route = &routes[i];
      return match;
    }
    if (*match.allow)
      g_strlcat(match.allow, ", ", sizeof match.allow);
    g_strlcat(match.allow, method_name(routes[i].method), sizeof match.allow);
  }
  return match;
}
