/* See demo-article.h. Sizes and shares: domain.md section 6; what is drawn by lot is drawn from one
 * generator in one order, so that a seed and a day say all of it but the ids. */
#include "demo-article.h"

#include <string.h>

#include "base/id.h"
#include "base/zone.h"
#include "store/presence.h"
#include "store/statement.h"

#define MEMBERS 600
#define STANDING_EACH 6 /* 100 of 600 */
#define COMMITTEES 10
#define STATIONS 86
#define MEETINGS 40 /* twelve a year */
#define INVITED 45
#define BEGAN "2022-01-01"
#define REFORM "2023-01-01"
#define EARLIER "2017-01-01"
#define DAY_MS (86400 * INT64_C(1000))
#define MINUTE_MS (60 * INT64_C(1000))
#define MEETING_MS (120 * MINUTE_MS)

typedef struct {
  const DemoDesk *desk; /* the present */
  const DemoSize *size;
  DemoDesk past; /* a moment of the past */
  GRand *lot;
  char *liaison, *leader, *staff, *host;
  char *terms[2];
  GPtrArray *sectors;          /* that there are today; the last two are of the reform */
  GPtrArray *committees;       /* orgs */
  char *league, *youth;        /* sectors until the reform */
  GHashTable *names;           /* that are taken */
  GPtrArray *members, *people; /* ids of the same order */
} Article;

/* ---- when ---- */

/* At nine of that day. The clock of the samples runs on one machine that never stopped. */
static void at_ms(Article *article, int64_t wall_ms) {
  article->past = *article->desk;
  article->past.now = (Moment){wall_ms, wall_ms * 1000, "sample"};
}

static void on(Article *article, const char *day) {
  g_autofree char *text = g_strdup_printf("%sT01:00:00Z", day);
  g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, NULL);
  at_ms(article, g_date_time_to_unix(at) * 1000);
}

static char *act(const Article *article, const char *person, const char *subject, const char *verb,
                 const char *id, json_t *body, GError **error) {
  return demo_act(&article->past, person, subject, verb, id, body, error);
}

static bool is_done(char *id) {
  return demo_done(id);
}

static unsigned draw(Article *article, unsigned below) {
  return (unsigned)g_rand_int_range(article->lot, 0, (gint32)below);
}

/* ---- the office, terms, organisations ---- */

static char *add_org(Article *article, const char *kind, unsigned n, const char *name,
                     const char *from, GError **error) {
  g_autofree char *code = g_strdup_printf("示例%02u", n);
  return act(article, article->liaison, "org", "create", NULL,
             json_pack("{s:s, s:s, s:s, s:s, s:i}", "kind", kind, "code", code, "name", name,
                       "valid_from", from, "sort", (int)n),
             error);
}

static bool add_orgs(Article *article, GPtrArray *list, const char *kind, const char *const *names,
                     const char *from, GError **error) {
  for (unsigned i = 0; names[i]; i++) {
    char *org = add_org(article, kind, list ? list->len + 1 : i + 1, names[i], from, error);
    if (!org)
      return false;
    if (list)
      g_ptr_array_add(list, org);
    else
      g_free(org);
  }
  return true;
}

static bool add_stations(Article *article, GError **error) {
  for (unsigned n = 1; n <= STATIONS; n++) {
    g_autofree char *name = g_strdup_printf("第%u委员工作站" SAMPLE, n);
    if (!is_done(add_org(article, "station", n, name, BEGAN, error)))
      return false;
  }
  return true;
}

static bool add_terms(Article *article, GError **error) {
  static const char *const names[] = {"第十三届" SAMPLE, "第十四届" SAMPLE};
  static const char *const days[][2] = {{EARLIER, "2021-12-31"}, {BEGAN, "2026-12-31"}};
  for (unsigned i = 0; i < 2; i++) {
    article->terms[i] = act(article, article->liaison, "term", "create", NULL,
                            json_pack("{s:i, s:s, s:s, s:s}", "no", 913 + (int)i, "name", names[i],
                                      "starts_on", days[i][0], "ends_on", days[i][1]),
                            error);
    if (!article->terms[i])
      return false;
  }
  for (int no = 1; no <= 5; no++) {
    g_autofree char *name = g_strdup_printf("第十四届第%d次会议" SAMPLE, no);
    g_autofree char *from = g_strdup_printf("%d-02-18", 2021 + no);
    g_autofree char *to = g_strdup_printf("%d-02-20", 2021 + no);
    if (!is_done(act(article, article->liaison, "term_session", "create", NULL,
                     json_pack("{s:s, s:i, s:s, s:s, s:s}", "term", article->terms[1], "no", no,
                               "name", name, "plenary_from", from, "plenary_to", to),
                     error)))
      return false;
  }
  return true;
}

static bool furnish(Article *article, GError **error) {
  static const char *const sectors[] = {
      "中国共产党", "民革",       "民盟",         "民建",       "民进",       "农工党",
      "致公党",     "九三学社",   "台盟",         "无党派人士", "总工会",     "妇联",
      "工商联",     "科协",       "台联",         "侨联",       "文化艺术界", "科学技术界",
      "社会科学界", "经济界",     "农业和农村界", "教育界",     "体育界",     "新闻出版界",
      "医药卫生界", "对外友好界", "社会福利界",   "少数民族界", "宗教界",     "特邀人士",
      NULL};
  static const char *const committees[COMMITTEES + 1] = {"提案委员会",
                                                         "经济委员会",
                                                         "农业和农村委员会",
                                                         "人口资源环境委员会",
                                                         "教科卫体委员会",
                                                         "社会和法制委员会",
                                                         "民族和宗教委员会",
                                                         "港澳台侨委员会",
                                                         "文化文史委员会",
                                                         "委员联络工作委员会",
                                                         NULL};
  on(article, EARLIER);
  article->liaison =
      demo_clerk(&article->past, "委员联络" SAMPLE, "demo-liaison", "liaison", error);
  article->leader =
      article->liaison ? demo_clerk(&article->past, "秘书长" SAMPLE, "demo-leader", "leader", error)
                       : NULL;
  article->staff = article->leader
                       ? demo_clerk(&article->past, "机关工作人员" SAMPLE, "demo", "staff", error)
                       : NULL;
  article->host = article->staff ? act(article, NULL, "person", "create", NULL,
                                       json_pack("{s:s}", "name", "主持人" SAMPLE), error)
                                 : NULL;
  return article->host && add_terms(article, error) &&
         add_orgs(article, article->sectors, "sector", sectors, EARLIER, error) &&
         add_orgs(article, article->committees, "committee", committees, EARLIER, error) &&
         (article->league = add_org(article, "sector", 41, "共青团", EARLIER, error)) &&
         (article->youth = add_org(article, "sector", 42, "青联", EARLIER, error)) &&
         add_stations(article, error);
}

/* ---- members ---- */

/* No two have the same. */
static char *name_of(Article *article, unsigned n) {
  static const char surnames[] = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧";
  static const char givens[] =
      "松岩雪舟禾江平映川柏青晓岚冬远一诺云山清和望舒霁月长宁安景明书砚承泽";
  const char *end[2] = {surnames, NULL};
  glong count = g_utf8_strlen(givens, -1);
  char *name = NULL;
  end[0] = g_utf8_offset_to_pointer(surnames, n % g_utf8_strlen(surnames, -1));
  end[1] = g_utf8_next_char(end[0]);
  do {
    const char *one = g_utf8_offset_to_pointer(givens, draw(article, (unsigned)count));
    const char *two = g_utf8_offset_to_pointer(givens, draw(article, (unsigned)count));
    g_free(name);
    name = g_strdup_printf("%.*s%.*s%.*s" SAMPLE, (int)(end[1] - end[0]), end[0],
                           (int)(g_utf8_next_char(one) - one), one,
                           (int)(g_utf8_next_char(two) - two), two);
  } while (!g_hash_table_add(article->names, g_strdup(name)));
  return name;
}

/* Each fortieth is of either of the two sectors that were joined. */
static const char *sector_of(const Article *article, unsigned n) {
  if (n % 40 == 7)
    return article->league;
  if (n % 40 == 8)
    return article->youth;
  return article->sectors->pdata[n % article->sectors->len];
}

static json_t *known_of(Article *article, unsigned n) {
  static const char *const parties[] = {"01", "05", "07", "12", "13"};
  static const char *const units[] = {"organ", "institution", "private_enterprise", "freelance"};
  g_autofree char *code = g_strdup_printf("14-%04u", n + 1);
  g_autofree char *phone = g_strdup_printf("190%08u", n + 1);
  g_autofree char *born = g_strdup_printf("19%02u-%02u-%02u", 50 + draw(article, 45),
                                          1 + draw(article, 12), 1 + draw(article, 28));
  g_autofree char *unit = g_strdup_printf("示例单位%u", 1 + draw(article, 200));
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "code", code, "phone",
                   phone, "sex", draw(article, 3) ? "male" : "female", "birth_date", born, "nation",
                   draw(article, 9) ? "汉族" : "满族", "political_affiliation",
                   parties[draw(article, G_N_ELEMENTS(parties))], "unit_kind",
                   units[draw(article, G_N_ELEMENTS(units))], "in_system", (int)draw(article, 2),
                   "work_unit", unit, "work_title", "负责人");
}

/* Into office, in the term before it or in this one. */
static char *enter(Article *article, unsigned n, bool earlier, GError **error) {
  g_autofree char *name = name_of(article, n);
  json_t *body = known_of(article, n);
  json_object_set_new(body, "name", json_string(name));
  json_object_set_new(body, "term", json_string(article->terms[!earlier]));
  json_object_set_new(body, "sector", json_string(sector_of(article, n)));
  json_object_set_new(body, "capacity", json_string(n % STANDING_EACH ? "member" : "standing"));
  json_object_set_new(body, "since", json_string(earlier ? EARLIER : BEGAN));
  json_object_set_new(body, "document_no", json_string("示协〔2022〕1号"));
  json_object_set_new(body, "committee",
                      json_string(article->committees->pdata[n % article->committees->len]));
  on(article, earlier ? EARLIER : BEGAN);
  return act(article, article->liaison, "member_profile", "enter", NULL, body, error);
}

/* Asked by one and confirmed by the other, on that day. */
static bool change(Article *article, const char *member, const char *kind, const char *day,
                   const char *exit, GError **error) {
  json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "member_profile", member, "kind", kind,
                           "day", day, "reason", "示例", "document_no", "示协〔2026〕9号");
  if (exit)
    json_object_set_new(body, "exit", json_string(exit));
  on(article, day);
  g_autofree char *id = act(article, article->liaison, "member_change", "ask", NULL, body, error);
  return id && is_done(act(article, article->leader, "member_change", "confirm", id, NULL, error));
}

/* The term ended, and he was admitted for the next. */
static bool stay_on(Article *article, const char *member, unsigned n, GError **error) {
  if (!change(article, member, "leave", "2021-12-31", "term_ended", error))
    return false;
  on(article, BEGAN);
  return is_done(
      act(article, article->liaison, "member_profile", "admit", member,
          json_pack("{s:s, s:s, s:s, s:s, s:s}", "term", article->terms[1], "sector",
                    sector_of(article, n), "capacity", n % STANDING_EACH ? "member" : "standing",
                    "since", BEGAN, "document_no", "示协〔2022〕1号"),
          error));
}

static char *text_of(const Article *article, const char *sql, const char *id, GError **error) {
  g_autoptr(Statement) row = db_prepare(article->desk->db, sql, error);
  if (!row)
    return NULL;
  statement_text(row, ":id", id);
  return statement_one(row, "a sample is not there", error) ? g_strdup(column_text(row, 0)) : NULL;
}

static bool add_member(Article *article, unsigned n, GError **error) {
  bool earlier = n % 10 == 3;
  char *member = enter(article, n, earlier, error);
  if (!member)
    return false;
  g_ptr_array_add(article->members, member);
  char *person =
      text_of(article, "select person from member_profile where id = :id", member, error);
  if (!person)
    return false;
  g_ptr_array_add(article->people, person);
  return !earlier || stay_on(article, member, n, error);
}

/* From one sector to another, as of a day. */
static bool move(Article *article, unsigned n, const char *to, const char *day, GError **error) {
  static const char open_post[] =
      "select t.id from post t join org o on o.id = t.org where t.person = :id"
      " and o.kind = 'sector' and t.valid_to is null";
  const char *person = article->people->pdata[n];
  on(article, day);
  g_autofree char *post = text_of(article, open_post, person, error);
  return post &&
         is_done(act(article, article->liaison, "post", "end", post,
                     json_pack("{s:s}", "valid_to", day), error)) &&
         is_done(act(article, article->liaison, "post", "create", NULL,
                     json_pack("{s:s, s:s, s:s, s:s, s:s}", "person", person, "org", to, "role",
                               n % STANDING_EACH ? "member" : "standing", "term", article->terms[1],
                               "valid_from", day),
                     error));
}

static bool close_org(const Article *article, const char *org, const char *successor,
                      GError **error) {
  return is_done(act(article, article->liaison, "org", "close", org,
                     json_pack("{s:s, s:s}", "valid_to", REFORM, "successor", successor), error));
}

/* Two sectors were joined and one is new; a committee has another name since. */
static bool reform(Article *article, GError **error) {
  on(article, REFORM);
  char *joined = add_org(article, "sector", 43, "共青团和青联", REFORM, error);
  char *fresh = joined ? add_org(article, "sector", 44, "环境资源界", REFORM, error) : NULL;
  bool fine = fresh != NULL;
  for (unsigned n = 0; fine && n < article->people->len; n++)
    if (n % 40 == 7 || n % 40 == 8 || n % 60 == 17)
      fine = move(article, n, n % 60 == 17 ? fresh : joined, REFORM, error);
  on(article, REFORM);
  fine = fine && close_org(article, article->league, joined, error) &&
         close_org(article, article->youth, joined, error) &&
         is_done(act(article, article->liaison, "org", "rename", article->committees->pdata[3],
                     json_pack("{s:s, s:s}", "name", "城乡建设和环境资源委员会", "since", REFORM),
                     error));
  g_free(joined);
  g_free(fresh);
  return fine;
}

/* Some moved, some were suspended, some left; each committee has a head. */
static bool go_on(Article *article, GError **error) {
  static const char *const exits[] = {"resigned", "transferred", "died", "revoked"};
  bool fine = true;
  for (unsigned n = 0; fine && n < article->members->len; n++) {
    const char *member = article->members->pdata[n];
    if (n % 50 == 21)
      fine = move(article, n, article->sectors->pdata[(n + 5) % article->sectors->len],
                  "2024-07-01", error);
    if (fine && n % 150 == 30)
      fine = change(article, member, "suspend", "2025-03-03", NULL, error) &&
             (n % 300 == 30 || change(article, member, "restore", "2025-09-01", NULL, error));
    if (fine && n % 24 == 11)
      fine = change(article, member, "leave", "2025-06-30", exits[n % G_N_ELEMENTS(exits)], error);
  }
  on(article, BEGAN);
  for (unsigned i = 0; fine && i < article->committees->len && i < article->people->len; i++)
    fine = is_done(
        act(article, article->liaison, "post", "create", NULL,
            json_pack("{s:s, s:s, s:s, s:s}", "person", article->people->pdata[i], "org",
                      article->committees->pdata[i], "role", "committee_head", "valid_from", BEGAN),
            error));
  return fine;
}

/* ---- at present: requests in each state, candidates, deputies ---- */

static bool ask(Article *article, unsigned n, const char *verb, GError **error) {
  static const char *const fields[] = {"work_title", "education", "honours", "native_place"};
  const char *person = article->people->pdata[n];
  g_autofree char *id = act(article, person, "change_request", "propose", NULL,
                            json_pack("{s:s, s:s, s:s}", "field", fields[n % G_N_ELEMENTS(fields)],
                                      "new", "示例变更", "reason", "示例"),
                            error);
  bool own = g_strcmp0(verb, "withdraw") == 0;
  if (!id || !verb)
    return id != NULL;
  return is_done(act(article, own ? person : article->liaison, "change_request", verb, id,
                     own ? NULL : json_pack("{s:s}", "note", "示例"), error));
}

static bool add_candidate(Article *article, unsigned n, GError **error) {
  g_autofree char *name = name_of(article, n);
  g_autofree char *person =
      act(article, NULL, "person", "create", NULL, json_pack("{s:s}", "name", name), error);
  json_t *body = known_of(article, n);
  if (person)
    json_object_set_new(body, "person", json_string(person));
  if (person)
    return is_done(act(article, article->liaison, "member_profile", "add", NULL, body, error));
  json_decref(body);
  return false;
}

/* Deputies are people of the office, who sign in. */
static bool stand_in(Article *article, const char *giver, const char *verb, GError **error) {
  g_autofree char *from = zone_format(article->desk->zone, article->desk->now.wall_ms, "%Y-%m-%d");
  g_autofree char *to =
      zone_format(article->desk->zone, article->desk->now.wall_ms + 7 * DAY_MS, "%Y-%m-%d");
  return is_done(act(article, giver, "delegation", "create", NULL,
                     json_pack("{s:s, s:s, s:s, s:s, s:[s]}", "deputy", article->staff, "starts_on",
                               from, "ends_on", to, "reason", "出差" SAMPLE, "verbs", verb),
                     error));
}

static bool add_present(Article *article, GError **error) {
  static const char *const verbs[] = {NULL, "accept", "refuse", "withdraw"};
  unsigned asked = 0, count = article->members->len;
  bool fine = true;
  at_ms(article, article->desk->now.wall_ms);
  for (unsigned n = 0; fine && n < count && asked < 40; n++)
    if (n % 24 != 11 && n % 150 != 30)
      fine = ask(article, n, verbs[asked++ % G_N_ELEMENTS(verbs)], error);
  for (unsigned i = 0; fine && i < 12; i++)
    fine = add_candidate(article, count + i, error);
  return fine && stand_in(article, article->liaison, "change_request.accept", error) &&
         stand_in(article, article->leader, "member_change.confirm", error);
}

/* ---- consultations ---- */

/* How somebody came: of a hundred 85 were there, 9 asked leave, 4 did not come, 2 came late. */
typedef enum { CAME, LATE, LEAVE, ABSENT } Coming;

static Coming coming_of(Article *article) {
  unsigned lot = draw(article, 100);
  return lot < 85 ? CAME : lot < 87 ? LATE : lot < 96 ? LEAVE : ABSENT;
}

static bool sit(Article *article, const char *meeting, const char *person, int64_t from_ms,
                int64_t to_ms, GError **error) {
  PresenceOpen segment = {.at = {from_ms, from_ms * 1000, "sample"}};
  id_random(segment.id, ID_CHARS);
  id_random(segment.participant, ID_CHARS);
  id_random(segment.device, ID_CHARS);
  g_strlcpy(segment.meeting, meeting, sizeof segment.meeting);
  g_strlcpy(segment.person, person, sizeof segment.person);
  g_strlcpy(segment.address, "192.0.2.1", sizeof segment.address);
  const Moment end = {to_ms, to_ms * 1000, "sample"};
  return presence_open(article->desk->db, &segment, error) &&
         presence_close(article->desk->db, segment.id, "left", end, error);
}

/* Some reconnect in between, some come with a second device, some stay two thirds exactly. */
static bool attend(Article *article, const char *meeting, const char *person, Coming coming,
                   int64_t start_ms, GError **error) {
  int64_t from_ms = start_ms + (coming == LATE ? 20 * MINUTE_MS : -5 * MINUTE_MS);
  int64_t to_ms = start_ms + MEETING_MS, half_ms = start_ms + MEETING_MS / 2;
  unsigned lot = draw(article, 20);
  if (from_ms < start_ms)
    from_ms = start_ms + (int64_t)draw(article, 60) * 1000;
  if (lot == 0)
    return sit(article, meeting, person, from_ms, half_ms, error) &&
           sit(article, meeting, person, half_ms + MINUTE_MS, to_ms, error);
  if (lot == 2 && coming == CAME)
    return sit(article, meeting, person, start_ms, start_ms + MEETING_MS * 2 / 3, error);
  return sit(article, meeting, person, from_ms, to_ms, error) &&
         (lot != 1 || sit(article, meeting, person, half_ms, to_ms, error));
}

static bool decide(Article *article, const char *meeting, const char *person, Coming coming,
                   GError **error) {
  static const char *const results[] = {"present", "present", "leave", "absent"};
  g_autoptr(Statement) row =
      db_prepare(article->desk->db,
                 "select id from attendance where meeting = :meeting and person = :person", error);
  if (!row)
    return false;
  statement_text(row, ":meeting", meeting);
  statement_text(row, ":person", person);
  return statement_one(row, "somebody who was invited is not listed", error) &&
         is_done(act(article, article->staff, "attendance", "decide", column_text(row, 0),
                     json_pack("{s:s, s:b}", "result", results[coming], "late", coming == LATE),
                     error));
}

static char *invite(Article *article, unsigned n, int64_t start_ms, GPtrArray *invited,
                    GError **error) {
  g_autofree char *title = g_strdup_printf("第%u次远程协商" SAMPLE, n + 1);
  json_t *list = json_array();
  unsigned first = draw(article, article->people->len);
  for (unsigned i = 0; i < INVITED && i < article->people->len; i++) {
    const char *person = article->people->pdata[(first + i) % article->people->len];
    g_autofree char *active = text_of(
        article, "select active and kind = 'member' from person where id = :id", person, error);
    if (!active || strcmp(active, "1") != 0)
      continue;
    g_ptr_array_add(invited, (void *)(uintptr_t)person);
    json_array_append_new(
        list, json_pack("{s:s, s:s}", "person", person, "capacity", i % 9 ? "attend" : "observe"));
  }
  at_ms(article, start_ms - 10 * DAY_MS);
  return act(article, article->staff, "meeting", "create", NULL,
             json_pack("{s:s, s:s, s:I, s:I, s:s, s:o}", "title", title, "topic",
                       "老旧小区改造" SAMPLE, "planned_start", (json_int_t)start_ms, "planned_end",
                       (json_int_t)(start_ms + MEETING_MS), "host", article->host, "invitations",
                       list),
             error);
}

static bool hold(Article *article, unsigned n, int64_t start_ms, GError **error) {
  g_autoptr(GPtrArray) invited = g_ptr_array_new();
  g_autofree char *meeting = invite(article, n, start_ms, invited, error);
  g_autofree Coming *coming = g_new(Coming, invited->len);
  at_ms(article, start_ms);
  bool fine = meeting &&
              is_done(act(article, article->host, "meeting", "open", meeting, NULL, error)) &&
              sit(article, meeting, article->host, start_ms, start_ms + MEETING_MS, error);
  for (unsigned i = 0; fine && i < invited->len; i++) {
    coming[i] = coming_of(article);
    fine =
        coming[i] > LATE || attend(article, meeting, invited->pdata[i], coming[i], start_ms, error);
  }
  at_ms(article, start_ms + MEETING_MS);
  fine = fine && is_done(act(article, article->host, "meeting", "end", meeting, NULL, error));
  at_ms(article, start_ms + DAY_MS);
  for (unsigned i = 0; fine && i < invited->len; i++)
    fine = decide(article, meeting, invited->pdata[i], coming[i], error);
  return fine;
}

/* Every month one, the last of them some days ago; once a year one goes on past midnight. */
static bool add_meetings(Article *article, GError **error) {
  unsigned count = article->size->meetings ? article->size->meetings : MEETINGS;
  int64_t last_ms = zone_minute(article->desk->zone, article->desk->now.wall_ms, -3, 9 * 60);
  for (unsigned n = 0; n < count; n++)
    if (!hold(article, n,
              last_ms - (int64_t)(count - 1 - n) * 30 * DAY_MS +
                  (n % 12 == 5 ? 14 * 60 * MINUTE_MS : 0),
              error))
      return false;
  return true;
}

/* ---- all of it ---- */

static bool check_nobody(sqlite3 *db, GError **error) {
  g_autoptr(Statement) row = db_prepare(db, "select count(*) from person", error);
  if (!row || !statement_one(row, "none", error))
    return false;
  if (column_int(row, 0) == 0)
    return true;
  g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
              "there are people in this database; samples of this size are not mixed with them");
  return false;
}

static bool add_members(Article *article, GError **error) {
  unsigned count = article->size->members ? article->size->members : MEMBERS;
  bool fine = true;
  for (unsigned n = 0; fine && n < count; n++)
    fine = add_member(article, n, error);
  return fine;
}

bool demo_article_make(const DemoDesk *desk, const DemoSize *size, GError **error) {
  Article article = {.desk = desk,
                     .size = size,
                     .lot = g_rand_new_with_seed(size->seed),
                     .names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                     .sectors = g_ptr_array_new_with_free_func(g_free),
                     .committees = g_ptr_array_new_with_free_func(g_free),
                     .members = g_ptr_array_new_with_free_func(g_free),
                     .people = g_ptr_array_new_with_free_func(g_free)};
  bool fine = check_nobody(desk->db, error) && furnish(&article, error) &&
              add_members(&article, error) && reform(&article, error) && go_on(&article, error) &&
              add_meetings(&article, error) && add_present(&article, error);
  char *owned[] = {article.liaison,  article.leader,   article.staff,  article.host,
                   article.terms[0], article.terms[1], article.league, article.youth};
  for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++)
    g_free(owned[i]);
  g_ptr_array_unref(article.sectors);
  g_ptr_array_unref(article.committees);
  g_ptr_array_unref(article.members);
  g_ptr_array_unref(article.people);
  g_hash_table_unref(article.names);
  g_rand_free(article.lot);
  return fine;
}
