/* What happened in a meeting (会议事件), as the room and the store wrote it down (store/events.h):
 * for those who run it. */
#include "domain/list.h"

#include <stddef.h>

static const Field fields[] = {
    TIME("at", .flags = GIVEN),
    INT("mono_us", 0, INT64_MAX, .flags = GIVEN),
    TEXT("kind", 1, 40, .flags = GIVEN),
    REF("meeting", "meeting", .flags = GIVEN),
    REF("person", "person", .flags = GIVEN | OPTIONAL | PERSONAL),
    END,
};

static const Grant grants[] = {{SIGNED_IN, "all", "read export", NULL}, {0}};

static const List of_meeting = {NULL, NULL, "seq", NULL, 200};

static const Route routes[] = {
    {R_LIST, "meetings/{meeting}/events", "read", .list = &of_meeting, .on = "meeting.run"},
    {0},
};

extern const char event_sql[], event_words[];
const Subject subject_event = {"event",   "meeting_event",      fields,      grants, routes, NULL,
                               event_sql, .words = event_words, .key = "seq"};
