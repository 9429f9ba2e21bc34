#include "demo.h"

#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "demo-act.h"
#include "demo-register.h"
#include "domain/subjects.h"
#include "model/act.h"
#include "store/meetings.h"
#include "store/passwords.h"
#include "store/statement.h"

#define MEMBERS 28
#define GUEST "专家" SAMPLE
#define STAFF_LOGIN "demo"
#define LINKS 3 /* members whose links are printed */
#define HOUR_MS (3600 * INT64_C(1000))

/* ---- what is remembered between runs ---- */

static bool remember(sqlite3 *db, const char *key, const char *value, GError **error) {
  g_autoptr(Statement) put = db_prepare(db,
                                        "insert into setting (key, value) values (:key, :value)"
                                        " on conflict (key) do update set value = excluded.value",
                                        error);
  if (!put)
    return false;
  statement_text(put, ":key", key);
  statement_text(put, ":value", value);
  return statement_run(put, error);
}

static bool recall(sqlite3 *db, const char *key, char **value, GError **error) {
  g_autoptr(Statement) get = db_prepare(db, "select value from setting where key = :key", error);
  if (!get)
    return false;
  statement_text(get, ":key", key);
  int result = statement_step(get, error);
  *value = result == SQLITE_ROW ? g_strdup(column_text(get, 0)) : NULL;
  return result != SQLITE_ERROR;
}

/* ---- people ---- */

static const char *const surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
                                       "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"};
static const char *const given[] = {"松岩", "雪舟", "禾",   "江平", "映川", "柏青", "晓岚",
                                    "冬远", "一诺", "云山", "清和", "望舒", "霁月", "长宁"};
static const char *const sectors[] = {
    "经济界",       "教育界", "医药卫生界", "科学技术界",          "文化艺术界",
    "农业和农村界", "工商联", "社会科学界", "新闻出版界",          "环境资源界",
    "少数民族界",   "体育界", "妇联",       "社会福利和社会保障界"};

/* What all of it is made with. */
typedef struct {
  sqlite3 *db;
  Model *model;
  const char *zone;
  Moment now;
} Maker;

/* By the server itself, or by whom act names; takes act's body. The answer, or NULL with error. */
static json_t *make(const Maker *maker, Act act, GError **error) {
  act.at = maker->now;
  json_t *answer = act_now(maker->db, maker->model, maker->zone, &act, error);
  json_decref((json_t *)(uintptr_t)act.body);
  return answer;
}

/* Takes body; remembers who it is under the key. */
static bool add_person(const Maker *maker, json_t *body, const char *key, GError **error) {
  json_t *made = make(maker, (Act){.subject = "person", .verb = "create", .body = body}, error);
  bool fine =
      made && remember(maker->db, key, json_string_value(json_object_get(made, "id")), error);
  json_decref(made);
  return fine;
}

/* The same people every time: the steps 7 and 5 have no factor in common with the tables' lengths,
 * so that no name comes twice. */
static bool add_member(const Maker *maker, unsigned number, GError **error) {
  g_autofree char *name = g_strconcat(surnames[number * 7 % G_N_ELEMENTS(surnames)],
                                      given[number * 5 % G_N_ELEMENTS(given)], SAMPLE, NULL);
  g_autofree char *key = g_strdup_printf("demo.member.%02u", number);
  return add_person(maker,
                    json_pack("{s:s, s:s, s:s}", "name", name, "sector",
                              sectors[number % G_N_ELEMENTS(sectors)], "organisation", "示例单位"),
                    key, error);
}

static bool add_people(const Maker *maker, GError **error) {
  json_t *staff = json_pack("{s:s, s:s, s:s, s:s}", "name", "机关工作人员" SAMPLE, "login",
                            STAFF_LOGIN, "kind", "staff", "organisation", "示例机关");
  json_t *host = json_pack("{s:s, s:s}", "name", "主持人" SAMPLE, "organisation", "示例机关");
  bool fine = add_person(maker, staff, "demo.staff", error);
  fine = add_person(maker, host, "demo.host", fine ? error : NULL) && fine;
  for (unsigned i = 0; fine && i < MEMBERS; i++)
    fine = add_member(maker, i, error);
  return fine;
}

/* Real members and samples do not mix by accident. */
static bool check_no_members(sqlite3 *db, GError **error) {
  g_autoptr(Statement) row =
      db_prepare(db, "select count(*) from person where kind = 'member'", error);
  if (!row || !statement_one(row, "", error))
    return false;
  if (column_int(row, 0) == 0)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
              "this database has members already; sample people are not mixed with them"
              " (--force does it all the same)");
  return false;
}

/* A password that was generated here need not be changed: it is shown once and nobody chose it. */
static char *new_password(sqlite3 *db, const Config *config, const char *person, int64_t now_ms,
                          GError **error) {
  g_autofree char *password = password_generate();
  PasswordHash hash;
  if (!password_hash(password, config->password_cost_log2, &hash, error) ||
      !password_store(db, person, &hash, false, now_ms, error) ||
      !password_forget_failures(db, person, error))
    return NULL;
  return g_steal_pointer(&password);
}

/* ---- consultations ---- */

static bool add_meeting(const Maker *maker, const char *host, const char *title, const char *topic,
                        int64_t start, char id[ID_CHARS + 1], GError **error) {
  json_t *invited = json_array();
  for (unsigned i = 0; i < MEMBERS; i++) {
    g_autofree char *key = g_strdup_printf("demo.member.%02u", i);
    g_autofree char *person = NULL;
    if (!recall(maker->db, key, &person, error)) {
      json_decref(invited);
      return false;
    }
    /* The last four listen. */
    json_array_append_new(invited, json_pack("{s:s, s:s}", "person", person, "capacity",
                                             i + 4 < MEMBERS ? "attend" : "observe"));
  }
  json_array_append_new(invited, json_pack("{s:s, s:s, s:s}", "guest_name", GUEST, "organisation",
                                           "示例大学", "capacity", "invited"));
  json_t *body = json_pack("{s:s, s:s, s:I, s:I, s:s, s:o}", "title", title, "topic", topic,
                           "planned_start", (json_int_t)start, "planned_end",
                           (json_int_t)start + 2 * HOUR_MS, "host", host, "invitations", invited);
  json_t *made = make(maker, (Act){.subject = "meeting", .verb = "create", .body = body}, error);
  if (made)
    g_strlcpy(id, json_string_value(json_object_get(made, "id")), ID_CHARS + 1);
  json_decref(made);
  return made != NULL;
}

static int64_t tomorrow_at_nine(const char *zone, int64_t now_ms) {
  int64_t today_ms, tomorrow_ms;
  zone_day(zone, now_ms, &today_ms, &tomorrow_ms);
  return tomorrow_ms + 9 * HOUR_MS;
}

/* The remembered meeting when it is still in `state`; else NULL. */
static bool find_meeting(sqlite3 *db, const char *key, const char *state, char **id,
                         GError **error) {
  if (!recall(db, key, id, error))
    return false;
  if (!*id)
    return true;
  g_autoptr(MeetingInfo) info = meeting_info(db, *id, error);
  if (!info)
    return false;
  if (strcmp(info->state, state) != 0)
    g_clear_pointer(id, g_free);
  return true;
}

static bool open_it(const Maker *maker, const char *id, const char *host, GError **error) {
  json_t *open = make(
      maker, (Act){.subject = "meeting", .verb = "open", .id = id, .by = {host, "local"}}, error);
  json_decref(open);
  return open != NULL;
}

static char *live_meeting(const Maker *maker, const char *host, GError **error) {
  char *id = NULL;
  char fresh[ID_CHARS + 1];
  if (!find_meeting(maker->db, "demo.live", "live", &id, error) || id)
    return id;
  if (!add_meeting(maker, host, "老旧小区改造远程协商" SAMPLE,
                   "如何让加装电梯、适老化改造和停车管理一次到位", maker->now.wall_ms, fresh,
                   error) ||
      !open_it(maker, fresh, host, error) || !remember(maker->db, "demo.live", fresh, error))
    return NULL;
  return g_strdup(fresh);
}

static char *upcoming_meeting(const Maker *maker, const char *host, GError **error) {
  char *id = NULL;
  char fresh[ID_CHARS + 1];
  if (!find_meeting(maker->db, "demo.upcoming", "scheduled", &id, error))
    return NULL;
  g_autoptr(MeetingInfo) info = id ? meeting_info(maker->db, id, error) : NULL;
  if (info && info->planned_end > maker->now.wall_ms)
    return id;
  g_free(id);
  if (!add_meeting(maker, host, "冬季供热保障专题协商" SAMPLE, "",
                   tomorrow_at_nine(maker->zone, maker->now.wall_ms), fresh, error) ||
      !remember(maker->db, "demo.upcoming", fresh, error))
    return NULL;
  return g_strdup(fresh);
}

/* ---- links ---- */

/* A fresh link of the person whose id is `person`, or of the guest (NULL). base: of the server. */
static json_t *link_of(const Maker *maker, const char *meeting, const char *person,
                       const char *base, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      maker->db,
      "select i.id from invitation i join person p on p.id = i.person where i.meeting = :meeting"
      " and i.revoked_at is null and (i.person = :person or (:person is null and"
      " p.kind = 'guest' and p.name = :guest)) limit 1",
      error);
  if (!row)
    return NULL;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  statement_text(row, ":guest", GUEST);
  if (!statement_one(row, "a sample person is not invited any more", error))
    return NULL;
  g_autofree char *id = g_strdup(column_text(row, 0));
  json_t *invitation =
      make(maker,
           (Act){.subject = "invitation", .verb = "link", .id = id, .under = meeting, .base = base},
           error);
  json_t *link = invitation ? json_incref(json_object_get(invitation, "link")) : NULL;
  json_decref(invitation);
  return link;
}

static json_t *member_links(const Maker *maker, const char *meeting, const char *base,
                            GError **error) {
  json_t *links = json_array();
  for (unsigned i = 0; i < LINKS; i++) {
    g_autofree char *key = g_strdup_printf("demo.member.%02u", i);
    g_autofree char *person = NULL;
    json_t *link = recall(maker->db, key, &person, error)
                       ? link_of(maker, meeting, person, base, error)
                       : NULL;
    if (!link) {
      json_decref(links);
      return NULL;
    }
    json_array_append_new(links, link);
  }
  return links;
}

/* The register, once: the first members are sample people of add_people. */
static bool add_register(const Maker *maker, GError **error) {
  g_autofree char *there = NULL;
  char *members[MEMBERS + 1] = {NULL};
  const char *names[G_N_ELEMENTS(sectors) + 1] = {NULL};
  bool fine = recall(maker->db, "demo.register", &there, error);
  if (!fine || there)
    return fine;
  memcpy(names, sectors, sizeof sectors);
  for (unsigned i = 0; fine && i < MEMBERS; i++) {
    g_autofree char *key = g_strdup_printf("demo.member.%02u", i);
    fine = recall(maker->db, key, &members[i], error);
  }
  DemoRegister demo = {maker->db, maker->model, maker->zone, maker->now, members, names};
  fine =
      fine && demo_register_make(&demo, error) && remember(maker->db, "demo.register", "1", error);
  for (unsigned i = 0; i < MEMBERS; i++)
    g_free(members[i]);
  return fine;
}

static json_t *make_all(const Maker *maker, const Config *config, const char *url, bool force,
                        GError **error) {
  g_autofree char *staff = NULL, *host = NULL;
  if (!recall(maker->db, "demo.staff", &staff, error))
    return NULL;
  if (!staff && ((!force && !check_no_members(maker->db, error)) || !add_people(maker, error) ||
                 !recall(maker->db, "demo.staff", &staff, error)))
    return NULL;
  if (!recall(maker->db, "demo.host", &host, error) || !add_register(maker, error))
    return NULL;
  g_autofree char *live = live_meeting(maker, host, error);
  g_autofree char *upcoming = live ? upcoming_meeting(maker, host, error) : NULL;
  g_autofree char *password =
      upcoming ? new_password(maker->db, config, staff, maker->now.wall_ms, error) : NULL;
  if (!password)
    return NULL;
  json_t *host_link = link_of(maker, live, host, url, error);
  json_t *members = host_link ? member_links(maker, live, url, error) : NULL;
  json_t *guest = members ? link_of(maker, live, NULL, url, error) : NULL;
  if (!guest) {
    json_decref(host_link);
    json_decref(members);
    return NULL;
  }
  return json_pack("{s:s, s:{s:s, s:s}, s:s, s:o, s:o, s:o, s:s}", "url", url, "staff", "login",
                   STAFF_LOGIN, "password", password, "meeting", live, "host", host_link, "members",
                   members, "guest", guest, "upcoming", upcoming);
}

json_t *demo_make(sqlite3 *db, const Config *config, const char *url, bool force, GError **error) {
  Maker maker = {db, subjects_model(), config->time_zone, moment_now()};
  json_t *made = make_all(&maker, config, url, force, error);
  subjects_free(maker.model);
  return made;
}
