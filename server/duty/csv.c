/* The attendance list as a file for a spreadsheet (attendance.h): UTF-8 with a byte order mark,
 * because Excel takes anything else for the local code page; CRLF as in RFC 4180, and cells that no
 * spreadsheet runs (base/cell.h). */
#include <stdbool.h>
#include <string.h>

#include "base/cell.h"
#include "base/zone.h"
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

static void add_cell(GString *csv, const char *text) {
  if (csv->len > 0 && csv->str[csv->len - 1] == '"')
    g_string_append_c(csv, ',');
  cell_append(csv, text);
}

static void add_number(GString *csv, int64_t number) {
  g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
  add_cell(csv, text);
}

/* How the file writes times: of the configured zone, to the minute. */
typedef struct {
  const char *zone;
  char *offset; /* on the day of the meeting, which the headings name */
} Clock;

/* A time on a day with another offset says so. */
static void add_time(GString *csv, const json_t *ms, const Clock *clock) {
  if (!json_is_integer(ms)) {
    add_cell(csv, "");
    return;
  }
  g_autofree char *offset = zone_format(clock->zone, json_integer_value(ms), "%:z");
  bool same = strcmp(offset, clock->offset) == 0;
  g_autofree char *text = zone_format(clock->zone, json_integer_value(ms),
                                      same ? "%Y-%m-%d %H:%M" : "%Y-%m-%d %H:%M %:z");
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

/* A decision stands with what it rested on; window, figures and draft are of one moment. */
static void add_row(GString *csv, const json_t *row, const json_t *window, const Clock *clock) {
  const json_t *person = json_object_get(row, "person");
  const json_t *decision = json_object_get(row, "decision");
  const json_t *decided_in = json_object_get(decision, "window");
  const json_t *seen = json_is_object(decided_in) ? decision : row;
  const json_t *counted = seen == decision ? decided_in : window;
  const json_t *drafted = json_object_get(seen, "drafted");
  add_member(csv, person, "name");
  add_member(csv, person, "sector");
  add_member(csv, person, "organisation");
  add_member(csv, person, "code");
  add_word(csv, person, "kind");
  add_word(csv, row, "capacity");
  add_time(csv, json_object_get(row, "first_in"), clock);
  add_time(csv, json_object_get(row, "last_out"), clock);
  add_time(csv, json_object_get(counted, "from"), clock);
  add_time(csv, json_object_get(counted, "to"), clock);
  add_number(csv, json_integer_value(json_object_get(seen, "present_s")) / 60);
  add_number(csv, (int64_t)json_array_size(json_object_get(row, "segments")));
  add_word(csv, drafted, "state");
  add_flag(csv, drafted, "late");
  add_flag(csv, drafted, "left_early");
  add_word(csv, decision, "state");
  add_flag(csv, decision, "late");
  add_flag(csv, decision, "left_early");
  add_member(csv, decision, "note");
  add_member(csv, json_object_get(decision, "by"), "name");
  add_time(csv, json_object_get(decision, "at"), clock);
  g_string_append(csv, "\r\n");
}

static void add_headings(GString *csv, const Clock *clock) {
  static const struct {
    const char *text;
    bool time; /* names the offset */
  } headings[] = {
      {"姓名", false},     {"界别", false},     {"单位", false},     {"编号", false},
      {"类别", false},     {"身份", false},     {"首次进入", true},  {"最后离开", true},
      {"时段起", true},    {"时段止", true},    {"有效分钟", false}, {"连接次数", false},
      {"初步认定", false}, {"初判迟到", false}, {"初判早退", false}, {"确认结果", false},
      {"确认迟到", false}, {"确认早退", false}, {"备注", false},     {"确认人", false},
      {"确认时间", true},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(headings); i++) {
    g_autofree char *text = headings[i].time
                                ? g_strdup_printf("%s（UTC%s）", headings[i].text, clock->offset)
                                : g_strdup(headings[i].text);
    add_cell(csv, text);
  }
  g_string_append(csv, "\r\n");
}

char *attendance_csv(sqlite3 *db, const char *meeting, const char *time_zone, Moment now,
                     GError **error) {
  json_t *rows = attendance_rows(db, meeting, now, error);
  if (!rows)
    return NULL;
  GString *csv = g_string_new("\xEF\xBB\xBF");
  const json_t *window = json_object_get(rows, "window");
  const json_t *from = json_object_get(window, "from");
  int64_t day_ms = json_is_integer(from) ? json_integer_value(from) : now.wall_ms;
  const Clock clock = {time_zone, zone_format(time_zone, day_ms, "%:z")};
  add_headings(csv, &clock);
  const json_t *items = json_object_get(rows, "items");
  for (size_t i = 0; i < json_array_size(items); i++)
    add_row(csv, json_array_get(items, i), window, &clock);
  g_free(clock.offset);
  json_decref(rows);
  return g_string_free(csv, FALSE);
}
