/* People and their roles, as the rest of the store and the command line need them; what the API
 * does with them is the subject person (domain/person). */
#pragma once

#include <jansson.h>

#include "store/audit.h"
#include "store/database.h"

/* The roles, or-ed into `unsigned roles`. ROLE_WORDS has their words, the word of bit n at place n.
 */
typedef enum {
  ROLE_MEMBER = 1 << 0,         /* 委员 */
  ROLE_STAFF = 1 << 1,          /* 工作人员: meetings, people, attendance */
  ROLE_SYSTEM_ADMIN = 1 << 2,   /* 系统管理员 */
  ROLE_SECURITY_ADMIN = 1 << 3, /* 安全管理员 */
  ROLE_AUDIT_ADMIN = 1 << 4,    /* 审计管理员 */
  ROLE_LIAISON = 1 << 5,        /* 委员联络: register and duty file */
  ROLE_COMMITTEE = 1 << 6,      /* 专委会 */
  ROLE_PROPOSALS = 1 << 7,      /* 提案委 */
  ROLE_OPINIONS = 1 << 8,       /* 社情民意 */
  ROLE_OFFICE = 1 << 9,         /* 办公室 */
  ROLE_LEADER = 1 << 10,        /* 秘书长, 主席会议成员: who approves */
  ROLE_SUPERVISOR = 1 << 11,    /* 交办督查 */
  ROLE_UNIT = 1 << 12,          /* 承办单位: its clerk */
  ROLE_UNIT_HEAD = 1 << 13,     /* 承办单位分管领导 */
  ROLE_STATION = 1 << 14,       /* 委员工作站: its manager */
  ROLE_CONVENER = 1 << 15,      /* 界别召集人 */
} Role;
#define ROLE_COUNT 16
#define ROLE_WORDS                                                                                 \
  "member staff system_admin security_admin audit_admin liaison committee proposals opinions "     \
  "office leader supervisor unit unit_head station convener"

#define ROLES_ADMIN (ROLE_SYSTEM_ADMIN | ROLE_SECURITY_ADMIN | ROLE_AUDIT_ADMIN)
#define ROLES_ALL ((1u << ROLE_COUNT) - 1)
/* What nobody gives alone: somebody else confirms it. */
#define ROLES_CONFIRMED                                                                            \
  (ROLE_LIAISON | ROLE_PROPOSALS | ROLE_OPINIONS | ROLE_SUPERVISOR | ROLE_SYSTEM_ADMIN |           \
   ROLE_AUDIT_ADMIN)
/* Who is here for himself; all others work for an office, whose sessions are shorter. */
#define ROLES_PERSONAL (ROLE_MEMBER | ROLE_CONVENER)
/* The offices that do the assembly's work; the administrators look after the system alone. */
#define ROLES_OFFICE (ROLES_ALL & ~(ROLES_PERSONAL | ROLES_ADMIN))

const char *role_name(Role role);
bool role_parse(const char *text, Role *role);
/* ["member", …]; a new reference. */
json_t *roles_json(unsigned roles);

/* Into *login the name that the person signs in by, or NULL; free with g_free. NOT_FOUND. */
bool person_login(sqlite3 *db, const char *id, char **login, GError **error);
/* The name as others are shown it (the view person_shown). Free with g_free. NOT_FOUND. */
char *person_shown(sqlite3 *db, const char *id, GError **error);
unsigned person_roles(sqlite3 *db, const char *id);
