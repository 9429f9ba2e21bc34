/* webm-info [--decode] FILE: what a recording holds, as one JSON object.
 *
 * Counts blocks without decoding; --decode also decodes every picture and sound and tells how many
 * came out. Exit status 1 when reading ended by an error, 2 when the file cannot be read at all.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elements.h"
#include "webm.h"

static json_t *describe(const WebmTrack *track, bool decode) {
  json_t *out = json_pack(
      "{s:s, s:s, s:I, s:I, s:f, s:f, s:f, s:f}", "kind", track->video ? "video" : "audio", "codec",
      track->codec, "frames", (json_int_t)track->frames, "keyframes", (json_int_t)track->keyframes,
      "first_ms", (double)track->first_us / 1000, "last_ms", (double)track->last_us / 1000,
      "max_gap_ms", (double)track->max_gap_us / 1000, "max_gap_at_ms",
      (double)track->max_gap_at_us / 1000);
  if (track->video) {
    json_object_set_new(out, "width", json_integer(track->width));
    json_object_set_new(out, "height", json_integer(track->height));
    json_object_set_new(out, "keyframe_gap_ms", json_real((double)track->keyframe_gap_us / 1000));
  }
  if (decode) {
    json_object_set_new(out, "decoded", json_integer((json_int_t)track->decoded));
    json_object_set_new(out, "size_changes", json_integer((json_int_t)track->sizes));
  }
  return out;
}

int main(int argc, char **argv) {
  bool decode = argc == 3 && strcmp(argv[1], "--decode") == 0;
  if (argc != 2 + decode) {
    fprintf(stderr, "usage: webm-info [--decode] FILE\n");
    return 2;
  }
  g_autoptr(GError) error = NULL;
  g_autoptr(WebmFacts) facts =
      elements_init(&error) ? webm_read(argv[argc - 1], decode, &error) : NULL;
  if (!facts) {
    fprintf(stderr, "webm-info: %s\n", error->message);
    return 2;
  }
  json_t *tracks = json_array();
  for (unsigned i = 0; i < facts->tracks->len; i++)
    json_array_append_new(tracks, describe(&g_array_index(facts->tracks, WebmTrack, i), decode));
  json_t *out = json_pack("{s:o, s:b, s:i}", "tracks", tracks, "cues", facts->seekable, "warnings",
                          (int)facts->warnings);
  json_object_set_new(out, "duration_ms",
                      facts->duration_us < 0 ? json_null()
                                             : json_real((double)facts->duration_us / 1000));
  if (facts->error)
    json_object_set_new(out, "error", json_string(facts->error));
  char *text = json_dumps(out, JSON_REAL_PRECISION(9));
  puts(text);
  free(text);
  json_decref(out);
  return facts->error ? 1 : 0;
}
