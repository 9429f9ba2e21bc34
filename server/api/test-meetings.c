/* Meetings through the API: planned and moved, who is invited, who attended, what was recorded. */
#include <string.h>

#include "api/bed.h"
#include "base/clock.h"
#include "store/statement.h"

static bool end_vacant(sqlite3 *db, void *data, GError **error) {
  g_autoptr(Statement) end =
      db_prepare(db,
                 "update meeting set state = 'ended', ended_at = :now, ended_mono_us = 1,"
                 " ended_boot = 'x', ended_by_itself = 1 where id = :id",
                 error);
  statement_text(end, ":id", ((Bed *)data)->meeting);
  statement_int(end, ":now", clock_wall_ms());
  return statement_run(end, error);
}

static int64_t link_expiry(Bed *bed) {
  g_autofree char *path = bed_path(bed, "meetings/MEETING/invitations?limit=200");
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  size_t index;
  json_t *row;
  int64_t expires_ms = 0;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    if (strcmp(answer_text(row, "id"), bed->guest_invitation) == 0)
      expires_ms = answer_number(row, "link_expires_at");
  }
  json_decref(page);
  return expires_ms;
}

/* A postponed meeting takes its links along (store/link-expiry.h has the cases). */
static void test_postponed(void) {
  Bed *bed = bed_new();
  g_autofree char *path = bed_path(bed, "meetings/MEETING");
  int64_t before_ms = link_expiry(bed), week_ms = 7 * 24 * 3600 * INT64_C(1000);
  json_t *meeting = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_autofree char *later = g_strdup_printf("{\"planned_start\":%" G_GINT64_FORMAT
                                           ",\"planned_end\":%" G_GINT64_FORMAT "}",
                                           answer_number(meeting, "planned_start") + week_ms,
                                           answer_number(meeting, "planned_end") + week_ms);
  json_decref(meeting);
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", path, later));
  g_assert_cmpint(link_expiry(bed), ==, before_ms + week_ms);
  json_decref(bed_expect(bed, 200, GUEST, "GET", "session", NULL));
  bed_free(bed);
}

/* People who can be invited are found by the server: administrators and who is invited already are
 * not among them. */
static void test_invitable(void) {
  Bed *bed = bed_new();
  g_autofree char *path =
      g_strdup_printf("people?limit=200&invitable=true&invite_to=%s", bed->meeting);
  json_t *page = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  size_t index;
  json_t *row;
  bool stranger = false;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    const char *id = answer_text(row, "id");
    g_assert_cmpstr(id, !=, bed->signed_in[MEMBER].id);
    g_assert_cmpstr(id, !=, bed->signed_in[HOST].id);
    g_assert_cmpstr(id, !=, bed->signed_in[SYSTEM_ADMIN].id);
    g_assert_cmpstr(id, !=, bed->signed_in[AUDIT_ADMIN].id);
    stranger |= strcmp(id, bed->signed_in[STRANGER].id) == 0;
  }
  g_assert_true(stranger);
  g_assert_cmpint(answer_number(page, "total"), ==,
                  (int64_t)json_array_size(json_object_get(page, "items")));
  json_decref(page);
  g_autofree char *invitations = bed_path(bed, "meetings/MEETING/invitations");
  g_autofree char *admin = g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"attend\"}",
                                           bed->signed_in[SECURITY_ADMIN].id);
  bed_refused(bed, 422, "invalid", STAFF, "POST", invitations, admin);
  bed_free(bed);
}

/* What ended by itself staff can take back; what a person ended nobody can. */
static void test_reopen(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *reopen = bed_path(bed, "meetings/MEETING/reopen");
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reopen, NULL);
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  bed_write(bed, end_vacant, bed);
  bed_refused(bed, 403, "forbidden", HOST, "POST", reopen, NULL);
  json_t *meeting = bed_expect(bed, 200, STAFF, "POST", reopen, NULL);
  g_assert_cmpstr(answer_text(meeting, "state"), ==, "live");
  g_assert_true(json_is_null(json_object_get(meeting, "reopen_until")));
  json_decref(meeting);
  meeting = bed_expect(bed, 200, STAFF, "POST", end, NULL);
  g_assert_true(json_is_null(json_object_get(meeting, "reopen_until")));
  json_decref(meeting);
  bed_refused(bed, 403, "forbidden", STAFF, "POST", reopen, NULL);
  bed_free(bed);
}

static void test_meeting(void) {
  Bed *bed = bed_new();
  int64_t now = clock_wall_ms();
  g_autofree char *body = g_strdup_printf(
      "{\"title\":\"水环境治理协商\",\"planned_start\":%" G_GINT64_FORMAT
      ",\"planned_end\":%" G_GINT64_FORMAT ",\"host\":\"%s\",\"auto_record\":true,"
      "\"invitations\":[{\"person\":\"%s\",\"capacity\":\"observe\"},"
      "{\"guest_name\":\"张工\",\"organisation\":\"水务局\",\"capacity\":\"invited\"}]}",
      now, now + 3600000, bed->signed_in[HOST].id, bed->signed_in[MEMBER].id);
  g_autoptr(ApiResponse) made = bed_ask(bed, STAFF, "POST", "meetings", body);
  g_assert_cmpint(made->status, ==, 201);
  g_assert_true(g_str_has_prefix(made->location, "/api/v1/meetings/"));
  const char *path = made->location + strlen("/api/v1/");
  json_t *seen = bed_expect(bed, 200, MEMBER, "GET", path, NULL);
  g_assert_cmpstr(answer_text(json_object_get(seen, "my"), "capacity"), ==, "observe");
  g_assert_cmpint(answer_number(json_object_get(seen, "counts"), "expected"), ==, 3);
  json_decref(seen);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", path, NULL);
  bed_refused(bed, 403, "forbidden", MEMBER, "PATCH", path, "{\"title\":\"x\"}");
  bed_refused(bed, 422, "invalid", HOST, "PATCH", path, "{\"state\":\"ended\"}");
  g_autofree char *host = g_strdup_printf("{\"host\":\"%s\"}", bed->signed_in[MEMBER].id);
  bed_refused(bed, 403, "forbidden", HOST, "PATCH", path, host);
  g_autoptr(ApiResponse) changed = bed_ask(bed, HOST, "PATCH", path, "{\"title\":\"新标题\"}");
  g_assert_cmpint(changed->status, ==, 200);
  g_assert_cmpuint(changed->effects->len, ==, 1);
  g_autofree char *join = g_strconcat(path, "/join", NULL);
  json_t *token = bed_expect(bed, 200, MEMBER, "POST", join, NULL);
  g_assert_cmpuint(strlen(answer_text(token, "token")), ==, 52);
  json_decref(token);
  g_autofree char *open = g_strconcat(path, "/open", NULL);
  g_autofree char *end = g_strconcat(path, "/end", NULL);
  bed_refused(bed, 409, "wrong_state", HOST, "POST", end, NULL);
  json_t *live = bed_expect(bed, 200, HOST, "POST", open, NULL);
  g_assert_cmpstr(answer_text(live, "state"), ==, "live");
  json_decref(live);
  g_autoptr(ApiResponse) ended = bed_ask(bed, STAFF, "POST", end, NULL);
  g_assert_cmpint(ended->status, ==, 200);
  g_assert_cmpint(g_array_index(ended->effects, Effect, 0).kind, ==, EFFECT_MEETING_CHANGED);
  bed_refused(bed, 409, "meeting_ended", MEMBER, "POST", join, NULL);
  g_autofree char *events = g_strconcat(path, "/events", NULL);
  json_t *log = bed_expect(bed, 200, STAFF, "GET", events, NULL);
  g_assert_cmpuint(json_array_size(json_object_get(log, "items")), ==, 2);
  json_decref(log);
  g_autofree char *chat = g_strconcat(path, "/chat", NULL);
  json_t *said = bed_expect(bed, 200, MEMBER, "GET", chat, NULL);
  g_assert_cmpint(answer_number(said, "total"), ==, 0);
  json_decref(said);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", chat, NULL);
  g_autofree char *beyond = g_strconcat(chat, "?after=nothing", NULL);
  bed_refused(bed, 422, "invalid", MEMBER, "GET", beyond, NULL);
  bed_free(bed);
}

static void test_invitations(void) {
  Bed *bed = bed_new();
  g_autofree char *path = bed_path(bed, "meetings/MEETING/invitations");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path, "{\"capacity\":\"attend\"}");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path,
              "{\"guest_name\":\"a\",\"capacity\":\"king\"}");
  bed_refused(bed, 422, "invalid", STAFF, "POST", path, NULL);
  g_autofree char *twice =
      g_strdup_printf("{\"person\":\"%s\",\"capacity\":\"attend\"}", bed->signed_in[MEMBER].id);
  bed_refused(bed, 409, "invitation.invited", STAFF, "POST", path, twice);
  json_t *page = bed_expect(bed, 200, HOST, "GET", path, NULL);
  g_assert_cmpint(answer_number(page, "total"), ==, 3);
  g_assert_null(json_object_get(json_array_get(json_object_get(page, "items"), 0), "link"));
  json_decref(page);
  g_autofree char *one = g_strconcat(path, "/", bed->guest_invitation, NULL);
  json_t *changed = bed_expect(bed, 200, STAFF, "PATCH", one, "{\"capacity\":\"observe\"}");
  g_assert_cmpstr(answer_text(changed, "capacity"), ==, "observe");
  json_decref(changed);
  bed_refused(bed, 403, "forbidden", HOST, "PATCH", one, "{\"capacity\":\"host\"}");
  bed_refused(bed, 403, "forbidden", HOST, "POST", path,
              "{\"guest_name\":\"a\",\"capacity\":\"host\"}");
  json_decref(bed_expect(bed, 200, HOST, "PATCH", one, "{\"capacity\":\"attend\"}"));
  json_decref(bed_expect(bed, 200, STAFF, "PATCH", one, "{\"capacity\":\"host\"}"));
  g_autofree char *revoke = g_strconcat(one, "/revoke", NULL);
  g_autoptr(ApiResponse) revoked = bed_ask(bed, STAFF, "POST", revoke, NULL);
  g_assert_cmpint(revoked->status, ==, 200);
  const Effect *effect = &g_array_index(revoked->effects, Effect, 0);
  g_assert_cmpint(effect->kind, ==, EFFECT_PERSON_REVOKED);
  g_assert_cmpstr(effect->meeting, ==, bed->meeting);
  g_assert_cmpstr(effect->person, ==, bed->signed_in[GUEST].id);
  bed_refused(bed, 401, "signed_out", GUEST, "GET", "session", NULL);
  /* Another meeting's invitation under this meeting's path. */
  g_autofree char *other = g_strdup_printf("meetings/%s/invitations/%s/revoke", bed->other_meeting,
                                           bed->guest_invitation);
  bed_refused(bed, 404, "not_found", STAFF, "POST", other, NULL);
  bed_free(bed);
}

static unsigned count_audit(Bed *bed, const char *kind) {
  json_t *page = bed_expect(bed, 200, AUDIT_ADMIN, "GET", "audit?limit=200", NULL);
  unsigned count = 0;
  size_t index;
  json_t *row;
  json_array_foreach(json_object_get(page, "items"), index, row) {
    if (g_strcmp0(answer_text(row, "kind"), kind) == 0)
      count++;
  }
  json_decref(page);
  return count;
}

/* Over HTTP: confirmed, taken back, and taken away as the table that it was before it was a record,
 * with its fingerprint in the audit record. */
static void test_attendance(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *path = bed_path(bed, "meetings/MEETING/attendance");
  g_autofree char *decide = g_strdup_printf("attendance/%s/decide", bed->attendance);
  g_autofree char *undo = g_strdup_printf("attendance/%s/undo", bed->attendance);
  g_autofree char *csv =
      bed_path(bed, "meetings/MEETING/attendance.csv?words=zh&columns=person.name,person.sector,"
                    "person.organisation,code,person.kind,capacity,first_in,last_out,"
                    "window,present_s,connections,drafted,result,late,left_early,remark,"
                    "decided_by.name,decided_at");
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  json_decref(bed_expect(bed, 200, STAFF, "POST", end, NULL));
  json_t *rows = bed_expect(bed, 200, HOST, "GET", path, NULL);
  g_assert_cmpuint(json_array_size(json_object_get(rows, "items")), ==, 3);
  json_decref(rows);
  bed_refused(bed, 403, "forbidden", HOST, "POST", decide, "{\"result\":\"leave\"}");
  json_decref(bed_expect(bed, 200, STAFF, "POST", decide,
                         "{\"result\":\"leave\",\"remark\":\"书面请假\"}"));
  g_autofree char *meeting = bed_path(bed, "meetings/MEETING");
  json_t *shown = bed_expect(bed, 200, MEMBER, "GET", meeting, NULL);
  g_assert_cmpint(answer_number(json_object_get(shown, "counts"), "attended"), ==,
                  0); /* on leave */
  g_assert_cmpint(answer_number(shown, "present_s"), ==, 0);
  json_decref(shown);
  g_autoptr(ApiResponse) sheet = bed_ask(bed, STAFF, "GET", csv, NULL);
  g_assert_cmpint(sheet->status, ==, 200);
  g_autofree char *text = NULL;
  g_assert_true(g_file_get_contents(sheet->file, &text, NULL, NULL));
  g_assert_true(g_str_has_prefix(
      text,
      "\xef\xbb\xbf"
      "\"姓名\",\"姓名 界别\",\"姓名 单位\",\"编号\",\"姓名 类别\",\"身份\",\"首次进入\","
      "\"最后离开\",\"时段起\",\"时段止\",\"有效秒数\",\"连接次数\",\"初步认定\",\"初判迟到\","
      "\"初判早退\",\"确认结果\",\"确认迟到\",\"确认早退\",\"备注\",\"确认人\",\"确认时间\""));
  g_assert_nonnull(strstr(text, "\"请假\",\"按时\",\"未早退\",\"书面请假\",\"staff\""));
  g_assert_cmpuint(count_audit(bed, "attendance.export"), ==, 1);
  json_decref(bed_expect(bed, 200, STAFF, "POST", undo, "{}"));
  bed_refused(bed, 409, "undo_gone", STAFF, "POST", undo, "{}");
  shown = bed_expect(bed, 200, MEMBER, "GET", meeting, NULL);
  g_assert_true(json_is_null(json_object_get(json_object_get(shown, "counts"), "attended")));
  json_decref(shown);
  bed_free(bed);
}

static Moment later(void *user) {
  Moment now = moment_now();
  now.wall_ms += 60000;
  now.mono_us += INT64_C(60000000);
  return now;
}

/* The window is previewed over HTTP and moved, with a reason that the picture shows. */
static void test_window(void) {
  Bed *bed = bed_new();
  g_autofree char *open = bed_path(bed, "meetings/MEETING/open");
  g_autofree char *end = bed_path(bed, "meetings/MEETING/end");
  g_autofree char *path = bed_path(bed, "meetings/MEETING/presence");
  g_autofree char *window = bed_path(bed, "meetings/MEETING/window");
  json_t *picture = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  g_assert_true(json_is_null(json_object_get(picture, "window"))); /* not yet opened */
  g_assert_cmpint(answer_number(json_object_get(picture, "rules"), "late_after_min"), ==, 10);
  json_decref(picture);
  json_decref(bed_expect(bed, 200, STAFF, "POST", open, NULL));
  bed->context->now = later; /* it lasts a minute */
  json_decref(bed_expect(bed, 200, STAFF, "POST", end, NULL));
  picture = bed_expect(bed, 200, STAFF, "GET", path, NULL);
  int64_t from = answer_number(json_object_get(picture, "window"), "from");
  int64_t to = answer_number(json_object_get(picture, "window"), "to");
  g_assert_cmpint(to - from, >=, 59000);
  json_decref(picture);
  g_autofree char *ask = g_strdup_printf("%s/window?from=%" G_GINT64_FORMAT "&to=%" G_GINT64_FORMAT,
                                         path, from, to - 30000);
  json_t *preview = bed_expect(bed, 200, HOST, "GET", ask, NULL);
  g_assert_cmpint(answer_number(json_object_get(preview, "counts"), "absent"), ==, 3);
  json_decref(preview);
  g_autofree char *body =
      g_strdup_printf("{\"window_from\":%" G_GINT64_FORMAT ",\"window_to\":%" G_GINT64_FORMAT
                      ",\"window_reason\":\"已宣布散会\"}",
                      from, to - 30000);
  json_decref(bed_expect(bed, 200, STAFF, "POST", window, body));
  picture = bed_expect(bed, 200, HOST, "GET", path, NULL);
  const json_t *now = json_object_get(picture, "window");
  g_assert_cmpint(answer_number(now, "to"), ==, to - 30000);
  g_assert_cmpint(answer_number(json_object_get(now, "default"), "to"), ==, to);
  g_assert_cmpstr(answer_text(json_object_get(now, "changed"), "reason"), ==, "已宣布散会");
  json_decref(picture);
  bed_free(bed);
}

static bool nothing(sqlite3 *db, void *data, GError **error) {
  return true;
}

static void test_recordings(void) {
  Bed *bed = bed_new();
  g_autofree char *path = g_strconcat("recordings/", bed->recording, NULL);
  g_autofree char *file = g_strconcat(path, "/files/program-1.webm", NULL);
  json_t *page = bed_expect(bed, 200, MEMBER, "GET", "recordings", NULL);
  g_assert_cmpint(answer_number(page, "total"), ==, 1);
  json_decref(page);
  page = bed_expect(bed, 200, STRANGER, "GET", "recordings", NULL);
  g_assert_cmpint(answer_number(page, "total"), ==, 0);
  json_decref(page);
  bed_refused(bed, 404, "not_found", STRANGER, "GET", file, NULL);
  for (int i = 0; i < 3; i++) {
    g_autoptr(ApiResponse) played = bed_ask(bed, MEMBER, "GET", file, NULL);
    g_assert_cmpint(played->status, ==, 200);
    g_assert_true(g_str_has_prefix(played->file, bed->config->recordings_dir));
    g_assert_cmpstr(played->content_type, ==, "video/webm");
  }
  static const char *const names[] = {"..", "%2e%2e", "program-1.webm.", "PROGRAM-1.WEBM", ".x"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *bad = g_strconcat(path, "/files/", names[i], NULL);
    bed_refused(bed, 404, "not_found", STAFF, "GET", bad, NULL);
  }
  bed_write(bed, nothing, NULL); /* behind the queued records */
  /* One for the stranger, one for the member's three requests, five for the wrong names. */
  g_assert_cmpuint(count_audit(bed, "recording.view"), ==, 7);
  for (unsigned i = 0; i < 40; i++) {
    g_autofree char *guess = g_strdup_printf("%s/files/guess-%u", path, i);
    bed_refused(bed, 404, "not_found", STRANGER, "GET", guess, NULL);
  }
  bed_write(bed, nothing, NULL);
  g_assert_cmpuint(count_audit(bed, "recording.view"), ==, 7 + 19); /* 20 of the stranger's */
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/reopen", test_reopen);
  g_test_add_func("/api/invitable", test_invitable);
  g_test_add_func("/api/postponed", test_postponed);
  g_test_add_func("/api/meeting", test_meeting);
  g_test_add_func("/api/invitations", test_invitations);
  g_test_add_func("/api/attendance", test_attendance);
  g_test_add_func("/api/window", test_window);
  g_test_add_func("/api/recordings", test_recordings);
  return g_test_run();
}
