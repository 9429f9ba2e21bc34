#include "store/people.h"

#include <string.h>

#include "base/id.h"
#include "store/statement.h"

/* Bit n's word at n; made once, by whichever thread comes first. */
static char **role_words(void) {
  static char **words;
  if (g_once_init_enter(&words)) {
    char **made = g_strsplit(ROLE_WORDS, " ", -1);
    g_assert(g_strv_length(made) == ROLE_COUNT);
    g_once_init_leave(&words, made);
  }
  return words;
}

const char *role_name(Role role) {
  int bit = g_bit_nth_lsf(role, -1);
  g_assert(bit >= 0 && bit < ROLE_COUNT);
  return role_words()[bit];
}

bool role_parse(const char *text, Role *role) {
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++)
    if (g_strcmp0(role_words()[bit], text) == 0) {
      *role = (Role)(1u << bit);
      return true;
    }
  return false;
}

json_t *roles_json(unsigned roles) {
  json_t *list = json_array();
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++)
    if (roles >> bit & 1)
      json_array_append_new(list, json_string(role_words()[bit]));
  return list;
}

static unsigned roles_parse(const char *names) {
  if (!names)
    return 0;
  g_auto(GStrv) list = g_strsplit(names, ",", -1);
  unsigned roles = 0;
  Role role;
  for (unsigned i = 0; list[i]; i++)
    if (role_parse(list[i], &role))
      roles |= role;
  return roles;
}

char *person_shown(sqlite3 *db, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select name from person_shown where id = :id", error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  return statement_one(row, "no such person", error) ? g_strdup(column_text(row, 0)) : NULL;
}

unsigned person_roles(sqlite3 *db, const char *id) {
  g_autoptr(Statement) row =
      db_prepare(db, "select group_concat(role) from person_role where person = :id", NULL);
  if (!row)
    return 0;
  statement_text(row, ":id", id);
  return statement_step(row, NULL) == SQLITE_ROW ? roles_parse(column_text(row, 0)) : 0;
}

bool person_login(sqlite3 *db, const char *id, char **login, GError **error) {
  *login = NULL;
  g_autoptr(Statement) row = db_prepare(db, "select login from person where id = :id", error);
  if (!row)
    return false;
  statement_text(row, ":id", id);
  if (!statement_one(row, "no such person", error))
    return false;
  *login = g_strdup(column_text(row, 0));
  return true;
}
