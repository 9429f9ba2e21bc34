/* The attendance list as a file for a spreadsheet (attendance.h): UTF-8 with a byte order mark,
 * because Excel takes anything else for the local code page; CRLF and quotes as in RFC 4180; a cell
 * that would be run as a formula gets an apostrophe in front (OWASP, "CSV Injection"). */
#include <stdbool.h>
#include <string.h>

#include "duty/attendance.h"

static const struct {
  const char *code, *name;
} words[] = {
    {"attend", "出席"},  {"observe", "列席"},  {"invited", "特邀"}, {"host", "主持"},
    {"member", "委员"},  {"staff", "机关"},    {"guest", "来宾"},   {"admin", "管理员"},
    {"present", "出席"}, {"observer", "列席"}, {"leave", "请假"},   {"absent", "缺席"},
};

static const char *word(const char *code) {
  for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_strcmp0(words[i].code, code) == 0)
      return words[i].name;
  return "";
}

/* The full-width forms too: some spreadsheets take them for the others. */
static bool begins_formula(const char *text) {
  static const char *const signs[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};
  for (unsigned i = 0; i < G_N_ELEMENTS(signs); i++)
    if (g_str_has_prefix(text, signs[i]))
      return true;
  return false;
}

static void add_cell(GString *csv, const char *text) {
  if (csv->len > 0 && csv->str[csv->len - 1] == '"')
    g_string_append_c(csv, ',');
  g_string_append_c(csv, '"');
  if (begins_formula(text))
    g_string_append_c(csv, '\'');
  for (; *text; text++) {
    if (*text == '"')
      g_string_append_c(csv, '"');
    g_string_append_c(csv, *text);
  }
  g_string_append_c(csv, '"');
}

static void add_number(GString *csv, int64_t number) {
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
  add_cell(csv, text);
}

/* The server's time zone, as the people of the place read it: one offset for all, which the
 * headings name. */
static void add_time(GString *csv, const json_t *ms, GTimeZone *zone) {
  if (!json_is_integer(ms)) {
    add_cell(csv, "");
    return;
  }
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(json_integer_value(ms) / 1000);
  g_autoptr(GDateTime) time = g_date_time_to_timezone(utc, zone);
  g_autofree char *text = g_date_time_format(time, "%Y-%m-%d %H:%M:%S");
  add_cell(csv, text);
}

static void add_member(GString *csv, const json_t *object, const char *key) {
  const char *text = json_string_value(json_object_get(object, key));
  add_cell(csv, text ? text : "");
}

static void add_word(GString *csv, const json_t *object, const char *key) {
  add_cell(csv, word(json_string_value(json_object_get(object, key))));
}

static void add_flag(GString *csv, const json_t *object, const char *key) {
  add_cell(csv, json_is_true(json_object_get(object, key)) ? "是" : "");
}

static void add_row(GString *csv, const json_t *row, GTimeZone *zone) {
  const json_t *person = json_object_get(row, "person");
  const json_t *drafted = json_object_get(row, "drafted");
  const json_t *decision = json_object_get(row, "decision");
  add_member(csv, person, "name");
  add_word(csv, person, "kind");
  add_word(csv, row, "capacity");
  add_time(csv, json_object_get(row, "first_in"), zone);
  add_time(csv, json_object_get(row, "last_out"), zone);
  add_number(csv, json_integer_value(json_object_get(row, "present_s")));
  add_number(csv, (int64_t)json_array_size(json_object_get(row, "segments")));
  add_word(csv, drafted, "state");
  add_flag(csv, drafted, "late");
  add_flag(csv, drafted, "left_early");
  add_word(csv, decision, "state");
  add_flag(csv, decision, "late");
  add_flag(csv, decision, "left_early");
  add_member(csv, decision, "note");
  add_member(csv, json_object_get(decision, "by"), "name");
  add_time(csv, json_object_get(decision, "at"), zone);
  g_string_append(csv, "\r\n");
}

#define IN_ZONE "（UTC%:z）" /* as g_date_time_format takes it */

static void add_heading(GString *csv, const char *heading, GDateTime *here) {
  g_autofree char *text = g_date_time_format(here, heading);
  add_cell(csv, text);
}

char *attendance_csv(sqlite3 *db, const char *meeting, const Config *config, Moment now,
                     GError **error) {
  static const char *const headings[] = {
      "姓名",     "类别",     "身份",     "首次进入" IN_ZONE, "最后离开" IN_ZONE, "在会秒数",
      "连接次数", "初步认定", "初判迟到", "初判早退",         "确认结果",         "确认迟到",
      "确认早退", "备注",     "确认人",   "确认时间" IN_ZONE,
  };
  json_t *rows = attendance_rows(db, meeting, config, now, error);
  if (!rows)
    return NULL;
  GString *csv = g_string_new("\xEF\xBB\xBF");
  g_autoptr(GDateTime) here = g_date_time_new_from_unix_local(now.wall_ms / 1000);
  g_autoptr(GTimeZone) zone =
      g_time_zone_new_offset((gint32)(g_date_time_get_utc_offset(here) / G_USEC_PER_SEC));
  for (unsigned i = 0; i < G_N_ELEMENTS(headings); i++)
    add_heading(csv, headings[i], here);
  g_string_append(csv, "\r\n");
  const json_t *items = json_object_get(rows, "items");
  for (size_t i = 0; i < json_array_size(items); i++)
    add_row(csv, json_array_get(items, i), zone);
  json_decref(rows);
  return g_string_free(csv, FALSE);
}
