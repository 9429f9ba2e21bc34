/* Meetings (会议): who sees them, in which lists, and who runs them. What belongs to one (its
 * invitations, its events, its chat) has routes on the verbs `read` and `run` here.
 *
 * A deputy is whom a host made one in the room (store/standing.h). Whoever came by a personal link
 * has what his invitation to that meeting gives, and nothing else. */
#include "domain/list.h"

#include <string.h>

#include "base/id.h"
#include "domain/invitation/invitation.h"
#include "domain/invitation/move.h"
#include "domain/person/person.h"
#include "duty/attendance.h"
#include "model/part.h"
#include "store/events.h"
#include "store/people.h"
#include "store/presence.h"
#include "store/standing.h"

#define LONGEST_MS (31 * 24 * 3600 * INT64_C(1000)) /* a plan longer than a month is a mistake */

/* One that is invited with the meeting, and a link that is told. */
static const Field invited_parts[] = {
    REF("person", "person", .flags = OPTIONAL),
    TEXT("guest_name", 1, PERSON_NAME_MOST, .flags = OPTIONAL),
    TEXT("organisation", 0, PERSON_ORGANISATION_MOST, .flags = OPTIONAL),
    WORD("capacity", INVITATION_CAPACITIES),
    TIME("expires_at", .flags = OPTIONAL),
    END,
};
static const Field invited = OBJECT("invitation", "InvitationOfMeeting", invited_parts);
static const Field link_parts[] = {REF("invitation", "invitation"), TEXT("link", 1, 300), END};
static const Field handed = OBJECT("link", "InvitationLink", link_parts);

static const Field fields[] = {
    TEXT("title", 1, 200),
    TEXT("topic", 0, 2000, .flags = LINES),
    WORD("type", "consultation", .flags = ONCE),
    TIME("planned_start"),
    TIME("planned_end"),
    TIME("opened_at", .flags = GIVEN | OPTIONAL),
    TIME("ended_at", .flags = GIVEN | OPTIONAL),
    REF("host", "person", .flags = PERSONAL),
    BOOL("auto_record"),
    LIST("invitations", 0, 1000, &invited, .at = ""),
    /* of an act: whose links, and what they are */
    IDS("chosen", 1, 1000, .at = ""),
    LIST("links", 0, 1000, &handed, .at = "", .flags = GIVEN | SECRET),
    WORD("my_capacity", INVITATION_CAPACITIES, .at = "", .flags = GIVEN | OPTIONAL),
    /* of lists: those that one is invited to oneself */
    WORD("whose", "mine", .at = ""),
    /* of the answer: how long one was there oneself, as the attendance counts it */
    INT("present_s", 0, INT32_MAX, .at = "", .flags = GIVEN),
    /* of an act: in which stretch attendance counts */
    TIME("window_from", .at = ""),
    TIME("window_to", .at = ""),
    TEXT("window_reason", 1, 500, .at = "", .flags = LINES),
    END,
};

static const Grant grants[] = {
    {SIGNED_IN, "invited", "read", NULL},
    {SIGNED_IN, "deputy", "open end", NULL},
    {SIGNED_IN, "host", "read run open end cancel export", NULL},
    {SIGNED_IN, "host", "edit invite", "scheduled live"},
    {ROLE_STAFF, "all", "read run create hand_out open end cancel export", NULL},
    {ROLE_STAFF, "all", "edit invite", "scheduled live"},
    {ROLE_STAFF, "all", "move_window", "ended"},
    {ROLE_STAFF, "left", "reopen", NULL},
    {SERVER, "all", "read create end", NULL},
    {0},
};

/* ---- what is planned ---- */

static bool plan_is_good(Call *call) {
  const char *from = call_said(call, ":planned_start") ? ":planned_start" : "$planned_start";
  const char *to = call_said(call, ":planned_end") ? ":planned_end" : "$planned_end";
  int64_t length_ms = call_int(call, to) - call_int(call, from);
  return (length_ms > 0 && length_ms <= LONGEST_MS) ||
         problem_add(&call->problem, "planned_end", "plan", NULL);
}

/* Whom staff name, and who can be invited. */
static bool host_is_good(Call *call) {
  bool found;
  return call_get(call, "host_invitable", &found) &&
         (found || problem_add(&call->problem, "host", "id", NULL));
}

static bool changes_host(const Call *call) {
  return call_said(call, ":host") &&
         strcmp(call_text(call, ":host"), call_text(call, "$host_id")) != 0;
}

static bool may_create(Call *call) {
  return plan_is_good(call) && host_is_good(call);
}

/* The host is invited as such, whatever else is said of him. */
static bool created(Call *call) {
  char id[ID_CHARS + 1];
  const char *host = call_text(call, ":host");
  const Value *said = values_find(&call->asked, "invitations");
  json_t *first = json_pack("{s:s, s:s}", "person", host, "capacity", "host");
  const json_t *list = said ? said->json : NULL;
  bool fine = part_create(call, "invitation", first, id);
  for (size_t i = 0; fine && i < json_array_size(list); i++) {
    const json_t *one = json_array_get(list, i);
    if (g_strcmp0(json_string_value(json_object_get(one, "person")), host) != 0)
      fine = part_create(call, "invitation", one, id);
  }
  json_decref(first);
  g_array_set_size(call->effects, 0); /* nobody is in it yet */
  return fine;
}

/* Who presides is for staff to say, not for the one who presides now. */
static bool may_edit(Call *call) {
  if (call_said(call, ":host") && !(call->roles & ROLE_STAFF))
    return call_refuse(call, "forbidden");
  return plan_is_good(call) && (!changes_host(call) || host_is_good(call));
}

/* The new host is invited as such, and let in; the one before stays invited, to attend. */
static bool appoint(Call *call) {
  char invitation[ID_CHARS + 1];
  id_random(invitation, ID_CHARS);
  call_let(call, "invitation", invitation);
  return call_run(call, "appoint") &&
         standing_step(call->db, call->id, call_text(call, ":host"), STANDING_READMIT, &call->actor,
                       call->now_ms, NULL, &call->error);
}

static bool changed(Call *call) {
  call_effect(call, EFFECT_MEETING_CHANGED, call->id, NULL, NULL);
  return true;
}

/* A meeting that is moved takes its links along. */
static bool edited(Call *call) {
  int64_t old_ms = call_int(call, "$planned_end");
  int64_t new_ms = call_said(call, ":planned_end") ? call_int(call, ":planned_end") : old_ms;
  return (!changes_host(call) || appoint(call)) &&
         invitation_move_links(call->db, call->id, old_ms, new_ms, call->now_ms, &call->error) &&
         changed(call);
}

/* Fresh links of those who are chosen, or of all who are invited: told once, in one answer. */
static bool hand_out(Call *call) {
  bool found;
  const char *chosen = call_text(call, ":chosen");
  if (!chosen && !call_get(call, "all_invited", &found))
    return false;
  json_t *list = json_loads(chosen ? chosen : call_text(call, "@invited"), 0, NULL);
  json_t *links = json_array();
  bool fine = true;
  for (size_t i = 0; fine && i < json_array_size(list); i++) {
    const char *id = json_string_value(json_array_get(list, i));
    json_t *said = NULL;
    fine = part_act(call, "invitation", id, "link", &said);
    if (said)
      json_array_append_new(
          links, json_pack("{s:s, s:O}", "invitation", id, "link", json_object_get(said, "link")));
    json_decref(said);
  }
  json_decref(list);
  call_say(call, "links", links);
  g_array_set_size(call->effects, 0); /* the same of each */
  return fine && changed(call);
}

/* ---- in which stretch attendance counts ---- */

/* Within the meeting; the default's own times set it back. */
static bool may_move_window(Call *call) {
  int64_t from_at = call_int(call, ":window_from"), to_at = call_int(call, ":window_to");
  Window window;
  g_autoptr(Evidence) evidence = evidence_load(call->db, call->id, call_moment(call), &call->error);
  if (!evidence)
    return false;
  if (!attendance_window(evidence, from_at, to_at, &window))
    return call_refuse(call, "meeting.window_outside");
  call_let_int(call, "moved",
               window.from_ms != evidence->usual.from_ms || window.to_ms != evidence->usual.to_ms);
  call_let_int(call, "old_from", evidence_wall_ms(evidence, evidence->window.from_ms));
  call_let_int(call, "old_to", evidence_wall_ms(evidence, evidence->window.to_ms));
  return true;
}

/* The history has the window before, which is computed where nobody moved it. */
static void note_window(Call *call, const char *name, const char *old) {
  g_autofree char *asked = g_strconcat(":", name, NULL);
  json_object_set_new(
      call->detail, name,
      json_pack("[I, I]", (json_int_t)call_int(call, old), (json_int_t)call_int(call, asked)));
}

static bool window_moved(Call *call) {
  note_window(call, "window_from", "@old_from");
  note_window(call, "window_to", "@old_to");
  return call_run(call, "keep_window");
}

/* ---- its states ---- */

/* The event that the room and the attendance read. Nobody ends a meeting that all have left: it
 * ends by itself. */
static bool log_step(Call *call, const char *kind) {
  bool vacant = !call->actor.person;
  json_t *data = vacant ? json_pack("{s:s}", "reason", "vacant") : NULL;
  const MeetingEvent event = {call->id, kind, call->actor.person, NULL, data, call_moment(call)};
  bool fine = event_add(call->db, &event, &call->error);
  json_decref(data);
  return fine && changed(call);
}

static bool opened(Call *call) {
  return log_step(call, "opened");
}

static bool ended(Call *call) {
  return presence_close_meeting(call->db, call->id, call_moment(call), &call->error) &&
         log_step(call, "ended");
}

static bool cancelled(Call *call) {
  return log_step(call, "cancelled");
}

static bool reopened(Call *call) {
  return log_step(call, "reopened");
}

static const State states[] = {
    {"scheduled", STATE_OPEN}, {"live", STATE_OPEN}, {"ended", 0}, {"cancelled", STATE_FINAL}, {0}};

static const Step steps[] = {
    {"", "create", "scheduled"},
    {"scheduled", "open", "live", .effect = opened},
    {"live", "end", "ended", .effect = ended},
    {"scheduled", "cancel", "cancelled", .effect = cancelled},
    {"ended", "reopen", "live", .effect = reopened},
    {0},
};

/* ---- reading ---- */

static bool add_presence(Call *call) {
  int64_t own_ms;
  if (!evidence_own_ms(call->db, call->id, call->actor.person, call_moment(call), &own_ms,
                       &call->error))
    return false;
  call_say(call, "present_s", json_integer(own_ms / 1000));
  return true;
}

static const List live = {"live", "live", "planned_start", "whose", 200};
static const List today = {"today", "today", "planned_start", "whose", 200};
static const List upcoming = {"upcoming", "upcoming", "planned_start", "whose", 200};
static const List past = {"past", "past", "-planned_start", "whose", 200};
static const List all = {NULL, NULL, "-planned_start", "whose", 200};

static const Route routes[] = {
    {R_LIST, "meetings/live", "read", .list = &live},
    {R_LIST, "meetings/today", "read", .list = &today},
    {R_LIST, "meetings/upcoming", "read", .list = &upcoming},
    {R_LIST, "meetings/past", "read", .list = &past},
    {R_LIST, "meetings", "read", .list = &all},
    {R_ONE, "meetings/{meeting}", "read", .effect = add_presence, .out = "present_s"},
    {R_EVENTS, "meetings/{meeting}/history", "run"},
    {R_CREATE, "meetings", "create",
     .in = "title topic? planned_start planned_end host type? auto_record? invitations?",
     .guard = may_create, .effect = created},
    {R_EDIT, "meetings/{meeting}", "edit",
     .in = "title? topic? planned_start? planned_end? host? auto_record?", .guard = may_edit,
     .effect = edited},
    {R_DO, "meetings/{meeting}/links", "hand_out", .in = "chosen?", .effect = hand_out,
     .out = "links"},
    {R_DO, "meetings/{meeting}/window", "move_window", .in = "window_from window_to window_reason",
     .guard = may_move_window, .effect = window_moved},
    {R_STEPS, "meetings/{meeting}", NULL},
    {0},
};

static const Code codes[] = {{"meeting.window_outside", 422}, {0}};

static const Paper papers[] = {
    {"notice", "read", .words = "to opening closing from until host topic how leave"},
    {"sign_in", "export", .rows = "invited", .words = "no sector name organisation signature"},
    {0},
};

extern const char meeting_sql[], meeting_words[];
const Subject subject_meeting = {
    "meeting",       "meeting",   fields, grants, routes,
    codes,           meeting_sql, states, steps,  .words = meeting_words,
    .papers = papers};
