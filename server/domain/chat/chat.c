/* What was said in a meeting's chat (发言文字): for all who see the meeting, the newest first. A
 * page that was told the newest entries by the room asks for those before one of them. */
#include "domain/list.h"

#include <stddef.h>

#include "store/people.h"

static const Field fields[] = {
    TEXT("name", 0, 200, .flags = GIVEN | PERSONAL),
    TEXT("text", 1, 2000, .flags = GIVEN | LINES | PERSONAL),
    TIME("at", .flags = GIVEN),
    REF("meeting", "meeting", .flags = GIVEN),
    REF("person", "person", .flags = GIVEN | PERSONAL),
    ID("before", .at = ""),
    END,
};

static const Grant grants[] = {
    {SIGNED_IN, "all", "read", NULL}, {ROLE_STAFF, "all", "export", NULL}, {0}};

static const List of_meeting = {NULL, NULL, "-seq", "before", 200};

static const Route routes[] = {
    {R_LIST, "meetings/{meeting}/chat", "read", .list = &of_meeting, .on = "meeting.read"},
    {0},
};

extern const char chat_sql[], chat_words[];
const Subject subject_chat = {"chat", "chat_message", fields,   grants,
                              routes, NULL,           chat_sql, .words = chat_words};
