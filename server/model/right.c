#include "model/right.h"

#include <string.h>

#include "model/take.h"
#include "store/people.h"

static const Rule *rule_of(const Info *info, unsigned n) {
  return &g_array_index(info->rules, Rule, n);
}

const char *grantee_name(unsigned who) {
  return who == SIGNED_IN ? "signed_in" : who == SERVER ? "server" : role_name(who);
}

int info_verb(const Info *info, const char *verb) {
  guint index;
  return g_ptr_array_find_with_equal_func(info->verbs, verb, g_str_equal, &index) ? (int)index : -1;
}

bool info_has(const Info *info, unsigned roles, int verb) {
  for (unsigned i = 0; verb >= 0 && i < info->rules->len; i++)
    if ((rule_of(info, i)->who & roles) && (rule_of(info, i)->may >> verb & 1))
      return true;
  return false;
}

uint32_t info_parties(const Info *info) {
  return info->party < 0 ? 0 : UINT32_C(1) << info->party | UINT32_C(1) << info->deputy_party;
}

uint32_t info_scopes(const Info *info, unsigned roles) {
  uint32_t scopes = 0;
  uint64_t verbs = 0;
  for (unsigned i = 0; i < info->rules->len; i++) {
    const Rule *rule = rule_of(info, i);
    if (!(rule->who & roles))
      continue;
    verbs |= rule->may;
    if (rule->scope >= 0)
      scopes |= UINT32_C(1) << rule->scope;
  }
  return verbs & info->decides ? scopes | info_parties(info) : scopes;
}

static bool in_states(char *const *states, const char *state) {
  return !states || (state && g_strv_contains((const char *const *)states, state));
}

static bool is_in(const Rule *rule, unsigned roles, uint32_t scopes) {
  return (rule->who & roles) && (rule->scope < 0 || (scopes >> rule->scope & 1));
}

uint64_t rule_verbs(const Rule *rule, unsigned roles, uint32_t scopes, const char *state) {
  return is_in(rule, roles, scopes) && in_states(rule->states, state) ? rule->may : 0;
}

/* What the grants give, but for decisions on what one asked for or what is about oneself. */
static uint64_t granted(const Info *info, unsigned roles, uint32_t scopes, bool anywhere,
                        const char *state) {
  uint64_t verbs = 0;
  for (unsigned i = 0; i < info->rules->len; i++) {
    const Rule *rule = rule_of(info, i);
    if (anywhere)
      verbs |= is_in(rule, roles, scopes) ? rule->may : 0;
    else
      verbs |= rule_verbs(rule, roles, scopes, state);
  }
  return scopes & info_parties(info) ? verbs & ~info->decides : verbs;
}

const char *route_under(const Route *route) {
  const char *dot = route && route->on ? strchr(route->on, '.') : NULL;
  g_autofree char *name = dot ? g_strndup(route->on, (gsize)(dot - route->on)) : NULL;
  return g_intern_string(name);
}

uint64_t info_makers(const Info *info) {
  uint64_t verbs = 0;
  for (const Route *route = info->subject->routes; route->path; route++)
    if (route->kind == R_CREATE)
      verbs |= UINT64_C(1) << info_verb(info, route->verb);
  return verbs;
}

const Step *info_step(const Info *info, const char *verb, const char *state) {
  for (const Step *step = info->subject->steps; step && step->verb; step++)
    if (strcmp(step->verb, verb) == 0 &&
        (*step->from ? *state && shape_has(step->from, state, NULL) : !*state))
      return step;
  return NULL;
}

/* Bits of the verbs that lead out of this state. */
static uint64_t steps_from(const Info *info, const char *state) {
  uint64_t verbs = 0;
  for (const Step *step = info->subject->steps; step && step->verb && state; step++)
    if (*step->from && shape_has(step->from, state, NULL))
      verbs |= UINT64_C(1) << info_verb(info, step->verb);
  return verbs;
}

uint64_t info_verbs(const Info *info, unsigned roles, uint32_t scopes, const char *state) {
  uint64_t verbs = granted(info, roles, scopes, false, state);
  return info->steps ? (verbs & ~info->steps) | (verbs & steps_from(info, state)) : verbs;
}

bool info_is_file(const Info *info, uint64_t verbs, uint32_t scopes) {
  return info->file >= 0 && (verbs >> info->file & 1) && !(scopes >> info->own & 1);
}

uint64_t info_verbs_anywhere(const Info *info, unsigned roles, uint32_t scopes) {
  return granted(info, roles, scopes, true, NULL);
}
