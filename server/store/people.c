#include "store/people.h"

#include <string.h>

#include "base/id.h"
#include "store/check.h"
#include "store/page.h"
#include "store/passwords.h"
#include "store/statement.h"

static const struct {
  Role role;
  const char *name;
} role_names[] = {
    {ROLE_MEMBER, "member"},
    {ROLE_STAFF, "staff"},
    {ROLE_SYSTEM_ADMIN, "system_admin"},
    {ROLE_SECURITY_ADMIN, "security_admin"},
    {ROLE_AUDIT_ADMIN, "audit_admin"},
};

/* Columns 0-9 of a Person; :now must be bound. */
#define PERSON_COLUMNS                                                                             \
  "select p.id, p.name, p.login, p.kind, p.sector, p.organisation, p.active,"                      \
  " (select f.locked_until from login_failure f where f.person = p.id and f.locked_until > :now)," \
  " (select group_concat(r.role) from person_role r where r.person = p.id),"                       \
  " (select s.name from person_shown s where s.id = p.id) from person p "

/* Which people a search lists; :q is an escaped LIKE pattern or null. */
#define PEOPLE_FILTER                                                                              \
  " p.kind <> 'guest'"                                                                             \
  " and (:q is null or p.name like :q escape '\\' or p.login like :q escape '\\'"                  \
  "      or p.sector like :q escape '\\' or p.organisation like :q escape '\\')"                   \
  " and (:role is null or exists"                                                                  \
  "      (select 1 from person_role r where r.person = p.id and r.role = :role))"                  \
  " and (:to is null or (" PERSON_IS_INVITABLE " and not exists (select 1 from invitation i"       \
  "      where i.meeting = :to and i.person = p.id and i.revoked_at is null)))"

const char *role_name(Role role) {
  for (unsigned i = 0; i < G_N_ELEMENTS(role_names); i++)
    if (role_names[i].role == role)
      return role_names[i].name;
  g_assert_not_reached();
}

bool role_parse(const char *text, Role *role) {
  for (unsigned i = 0; i < G_N_ELEMENTS(role_names); i++)
    if (g_strcmp0(role_names[i].name, text) == 0) {
      *role = role_names[i].role;
      return true;
    }
  return false;
}

json_t *roles_json(unsigned roles) {
  json_t *list = json_array();
  for (unsigned i = 0; i < G_N_ELEMENTS(role_names); i++)
    if (roles & role_names[i].role)
      json_array_append_new(list, json_string(role_names[i].name));
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

/* %text% with LIKE's own characters escaped; NULL for no text. */
static char *like_pattern(const char *text) {
  if (!text || !*text)
    return NULL;
  GString *pattern = g_string_new("%");
  for (; *text; text++) {
    if (strchr("%_\\", *text))
      g_string_append_c(pattern, '\\');
    g_string_append_c(pattern, *text);
  }
  g_string_append_c(pattern, '%');
  return g_string_free(pattern, FALSE);
}

static void bind_filter(Statement *statement, const PeopleQuery *query, const char *pattern) {
  statement_text(statement, ":q", pattern);
  statement_text(statement, ":role", query->role && *query->role ? query->role : NULL);
  statement_text(statement, ":to", query->invite_to);
}

static bool count_people(sqlite3 *db, const PeopleQuery *query, const char *pattern, int64_t *total,
                         GError **error) {
  g_autoptr(Statement) count =
      db_prepare(db, "select count(*) from person p where" PEOPLE_FILTER, error);
  if (!count)
    return false;
  bind_filter(count, query, pattern);
  if (!statement_one(count, "", error))
    return false;
  *total = column_int(count, 0);
  return true;
}

json_t *people_list(sqlite3 *db, const PeopleQuery *query, int64_t now_ms, GError **error) {
  int limit = page_limit(query->limit);
  g_autofree char *pattern = like_pattern(query->q);
  int64_t total = 0;
  /* The cursor is the last person's id; an unknown one starts from the beginning. */
  g_autoptr(Statement) rows =
      db_prepare(db,
                 PERSON_COLUMNS "where" PEOPLE_FILTER
                                " and (p.name, p.id) > (coalesce((select c.name from person c"
                                " where c.id = :after), ''), :after)"
                                " order by p.name, p.id limit :limit",
                 error);
  if (!rows || !count_people(db, query, pattern, &total, error))
    return NULL;
  bind_filter(rows, query, pattern);
  statement_text(rows, ":after", query->after ? query->after : "");
  statement_int(rows, ":now", now_ms);
  statement_int(rows, ":limit", limit + 1);
  json_t *items = json_array();
  int result;
  while ((result = statement_step(rows, error)) == SQLITE_ROW)
    json_array_append_new(items, person_row(rows));
  if (result == SQLITE_ERROR) {
    json_decref(items);
    return NULL;
  }
  return page_finish(items, limit, "id", total);
}

static bool add_roles(sqlite3 *db, const char *id, unsigned roles, GError **error) {
  g_autoptr(Statement) insert =
      db_prepare(db, "insert into person_role (person, role) values (:person, :role)", error);
  if (!insert)
    return false;
  for (unsigned i = 0; i < G_N_ELEMENTS(role_names); i++)
    if (roles & role_names[i].role) {
      statement_text(insert, ":person", id);
      statement_text(insert, ":role", role_names[i].name);
      if (!statement_run(insert, error))
        return false;
    }
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
  return add_roles(db, id, roles, error) &&
         audit_note(db, "person.create", by, id,
                    json_pack("{s:s, s:o}", "kind", person->kind, "roles", roles_json(roles)),
                    now_ms, error);
}

/* Each member that a patch may have, checked. */
static bool check_patch(const json_t *patch, GError **error) {
  const char *key;
  json_t *value;
  json_object_foreach((json_t *)patch, key, value) {
    const char *text = json_string_value(value);
    bool fine = false;
    if (strcmp(key, "name") == 0)
      fine = check_text(key, text, 1, 64, false, error);
    else if (strcmp(key, "login") == 0)
      fine = json_is_null(value) || check_login(text, error);
    else if (strcmp(key, "sector") == 0)
      fine = check_text(key, text, 0, 64, false, error);
    else if (strcmp(key, "organisation") == 0)
      fine = check_text(key, text, 0, 128, false, error);
    else if (strcmp(key, "active") == 0)
      fine = json_is_boolean(value) || check_fail(error, "active wants true or false");
    else
      fine = check_fail(error, "a person has no %s that can be changed", key);
    if (!fine)
      return false;
  }
  return true;
}

/* Nobody who is out keeps a way in. */
static bool shut_out(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  g_autoptr(Statement) sessions =
      db_prepare(db, "delete from session where person = :person", error);
  g_autoptr(Statement) tokens = db_prepare(
      db, "update join_token set revoked_at = :now where person = :person and used_at is null",
      error);
  if (!sessions || !tokens)
    return false;
  statement_text(sessions, ":person", id);
  statement_text(tokens, ":person", id);
  statement_int(tokens, ":now", now_ms);
  return statement_run(sessions, error) && statement_run(tokens, error);
}

bool person_patch(sqlite3 *db, const char *id, const json_t *patch, const Actor *by, int64_t now_ms,
                  GError **error) {
  if (!json_is_object(patch))
    return check_fail(error, "a patch is an object");
  if (!check_patch(patch, error))
    return false;
  g_autoptr(Statement) update = db_prepare(
      db,
      "update person set name = coalesce(:name, name), sector = coalesce(:sector, sector),"
      " organisation = coalesce(:organisation, organisation), active = coalesce(:active, active),"
      " login = case when :set_login then :login else login end where id = :id",
      error);
  if (!update)
    return false;
  const json_t *active = json_object_get(patch, "active");
  const json_t *login = json_object_get(patch, "login");
  statement_text(update, ":id", id);
  statement_text(update, ":name", json_string_value(json_object_get(patch, "name")));
  statement_text(update, ":sector", json_string_value(json_object_get(patch, "sector")));
  statement_text(update, ":organisation",
                 json_string_value(json_object_get(patch, "organisation")));
  statement_int(update, ":set_login", login != NULL);
  statement_text(update, ":login", json_string_value(login));
  if (active)
    statement_int(update, ":active", json_is_true(active));
  if (!statement_run(update, error)) /* a guest has no login: the database refuses */
    return false;
  if (db_changes(db) == 0) {
    g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such person");
    return false;
  }
  if (json_is_false(active) && !shut_out(db, id, now_ms, error))
    return false;
  return audit_note(db, "person.patch", by, id, json_deep_copy(patch), now_ms, error);
}

/* Whoever knew the way into the account before it counted for more. */
static bool secure_new_admin(sqlite3 *db, const char *id, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db, "update credential set must_change = 1 where person = :person", error);
  if (!update)
    return false;
  statement_text(update, ":person", id);
  return statement_run(update, error) && shut_out(db, id, now_ms, error);
}

bool person_set_roles(sqlite3 *db, const char *id, unsigned roles, const Actor *by, int64_t now_ms,
                      GError **error) {
  g_autoptr(Statement) known = db_prepare(db, "select kind from person where id = :id", error);
  g_autoptr(Statement) clear =
      db_prepare(db, "delete from person_role where person = :person", error);
  if (!known || !clear)
    return false;
  statement_text(known, ":id", id);
  if (!statement_one(known, "no such person", error))
    return false;
  if (roles && strcmp(column_text(known, 0), "guest") == 0)
    return check_fail(error, "a guest has no role");
  statement_text(clear, ":person", id);
  bool promoted = roles & ROLES_ADMIN & ~person_roles(db, id);
  return statement_run(clear, error) && add_roles(db, id, roles, error) &&
         (!promoted || secure_new_admin(db, id, now_ms, error)) &&
         audit_note(db, "person.roles", by, id, json_pack("{s:o}", "roles", roles_json(roles)),
                    now_ms, error);
}

bool person_unlock(sqlite3 *db, const char *id, const Actor *by, int64_t now_ms, GError **error) {
  return password_forget_failures(db, id, error) &&
         audit_note(db, "person.unlock", by, id, NULL, now_ms, error);
}
