#include "demo-register.h"

#include <string.h>

#include "demo-act.h"

#define BEGAN "2022-01-01"

/* Who acts, and what is needed of each other. */
typedef struct {
  const DemoRegister *demo;
  char *liaison, *leader; /* persons */
  char *term;
  GPtrArray *sectors; /* orgs */
} Desk;

static void desk_clear(Desk *desk) {
  g_free(desk->liaison);
  g_free(desk->leader);
  g_free(desk->term);
  g_ptr_array_unref(desk->sectors);
}

static char *act(const DemoRegister *demo, const char *person, const char *subject,
                 const char *verb, const char *id, json_t *body, GError **error) {
  const DemoDesk desk = {demo->db, demo->model, demo->zone, demo->now};
  return demo_act(&desk, person, subject, verb, id, body, error);
}

static bool done(char *id) {
  return demo_done(id);
}

/* ---- who acts, and where ---- */

static char *add_clerk(const DemoRegister *demo, const char *name, const char *login,
                       const char *role, GError **error) {
  const DemoDesk desk = {demo->db, demo->model, demo->zone, demo->now};
  return demo_clerk(&desk, name, login, role, error);
}

static bool add_sectors(Desk *desk, GError **error) {
  for (unsigned i = 0; desk->demo->sectors[i]; i++) {
    g_autofree char *code = g_strdup_printf("示例%02u", i + 1);
    char *org = act(desk->demo, desk->liaison, "org", "create", NULL,
                    json_pack("{s:s, s:s, s:s, s:s}", "kind", "sector", "code", code, "name",
                              desk->demo->sectors[i], "valid_from", BEGAN),
                    error);
    if (!org)
      return false;
    g_ptr_array_add(desk->sectors, org);
  }
  return true;
}

static bool furnish(Desk *desk, GError **error) {
  const DemoRegister *demo = desk->demo;
  desk->liaison = add_clerk(demo, "委员联络" SAMPLE, "demo-liaison", "liaison", error);
  desk->leader =
      desk->liaison ? add_clerk(demo, "秘书长" SAMPLE, "demo-leader", "leader", error) : NULL;
  desk->term = desk->leader
                   ? act(demo, desk->liaison, "term", "create", NULL,
                         json_pack("{s:i, s:s, s:s, s:s}", "no", 914, "name", "第十四届" SAMPLE,
                                   "starts_on", BEGAN, "ends_on", "2026-12-31"),
                         error)
                   : NULL;
  return desk->term && add_sectors(desk, error);
}

/* ---- members ---- */

/* The n-th, as different from his neighbours as such people are. */
static char *enter(const Desk *desk, const char *person, unsigned n, GError **error) {
  static const char *const parties[] = {"01", "05", "07", "12", "13"};
  static const char *const units[] = {"organ", "institution", "private_enterprise", "freelance"};
  g_autofree char *code = g_strdup_printf("14-%03u", n + 1);
  g_autofree char *born = g_strdup_printf("19%02u-%02u-15", 52 + n * 7 % 44, 1 + n % 12);
  return act(desk->demo, desk->liaison, "member_profile", "add", NULL,
             json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "person", person,
                       "code", code, "sex", n % 3 ? "male" : "female", "birth_date", born, "nation",
                       n % 9 ? "汉族" : "满族", "political_affiliation",
                       parties[n % G_N_ELEMENTS(parties)], "unit_kind",
                       units[n % G_N_ELEMENTS(units)], "in_system", n % 2, "work_unit", "示例单位",
                       "work_title", "负责人"),
             error);
}

static bool admit(const Desk *desk, const char *member, unsigned n, GError **error) {
  return done(act(desk->demo, desk->liaison, "member_profile", "admit", member,
                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "term", desk->term, "sector",
                            desk->sectors->pdata[n % desk->sectors->len], "capacity",
                            n % 6 ? "member" : "standing", "since", BEGAN, "document_no",
                            "示协〔2022〕1号"),
                  error));
}

/* Asked by one and confirmed by the other. */
static bool change(const Desk *desk, const char *member, const char *kind, const char *day,
                   GError **error) {
  json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:s}", "member_profile", member, "kind", kind,
                           "day", day, "reason", "示例", "document_no", "示协〔2026〕9号");
  if (strcmp(kind, "leave") == 0)
    json_object_set_new(body, "exit", json_string("transferred"));
  g_autofree char *id = act(desk->demo, desk->liaison, "member_change", "ask", NULL, body, error);
  return id && done(act(desk->demo, desk->leader, "member_change", "confirm", id, NULL, error));
}

/* One who is not invited to anything, as he is there no more, or not yet. */
static char *add_other(const Desk *desk, const char *name, unsigned n, GError **error) {
  g_autofree char *person =
      act(desk->demo, NULL, "person", "create", NULL, json_pack("{s:s}", "name", name), error);
  return person ? enter(desk, person, n, error) : NULL;
}

static bool add_members(const Desk *desk, GError **error) {
  unsigned n = 0;
  for (; desk->demo->members[n]; n++) {
    g_autofree char *member = enter(desk, desk->demo->members[n], n, error);
    if (!member || !admit(desk, member, n, error) ||
        (n == 5 && !change(desk, member, "suspend", "2026-03-02", error)))
      return false;
  }
  g_autofree char *candidate = add_other(desk, "拟任委员" SAMPLE, n, error);
  g_autofree char *gone = candidate ? add_other(desk, "离任委员" SAMPLE, n + 1, error) : NULL;
  return gone && admit(desk, gone, n + 1, error) &&
         change(desk, gone, "leave", "2025-06-30", error);
}

/* ---- changes of their data ---- */

static bool ask(const Desk *desk, unsigned n, const char *field, const char *value,
                const char *verb, GError **error) {
  g_autofree char *id =
      act(desk->demo, desk->demo->members[n], "change_request", "propose", NULL,
          json_pack("{s:s, s:s, s:s}", "field", field, "new", value, "reason", "示例"), error);
  json_t *note = verb ? json_pack("{s:s}", "note", "示例") : NULL;
  if (!id || !verb)
    return id != NULL;
  return done(act(desk->demo, desk->liaison, "change_request", verb, id, note, error));
}

bool demo_register_make(const DemoRegister *demo, GError **error) {
  Desk desk = {.demo = demo, .sectors = g_ptr_array_new_with_free_func(g_free)};
  bool fine = furnish(&desk, error) && add_members(&desk, error) &&
              ask(&desk, 0, "work_title", "总工程师", NULL, error) &&
              ask(&desk, 1, "phone", "13800000000", NULL, error) &&
              ask(&desk, 2, "education", "博士研究生", "accept", error) &&
              ask(&desk, 3, "nation", "回族", "refuse", error);
  desk_clear(&desk);
  return fine;
}
