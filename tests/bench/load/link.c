#include "link.h"

#include <glib.h>
#include <string.h>

#define HEAD_BYTES 28           /* IP and UDP headers take their share of the rate */
#define SLACK_BYTES 128         /* behind the data, for who works in place */
#define QUEUE_DEFAULT_US 200000 /* of a rate limit without queue= */

typedef struct {
  int64_t due_us;
  size_t len;
  uint8_t data[];
} Datagram;

struct Link {
  LinkSetting setting;
  uint64_t random;
  LinkDeliver deliver;
  void *user;
  int64_t free_us;  /* when the limited line is free again */
  int64_t last_us;  /* due time of the last one that kept the order */
  int64_t worst_us; /* waiting at the limit */
  GQueue waiting;   /* of Datagram, by due_us */
};

Link *link_new(uint64_t seed, LinkDeliver deliver, void *user) {
  Link *link = g_new0(Link, 1);
  link->random = seed * 0x9e3779b97f4a7c15u + 1;
  link->deliver = deliver;
  link->user = user;
  return link;
}

void link_free(Link *link) {
  if (!link)
    return;
  g_queue_clear_full(&link->waiting, g_free);
  g_free(link);
}

void link_set(Link *link, const LinkSetting *setting) {
  link->setting = *setting;
  if (link->setting.rate_bps && !link->setting.queue_us)
    link->setting.queue_us = QUEUE_DEFAULT_US;
}

/* xorshift64*: 0…1. */
static double next_random(Link *link) {
  link->random ^= link->random >> 12;
  link->random ^= link->random << 25;
  link->random ^= link->random >> 27;
  return (double)((link->random * 0x2545f4914f6cdd1du) >> 11) / 9007199254740992.0;
}

void link_push(Link *link, const uint8_t *data, size_t len, int64_t now_us) {
  const LinkSetting *setting = &link->setting;
  if (setting->loss > 0 && next_random(link) < setting->loss)
    return;
  int64_t due_us = now_us;
  if (setting->rate_bps) {
    int64_t start_us = MAX(link->free_us, now_us);
    if (start_us - now_us > setting->queue_us)
      return;
    link->free_us = start_us + (int64_t)(len + HEAD_BYTES) * 8 * G_USEC_PER_SEC / setting->rate_bps;
    due_us = link->free_us;
    link->worst_us = MAX(link->worst_us, due_us - now_us);
  }
  due_us += setting->delay_us;
  if (setting->jitter_us)
    due_us += (int64_t)((next_random(link) * 2 - 1) * (double)setting->jitter_us);
  due_us = MAX(MAX(due_us, link->last_us), now_us);
  if (setting->reorder > 0 && next_random(link) < setting->reorder)
    due_us += setting->reorder_us;
  else
    link->last_us = due_us;
  Datagram *datagram = g_malloc(sizeof *datagram + len + SLACK_BYTES);
  datagram->due_us = due_us;
  datagram->len = len;
  memcpy(datagram->data, data, len);
  memset(datagram->data + len, 0, SLACK_BYTES);
  GList *after = link->waiting.tail;
  while (after && ((const Datagram *)after->data)->due_us > due_us)
    after = after->prev;
  if (after)
    g_queue_insert_after(&link->waiting, after, datagram);
  else
    g_queue_push_head(&link->waiting, datagram);
}

void link_run(Link *link, int64_t now_us) {
  Datagram *datagram;
  while ((datagram = g_queue_peek_head(&link->waiting)) && datagram->due_us <= now_us) {
    g_queue_pop_head(&link->waiting);
    link->deliver(link->user, datagram->data, datagram->len, now_us);
    g_free(datagram);
  }
}

int64_t link_worst_queue_us(Link *link) {
  int64_t worst_us = link->worst_us;
  link->worst_us = 0;
  return worst_us;
}

bool link_read(const char *words, LinkSetting *setting) {
  *setting = (LinkSetting){.reorder_us = 30000};
  g_auto(GStrv) parts = g_strsplit(words, " ", -1);
  for (unsigned i = 0; parts[i]; i++) {
    const char *equals = strchr(parts[i], '=');
    if (!*parts[i])
      continue;
    double value = equals ? g_ascii_strtod(equals + 1, NULL) : 0;
    if (g_str_has_prefix(parts[i], "loss="))
      setting->loss = value;
    else if (g_str_has_prefix(parts[i], "delay="))
      setting->delay_us = (int64_t)(value * 1000);
    else if (g_str_has_prefix(parts[i], "jitter="))
      setting->jitter_us = (int64_t)(value * 1000);
    else if (g_str_has_prefix(parts[i], "reorder="))
      setting->reorder = value;
    else if (g_str_has_prefix(parts[i], "hold="))
      setting->reorder_us = (int64_t)(value * 1000);
    else if (g_str_has_prefix(parts[i], "rate="))
      setting->rate_bps = (int64_t)(value * 1000);
    else if (g_str_has_prefix(parts[i], "queue="))
      setting->queue_us = (int64_t)(value * 1000);
    else
      return false;
  }
  return true;
}
