#include "store/account-link.h"

#include "store/statement.h"

void account_link_clear(AccountLink *link) {
  g_clear_pointer(&link->name, g_free);
  g_clear_pointer(&link->login, g_free);
  g_clear_pointer(&link->hint, g_free);
}

static bool refuse(StoreErrorCode code, const char *why, GError **error) {
  g_set_error_literal(error, STORE_ERROR, code, why);
  return false;
}

/* A phone number is what people remember; "+" is no character of a login. Whoever got other duties
 * since is not let in by what a colleague may have kept: as where it is made (member_profile). */
static Statement *select_link(sqlite3 *db, GError **error) {
  return db_prepare(
      db,
      "select l.person, p.name, p.login, l.expires_at, l.used_at is not null or exists"
      " (select 1 from credential c where c.person = p.id),"
      " coalesce((select replace(m.phone, '+', '') from member_profile m where m.person = p.id"
      "  and not exists (select 1 from person o where o.login = replace(m.phone, '+', ''))),"
      " (select m.code from member_profile m where m.person = p.id"
      "  and not exists (select 1 from person o where o.login = m.code)))"
      " from account_link l join person p on p.id = l.person and p.active = 1"
      " where l.digest = :digest and p.kind not in ('staff', 'admin') and not exists"
      " (select 1 from role_holder r where r.person = p.id and r.state = 'held'"
      "  and r.role not in ('member', 'convener'))",
      error);
}

bool account_link_read(sqlite3 *db, const char *secret, int64_t now_ms, AccountLink *link,
                       GError **error) {
  char digest[65];
  g_autoptr(Statement) row = select_link(db, error);
  if (!row)
    return false;
  secret_digest(secret, digest);
  statement_text(row, ":digest", digest);
  if (!statement_one(row, "no such link", error))
    return false;
  if (column_int(row, 4))
    return refuse(STORE_ERROR_FORBIDDEN, "the account is set up", error);
  if (column_int(row, 3) <= now_ms)
    return refuse(STORE_ERROR_CONFLICT, "the link has expired", error);
  g_strlcpy(link->person, column_text(row, 0), sizeof link->person);
  link->name = g_strdup(column_text(row, 1));
  link->login = g_strdup(column_text(row, 2));
  link->hint = link->login ? NULL : g_strdup(column_text(row, 5));
  link->expires_at = column_int(row, 3);
  return true;
}

bool account_login_is_free(sqlite3 *db, const char *person, const char *login, bool *is_free,
                           GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select 1 from person where login = :login and id <> :person", error);
  if (!row)
    return false;
  statement_text(row, ":login", login);
  statement_text(row, ":person", person);
  int result = statement_step(row, error);
  *is_free = result == SQLITE_DONE;
  return result != SQLITE_ERROR;
}

/* He is found by it, too (model/search.h). */
static bool set_login(sqlite3 *db, const char *person, const char *login, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db,
                 "update person set login = :login, version = version + 1 where id = :person"
                 " and login is null",
                 error);
  g_autoptr(Statement) found = db_prepare(
      db, "insert or ignore into search_due (kind, id) values ('person', :person)", error);
  if (!update || !found)
    return false;
  statement_text(update, ":person", person);
  statement_text(update, ":login", login);
  statement_text(found, ":person", person);
  return statement_run(update, error) && statement_run(found, error);
}

static bool use_up(sqlite3 *db, const char *person, int64_t now_ms, GError **error) {
  g_autoptr(Statement) update =
      db_prepare(db, "update account_link set used_at = :now where person = :person", error);
  if (!update)
    return false;
  statement_text(update, ":person", person);
  statement_int(update, ":now", now_ms);
  return statement_run(update, error);
}

bool account_link_use(sqlite3 *db, const AccountLink *link, const char *login,
                      const PasswordHash *hash, const char *address, int64_t now_ms,
                      GError **error) {
  const Actor himself = {link->person, address};
  return (link->login || set_login(db, link->person, login, error)) &&
         password_store(db, link->person, hash, false, now_ms, error) &&
         use_up(db, link->person, now_ms, error) &&
         audit_note(db, "account.setup", &himself, link->person, NULL, now_ms, error);
}
