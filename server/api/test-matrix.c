/* Every route as everybody: whoever is not named here as allowed must be refused. The expectation
 * is written out by hand, not taken from the route table that it checks. */
#include <glib.h>
#include <string.h>

#include "api/bed.h"
#include "api/endpoint.h"
#include "model/describe.h"
#include "model/serve.h"
#include "model/why.h"

#define M(who) (1u << (who))
#define SIGNED (M(WHO_COUNT) - 1 - M(ANYBODY))
#define INVITED (M(MEMBER) | M(HOST) | M(GUEST) | M(STAFF))
#define RUNS (M(HOST) | M(STAFF))
#define ACCOUNTS (SIGNED & ~(M(GUEST) | M(OTHER_GUEST)))
#define MEMBERS (M(MEMBER) | M(HOST) | M(STRANGER))
#define ADMINS (M(SYSTEM_ADMIN) | M(SECURITY_ADMIN) | M(AUDIT_ADMIN))

static const struct {
  const char *name;
  unsigned allowed;
} expected[] = {
    {"getOpenapi", SIGNED | M(ANYBODY)},
    {"createSession", SIGNED | M(ANYBODY)},
    {"createSessionByLink", SIGNED | M(ANYBODY)},
    {"readAccountLink", SIGNED | M(ANYBODY)},
    {"setUpAccount", SIGNED | M(ANYBODY)},
    {"getSession", SIGNED},
    {"deleteSession", SIGNED},
    {"changePassword", ACCOUNTS},
    {"beginSecondFactor", ACCOUNTS},
    {"confirmSecondFactor", ACCOUNTS},
    {"renewRecoveryCodes", ACCOUNTS},
    {"removeSecondFactor", ACCOUNTS},
    {"meeting.list", SIGNED},
    {"meeting.list_live", SIGNED},
    {"meeting.list_today", SIGNED},
    {"meeting.list_upcoming", SIGNED},
    {"meeting.list_past", SIGNED},
    {"meeting.create", M(STAFF)},
    {"meeting.read", INVITED},
    {"meeting.why", INVITED},
    {"meeting.edit", RUNS},
    {"meeting.events", RUNS},
    {"meeting.hand_out", M(STAFF)},
    {"meeting.open", RUNS},
    {"meeting.end", RUNS},
    {"meeting.cancel", RUNS},
    {"meeting.reopen", 0},
    {"joinMeeting", INVITED},
    {"event.list", RUNS},
    {"chat.list", INVITED},
    {"invitation.list", RUNS},
    {"invitation.create", RUNS},
    {"invitation.edit", RUNS},
    {"invitation.revoke", RUNS},
    {"invitation.link", M(STAFF)},
    {"meeting.move_window", M(STAFF)},
    {"attendance.list", RUNS},
    {"attendance.list_of_person", SIGNED}, /* of what each may see */
    {"attendance.read", RUNS | M(MEMBER)}, /* whose it is */
    {"attendance.events", RUNS},
    {"attendance.confirm", M(STAFF)},
    {"attendance.decide", M(STAFF)},
    {"getPresence", RUNS},
    {"previewWindow", RUNS},
    {"person.list", M(STAFF) | ADMINS},
    {"person.read", M(STAFF) | ADMINS},
    {"person.events", M(STAFF) | ADMINS},
    {"person.create", M(STAFF) | M(SYSTEM_ADMIN)},
    {"person.edit", M(STAFF) | M(SYSTEM_ADMIN)},
    {"person.set_roles", M(SECURITY_ADMIN)},
    {"person.unlock", M(SECURITY_ADMIN)},
    {"person.sign_out", M(SECURITY_ADMIN)},
    {"org.list", ACCOUNTS},
    {"org.read", ACCOUNTS},
    {"org.events", M(STAFF) | ADMINS},
    {"org.create", M(STAFF) | M(SYSTEM_ADMIN)},
    {"org.edit", M(STAFF) | M(SYSTEM_ADMIN)},
    {"org.rename", M(STAFF) | M(SYSTEM_ADMIN)},
    {"org.close", M(STAFF) | M(SYSTEM_ADMIN)},
    {"post.list_of_person", ACCOUNTS},
    {"post.list_of_org", ACCOUNTS},
    {"post.read", ACCOUNTS},
    {"post.events", M(STAFF) | ADMINS},
    {"post.create", M(STAFF) | M(SYSTEM_ADMIN)},
    {"post.end", M(STAFF) | M(SYSTEM_ADMIN)},
    {"post.reopen", 0},
    {"role_holder.list", ACCOUNTS},
    {"role_holder.read", ADMINS | M(STRANGER)},
    {"role_holder.events", ADMINS | M(STRANGER)},
    {"role_holder.give", M(SECURITY_ADMIN)},
    {"role_holder.ask", M(SECURITY_ADMIN)},
    {"role_holder.confirm", M(SECURITY_ADMIN)},
    {"role_holder.refuse", M(SECURITY_ADMIN)},
    {"role_holder.withdraw", M(SECURITY_ADMIN)},
    {"role_holder.end", M(SECURITY_ADMIN)},
    {"dict_item.list", ACCOUNTS},
    {"dict_item.list_all", ACCOUNTS},
    {"dict_item.read", ACCOUNTS},
    {"dict_item.events", ADMINS},
    {"dict_item.create", M(SYSTEM_ADMIN)},
    {"dict_item.edit", M(SYSTEM_ADMIN)},
    {"dict_item.place", M(SYSTEM_ADMIN)},
    {"dict_item.withdraw", M(SYSTEM_ADMIN)},
    {"term.list", ACCOUNTS},
    {"term.read", ACCOUNTS},
    {"term.events", M(STAFF) | ADMINS},
    {"term.create", M(SYSTEM_ADMIN)},
    {"term.edit", M(SYSTEM_ADMIN)},
    {"term_session.list", ACCOUNTS},
    {"term_session.list_of_term", ACCOUNTS},
    {"term_session.read", ACCOUNTS},
    {"term_session.events", M(STAFF) | ADMINS},
    {"term_session.create", M(SYSTEM_ADMIN)},
    {"term_session.edit", M(SYSTEM_ADMIN)},
    {"term_session.window", 0},
    {"calendar_year.list", ACCOUNTS},
    {"calendar_year.read", ACCOUNTS},
    {"calendar_year.events", M(STAFF) | ADMINS},
    {"calendar_year.load", M(SYSTEM_ADMIN)},
    {"calendar_year.check", M(SYSTEM_ADMIN)},
    {"calendar_year.activate", M(SYSTEM_ADMIN)},
    {"calendar_year.refuse", M(SYSTEM_ADMIN)},
    {"calendar_year.replace", 0},
    {"notice.list", ACCOUNTS},
    {"notice.list_of_record", M(STAFF)},
    {"notice.read", M(STRANGER)},
    {"notice.tick", M(STRANGER)},
    {"inbox.read", M(STRANGER)},
    {"inbox.edit", M(STRANGER)},
    {"inbox.tick_all", M(STRANGER)},
    {"inbox.test", M(STRANGER)},
    {"delivery.list", M(SYSTEM_ADMIN)},
    {"delivery.read", M(SYSTEM_ADMIN)},
    {"delivery.retry", M(SYSTEM_ADMIN)},
    {"push_device.list", ACCOUNTS},
    {"push_device.read", M(STRANGER)},
    {"push_device.create", ACCOUNTS},
    {"push_device.drop", M(STRANGER)},
    {"absence.list", ACCOUNTS},
    {"absence.list_coming", ACCOUNTS},
    {"absence.list_of_person", ACCOUNTS},
    {"absence.read", M(STAFF) | M(STRANGER)},
    {"absence.events", M(STRANGER)},
    {"absence.create", ACCOUNTS},
    {"absence.edit", M(STRANGER)},
    {"absence.cancel", M(STRANGER)},
    {"deadline_rule.list", ACCOUNTS},
    {"deadline_rule.list_all", ACCOUNTS},
    {"deadline_rule.read", ACCOUNTS},
    {"deadline_rule.make", M(SYSTEM_ADMIN)},
    {"member_profile.list", MEMBERS | M(STAFF)},
    {"member_profile.read", MEMBERS | M(STAFF)},
    {"member_profile.events", M(STAFF) | M(STRANGER)},
    {"member_profile.add", M(STAFF)},
    {"member_profile.enter", M(STAFF)},
    {"member_profile.import", M(STAFF)},
    {"member_profile.edit", M(STAFF)},
    {"member_profile.admit", M(STAFF)},
    {"member_profile.renew", M(STAFF)},
    {"member_profile.share", M(STRANGER)},
    {"member_profile.invite", M(STAFF)},
    {"member_profile.list_register", MEMBERS | M(STAFF)},
    {"member_profile.suspend", 0},
    {"member_profile.restore", 0},
    {"member_profile.leave", 0},
    {"member_profile.merge", 0},
    {"person_merge.list", M(STAFF)},
    {"person_merge.read", M(STAFF)},
    {"person_merge.events", M(STAFF)},
    {"person_merge.propose", M(STAFF)},
    {"person_merge.confirm", 0},
    {"person_merge.refuse", 0},
    {"person_merge.withdraw", M(STAFF)},
    {"member_change.list", MEMBERS | M(STAFF)},
    {"member_change.read", M(STAFF)},
    {"member_change.events", M(STAFF)},
    {"member_change.ask", M(STAFF)},
    {"member_change.confirm", 0},
    {"member_change.refuse", 0},
    {"member_change.withdraw", M(STAFF)},
    {"term_file.list_of_member", MEMBERS | M(STAFF)},
    {"term_file.list", MEMBERS | M(STAFF)},
    {"term_file.read", M(STAFF) | M(STRANGER)},
    {"term_file.events", M(STAFF) | M(STRANGER)},
    {"term_file.open", 0},
    {"term_file.join", 0},
    {"term_file.edit", M(STAFF)},
    {"term_file.report", M(STAFF) | M(STRANGER)},
    {"change_request.list", MEMBERS | M(STAFF)},
    {"change_request.list_pending", MEMBERS | M(STAFF)},
    {"change_request.list_of_person", MEMBERS | M(STAFF)},
    {"change_request.read", M(STAFF) | M(STRANGER)},
    {"change_request.events", M(STAFF) | M(STRANGER)},
    {"change_request.propose", MEMBERS},
    {"change_request.accept", M(STAFF)},
    {"change_request.refuse", M(STAFF)},
    {"change_request.withdraw", M(STRANGER)},
    {"delegation.list", ACCOUNTS},
    {"delegation.list_on_day", ACCOUNTS},
    {"delegation.read", M(STRANGER) | M(MEMBER) | M(SECURITY_ADMIN)},
    {"delegation.events", M(STRANGER) | M(MEMBER) | M(SECURITY_ADMIN)},
    {"delegation.create", M(MEMBER) | M(STRANGER) | M(HOST) | M(STAFF)},
    {"delegation.revoke", M(STRANGER) | M(SECURITY_ADMIN)},
    {"setting.list", M(STAFF) | ADMINS},
    {"setting.list_all", M(STAFF) | ADMINS},
    {"setting.read", M(STAFF) | ADMINS},
    {"setting.set", M(SYSTEM_ADMIN)},
    {"job.list", M(SYSTEM_ADMIN)},
    {"session.list", ACCOUNTS},
    {"login_failure.list", M(SECURITY_ADMIN) | M(SYSTEM_ADMIN)},
    {"saved_view.list", ACCOUNTS},
    {"saved_view.read", M(STRANGER)},
    {"saved_view.create", ACCOUNTS},
    {"saved_view.edit", M(STRANGER)},
    {"saved_view.drop", M(STRANGER)},
    {"getStorage", M(SYSTEM_ADMIN)},
    {"getLines", M(SYSTEM_ADMIN)},
    {"getAuditProof", M(AUDIT_ADMIN)},
    {"getRights", ADMINS},
    {"getOwnVerbs", ACCOUNTS},
    {"getAuditChain", M(AUDIT_ADMIN)},
    {"getRightsTable", ADMINS},
    {"integration.list", ADMINS},
    {"integration.read", ADMINS},
    {"integration.events", ADMINS},
    {"integration.create", M(SYSTEM_ADMIN)},
    {"integration.edit", M(SYSTEM_ADMIN)},
    {"integration.set_secret", M(SYSTEM_ADMIN)},
    {"paper_template.list", M(SYSTEM_ADMIN)},
    {"paper_template.read", M(SYSTEM_ADMIN)},
    {"paper_template.withdraw", M(SYSTEM_ADMIN)},
    {"getPaperFile", M(SYSTEM_ADMIN)},
    {"putPaperFile", M(SYSTEM_ADMIN)},
    {"getPrinting", ACCOUNTS},
    {"person.import", M(STAFF) | M(SYSTEM_ADMIN)},
    {"import_plan.list", M(STAFF) | M(SYSTEM_ADMIN)}, /* of his own */
    {"import_plan.read", M(STAFF)},
    {"import_plan.events", M(STAFF)},
    {"import_plan.commit", M(STAFF)},
    {"import_plan.discard", M(STAFF)},
    {"import_plan.revert", M(STAFF)},
    {"import_row.list_of_import", M(STAFF) | M(SYSTEM_ADMIN)},
    {"resetPassword", M(SYSTEM_ADMIN)},
    {"audit.list", M(AUDIT_ADMIN)},
    {"search", SIGNED},
    {"createAttachment", ACCOUNTS},
    {"getAttachment", M(STRANGER)},
    {"getShown", M(STRANGER)},
    {"getThumbnail", M(STRANGER)},
    {"getOwnData", ACCOUNTS},
    {"listRecordings", SIGNED},
    {"getRecording", INVITED},
    {"recording.list", SIGNED}, /* of meetings that each may see */
    {"recording.read", INVITED | M(AUDIT_ADMIN)},
    {"recording.events", M(STAFF) | M(AUDIT_ADMIN)},
    {"recording.hold", M(STAFF)},
    {"recording.release", M(STAFF)},
    {"recording.remove", M(STAFF)},
    {"recording.warn", 0},
    {"recording.expire", 0},
    {"getRecordingFile", INVITED},
};

/* Why one sees a record is told to who sees it. */
static unsigned allowed_of(const char *asked) {
  g_auto(GStrv) parts = g_strsplit(asked, "." WHY_VERB, 2);
  g_autofree char *read = parts[1] ? g_strconcat(parts[0], ".read", NULL) : NULL;
  const char *name = read ? read : asked;
  for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
    if (strcmp(expected[i].name, name) == 0)
      return expected[i].allowed;
  g_error("%s is not in the expectation", name);
}

/* With the bed's rows in it. */
static char *path_of(const Bed *bed, const Endpoint *endpoint) {
  const struct {
    const char *mark, *id;
  } rows[] = {
      {"{meeting}", bed->meeting},       {"{person}", bed->signed_in[STRANGER].id},
      {"{attachment}", bed->attachment}, {"{recording}", bed->recording},
      {"{name}", "program-1.webm"},      {"{form}", "person.roster"},
  };
  g_autoptr(GString) path = g_string_new(endpoint->path);
  for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
    g_string_replace(path, rows[i].mark, rows[i].id, 0);
  return g_strdup(path->str);
}

/* One route, of ours or of a subject's. */
typedef struct {
  char *name, *path;
  HttpMethod method;
  bool open; /* to whoever has no session */
} Probe;

static void clear_probe(void *pointer) {
  Probe *probe = pointer;
  g_free(probe->name);
  g_free(probe->path);
}

/* A subject's {name} stands for a row of it: of people the stranger. */
static char *record_path(const Bed *bed, const Route *route, const char *verb) {
  const struct {
    const char *mark, *id, *verb; /* NULL: whichever it is */
  } rows[] = {
      {"{person}", bed->signed_in[STRANGER].id},
      {"{inbox}", bed->signed_in[STRANGER].id},
      {"{org}", bed->org},
      {"{post}", bed->post},
      {"{meeting}", bed->meeting},
      {"{invitation}", bed->guest_invitation},
      {"{attendance}", bed->attendance},
      {"{recording}", bed->recording},
      {"{import_plan}", bed->import},
      {"{notice}", bed->notice},
      {"{delivery}", bed->delivery},
      {"{push_device}", bed->push_device},
      {"{saved_view}", bed->saved_view},
      {"{dict_item}", bed->dict_item},
      {"{setting}", bed->setting},
      {"{absence}", bed->absence},
      {"{deadline_rule}", bed->deadline_rule},
      {"{member_profile}", bed->member_profile},
      {"{person_merge}", bed->person_merge},
      {"{member_change}", bed->member_change},
      {"{term_file}", bed->term_file},
      {"{change_request}", bed->change_request},
      {"{delegation}", bed->delegation},
      {"{integration}", bed->integration},
      {"{paper_template}", bed->paper_template},
      {"{calendar_year}", bed->year_checked, "activate"},
      {"{calendar_year}", bed->year_loaded},
      {"{term}", bed->term},
      {"{term_session}", bed->term_session},
      {"{role_holder}", bed->role_held, "end"},
      {"{role_holder}", bed->role_own, "withdraw"},
      {"{role_holder}", bed->role_asked},
  };
  g_autoptr(GString) path = g_string_new(route->path);
  for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
    if (!rows[i].verb || strcmp(rows[i].verb, verb) == 0)
      g_string_replace(path, rows[i].mark, rows[i].id, 0);
  g_assert_null(strchr(path->str, '{'));
  if (route->kind == R_STEPS || strcmp(verb, WHY_VERB) == 0)
    g_string_append_printf(path, "/%s", verb);
  return g_strdup(path->str);
}

static void add_record(GArray *probes, const Bed *bed, const Info *info, const Route *route,
                       const char *verb) {
  Probe probe = {operation_name(info, route, verb, false), record_path(bed, route, verb),
                 route_method(route), false};
  g_array_append_val(probes, probe);
}

static GArray *all_routes(const Bed *bed) {
  GArray *probes = g_array_new(FALSE, FALSE, sizeof(Probe));
  g_array_set_clear_func(probes, clear_probe);
  const Endpoint *endpoint;
  for (unsigned n = 0; (endpoint = endpoint_at(n)); n++) {
    Probe probe = {g_strdup(endpoint->name), path_of(bed, endpoint), endpoint->method,
                   endpoint->access & FOR_ANYBODY};
    g_array_append_val(probes, probe);
  }
  for (unsigned i = 0; i < model_count(bed->context->model); i++) {
    const Info *info = model_info(bed->context->model, i);
    for (const Route *route = info->subject->routes; route->path; route++) {
      if (route->kind == R_ONE)
        add_record(probes, bed, info, route, WHY_VERB);
      if (route->kind != R_STEPS)
        add_record(probes, bed, info, route, route->verb);
      for (const Step *step = info->subject->steps; route->kind == R_STEPS && step->verb; step++)
        if (*step->from)
          add_record(probes, bed, info, route, step->verb);
    }
  }
  return probes;
}

/* A refusal is 401, 403 or 404; the body {"unknown":1} fails validation, after all rights were
 * checked, so that nothing changes: 422 means "allowed". Routes that take no body are asked
 * without one when they only read. */
static void test_matrix(void) {
  Bed *bed = bed_new();
  g_autoptr(GArray) probes = all_routes(bed);
  unsigned refused = 0, let_in = 0;
  for (unsigned i = 0; i < probes->len; i++) {
    const Probe *probe = &g_array_index(probes, Probe, i);
    unsigned allowed = allowed_of(probe->name);
    for (Who who = 0; who < WHO_COUNT; who++) {
      g_autoptr(ApiResponse) response =
          bed_ask(bed, who, method_name(probe->method), probe->path,
                  probe->method == HTTP_GET ? NULL : "{\"unknown\":1}");
      bool is_refusal =
          response->status == 401 || response->status == 403 || response->status == 404;
      bool is_success = response->status / 100 == 2 || response->status == 422 ||
                        response->status == 409; /* in another state than the row is in */
      bool wanted = allowed & M(who);
      if (is_refusal == wanted || is_success != wanted)
        g_error("%s as %s: %d %s", probe->name, who_names[who], response->status,
                response->body->str);
      if (who == ANYBODY && !wanted)
        g_assert_cmpint(response->status, ==, 401);
      g_assert_cmpuint(response->effects->len, ==, 0);
      *(wanted ? &let_in : &refused) += 1;
    }
  }
  g_test_message("%u routes, %u let in, %u refused", probes->len, let_in, refused);
  bed_free(bed);
}

/* What each camera and microphone sent is for the office alone: neither listed nor given. */
static void test_tracks(void) {
  Bed *bed = bed_new();
  g_autofree char *show = g_strdup_printf("recordings/%s", bed->recording);
  g_autofree char *track = g_strconcat(show, "/files/track-1-1-mic.webm", NULL);
  for (Who who = 0; who < WHO_COUNT; who++) {
    g_autoptr(ApiResponse) listed = bed_ask(bed, who, "GET", show, NULL);
    g_autoptr(ApiResponse) all = bed_ask(bed, who, "GET", "recordings", NULL);
    g_autoptr(ApiResponse) given = bed_ask(bed, who, "GET", track, NULL);
    bool wanted = who == STAFF;
    if ((strstr(listed->body->str, "track-1-1-mic") != NULL) != wanted ||
        (strstr(all->body->str, "track-1-1-mic") != NULL) != wanted ||
        (given->status == 200) != wanted || (given->file != NULL) != wanted)
      g_error("tracks as %s: %d %s", who_names[who], given->status, listed->body->str);
    if (!wanted)
      g_assert_cmpint(given->status, ==, who == ANYBODY ? 401 : 404);
  }
  bed_free(bed);
}

/* The same without the token, with a wrong one, or from a foreign page: nothing that changes
 * anything gets through. */
static void test_forgery(void) {
  Bed *bed = bed_new();
  g_autoptr(GArray) probes = all_routes(bed);
  for (unsigned i = 0; i < probes->len; i++) {
    const Probe *probe = &g_array_index(probes, Probe, i);
    if (probe->method == HTTP_GET)
      continue;
    for (unsigned kind = 0; kind < 4; kind++) {
      ApiRequest *request = bed_request(bed, STAFF, method_name(probe->method), probe->path, NULL);
      if (kind == 0) {
        g_clear_pointer(&request->csrf, g_free);
      } else if (kind == 1) {
        g_free(request->csrf);
        request->csrf = g_strdup(bed->signed_in[MEMBER].csrf);
      } else if (kind == 2) {
        request->csrf[strlen(request->csrf) - 1] ^= 1;
      } else {
        request->origin_ok = false;
      }
      if (probe->open && kind < 3) {
        api_request_free(request);
        continue;
      }
      g_autoptr(ApiResponse) response = bed_send(bed, request);
      if (response->status != 403)
        g_error("%s with forgery %u: %d", probe->name, kind, response->status);
    }
  }
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/matrix/roles", test_matrix);
  g_test_add_func("/matrix/tracks", test_tracks);
  g_test_add_func("/matrix/forgery", test_forgery);
  return g_test_run();
}
