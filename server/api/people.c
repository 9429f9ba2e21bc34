/* Accounts. The three administrators are kept apart: the system administrator makes accounts and
 * resets passwords, the security administrator gives roles and unlocks, the audit administrator
 * reads the record. None can take over another's account, whose passwords are reset on the machine
 * itself (yishictl), and nobody can both get into an account and give it a role. */
#include "store/people.h"

#include <openssl/crypto.h>
#include <string.h>

#include "api/handlers.h"
#include "base/clock.h"
#include "store/check.h"
#include "store/passwords.h"

void people_index(Exchange *exchange) {
  PeopleQuery query = {.q = exchange_query(exchange, "q"),
                       .role = exchange_query(exchange, "role"),
                       .invite_to = api_request_query(exchange->request, "invite_to"),
                       .after = exchange_query(exchange, "after")};
  GError *error = NULL;
  Role role;
  if (!exchange_limit(exchange, &query.limit))
    return;
  if ((query.role && !role_parse(query.role, &role)) || (query.q && strlen(query.q) > 256) ||
      (query.invite_to && strlen(query.invite_to) > 64)) {
    check_fail(&error, "role wants the name of a role, q at most 256 bytes, invite_to at most 64");
    exchange_fail(exchange, error);
    return;
  }
  json_t *page = people_list(exchange->db, &query, exchange->now_ms, &error);
  exchange_answer(exchange, 200, page, error);
}

static bool create(Exchange *exchange, GError **error) {
  char id[ID_CHARS + 1];
  PersonNew person = {.name = body_text(exchange->body, "name"),
                      .login = body_text(exchange->body, "login"),
                      .kind = body_text(exchange->body, "kind"),
                      .sector = body_text(exchange->body, "sector"),
                      .organisation = body_text(exchange->body, "organisation")};
  if (!person.kind)
    person.kind = "member";
  if (!person_create(exchange->db, &person, &exchange->actor, exchange->now_ms, id, error))
    return false;
  exchange_effect(exchange, EFFECT_NAMES_CHANGED, NULL, NULL);
  exchange->response->location = g_strconcat(API_PREFIX "people/", id, NULL);
  return exchange_made(exchange, 201, person_get(exchange->db, id, exchange->now_ms, error));
}

void people_create(Exchange *exchange) {
  static const BodyField fields[] = {
      {"name", BODY_TEXT, true, 400},
      {"login", BODY_TEXT_OR_NULL, false, 64},
      {"kind", BODY_TEXT, false, 64},
      {"sector", BODY_TEXT_OR_NULL, false, 400},
      {"organisation", BODY_TEXT_OR_NULL, false, 800},
  };
  if (!exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  const char *kind = body_text(exchange->body, "kind");
  if (kind && !check_word("kind", kind, "member staff", &error)) {
    exchange_fail(exchange, error);
    return;
  }
  if (g_strcmp0(kind, "staff") == 0 && !(exchange->session->roles & ROLE_SYSTEM_ADMIN)) {
    exchange_problem(exchange, 403, "forbidden",
                     "Only the system administrator makes staff accounts");
    return;
  }
  exchange_write(exchange, create);
}

static bool roles_read(const json_t *list, unsigned *roles, GError **error) {
  *roles = 0;
  for (size_t i = 0; i < json_array_size(list); i++) {
    Role role;
    if (!role_parse(json_string_value(json_array_get(list, i)), &role))
      return check_fail(error, "roles wants names of roles");
    *roles |= role;
  }
  return true;
}

/* What the view person_shown makes names of. */
static bool changes_names(const json_t *patch) {
  static const char *const members[] = {"name", "sector", "organisation", "active"};
  for (unsigned i = 0; i < G_N_ELEMENTS(members); i++)
    if (json_object_get(patch, members[i]))
      return true;
  return false;
}

/* Each member of the patch by its own function of the store, in one transaction. */
static bool change(Exchange *exchange, GError **error) {
  sqlite3 *db = exchange->db;
  const char *id = exchange_id(exchange, 0);
  json_t *roles = json_object_get(exchange->body, "roles");
  unsigned wanted = 0;
  if (roles && (!roles_read(roles, &wanted, error) ||
                !person_set_roles(db, id, wanted, &exchange->actor, exchange->now_ms, error)))
    return false;
  if (json_object_get(exchange->body, "locked_until") &&
      !person_unlock(db, id, &exchange->actor, exchange->now_ms, error))
    return false;
  json_t *rest = json_copy(exchange->body);
  json_object_del(rest, "roles");
  json_object_del(rest, "locked_until");
  bool good = json_object_size(rest) == 0 ||
              person_patch(db, id, rest, &exchange->actor, exchange->now_ms, error);
  json_decref(rest);
  if (!good)
    return false;
  exchange_effect(exchange, EFFECT_PERSON_CHANGED, NULL, id);
  if (changes_names(exchange->body))
    exchange_effect(exchange, EFFECT_NAMES_CHANGED, NULL, NULL);
  return exchange_made(exchange, 200, person_get(db, id, exchange->now_ms, error));
}

/* Which members of a patch are the security administrator's. */
static bool is_security(const char *member) {
  return strcmp(member, "roles") == 0 || strcmp(member, "locked_until") == 0;
}

/* Whether the caller may make this change to this person; says so when not. An administrator is who
 * has the role, of whatever kind the account was made. */
static bool may_change(Exchange *exchange, const json_t *person) {
  unsigned roles = exchange->session->roles;
  unsigned theirs = person_roles(exchange->db, exchange_id(exchange, 0));
  const char *kind = body_text(person, "kind");
  bool admin = strcmp(kind, "admin") == 0 || (theirs & ROLES_ADMIN);
  bool self = strcmp(exchange_id(exchange, 0), exchange->session->person) == 0;
  const char *member;
  json_t *value;
  json_object_foreach(exchange->body, member, value) {
    bool allowed;
    if (is_security(member))
      allowed = (roles & ROLE_SECURITY_ADMIN) && !self;
    else if (strcmp(kind, "staff") == 0 || (theirs & ROLE_STAFF))
      allowed = (roles & ROLE_SYSTEM_ADMIN) && !admin;
    else
      allowed = (roles & (ROLE_STAFF | ROLE_SYSTEM_ADMIN)) && !admin;
    if (!allowed) {
      exchange_problem(exchange, 403, "forbidden", "You may not change this of this person");
      return false;
    }
  }
  return true;
}

void people_change(Exchange *exchange) {
  static const BodyField fields[] = {
      {"name", BODY_TEXT, false, 400},
      {"login", BODY_TEXT_OR_NULL, false, 64},
      {"sector", BODY_TEXT, false, 400},
      {"organisation", BODY_TEXT, false, 800},
      {"active", BODY_SWITCH, false, 0},
      {"roles", BODY_LIST, false, 8},
      {"locked_until", BODY_TEXT_OR_NULL, false, 0},
  };
  if (!exchange_body(exchange, fields, G_N_ELEMENTS(fields)))
    return;
  GError *error = NULL;
  json_t *person = person_get(exchange->db, exchange_id(exchange, 0), exchange->now_ms, &error);
  if (!person) {
    exchange_fail(exchange, error);
    return;
  }
  bool allowed = may_change(exchange, person);
  json_decref(person);
  if (allowed)
    exchange_write(exchange, change);
}

/* ---- a new password for somebody else ---- */

typedef struct {
  char *password;
  PasswordHash hash;
  bool hashed;
} Reset;

static void reset_free(void *data) {
  Reset *reset = data;
  OPENSSL_cleanse(reset->password, strlen(reset->password));
  g_free(reset->password);
  g_free(reset);
}

static bool hash_reset(Exchange *exchange) {
  Reset *reset = exchange->own;
  reset->hashed = password_hash(reset->password, exchange->context->config->password_cost_log2,
                                &reset->hash, NULL);
  return false;
}

static bool reset(Exchange *exchange, GError **error) {
  const Reset *reset = exchange->own;
  if (!password_reset(exchange->db, exchange_id(exchange, 0), &reset->hash, &exchange->actor,
                      exchange->now_ms, error))
    return false;
  exchange_effect(exchange, EFFECT_PERSON_CHANGED, NULL,
                  exchange_id(exchange, 0)); /* its sessions have ended */
  return exchange_made(exchange, 200, json_pack("{s:s}", "password", reset->password));
}

static void reset_hashed(Exchange *exchange) {
  if (((const Reset *)exchange->own)->hashed)
    exchange_write(exchange, reset);
  else
    exchange_problem(exchange, 500, "internal", "The server failed to do this");
}

void people_reset_password(Exchange *exchange) {
  if (!exchange_body(exchange, NULL, 0))
    return;
  GError *error = NULL;
  const char *id = exchange_id(exchange, 0);
  json_t *person = person_get(exchange->db, id, exchange->now_ms, &error);
  if (!person) {
    exchange_fail(exchange, error);
    return;
  }
  bool no_account = !body_text(person, "login");
  json_decref(person);
  if ((person_roles(exchange->db, id) & ROLES_ADMIN) ||
      strcmp(id, exchange->session->person) == 0) {
    exchange_problem(exchange, 403, "forbidden",
                     "An administrator's password is reset on the server itself");
    return;
  }
  if (no_account) {
    exchange_problem(exchange, 409, "no_login", "This person has no login name");
    return;
  }
  if (!throttle_use(exchange->context->throttle, LIMIT_RESETS, exchange->session->person,
                    clock_mono_us())) {
    exchange_too_many(exchange, "Too many passwords were reset; wait a moment", 10);
    return;
  }
  static const ExchangeHash how = {NULL, hash_reset, reset_hashed, NULL};
  Reset *wanted = exchange->own = g_new0(Reset, 1);
  exchange->own_free = reset_free;
  wanted->password = password_generate();
  exchange_hash(exchange, exchange->session->person, &how);
}
