#include "base/limit-table.h"

#include <glib.h>

static const LimitRule rules[LIMIT_COUNT] = {
    [LIMIT_MESSAGES] = {50, 20, 0},
    [LIMIT_CHAT] = {5, 2, 0},
    [LIMIT_SWITCHES] = {40, 2, 0}, /* each is an event that is kept for ever */
    [LIMIT_KNOCKS] = {1, 1 / 20.0, 0},
    /* Successes are not counted: a hall of 300 people behind one address signs in. */
    [LIMIT_LOGIN_FAILURES] = {60, 0, 60},
    /* 260 bits cannot be guessed: an assembly behind one address opens theirs in one minute. */
    [LIMIT_LINKS] = {1000, 10, 0},
    [LIMIT_LINK_USES] = {60, 0.1, 0}, /* a venue has a few devices; each use is recorded */
    [LIMIT_PASSWORDS] = {5, 1 / 60.0, 0},
    [LIMIT_RESETS] = {30, 0.5, 0},
    [LIMIT_CHANGES] = {2000, 20, 0}, /* a clerk, or his program, invites an assembly one by one */
    [LIMIT_TABLES] = {30, 0.5, 0},   /* each reads a whole list */
    [LIMIT_REFUSED] = {20, 1 / 60.0, 0}, /* who tries them all is known after these */
    [LIMIT_HALF_OPEN] = {64, 0, 0},
    [LIMIT_WAITING] = {512, 0, 0},
    [LIMIT_SOCKETS] = {8, 0, 0},
    [LIMIT_CONNECTIONS_IDLE] = {8, 0, 0},
    [LIMIT_CONNECTIONS] = {32, 0, 0}, /* a browser opens six; two devices that load a page */
    [LIMIT_TOKENS] = {4, 0, 0},
    [LIMIT_HASHES] = {512, 0, 0}, /* the hall again, at once */
    [LIMIT_READS] = {1024, 0, 0}, /* the hall again, before anybody has a session */
};

const LimitRule *limit_rule(LimitName name) {
  g_assert(name < LIMIT_COUNT);
  return &rules[name];
}

unsigned limit_most(LimitName name) {
  const LimitRule *rule = limit_rule(name);
  g_assert(rule->per_second == 0 && rule->window_s == 0);
  return rule->most;
}

/* In a window, tokens are those used since last_us, its beginning. */
static bool window_over(const Limit *limit, const LimitRule *rule, int64_t now_us) {
  return limit->last_us == 0 || now_us - limit->last_us >= rule->window_s * G_USEC_PER_SEC;
}

bool limit_use(Limit *limit, LimitName name, int64_t now_us) {
  const LimitRule *rule = limit_rule(name);
  if (rule->per_second > 0)
    return limit_take(limit, rule->per_second, rule->most, now_us);
  g_assert(rule->window_s > 0);
  if (window_over(limit, rule, now_us))
    *limit = (Limit){.last_us = now_us};
  if (limit->tokens >= rule->most)
    return false;
  limit->tokens += 1;
  return true;
}

bool limit_left(const Limit *limit, LimitName name, int64_t now_us) {
  const LimitRule *rule = limit_rule(name);
  Limit trial = *limit;
  if (rule->per_second > 0)
    return limit_take(&trial, rule->per_second, rule->most, now_us);
  return window_over(limit, rule, now_us) || limit->tokens < rule->most;
}
