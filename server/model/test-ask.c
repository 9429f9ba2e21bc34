#include "model/test-ask.h"

#include <string.h>

#include "model/behalf.h"
#include "store/statement.h"

void answer_clear(Answer *answer) {
  json_decref(answer->body);
}

static bool serve(const Ask *asked, Call *call, const Match *match) {
  g_autoptr(GPtrArray) query = g_ptr_array_new_with_free_func(g_free);
  g_auto(GStrv) pairs = g_strsplit(asked->query ? asked->query : "", "&", -1);
  for (unsigned i = 0; pairs[i] && *pairs[i]; i++)
    g_ptr_array_add(query, g_strdup(pairs[i]));
  if (asked->behalf && !behalf_begin(call, asked->behalf))
    return false;
  serve_begin(call, match);
  json_t *body = asked->body ? json_loads(asked->body, 0, NULL) : NULL;
  bool reads = route_method(match->route) == HTTP_GET;
  bool fine = (reads || (serve_may(call) && serve_take(call, body))) && serve_run(call, query);
  json_decref(body);
  return fine;
}

Answer ask_on(sqlite3 *db, const Model *model, Moment now, Ask asked) {
  Answer answer = {0};
  Match match = serve_match(model, asked.method, asked.path);
  g_assert_nonnull(match.route);
  Call call;
  call_init(&call);
  call.model = model;
  call.db = db;
  call.actor = (Actor){asked.person, "10.0.0.1"};
  call.roles = asked.roles;
  call.link = asked.link;
  call.now_ms = now.wall_ms + asked.later_ms;
  call.mono_us = now.mono_us;
  call.boot = now.boot;
  call.zone = "Asia/Shanghai";
  call.version = asked.version;
  call.must_match = asked.must_match;
  g_assert_true(db_exec(db, "savepoint call", NULL));
  bool fine = serve(&asked, &call, &match);
  g_assert_no_error(call.error);
  g_assert_true(fine == (call.problem.status == 0));
  g_assert_true(db_exec(db, fine ? "release call" : "rollback to call; release call", NULL));
  answer.status = fine ? 200 : call.problem.status;
  char *problem = fine ? NULL : problem_text(&call.problem);
  json_error_t where;
  answer.body = json_loads(fine ? call.out->str : problem, 0, &where);
  if (!answer.body)
    g_error("%s: %s", where.text, call.out->str);
  free(problem);
  answer.version = call.answered_version;
  answer.effects = call.effects->len;
  call_clear(&call);
  match_clear(&match);
  return answer;
}

const char *text_of(const json_t *object, const char *name) {
  return json_string_value(json_object_get(object, name));
}
