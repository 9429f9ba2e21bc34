#include "demo.h"

#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "store/meetings.h"
#include "store/passwords.h"
#include "store/people.h"
#include "store/statement.h"

#define SAMPLE "（示例）"
#define MEMBERS 28
#define GUEST "专家" SAMPLE
#define STAFF_LOGIN "demo"
#define LINKS 3 /* members whose links are printed */
#define HOUR_MS (3600 * INT64_C(1000))

static const Actor actor = {NULL, "local"};

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

static bool add_person(sqlite3 *db, const PersonNew *person, int64_t now_ms, char id[ID_CHARS + 1],
                       GError **error) {
  return person_create(db, person, &actor, now_ms, id, error);
}

/* The same people every time: the steps 7 and 5 have no factor in common with the tables' lengths,
 * so that no name comes twice. */
static bool add_member(sqlite3 *db, unsigned number, int64_t now_ms, GError **error) {
  char id[ID_CHARS + 1];
  g_autofree char *name = g_strconcat(surnames[number * 7 % G_N_ELEMENTS(surnames)],
                                      given[number * 5 % G_N_ELEMENTS(given)], SAMPLE, NULL);
  g_autofree char *key = g_strdup_printf("demo.member.%02u", number);
  PersonNew member = {.name = name,
                      .kind = "member",
                      .sector = sectors[number % G_N_ELEMENTS(sectors)],
                      .organisation = "示例单位"};
  return add_person(db, &member, now_ms, id, error) && remember(db, key, id, error);
}

static bool add_people(sqlite3 *db, int64_t now_ms, GError **error) {
  char id[ID_CHARS + 1];
  PersonNew staff = {.name = "机关工作人员" SAMPLE,
                     .login = STAFF_LOGIN,
                     .kind = "staff",
                     .organisation = "示例机关"};
  PersonNew host = {.name = "主持人" SAMPLE, .kind = "member", .organisation = "示例机关"};
  if (!add_person(db, &staff, now_ms, id, error) || !remember(db, "demo.staff", id, error) ||
      !add_person(db, &host, now_ms, id, error) || !remember(db, "demo.host", id, error))
    return false;
  for (unsigned i = 0; i < MEMBERS; i++)
    if (!add_member(db, i, now_ms, error))
      return false;
  return true;
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

static bool add_meeting(sqlite3 *db, const char *host, const char *title, const char *topic,
                        int64_t start, int64_t now_ms, char id[ID_CHARS + 1], GError **error) {
  char *ids[MEMBERS] = {NULL};
  InvitationNew invitations[MEMBERS + 1];
  bool fine = true;
  for (unsigned i = 0; i < MEMBERS && fine; i++) {
    g_autofree char *key = g_strdup_printf("demo.member.%02u", i);
    fine = recall(db, key, &ids[i], error);
    /* The last four listen. */
    invitations[i] =
        (InvitationNew){.person = ids[i], .capacity = i + 4 < MEMBERS ? "attend" : "observe"};
  }
  invitations[MEMBERS] =
      (InvitationNew){.guest_name = GUEST, .organisation = "示例大学", .capacity = "invited"};
  MeetingNew meeting = {.title = title,
                        .topic = topic,
                        .planned_start = start,
                        .planned_end = start + 2 * HOUR_MS,
                        .host = host,
                        .invitations = invitations,
                        .invitation_count = G_N_ELEMENTS(invitations)};
  fine = fine && meeting_create(db, &meeting, &actor, now_ms, id, error);
  for (unsigned i = 0; i < MEMBERS; i++)
    g_free(ids[i]);
  return fine;
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

static char *live_meeting(sqlite3 *db, const char *host, Moment now, GError **error) {
  char *id = NULL;
  char fresh[ID_CHARS + 1];
  if (!find_meeting(db, "demo.live", "live", &id, error) || id)
    return id;
  if (!add_meeting(db, host, "老旧小区改造远程协商" SAMPLE,
                   "如何让加装电梯、适老化改造和停车管理一次到位", now.wall_ms, now.wall_ms, fresh,
                   error) ||
      !meeting_open(db, fresh, &actor, now, error) || !remember(db, "demo.live", fresh, error))
    return NULL;
  return g_strdup(fresh);
}

static char *upcoming_meeting(sqlite3 *db, const char *zone, const char *host, int64_t now_ms,
                              GError **error) {
  char *id = NULL;
  char fresh[ID_CHARS + 1];
  if (!find_meeting(db, "demo.upcoming", "scheduled", &id, error))
    return NULL;
  g_autoptr(MeetingInfo) info = id ? meeting_info(db, id, error) : NULL;
  if (info && info->planned_end > now_ms)
    return id;
  g_free(id);
  if (!add_meeting(db, host, "冬季供热保障专题协商" SAMPLE, "", tomorrow_at_nine(zone, now_ms),
                   now_ms, fresh, error) ||
      !remember(db, "demo.upcoming", fresh, error))
    return NULL;
  return g_strdup(fresh);
}

/* ---- links ---- */

/* A fresh link of the person whose id is `person`, or of the guest (NULL). */
static json_t *link_of(sqlite3 *db, const char *meeting, const char *person, const char *base,
                       int64_t now_ms, GError **error) {
  g_autoptr(Statement) row = db_prepare(
      db,
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
  json_t *invitation =
      invitation_renew_link(db, meeting, column_text(row, 0), 0, base, &actor, now_ms, error);
  json_t *link = invitation ? json_incref(json_object_get(invitation, "link")) : NULL;
  json_decref(invitation);
  return link;
}

static json_t *member_links(sqlite3 *db, const char *meeting, const char *base, int64_t now_ms,
                            GError **error) {
  json_t *links = json_array();
  for (unsigned i = 0; i < LINKS; i++) {
    g_autofree char *key = g_strdup_printf("demo.member.%02u", i);
    g_autofree char *person = NULL;
    json_t *link =
        recall(db, key, &person, error) ? link_of(db, meeting, person, base, now_ms, error) : NULL;
    if (!link) {
      json_decref(links);
      return NULL;
    }
    json_array_append_new(links, link);
  }
  return links;
}

json_t *demo_make(sqlite3 *db, const Config *config, const char *url, bool force, GError **error) {
  Moment now = moment_now();
  g_autofree char *staff = NULL, *host = NULL;
  if (!recall(db, "demo.staff", &staff, error))
    return NULL;
  if (!staff && ((!force && !check_no_members(db, error)) || !add_people(db, now.wall_ms, error) ||
                 !recall(db, "demo.staff", &staff, error)))
    return NULL;
  if (!recall(db, "demo.host", &host, error))
    return NULL;
  g_autofree char *live = live_meeting(db, host, now, error);
  g_autofree char *upcoming =
      live ? upcoming_meeting(db, config->time_zone, host, now.wall_ms, error) : NULL;
  g_autofree char *password = upcoming ? new_password(db, config, staff, now.wall_ms, error) : NULL;
  if (!password)
    return NULL;
  g_autofree char *base = g_strconcat(url, "/j/", NULL);
  json_t *host_link = link_of(db, live, host, base, now.wall_ms, error);
  json_t *members = host_link ? member_links(db, live, base, now.wall_ms, error) : NULL;
  json_t *guest = members ? link_of(db, live, NULL, base, now.wall_ms, error) : NULL;
  if (!guest) {
    json_decref(host_link);
    json_decref(members);
    return NULL;
  }
  return json_pack("{s:s, s:{s:s, s:s}, s:s, s:o, s:o, s:o, s:s}", "url", url, "staff", "login",
                   STAFF_LOGIN, "password", password, "meeting", live, "host", host_link, "members",
                   members, "guest", guest, "upcoming", upcoming);
}
