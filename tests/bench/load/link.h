/* A bad network in front of one participant: each direction loses, delays, reorders and throttles
 * datagrams by a seeded generator, so that a run repeats. It sits between the transport and its
 * socket, where a router between the two would be. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  double loss;       /* 0…1, of each datagram by itself */
  int64_t delay_us;  /* one way */
  int64_t jitter_us; /* the delay varies by ± so much; the order stays */
  double reorder;    /* 0…1 are held for reorder_us longer, and overtaken */
  int64_t reorder_us;
  int64_t rate_bps; /* 0: no limit */
  int64_t queue_us; /* what would wait longer for its turn is dropped */
} LinkSetting;

typedef struct Link Link;

typedef void (*LinkDeliver)(void *user, uint8_t *data, size_t len, int64_t now_us);

Link *link_new(uint64_t seed, LinkDeliver deliver, void *user);
void link_free(Link *link);
/* What is under way stays so. */
void link_set(Link *link, const LinkSetting *setting);
void link_push(Link *link, const uint8_t *data, size_t len, int64_t now_us);
/* Delivers what is due. */
void link_run(Link *link, int64_t now_us);
/* The longest that something waited for its turn at the rate limit since the last call. */
int64_t link_worst_queue_us(Link *link);
/* "loss=0.05 delay=20 jitter=50 reorder=0.05 hold=30 rate=500 queue=300": ms, kbit/s. False for a
 * word that is unknown. */
bool link_read(const char *words, LinkSetting *setting);
