#include <string.h>

#include "api/bed.h"

/* Answers later, as the rooms do. */
typedef struct {
  Bed *bed;
  void (*done)(void *asker, const json_t *lines);
  void *asker;
  bool stopping;
  unsigned asked;
} Rooms;

static gboolean tell(void *data) {
  Rooms *rooms = data;
  json_t *lines = json_pack(
      "[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:n, s:i, s:i, s:i, s:s, s:n, s:i, s:i, s:i, s:i, "
      "s:i, s:{s:i}, s:[i,i,i], s:i, s:[s,s], s:i}]",
      "meeting", rooms->bed->meeting, "title", "协商会", "person", rooms->bed->signed_in[MEMBER].id,
      "name", "李莉", "device", "电脑", "state", "connected", "way", "udp", "from_here", 0,
      "rtt_ms", "silent_ms", 20, "loss_down_permille", 151, "loss_up_permille", 0, "estimate_by",
      "nothing", "estimate_kbps", "wanted_kbps", 2100, "repairs", 5, "repairs_refused", 0, "unsent",
      0, "keyframes_asked", 1, "dropped", "duplicate", 12, "pictures", 2, 1, 0, "pictures_missing",
      1, "troubles", "loss_down", "missing", "badness", 171);
  rooms->done(rooms->asker, rooms->stopping ? NULL : lines);
  json_decref(lines);
  return G_SOURCE_REMOVE;
}

static void ask(void *user, void (*done)(void *asker, const json_t *lines), void *asker) {
  Rooms *rooms = user;
  rooms->asked++;
  rooms->done = done;
  rooms->asker = asker;
  g_idle_add(tell, rooms);
}

static void test_lines(void) {
  Bed *bed = bed_new();
  json_t *none = bed_expect(bed, 200, SYSTEM_ADMIN, "GET", "lines", NULL);
  g_assert_cmpuint(json_array_size(json_object_get(none, "lines")), ==, 0);
  json_decref(none);
  Rooms rooms = {.bed = bed};
  bed->context->lines = ask;
  bed->context->lines_user = &rooms;
  json_t *answer = bed_expect(bed, 200, SYSTEM_ADMIN, "GET", "lines", NULL);
  const json_t *line = json_array_get(json_object_get(answer, "lines"), 0);
  g_assert_cmpstr(json_string_value(json_object_get(line, "name")), ==, "李莉");
  json_decref(answer);
  g_assert_cmpuint(rooms.asked, ==, 1);
  rooms.stopping = true;
  bed_refused(bed, 503, "stopping", SYSTEM_ADMIN, "GET", "lines", NULL);
  for (Who who = MEMBER; who < WHO_COUNT; who++)
    if (who != SYSTEM_ADMIN)
      bed_refused(bed, 403, "forbidden", who, "GET", "lines", NULL);
  bed_refused(bed, 401, "signed_out", ANYBODY, "GET", "lines", NULL);
  g_assert_cmpuint(rooms.asked, ==, 2);
  bed_free(bed);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/api/lines", test_lines);
  return g_test_run();
}
