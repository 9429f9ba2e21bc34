/* The load client: N synthetic participants in one process, each with real signalling, ICE, DTLS
 * and SRTP, sending prerecorded VP8 and Opus and counting what they receive.
 *
 *   load --url http://localhost:8080 --login STAFF --password-file FILE [--participants 20]
 * [--publishers 20]
 *        [--video-slots 4] [--seconds 60] [--record] [--burst] [--address 127.0.0.1]
 *
 * Signs in as staff, creates a consultation with that many guests, opens it, joins them all, stays,
 * leaves, ends it, and prints its figures as one JSON line. Exit status 1 when somebody could not
 * join. */
#include <gst/gst.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "member.h"

typedef struct {
  char *url, *login, *password_file, *address;
  int participants, publishers, video_slots, seconds;
  gboolean record, keep_open, burst;
} Options;

typedef struct {
  Options options;
  Rest *staff;
  MemberSetting setting;
  GPtrArray *members;
  Clip *video, *video_keys, *audio;
  char *meeting;
} Load;

static bool create_meeting(Load *load, GError **error) {
  json_t *session = rest_call(load->staff, "GET", "/api/v1/session", NULL, error);
  if (!session)
    return false;
  const char *host = json_string_value(json_object_get(json_object_get(session, "person"), "id"));
  int64_t now_ms = clock_wall_ms();
  json_t *meeting =
      rest_call(load->staff, "POST", "/api/v1/meetings",
                json_pack("{s:s, s:s, s:s, s:I, s:I, s:s, s:b, s:[]}", "title", "Load test",
                          "topic", "Load", "type", "consultation", "planned_start",
                          (json_int_t)now_ms, "planned_end", (json_int_t)(now_ms + 3600000), "host",
                          host, "auto_record", load->options.record, "invitations"),
                error);
  json_decref(session);
  if (!meeting)
    return false;
  load->meeting = g_strdup(json_string_value(json_object_get(meeting, "id")));
  load->setting.meeting = load->meeting;
  json_decref(meeting);
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/open", load->meeting);
  meeting = rest_call(load->staff, "POST", path, json_object(), error);
  json_decref(meeting);
  return meeting != NULL;
}

/* Invites one guest; returns the secret of the personal link. */
static char *invite(Load *load, unsigned index, GError **error) {
  g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/invitations", load->meeting);
  g_autofree char *name = g_strdup_printf("Load %03u", index + 1);
  json_t *invitation =
      rest_call(load->staff, "POST", path,
                json_pack("{s:s, s:s}", "guest_name", name, "capacity", "invited"), error);
  if (!invitation)
    return NULL;
  const char *link = json_string_value(json_object_get(invitation, "link"));
  const char *slash = link ? strrchr(link, '/') : NULL;
  char *secret = slash ? g_strdup(slash + 1) : NULL;
  if (!secret)
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the invitation has no link");
  json_decref(invitation);
  return secret;
}

static bool make_clips(Load *load, GError **error) {
  if (load->options.burst) {
    load->video = clip_burst();
    load->video_keys = clip_burst();
    return true;
  }
  load->video = clip_video(640, 360, 30, 500000, false, error);
  if (load->video)
    load->video_keys = clip_video(640, 360, 30, 1500000, true, error);
  if (load->video_keys)
    load->audio = clip_audio(error);
  return load->audio != NULL;
}

/* Turns the main loop until done says so or the time is over; false then. */
static bool wait_for(bool (*done)(const Load *), Load *load, double seconds) {
  int64_t until_us = clock_mono_us() + (int64_t)(seconds * 1e6);
  while (!done || !done(load)) {
    if (clock_mono_us() > until_us)
      return done == NULL;
    if (!g_main_context_iteration(NULL, FALSE))
      g_usleep(1000);
  }
  return true;
}

static bool all_joined(const Load *load) {
  for (unsigned i = 0; i < load->members->len; i++)
    if (!member_joined(load->members->pdata[i]) && !member_trouble(load->members->pdata[i]))
      return false;
  return true;
}

static bool all_gone(const Load *load) {
  for (unsigned i = 0; i < load->members->len; i++)
    if (!member_gone(load->members->pdata[i]))
      return false;
  return true;
}

static bool join_all(Load *load, GError **error) {
  int64_t epoch_us = clock_mono_us();
  for (int i = 0; i < load->options.participants; i++) {
    bool publishes = i < load->options.publishers;
    SeatPlan plan = {.video = publishes ? load->video : NULL,
                     .video_keys = publishes ? load->video_keys : NULL,
                     .audio = publishes ? load->audio : NULL,
                     .index = (unsigned)i,
                     .speakers = (unsigned)load->options.publishers,
                     .epoch_us = epoch_us};
    g_autofree char *secret = invite(load, (unsigned)i, error);
    if (!secret)
      return false;
    Member *member = member_new(&load->setting, secret, &plan);
    g_ptr_array_add(load->members, member);
    if (!member_join(member, error))
      return false;
    while (g_main_context_iteration(NULL, FALSE))
      ;
  }
  return wait_for(all_joined, load, 30);
}

static int compare_double(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

static double quantile(GArray *values, double q) {
  if (values->len == 0)
    return -1;
  g_array_sort(values, compare_double);
  return g_array_index(values, double, (unsigned)(q * (values->len - 1) + 0.5));
}

static bool report(Load *load, double seconds) {
  SeatFigures sum = {0};
  unsigned connected = 0, failed = 0;
  g_autoptr(GArray) connect_ms = g_array_new(FALSE, FALSE, sizeof(double));
  g_autoptr(GArray) answer_ms = g_array_new(FALSE, FALSE, sizeof(double));
  const char *why = "";
  GPtrArray *seats = stage_seats(load->setting.stage);
  for (unsigned i = 0; i < seats->len; i++) {
    const SeatFigures *figures = seat_figures(seats->pdata[i]);
    sum.sent += figures->sent;
    sum.received += figures->received;
    sum.lost += figures->lost;
    sum.late += figures->late;
    sum.bytes += figures->bytes;
    sum.frames += figures->frames;
    sum.nacks += figures->nacks;
    sum.plis += figures->plis;
    sum.feedbacks += figures->feedbacks;
    if (figures->connected_us) {
      double ms = (double)(figures->connected_us - figures->started_us) / 1000;
      connected++;
      g_array_append_val(connect_ms, ms);
    }
    if (figures->failed)
      why = figures->why;
  }
  for (unsigned i = 0; i < load->members->len; i++) {
    const char *trouble = member_trouble(load->members->pdata[i]);
    double ms = member_answer_ms(load->members->pdata[i]);
    g_array_append_val(answer_ms, ms);
    if (trouble) {
      failed++;
      why = trouble;
    }
  }
  printf("{\"meeting\": \"%s\", \"participants\": %d, \"connected\": %u, \"failed\": %u, \"why\": "
         "\"%s\", \"seconds\": "
         "%.1f, "
         "\"sent\": %" PRIu64 ", \"received\": %" PRIu64 ", \"lost\": %" PRIu64
         ", \"reordered\": %" PRIu64 ", \"received_mbps\": %.1f, \"frames\": %" PRIu64
         ", \"nacks\": %" PRIu64 ", \"plis\": %" PRIu64 ", \"feedbacks\": %" PRIu64
         ", \"answer_ms_p50\": %.1f, \"answer_ms_p95\": %.1f, "
         "\"connect_ms_p50\": %.1f, \"connect_ms_p95\": %.1f}\n",
         load->meeting, load->options.participants, connected, failed, why, seconds, sum.sent,
         sum.received, sum.lost, sum.late, (double)sum.bytes * 8 / 1e6 / seconds, sum.frames,
         sum.nacks, sum.plis, sum.feedbacks, quantile(answer_ms, 0.5), quantile(answer_ms, 0.95),
         quantile(connect_ms, 0.5), quantile(connect_ms, 0.95));
  return failed == 0 && connected == (unsigned)load->options.participants;
}

static bool run(Load *load, GError **error) {
  g_autofree char *password = NULL;
  if (!g_file_get_contents(load->options.password_file, &password, NULL, error))
    return false;
  g_strstrip(password);
  load->staff = rest_new(load->options.url);
  if (!make_clips(load, error) ||
      !rest_sign_in(load->staff, load->options.login, password, error) ||
      !create_meeting(load, error))
    return false;
  load->setting.stage = stage_new();
  load->setting.context = transport_context(load->setting.fingerprint);
  if (!join_all(load, error)) {
    if (error && !*error)
      g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                          "not everybody joined within 30 s");
    return false;
  }
  if (load->options.burst) {
    wait_for(NULL, load, 3);
    stage_count_anew(load->setting.stage);
  }
  /* Whoever measures the server beside us reads its CPU time at these two words. */
  fputs("steady\n", stderr);
  int64_t started_us = clock_mono_us();
  wait_for(NULL, load, load->options.seconds);
  double seconds = (double)(clock_mono_us() - started_us) / 1e6;
  fputs("counted\n", stderr);
  stage_stop(load->setting.stage);
  bool ok = report(load, seconds);
  for (unsigned i = 0; i < load->members->len; i++)
    member_leave(load->members->pdata[i]);
  wait_for(all_gone, load, 10);
  if (!load->options.keep_open) {
    g_autofree char *path = g_strdup_printf("/api/v1/meetings/%s/end", load->meeting);
    json_decref(rest_call(load->staff, "POST", path, json_object(), error));
  }
  return ok;
}

int main(int argc, char **argv) {
  Load load = {.options = {.participants = 20, .publishers = -1, .video_slots = 4, .seconds = 60}};
  Options *o = &load.options;
  GOptionEntry entries[] = {
      {"url", 0, 0, G_OPTION_ARG_STRING, &o->url, "The server, http://HOST:PORT", "URL"},
      {"login", 0, 0, G_OPTION_ARG_STRING, &o->login, "A staff account", "NAME"},
      {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &o->password_file, "Holds its password",
       "FILE"},
      {"participants", 0, 0, G_OPTION_ARG_INT, &o->participants, "How many join", "N"},
      {"publishers", 0, 0, G_OPTION_ARG_INT, &o->publishers, "How many of them send (default: all)",
       "N"},
      {"video-slots", 0, 0, G_OPTION_ARG_INT, &o->video_slots, "Pictures that each receives", "N"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &o->seconds, "How long they stay", "S"},
      {"address", 0, 0, G_OPTION_ARG_STRING, &o->address, "Take the candidate with this address",
       "IP"},
      {"record", 0, 0, G_OPTION_ARG_NONE, &o->record, "Record the meeting", NULL},
      {"burst", 0, 0, G_OPTION_ARG_NONE, &o->burst, "Send bursts of four packets instead of a film",
       NULL},
      {"keep-open", 0, 0, G_OPTION_ARG_NONE, &o->keep_open, "Do not end the meeting", NULL},
      {NULL}};
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = g_option_context_new("- synthetic participants");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, &argc, &argv, &error) || !o->url || !o->login ||
      !o->password_file || o->participants < 1 || o->video_slots < 1 || o->video_slots > 49) {
    fprintf(stderr, "load: %s\n",
            error ? error->message : "wants --url, --login, --password-file (see --help)");
    return 2;
  }
  if (o->publishers < 0 || o->publishers > o->participants)
    o->publishers = o->participants;
  gst_init(NULL, NULL);
  load.members = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);
  load.setting.url = o->url;
  load.setting.video_slots = (unsigned)o->video_slots;
  load.setting.server_address = o->address;
  bool ok = run(&load, &error);
  if (error)
    fprintf(stderr, "load: %s\n", error->message);
  if (load.setting.stage)
    stage_stop(load.setting.stage);
  g_ptr_array_unref(load.members);
  if (load.setting.stage)
    stage_free(load.setting.stage);
  SSL_CTX_free(load.setting.context);
  rest_free(load.staff);
  clip_free(load.video);
  clip_free(load.video_keys);
  clip_free(load.audio);
  g_free(load.meeting);
  return ok && !error ? 0 : 1;
}
