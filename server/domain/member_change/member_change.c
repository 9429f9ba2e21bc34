/* How a member stands (委员状态变更): suspended, restored, gone. Who keeps the register asks, with
 * a document; a leader confirms, neither who asked nor whom it is about. What is confirmed is done
 * at once, by the member's own steps (member_profile). */
#include "domain/list.h"

#include <string.h>

#include "domain/member_profile/member_profile.h"
#include "model/subcase.h"

static const Field fields[] = {
    REF("member_profile", "member_profile", .flags = ONCE),
    WORD("kind", "suspend restore leave", .flags = ONCE),
    DATE("day", .flags = ONCE, .about = "from which it holds; not in the future"),
    DICT("exit", "member_exit", .flags = ONCE | OPTIONAL | PERSONAL),
    TEXT("reason", 1, 500, .flags = ONCE | PERSONAL | LINES),
    TEXT("document_no", 1, 60, .flags = ONCE | OPTIONAL),
    FILES("documents", 5, .flags = ONCE),
    REF("decided_by", "person", .flags = GIVEN | OPTIONAL),
    TEXT("note", 1, 500, .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_REGISTER, "all", "read ask export", NULL},
    {ROLES_REGISTER, "asker", "withdraw", NULL},
    {ROLE_LEADER, "all", "read confirm refuse", NULL},
    {ROLES_PERSONAL, "own", "read", "done"},
    {0},
};

static const State states[] = {
    {"asked", STATE_OPEN},
    {"done", STATE_FINAL},
    {"refused", STATE_FINAL},
    {"withdrawn", STATE_FINAL},
    {0},
};

static bool is_documented(Call *call) {
  const char *files = call_text(call, ":documents");
  return call_has(call, ":document_no") || (files && strcmp(files, "[]") != 0) ||
         call_refuse(call, "member_change.no_document");
}

static bool may_ask(Call *call) {
  bool found;
  bool leaves = strcmp(call_text(call, ":kind"), "leave") == 0;
  if (leaves != call_has(call, ":exit"))
    return problem_add(&call->problem, "exit", leaves ? "missing" : "unknown", NULL);
  if (strcmp(call_text(call, ":day"), call_text(call, "@today")) > 0)
    return call_refuse(call, "member_change.not_yet");
  if (!call_get(call, "standing", &found))
    return false;
  if (!found)
    return call_refuse(call, "member_change.unknown");
  if (call_int(call, "@asked"))
    return call_refuse(call, "member_change.asked");
  return (call_int(call, "@fits") || call_refuse(call, "member_change.not_so")) &&
         is_documented(call);
}

static bool confirmed(Call *call) {
  g_auto(Values) values = {NULL};
  if (strcmp(call_text(call, "$kind"), "leave") == 0) {
    values_text(&values, "left_on", call_text(call, "$day"));
    values_text(&values, "exit", call_text(call, "$exit_code"));
  } else {
    values_text(&values, "since", call_text(call, "$day"));
  }
  return call_step(call, "member_profile", call_text(call, "$member_profile_id"),
                   call_text(call, "$kind"), &values);
}

static const Step steps[] = {
    {"", "ask", "asked", .guard = may_ask, .notice = "asked>leaders"},
    {"asked", "confirm", "done", .in = "note?", .effect = confirmed, .notice = "done>member",
     .flags = DECIDES},
    {"asked", "refuse", "refused", .in = "note", .notice = "refused>asker", .flags = DECIDES},
    {"asked", "withdraw", "withdrawn", .in = "note?"},
    {0},
};

static const List all = {NULL, NULL, "-created_at", "state kind member_profile", 200};

static const Route routes[] = {
    {R_LIST, "member_changes", "read", .list = &all},
    {R_ONE, "member_changes/{member_change}", "read"},
    {R_EVENTS, "member_changes/{member_change}/events", "read"},
    {R_CREATE, "member_changes", "ask",
     .in = "member_profile kind day exit? reason document_no? documents?"},
    {R_STEPS, "member_changes/{member_change}", NULL},
    {0},
};

static const Code codes[] = {
    {"member_change.no_document", 422}, {"member_change.not_yet", 422},
    {"member_change.unknown", 422},     {"member_change.asked", 409},
    {"member_change.not_so", 409},      {0},
};

static const NoticeKind notices[] = {
    {"asked", .params = "name"}, {"done", 0}, {"refused", .params = "name"}, {0}};

extern const char member_change_sql[], member_change_words[];
const Subject subject_member_change = {"member_change",
                                       "member_change",
                                       fields,
                                       grants,
                                       routes,
                                       codes,
                                       member_change_sql,
                                       states,
                                       steps,
                                       .words = member_change_words,
                                       .notices = notices,
                                       .file = "read"};
