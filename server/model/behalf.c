#include "model/behalf.h"

#include <string.h>

#include "base/zone.h"
#include "model/right.h"
#include "store/people.h"
#include "store/statement.h"

/* What he was given that holds on that day, of somebody who can still sign in. NULL: it failed. */
static GPtrArray *find_given(Call *call, const char *giver) {
  g_autoptr(GPtrArray) verbs = g_ptr_array_new_with_free_func(g_free);
  g_autofree char *today = zone_format(call->zone, call->now_ms, "%Y-%m-%d");
  g_autoptr(Statement) rows =
      db_prepare(call->db,
                 "select distinct v.verb from delegation d"
                 " join delegation_verb v on v.delegation = d.id join person p on p.id = d.giver"
                 " where d.deputy = :deputy and d.giver = :giver and d.revoked_at is null"
                 " and d.starts_on <= :today and d.ends_on >= :today and p.active = 1",
                 &call->error);
  if (!rows)
    return NULL;
  statement_text(rows, ":deputy", call->actor.person);
  statement_text(rows, ":giver", giver);
  statement_text(rows, ":today", today);
  int result;
  while ((result = statement_step(rows, &call->error)) == SQLITE_ROW)
    g_ptr_array_add(verbs, g_strdup(column_text(rows, 0)));
  return result == SQLITE_DONE ? g_steal_pointer(&verbs) : NULL;
}

bool behalf_begin(Call *call, const char *giver) {
  g_autoptr(GPtrArray) given = find_given(call, giver);
  if (!given)
    return false;
  unsigned roles = person_roles(call->db, giver);
  if (given->len == 0 || call->link || ((roles | call->roles) & ROLES_ADMIN))
    return problem_say(&call->problem, 403, "not_on_behalf", NULL);
  g_clear_pointer(&call->given, g_ptr_array_unref);
  call->given = g_steal_pointer(&given);
  call->deputy = call->actor.person;
  call->actor.person = giver;
  call->roles = roles | SIGNED_IN;
  return true;
}

uint64_t behalf_verbs(const Call *call, const Info *info) {
  if (!call->given)
    return UINT64_MAX;
  uint64_t verbs = 0;
  size_t length = strlen(info->subject->name);
  for (unsigned i = 0; i < call->given->len; i++) {
    const char *given = call->given->pdata[i];
    int verb = strncmp(given, info->subject->name, length) == 0 && given[length] == '.'
                   ? info_verb(info, given + length + 1)
                   : -1;
    if (verb >= 0)
      verbs |= UINT64_C(1) << verb;
  }
  int read = info_verb(info, "read");
  return verbs && read >= 0 ? verbs | UINT64_C(1) << read : verbs;
}

const char *behalf_doer(const Call *call) {
  return call->deputy ? call->deputy : call->actor.person;
}

bool behalf_can_give(const Model *model, const char *verb) {
  g_autofree char *name = g_strndup(verb, strcspn(verb, "."));
  const char *rest = verb + strlen(name);
  const Info *info = *rest ? model_find(model, name) : NULL;
  int bit = info ? info_verb(info, rest + 1) : -1;
  return bit >= 0 && strcmp(name, "delegation") != 0 &&
         (((info->acts & ~info->prints) | info_makers(info)) >> bit & 1);
}
