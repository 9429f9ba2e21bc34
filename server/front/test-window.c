/* Meetings from the first minute to the last on the real server (rooms, dispatch, store, HTTP API)
 * with a clock that the table moves: which window counts, and what is drafted for whom. */
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "domain/subjects.h"
#include "front/bed.h"
#include "front/test-window-cases.h"
#include "store/sessions.h"

#define MINUTE_MS INT64_C(60000)
#define HEARTBEAT_S 60              /* pages say that they live once a minute */
#define TICK_MS 1000                /* the table's own are minutes */
#define NINE INT64_C(1790038800000) /* 2026-09-22 09:00 in Shanghai */
#define OFFER "v=0\r\na=fingerprint:sha-256 AA:01\r\n"

#define PEOPLE_MAX 12

typedef struct {
  Bed *bed;
  int64_t zero_us; /* monotonic time of the planned start */
  int64_t zero_ms; /* its wall clock, before any jump */
  Page *pages[PEOPLE_MAX], *second, *walk_in;
  uint32_t room, peers[PEOPLE_MAX]; /* of who has a track */
} Meeting;

/* ---- asking over HTTP ---- */

typedef struct {
  Meeting *meeting;
  char secret[SECRET_CHARS + 1];
  Session *session;
} Login;

/* Idle sessions end, and a table's meeting lasts hours: each request signs in anew. */
static bool sign_in(sqlite3 *db, void *data, GError **error) {
  Login *login = data;
  const Bed *bed = login->meeting->bed;
  login->session =
      session_begin(db, bed->config, bed->staff, "192.0.2.7", bed->wall_ms, login->secret, error);
  return login->session != NULL;
}

static Moment now_of(void *user) {
  const Bed *bed = user;
  return (Moment){bed->wall_ms, bed->now_us, moment_boot()};
}

static void answered(void *user, ApiResponse *response) {
  *(ApiResponse **)user = response;
}

static void changed(void *user, const char *meeting) {
  assembly_meeting_changed(((Bed *)user)->assembly, meeting);
}

static void other_change(void *user, const char *person) {
  g_assert_not_reached();
}

static void revoked(void *user, const char *meeting, const char *person) {
  g_assert_not_reached();
}

/* The status; out, when wanted, gets the body. */
static int ask(Meeting *m, HttpMethod method, const char *what, const char *body, json_t **out) {
  static const ApiEffects effects = {
      .meeting_changed = changed, .person_changed = other_change, .person_revoked = revoked};
  Bed *bed = m->bed;
  Login login = {m, "", NULL};
  bed_write(bed, sign_in, &login);
  struct Model *model = subjects_model();
  ApiContext *context = api_context_new(bed->config, bed->store, bed->mailbox, NULL, model);
  context->base_url = g_strdup("https://meet.example.org");
  context->now = now_of;
  context->now_user = bed;
  ApiRequest *request = api_request_new();
  request->method = method;
  request->path = g_strdup_printf(API_PREFIX "meetings/%s%s", bed->meeting, what);
  request->cookie = g_strdup(login.secret);
  request->csrf = g_strdup(login.session->csrf);
  request->address = g_strdup("192.0.2.7");
  request->origin_ok = true;
  request->if_match = API_ANY_VERSION;
  request->content_type = g_strdup("application/json");
  if (body)
    g_byte_array_append(request->body, (const guint8 *)body, (guint)strlen(body));
  ApiResponse *response = NULL;
  api_begin(context, request, answered, &response);
  while (!response)
    g_main_context_iteration(NULL, TRUE);
  int status = response->status;
  if (status / 100 == 2)
    api_response_apply(response, &effects, bed);
  if (out)
    *out = json_loadb(response->body->str, response->body->len, 0, NULL);
  api_response_free(response);
  session_free(login.session);
  api_context_stop(context);
  mailbox_drain(bed->mailbox);
  api_context_free(context);
  subjects_free(model);
  bed_settle(bed);
  return status;
}

/* ---- the clock ---- */

static void each_page(Meeting *m, void (*act)(Page *page)) {
  for (unsigned i = 0; i < PEOPLE_MAX; i++)
    if (m->pages[i])
      act(m->pages[i]);
  if (m->second)
    act(m->second);
  if (m->walk_in)
    act(m->walk_in);
}

static void ping(Page *page) {
  if (page->code == 0)
    page_send(page, "{s:s, s:i}", "t", "ping", "at", 1);
  page_forget(page);
}

static void until(Meeting *m, int minute) {
  int64_t target_us = m->zero_us + minute * MINUTE_MS * 1000;
  g_assert_cmpint(m->bed->now_us, <=, target_us);
  while (m->bed->now_us < target_us) {
    bed_pass(m->bed, MIN((target_us - m->bed->now_us) / 1000, HEARTBEAT_S * INT64_C(1000)));
    each_page(m, ping);
  }
  bed_settle(m->bed);
}

/* ---- the steps ---- */

static const char *id_of(const Meeting *m, int person) {
  if (person == WALK_IN)
    return m->bed->staff;
  return person == 0 ? m->bed->host : g_ptr_array_index(m->bed->people, (guint)person - 1);
}

static Page **page_of(Meeting *m, int person) {
  return person == WALK_IN ? &m->walk_in : &m->pages[person];
}

static void leave(Page **page) {
  page_expect(*page, "bye", "{s:s}", "t", "leave");
  page_free(g_steal_pointer(page));
}

static void forget_pages(Meeting *m) {
  for (unsigned i = 0; i < PEOPLE_MAX; i++)
    g_clear_pointer(&m->pages[i], page_free);
  g_clear_pointer(&m->second, page_free);
  g_clear_pointer(&m->walk_in, page_free);
  memset(m->peers, 0, sizeof m->peers);
}

/* A microphone and a screen, as the engine would tell of them. */
static uint32_t track(Meeting *m, int person, Source source) {
  Bed *bed = m->bed;
  if (!m->peers[person]) {
    page_send(m->pages[person], "{s:s, s:s, s:{s:s, s:s}}", "t", "offer", "sdp", OFFER, "sources",
              "0", "mic", "1", "screen");
    const char *call = g_strrstr(bed->calls->str, "peer_open ");
    g_assert_true(call && sscanf(call, "peer_open %u %u", &m->room, &m->peers[person]) == 2);
    bed_events_of()->track(bed->assembly, m->room, 100 + (uint32_t)person, m->peers[person],
                           SOURCE_MIC, true);
  }
  return (source == SOURCE_MIC ? 100 : 200) + (uint32_t)person;
}

static void hear(Meeting *m, int person, bool on) {
  uint32_t number = track(m, person, SOURCE_MIC);
  bed_events_of()->heard(m->bed->assembly, m->room, number, m->peers[person], on);
}

static void share(Meeting *m, int person, bool on) {
  uint32_t number = track(m, person, SOURCE_SCREEN);
  bed_events_of()->track(m->bed->assembly, m->room, number, m->peers[person], SOURCE_SCREEN, on);
}

/* Killed, and back after so many minutes. */
static void restart(Meeting *m, int minutes) {
  bed_crash(m->bed);
  forget_pages(m);
  m->bed->now_us += minutes * MINUTE_MS * 1000;
  m->bed->wall_ms += minutes * MINUTE_MS;
}

/* A page tells its switches as soon as it is in. */
static Page *enter(Meeting *m, int person) {
  Page *page = bed_join(m->bed, id_of(m, person));
  page_expect(page, "ok", "{s:s, s:b, s:b, s:b}", "t", "media", "mic", 0, "camera", 1, "screen", 0);
  return page;
}

static void come(Meeting *m, int first, int last) {
  for (int i = first; i <= last; i++) {
    g_assert_null(*page_of(m, i));
    *page_of(m, i) = enter(m, i);
  }
}

static void move_window(Meeting *m, int from, int to) {
  g_autofree char *body =
      g_strdup_printf("{\"window_from\":%" G_GINT64_FORMAT ",\"window_to\":%" G_GINT64_FORMAT
                      ",\"window_reason\":\"宣布散会\"}",
                      m->zero_ms + from * MINUTE_MS, m->zero_ms + to * MINUTE_MS);
  g_assert_cmpint(ask(m, HTTP_POST, "/window", body, NULL), ==, 200);
}

static void plan_end(Meeting *m, int minute) {
  g_autofree char *body =
      g_strdup_printf("{\"planned_end\":%" G_GINT64_FORMAT "}", m->zero_ms + minute * MINUTE_MS);
  g_assert_cmpint(ask(m, HTTP_PATCH, "", body, NULL), ==, 200);
}

static void say(Meeting *m, const Step *step) {
  Page *page = m->pages[step->a];
  if (step->verb == CHAT)
    page_expect(page, "ok", "{s:s, s:s}", "t", "chat", "text", "同意");
  else if (step->verb == HAND)
    page_expect(page, "ok", "{s:s, s:b}", "t", "hand", "up", 1);
  else if (step->verb == CAMERA)
    page_expect(page, "ok", "{s:s, s:b}", "t", "media", "camera", 0);
  else
    page_expect(m->pages[0], "ok", "{s:s, s:s}", "t", step->verb == FLOOR ? "floor" : "remove",
                "pid", page->pid);
}

static void end(Meeting *m) {
  int status = ask(m, HTTP_POST, "/end", NULL, NULL);
  g_assert_true(status == 200 || status == 409);
  forget_pages(m);
}

static void ended(Meeting *m) {
  g_assert_cmpint(ask(m, HTTP_POST, "/end", NULL, NULL), ==, 409);
  g_assert_cmpint(bed_number(m->bed, "select ended_by_itself from meeting"), ==, 1);
  forget_pages(m);
}

static void take(Meeting *m, const Step *step) {
  until(m, step->at);
  switch (step->verb) {
  case DONE:
    break;
  case OPEN:
    g_assert_cmpint(ask(m, HTTP_POST, "/open", NULL, NULL), ==, 200);
    break;
  case END:
    end(m);
    break;
  case ENDED:
    ended(m);
    break;
  case REOPEN:
    g_assert_cmpint(ask(m, HTTP_POST, "/reopen", NULL, NULL), ==, 200);
    break;
  case COME:
    come(m, step->a, step->b);
    break;
  case GO:
    for (int i = step->a; i <= step->b; i++)
      leave(page_of(m, i));
    break;
  case VANISH:
    for (int i = step->a; i <= step->b; i++)
      g_clear_pointer(page_of(m, i), page_free);
    break;
  case DEVICE:
    m->second = enter(m, step->a);
    break;
  case DEVICE_GO:
    leave(&m->pages[step->a]);
    m->pages[step->a] = g_steal_pointer(&m->second);
    break;
  case TALK:
  case HUSH:
    hear(m, step->a, step->verb == TALK);
    break;
  case SHARE:
  case UNSHARE:
    share(m, step->a, step->verb == SHARE);
    break;
  case REVOKE:
    assembly_person_revoked(m->bed->assembly, m->bed->meeting, id_of(m, step->a));
    break;
  case CHAT:
  case HAND:
  case CAMERA:
  case REMOVE:
  case FLOOR:
    say(m, step);
    break;
  case CRASH:
    restart(m, step->a);
    break;
  case JUMP:
    m->bed->wall_ms += step->a * MINUTE_MS;
    break;
  case PLAN_END:
    plan_end(m, step->a);
    break;
  case MOVE:
    move_window(m, step->a, step->b);
    break;
  case LIMIT:
    m->bed->config->late_after_min = step->a;
    restart(m, 0);
    break;
  }
  bed_settle(m->bed);
}

/* ---- the verdict ---- */

static json_t *row_of(const json_t *rows, const char *person) {
  size_t index;
  json_t *row;
  json_array_foreach(json_object_get(rows, "items"), index, row) {
    if (g_strcmp0(text_at(row, "person.id"), person) == 0)
      return row;
  }
  return NULL;
}

static char *verdict_of(const json_t *row) {
  const json_t *drafted = json_object_get(row, "drafted");
  const char *state = text_at(drafted, "state");
  const char *letter = g_strcmp0(state, "present") == 0    ? "P"
                       : g_strcmp0(state, "observer") == 0 ? "O"
                       : g_strcmp0(state, "absent") == 0   ? "A"
                                                           : "?";
  return g_strconcat(letter, json_is_true(json_object_get(drafted, "late")) ? "l" : "",
                     json_is_true(json_object_get(drafted, "left_early")) ? "e" : "", NULL);
}

static double minute_of(const Meeting *m, const json_t *picture, const char *name) {
  int64_t at = json_integer_value(json_object_get(json_object_get(picture, "window"), name));
  return (double)(at - m->zero_ms) / (double)MINUTE_MS;
}

/* What is not as expected, in words; NULL: all is. */
static char *judge(Meeting *m, const WindowCase *wanted) {
  json_t *rows = NULL, *picture = NULL;
  g_assert_cmpint(ask(m, HTTP_GET, "/attendance", NULL, &rows), ==, 200);
  g_assert_cmpint(ask(m, HTTP_GET, "/presence", NULL, &picture), ==, 200);
  double from = minute_of(m, picture, "from"), to = minute_of(m, picture, "to");
  double slack = wanted->loose ? 1.1 : 0.05;
  g_autoptr(GString) wrong = g_string_new(NULL);
  if (ABS(from - wanted->from) > 0.05 || ABS(to - wanted->to) > slack)
    g_string_append_printf(wrong, " window %.2f-%.2f, not %d-%d", from, to, wanted->from,
                           wanted->to);
  g_auto(GStrv) states = g_strsplit(wanted->states, " ", -1);
  g_assert_cmpuint(g_strv_length(states), ==, (guint)wanted->people);
  for (int i = 0; states[i]; i++) {
    g_autofree char *verdict = verdict_of(row_of(rows, id_of(m, i)));
    if (strcmp(verdict, states[i]) != 0)
      g_string_append_printf(wrong, " person %d %s, not %s", i, verdict, states[i]);
  }
  json_t *walk_in = row_of(rows, m->bed->staff);
  g_autofree char *observer = walk_in ? verdict_of(walk_in) : NULL;
  if (observer && strcmp(observer, "O") != 0)
    g_string_append_printf(wrong, " the walk-in %s, not O", observer);
  json_t *line = json_object_get(picture, "line");
  g_autofree char *whole =
      g_strdup_printf("{\"window_from\":%" G_GINT64_FORMAT ",\"window_to\":%" G_GINT64_FORMAT
                      ",\"window_reason\":\"全程\"}",
                      (int64_t)json_integer_value(json_object_get(line, "from")),
                      (int64_t)json_integer_value(json_object_get(line, "to")));
  if (ask(m, HTTP_POST, "/window", whole, NULL) != 200)
    g_string_append(wrong, " and the window cannot be moved to both ends of the line");
  json_decref(rows);
  json_decref(picture);
  return wrong->len > 0 ? g_strdup(wrong->str) : NULL;
}

/* The meeting that the bed made, at another time. */
static void plan(Meeting *m, int planned_end, int start_hour) {
  Bed *bed = m->bed;
  m->zero_ms = NINE + (start_hour ? start_hour - 9 : 0) * 60 * MINUTE_MS;
  bed->wall_ms = m->zero_ms - 90 * MINUTE_MS;
  m->zero_us = bed->now_us + 90 * MINUTE_MS * 1000;
  g_autofree char *body = g_strdup_printf("{\"planned_start\":%" G_GINT64_FORMAT
                                          ",\"planned_end\":%" G_GINT64_FORMAT "}",
                                          m->zero_ms, m->zero_ms + planned_end * MINUTE_MS);
  g_assert_cmpint(ask(m, HTTP_PATCH, "", body, NULL), ==, 200);
}

static void test_meetings(void) {
  unsigned right = 0;
  for (unsigned i = 0; i < window_cases_count; i++) {
    const WindowCase *one = &window_cases[i];
    Meeting m = {.bed = bed_new((unsigned)one->people - 1)};
    m.bed->config->heartbeat_s = HEARTBEAT_S;
    m.bed->tick_ms = TICK_MS;
    plan(&m, one->planned_end, one->start_hour);
    for (unsigned n = 0; n < WINDOW_STEPS && one->steps[n].verb != DONE; n++)
      take(&m, &one->steps[n]);
    g_autofree char *wrong = judge(&m, one);
    right += !wrong;
    g_test_message("%s:%s", one->name, wrong ? wrong : " as expected");
    forget_pages(&m);
    bed_free(m.bed);
  }
  g_test_message("%u of %u meetings as expected", right, window_cases_count);
  g_assert_cmpuint(right, ==, window_cases_count);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/window/meetings", test_meetings);
  return g_test_run();
}
