#include "api/route.h"

#include <string.h>

#include "api/handlers.h"

#define ADMINS (FOR_SYSTEM_ADMIN | FOR_SECURITY_ADMIN | FOR_AUDIT_ADMIN)

const ApiRoute routes[] = {
    {HTTP_GET, "openapi.json", FOR_ANYBODY, "getOpenapi", openapi_show},

    {HTTP_POST, "session", FOR_ANYBODY | DONE_AGAIN, "createSession", session_create},
    {HTTP_POST, "session/link", FOR_ANYBODY | DONE_AGAIN, "createSessionByLink",
     session_create_by_link},
    {HTTP_GET, "session", FOR_PERSON | BEFORE_PASSWORD_CHANGE | BEFORE_ENROLMENT, "getSession",
     session_show},
    {HTTP_DELETE, "session", FOR_PERSON | BEFORE_PASSWORD_CHANGE | BEFORE_ENROLMENT | DONE_AGAIN,
     "deleteSession", session_end},
    {HTTP_PUT, "session/password",
     FOR_ACCOUNT | BEFORE_PASSWORD_CHANGE | BEFORE_ENROLMENT | DONE_AGAIN, "changePassword",
     session_change_password},
    {HTTP_POST, "session/second-factor", FOR_ACCOUNT | BEFORE_ENROLMENT | DONE_AGAIN,
     "beginSecondFactor", factor_begin},
    {HTTP_PUT, "session/second-factor", FOR_ACCOUNT | BEFORE_ENROLMENT | DONE_AGAIN,
     "confirmSecondFactor", factor_confirm},
    {HTTP_POST, "session/second-factor/codes", FOR_ACCOUNT | DONE_AGAIN, "renewRecoveryCodes",
     factor_new_codes},
    {HTTP_POST, "session/second-factor/off", FOR_ACCOUNT | DONE_AGAIN, "removeSecondFactor",
     factor_remove},

    {HTTP_POST, "meetings/{id}/join", FOR_PERSON | MEETING_SEE | DONE_AGAIN, "joinMeeting",
     meetings_join},

    {HTTP_GET, "meetings/{id}/attendance", FOR_PERSON | MEETING_RUN, "getAttendance",
     attendance_index},
    {HTTP_GET, "meetings/{id}/attendance.csv", FOR_PERSON | MEETING_RUN, "exportAttendance",
     attendance_export},
    {HTTP_POST, "meetings/{id}/attendance/confirm", FOR_STAFF | MEETING_SEE, "confirmAttendance",
     attendance_decide},
    {HTTP_POST, "meetings/{id}/attendance/undo", FOR_STAFF | MEETING_SEE, "undoAttendance",
     attendance_take_back},
    {HTTP_GET, "meetings/{id}/attendance/window", FOR_PERSON | MEETING_RUN, "previewWindow",
     attendance_window_preview},
    {HTTP_PUT, "meetings/{id}/attendance/window", FOR_STAFF | MEETING_SEE, "moveWindow",
     attendance_window_move},

    {HTTP_POST, "people/{id}/password", FOR_SYSTEM_ADMIN | DONE_AGAIN, "resetPassword",
     people_reset_password},

    /* The catalogue itself checks the meeting's rights: the id is the recording's. */
    {HTTP_POST, "attachments", FOR_ACCOUNT, "createAttachment", attachments_create},
    {HTTP_GET, "attachments/{id}", FOR_PERSON, "getAttachment", attachments_fetch},
    {HTTP_GET, "recordings", FOR_PERSON, "listRecordings", recordings_index},
    {HTTP_GET, "recordings/{id}", FOR_PERSON, "getRecording", recordings_show},
    {HTTP_GET, "recordings/{id}/files/{id}", FOR_PERSON, "getRecordingFile", recordings_play},
};
const unsigned route_count = G_N_ELEMENTS(routes);

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

RouteMatch route_match(HttpMethod method, const char *path) {
  RouteMatch match = {.route = NULL};
  if (!g_str_has_prefix(path, API_PREFIX))
    return match;
  HttpMethod wanted = method == HTTP_HEAD ? HTTP_GET : method;
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
