#include "model/guard.h"

#include <inttypes.h>
#include <string.h>

#include "model/tags.h"
#include "model/take.h"
#include "store/connection.h"
#include "store/statement.h"

/* 'a', 'b' */
static char *quoted_words(const char *words) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  g_autofree char *joined = g_strjoinv("', '", list);
  return g_strdup_printf("'%s'", joined);
}

/* Of free words: one is longer than it may be, or there is none between two separators. */
static char *wrong_tags(const char *name) {
  return g_strdup_printf(
      " or exists (select 1 from json_each('[' || replace(json_quote(new.\"%s\"),"
      " '" TAG_SEPARATOR "', '\",\"') || ']')"
      " where length(value) not between 1 and %d)",
      name, TAG_CHARS_MOST);
}

/* The condition under which new.FIELD is wrong, or NULL. It is null, so not true, of a null. */
static char *wrong_text(const Field *field) {
  const char *name = field->name;
  g_autofree char *tags = field->flags & TAGS ? wrong_tags(name) : g_strdup("");
  g_autofree char *bounds =
      g_strdup_printf("length(new.\"%s\") not between %" PRId64 " and %" PRId64 "%s", name,
                      field->least, field->most, tags);
  return field->of ? g_strdup_printf("%s or new.\"%s\" glob '*[^%s]*'", bounds, name, field->of)
                   : g_steal_pointer(&bounds);
}

static char *wrong(const Field *field) {
  const char *name = field->name;
  g_autofree char *words = field->type == F_WORD ? quoted_words(field->of) : NULL;
  switch (field->type) {
  case F_TEXT:
  case F_RAW:
    return wrong_text(field);
  case F_INT:
    return g_strdup_printf("new.\"%s\" not between %" PRId64 " and %" PRId64, name, field->least,
                           field->most);
  case F_BOOL:
    return g_strdup_printf("new.\"%s\" not in (0, 1)", name);
  case F_TIME:
    return g_strdup_printf("new.\"%s\" not between %" PRId64 " and %" PRId64, name, TIME_LEAST_MS,
                           TIME_MOST_MS);
  case F_DATE:
    return g_strdup_printf("new.\"%s\" not glob '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'", name);
  case F_WORD:
    return g_strdup_printf("new.\"%s\" not in (%s)", name, words);
  case F_DICT:
    return g_strdup_printf("new.\"%s\" is not null and (new.\"%s_on\" is null or not exists ("
                           "select 1 from dict_item where dict = '%s' and code = new.\"%s\"))",
                           name, name, field->of, name);
  case F_ID:
  case F_REF:
    return g_strdup_printf("length(new.\"%s\") <> 16", name);
  case F_WORDS:
  case F_IDS:
  case F_FILES:
  case F_OBJECT:
  case F_LIST:
  case F_MAP:
    return NULL; /* is kept in rows of another table */
  }
  g_assert_not_reached();
}

static void add_bounds(GString *sql, const Info *info, bool update) {
  for (const Field *field = info->subject->fields; field->name; field++) {
    g_autofree char *condition = field->at ? NULL : wrong(field);
    if (!condition)
      continue;
    g_string_append_printf(sql, "  select raise(abort, 'bound:%s') where ", field->name);
    if (update)
      g_string_append_printf(sql, "new.\"%s\" is not old.\"%s\" and ", field->name, field->name);
    g_string_append_printf(sql, "(%s);\n", condition);
  }
}

/* Rows begin in the states that steps make them in. */
static void add_beginnings(GString *sql, const Subject *subject) {
  g_string_append(sql, "  select raise(abort, 'state') where new.state not in (''");
  for (const Step *step = subject->steps; step->verb; step++)
    if (*step->from == 0)
      g_string_append_printf(sql, ", '%s'", step->to);
  g_string_append(sql, ");\n");
}

static void add_edges(GString *sql, const Subject *subject) {
  g_string_append(sql,
                  "  select raise(abort, 'state') where new.state is not old.state and not (0");
  for (const Step *step = subject->steps; step->verb; step++) {
    if (*step->from == 0)
      continue;
    g_autofree char *from = quoted_words(step->from);
    g_string_append_printf(sql, " or old.state in (%s) and new.state = '%s'", from, step->to);
    if (step->undo_s)
      g_string_append_printf(sql, " or new.state in (%s) and old.state = '%s'", from, step->to);
  }
  g_string_append(sql, ");\n");
}

char *guards_text(const Info *info) {
  const Subject *subject = info->subject;
  GString *sql = g_string_new(NULL);
  for (unsigned update = 0; update < 2; update++) {
    const char *when = update ? "update" : "insert";
    g_string_append_printf(sql, "create trigger guard_%s_%s before %s on \"%s\" begin\n",
                           subject->table, when, when, subject->table);
    g_string_append(sql, "  select 1;\n"); /* a trigger has one statement at least */
    add_bounds(sql, info, update);
    if (subject->steps && update)
      add_edges(sql, subject);
    else if (subject->steps)
      add_beginnings(sql, subject);
    g_string_append(sql, "end;\n");
  }
  return g_string_free(sql, FALSE);
}

/* Whether the triggers that are there were made of this text. */
static bool are_installed(sqlite3 *db, const char *digest) {
  g_autoptr(Statement) row = db_prepare(
      db,
      "select value = :digest and exists (select 1 from sqlite_schema where type = 'trigger' and"
      " name glob 'guard_*') from setting where key = 'guards'",
      NULL);
  if (!row)
    return false;
  statement_text(row, ":digest", digest);
  return statement_step(row, NULL) == SQLITE_ROW && column_int(row, 0);
}

static bool keep_digest(sqlite3 *db, const char *digest, GError **error) {
  g_autoptr(Statement) insert = db_prepare(
      db, "insert or replace into setting (key, value) values ('guards', :digest)", error);
  if (!insert)
    return false;
  statement_text(insert, ":digest", digest);
  return statement_run(insert, error);
}

bool guards_install(sqlite3 *db, void *data, GError **error) {
  const Model *model = data;
  g_autoptr(GString) sql = g_string_new(NULL);
  for (unsigned i = 0; i < model_count(model); i++) {
    g_autofree char *text = guards_text(model_info(model, i));
    g_string_append(sql, text);
  }
  g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, sql->str, -1);
  return are_installed(db, digest) ||
         (connection_drop_guards(db, error) && db_exec(db, sql->str, error) &&
          keep_digest(db, digest, error));
}
