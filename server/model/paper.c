#include "model/paper.h"

#include <string.h>

#include "base/zone.h"
#include "model/change.h"
#include "model/describe.h"
#include "model/export.h"
#include "model/read.h"
#include "model/right.h"
#include "model/row.h"
#include "model/shown.h"
#include "store/connection.h"
#include "store/database.h"
#include "store/statement.h"

#define LIST_OF_ROWS "rows" /* what a list's form calls it */

static const struct {
  const char *extension, *type;
} formats[] = {
    [PAPER_NONE] = {"", ""},
    [PAPER_DOCX] = {".docx",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    [PAPER_PDF] = {".pdf", "application/pdf"},
};

PaperFormat paper_format(const char *path) {
  for (PaperFormat format = PAPER_DOCX; format <= PAPER_PDF; format++)
    if (g_str_has_suffix(path, formats[format].extension) && strstr(path, PAPER_PATH))
      return format;
  return PAPER_NONE;
}

const char *paper_extension(PaperFormat format) {
  return formats[format].extension;
}

const char *paper_type(PaperFormat format) {
  return formats[format].type;
}

bool paper_is_of(const Paper *paper, const Route *route) {
  return paper->list ? route->kind == R_LIST && route->list == paper->list : route->kind == R_ONE;
}

const Paper *paper_find(const Model *model, const char *name, const Info **info) {
  g_auto(GStrv) parts = g_strsplit(name, ".", 2);
  *info = parts[0] ? model_find(model, parts[0]) : NULL;
  for (const Paper *paper = *info ? (*info)->subject->papers : NULL; paper && paper->code; paper++)
    if (g_strcmp0(parts[1], paper->code) == 0)
      return paper;
  return NULL;
}

G_STATIC_ASSERT(PAPER_ROWS_MOST == EXPORT_SLICE);

/* ---- what every form has ---- */

typedef struct {
  Call *call;
  Heads heads;
  json_t *values, *lists;
} Filling;

static void set(Filling *filling, const char *name, const char *text) {
  json_object_set_new(filling->values, name, json_string(text ? text : ""));
}

static const char *word_in(const Filling *filling, const Word *word) {
  return word ? filling->heads.in == HEADS_EN ? word->en : word->zh : NULL;
}

static bool is_label(const char *key) {
  static const char *const others[] = {"code.", "notice.", "verb.", "scope."};
  for (unsigned i = 0; i < G_N_ELEMENTS(others); i++)
    if (g_str_has_prefix(key, others[i]))
      return false;
  return true;
}

/* The words of one subject's fields, lists and states; of the form's own also without its name. */
static void add_labels(Filling *filling, const Info *info) {
  GHashTableIter each;
  void *key, *word;
  if (!info->words.items)
    return;
  g_hash_table_iter_init(&each, info->words.items);
  while (g_hash_table_iter_next(&each, &key, &word)) {
    if (!is_label(key))
      continue;
    bool itself = strcmp(key, info->subject->name) == 0; /* "label.post": what it is called */
    g_autofree char *full = itself
                                ? g_strdup_printf("label.%s", (char *)key)
                                : g_strdup_printf("label.%s.%s", info->subject->name, (char *)key);
    g_autofree char *own = g_strdup_printf("label.%s", (char *)key);
    set(filling, full, word_in(filling, word));
    if (info == filling->heads.info)
      set(filling, own, word_in(filling, word));
  }
}

static bool add_common(Filling *filling, const Paper *paper) {
  Call *call = filling->call;
  const char *subject = call->info->subject->name;
  g_autofree char *key = g_strconcat("paper.", paper->code, NULL);
  g_autofree char *today = zone_format(call->zone, call->now_ms, "%Y-%m-%d");
  g_autofree char *on = shown_day(filling->heads.in, today);
  g_autoptr(Statement) who =
      db_prepare(call->db, "select name from person where id = :me", &call->error);
  if (!who)
    return false;
  statement_text(who, ":me", call->actor.person);
  if (!statement_one(who, "", &call->error))
    return false;
  for (unsigned i = 0; i < model_count(call->model); i++)
    add_labels(filling, model_info(call->model, i));
  add_labels(filling, call->info); /* its own fields before another subject of that name */
  set(filling, "paper.title", word_in(filling, model_word(call->model, subject, key)));
  set(filling, "paper.on", on);
  set(filling, "paper.by", column_text(who, 0));
  return true;
}

/* ---- columns of `get` and `rows` ---- */

typedef struct {
  char *name;
  const char *suffix; /* "date", "time", "post.role"; NULL: as it is. Borrowed of the statement */
} Said;

static Said said_of(sqlite3_stmt *stmt, int column) {
  const char *name = sqlite3_column_name(stmt, column), *colon = strchr(name, ':');
  return colon ? (Said){g_strndup(name, (gsize)(colon - name)), colon + 1}
               : (Said){g_strdup(name), NULL};
}

/* A word of that field of that subject, or its state. */
static char *word_of(const Filling *filling, const char *suffix, const char *text) {
  g_auto(GStrv) parts = g_strsplit(suffix, ".", 2);
  const Info *info = model_find(filling->call->model, parts[0]);
  const Field *field = info && parts[1] ? field_find(info->subject->fields, parts[1]) : NULL;
  Heads heads = {filling->call->model, info, filling->heads.in};
  g_assert(info && parts[1]);
  return field ? head_value(&heads, field, text) : head_state(&heads, text);
}

static char *said_text(const Filling *filling, sqlite3_stmt *stmt, int column, const char *suffix) {
  const char *text = (const char *)sqlite3_column_text(stmt, column);
  HeadsIn in = filling->heads.in;
  if (!text || !suffix)
    return g_strdup(text ? text : "");
  if (strcmp(suffix, "time") == 0)
    return shown_time(filling->call->zone, in, sqlite3_column_int64(stmt, column));
  if (strcmp(suffix, "date") == 0)
    return shown_day(in, text);
  if (strcmp(suffix, "bool") == 0)
    return head_bool(&filling->heads, NULL, sqlite3_column_int(stmt, column));
  return word_of(filling, suffix, text);
}

static sqlite3_stmt *prepare(Filling *filling, SectionKind kind, const char *name) {
  Call *call = filling->call;
  const char *text = sections_find(&call->info->sections, kind, name);
  sqlite3_stmt *stmt = NULL;
  Sources from = {&call->asked, &call->server, &call->row};
  g_assert(text);
  if (sqlite3_prepare_v2(call->db, text, -1, &stmt, NULL) != SQLITE_OK) {
    db_fail(call->db, &call->error);
    return NULL;
  }
  if (!call->id || bind_all(stmt, &from, &call->error)) /* without a row only its names count */
    return stmt;
  sqlite3_finalize(stmt);
  return NULL;
}

static bool add_get(Filling *filling, const char *name) {
  g_autoptr(sqlite3_stmt) stmt = prepare(filling, SECTION_GET, name);
  if (!stmt)
    return false;
  int result = filling->call->id ? sqlite3_step(stmt) : SQLITE_DONE;
  if (result != SQLITE_ROW && result != SQLITE_DONE)
    return db_fail(filling->call->db, &filling->call->error);
  for (int i = 0; i < sqlite3_column_count(stmt); i++) {
    Said said = said_of(stmt, i);
    g_autofree char *column = said.name;
    g_autofree char *text =
        result == SQLITE_ROW ? said_text(filling, stmt, i, said.suffix) : g_strdup("");
    set(filling, column, text);
  }
  return true;
}

static void add_cells(const Filling *filling, sqlite3_stmt *stmt, json_t *rows) {
  json_t *cells = json_array();
  for (int i = 0; i < sqlite3_column_count(stmt); i++) {
    Said said = said_of(stmt, i);
    g_autofree char *text = said_text(filling, stmt, i, said.suffix);
    json_array_append_new(cells, json_string(text));
    g_free(said.name);
  }
  json_array_append_new(rows, cells);
}

static bool too_many(Call *call) {
  return problem_say(&call->problem, 409, "too_many_rows",
                     json_pack("{s:i}", "most", PAPER_ROWS_MOST));
}

static bool add_rows(Filling *filling, const char *name) {
  Call *call = filling->call;
  g_autoptr(sqlite3_stmt) stmt = prepare(filling, SECTION_ROWS, name);
  if (!stmt)
    return false;
  json_t *columns = json_array(), *rows = json_array();
  json_object_set_new(filling->lists, name,
                      json_pack("{s:o, s:o}", "columns", columns, "rows", rows));
  for (int i = 0; i < sqlite3_column_count(stmt); i++) {
    g_autofree char *column = said_of(stmt, i).name;
    json_array_append_new(columns, json_string(column));
  }
  int result = SQLITE_DONE;
  while (call->id && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
    if (json_array_size(rows) == PAPER_ROWS_MOST)
      return too_many(call);
    add_cells(filling, stmt, rows);
  }
  return result == SQLITE_DONE || db_fail(call->db, &call->error);
}

static bool add_sections(Filling *filling, const Paper *paper) {
  g_auto(GStrv) lists = g_strsplit(paper->rows ? paper->rows : "", " ", -1);
  if (paper->get && !add_get(filling, paper->get))
    return false;
  for (unsigned i = 0; lists[i]; i++)
    if (*lists[i] && !add_rows(filling, lists[i]))
      return false;
  return true;
}

/* ---- columns of the row ---- */

/* Each that he sees; what he does not is empty. plan has a row, or it is asked for names. */
static void add_columns(Filling *filling, const Plan *plan, bool has_row) {
  Call *call = filling->call;
  for (unsigned i = 0; i < plan->columns->len; i++) {
    const Column *column = &g_array_index(plan->columns, Column, i);
    int at = has_row ? row_column(plan, call->info, i, call->verbs) : -1;
    if (shown_is_other(call->info, column, filling->heads.in))
      continue;
    g_autofree char *name = shown_name(call->info, column);
    g_autofree char *text =
        at >= 0 ? shown_value(&filling->heads, call->zone, plan, column, at) : g_strdup("");
    set(filling, name, text);
  }
}

static void begin(Filling *filling, Call *call, HeadsIn in) {
  *filling = (Filling){call, {call->model, call->info, in}, json_object(), json_object()};
}

/* What it is all in; NULL when it is not fine. */
static json_t *end(Filling *filling, bool fine) {
  json_t *data = json_pack("{s:o, s:o}", "values", filling->values, "lists", filling->lists);
  if (!fine)
    json_decref(data);
  return fine ? data : NULL;
}

/* Who may see the row and not print it is told so. */
static Plan *find_row(Call *call, const char *verb) {
  g_autoptr(Plan) plan = read_plan(call, "read");
  int bit = info_verb(call->info, verb);
  if (plan && !(call->verbs >> bit & 1)) {
    refuse_verb(call, bit);
    return NULL;
  }
  return g_steal_pointer(&plan);
}

json_t *paper_of_row(Call *call, const Paper *paper, HeadsIn in) {
  Filling filling;
  g_autoptr(Plan) plan = find_row(call, paper->verb);
  if (!plan)
    return NULL;
  call_let(call, "words", in == HEADS_EN ? "en" : "zh");
  begin(&filling, call, in);
  add_columns(&filling, plan, true);
  return end(&filling, add_common(&filling, paper) && add_sections(&filling, paper));
}

json_t *paper_of_list(Call *call, const Paper *paper, HeadsIn in, const Export *export) {
  Filling filling;
  begin(&filling, call, in);
  json_object_set_new(filling.lists, LIST_OF_ROWS, export_table(export));
  return end(&filling, add_common(&filling, paper));
}

json_t *paper_of_none(Call *call, const Paper *paper, HeadsIn in) {
  Filling filling;
  g_autoptr(Plan) plan = describe_row(call->model, call->info, call->db, &call->error);
  if (!plan)
    return NULL;
  begin(&filling, call, in);
  add_columns(&filling, plan, false);
  if (paper->list) {
    json_t *columns = json_array();
    const char *name;
    json_t *value;
    json_object_foreach(filling.values, name, value)
        json_array_append_new(columns, json_string(name));
    json_object_set_new(filling.lists, LIST_OF_ROWS,
                        json_pack("{s:o, s:[]}", "columns", columns, "rows"));
    json_object_clear(filling.values);
  }
  return end(&filling, add_common(&filling, paper) && add_sections(&filling, paper));
}
