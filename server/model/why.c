#include "model/why.h"

#include <string.h>

#include "model/read.h"
#include "model/right.h"
#include "model/take.h"
#include "store/people.h"

/* ---- words ---- */

static json_t *said(const Model *model, const char *subject, const char *kind, const char *name) {
  g_autofree char *key = g_strdup_printf("%s.%s", kind, name);
  const Word *word = model_word(model, subject, key);
  return json_pack("{s:s, s:s, s:s}", "name", name, "zh", word ? word->zh : name, "en",
                   word ? word->en : name);
}

static json_t *verbs_json(const Call *call, uint64_t verbs) {
  json_t *list = json_array();
  const Info *info = call->info;
  for (unsigned bit = 0; bit < info->verbs->len; bit++)
    if (verbs >> bit & 1)
      json_array_append_new(
          list, said(call->model, info->subject->name, "verb", info->verbs->pdata[bit]));
  return list;
}

static json_t *roles_said(const Call *call, unsigned roles) {
  json_t *list = json_array();
  for (unsigned role = 1; role != SERVER; role *= 2)
    if (roles & role)
      json_array_append_new(list, said(call->model, "kernel", "role", grantee_name(role)));
  return list;
}

static json_t *scope_said(const Call *call, const Rule *rule) {
  const Info *info = call->info;
  return rule->scope < 0
             ? said(call->model, "kernel", "scope", "all")
             : said(call->model, info->subject->name, "scope", info->scopes->pdata[rule->scope]);
}

/* ---- the answer ---- */

/* What he could decide, had he not asked for it and were it not about him. */
static uint64_t withheld(const Call *call, const char *state) {
  const Info *info = call->info;
  if (info->party < 0)
    return 0;
  uint32_t others = call->scopes & ~info_parties(info);
  return info_verbs(info, call->roles, others, state) & ~call->verbs & info->decides;
}

/* The grants of a row that was found, and what is withheld. */
static void add_grants(const Call *call, json_t *answer) {
  json_t *grants = json_object_get(answer, "grants");
  const char *state = call_text(call, "$state");
  uint64_t may = call->verbs & ~info_makers(call->info);
  for (unsigned i = 0; i < call->info->rules->len; i++) {
    const Rule *rule = &g_array_index(call->info->rules, Rule, i);
    uint64_t verbs = rule_verbs(rule, call->roles, call->scopes, state) & may;
    if (verbs)
      json_array_append_new(
          grants, json_pack("{s:o, s:o, s:o}", "roles", roles_said(call, rule->who & call->roles),
                            "scope", scope_said(call, rule), "verbs", verbs_json(call, verbs)));
  }
  json_object_set_new(answer, "withheld", verbs_json(call, withheld(call, state)));
}

static bool answer(Call *call, const Call *found, const char *person) {
  g_autofree char *name = person_shown(call->db, person, NULL);
  json_t *document = json_pack("{s:{s:s, s:s?}, s:[], s:[]}", "person", "id", person, "name", name,
                               "grants", "withheld");
  if (found)
    add_grants(found, document);
  char *text = json_dumps(document, JSON_COMPACT);
  g_string_assign(call->out, text);
  free(text);
  json_decref(document);
  return true;
}

/* As he would see it himself. */
static bool of_another(Call *call, const char *person) {
  Call other;
  call_begin_other(&other, call, call->info);
  other.actor.person = person;
  other.roles = person_roles(call->db, person) | SIGNED_IN;
  other.link = NULL; /* what he sees with his account */
  call_begin(&other);
  call_row(&other, call->id);
  bool found = read_row(&other, call->route->verb);
  bool fine = !other.error && answer(call, found ? &other : NULL, person);
  call->error = g_steal_pointer(&other.error);
  call_clear(&other);
  return fine;
}

/* Of whom it is asked; NULL with a problem. */
static const char *take_person(Call *call, const GPtrArray *query) {
  static const Field person = ID("person");
  for (unsigned i = 0; i < query->len; i++) {
    const char *pair = query->pdata[i];
    if (!g_str_has_prefix(pair, "person=")) {
      problem_add(&call->problem, "query", "unknown", NULL);
      return NULL;
    }
    if (!take_text(&person, pair + strlen("person="), &call->asked, &call->problem))
      return NULL;
  }
  return call_has(call, ":person") ? call_text(call, ":person") : call->actor.person;
}

bool why_answer(Call *call, const GPtrArray *query) {
  const char *person = take_person(call, query);
  if (!person)
    return false;
  if (g_strcmp0(person, call->actor.person) == 0)
    return read_row(call, call->route->verb) && answer(call, call, person);
  if (call->roles & ROLE_SECURITY_ADMIN)
    return of_another(call, person);
  return read_row(call, call->route->verb) && problem_set(&call->problem, PROBLEM_FORBIDDEN);
}

json_t *why_schema(void) {
  json_t *said_one =
      json_pack("{s:s, s:{s:{s:s}, s:{s:s}, s:{s:s}}, s:[s, s, s], s:b}", "type", "object",
                "properties", "name", "type", "string", "zh", "type", "string", "en", "type",
                "string", "required", "name", "zh", "en", "additionalProperties", 0);
  json_t *many = json_pack("{s:s, s:O}", "type", "array", "items", said_one);
  json_t *grant = json_pack("{s:s, s:{s:O, s:o, s:O}, s:[s, s, s], s:b}", "type", "object",
                            "properties", "roles", many, "scope", said_one, "verbs", many,
                            "required", "roles", "scope", "verbs", "additionalProperties", 0);
  return json_pack("{s:s, s:{s:{s:s, s:{s:{s:s}, s:{s:[s, s]}}, s:[s, s], s:b},"
                   " s:{s:s, s:o}, s:o}, s:[s, s, s], s:b}",
                   "type", "object", "properties", "person", "type", "object", "properties", "id",
                   "type", "string", "name", "type", "string", "null", "required", "id", "name",
                   "additionalProperties", 0, "grants", "type", "array", "items", grant, "withheld",
                   many, "required", "person", "grants", "withheld", "additionalProperties", 0);
}
