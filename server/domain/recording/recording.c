/* Recordings (录制): what was recorded of a meeting, in one part or several, is one time line and
 * one record. The recorder writes the parts (recordings/catalog.h), from which the database makes
 * the record; here it is read: by who may see the meeting, which stands with the meeting alone, and
 * by the audit administrator, who sees that it is there and plays nothing. What one plays is the
 * program; everybody's single tracks, what each camera and microphone sent all the time, are
 * evidence for the office. The files are sent by api/recordings.c. */
#include "domain/list.h"

#include "model/call.h"
#include "store/people.h"

static const Field gap_parts[] = {
    INT("at_ms", 0, INT64_MAX),
    INT("for_ms", 0, INT64_MAX),
    WORD("cause", "stopped broken",
         .about = "somebody stopped recording and began again, or it broke off"),
    END,
};
static const Field gap = OBJECT("gap", "RecordingGap", gap_parts);
static const Field person_parts[] = {ID("id"), RAW("name", 0, INT32_MAX), END};
static const Field file_parts[] = {
    RAW("name", 1, INT32_MAX),
    WORD("kind", "program track"),
    INT("part", 0, INT32_MAX),
    INT("track", 0, INT32_MAX),
    RAW("source", 0, INT32_MAX),
    OBJECT("person", "Someone", person_parts, .flags = OR_NULL),
    INT("start_ms", 0, INT64_MAX, .about = "from the recording's started_at"),
    INT("duration_ms", 0, INT64_MAX),
    INT("bytes", 0, INT64_MAX),
    RAW("sha256", 0, INT32_MAX, .flags = OR_NULL, .about = "null while it is written"),
    WORD("type", "video/webm audio/webm"),
    RAW("url", 1, INT32_MAX),
    END,
};
static const Field file = OBJECT("file", "RecordingFile", file_parts);
static const Field digest_parts[] = {
    ID("recording", .about = "the part"),
    INT("files", 0, INT32_MAX),
    RAW("sha256", 0, INT32_MAX, .about = "over their names and hashes"),
    END,
};
static const Field digest = OBJECT("digest", "RecordingDigest", digest_parts);

static const Field fields[] = {
    REF("meeting", "meeting", .flags = GIVEN),
    WORD("state", "recording ready interrupted failed removed", .flags = GIVEN),
    TIME("started_at", .flags = GIVEN),
    TIME("ended_at", .at = "", .flags = GIVEN | OPTIONAL),
    INT("duration_ms", 0, INT64_MAX, .at = "", .flags = GIVEN),
    INT("bytes", 0, INT64_MAX, .at = "", .flags = GIVEN, .about = "of the program"),
    LIST("gaps", 0, INT32_MAX, &gap, .at = "", .flags = GIVEN,
         .about = "where nothing was recorded"),
    LIST("files", 0, INT32_MAX, &file, .at = "", .see = "play", .flags = GIVEN | PERSONAL,
         .about = "of the program"),
    INT("all_bytes", 0, INT64_MAX, .at = "", .see = "tracks", .flags = GIVEN,
        .about = "with the single tracks"),
    LIST("tracks", 0, INT32_MAX, &file, .at = "", .see = "tracks", .flags = GIVEN | PERSONAL,
         .about = "everybody's single ones"),
    LIST("digests", 0, INT32_MAX, &digest, .at = "", .see = "prove", .flags = GIVEN,
         .about = "what the audit record has of the files of each part"),
    /* of lists */
    DATE("since", .at = "", .about = "begun on this day or later"),
    DATE("until", .at = "", .about = "the last day"),
    TEXT("q", 1, 64, .at = "", .about = "part of the meeting's title"),
    END,
};

static const Grant grants[] = {
    {SIGNED_IN, "meeting.read", "read play", NULL},
    {ROLE_STAFF, "meeting.read", "tracks prove export", NULL},
    {ROLE_AUDIT_ADMIN, "all", "read prove export", NULL},
    {0},
};

static const List all = {NULL, NULL, "-started_at", "meeting state since until q", 200};

static const Route routes[] = {
    {R_LIST, "recordings", "read", .list = &all},
    {R_ONE, "recordings/{recording}", "read"},
    {0},
};

extern const char recording_sql[], recording_words[];
const Subject subject_recording = {
    "recording",   "recording_entry",       fields, grants, routes, NULL,
    recording_sql, .words = recording_words};
