/* The load client: N synthetic participants in one process and one thread, each with real
 * signalling, ICE, DTLS and SRTP, sending prerecorded VP8 and Opus, receiving as a browser does and
 * counting.
 *
 *   load --url http://localhost:8080 --login STAFF --password-file FILE [--participants 20]
 *        [--publishers 20] [--script "join all; mark -; wait 60; mark run"] …   (see --help)
 *
 * Signs in as staff, creates a consultation with that many guests, opens it, runs the script
 * (script.h), ends it. The last line is a summary: the figures of the last mark. Exit status 1 when
 * somebody could not join or was lost on the way. */
#include <gio/gio.h>
#include <gst/gst.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "janus.h"
#include "script.h"

typedef struct {
  CrowdSetting crowd;
  SeatShow show;
  char *script, *kind, *clips, *janus;
  int seconds, turn_s;
  gboolean record, burst, simulcast, staggered, silent_stop, no_feedback;
} Options;

/* A descriptor for each one's media and signalling. */
static void raise_limits(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

typedef struct {
  int width, height, frames_per_second, bps;
} Size;

/* The layers that the page asks browsers for (web/src/sdk/layers.ts) of a 720p camera; without
 * simulcast the middle one. */
static const Size sizes[] = {
    {320, 180, 24, 150000}, {640, 360, 25, 600000}, {1280, 720, 25, 1200000}};

/* Encoded once, then kept beside the program. */
static Clip *film(const char *clips, const Size *size, int bps, bool all_key, GError **error) {
  g_autofree char *path = g_strdup_printf("%s/%dx%d-%d-%d%s.clip", clips, size->width, size->height,
                                          size->frames_per_second, bps, all_key ? "-keys" : "");
  Clip *clip = clip_load(path);
  if (clip)
    return clip;
  clip = clip_video(size->width, size->height, size->frames_per_second, bps, all_key, error);
  if (!clip || g_mkdir_with_parents(clips, 0777) != 0 || clip_save(clip, path, error))
    return clip;
  clip_free(clip);
  return NULL;
}

static bool film_layer(SeatShow *show, const char *clips, unsigned to, const Size *size,
                       GError **error) {
  show->video[to] = film(clips, size, size->bps, false, error);
  if (show->video[to])
    show->keys[to] = film(clips, size, 3 * size->bps, true, error);
  return show->keys[to] != NULL;
}

static bool make_show(Options *options, GError **error) {
  SeatShow *show = &options->show;
  const char *kind = options->kind ? options->kind : options->burst ? "burst" : "film";
  show->layers = options->simulcast ? SEAT_LAYERS_MAX : 1;
  if (strcmp(kind, "burst") == 0) {
    show->video[0] = clip_burst(100, 4, 1200);
    show->keys[0] = clip_burst(100, 4, 1200);
    return true;
  }
  if (strcmp(kind, "stream") == 0) { /* about 1 Mbit/s */
    show->video[0] = clip_burst(25, 4, 1200);
    show->keys[0] = clip_burst(25, 4, 1200);
    return true;
  }
  if (strcmp(kind, "small") == 0) { /* like sound: 100 bytes, 50 a second, nothing to batch */
    show->video[0] = clip_burst(50, 1, 100);
    show->keys[0] = clip_burst(50, 1, 100);
    return true;
  }
  if (strcmp(kind, "film") != 0) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "unknown kind \"%s\"", kind);
    return false;
  }
  for (unsigned i = 0; i < show->layers; i++)
    if (!film_layer(show, options->clips, i, &sizes[options->simulcast ? i : 1], error))
      return false;
  show->audio = clip_audio(error);
  return show->audio != NULL;
}

static void free_show(SeatShow *show) {
  for (unsigned i = 0; i < SEAT_LAYERS_MAX; i++) {
    clip_free((Clip *)show->video[i]);
    clip_free((Clip *)show->keys[i]);
  }
  clip_free((Clip *)show->audio);
}

/* The figures of the last mark under the names that those who only ask about one window read. */
static bool summarise(const Crowd *crowd, const CrowdSetting *setting) {
  unsigned in = crowd_count(crowd, MEMBER_IN), failed = crowd_count(crowd, MEMBER_FAILED);
  const json_t *mark = script_last_mark();
  const char *trouble = crowd_trouble(crowd);
  json_t *json = json_deep_copy(json_object_get(mark, "plain"));
  if (!json)
    json = json_object();
  json_t *head = json_pack("{s:s, s:i, s:i, s:i, s:s}", "meeting", crowd_meeting(crowd),
                           "participants", setting->participants, "connected", (int)in, "failed",
                           (int)failed, "why", trouble ? trouble : "");
  json_object_update(json, head);
  json_decref(head);
  double seconds = json_number_value(json_object_get(mark, "seconds"));
  double bytes = json_number_value(json_object_get(json, "bytes"));
  json_object_set_new(json, "seconds", json_real(seconds));
  json_object_set_new(json, "received_mbps", json_real(seconds > 0 ? bytes * 8e-6 / seconds : 0));
  char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
  puts(text);
  free(text);
  json_decref(json);
  return failed == 0;
}

/* As `connected` of participants, the publisher counted, so that both servers' lines read alike. */
static bool run_janus(const Options *options, Loop *loop, GError **error) {
  JanusSetting setting = {.url = options->janus,
                          .address = options->crowd.address,
                          .subscribers = (unsigned)options->crowd.participants - 1,
                          .seconds = options->seconds,
                          .server_pid = options->crowd.server_pid,
                          .show = &options->show};
  json_t *json = janus_measure(loop, &setting, error);
  if (!json)
    return false;
  char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));
  puts(text);
  free(text);
  json_decref(json);
  return true;
}

static bool run(Options *options, GError **error) {
  g_autofree char *script = NULL;
  /* Whoever measures the server beside us reads its CPU time at these two words. */
  if (!options->script)
    script = g_strdup_printf("join all; %smark -; say steady; wait %d; say counted; mark run",
                             options->burst ? "wait 3; " : "", options->seconds);
  if (!make_show(options, error))
    return false;
  Loop *loop = loop_new();
  options->show.epoch_us = clock_mono_us();
  if (options->janus) {
    bool measured = run_janus(options, loop, error);
    loop_free(loop);
    return measured;
  }
  Crowd *crowd = crowd_new(loop, &options->crowd, &options->show);
  bool ok = crowd_prepare(crowd, error) &&
            script_run(crowd, options->script ? options->script : script, error);
  ok = ok && summarise(crowd, &options->crowd);
  ok = crowd_finish(crowd, *error ? NULL : error) && ok;
  crowd_free(crowd);
  loop_free(loop);
  return ok;
}

static bool read_options(Options *o, int *argc, char ***argv, GError **error) {
  CrowdSetting *c = &o->crowd;
  GOptionEntry entries[] = {
      {"url", 0, 0, G_OPTION_ARG_STRING, &c->url, "The server, http://HOST:PORT", "URL"},
      {"login", 0, 0, G_OPTION_ARG_STRING, &c->login, "A staff account", "NAME"},
      {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &c->password_file, "Holds its password",
       "FILE"},
      {"participants", 0, 0, G_OPTION_ARG_INT, &c->participants, "How many there are", "N"},
      {"publishers", 0, 0, G_OPTION_ARG_INT, &c->publishers, "How many of them send (default: all)",
       "N"},
      {"video-slots", 0, 0, G_OPTION_ARG_INT, &c->video_slots, "Pictures that each receives", "N"},
      {"concurrency", 0, 0, G_OPTION_ARG_INT, &c->concurrency, "How many join at once", "N"},
      {"view", 0, 0, G_OPTION_ARG_STRING, &c->view, "Sizes shown, the speaker's first", "WxH …"},
      {"address", 0, 0, G_OPTION_ARG_STRING, &c->address, "Take the candidate with this address",
       "IP"},
      {"server", 0, 0, G_OPTION_ARG_INT, &c->server_pid, "Its process, to be measured", "PID"},
      {"script", 0, 0, G_OPTION_ARG_STRING, &o->script, "What happens, see script.h", "STEPS"},
      {"seconds", 0, 0, G_OPTION_ARG_INT, &o->seconds, "How long they stay, without a script", "S"},
      {"turn", 0, 0, G_OPTION_ARG_INT, &o->turn_s, "How long one speaks", "S"},
      {"send", 0, 0, G_OPTION_ARG_STRING, &o->kind,
       "film, burst (100 x 4 x 1200 bytes a second), stream (25 x 4 x 1200) or small (50 x 100)",
       "KIND"},
      {"burst", 0, 0, G_OPTION_ARG_NONE, &o->burst, "The same as --send burst", NULL},
      {"simulcast", 0, 0, G_OPTION_ARG_NONE, &o->simulcast, "Send three layers", NULL},
      {"staggered", 0, 0, G_OPTION_ARG_NONE, &o->staggered, "Not all frames at one moment", NULL},
      {"silent-stop", 0, 0, G_OPTION_ARG_NONE, &o->silent_stop, "Send sound in turns only", NULL},
      {"janus", 0, 0, G_OPTION_ARG_STRING, &o->janus,
       "Measure this Janus instead: http://HOST:PORT of its WebSockets", "URL"},
      {"no-feedback", 0, 0, G_OPTION_ARG_NONE, &o->no_feedback, "No transport-wide feedback", NULL},
      {"listener-address", 0, 0, G_OPTION_ARG_STRING, &c->listener_address,
       "Those who only listen have this address of the machine", "IP"},
      {"record", 0, 0, G_OPTION_ARG_NONE, &o->record, "Record the meeting", NULL},
      {"keep-open", 0, 0, G_OPTION_ARG_NONE, &c->keep_open, "Do not end the meeting", NULL},
      {NULL}};
  g_autoptr(GOptionContext) context = g_option_context_new("- synthetic participants");
  g_option_context_add_main_entries(context, entries, NULL);
  if (!g_option_context_parse(context, argc, argv, error))
    return false;
  if ((!o->janus && (!c->url || !c->login || !c->password_file)) || c->participants < 1 ||
      c->video_slots < 1 || c->video_slots > 49 || c->concurrency < 1 || o->turn_s < 1) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                        "wants --url, --login, --password-file (see --help)");
    return false;
  }
  if (c->publishers < 0 || c->publishers > c->participants)
    c->publishers = c->participants;
  c->record = o->record;
  o->show.speakers = (unsigned)c->publishers;
  o->show.turn_us = (int64_t)o->turn_s * G_USEC_PER_SEC;
  o->show.staggered = o->staggered;
  o->show.silent_stop = o->silent_stop;
  o->show.no_feedback = o->no_feedback;
  o->show.stamped = !o->record;
  return true;
}

int main(int argc, char **argv) {
  Options options = {
      .crowd = {.participants = 20, .publishers = -1, .video_slots = 4, .concurrency = 40},
      .seconds = 60,
      .turn_s = 3};
  g_autoptr(GError) error = NULL;
  if (!read_options(&options, &argc, &argv, &error)) {
    fprintf(stderr, "load: %s\n", error->message);
    return 2;
  }
  gst_init(NULL, NULL);
  raise_limits();
  g_autofree char *folder = g_path_get_dirname(argv[0]);
  options.clips = g_build_filename(folder, "clips", NULL);
  bool ok = run(&options, &error);
  if (error)
    fprintf(stderr, "load: %s\n", error->message);
  free_show(&options.show);
  g_free(options.clips);
  return ok && !error ? 0 : 1;
}
