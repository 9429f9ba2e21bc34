/* What the store keeps of what happened, as it is read: the audit record, newest first, with names
 * in place of what rows are called. */
#include <string.h>

#include "domain/list.h"
#include "model/guard.h"
#include "model/test-bed.h"

typedef struct {
  World w;
  char meeting[17];
} Facts;

static void facts_init(Facts *facts) {
  static const Subject *const list[] = {&subject_person, &subject_audit, NULL};
  GError *error = NULL;
  world_make(&facts->w, list, "");
  guards_install(facts->w.f.db, facts->w.model, &error);
  g_assert_no_error(error);
  InvitationNew invited = {.person = facts->w.bo, .capacity = "attend"};
  fixture_meeting(facts->w.f.db, facts->w.ada, &invited, 1, facts->meeting);
}

/* As the roles, without a session's link; the page of a list. */
static json_t *page_of(World *w, const char *path, const char *query, unsigned roles) {
  g_auto(Answer) answer =
      ask(w, (Ask){HTTP_GET, path, .query = query, .person = w->clerk, .roles = roles});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(answer.body);
}

static const json_t *item(const json_t *page, unsigned n) {
  return json_array_get(json_object_get(page, "items"), n);
}

static void test_audit_names(void) {
  Facts t;
  facts_init(&t);
  GError *error = NULL;
  const Actor by = {t.w.ada, NULL};
  const struct {
    const char *object;
    json_t *detail;
    const char *object_name, *about;
  } cases[] = {
      {t.meeting, json_pack("{s:s}", "person", t.w.ada), "协商座谈会", "Ada"},
      {t.w.ada, json_pack("{s:s}", "meeting", t.meeting), "Ada", "协商座谈会"},
      {"0000000000000000", NULL, NULL, NULL},
      {NULL, NULL, NULL, NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_true(audit_note(t.w.f.db, "meeting.standing", &by, cases[i].object, cases[i].detail,
                             T0, &error));
  json_t *page = page_of(&t.w, "audit", "limit=4", ROLE_AUDIT_ADMIN);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const json_t *row = item(page, 3 - i); /* the newest first */
    g_assert_cmpstr(text_of(row, "object_name"), ==, cases[i].object_name);
    g_assert_cmpstr(text_of(row, "about"), ==, cases[i].about);
    g_assert_cmpstr(text_of(json_object_get(row, "subject"), "name"), ==, "Ada");
  }
  json_decref(page);
  world_clear(&t.w);
}

/* Every record once, in pages, whichever way. */
static void test_audit_pages(void) {
  Facts t;
  facts_init(&t);
  for (unsigned i = 0; i < 9; i++)
    g_assert_true(audit_note(t.w.f.db, "test", &(Actor){NULL}, NULL, NULL, T0, NULL));
  int64_t total = count(t.w.f.db, "select count(*) from audit_record");
  for (unsigned way = 0; way < 2; way++) {
    g_autofree char *query = g_strdup_printf("limit=4&sort=%sseq", way ? "-" : "");
    int64_t wanted = way ? total : 1;
    for (unsigned pages = 0; query; pages++) {
      json_t *page = page_of(&t.w, "audit", query, ROLE_AUDIT_ADMIN);
      size_t n;
      const json_t *row;
      json_array_foreach(json_object_get(page, "items"), n, row) {
        g_assert_cmpint(json_integer_value(json_object_get(row, "seq")), ==, wanted);
        wanted += way ? -1 : 1;
      }
      const char *next = text_of(page, "next");
      if (pages == 0)
        g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, total);
      g_free(query);
      query = next ? g_strdup_printf("limit=4&sort=%sseq&after=%s", way ? "-" : "", next) : NULL;
      json_decref(page);
    }
    g_assert_cmpint(wanted, ==, way ? 0 : total + 1);
  }
  world_clear(&t.w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/facts/audit-names", test_audit_names);
  g_test_add_func("/facts/audit-pages", test_audit_pages);
  return g_test_run();
}
