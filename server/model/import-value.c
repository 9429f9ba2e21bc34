#include "model/import-value.h"

#include <stdio.h>
#include <string.h>

#include "model/heads.h"
#include "model/take.h"

#define ZONE_MS G_TIME_SPAN_MILLISECOND

/* The word that the text stands for, or the text itself. Free with g_free. */
static char *read_word(const Info *info, const Field *field, const char *text) {
  g_auto(GStrv) words = g_strsplit(field->of, " ", -1);
  for (unsigned i = 0; words[i]; i++) {
    g_autofree char *shown = head_value(info, field, words[i]);
    if (strcmp(shown, text) == 0 || g_ascii_strcasecmp(words[i], text) == 0)
      return g_strdup(words[i]);
  }
  return g_strdup(text);
}

static bool take_words(const Info *info, const Field *field, const char *text, Values *values,
                       Problem *problem) {
  static const char *const commas[] = {"，", "；", ";", ",", NULL};
  g_autoptr(GString) one = g_string_new(text);
  for (unsigned i = 0; commas[i]; i++)
    g_string_replace(one, commas[i], "、", 0);
  g_auto(GStrv) parts = g_strsplit(one->str, "、", -1);
  json_t *list = json_array();
  for (unsigned i = 0; parts[i]; i++) {
    g_autofree char *word = read_word(info, field, g_strstrip(parts[i]));
    if (*word)
      json_array_append_new(list, json_string(word));
  }
  json_t *object = json_pack("{s:o}", field->name, list);
  bool fine = take_object(field, field->name, object, values, problem);
  json_decref(object);
  return fine;
}

typedef struct {
  int year, month, day, hour, minute, second;
} Moment;

/* A day, with or without a time; what it is not of is left to the check. */
static bool read_moment(const char *text, Moment *moment) {
  static const char *const forms[] = {"%4d-%2d-%2d%n", "%4d/%2d/%2d%n", "%4d.%2d.%2d%n",
                                      "%4d年%2d月%2d日%n"};
  *moment = (Moment){0};
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
  Moment moment;
  if (!read_moment(text, &moment) || moment.hour || moment.minute || moment.second)
    return take_text(field, text, values, problem);
  g_autofree char *day = g_strdup_printf("%04d-%02d-%02d", moment.year, moment.month, moment.day);
  return take_text(field, day, values, problem);
}

static bool take_time(const Field *field, const char *text, const char *zone, Values *values,
                      Problem *problem) {
  Moment m;
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

bool import_take(const Info *info, const Field *field, const char *cell, const char *zone,
                 Values *values, Problem *problem) {
  g_autofree char *text = g_strstrip(g_strdup(cell)), *word = NULL;
  bool on;
  switch (field->type) {
  case F_BOOL:
    return take_text(field, head_read_bool(text, &on) ? (on ? "true" : "false") : text, values,
                     problem);
  case F_WORD:
    word = read_word(info, field, text);
    return take_text(field, word, values, problem);
  case F_WORDS:
    return take_words(info, field, text, values, problem);
  case F_DATE:
    return take_day(field, text, values, problem);
  case F_TIME:
    return take_time(field, text, zone, values, problem);
  default:
    return take_text(field, text, values, problem);
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
