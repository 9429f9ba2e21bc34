/* Sample data at the size of a city (yishictl demo --size article): two terms, organisations with
 * reforms, members with years of posts, changes and requests, and years of consultations with
 * attendance. Everything is labelled 示例 (sample), and made by the acts that people do, each at
 * its time. Command line only. */
#pragma once

#include "demo-act.h"

typedef struct {
  unsigned members, meetings; /* how many there are to be; 0: a city's */
  uint32_t seed;              /* the same people and the same lot for the same seed and day */
} DemoSize;

/* On a writing connection, in a transaction; desk->now is the present. CONFLICT: there are people
 * already, with whom samples are not mixed. */
bool demo_article_make(const DemoDesk *desk, const DemoSize *size, GError **error);
