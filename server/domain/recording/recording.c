/* Recordings (录制): what was recorded of a meeting, in one part or several, is one time line and
 * one record. The recorder writes the parts (recordings/catalog.h), from which the database makes
 * the record; here it is read: by who may see the meeting, which stands with the meeting alone, and
 * by the audit administrator, who sees that it is there and plays nothing. What one plays is the
 * program; everybody's single tracks, what each camera and microphone sent all the time, are
 * evidence for the office. The files are sent by api/recordings.c.
 *
 * Staff remove a recording, or hold it, so that neither they nor its age can. What is removed stays
 * as a row, with who and why and its digests; its files go once that is durable
 * (recordings/removal.h). */
#include "domain/list.h"

#include <string.h>

#include "base/zone.h"
#include "domain/recording/retention.h"
#include "model/call.h"
#include "model/notice.h"
#include "store/people.h"
#include "store/settings.h"

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
    LIST("digests", 0, INT32_MAX, &digest, .at = "", .see = "history", .flags = GIVEN,
         .about = "what the audit record has of the files of each part"),
    TIME("held_at", .flags = GIVEN | OPTIONAL),
    OBJECT("held_by", "Someone", person_parts, .at = "", .see = "history",
           .flags = GIVEN | OPTIONAL | PERSONAL),
    TEXT("hold_reason", 1, 500, .see = "history", .flags = GIVEN | OPTIONAL | LINES),
    TIME("removed_at", .flags = GIVEN | OPTIONAL),
    OBJECT("removed_by", "Someone", person_parts, .at = "", .see = "history",
           .flags = GIVEN | OPTIONAL | PERSONAL),
    TEXT("remove_reason", 1, 500, .see = "history", .flags = GIVEN | OPTIONAL | LINES),
    TIME("purged_at", .see = "history", .flags = GIVEN | OPTIONAL,
         .about = "since then no file of it is on the disk"),
    /* of an act: why */
    TEXT("note", 1, 500, .at = "", .flags = LINES),
    /* of lists */
    DATE("since", .at = "", .about = "begun on this day or later"),
    DATE("until", .at = "", .about = "the last day"),
    BOOL("held", .at = ""),
    TEXT("q", 1, 64, .at = "", .about = "part of the meeting's title"),
    END,
};

static const Grant grants[] = {
    {SIGNED_IN, "meeting.read", "read play", NULL},
    {ROLE_STAFF, "meeting.read", "tracks history export hold release remove", NULL},
    {ROLE_AUDIT_ADMIN, "all", "read history export", NULL},
    {SERVER, "all", "read warn expire", NULL}, /* retention.h */
    {0},
};

#define DAY_MS (24 * 3600 * INT64_C(1000))

static bool is_there(Call *call) {
  return !call_has(call, "$removed_at") || call_refuse(call, "recording.removed");
}

static bool is_free(Call *call) {
  return !call_has(call, "$held_at") || call_refuse(call, "recording.held");
}

static bool may_hold(Call *call) {
  return is_there(call) && is_free(call);
}

static bool may_release(Call *call) {
  return call_has(call, "$held_at") || call_refuse(call, "recording.not_held");
}

/* Not while it is written. */
static bool may_remove(Call *call) {
  return is_there(call) && is_free(call) &&
         (strcmp(call_text(call, "$state"), "recording") != 0 ||
          call_refuse(call, "recording.running"));
}

static bool held(Call *call) {
  return call_run(call, "held");
}

static bool released(Call *call) {
  return call_run(call, "released");
}

/* Its host is told on which day its age removes it, unless somebody holds it. */
static bool warned(Call *call) {
  bool found;
  int64_t days;
  if (!call_get(call, "aged", &found) ||
      !setting_int(call->db, "recording_days", &days, &call->error))
    return false;
  int64_t until_ms =
      MAX(call_int(call, "@ended") + days * DAY_MS, call->now_ms + RECORDING_WARN_DAYS * DAY_MS);
  g_autofree char *until = zone_format(call->zone, until_ms, "%Y-%m-%d");
  call_let(call, "until", until);
  return call_run(call, "warned") && notice_post(call, "expires", "keepers");
}

static bool expired(Call *call) {
  return call_run(call, "expired");
}

static bool removed(Call *call) {
  call_effect(call, EFFECT_RECORDING_REMOVED, NULL, NULL, NULL);
  return call_run(call, "removed");
}

static const List all = {NULL, NULL, "-started_at", "meeting state since until held q", 200};

static const Route routes[] = {
    {R_LIST, "recordings", "read", .list = &all},
    {R_ONE, "recordings/{recording}", "read"},
    {R_EVENTS, "recordings/{recording}/events", "history"},
    {R_DO, "recordings/{recording}/hold", "hold", .in = "note", .guard = may_hold, .effect = held,
     .flags = BULK},
    {R_DO, "recordings/{recording}/release", "release", .in = "note", .guard = may_release,
     .effect = released, .flags = BULK},
    {R_DO, "recordings/{recording}/remove", "remove", .in = "note", .guard = may_remove,
     .effect = removed, .flags = BULK},
    {R_DO, "recordings/{recording}/warn", "warn", .guard = may_remove, .effect = warned},
    {R_DO, "recordings/{recording}/expire", "expire", .guard = may_remove, .effect = expired},
    {0},
};

static const NoticeKind notices[] = {{"expires", 0, "meeting until"}, {0}};

static const Code codes[] = {
    {"recording.held", 409},
    {"recording.not_held", 409},
    {"recording.removed", 409},
    {"recording.running", 409},
    {0},
};

extern const char recording_sql[], recording_words[];
const Subject subject_recording = {"recording",
                                   "recording_entry",
                                   fields,
                                   grants,
                                   routes,
                                   codes,
                                   recording_sql,
                                   .words = recording_words,
                                   .notices = notices};
