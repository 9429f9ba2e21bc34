/* Notices (通知), as they lie in somebody's inbox: a row is one person's entry, with what happened
 * to which record. Only he reads it; whoever works on the record sees who has read it and who has
 * not. What happened is posted by the steps of other subjects (model/notice.h). */
#include "domain/list.h"

#include "model/call.h"
#include "store/people.h"

/* Beside the inbox, which everybody has. */
static const Field way_parts[] = {
    WORD("channel", "email sms webhook push"),
    WORD("state", "queued sent failed read"),
    TIME("at"),
    END,
};
static const Field way = OBJECT("way", "Way", way_parts);

static const Field fields[] = {
    REF("person", "person", .flags = GIVEN),
    TEXT("code", 1, 60, .at = "notice", .flags = GIVEN),
    WORD("severity", "normal urgent", .at = "notice", .flags = GIVEN),
    TEXT("subject", 1, 40, .of = "a-z_", .at = "notice", .flags = GIVEN),
    ID("record", .at = "notice", .flags = GIVEN),
    INT("times", 1, INT32_MAX, .at = "notice", .flags = GIVEN),
    /* What the words have braces for: it may name what only who is told may know. */
    TEXT("params", 2, 4000, .see = "read", .at = "notice", .flags = GIVEN),
    TIME("posted_at", .flags = GIVEN),
    TIME("read_at", .flags = GIVEN | OPTIONAL),
    /* For who works on the record, too. */
    LIST("ways", 0, 4, &way, .see = "follow", .at = "delivery", .flags = GIVEN,
         .about = "by which it was sent besides, and what became of that"),
    BOOL("unread", .at = ""),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "own", "read tick export", NULL},
    {ROLES_OFFICE, "clerk", "follow", NULL},
    {0},
};

static bool tick(Call *call) {
  return call_run(call, "tick");
}

static const List mine = {NULL, "mine", "-posted_at", "unread severity", 200};
static const List of_record = {"of_record", "of_record", "posted_at", "subject record unread",
                               1000};

static const Route routes[] = {
    {R_LIST, "notices", "read", .list = &mine},
    {R_LIST, "notices/of_record", "follow", .list = &of_record},
    {R_ONE, "notices/{notice}", "read"},
    {R_DO, "notices/{notice}/tick", "tick", .effect = tick, .flags = QUIET},
    {0},
};

extern const char notice_sql[], notice_words[];
const Subject subject_notice = {"notice", "notice_entry", fields,     grants,
                                routes,   NULL,           notice_sql, .words = notice_words};
