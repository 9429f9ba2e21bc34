/* When to ask a publisher for a key frame: many wishes, few requests.
 *
 * A key frame costs the publisher several times a usual frame, and hundreds of receivers may want
 * one within one round trip. The first wish is answered at once, further ones at most twice a
 * second, and a wish is repeated until a key frame came. Embedded in a Track; media thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define KEYFRAME_INTERVAL_US 500000

typedef struct {
  bool wanted;
  bool asked;
  int64_t asked_us;
} KeyframeWish;

/* Wishes for one; true: ask the publisher now. */
bool keyframe_want(KeyframeWish *wish, int64_t now_us);
/* True when an open wish is due to be asked (again). */
bool keyframe_due(KeyframeWish *wish, int64_t now_us);
/* A key frame began to come in. */
void keyframe_came(KeyframeWish *wish);
