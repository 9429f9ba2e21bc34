/* What the store keeps of what happened, as it is read: the audit record, newest first, with names
 * in place of what rows are called; the events and the chat of a meeting. */
#include <inttypes.h>
#include <string.h>

#include "domain/list.h"
#include "model/count.h"
#include "model/guard.h"
#include "model/test-bed.h"
#include "store/chat.h"
#include "store/events.h"
#include "store/statement.h"

typedef struct {
  World w;
  char meeting[17];
} Facts;

static void facts_init(Facts *facts) {
  static const Subject *const list[] = {&subject_person,
                                        &subject_meeting,
                                        &subject_invitation,
                                        &subject_audit,
                                        &subject_event,
                                        &subject_chat,
                                        NULL};
  GError *error = NULL;
  world_make(&facts->w, list, "");
  guards_install(facts->w.f.db, facts->w.model, &error);
  g_assert_no_error(error);
  FixtureInvited invited = {.person = facts->w.bo, .capacity = "attend"};
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
  g_autoptr(Statement) role =
      db_prepare(t.w.f.db, "select id from role_holder where person = :person", &error);
  statement_text(role, ":person", t.w.bo);
  g_assert_true(statement_one(role, "none", &error));
  g_autoptr(Statement) attendance =
      db_prepare(t.w.f.db, "select id from attendance where person = :person", &error);
  statement_text(attendance, ":person", t.w.bo);
  g_assert_true(statement_one(attendance, "none", &error));
  const struct {
    const char *object;
    json_t *detail;
    const char *object_name, *about;
  } cases[] = {
      {t.meeting, json_pack("{s:s}", "person", t.w.ada), "协商座谈会", "Ada"},
      {t.w.ada, json_pack("{s:s}", "meeting", t.meeting), "Ada", "协商座谈会"},
      {"0000000000000000", NULL, NULL, NULL},
      {column_text(role, 0), NULL, "Bo", NULL},
      {column_text(attendance, 0), json_pack("{s:s}", "person", t.w.bo), "Bo", "协商座谈会"},
      {NULL, NULL, NULL, NULL},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    g_assert_true(audit_note(t.w.f.db, "meeting.standing", &by, cases[i].object, cases[i].detail,
                             T0, &error));
  json_t *page = page_of(&t.w, "audit", "limit=6", ROLE_AUDIT_ADMIN);
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    const json_t *row = item(page, 5 - i); /* the newest first */
    g_assert_cmpstr(text_of(row, "object_name"), ==, cases[i].object_name);
    g_assert_cmpstr(text_of(row, "about"), ==, cases[i].about);
    g_assert_cmpstr(text_of(json_object_get(row, "subject"), "name"), ==, "Ada");
  }
  json_decref(page);
  g_clear_pointer(&role, statement_free);
  g_clear_pointer(&attendance, statement_free);
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

/* Records of a thousand a second. */
static void fill_audit(World *w, int64_t count) {
  g_autofree char *sql = g_strdup_printf(
      "with recursive n (i) as (select 1 union all select i + 1 from n where i < %" PRId64 ")"
      " insert into audit_record (seq, at, kind, result, hash)"
      " select (select coalesce(max(seq), 0) from audit_record) + i, %" PRId64 " + i, 'test',"
      " iif(i %% 4, 'ok', 'failed'), printf('%%064d', i) from n",
      count, T0);
  GError *error = NULL;
  db_exec(w->f.db, sql, &error);
  g_assert_no_error(error);
}

/* All of it is counted while that is soon done, and what grew too long by its days only. */
static void test_audit_counted(void) {
  Facts t;
  facts_init(&t);
  int64_t before = count(t.w.f.db, "select count(*) from audit_record");
  fill_audit(&t.w, COUNT_ROWS_MOST - before);
  json_t *counts = page_of(&t.w, "audit", "count_by=result", ROLE_AUDIT_ADMIN);
  g_assert_cmpint(json_integer_value(json_object_get(counts, "total")), ==, COUNT_ROWS_MOST);
  json_decref(counts);
  fill_audit(&t.w, 1);
  g_auto(Answer) refused = ask(&t.w, (Ask){HTTP_GET, "audit", .query = "count_by=result",
                                           .person = t.w.clerk, .roles = ROLE_AUDIT_ADMIN});
  g_assert_cmpint(refused.status, ==, 409);
  g_assert_cmpstr(text_of(refused.body, "code"), ==, "too_many_rows");
  g_assert_cmpint(
      json_integer_value(json_object_get(json_object_get(refused.body, "params"), "most")), ==,
      COUNT_ROWS_MOST);
  g_autofree char *since = g_strdup_printf("count_by=result&since=%" PRId64, T0 + 150000);
  counts = page_of(&t.w, "audit", since, ROLE_AUDIT_ADMIN);
  g_assert_cmpint(json_integer_value(json_object_get(counts, "total")), ==,
                  COUNT_ROWS_MOST - before - 150000 + 2);
  json_decref(counts);
  world_clear(&t.w);
}

/* As somebody of the meeting. */
static json_t *seen_by(Facts *t, const char *person, const char *path, const char *query) {
  g_autofree char *full = g_strdup_printf("meetings/%s/%s", t->meeting, path);
  g_auto(Answer) answer = ask(
      &t->w, (Ask){HTTP_GET, full, .query = query, .person = person, .roles = MEMBER | SIGNED_IN});
  g_assert_cmpint(answer.status, ==, 200);
  return json_incref(answer.body);
}

static void test_events(void) {
  Facts t;
  facts_init(&t);
  for (unsigned i = 0; i < 4; i++) {
    json_t *data = json_pack("{s:s}", "device", i == 2 ? "phone" : "desktop");
    MeetingEvent event = {t.meeting, "joined", i % 2 ? t.w.bo : NULL,
                          "p",       data,     fixture_moment(T0 + i)};
    g_assert_true(event_add(t.w.f.db, &event, NULL));
    json_decref(data);
  }
  json_t *page = seen_by(&t, t.w.ada, "events", "limit=3");
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 4);
  const json_t *third = item(page, 2);
  g_assert_cmpint(json_integer_value(json_object_get(third, "seq")), ==, 3);
  g_assert_cmpstr(text_of(json_object_get(third, "data"), "device"), ==, "phone");
  g_assert_true(json_is_null(json_object_get(third, "person")));
  g_assert_cmpstr(text_of(json_object_get(item(page, 1), "person"), "name"), ==, "Bo");
  json_decref(page);
  world_clear(&t.w);
}

/* From the newest to the oldest, and from an entry that the room told. */
static void test_chat(void) {
  Facts t;
  facts_init(&t);
  json_t *earlier;
  for (unsigned i = 0; i < 10; i++) {
    g_autofree char *id = g_strdup_printf("entry0000000000%u", i);
    g_autofree char *text = g_strdup_printf("留言 %u", i);
    ChatMessage message = {id, t.meeting, t.w.ada, "p", "Ada", text, T0 + i};
    g_assert_true(chat_add(t.w.f.db, &message, &earlier, NULL));
  }
  json_t *page = seen_by(&t, t.w.bo, "chat", "limit=6&before=entry00000000009");
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 6);
  g_assert_cmpstr(text_of(item(page, 0), "text"), ==, "留言 8");
  g_assert_cmpstr(text_of(item(page, 0), "pid"), ==, "p");
  g_assert_cmpint(json_integer_value(json_object_get(page, "total")), ==, 9);
  g_autofree char *rest =
      g_strdup_printf("limit=6&before=entry00000000009&after=%s", text_of(page, "next"));
  json_decref(page);
  page = seen_by(&t, t.w.bo, "chat", rest);
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 3);
  g_assert_cmpstr(text_of(item(page, 2), "text"), ==, "留言 0");
  g_assert_true(json_is_null(json_object_get(page, "next")));
  json_decref(page);
  page = seen_by(&t, t.w.bo, "chat", "before=entry0000000000x"); /* which is none of it */
  g_assert_cmpuint(json_array_size(json_object_get(page, "items")), ==, 0);
  json_decref(page);
  world_clear(&t.w);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/facts/audit-names", test_audit_names);
  g_test_add_func("/facts/audit-pages", test_audit_pages);
  g_test_add_func("/facts/audit-counted", test_audit_counted);
  g_test_add_func("/facts/events", test_events);
  g_test_add_func("/facts/chat", test_chat);
  return g_test_run();
}
