/* Merging duplicates (重复人员合并): who keeps the register proposes which of two accounts of one
 * person stays, another of them confirms. All that refers to the duplicate refers to the survivor
 * then, in one transaction, found by the schema's foreign keys (store/references.h); the duplicate
 * stays as an alias that names the survivor, and nobody signs in with it any more. */
#include "domain/person_merge/person_merge.h"

#include <string.h>

#include "domain/list.h"
#include "domain/member_profile/member_profile.h"
#include "domain/person_merge/twin.h"
#include "model/subcase.h"
#include "store/references.h"

const char *const person_merge_kept[] = {
    /* recorded as it happened */
    "attendance.decided_by", "attendance.person", "attendance_decision.by",
    "attendance_decision.person", "attendance_undo.by", "attendance_window.by",
    "calendar_year.created_by", "case_event.actor", "case_event.on_behalf", "chat_message.person",
    "deadline_rule.created_by", "due.waived_by", "meeting_event.person",
    "member_profile.created_by", "person_merge.created_by", "person_merge.decided_by",
    "person_merge.duplicate", "presence_segment.person", "recording_entry.held_by",
    "recording_entry.removed_by", "recording_file.person", "role_holder.created_by",
    "role_holder.granted_by", "role_holder.person", "setting_value.created_by",
    /* with the presence at a meeting; those to meetings that never opened, `confirmed` moves */
    "invitation.person",
    /* ways in, and what an account has once */
    "account_link.person", "credential.person", "inbox.id", "join_token.person",
    "kept_answer.person", "login_failure.person", "password_history.person", "second_factor.person",
    "session.person", NULL};

const char *const person_merge_twice[] = {"delegation.deputy",
                                          "delegation.giver",
                                          "meeting_standing.person",
                                          "member_profile.person",
                                          "notice_entry.person",
                                          "person_merge.survivor",
                                          NULL};

static const Field fields[] = {
    REF("duplicate", "person", .flags = ONCE),
    REF("survivor", "person", .flags = ONCE),
    TEXT("reason", 1, 200, .flags = ONCE | PERSONAL),
    REF("decided_by", "person", .flags = GIVEN | OPTIONAL),
    TEXT("note", 1, 500, .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_REGISTER, "all", "read propose confirm refuse export", NULL},
    {ROLES_REGISTER, "proposer", "withdraw", NULL},
    {0},
};

static const State states[] = {
    {"proposed", STATE_OPEN},
    {"merged", STATE_FINAL},
    {"refused", STATE_FINAL},
    {"withdrawn", STATE_FINAL},
    {0},
};

/* Two members' accounts, and neither is an alias or has a part in the office. */
static bool fits(Call *call) {
  bool found, made = call_said(call, ":duplicate");
  call_let(call, "from", call_text(call, made ? ":duplicate" : "$duplicate_id"));
  call_let(call, "into", call_text(call, made ? ":survivor" : "$survivor_id"));
  if (!call_get(call, "fitting", &found))
    return false;
  if (call_int(call, "@fitting") != 2)
    return call_refuse(call, "person_merge.not_these");
  if (!call_get(call, "second_profile", &found))
    return false;
  /* Confirmed later, it would change a row that is an alias. */
  return (!found || !call_int(call, "@changing") ||
          call_refuse(call, "person_merge.change_asked")) &&
         twin_may_join(call);
}

static bool may_propose(Call *call) {
  bool found;
  return fits(call) && call_get(call, "proposed", &found) &&
         (!found || call_refuse(call, "person_merge.proposed"));
}

static bool shut(Call *call) {
  g_auto(Values) values = {NULL};
  values_int(&values, "active", 0);
  return call_edit(call, "person", call_text(call, "@from"), "edit", &values);
}

/* Where both are in the register one row of it is an alias too, and what it has of terms and
 * changes is the other's. */
static bool retire_profile(Call *call) {
  static const char *const kept[] = {"member_standing.member_profile", NULL};
  static const char *const twice[] = {NULL};
  const char *second = call_text(call, "@second");
  return !second || (call_step(call, "member_profile", second, "merge", NULL) &&
                     references_move(call->db, "member_profile", second, call_text(call, "@first"),
                                     kept, twice, &call->error) &&
                     call_run(call, "standing"));
}

static bool confirmed(Call *call) {
  call_effect(call, EFFECT_NAMES_CHANGED, NULL, NULL, NULL);
  return shut(call) && twin_join(call) && retire_profile(call) &&
         references_move(call->db, "person", call_text(call, "@from"), call_text(call, "@into"),
                         person_merge_kept, person_merge_twice, &call->error) &&
         call_run(call, "confirmed");
}

static const Step steps[] = {
    {"", "propose", "proposed", .guard = may_propose, .notice = "proposed>register"},
    {"proposed", "confirm", "merged", .in = "note?", .guard = fits, .effect = confirmed,
     .notice = "merged>proposer", .flags = DECIDES},
    {"proposed", "refuse", "refused", .in = "note", .notice = "refused>proposer", .flags = DECIDES},
    {"proposed", "withdraw", "withdrawn", .in = "note?"},
    {0},
};

static const List all = {NULL, NULL, "-created_at", "state", 200};

static const Route routes[] = {
    {R_LIST, "person_merges", "read", .list = &all},
    {R_ONE, "person_merges/{person_merge}", "read"},
    {R_EVENTS, "person_merges/{person_merge}/events", "read"},
    {R_CREATE, "person_merges", "propose", .in = "duplicate survivor reason"},
    {R_STEPS, "person_merges/{person_merge}", NULL},
    {0},
};

static const Code codes[] = {{"person_merge.not_these", 409},
                             {"person_merge.proposed", 409},
                             {"person_merge.change_asked", 409},
                             {"person_merge.both_ask", 409},
                             {"person_merge.other_way", 409},
                             {"person_merge.too_much", 409, .params = "term"},
                             {0}};

static const NoticeKind notices[] = {{"proposed", .params = "name"},
                                     {"merged", .params = "name"},
                                     {"refused", .params = "name"},
                                     {0}};

extern const char person_merge_sql[], person_merge_words[];
const Subject subject_person_merge = {"person_merge",
                                      "person_merge",
                                      fields,
                                      grants,
                                      routes,
                                      codes,
                                      person_merge_sql,
                                      states,
                                      steps,
                                      .words = person_merge_words,
                                      .notices = notices};
