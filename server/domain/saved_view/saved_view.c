/* Saved views (保存的视图): a list as somebody wants to see it again, under a name of his: filters,
 * order and columns, as the address of the page has them. Each person's own. */
#include "domain/list.h"

#include "model/call.h"
#include "store/people.h"

/* Of one list: more than a row of tabs shows. */
#define VIEWS_MOST 20

static const Field fields[] = {
    TEXT("list", 1, 60, .of = "a-z_.", .flags = ONCE, .about = "kind and list: \"person.people\""),
    TEXT("name", 1, 20),
    TEXT("address", 0, 1000, .of = "!-~", .about = "query of the page's address"),
    END,
};

static const Grant grants[] = {
    {ROLES_ALL, "all", "create", NULL},
    {ROLES_ALL, "own", "read edit drop", NULL},
    {0},
};

static bool may_create(Call *call) {
  bool found;
  return call_get(call, "others", &found) &&
         (call_int(call, "@others") < VIEWS_MOST || call_refuse(call, "saved_view.too_many"));
}

static bool drop(Call *call) {
  return call_run(call, "drop");
}

static const List mine = {NULL, "mine", "created_at", "list", 1000};

static const Route routes[] = {
    {R_LIST, "saved_views", "read", .list = &mine},
    {R_ONE, "saved_views/{saved_view}", "read"},
    {R_CREATE, "saved_views", "create", .in = "list name address", .guard = may_create,
     .flags = QUIET},
    {R_EDIT, "saved_views/{saved_view}", "edit", .in = "name? address?", .flags = QUIET},
    {R_DO, "saved_views/{saved_view}/drop", "drop", .effect = drop, .flags = QUIET},
    {0},
};

static const Code codes[] = {{"saved_view.too_many", 409}, {0}};

extern const char saved_view_sql[], saved_view_words[];
const Subject subject_saved_view = {
    "saved_view", "saved_view", fields,         grants,
    routes,       codes,        saved_view_sql, .words = saved_view_words};
