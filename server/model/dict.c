#include "model/dict.h"

#include <string.h>

#include "model/write.h"
#include "store/statement.h"

static void add_label(GString *sql, char alias, const Field *field, const char *language) {
  g_string_append_printf(
      sql,
      ", (select d.label_%s from dict_item d where d.dict = '%s' and d.code = %c.\"%s\""
      " and d.valid_from <= %c.\"%s_on\" order by d.valid_from desc limit 1) as \"%s.%s:text\"",
      language, field->of, alias, field->name, alias, field->name, field->name, language);
}

void dict_columns(GString *sql, char alias, const Field *field) {
  g_string_append_printf(sql, ", %c.\"%s\" as \"%s.code\"", alias, field->name, field->name);
  add_label(sql, alias, field, "zh");
  add_label(sql, alias, field, "en");
}

bool dict_offers(Call *call, const Field *field, const char *code, bool *offered) {
  g_autoptr(Statement) row =
      db_prepare(call->db,
                 "select 1 from dict_item where dict = :dict and code = :code"
                 " and valid_from <= :today and coalesce(valid_to, '9999') > :today",
                 &call->error);
  if (!row)
    return false;
  statement_text(row, ":dict", field->of);
  statement_text(row, ":code", code);
  statement_text(row, ":today", call_text(call, "@today"));
  int result = statement_step(row, &call->error);
  *offered = result == SQLITE_ROW;
  return result != SQLITE_ERROR;
}

/* The two that are meant the likeliest: by code, then offered, then withdrawn. */
static Statement *meant(Call *call, const Field *field, const char *text) {
  Statement *items = db_prepare(
      call->db,
      "select code, 2 * max(code = :text) + max(valid_from <= :today and"
      " coalesce(valid_to, '9999') > :today) as likely from dict_item where dict = :dict and"
      " (code = :text or label_zh = :text or lower(label_en) = lower(:text)) group by code"
      " order by likely desc limit 2",
      &call->error);
  if (!items)
    return NULL;
  statement_text(items, ":dict", field->of);
  statement_text(items, ":text", text);
  statement_text(items, ":today", call_text(call, "@today"));
  return items;
}

char *dict_read(Call *call, const Field *field, const char *text) {
  g_autoptr(Statement) items = meant(call, field, text);
  if (!items || statement_step(items, &call->error) != SQLITE_ROW)
    return NULL;
  g_autofree char *code = g_strdup(column_text(items, 0));
  int64_t likely = column_int(items, 1);
  if (statement_step(items, &call->error) == SQLITE_ROW && column_int(items, 1) == likely)
    return NULL;
  return call->error ? NULL : g_steal_pointer(&code);
}

/* What is said again as it was may be withdrawn since. */
static bool stays(const Call *call, const Field *field, const Value *asked) {
  const Value *before = write_before(call, field);
  return before && g_strcmp0(before->text, asked->text) == 0;
}

bool dict_check(Call *call) {
  bool fine = true;
  for (const Field *field = call->info->subject->fields; field->name; field++) {
    const Value *asked = field->type == F_DICT ? values_find(&call->asked, field->name) : NULL;
    bool offered;
    if (!asked || asked->kind == VALUE_NULL || stays(call, field, asked))
      continue;
    if (!dict_offers(call, field, asked->text, &offered))
      return false;
    fine = (offered || problem_add(&call->problem, field->name, "words", NULL)) && fine;
  }
  return fine;
}

char *dict_label(Call *call, const Field *field, const char *code, const char *language) {
  g_autoptr(Statement) item =
      db_prepare(call->db,
                 "select label_zh, label_en from dict_item where dict = :dict and code = :code"
                 " order by valid_from <= :on desc, valid_from desc limit 1",
                 &call->error);
  if (!item)
    return NULL;
  statement_text(item, ":dict", field->of);
  statement_text(item, ":code", code);
  statement_text(item, ":on", call_text(call, "@on"));
  if (statement_step(item, &call->error) != SQLITE_ROW)
    return NULL;
  return g_strdup(column_text(item, strcmp(language, "zh") == 0 ? 0 : 1));
}
