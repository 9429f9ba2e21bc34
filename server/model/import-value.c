#include "model/import-value.h"

#include <stdio.h>
#include <string.h>

#include "model/dict.h"
#include "model/heads.h"
#include "model/take.h"

#define ZONE_MS G_TIME_SPAN_MILLISECOND

static bool take_words(Call *one, const Field *field, const char *text) {
  const Heads heads = {one->model, one->info, HEADS_PLAIN};
  json_t *object = json_pack("{s:o}", field->name, head_read_words(&heads, field, text));
  bool fine = take_object(field, field->name, object, &one->asked, &one->problem);
  json_decref(object);
  return fine;
}

typedef struct {
  int year, month, day, hour, minute, second;
} Clock;

/* A day, with or without a time; what it is not of is left to the check. */
static bool read_moment(const char *text, Clock *moment) {
  static const char *const forms[] = {"%4d-%2d-%2d%n", "%4d/%2d/%2d%n", "%4d.%2d.%2d%n",
                                      "%4d年%2d月%2d日%n"};
  *moment = (Clock){0};
  for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
    int used = 0, more = 0;
    if (sscanf(text, forms[i], &moment->year, &moment->month, &moment->day, &used) < 3 || !used)
      continue;
    text += used;
    text += strspn(text, " T");
    if (sscanf(text, "%2d:%2d%n", &moment->hour, &moment->minute, &more) == 2) {
      text += more;
      if (sscanf(text, ":%2d%n", &moment->second, &more) == 1)
        text += more;
    }
    return *text == 0;
  }
  return false;
}

static bool take_day(const Field *field, const char *text, Values *values, Problem *problem) {
  Clock moment;
  if (!read_moment(text, &moment) || moment.hour || moment.minute || moment.second)
    return take_text(field, text, values, problem);
  g_autofree char *day = g_strdup_printf("%04d-%02d-%02d", moment.year, moment.month, moment.day);
  return take_text(field, day, values, problem);
}

static bool take_time(const Field *field, const char *text, const char *zone, Values *values,
                      Problem *problem) {
  Clock m;
  g_autoptr(GTimeZone) where = g_time_zone_new_identifier(zone);
  g_autoptr(GDateTime) at =
      where && read_moment(text, &m)
          ? g_date_time_new(where, m.year, m.month, m.day, m.hour, m.minute, m.second)
          : NULL;
  if (!at)
    return problem_add(problem, field->name, "time", NULL);
  g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, g_date_time_to_unix(at) * ZONE_MS);
  return take_text(field, number, values, problem);
}

static bool take_word(Call *one, const Field *field, const char *text) {
  const Heads heads = {one->model, one->info, HEADS_PLAIN};
  g_autofree char *word = head_read_word(&heads, field, text);
  return take_text(field, word, &one->asked, &one->problem);
}

static bool take_bool(Call *one, const Field *field, const char *text) {
  const Heads heads = {one->model, one->info, HEADS_PLAIN};
  bool on;
  if (head_read_bool(&heads, field, text, &on))
    text = on ? "true" : "false";
  return take_text(field, text, &one->asked, &one->problem);
}

static bool take_item(Call *one, const Field *field, const char *text) {
  g_autofree char *code = dict_read(one, field, text);
  return take_text(field, code ? code : text, &one->asked, &one->problem);
}

typedef struct {
  unsigned count;
  char id[17];
} Named;

static bool note_named(Call *call, const Values *row, void *data) {
  Named *named = data;
  g_strlcpy(named->id, values_find(row, "id")->text, sizeof named->id);
  return ++named->count < 2;
}

/* Of a name that two have nobody can tell which is meant. */
static bool take_named(Call *one, const Field *field, const char *text) {
  g_autofree char *section = g_strconcat("named_", field->name, NULL);
  Named named = {0};
  if (!sections_find(&one->info->sections, SECTION_ROWS, section))
    return take_text(field, text, &one->asked, &one->problem);
  call_let(one, "named", text);
  if (!call_each(one, section, note_named, &named) && one->error)
    return false;
  return named.count == 1 ? take_text(field, named.id, &one->asked, &one->problem)
                          : problem_add(&one->problem, field->name,
                                        named.count ? "several" : "unknown_name", NULL);
}

bool import_take(Call *one, const Field *field, const char *cell) {
  g_autofree char *text = g_strstrip(g_strdup(cell));
  switch (field->type) {
  case F_BOOL:
    return take_bool(one, field, text);
  case F_WORD:
    return take_word(one, field, text);
  case F_WORDS:
    return take_words(one, field, text);
  case F_DICT:
    return take_item(one, field, text);
  case F_REF:
    return take_named(one, field, text);
  case F_DATE:
    return take_day(field, text, &one->asked, &one->problem);
  case F_TIME:
    return take_time(field, text, one->zone, &one->asked, &one->problem);
  default:
    return take_text(field, text, &one->asked, &one->problem);
  }
}

json_t *import_value_json(const Field *field, const Value *value) {
  if (!value || value->kind == VALUE_NULL)
    return json_null();
  if (field->type == F_BOOL)
    return json_boolean(value->number);
  if (field->type == F_WORDS)
    return json_loads(value->text, 0, NULL);
  return value->kind == VALUE_INT ? json_integer(value->number) : json_string(value->text);
}
