#include "model/find.h"

#include <inttypes.h>
#include <string.h>

#include "model/bigram.h"
#include "model/compose.h"
#include "model/index.h"
#include "model/plan.h"
#include "model/right.h"
#include "model/row.h"
#include "model/search.h"
#include "store/statement.h"

static const Field record_parts[] = {
    ID("id"),
    RAW("title", 0, INT32_MAX),
    RAW("number", 0, INT32_MAX, .flags = OR_NULL),
    RAW("about", 0, INT32_MAX, .flags = OR_NULL, .about = "what tells it from others"),
    RAW("state", 0, INT32_MAX, .flags = OR_NULL),
    TIME("at"),
    END,
};
static const Field record = OBJECT("record", "FoundRecord", record_parts);
static const Field kind_parts[] = {
    RAW("kind", 1, 40),
    LIST("items", 0, FIND_MOST, &record),
    INT("total", 0, SEARCH_COUNTED_MOST, .about = "201: more than 200"),
    ID("next", .flags = OR_NULL),
    END,
};
static const Field found = OBJECT("found", "FoundKind", kind_parts);

const Field find_fields[] = {
    TEXT("q", 1, 64, .about = "one character is looked for in titles only"),
    TEXT("kind", 1, 40, .about = "only these, in pages, the newest first"),
    ID("after", .about = "next of the page before"),
    INT("limit", 1, FIND_MOST, .about = "of each kind"),
    LIST("kinds", 0, INT32_MAX, &found, .about = "those with a number that was asked for first"),
    END,
};

/* ---- what is asked ---- */

/* Whether somebody of these roles can read any of it. */
static bool is_open(const Call *call, const Info *info) {
  return index_has(info) && info_has(info, call->roles, info_verb(info, "read"));
}

static bool check_asked(Call *call) {
  const char *kind = call_text(call, ":kind");
  const Info *info = kind ? model_find(call->model, kind) : NULL;
  if (kind && !(info && index_has(info)))
    return problem_add(&call->problem, "kind", "words", NULL);
  return kind || !call_has(call, ":after") || problem_add(&call->problem, "after", "cursor", NULL);
}

/* Nothing in what he typed can be looked for: false, without a problem. */
static bool let_words(Call *call) {
  g_auto(BigramQuery) words = {NULL};
  if (bigram_query(call_text(call, ":q"), -1, &words) != BIGRAM_FINE)
    return false;
  g_autofree char *find = search_find(&words);
  call_let(call, "find", find);
  call_let(call, "find_numbers", words.numbers);
  return true;
}

/* ---- one kind ---- */

typedef struct {
  const Info *info;
  char *rights;
  int limit;
  GString *items;
  bool numbered;    /* one has the number that was asked for */
  const char *next; /* id of the last row, where another follows; interned or NULL */
} Kind;

static sqlite3_stmt *bound(Call *call, const char *sql, Statement **statement) {
  Sources from = {&call->asked, &call->server, &call->row};
  *statement = db_prepare(call->db, g_intern_string(sql), &call->error);
  return *statement && bind_all(statement_handle(*statement), &from, &call->error)
             ? statement_handle(*statement)
             : NULL;
}

/* Where the page before ended: at a row that he may read. */
static bool let_before(Call *call, const Kind *kind) {
  values_null(&call->server, "find_before");
  if (!call_has(call, ":after"))
    return true;
  g_autoptr(Statement) row = NULL;
  g_autofree char *sql = g_strdup_printf("select doc.place from search_doc doc where doc.kind ="
                                         " '%s' and doc.id = :after and (%s)",
                                         kind->info->subject->name, kind->rights);
  if (!bound(call, sql, &row))
    return false;
  int result = statement_step(row, &call->error);
  if (result == SQLITE_ROW)
    call_let_int(call, "find_before", column_int(row, 0));
  if (result == SQLITE_DONE)
    problem_add(&call->problem, "after", "cursor", NULL);
  return result == SQLITE_ROW;
}

static void add_text(GString *out, const char *name, const char *text) {
  g_string_append_printf(out, ",\"%s\":", name);
  json_string_append(out, text);
}

/* Columns of search_select, and the state behind them. */
static void add_item(Kind *kind, Statement *row) {
  g_string_append(kind->items, kind->items->len ? ",{\"id\":" : "{\"id\":");
  json_string_append(kind->items, column_text(row, 1));
  add_text(kind->items, "title", column_text(row, 3));
  add_text(kind->items, "number", column_text(row, 6));
  add_text(kind->items, "about", column_text(row, 7));
  add_text(kind->items, "state", column_text(row, 8));
  g_string_append_printf(kind->items, ",\"at\":%" PRId64 "}", column_int(row, 2));
}

static bool add_items(Call *call, Kind *kind, bool paged) {
  g_autofree char *state = compose_found_state(kind->info, call->roles);
  g_autofree char *more = g_strconcat(", ", state, NULL);
  g_autofree char *sql = search_select(paged ? SEARCH_NEWEST : SEARCH_TITLES,
                                       kind->info->subject->name, kind->rights, more);
  g_autoptr(Statement) rows = NULL;
  values_int(&call->server, "limit", kind->limit + 1);
  if (!bound(call, sql, &rows))
    return false;
  int result, count = 0;
  while ((result = statement_step(rows, &call->error)) == SQLITE_ROW && count++ < kind->limit) {
    add_item(kind, rows);
    kind->numbered = kind->numbered || column_int(rows, 5) == 2;
    if (paged && count == kind->limit && column_int(rows, 5) != 2)
      call_let(call, "last", column_text(rows, 1));
  }
  if (paged && result == SQLITE_ROW)
    kind->next = call_text(call, "@last");
  return result != SQLITE_ERROR;
}

static bool find_total(Call *call, const Kind *kind, int64_t *total) {
  g_autofree char *sql = search_count(kind->info->subject->name, kind->rights);
  g_autoptr(Statement) row = NULL;
  if (!bound(call, sql, &row) || !statement_one(row, "no row", &call->error))
    return false;
  *total = column_int(row, 0);
  return true;
}

/* Into out, where anything of it is found. */
static bool add_kind(Call *call, Kind *kind, GString *numbered, GString *others) {
  int64_t total = 0;
  bool paged = call_has(call, ":kind");
  if (!let_before(call, kind) || !add_items(call, kind, paged) ||
      (kind->items->len && !find_total(call, kind, &total)))
    return false;
  if (!kind->items->len)
    return true;
  GString *out = kind->numbered ? numbered : others;
  g_string_append_printf(out, ",{\"kind\":\"%s\",\"items\":[%s],\"total\":%" PRId64 ",\"next\":",
                         kind->info->subject->name, kind->items->str, total);
  json_string_append(out, kind->next);
  g_string_append_c(out, '}');
  return true;
}

/* ---- all ---- */

static bool find_kind(Call *call, const Info *info, GString *numbered, GString *others) {
  Kind kind = {.info = info,
               .limit = call_has(call, ":limit") ? (int)call_int(call, ":limit") : FIND_USUAL,
               .rights = compose_found(info, call->roles, info_verb(info, "read")),
               .items = g_string_new(NULL)};
  bool fine = add_kind(call, &kind, numbered, others);
  g_free(kind.rights);
  g_string_free(kind.items, TRUE);
  return fine;
}

bool find_answer(Call *call) {
  g_autoptr(GString) numbered = g_string_new(NULL);
  g_autoptr(GString) others = g_string_new(NULL);
  if (!check_asked(call))
    return false;
  const char *kind = call_text(call, ":kind");
  bool fine = true, words = let_words(call);
  for (unsigned i = 0; words && fine && i < model_count(call->model); i++) {
    const Info *info = model_info(call->model, i);
    if (is_open(call, info) && (!kind || strcmp(kind, info->subject->name) == 0))
      fine = find_kind(call, info, numbered, others);
  }
  g_string_append(numbered, others->str);
  g_string_printf(call->out, "{\"kinds\":[%s]}", numbered->len ? numbered->str + 1 : "");
  return fine;
}
