/* See keyframe.h. */
#include "router/keyframe.h"

bool keyframe_due(KeyframeWish *wish, int64_t now_us) {
  if (!wish->wanted || (wish->asked && now_us - wish->asked_us < KEYFRAME_INTERVAL_US))
    return false;
  wish->asked = true;
  wish->asked_us = now_us;
  return true;
}

bool keyframe_want(KeyframeWish *wish, int64_t now_us) {
  wish->wanted = true;
  return keyframe_due(wish, now_us);
}

void keyframe_came(KeyframeWish *wish) {
  wish->wanted = false;
}
