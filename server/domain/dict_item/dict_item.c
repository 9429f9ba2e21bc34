/* Items of dictionaries (字典): what a code is called, from which day. Fields of type DICT
 * (model/dict.h) take the codes. A change is made known before it is good: an item can be edited
 * until its day comes; what is called otherwise from then on is withdrawn and begun anew with the
 * same code. */
#include "domain/list.h"

#include <string.h>

#include "model/call.h"
#include "store/people.h"

static const Field fields[] = {
    TEXT("dict", 1, 40, .of = "a-z_", .flags = ONCE),
    TEXT("code", 1, DICT_CODE_MOST, .of = "a-z0-9_", .flags = ONCE),
    TEXT("label_zh", 1, 60),
    TEXT("label_en", 1, 60),
    DATE("valid_from"),
    DATE("valid_to", .flags = OPTIONAL),
    INT("sort", 0, 9999),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "read", NULL},
    {ROLE_SYSTEM_ADMIN, "all", "export create withdraw place", NULL},
    {ROLE_SYSTEM_ADMIN, "coming", "edit", NULL},
    {ROLES_ADMIN, "all", "history", NULL},
    {0},
};

/* What rows of days that are over call it must not become different, and a code is called one thing
 * on any day. */
static bool may_begin(Call *call) {
  bool found;
  if (!call_get(call, "others", &found))
    return false;
  if (call_int(call, "@overlaps"))
    return call_refuse(call, "dict_item.overlaps");
  return !call_int(call, "@backwards") || call_refuse(call, "dict_item.over");
}

static bool may_create(Call *call) {
  call_let(call, "dict", call_text(call, ":dict"));
  call_let(call, "code", call_text(call, ":code"));
  call_let(call, "from", call_text(call, ":valid_from"));
  return may_begin(call);
}

/* Of what has not begun; it does not begin in the past either. */
static bool may_edit(Call *call) {
  bool moved = call_said(call, ":valid_from");
  call_let(call, "dict", call_text(call, "$dict"));
  call_let(call, "code", call_text(call, "$code"));
  call_let(call, "from", call_text(call, moved ? ":valid_from" : "$valid_from"));
  if (call_has(call, "$valid_to") &&
      strcmp(call_text(call, "@from"), call_text(call, "$valid_to")) >= 0)
    return call_refuse(call, "dict_item.over");
  if (strcmp(call_text(call, "@from"), call_text(call, "@today")) < 0)
    return call_refuse(call, "dict_item.over");
  return may_begin(call);
}

/* From today or later on; what is not offered any more stays so. */
static bool may_withdraw(Call *call) {
  const char *end = call_text(call, ":valid_to"), *today = call_text(call, "@today");
  bool over = call_has(call, "$valid_to") && strcmp(call_text(call, "$valid_to"), today) <= 0;
  if (over || strcmp(end, today) < 0 || strcmp(end, call_text(call, "$valid_from")) <= 0)
    return call_refuse(call, "dict_item.over");
  call_let(call, "dict", call_text(call, "$dict"));
  call_let(call, "code", call_text(call, "$code"));
  call_let(call, "from", call_text(call, "$valid_from"));
  bool found;
  return call_get(call, "later", &found) &&
         (!call_int(call, "@overlaps") || call_refuse(call, "dict_item.overlaps"));
}

static const List offered = {NULL, "offered", "sort label_zh code", "dict code", 1000};
static const List all = {"all", NULL, "sort label_zh code valid_from", "dict code", 1000};

static const Route routes[] = {
    {R_LIST, "dict_items", "read", .list = &offered},
    {R_LIST, "dict_items/all", "read", .list = &all},
    {R_ONE, "dict_items/{dict_item}", "read"},
    {R_EVENTS, "dict_items/{dict_item}/events", "history"},
    {R_CREATE, "dict_items", "create", .in = "dict code label_zh label_en valid_from sort?",
     .guard = may_create},
    {R_EDIT, "dict_items/{dict_item}", "edit", .in = "label_zh? label_en? valid_from?",
     .guard = may_edit},
    {R_EDIT, "dict_items/{dict_item}/place", "place", .in = "sort"},
    {R_EDIT, "dict_items/{dict_item}/end", "withdraw", .in = "valid_to", .guard = may_withdraw},
    {0},
};

static const Code codes[] = {
    {"dict_item.overlaps", 409},
    {"dict_item.over", 409},
    {0},
};

extern const char dict_item_sql[], dict_item_words[];
const Subject subject_dict_item = {
    "dict_item", "dict_item", fields,        grants,
    routes,      codes,       dict_item_sql, .words = dict_item_words};
