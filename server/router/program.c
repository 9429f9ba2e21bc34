/* See program.h. */
#include "router/program.h"

#include "router/core.h"
#include "router/tap.h"

static Track *choose(const Router *router) {
  if (router->taps->len == 0)
    return NULL;
  /* A share of a still page sends little: it need not have sent lately. */
  if (router->screen && router->screen->packet_us != 0)
    return router->screen;
  for (guint i = 0; i < router->cameras->len; i++) {
    Track *camera = g_ptr_array_index(router->cameras, i);
    if (track_flowing(camera, router->now_us))
      return camera;
  }
  return NULL;
}

void program_update(Router *router) {
  Track *program = choose(router);
  if (program == router->program)
    return;
  router->program = program;
  for (guint i = 0; i < router->taps->len; i++)
    tap_tick(g_ptr_array_index(router->taps, i));
  if (program)
    track_want_recording_keyframe(program, router->now_us);
}
