/* People and their roles, as the rest of the store and the command line need them; what the API
 * does with them is the subject person (domain/person). */
#pragma once

#include <jansson.h>

#include "store/audit.h"
#include "store/database.h"

typedef enum {
  ROLE_MEMBER = 1,
  ROLE_STAFF = 2,
  ROLE_SYSTEM_ADMIN = 4,
  ROLE_SECURITY_ADMIN = 8,
  ROLE_AUDIT_ADMIN = 16,
} Role; /* or-ed into `unsigned roles` */

#define ROLES_ADMIN (ROLE_SYSTEM_ADMIN | ROLE_SECURITY_ADMIN | ROLE_AUDIT_ADMIN)

const char *role_name(Role role);
bool role_parse(const char *text, Role *role);
/* ["member", …]; a new reference. */
json_t *roles_json(unsigned roles);

/* Who can be invited to anything; p is the person. Administrators look after the system, apart from
 * what it is used for (domain.md). */
#define PERSON_IS_INVITABLE                                                                        \
  " p.active = 1 and p.kind <> 'admin' and not exists (select 1 from person_role a"                \
  "  where a.person = p.id and a.role in ('system_admin', 'security_admin', 'audit_admin'))"

/* Person = {id,name,shown,login|null,kind,roles,sector,organisation,active,locked_until|null} */
json_t *person_get(sqlite3 *db, const char *id, int64_t now_ms, GError **error);
/* The name as others are shown it (the view person_shown). Free with g_free. NOT_FOUND. */
char *person_shown(sqlite3 *db, const char *id, GError **error);
unsigned person_roles(sqlite3 *db, const char *id);

typedef struct {
  const char *name;         /* 1…64 characters */
  const char *login;        /* or NULL; a…z 0…9 . _ - @, 1…64 */
  const char *kind;         /* member, staff, guest, admin */
  unsigned roles;           /* 0: what goes with the kind */
  const char *sector;       /* or NULL */
  const char *organisation; /* or NULL */
} PersonNew;

/* Writer. CONFLICT: login taken or two administrator roles; INVALID: a value. id gets 17 bytes. */
bool person_create(sqlite3 *db, const PersonNew *person, const Actor *by, int64_t now_ms, char *id,
                   GError **error);
