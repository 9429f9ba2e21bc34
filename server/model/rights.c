#include "model/rights.h"

#include <string.h>

#include "model/paper.h"
#include "model/right.h"
#include "model/serve.h"
#include "model/typescript.h"

/* Where the verb is asked: what changes something rather than what shows it. */
static const Route *route_of(const Subject *subject, const char *verb, const Step *step) {
  const Route *shows = NULL;
  for (const Route *route = subject->routes; route->path; route++) {
    if (route->kind == R_STEPS && step && *step->from)
      return route;
    if (g_strcmp0(route->verb, verb) != 0)
      continue;
    if (route_method(route) != HTTP_GET)
      return route;
    if (!shows || route->kind == R_ONE)
      shows = route;
  }
  return shows;
}

/* What is printed by the verb, of one record. */
static const Paper *paper_of(const Subject *subject, const char *verb) {
  for (const Paper *paper = subject->papers; paper && paper->code; paper++)
    if (g_strcmp0(paper->verb, verb) == 0)
      return paper;
  return NULL;
}

static void add(GArray *rights, Right right) {
  right.route = route_of(right.info->subject, right.verb, right.step);
  right.paper = paper_of(right.info->subject, right.verb);
  right.decides = right.step && (right.step->flags & DECIDES);
  g_array_append_val(rights, right);
}

static bool is_step(const Info *info, unsigned verb) {
  return info->steps >> verb & 1;
}

/* Whether it makes a row: there is no state yet. */
static bool makes(const Info *info, unsigned verb) {
  return info_makers(info) >> verb & 1;
}

/* Which of a rule's verbs there are in a state (NULL: the subject has none). */
static void add_verbs(GArray *rights, Right right, const Rule *rule) {
  const Info *info = right.info;
  for (unsigned verb = 0; verb < info->verbs->len; verb++) {
    right.verb = info->verbs->pdata[verb];
    if (!(rule->may >> verb & 1) || makes(info, verb))
      continue;
    right.step = right.state ? info_step(info, right.verb, right.state) : NULL;
    if (right.step || !is_step(info, verb))
      add(rights, right);
  }
}

static void add_makers(GArray *rights, Right right, const Rule *rule) {
  for (unsigned verb = 0; verb < right.info->verbs->len; verb++) {
    right.verb = right.info->verbs->pdata[verb];
    if (!(rule->may >> verb & 1) || !makes(right.info, verb))
      continue;
    right.step = info_step(right.info, right.verb, "");
    add(rights, right);
  }
}

static void add_rule(GArray *rights, const Info *info, const char *role, const Rule *rule) {
  Right right = {.info = info, .role = role};
  right.scope = rule->scope < 0 ? "all" : info->scopes->pdata[rule->scope];
  add_makers(rights, right, rule);
  if (!info->subject->states)
    add_verbs(rights, right, rule);
  for (const State *state = info->subject->states; state && state->name; state++) {
    right.state = state->name;
    if (!rule->states || g_strv_contains((const char *const *)rule->states, state->name))
      add_verbs(rights, right, rule);
  }
}

GArray *rights_of(const Model *model) {
  GArray *rights = g_array_new(FALSE, FALSE, sizeof(Right));
  for (unsigned i = 0; i < model_count(model); i++) {
    const Info *info = model_info(model, i);
    for (unsigned role = 1; role != SERVER; role *= 2)
      for (unsigned n = 0; n < info->rules->len; n++) {
        const Rule *rule = &g_array_index(info->rules, Rule, n);
        if (rule->who & role)
          add_rule(rights, info, grantee_name(role), rule);
      }
  }
  return rights;
}

/* ---- as text ---- */

static void add_paper(GString *out, const Right *right) {
  const Route *route = right->info->subject->routes;
  while (!paper_is_of(right->paper, route))
    route++;
  g_string_append_printf(out, "GET /%s%s%s%s", route->path, PAPER_PATH, right->paper->code,
                         paper_extension(PAPER_DOCX));
}

static void add_way(GString *out, const Right *right) {
  if (right->paper && !right->route) {
    add_paper(out, right);
    return;
  }
  if (!right->route) {
    g_string_append(out, "-");
    return;
  }
  g_string_append_printf(out, "%s /%s", method_name(route_method(right->route)),
                         right->route->path);
  if (right->route->kind == R_STEPS)
    g_string_append_printf(out, "/%s", right->verb);
  if (right->route->on)
    g_string_append_printf(out, " (who may %s)", right->route->on);
}

void print_rights(const Model *model, GString *out) {
  g_autoptr(GArray) rights = rights_of(model);
  g_string_append_printf(out, "%-14s  %-14s  %-14s  %-14s  %-14s  %-14s  %-6s  %s\n", "subject",
                         "role", "scope", "state", "verb", "becomes", "party", "asked by");
  for (unsigned i = 0; i < rights->len; i++) {
    const Right *right = &g_array_index(rights, Right, i);
    g_string_append_printf(out, "%-14s  %-14s  %-14s  %-14s  %-14s  %-14s  %-6s  ",
                           right->info->subject->name, right->role, right->scope,
                           right->state ? right->state : "-", right->verb,
                           right->step ? right->step->to : "-", right->decides ? "never" : "-");
    add_way(out, right);
    g_string_append_c(out, '\n');
  }
}

/* ---- for pages ---- */

/* Borrowed; made where there is none yet. */
static json_t *member(json_t *all, const char *name, json_t *(*make)(void)) {
  json_t *found = json_object_get(all, name);
  if (found)
    return found;
  json_object_set_new(all, name, make());
  return json_object_get(all, name);
}

void print_web_rights(const Model *model, GString *out) {
  g_autoptr(GArray) rights = rights_of(model);
  json_t *all = json_object();
  for (unsigned i = 0; i < rights->len; i++) {
    const Right *right = &g_array_index(rights, Right, i);
    json_t *verbs = member(all, right->info->subject->name, json_object);
    json_t *roles = member(verbs, right->verb, json_array);
    /* Those of one role stand together, a verb with each scope and state. */
    const char *last = json_string_value(json_array_get(roles, json_array_size(roles) - 1));
    if (g_strcmp0(last, right->role) != 0)
      json_array_append_new(roles, json_string(right->role));
  }
  g_string_append(out, "\nexport const rights = ");
  typescript_value(out, all, 0);
  g_string_append(out, " as const satisfies Record<string, Record<string, readonly string[]>>\n");
  json_decref(all);
}
