/* Attendance (出席): one record for each person of a meeting. What the evidence says of it is
 * drafted when it is read (duty/figures.h); staff confirm the draft or decide otherwise, once the
 * meeting is over and never about themselves, and may take that back for a while. A decision keeps
 * the draft, the window and the limits that it saw. Rows come about by themselves, with the
 * invitation or with whoever comes (store/migrations). */
#include "domain/list.h"

#include <string.h>

#include "domain/invitation/invitation.h"
#include "duty/figures.h"
#include "model/call.h"
#include "store/people.h"

#define RESULTS "present observer leave absent"
#define UNDO_S 600 /* long enough to read what one just did */

static const Field segment_parts[] = {
    TIME("in"),
    TIME("out", .flags = OR_NULL),
    RAW("device", 0, INT32_MAX),
    RAW("address", 0, INT32_MAX),
    WORD("ended_by", "left dropped removed revoked replaced ended shutdown crash",
         .flags = OR_NULL),
    END,
};
static const Field segment = OBJECT("segment", "PresenceSegment", segment_parts);

static const Field fields[] = {
    REF("meeting", "meeting", .flags = ONCE),
    REF("person", "person", .flags = ONCE | PERSONAL),
    WORD("result", RESULTS, .flags = OPTIONAL | PERSONAL),
    BOOL("late", .flags = OPTIONAL | PERSONAL),
    BOOL("left_early", .flags = OPTIONAL | PERSONAL),
    TEXT("remark", 1, 500, .see = "evidence", .flags = OPTIONAL | LINES | PERSONAL),
    REF("decided_by", "person", .flags = GIVEN | OPTIONAL | PERSONAL),
    TIME("decided_at", .flags = GIVEN | OPTIONAL),
    /* What the decision rests on; null in old ones. */
    INT("rules", 1, INT32_MAX, .see = "evidence", .flags = GIVEN | OPTIONAL,
        .about = "version of the limits that it was drafted with"),
    TIME("seen_from", .see = "evidence", .flags = OPTIONAL,
         .about = "with seen_to: the effective window that whoever decides looks at; "
                  "attendance.window_moved when it is another one by now"),
    TIME("seen_to", .see = "evidence", .flags = OPTIONAL),
    WORD("seen_state", RESULTS, .see = "evidence", .flags = GIVEN | OPTIONAL | PERSONAL,
         .about = "what was drafted then"),
    BOOL("seen_late", .see = "evidence", .flags = GIVEN | OPTIONAL | PERSONAL),
    BOOL("seen_left_early", .see = "evidence", .flags = GIVEN | OPTIONAL | PERSONAL),
    INT("seen_s", 0, INT32_MAX, .see = "evidence", .flags = GIVEN | OPTIONAL | PERSONAL,
        .about = "in the window that it saw"),
    /* of the answer: as the evidence has it now, whatever was decided */
    TEXT("code", 1, 20, .at = "", .flags = GIVEN | PERSONAL,
         .about = "tells two of the same name and unit apart"),
    WORD("capacity", INVITATION_CAPACITIES, .at = "", .flags = GIVEN | OPTIONAL,
         .about = "null: came without an invitation"),
    REF("sector", "org", .at = "", .flags = GIVEN | OPTIONAL | PERSONAL,
        .about = "in which he was on the day of the meeting"),
    TIME("first_in", .at = "", .flags = GIVEN | OPTIONAL | PERSONAL),
    TIME("last_out", .at = "", .flags = GIVEN | OPTIONAL | PERSONAL),
    INT("present_s", 0, INT32_MAX, .at = "", .flags = GIVEN | PERSONAL),
    INT("connections", 0, INT32_MAX, .at = "", .flags = GIVEN | PERSONAL),
    TIME("window_from", .at = "", .flags = GIVEN | OPTIONAL),
    TIME("window_to", .at = "", .flags = GIVEN | OPTIONAL),
    WORD("drafted_state", RESULTS, .at = "", .see = "evidence", .flags = GIVEN | PERSONAL),
    BOOL("drafted_late", .at = "", .see = "evidence", .flags = GIVEN | PERSONAL),
    BOOL("drafted_left_early", .at = "", .see = "evidence", .flags = GIVEN | PERSONAL),
    LIST("segments", 0, INT32_MAX, &segment, .at = "", .see = "evidence",
         .flags = GIVEN | PERSONAL),
    /* of a list */
    REF("term", "term", .at = "", .about = "the meetings of its days"),
    END,
};

/* Who runs a meeting stands with the meeting. */
static const Grant grants[] = {
    {SIGNED_IN, "meeting.run", "read evidence export", NULL},
    {SIGNED_IN, "own", "read", NULL},
    {ROLE_LIAISON, "all", "read evidence export", NULL},
    {ROLE_STAFF, "all", "confirm decide", NULL},
    {SERVER, "all", "list", NULL},
    {0},
};

/* ---- deciding ---- */

static bool is_where_it_was(const Call *call) {
  return (!call_has(call, ":seen_from") ||
          call_int(call, ":seen_from") == call_int(call, "@now_from")) &&
         (!call_has(call, ":seen_to") || call_int(call, ":seen_to") == call_int(call, "@now_to"));
}

/* What the evidence says now is what the decision rests on. The audit record says whose it is: it
 * is read where these rows are not, too. */
static void keep_basis(Call *call) {
  json_decref(call->about);
  call->about = json_pack("{s:s, s:s}", "meeting", call_text(call, "$meeting_id"), "person",
                          call_text(call, "$person_id"));
  values_int(&call->asked, "rules", call_int(call, "@now_rules"));
  values_int(&call->asked, "seen_from", call_int(call, "@now_from"));
  values_int(&call->asked, "seen_to", call_int(call, "@now_to"));
  values_text(&call->asked, "seen_state", call_text(call, "@now_state"));
  values_int(&call->asked, "seen_late", call_int(call, "@now_late"));
  values_int(&call->asked, "seen_left_early", call_int(call, "@now_left_early"));
  values_int(&call->asked, "seen_s", call_int(call, "@now_s"));
  values_text(&call->asked, "decided_by", call_text(call, "@me"));
  values_int(&call->asked, "decided_at", call->now_ms);
}

static bool can_be_decided(Call *call) {
  bool found;
  if (!call_get(call, "figures", &found))
    return false;
  if (!found || !call_int(call, "@now_listed"))
    return call_refuse(call, "not_found");
  if (!call_int(call, "@now_ended"))
    return call_refuse(call, "attendance.not_ended");
  if (!is_where_it_was(call))
    return call_refuse(call, "attendance.window_moved");
  keep_basis(call);
  return true;
}

static bool may_confirm(Call *call) {
  if (!can_be_decided(call))
    return false;
  values_text(&call->asked, "result", call_text(call, "@now_state"));
  values_int(&call->asked, "late", call_int(call, "@now_late"));
  values_int(&call->asked, "left_early", call_int(call, "@now_left_early"));
  return true;
}

/* What is not said of it is not so, whatever was decided before. */
static bool may_decide(Call *call) {
  if (!can_be_decided(call))
    return false;
  if (!call_has(call, ":late"))
    values_int(&call->asked, "late", 0);
  if (!call_has(call, ":left_early"))
    values_int(&call->asked, "left_early", 0);
  if (!call_has(call, ":remark"))
    values_null(&call->asked, "remark");
  return true;
}

static const State states[] = {{"drafted", STATE_OPEN}, {"confirmed", 0}, {0}};

static const Step steps[] = {
    {"", "list", "drafted"},
    {"drafted", "confirm", "confirmed", .in = "seen_from? seen_to?", .guard = may_confirm,
     .flags = DECIDES | BULK, .undo_s = UNDO_S},
    {"drafted confirmed", "decide", "confirmed",
     .in = "result late? left_early? remark? seen_from? seen_to?", .guard = may_decide,
     .flags = DECIDES, .undo_s = UNDO_S},
    {0},
};

static const List of_meeting = {NULL, "listed", "listed", "state result person sector", 1000};
static const List of_person = {"of_person", "of_person", "-planned_start",
                               "state result sector term", 100};

static const Route routes[] = {
    {R_LIST, "meetings/{meeting}/attendance", "read", .list = &of_meeting, .on = "meeting.run"},
    {R_LIST, "people/{person}/attendance", "read", .list = &of_person},
    {R_ONE, "attendance/{attendance}", "read"},
    {R_EVENTS, "attendance/{attendance}/events", "evidence"},
    {R_STEPS, "attendance/{attendance}", NULL},
    {0},
};

static const Code codes[] = {
    {"attendance.not_ended", 409},
    {"attendance.window_moved", 409},
    {0},
};

extern const char attendance_sql[], attendance_words[];
const Subject subject_attendance = {"attendance",
                                    "attendance",
                                    fields,
                                    grants,
                                    routes,
                                    codes,
                                    attendance_sql,
                                    states,
                                    steps,
                                    .words = attendance_words,
                                    .file = "evidence",
                                    .extend = figures_register};
