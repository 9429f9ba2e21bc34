/* Drives a whole part of a recording in virtual time with encoded scenes, then decodes the files.
 */
#include "record.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/tools/webm.h"
#include "elements.h"
#include "program.h"
#include "testscene.h"

#define ZERO_US 5000000000 /* the part's zero on the pretended monotonic clock */

typedef struct {
  const SceneTrack *track;
  unsigned next;
  int64_t delay_us; /* from capture to arrival */
  unsigned lose;    /* one packet in this many; 0: none */
  unsigned reorder; /* one packet in this many comes 60 ms late … */
  unsigned repair;  /* … and one in this many when it was asked for again: 900 ms late */
  int64_t mute_from_us, mute_to_us;
  bool ended;
} Feed;

typedef struct {
  int64_t at_us;
  int64_t order;
  unsigned feed;
  const ScenePacket *packet;
} Arrival;

typedef struct {
  char *dir;
  Mailbox *mailbox;
  Record *record;
  GHashTable *closed;              /* name → json_t */
  GPtrArray *sent;                 /* of all messages, their t */
  unsigned asked, disks, elements; /* key frames; trouble of these kinds */
} Bench;

static void on_report(void *user, const json_t *message) {
  Bench *bench = user;
  const char *type = json_string_value(json_object_get(message, "t"));
  g_ptr_array_add(bench->sent, g_strdup(type));
  const char *code = json_string_value(json_object_get(message, "code"));
  bench->disks += g_strcmp0(code, "disk") == 0;
  bench->elements += g_strcmp0(code, "element") == 0;
  const char *state = json_string_value(json_object_get(message, "state"));
  if (strcmp(type, "file") == 0 && strcmp(state, "closed") == 0)
    g_hash_table_insert(bench->closed,
                        g_strdup(json_string_value(json_object_get(message, "name"))),
                        json_deep_copy(message));
}

static void on_ask(void *user, uint32_t track) {
  ((Bench *)user)->asked++;
}

static const RecordEvents events = {on_report, on_ask};

static void bench_init(Bench *bench) {
  *bench = (Bench){.dir = g_dir_make_tmp("yishi-record-XXXXXX", NULL), .mailbox = mailbox_new()};
  bench->closed =
      g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
  bench->sent = g_ptr_array_new_with_free_func(g_free);
  g_autoptr(GError) error = NULL;
  bench->record = record_new(bench->dir, 1, ZERO_US, bench->mailbox, &events, bench, &error);
  g_assert_no_error(error);
}

static void bench_clear(Bench *bench) {
  record_free(bench->record);
  mailbox_free(bench->mailbox);
  g_hash_table_unref(bench->closed);
  g_ptr_array_unref(bench->sent);
  const char *name;
  g_autoptr(GDir) dir = g_dir_open(bench->dir, 0, NULL);
  while ((name = g_dir_read_name(dir))) {
    g_autofree char *path = g_build_filename(bench->dir, name, NULL);
    g_unlink(path);
  }
  g_rmdir(bench->dir);
  g_free(bench->dir);
}

static int by_arrival(const void *a, const void *b) {
  const Arrival *x = a, *y = b;
  if (x->at_us != y->at_us)
    return x->at_us < y->at_us ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

static GArray *arrivals(const Feed *feeds, unsigned count) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(Arrival));
  g_autoptr(GRand) rand = g_rand_new_with_seed(7);
  for (unsigned f = 0; f < count; f++) {
    const Feed *feed = &feeds[f];
    for (unsigned i = 0; i < feed->track->packets->len; i++) {
      const ScenePacket *packet = &g_array_index(feed->track->packets, ScenePacket, i);
      if (feed->lose && i > 20 && g_rand_int_range(rand, 0, (gint32)feed->lose) == 0)
        continue;
      if (packet->capture_us >= feed->mute_from_us && packet->capture_us < feed->mute_to_us)
        continue;
      Arrival arrival = {packet->capture_us + feed->delay_us, all->len, f, packet};
      if (feed->reorder && g_rand_int_range(rand, 0, (gint32)feed->reorder) == 0)
        arrival.at_us += 60000;
      if (feed->repair && i > 20 && g_rand_int_range(rand, 0, (gint32)feed->repair) == 0)
        arrival.at_us += 900000;
      g_array_append_val(all, arrival);
    }
  }
  g_array_sort(all, by_arrival);
  return all;
}

static void send(Bench *bench, TapType type, uint32_t track, int64_t capture_us, const void *body,
                 size_t len, int64_t now_us) {
  TapMessage message = {.type = type,
                        .track = track,
                        .capture_us = ZERO_US + capture_us,
                        .body = body,
                        .body_len = len};
  record_message(bench->record, &message, ZERO_US + now_us);
}

static void send_rtp(Bench *bench, uint32_t track, uint64_t sequence, int64_t capture_us,
                     const void *body, size_t len, int64_t now_us) {
  TapMessage message = {.type = TAP_RTP,
                        .track = track,
                        .capture_us = ZERO_US + capture_us,
                        .sequence = sequence,
                        .body = body,
                        .body_len = len};
  record_message(bench->record, &message, ZERO_US + now_us);
}

static void announce(Bench *bench, const SceneTrack *track, int64_t now_us) {
  uint8_t body[TAP_TRACK_BYTES];
  tapwire_write_track(body, &track->info);
  send(bench, TAP_TRACK, track->track, now_us, body, sizeof body, now_us);
}

typedef struct {
  int64_t at_us;
  uint32_t track;
} Cut;

/* Plays everything; the stage follows `cuts`. Tracks are announced with their first packet. */
static void play(Bench *bench, const Feed *feeds, unsigned count, const Cut *cuts,
                 unsigned cut_count, int64_t end_us) {
  g_autoptr(GArray) all = arrivals(feeds, count);
  g_autofree bool *announced = g_new0(bool, count);
  unsigned next = 0, cut = 0;
  for (int64_t now_us = 0; now_us <= end_us; now_us += 20000) {
    for (; cut < cut_count && cuts[cut].at_us <= now_us; cut++)
      send(bench, TAP_PROGRAM, cuts[cut].track, now_us, NULL, 0, now_us);
    for (; next < all->len && g_array_index(all, Arrival, next).at_us <= now_us; next++) {
      Arrival *arrival = &g_array_index(all, Arrival, next);
      const SceneTrack *track = feeds[arrival->feed].track;
      if (!announced[arrival->feed])
        announce(bench, track, arrival->at_us);
      announced[arrival->feed] = true;
      send_rtp(bench, track->track, arrival->packet->sequence, arrival->packet->capture_us,
               arrival->packet->data, arrival->packet->len, arrival->at_us);
    }
    record_tick(bench->record, ZERO_US + now_us);
    mailbox_drain(bench->mailbox);
  }
  record_stop(bench->record, ZERO_US + end_us);
  for (int i = 0; i < 1000 && !record_done(bench->record); i++) {
    GPollFD fd = {mailbox_fd(bench->mailbox), G_IO_IN, 0};
    g_poll(&fd, 1, 100);
    mailbox_drain(bench->mailbox);
  }
  g_assert_true(record_done(bench->record));
}

static WebmFacts *decode(const Bench *bench, const char *name) {
  g_autofree char *path = g_build_filename(bench->dir, name, NULL);
  g_autoptr(GError) error = NULL;
  WebmFacts *facts = webm_read(path, true, &error);
  g_assert_no_error(error);
  g_assert_cmpstr(facts->error, ==, NULL);
  g_assert_cmpuint(facts->warnings, ==, 0);
  g_assert_true(facts->seekable);
  return facts;
}

static const WebmTrack *track_of(const WebmFacts *facts, bool video) {
  for (unsigned i = 0; i < facts->tracks->len; i++)
    if (g_array_index(facts->tracks, WebmTrack, i).video == video)
      return &g_array_index(facts->tracks, WebmTrack, i);
  return NULL;
}

static json_int_t closed_int(const Bench *bench, const char *name, const char *key) {
  json_t *message = g_hash_table_lookup(bench->closed, name);
  g_assert_nonnull(message);
  return json_integer_value(json_object_get(message, key));
}

static void check_hash(const Bench *bench, const char *name) {
  g_autofree char *path = g_build_filename(bench->dir, name, NULL);
  g_autofree char *bytes = NULL;
  gsize len = 0;
  g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
  g_autofree char *digest =
      g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)bytes, len);
  json_t *message = g_hash_table_lookup(bench->closed, name);
  g_assert_cmpstr(json_string_value(json_object_get(message, "sha256")), ==, digest);
  g_assert_cmpint(closed_int(bench, name, "bytes"), ==, (json_int_t)len);
}

/* Pairs each flash with the nearest beep; returns how many and the greatest distance. */
static unsigned worst_offset(const WebmFacts *facts, double tone, int64_t *worst_us) {
  g_autoptr(GArray) flashes = webm_flashes(facts);
  g_autoptr(GArray) beeps = webm_beeps(facts, tone);
  unsigned pairs = 0;
  *worst_us = 0;
  for (unsigned i = 0; i < flashes->len; i++) {
    int64_t best = INT64_MAX, flash = g_array_index(flashes, int64_t, i);
    for (unsigned j = 0; j < beeps->len; j++)
      best = MIN(best, llabs(g_array_index(beeps, int64_t, j) - flash));
    if (best > 400000)
      continue;
    pairs++;
    *worst_us = MAX(*worst_us, best);
  }
  return pairs;
}

static void test_plain(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo camera = {640, 360, 30, 90, 500000, 20000000, 60};
  SceneTrack *video = scene_video(11, &camera, 1);
  SceneTrack *audio = scene_audio(12, 1000, 300000, 20000000);
  const Feed feeds[] = {{.track = video, .delay_us = 30000}, {.track = audio, .delay_us = 20000}};
  const Cut cuts[] = {{0, 11}};
  play(&bench, feeds, 2, cuts, 1, 20200000);

  g_autoptr(WebmFacts) camera_file = decode(&bench, "track-1-11-camera.webm");
  g_assert_cmpuint(track_of(camera_file, true)->decoded, ==, video->frames);
  g_assert_cmpint(closed_int(&bench, "track-1-11-camera.webm", "frames"), ==, video->frames);
  g_assert_cmpint(closed_int(&bench, "track-1-11-camera.webm", "start_ms"), ==, 500);
  g_autoptr(WebmFacts) mic_file = decode(&bench, "track-1-12-mic.webm");
  g_assert_cmpuint(track_of(mic_file, false)->frames, ==, audio->frames);
  g_assert_cmpint(closed_int(&bench, "track-1-12-mic.webm", "duration_ms"), ==, 19700);

  g_autoptr(WebmFacts) program = decode(&bench, "program-1.webm");
  g_assert_cmpuint(track_of(program, true)->decoded, >=, video->frames);
  g_assert_cmpint(llabs(program->duration_us - 20200000), <, 60000);
  g_assert_cmpint(track_of(program, false)->max_gap_us, <, 25000);
  int64_t worst_us;
  g_assert_cmpuint(worst_offset(program, 1000, &worst_us), >=, 18);
  g_test_message("worst offset of sound against picture: %d us", (int)worst_us);
  g_assert_cmpint(worst_us, <, 20000);
  check_hash(&bench, "program-1.webm");
  check_hash(&bench, "track-1-11-camera.webm");
  check_hash(&bench, "track-1-12-mic.webm");
  g_assert_cmpstr(g_ptr_array_index(bench.sent, 0), ==, "ready");
  g_assert_cmpstr(g_ptr_array_index(bench.sent, bench.sent->len - 1), ==, "done");
  scene_track_free(video);
  scene_track_free(audio);
  bench_clear(&bench);
}

static void test_lossy(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo camera = {640, 360, 30, 15, 0, 20000000, 60};
  SceneTrack *video = scene_video(1, &camera, 1);
  SceneTrack *audio = scene_audio(2, 1000, 0, 20000000);
  const Feed feeds[] = {{.track = video, .delay_us = 50000, .reorder = 20},
                        {.track = audio, .delay_us = 40000, .reorder = 20, .lose = 50}};
  const Cut cuts[] = {{0, 1}};
  play(&bench, feeds, 2, cuts, 1, 20200000);
  /* Reordering alone loses nothing. */
  g_autoptr(WebmFacts) camera_file = decode(&bench, "track-1-1-camera.webm");
  g_assert_cmpuint(track_of(camera_file, true)->decoded, ==, video->frames);
  json_int_t lost = closed_int(&bench, "track-1-2-mic.webm", "lost");
  g_assert_cmpint(lost, >, 5);
  g_assert_cmpint(closed_int(&bench, "track-1-2-mic.webm", "frames"), ==,
                  (json_int_t)audio->frames - lost);
  g_autoptr(WebmFacts) program = decode(&bench, "program-1.webm");
  int64_t worst_us;
  g_assert_cmpuint(worst_offset(program, 1000, &worst_us), >=, 18);
  g_assert_cmpint(worst_us, <, 30000);
  scene_track_free(video);
  scene_track_free(audio);
  bench_clear(&bench);
}

static void test_video_loss_waits_for_a_keyframe(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo camera = {640, 360, 30, 30, 0, 10000000, 60};
  SceneTrack *video = scene_video(1, &camera, 1);
  const Feed feeds[] = {{.track = video, .delay_us = 50000, .lose = 200}};
  const Cut cuts[] = {{0, 1}};
  play(&bench, feeds, 1, cuts, 1, 10200000);
  g_autoptr(WebmFacts) camera_file = decode(&bench, "track-1-1-camera.webm");
  g_assert_cmpint(closed_int(&bench, "track-1-1-camera.webm", "lost"), >, 0);
  g_assert_cmpuint(track_of(camera_file, true)->decoded, <, video->frames);
  g_assert_cmpuint(track_of(camera_file, true)->decoded, >, video->frames / 3);
  g_assert_cmpuint(bench.asked, >, 0);
  scene_track_free(video);
  bench_clear(&bench);
}

/* What comes within a second of being asked for again is in the file, all of it, though the program
 * could not wait. */
static void test_late_repairs(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo camera = {640, 360, 30, 30, 0, 10000000, 60};
  SceneTrack *video = scene_video(1, &camera, 1);
  SceneTrack *audio = scene_audio(2, 1000, 0, 10000000);
  const Feed feeds[] = {{.track = video, .delay_us = 50000, .repair = 100},
                        {.track = audio, .delay_us = 40000, .repair = 40}};
  const Cut cuts[] = {{0, 1}};
  play(&bench, feeds, 2, cuts, 1, 11200000);
  g_autoptr(WebmFacts) camera_file = decode(&bench, "track-1-1-camera.webm");
  g_assert_cmpint(closed_int(&bench, "track-1-1-camera.webm", "lost"), ==, 0);
  g_assert_cmpuint(track_of(camera_file, true)->decoded, ==, video->frames);
  g_assert_cmpint(track_of(camera_file, true)->max_gap_us, <, 100000);
  g_autoptr(WebmFacts) mic_file = decode(&bench, "track-1-2-mic.webm");
  g_assert_cmpint(closed_int(&bench, "track-1-2-mic.webm", "lost"), ==, 0);
  g_assert_cmpuint(track_of(mic_file, false)->frames, ==, audio->frames);
  /* The program is whole and in step all the same. */
  g_autoptr(WebmFacts) program = decode(&bench, "program-1.webm");
  g_assert_cmpint(llabs(program->duration_us - 11200000), <, 60000);
  g_assert_cmpint(track_of(program, false)->max_gap_us, <, 25000);
  unsigned shown = track_of(program, true)->decoded;
  g_test_message("the program shows %u of %u pictures", shown, video->frames);
  g_assert_cmpuint(shown, >, video->frames / 3);
  g_assert_cmpuint(shown, <, video->frames);
  int64_t worst_us;
  g_assert_cmpuint(worst_offset(program, 1000, &worst_us), >=, 8);
  g_assert_cmpint(worst_us, <, 30000);
  scene_track_free(video);
  scene_track_free(audio);
  bench_clear(&bench);
}

/* Two people, the stage moves between them, one changes size, leaves, and is muted for a while. */
static void test_stage(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo first = {640, 360, 30, 30, 0, 16000000, 50};
  const SceneVideo second[] = {{1280, 720, 30, 30, 4000000, 8000000, 80},
                               {320, 180, 30, 30, 8000000, 12000000, 80}};
  SceneTrack *a = scene_video(1, &first, 1), *b = scene_video(2, second, 2);
  SceneTrack *sound_a = scene_audio(3, 1000, 0, 24000000);
  SceneTrack *sound_b = scene_audio(4, 3000, 4000000, 12000000);
  const Feed feeds[] = {
      {.track = a, .delay_us = 30000},
      {.track = b, .delay_us = 60000},
      {.track = sound_a, .delay_us = 20000, .mute_from_us = 13000000, .mute_to_us = 18500000},
      {.track = sound_b, .delay_us = 50000}};
  const Cut cuts[] = {{0, 1}, {5000000, 2}, {10000000, 1}, {14000000, 0}};
  play(&bench, feeds, 4, cuts, 4, 24000000);

  g_autoptr(WebmFacts) program = decode(&bench, "program-1.webm");
  const WebmTrack *video = track_of(program, true);
  g_assert_cmpuint(video->sizes, >=, 3);
  g_assert_cmpint(video->max_gap_us, <, 700000);
  g_assert_cmpint(llabs(program->duration_us - 24000000), <, 60000);
  g_assert_cmpint(track_of(program, false)->max_gap_us, <, 25000);
  /* Whose picture it is shows in the ground: 1 50, 2 80, slate 45. Mind the flash. */
  unsigned from_b = 0, in_b = 0;
  for (unsigned i = 0; i < program->pictures->len; i++) {
    WebmPicture *picture = &g_array_index(program->pictures, WebmPicture, i);
    if (picture->luma > 120)
      continue;
    bool b_shown = picture->luma > 68;
    if (picture->pts_us > 6200000 && picture->pts_us < 9900000) {
      in_b++;
      from_b += b_shown;
    } else if (picture->pts_us < 4900000 || picture->pts_us > 11300000) {
      g_assert_false(b_shown);
    }
  }
  g_assert_cmpuint(in_b, >, 90);
  g_assert_cmpuint(from_b, ==, in_b);
  int64_t worst_us;
  g_autoptr(GArray) beeps_a = webm_beeps(program, 1000);
  g_autoptr(GArray) beeps_b = webm_beeps(program, 3000);
  g_assert_cmpuint(beeps_a->len, >=, 17); /* 24 seconds less 5 muted and the first */
  g_assert_cmpuint(beeps_a->len, <=, 19);
  g_assert_cmpuint(beeps_b->len, >=, 7);
  g_assert_cmpuint(beeps_b->len, <=, 8);
  for (unsigned i = 0; i < beeps_a->len; i++)
    g_assert_cmpint((g_array_index(beeps_a, int64_t, i) + 500000) % 1000000, >, 490000);
  g_assert_cmpuint(worst_offset(program, 1000, &worst_us), >=, 10);
  g_assert_cmpint(worst_us, <, 30000);
  g_autoptr(WebmFacts) b_file = decode(&bench, "track-1-2-camera.webm");
  g_assert_cmpuint(track_of(b_file, true)->decoded, ==, b->frames);
  g_assert_cmpuint(track_of(b_file, true)->sizes, ==, 1);
  scene_track_free(a);
  scene_track_free(b);
  scene_track_free(sound_a);
  scene_track_free(sound_b);
  bench_clear(&bench);
}

static void send_vp8(Bench *bench, uint32_t track, uint64_t sequence, bool begins, unsigned side,
                     bool marker, int64_t now_us) {
  uint8_t packet[1200] = {0x80, marker ? 0xe0 : 0x60, (uint8_t)(sequence >> 8), (uint8_t)sequence};
  packet[11] = 9;                 /* ssrc */
  packet[12] = begins ? 0x10 : 0; /* descriptor: begins a partition */
  if (begins) {
    static const uint8_t keyframe[] = {0x10, 0, 0, 0x9d, 0x01, 0x2a};
    memcpy(packet + 13, keyframe, sizeof keyframe);
    packet[19] = packet[21] = (uint8_t)side;
  }
  send_rtp(bench, track, sequence, now_us, packet, sizeof packet, now_us);
}

/* One publisher's nonsense is the loss of its own track only. */
static void test_hostile_tracks(void) {
  Bench bench;
  bench_init(&bench);
  const SceneVideo camera = {320, 180, 15, 15, 0, 4000000, 60};
  SceneTrack *good = scene_video(5000, &camera, 1);
  SceneTrack hostile = {.info = good->info};
  /* More tracks than may be there at a time, one after the other. */
  for (hostile.track = 1; hostile.track < 3000; hostile.track++) {
    announce(&bench, &hostile, 0);
    send(&bench, TAP_TRACK_END, hostile.track, 0, NULL, 0, 0);
  }
  hostile.track = 3001; /* pictures that the muxer does not take */
  announce(&bench, &hostile, 0);
  for (uint64_t i = 0; i < 30; i++)
    send_vp8(&bench, hostile.track, i, true, i % 16, true, (int64_t)i * 1000);
  hostile.track = 3002; /* a frame that never ends: 24 MB */
  announce(&bench, &hostile, 0);
  for (uint32_t i = 0; i < 20000; i++)
    send_vp8(&bench, hostile.track, i, i == 0, 64, false, 30000);
  g_assert_cmpuint(bench.asked, >, 0);
  const Feed feed = {good, 0};
  const Cut cut = {0, good->track};
  play(&bench, &feed, 1, &cut, 1, 4000000);
  g_assert_cmpuint(bench.disks + bench.elements, ==, 0);
  g_autoptr(WebmFacts) file = decode(&bench, "track-1-5000-camera.webm");
  g_assert_cmpuint(track_of(file, true)->decoded, ==, good->frames);
  check_hash(&bench, "program-1.webm");
  g_assert_cmpuint(g_hash_table_size(bench.closed), <=, 3);
  scene_track_free(good);
  bench_clear(&bench);
}

/* Nobody sends anything: the program still is a whole file of the right length. */
static void test_empty(void) {
  Bench bench;
  bench_init(&bench);
  play(&bench, NULL, 0, NULL, 0, 5000000);
  g_autoptr(WebmFacts) program = decode(&bench, "program-1.webm");
  g_assert_cmpint(llabs(program->duration_us - 5000000), <, 60000);
  g_assert_cmpuint(track_of(program, true)->decoded, >=, 8);
  bench_clear(&bench);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_autoptr(GError) error = NULL;
  if (!elements_init(&error)) {
    g_printerr("%s\n", error->message);
    return 1;
  }
  g_test_add_func("/record/empty", test_empty);
  g_test_add_func("/record/plain", test_plain);
  g_test_add_func("/record/lossy", test_lossy);
  g_test_add_func("/record/video-loss", test_video_loss_waits_for_a_keyframe);
  g_test_add_func("/record/late-repairs", test_late_repairs);
  g_test_add_func("/record/stage", test_stage);
  g_test_add_func("/record/hostile", test_hostile_tracks);
  return g_test_run();
}
