/* See lines.h. */
#include "room/lines.h"

#include "peer/figures.h"
#include "room/inner.h"
#include "room/lines-inner.h"
#include "room/trouble.h"

struct Inquiry {
  uint32_t request;
  unsigned waits; /* for so many engines */
  json_t *lines;
  LinesDone done;
  void *user;
};

static json_t *kbps(int64_t bps) {
  return bps == INT64_MAX ? json_null() : json_integer(bps / 1000);
}

static json_t *permille(double share) {
  return json_integer((json_int_t)(share * 1000 + 0.5));
}

static const char *way_of(const PeerFigures *figures) {
  static const char *const names[] = {"none", "udp", "tcp"};
  return names[figures->way];
}

/* Only what there is any of. */
static json_t *dropped_of(const PeerFigures *figures) {
  static const char *const names[] = {
#define X(what, name, help) name,
      REFUSALS(X)
#undef X
  };
  json_t *dropped = json_object();
  for (unsigned i = 0; i < REFUSAL_COUNT; i++)
    if (figures->dropped[i])
      json_object_set_new(dropped, names[i], json_integer((json_int_t)figures->dropped[i]));
  return dropped;
}

static json_t *line_of(const Participant *who, const PeerFigures *figures) {
  static const char *const states[] = {"connecting", "connected", "lost", "closed"};
  static const char *const sources[] = {"nothing", "feedback", "remb", "reports"};
  json_t *pictures = json_array(), *troubles = json_array();
  int badness = trouble_find(figures, troubles);
  for (unsigned i = 1; i <= LAYERS_MAX; i++)
    json_array_append_new(pictures, json_integer(figures->pictures[i]));
  return json_pack(
      "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:I, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:I, "
      "s:I, s:o, s:o, s:i, s:o, s:i}",
      "meeting", who->room->meeting, "title", who->room->title, "person", who->person, "name",
      who->name, "device", who->device ? who->device : "", "state", states[figures->state], "way",
      way_of(figures), "from_here", figures->from_here, "rtt_ms",
      figures->rtt_us ? json_integer((figures->rtt_us + 500) / 1000) : json_null(), "silent_ms",
      (json_int_t)(figures->silent_us / 1000), "loss_down_permille", permille(figures->loss_down),
      "loss_up_permille", permille(figures->loss_up), "estimate_by", sources[figures->source],
      "estimate_kbps", kbps(figures->bps), "wanted_kbps", kbps(figures->wanted_bps), "repairs",
      (json_int_t)figures->repairs, "repairs_refused", (json_int_t)figures->refused, "unsent",
      (json_int_t)figures->unsent, "keyframes_asked", (json_int_t)figures->keyframes, "dropped",
      dropped_of(figures), "pictures", pictures, "pictures_missing", (int)figures->pictures[0],
      "troubles", troubles, "badness", badness);
}

static void free_inquiry(Inquiry *inquiry) {
  json_decref(inquiry->lines);
  g_free(inquiry);
}

void lines_clear(Assembly *assembly) {
  for (GList *link = assembly->inquiries.head; link; link = link->next) {
    const Inquiry *inquiry = link->data;
    if (inquiry->done)
      inquiry->done(inquiry->user, NULL);
  }
  g_queue_clear_full(&assembly->inquiries, (GDestroyNotify)free_inquiry);
}

void lines_answer(Assembly *assembly, uint32_t request, const PeerFigures *figures,
                  unsigned count) {
  for (GList *link = assembly->inquiries.head; link; link = link->next) {
    Inquiry *inquiry = link->data;
    if (inquiry->request != request)
      continue;
    for (unsigned i = 0; i < count; i++) {
      const Participant *who =
          g_hash_table_lookup(assembly->peers, GUINT_TO_POINTER(figures[i].peer));
      if (who)
        json_array_append_new(inquiry->lines, line_of(who, &figures[i]));
    }
    if (--inquiry->waits > 0)
      return;
    g_queue_delete_link(&assembly->inquiries, link);
    if (inquiry->done)
      inquiry->done(inquiry->user, inquiry->lines);
    free_inquiry(inquiry);
    return;
  }
}

void assembly_lines(Assembly *assembly, LinesDone done, void *user) {
  Inquiry *inquiry = g_new0(Inquiry, 1);
  inquiry->request = ++assembly->last_inquiry;
  inquiry->waits = assembly->media.engines;
  inquiry->lines = json_array();
  inquiry->done = done;
  inquiry->user = user;
  g_queue_push_tail(&assembly->inquiries, inquiry);
  for (unsigned i = 0; i < assembly->media.engines; i++)
    assembly->media.ops->figures(assembly->media.user, i, inquiry->request);
}

void assembly_lines_forget(Assembly *assembly, const void *user) {
  for (GList *link = assembly->inquiries.head; link; link = link->next) {
    Inquiry *inquiry = link->data;
    if (inquiry->user == user)
      inquiry->done = NULL;
  }
}
