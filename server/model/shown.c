#include "model/shown.h"

#include <inttypes.h>
#include <string.h>

#include "base/zone.h"

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};
static const char *const weekdays[][2] = {
    {"星期一", "Monday"}, {"星期二", "Tuesday"},  {"星期三", "Wednesday"}, {"星期四", "Thursday"},
    {"星期五", "Friday"}, {"星期六", "Saturday"}, {"星期日", "Sunday"}};

static bool read_day(const char *text, int *year, int *month, int *day) {
  int length = 0;
  return sscanf(text, "%4d-%2d-%2d%n", year, month, day, &length) == 3 && length == 10 &&
         g_date_valid_dmy((GDateDay)*day, (GDateMonth)*month, (GDateYear)*year);
}

char *shown_day(HeadsIn in, const char *text) {
  int year, month, day;
  if (!read_day(text, &year, &month, &day))
    return g_strdup(text);
  return in == HEADS_EN ? g_strdup_printf("%d %s %d", day, months[month - 1], year)
                        : g_strdup_printf("%d年%d月%d日", year, month, day);
}

char *shown_time(const char *zone, HeadsIn in, int64_t at_ms) {
  g_autofree char *date = zone_format(zone, at_ms, "%Y-%m-%d");
  g_autofree char *weekday = zone_format(zone, at_ms, "%u");
  g_autofree char *time = zone_format(zone, at_ms, "%H:%M");
  g_autofree char *day = shown_day(in, date);
  const char *const *words = weekdays[(*weekday - '1') % 7];
  return in == HEADS_EN ? g_strdup_printf("%s, %s, %s", words[1], day, time)
                        : g_strdup_printf("%s（%s）%s", day, words[0], time);
}

/* Records are shown by their names. */
char *shown_list(const Heads *heads, const Field *field, const char *text) {
  json_t *list = json_loads(text, 0, NULL), *item;
  g_autoptr(GString) names = g_string_new(NULL);
  bool named = json_array_size(list) > 0;
  size_t i;
  json_array_foreach(list, i, item) {
    const char *name = json_string_value(json_object_get(item, "name"));
    named = named && name;
    g_string_append_printf(names, "%s%s", i ? "、" : "", name ? name : "");
  }
  json_decref(list);
  return named ? g_strdup(names->str) : head_list(heads, field, text);
}

char *shown_object(const char *text) {
  json_t *object = json_loads(text, 0, NULL);
  const char *name = json_string_value(json_object_get(object, "name"));
  char *shown = g_strdup(name ? name : text);
  json_decref(object);
  return shown;
}

char *shown_text(const Heads *heads, const Column *column, const char *text) {
  char *word = head_word(heads, column->path, column->field, text);
  if (word)
    return word;
  return column->field && column->field->type == F_DATE ? shown_day(heads->in, text)
                                                        : g_strdup(text);
}

static bool is_of_dictionary(const Info *info, const Column *column) {
  const Field *group = field_find(info->subject->fields, column->path[0]);
  return group && group->type == F_DICT && column->path[1];
}

char *shown_name(const Info *info, const Column *column) {
  return is_of_dictionary(info, column) ? g_strdup(column->path[0]) : g_strjoinv(".", column->path);
}

bool shown_is_other(const Info *info, const Column *column, HeadsIn in) {
  return is_of_dictionary(info, column) &&
         strcmp(column->path[1], in == HEADS_EN ? "en" : "zh") != 0;
}

/* When a row was made is a time in every subject. */
static bool is_time(const Column *column) {
  return column->field ? column->field->type == F_TIME
                       : strcmp(column->path[0], "created_at") == 0 && !column->path[1];
}

char *shown_value(const Heads *heads, const char *zone, const Plan *plan, const Column *column,
                  int at) {
  const char *kept = (const char *)sqlite3_column_text(plan->stmt, at);
  int64_t number = sqlite3_column_int64(plan->stmt, at);
  if (!kept)
    return g_strdup("");
  switch (column->type) {
  case OUT_INT:
    return is_time(column) ? shown_time(zone, heads->in, number) : g_strdup(kept);
  case OUT_BOOL:
    return head_bool(heads, column->field, number);
  case OUT_JSON:
    return shown_list(heads, column->field, kept);
  case OUT_OBJECT:
    return shown_object(kept);
  case OUT_TEXT:
    return shown_text(heads, column, kept);
  }
  g_assert_not_reached();
}
