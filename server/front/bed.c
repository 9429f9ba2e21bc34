#include "front/bed.h"

#include <glib/gstdio.h>
#include <string.h>

#include "domain/subjects.h"
#include "front/messages.h"
#include "model/act.h"
#include "model/guard.h"
#include "model/test-ask.h"
#include "store/connection.h"
#include "store/events.h"
#include "store/meetings.h"
#include "store/people.h"
#include "store/sessions.h"
#include "store/statement.h"
#include "store/test-fixture.h"

struct Recorder {
  Bed *bed;
  const RecorderEvents *events;
  void *user;
  char *asked;
  unsigned tracks;
};

/* ---- the media ------------------------------------------------------------------------------ */

#define CALL(bed, ...) g_string_append_printf(((Bed *)(bed))->calls, __VA_ARGS__)

static void room_open(void *user, unsigned engine, uint32_t room, bool home) {
  g_assert_true(home == (engine == 0)); /* the first is the least loaded */
  CALL(user, "room_open %u\n", room);
}

static void room_link(void *user, unsigned engine, unsigned other, uint32_t room) {
  CALL(user, "room_link %u %u %u\n", engine, other, room);
}

static void room_close(void *user, unsigned engine, uint32_t room) {
  CALL(user, "room_close %u%s\n", room, engine ? " there" : "");
}

static void room_floor(void *user, unsigned engine, uint32_t room, uint32_t peer) {
  CALL(user, "room_floor %u %u%s\n", room, peer, engine ? " there" : "");
}

static void peer_open(void *user, unsigned engine, uint32_t room, uint32_t peer) {
  CALL(user, "peer_open %u %u%s\n", room, peer, engine ? " there" : "");
}

static void peer_close(void *user, unsigned engine, uint32_t peer) {
  CALL(user, "peer_close %u\n", peer);
}

static void peer_offer(void *user, unsigned engine, uint32_t peer, uint32_t request,
                       const EngineOffer *offer) {
  Bed *bed = user;
  BedOffer made = {
      0, peer, request, g_strdup(offer->sdp), g_strdup(offer->connection), offer->source_count};
  g_array_append_val(bed->offers, made);
}

static void peer_mute(void *user, unsigned engine, uint32_t peer, Source source, bool muted) {
  CALL(user, "peer_mute %u %d %d\n", peer, source, muted);
}

static void peer_view(void *user, unsigned engine, uint32_t peer, const View *views,
                      unsigned count) {
  CALL(user, "peer_view %u:", peer);
  for (unsigned i = 0; i < count; i++)
    CALL(user, " %u:%ux%u", views[i].peer, views[i].width, views[i].height);
  CALL(user, "\n");
}

static void figures(void *user, unsigned engine, uint32_t request) {
  CALL(user, "figures %u%s\n", request, engine ? " there" : "");
}

static Recorder *record(void *user, unsigned engine, uint32_t room, const char *meeting,
                        const RecorderEvents *events, void *events_user, GError **error) {
  Bed *bed = user;
  if (bed->recorder_fails) {
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no space");
    return NULL;
  }
  g_assert_null(bed->recorder);
  bed->recorder = g_new0(Recorder, 1);
  *bed->recorder = (Recorder){bed, events, events_user, NULL, 0};
  bed->recordings++;
  return bed->recorder;
}

static void recorder_track_seen(Recorder *recorder, uint32_t track, Source source,
                                const char *person, const char *participant, int64_t now_us) {
  recorder->tracks++;
}

static void recorder_tap(Recorder *recorder, uint64_t dropped) {}

static void recorder_asked(Recorder *recorder, const char *reason) {
  g_free(recorder->asked);
  recorder->asked = g_strdup(reason);
}

static const char *recorder_name(const Recorder *recorder) {
  return "rec0000000000000";
}

static void recorder_gone(Recorder *recorder) {
  recorder->bed->recorder = NULL;
  g_free(recorder->asked);
  g_free(recorder);
}

static const RoomMediaOps media_ops = {
    .room_open = room_open,
    .room_link = room_link,
    .room_close = room_close,
    .room_floor = room_floor,
    .peer_open = peer_open,
    .peer_close = peer_close,
    .peer_offer = peer_offer,
    .peer_mute = peer_mute,
    .peer_view = peer_view,
    .figures = figures,
    .record = record,
    .recorder_track = recorder_track_seen,
    .recorder_tap_closed = recorder_tap,
    .recorder_stop = recorder_asked,
    .recorder_id = recorder_name,
    .recorder_free = recorder_gone,
};

const EngineEvents *bed_events_of(void) {
  return &assembly_engine_events;
}

void bed_recorder_started(Bed *bed) {
  bed->recorder->events->started(bed->recorder->user, bed->wall_ms);
}

void bed_recorder_gap(Bed *bed, int64_t ms) {
  bed->recorder->events->gap(bed->recorder->user, ms);
}

void bed_recorder_stopped(Bed *bed, const char *reason) {
  bed->recorder->events->stopped(bed->recorder->user, reason);
  while (bed->recorder) /* the room frees it in a later turn */
    g_main_context_iteration(NULL, TRUE);
}

const char *bed_recorder_asked(const Bed *bed) {
  return bed->recorder ? bed->recorder->asked : NULL;
}

unsigned bed_recorder_tracks(const Bed *bed) {
  return bed->recorder->tracks;
}

bool bed_called(Bed *bed, const char *call) {
  g_autofree char *line = g_strdup_printf("%s\n", call);
  bool found = strstr(bed->calls->str, line) != NULL;
  if (found)
    g_string_truncate(bed->calls, 0);
  return found;
}

/* ---- the server ----------------------------------------------------------------------------- */

static int64_t bed_mono_us(void *user) {
  return ((Bed *)user)->now_us;
}

static int64_t bed_wall_ms(void *user) {
  return ((Bed *)user)->wall_ms;
}

static void start(Bed *bed) {
  g_autoptr(GError) error = NULL;
  bed->mailbox = mailbox_new();
  bed->source = mailbox_source(bed->mailbox);
  g_source_attach(bed->source, NULL);
  bed->model = subjects_model();
  g_autofree char *path = connection_path(bed->dir, &error);
  g_assert_no_error(error);
  if (!g_file_test(path, G_FILE_TEST_EXISTS))
    fixture_database(path, guards_install, bed->model);
  bed->store = store_open_with(bed->config, bed->mailbox, guards_install, bed->model, &error);
  g_assert_no_error(error);
  RoomTime time = {bed_mono_us, bed_wall_ms, bed};
  RoomMedia media = {&media_ops, bed, (unsigned)bed->config->media_threads};
  bed->assembly = assembly_new_on(bed->config, bed->store, bed->model, &media, &time);
  bed->dispatch = dispatch_new(bed->assembly);
}

static void stop(Bed *bed) {
  bed_settle(bed);
  dispatch_free(bed->dispatch);
  assembly_free(bed->assembly);
  store_close(bed->store);
  mailbox_drain(bed->mailbox);
  subjects_free(bed->model);
  g_source_destroy(bed->source);
  g_source_unref(bed->source);
  mailbox_free(bed->mailbox);
}

static void remove_dir(const char *path) {
  GDir *dir = g_dir_open(path, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name(dir))) {
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_unlink(file);
  }
  if (dir)
    g_dir_close(dir);
  g_rmdir(path);
}

static char *make_dir(void) {
  g_autoptr(GError) error = NULL;
  char *dir = g_dir_make_tmp("yishi-room-XXXXXX", &error);
  g_assert_no_error(error);
  return dir;
}

static void copy_file(const char *from, const char *to, const char *name) {
  g_autofree char *source = g_build_filename(from, name, NULL);
  g_autofree char *target = g_build_filename(to, name, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *content = NULL;
  gsize len;
  g_file_get_contents(source, &content, &len, &error);
  g_assert_no_error(error);
  g_file_set_contents(target, content, (gssize)len, &error);
  g_assert_no_error(error);
}

/* What kill -9 leaves is what the files hold at that moment: they are copied, and the new server
 * starts on the copy. */
void bed_crash(Bed *bed) {
  char *dir = make_dir();
  bed_settle(bed);
  copy_file(bed->dir, dir, "yishi.db");
  copy_file(bed->dir, dir, "yishi.db-wal");
  for (unsigned i = 0; i < bed->pages->len; i++) {
    Page *page = g_ptr_array_index(bed->pages, i);
    dispatch_client_gone(g_steal_pointer(&page->client), bed->now_us);
  }
  stop(bed);
  remove_dir(bed->dir);
  g_free(bed->dir);
  g_free(bed->config->data_dir);
  bed->dir = dir;
  bed->config->data_dir = g_strdup(dir);
  start(bed);
}

/* Through the subjects, as whoever makes them does: as the server itself. */
static void make(Bed *bed, sqlite3 *db, const char *path, json_t *body, char id[17]) {
  char *text = json_dumps(body, JSON_COMPACT);
  Moment now = {bed->wall_ms, bed->now_us, moment_boot()};
  g_auto(Answer) made = ask_on(db, bed->model, now,
                               (Ask){HTTP_POST, path, .body = text, .person = bed->staff,
                                     .roles = SERVER | SIGNED_IN | ROLE_STAFF});
  if (made.status != 200)
    g_error("%s %s: %s", path, text, json_dumps(made.body, JSON_COMPACT));
  g_strlcpy(id, text_of(made.body, "id"), 17);
  json_decref(body);
  free(text);
}

static void member_new(sqlite3 *db, Bed *bed, const char *name, const char *kind, char id[17]) {
  make(bed, db, "people", json_pack("{s:s, s:s}", "name", name, "kind", kind), id);
}

/* The first one: nobody makes him but the server. */
static void make_clerk(sqlite3 *db, Bed *bed) {
  json_t *body = json_pack("{s:s, s:s}", "name", "Clerk", "kind", "staff");
  const Act act = {.subject = "person",
                   .verb = "create",
                   .at = {bed->wall_ms, bed->now_us, moment_boot()},
                   .body = body};
  json_t *made = act_now(db, bed->model, "Asia/Shanghai", &act, NULL);
  g_strlcpy(bed->staff, text_of(made, "id"), sizeof bed->staff);
  json_decref(made);
  json_decref(body);
}

static bool make_meeting(sqlite3 *db, void *data, GError **error) {
  Bed *bed = data;
  json_t *invited = json_array();
  make_clerk(db, bed);
  member_new(db, bed, "主持人", "member", bed->host);
  for (unsigned i = 0; i < bed->people->len; i++) {
    g_autofree char *name = g_strdup_printf("委员 Member %u", i);
    char *id = g_ptr_array_index(bed->people, i);
    member_new(db, bed, name, "member", id);
    json_array_append_new(invited, json_pack("{s:s, s:s}", "person", id, "capacity", "attend"));
  }
  make(bed, db, "meetings",
       json_pack("{s:s, s:I, s:I, s:s, s:o}", "title", "协商会", "planned_start",
                 (json_int_t)bed->wall_ms + 3600000, "planned_end",
                 (json_int_t)bed->wall_ms + 7200000, "host", bed->host, "invitations", invited),
       bed->meeting);
  return true;
}

Bed *bed_new(unsigned members) {
  return bed_new_on(members, 1, 1000);
}

Bed *bed_new_on(unsigned members, int engines, int room_spread) {
  Bed *bed = g_new0(Bed, 1);
  g_autoptr(GError) error = NULL;
  bed->dir = make_dir();
  bed->config = config_load(NULL, &error);
  g_assert_no_error(error);
  g_free(bed->config->data_dir);
  bed->config->data_dir = g_strdup(bed->dir);
  bed->config->media_threads = engines;
  bed->config->room_spread = room_spread;
  bed->config->heartbeat_s = 5;
  bed->config->resume_window_s = 30;
  bed->config->second_factor_must = false;
  bed->now_us = G_GINT64_CONSTANT(1000000000);
  bed->wall_ms = G_GINT64_CONSTANT(1790000000000);
  bed->tick_ms = 125;
  bed->calls = g_string_new(NULL);
  bed->offers = g_array_new(FALSE, FALSE, sizeof(BedOffer));
  bed->pages = g_ptr_array_new();
  bed->people = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; i < members; i++)
    g_ptr_array_add(bed->people, g_malloc0(17));
  start(bed);
  bed_write(bed, make_meeting, bed);
  return bed;
}

void bed_free(Bed *bed) {
  stop(bed);
  remove_dir(bed->dir);
  g_free(bed->dir);
  config_free(bed->config);
  g_assert_cmpuint(bed->pages->len, ==, 0);
  g_ptr_array_unref(bed->pages);
  g_ptr_array_unref(bed->people);
  for (unsigned i = 0; i < bed->offers->len; i++) {
    g_free(g_array_index(bed->offers, BedOffer, i).sdp);
    g_free(g_array_index(bed->offers, BedOffer, i).connection);
  }
  g_array_unref(bed->offers);
  g_string_free(bed->calls, TRUE);
  g_free(bed);
}

void bed_pass(Bed *bed, int64_t ms) {
  while (ms > 0) {
    int64_t step = MIN(ms, bed->tick_ms);
    bed->now_us += step * 1000;
    bed->wall_ms += step;
    ms -= step;
    assembly_tick(bed->assembly, bed->now_us);
  }
}

typedef struct {
  StoreWork work;
  void *data;
  bool over;
} Waited;

static bool run_waited(sqlite3 *db, void *data, GError **error) {
  Waited *waited = data;
  return !waited->work || waited->work(db, waited->data, error);
}

static void end_waited(void *data, const GError *error) {
  g_assert_no_error(error);
  ((Waited *)data)->over = true;
}

void bed_write(Bed *bed, StoreWork work, void *data) {
  Waited waited = {work, data, false};
  store_write(bed->store, run_waited, end_waited, &waited);
  while (!waited.over)
    g_main_context_iteration(NULL, TRUE);
}

void bed_settle(Bed *bed) {
  bed_write(bed, NULL, NULL);
  Waited waited = {NULL, NULL, false};
  store_read(bed->store, run_waited, end_waited, &waited);
  while (!waited.over)
    g_main_context_iteration(NULL, TRUE);
  while (g_main_context_iteration(NULL, FALSE))
    ;
}

typedef struct {
  const char *sql;
  int64_t value;
} Question;

static bool ask(sqlite3 *db, void *data, GError **error) {
  Question *question = data;
  sqlite3_stmt *statement = NULL;
  g_assert_cmpint(sqlite3_prepare_v2(db, question->sql, -1, &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint(sqlite3_step(statement), ==, SQLITE_ROW);
  question->value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return true;
}

int64_t bed_number(Bed *bed, const char *sql, ...) {
  va_list values;
  va_start(values, sql);
  g_autofree char *text = g_strdup_vprintf(sql, values);
  va_end(values);
  Question question = {text, 0};
  bed_write(bed, ask, &question);
  return question.value;
}

int64_t bed_events(Bed *bed, const char *kind) {
  return bed_number(bed, "select count(*) from meeting_event where kind = '%s'", kind);
}

typedef struct {
  Bed *bed;
  const char *person;
  char token[SECRET_CHARS + 1];
} Ticket;

static bool make_token(sqlite3 *db, void *data, GError **error) {
  Ticket *ticket = data;
  Session session = {.person = (char *)ticket->person, .kind = (char *)"member"};
  int64_t expires_at;
  session.roles = person_roles(db, ticket->person);
  return join_token_create(db, &session, ticket->bed->meeting, ticket->bed->wall_ms, ticket->token,
                           &expires_at, error);
}

char *bed_token(Bed *bed, const char *person) {
  Ticket ticket = {bed, person, ""};
  bed_write(bed, make_token, &ticket);
  return g_strdup(ticket.token);
}

typedef struct {
  Bed *bed;
  Ask asked;
  json_t *answer;
} Asking;

static bool ask_work(sqlite3 *db, void *data, GError **error) {
  Asking *asking = data;
  Bed *bed = asking->bed;
  Moment now = {bed->wall_ms, bed->now_us, moment_boot()};
  g_auto(Answer) answer = ask_on(db, bed->model, now, asking->asked);
  asking->answer = answer.status == 200 ? json_incref(answer.body) : NULL;
  return true;
}

json_t *bed_ask(Bed *bed, const char *person, unsigned roles, HttpMethod method, const char *path,
                const char *body) {
  g_auto(GStrv) parts = g_strsplit(path, "MEETING", -1);
  g_autofree char *full = g_strjoinv(bed->meeting, parts);
  Asking asking = {
      bed, {method, full, .body = body, .person = person, .roles = roles | SIGNED_IN}, NULL};
  bed_write(bed, ask_work, &asking);
  return asking.answer;
}

bool bed_step(Bed *bed, const char *verb) {
  g_autofree char *path = g_strconcat("meetings/MEETING/", verb, NULL);
  json_t *answer = bed_ask(bed, bed->host, ROLE_MEMBER, HTTP_POST, path, NULL);
  json_decref(answer);
  return answer != NULL;
}

void bed_open(Bed *bed) {
  g_assert_true(bed_step(bed, "open"));
  assembly_meeting_changed(bed->assembly, bed->meeting);
  bed_settle(bed);
}

/* ---- the pages ------------------------------------------------------------------------------ */

/* Whatever the server says in any test is as it is declared. */
static void check_told(const json_t *message, const char *text) {
  Problem problem = {0};
  if (told_check(message, &problem))
    return;
  char *why = problem_text(&problem);
  g_error("not as declared: %s: %s", text, why);
}

static void page_got(void *user, const char *text, size_t len) {
  Page *page = user;
  page->bytes += len;
  page->messages++;
  if (page->quiet)
    return;
  json_t *message = json_loadb(text, len, 0, NULL);
  g_assert_nonnull(message);
  check_told(message, text);
  g_queue_push_tail(&page->in, message);
}

static void page_closed(void *user, unsigned code, const char *reason) {
  Page *page = user;
  g_assert_cmpuint(page->code, ==, 0);
  g_assert_cmpuint(strlen(reason), <, 123); /* a control frame's */
  page->code = code;
}

static void page_joined(void *user) {
  ((Page *)user)->joined++;
}

Page *page_new(Bed *bed) {
  static const ClientSink sink = {page_got, page_closed, page_joined};
  Page *page = g_new0(Page, 1);
  page->bed = bed;
  g_queue_init(&page->in);
  page->client = dispatch_client_new(bed->dispatch, &sink, page, "192.0.2.7", bed->now_us);
  g_ptr_array_add(bed->pages, page);
  return page;
}

void page_free(Page *page) {
  g_ptr_array_remove_fast(page->bed->pages, page);
  if (page->client)
    dispatch_client_gone(page->client, page->bed->now_us);
  page_forget(page);
  g_free(page->session);
  g_free(page->pid);
  g_free(page->person);
  g_free(page);
}

void page_text(Page *page, const char *text) {
  dispatch_message(page->client, text, strlen(text), page->bed->now_us);
}

int page_send(Page *page, const char *format, ...) {
  va_list values;
  json_error_t error;
  va_start(values, format);
  json_t *message = json_vpack_ex(&error, 0, format, values);
  va_end(values);
  if (!message)
    g_error("%s in %s", error.text, format);
  json_object_set_new(message, "id", json_integer(++page->id));
  char *text = json_dumps(message, JSON_COMPACT);
  page_text(page, text);
  free(text);
  json_decref(message);
  return page->id;
}

static json_t *take_id(Page *page, int id) {
  for (GList *link = page->in.head; link; link = link->next) {
    json_t *message = link->data;
    if (json_integer_value(json_object_get(message, "id")) != id)
      continue;
    g_queue_delete_link(&page->in, link);
    return message;
  }
  return NULL;
}

json_t *page_reply(Page *page, int id) {
  json_t *message;
  while (!(message = take_id(page, id)))
    g_main_context_iteration(NULL, TRUE);
  return message;
}

json_t *page_expected(Page *page, const char *expected, int id) {
  json_t *message = page_reply(page, id);
  if (*expected == '!') {
    g_assert_cmpstr(text_at(message, "t"), ==, "error");
    g_assert_cmpstr(text_at(message, "code"), ==, expected + 1);
  } else {
    if (g_strcmp0(text_at(message, "t"), "error") == 0)
      g_test_message("%s: %s", text_at(message, "code"), text_at(message, "message"));
    g_assert_cmpstr(text_at(message, "t"), ==, expected);
  }
  return message;
}

json_t *page_take(Page *page, const char *type) {
  for (GList *link = page->in.head; link; link = link->next) {
    json_t *message = link->data;
    if (g_strcmp0(text_at(message, "t"), type) != 0)
      continue;
    g_queue_delete_link(&page->in, link);
    return message;
  }
  return NULL;
}

json_t *page_wait(Page *page, const char *type) {
  json_t *message;
  while (!(message = page_take(page, type)))
    g_main_context_iteration(NULL, TRUE);
  return message;
}

void page_forget(Page *page) {
  g_queue_clear_full(&page->in, (GDestroyNotify)json_decref);
}

void page_join(Page *page, const char *person) {
  g_autofree char *token = bed_token(page->bed, person);
  int id = page_send(page, "{s:s, s:s, s:s, s:s}", "t", "hello", "token", token, "device",
                     "desktop", "client", "test 1");
  json_t *welcome = page_expected(page, "welcome", id);
  page->session = g_strdup(text_at(welcome, "session"));
  page->pid = g_strdup(text_at(welcome, "pid"));
  page->person = g_strdup(person);
  json_decref(welcome);
}

Page *bed_join(Bed *bed, const char *person) {
  Page *page = page_new(bed);
  page_join(page, person);
  return page;
}

const char *text_at(const json_t *object, const char *path) {
  g_auto(GStrv) names = g_strsplit(path, ".", -1);
  for (char **name = names; *name; name++)
    object = json_object_get(object, *name);
  return json_string_value(object);
}
