#include "peer/gates.h"

#define STRANGERS_PER_SECOND 50
#define STRANGERS_BURST 100
#define BLOCK_US 1000000

static unsigned gate_of(const Path *path) {
  uint32_t hash = 2166136261u; /* FNV-1a: a shared gate only makes two strangers share a limit */
  for (size_t i = 0; i < sizeof path->ip; i++)
    hash = (hash ^ path->ip[i]) * 16777619u;
  return hash % GATES;
}

bool gates_closed(const Gates *gates, const Path *from, int64_t now_us) {
  return now_us < gates->at[gate_of(from)].blocked_until_us;
}

void gates_stranger(Gates *gates, const Path *from, int64_t now_us) {
  unsigned gate = gate_of(from);
  if (!limit_take(&gates->at[gate].limit, STRANGERS_PER_SECOND, STRANGERS_BURST, now_us))
    gates->at[gate].blocked_until_us = now_us + BLOCK_US;
}
