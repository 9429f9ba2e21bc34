#include "store/people.h"

#include <string.h>

#include "base/id.h"
#include "store/check.h"
#include "store/page.h"
#include "store/statement.h"

/* Columns 0-9 of a Person; :now must be bound. */
#define PERSON_COLUMNS                                                                             \
  "select p.id, p.name, p.login, p.kind, p.sector, p.organisation, p.active,"                      \
  " (select f.locked_until from login_failure f where f.person = p.id and f.locked_until > :now)," \
  " (select group_concat(r.role) from person_role r where r.person = p.id),"                       \
  " (select s.name from person_shown s where s.id = p.id) from person p "

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

static json_t *person_row(Statement *row) {
  return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:o, s:s, s:s, s:b, s:o}", "id", column_text(row, 0),
                   "name", column_text(row, 1), "shown", column_text(row, 9), "login",
                   column_text(row, 2), "kind", column_text(row, 3), "roles",
                   roles_json(roles_parse(column_text(row, 8))), "sector", column_text(row, 4),
                   "organisation", column_text(row, 5), "active", (int)column_int(row, 6),
                   "locked_until", json_time(!column_null(row, 7), column_int(row, 7)));
}

json_t *person_get(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, PERSON_COLUMNS "where p.id = :id", error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  statement_int(row, ":now", now_ms);
  return statement_one(row, "no such person", error) ? person_row(row) : NULL;
}

/* One that comes from the start; by may be NULL. */
static bool add_role(sqlite3 *db, const char *person, Role role, const Actor *by, int64_t now_ms,
                     GError **error) {
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into role_holder (id, person, role, state, valid_from, granted_by,"
                 " created_at, created_by) values (:id, :person, :role, 'held', :now, :by, :now,"
                 " :by)",
                 error);
  if (!insert)
    return false;
  char id[ID_CHARS + 1];
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":person", person);
  statement_text(insert, ":role", role_name(role));
  statement_text(insert, ":by", by ? by->person : NULL);
  statement_int(insert, ":now", now_ms);
  return statement_run(insert, error);
}

static bool add_roles(sqlite3 *db, const char *person, unsigned roles, const Actor *by,
                      int64_t now_ms, GError **error) {
  for (unsigned bit = 0; bit < ROLE_COUNT; bit++)
    if ((roles >> bit & 1) && !add_role(db, person, (Role)(1u << bit), by, now_ms, error))
      return false;
  return true;
}

static bool check_new(const PersonNew *person, unsigned roles, GError **error) {
  if (!check_text("name", person->name, 1, 64, false, error) ||
      !check_word("kind", person->kind, "member staff guest admin", error) ||
      (person->login && !check_login(person->login, error)) ||
      (person->sector && !check_text("sector", person->sector, 0, 64, false, error)) ||
      (person->organisation &&
       !check_text("organisation", person->organisation, 0, 128, false, error)))
    return false;
  if (strcmp(person->kind, "guest") == 0 && (person->login || roles))
    return check_fail(error, "a guest has no login and no role");
  if (strcmp(person->kind, "admin") == 0 && !(roles & ROLES_ADMIN))
    return check_fail(error, "an administrator wants one of the administrator roles");
  return true;
}

bool person_create(sqlite3 *db, const PersonNew *person, const Actor *by, int64_t now_ms, char *id,
                   GError **error) {
  unsigned roles = person->roles;
  if (!roles && g_strcmp0(person->kind, "member") == 0)
    roles = ROLE_MEMBER;
  if (!roles && g_strcmp0(person->kind, "staff") == 0)
    roles = ROLE_STAFF;
  if (!check_new(person, roles, error))
    return false;
  g_autoptr(Statement) insert =
      db_prepare(db,
                 "insert into person (id, name, login, kind, sector, organisation, created_at)"
                 " values (:id, :name, :login, :kind, :sector, :organisation, :now)"
                 " on conflict (login) do nothing",
                 error);
  if (!insert)
    return false;
  id_random(id, ID_CHARS);
  statement_text(insert, ":id", id);
  statement_text(insert, ":name", person->name);
  statement_text(insert, ":login", person->login);
  statement_text(insert, ":kind", person->kind);
  statement_text(insert, ":sector", person->sector ? person->sector : "");
  statement_text(insert, ":organisation", person->organisation ? person->organisation : "");
  statement_int(insert, ":now", now_ms);
  if (!statement_run(insert, error))
    return false;
  if (db_changes(db) == 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the login %s is taken", person->login);
    return false;
  }
  return add_roles(db, id, roles, by, now_ms, error) &&
         audit_note(db, "person.create", by, id,
                    json_pack("{s:s, s:o}", "kind", person->kind, "roles", roles_json(roles)),
                    now_ms, error);
}
