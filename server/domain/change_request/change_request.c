/* Changes of his data that a member asks for (信息变更): who keeps the register decides, within the
 * limit `change`. What is accepted is written by the other subject's own edit, with its checks and
 * its history; nobody decides what he asked for himself. */
#include "domain/list.h"

#include <string.h>

#include "domain/member_profile/member_profile.h"
#include "model/dict.h"
#include "model/subcase.h"
#include "model/take.h"

/* Of the account, and of the profile; each is a field of that subject. */
#define OF_PERSON "name"
#define OF_PROFILE                                                                                 \
  "sex birth_date nation native_place education political_affiliation work_unit work_title "       \
  "unit_kind in_system social_posts honours expertise focus phone"

static const Field fields[] = {
    REF("person", "person", .flags = ONCE | GIVEN),
    WORD("field", OF_PERSON " " OF_PROFILE, .flags = ONCE),
    TEXT("old", 1, 500, .flags = GIVEN | OPTIONAL | PERSONAL | LINES),
    TEXT("new", 1, 500, .flags = ONCE | OPTIONAL | PERSONAL | LINES),
    TEXT("reason", 1, 200, .flags = ONCE | PERSONAL),
    REF("decided_by", "person", .flags = GIVEN | OPTIONAL),
    TEXT("note", 1, 500, .flags = OPTIONAL | PERSONAL),
    /* Its number: the day, and which of that day it is. */
    DATE("asked_on", .flags = GIVEN | ONCE | OPTIONAL),
    INT("number", 1, 999999, .flags = GIVEN | ONCE | OPTIONAL),
    TEXT("serial_no", 13, 15, .at = "", .flags = GIVEN | OPTIONAL, .about = "YYYYMMDD-NNNN"),
    END,
};

static const Grant grants[] = {
    {ROLES_PERSONAL, "own", "read withdraw print", NULL},
    {ROLES_PERSONAL, "all", "propose", NULL},
    {ROLES_REGISTER, "all", "read accept refuse export print", NULL},
    {0},
};

static const State states[] = {
    {"pending", STATE_OPEN},
    {"accepted", STATE_FINAL},
    {"refused", STATE_FINAL},
    {"withdrawn", STATE_FINAL},
    {0},
};

/* ---- the field that it is about ---- */

typedef struct {
  const char *subject, *id;
  const Field *field;
} Target;

/* The field `name` of the person's records; "@value" is what it is now. false: why is said. */
static bool find_target(Call *call, const char *person, const char *name, Target *target) {
  bool found, account = shape_has(OF_PERSON, name, NULL);
  const char *subject = account ? "person" : "member_profile";
  call_let(call, "whose", person);
  call_let(call, "about", name);
  if (!call_get(call, "target", &found))
    return false;
  *target = (Target){subject, call_text(call, account ? "@holder" : "@profile"),
                     field_find(model_find(call->model, subject)->subject->fields, name)};
  return target->id || call_refuse(call, "change_request.no_profile");
}

/* The new value under its own name in that record, checked as an edit of it would be; what is wrong
 * is said of `new`, which is what the request has. */
static bool take_new(const Target *target, const char *text, Values *values, Problem *problem) {
  g_auto(Values) taken = {NULL};
  Field said = *target->field;
  said.name = "new";
  if (!text) {
    values_null(values, target->field->name);
    return (said.flags & OPTIONAL) || problem_add(problem, said.name, "missing", NULL);
  }
  if (!take_text(&said, text, &taken, problem))
    return false;
  const Value *value = values_find(&taken, said.name);
  if (value->kind == VALUE_INT)
    values_int(values, target->field->name, value->number);
  else
    values_text(values, target->field->name, value->text);
  return true;
}

/* Whether the dictionary has the value today, where the field is of one. */
static bool find_offered(Call *call, const Target *target, const char *text, bool *offered) {
  *offered = true;
  return target->field->type != F_DICT || !text || dict_offers(call, target->field, text, offered);
}

/* ---- steps ---- */

static bool may_submit(Call *call) {
  bool may;
  return member_may_submit(call, call_text(call, "@me"), &may) &&
         (may || call_refuse(call, "change_request.not_active"));
}

static bool is_new(Call *call, const Target *target) {
  g_auto(Values) values = {NULL};
  const char *text = call_text(call, ":new");
  bool offered;
  if (!find_offered(call, target, text, &offered))
    return false;
  if (!offered)
    return problem_add(&call->problem, "new", "words", NULL);
  if (!take_new(target, text, &values, &call->problem))
    return false;
  const Value *value = values_find(&values, target->field->name);
  if (value->kind == VALUE_TEXT) /* as it would be kept: free words, without blanks */
    values_text(&call->asked, "new", value->text);
  return g_strcmp0(call_text(call, ":new"), call_text(call, "@value")) != 0 ||
         call_refuse(call, "change_request.same");
}

static bool may_propose(Call *call) {
  Target target;
  if (!may_submit(call) ||
      !find_target(call, call_text(call, "@me"), call_text(call, ":field"), &target))
    return false;
  if (call_int(call, "@pending"))
    return call_refuse(call, "change_request.pending");
  call_default(call, "person", call_text(call, "@me"));
  call_default(call, "old", call_text(call, "@value"));
  call_default(call, "asked_on", call_text(call, "@today"));
  return is_new(call, &target);
}

/* Whoever decides saw what it was when it was asked: another value that it got since is not written
 * over unseen. */
static bool has_moved(const Call *call) {
  const char *now = call_text(call, "@value");
  return g_strcmp0(now, call_text(call, "$old")) != 0 &&
         g_strcmp0(now, call_text(call, "$new")) != 0;
}

/* As it may be now: the dictionary may have changed since it was asked. Whoever decides says
 * nothing of the value, so that he is told a reason and not a field. */
static bool accepted(Call *call) {
  g_auto(Values) values = {NULL};
  Target target;
  bool offered;
  if (!find_target(call, call_text(call, "$person_id"), call_text(call, "$field"), &target))
    return false;
  if (has_moved(call))
    return call_refuse(call, "change_request.moved");
  const char *text = call_text(call, "$new");
  if (!find_offered(call, &target, text, &offered))
    return false;
  if (!offered)
    return call_refuse(call, "change_request.not_offered");
  return take_new(&target, text, &values, &call->problem) &&
         call_edit(call, target.subject, target.id, "edit", &values);
}

static const Number serial = {"number", "@today"};
static const Step steps[] = {
    {"", "propose", "pending", .guard = may_propose, .due = "+change", .notice = "asked>register",
     .number = &serial},
    {"pending", "accept", "accepted", .in = "note?", .effect = accepted, .due = "-change",
     .notice = "accepted>asker", .flags = DECIDES | BULK},
    {"pending", "refuse", "refused", .in = "note", .due = "-change", .notice = "refused>asker",
     .flags = DECIDES},
    {"pending", "withdraw", "withdrawn", .due = "-change"},
    {0},
};

static const List all = {NULL, NULL, "-created_at", "state field person due", 200};
static const List pending = {"pending", "pending", "due -created_at", "field person due", 200};
static const List of_person = {"of_person", "of_person", "-created_at", "state", 200};

static const Route routes[] = {
    {R_LIST, "change_requests", "read", .list = &all},
    {R_LIST, "change_requests/pending", "read", .list = &pending},
    {R_LIST, "people/{person}/change_requests", "read", .list = &of_person},
    {R_ONE, "change_requests/{change_request}", "read"},
    {R_EVENTS, "change_requests/{change_request}/events", "read"},
    {R_CREATE, "change_requests", "propose", .in = "field new? reason"},
    {R_STEPS, "change_requests/{change_request}", NULL},
    {0},
};

static const Paper papers[] = {
    {"form", "print", .get = "printed", .words = "signature"},
    {0},
};

static const Code codes[] = {{"change_request.not_active", 409},
                             {"change_request.no_profile", 409},
                             {"change_request.pending", 409},
                             {"change_request.same", 422},
                             {"change_request.moved", 409},
                             {"change_request.not_offered", 409},
                             {0}};

static const NoticeKind notices[] = {
    {"asked", .params = "name"},         {"accepted", 0},
    {"refused", .params = "note"},       {"due", .params = "name until"},
    {"overdue", .params = "name until"}, {0}};

extern const char change_request_sql[], change_request_words[];
const Subject subject_change_request = {"change_request",
                                        "change_request",
                                        fields,
                                        grants,
                                        routes,
                                        codes,
                                        change_request_sql,
                                        states,
                                        steps,
                                        .words = change_request_words,
                                        .notices = notices,
                                        .file = "read",
                                        .papers = papers};
