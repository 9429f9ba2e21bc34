/* Declarations of messages: names are there once, and what goes out is checked by them. */
#include "front/messages.h"

#include <glib.h>
#include <string.h>

static void test_id(void) {
  static const struct {
    const char *text;
    uint32_t id;
  } cases[] = {
      {"{\"id\":1}", 1},          {"{\"id\":2147483647}", 2147483647},
      {"{\"id\":2147483648}", 0}, {"{\"id\":0}", 0},
      {"{\"id\":-1}", 0},         {"{\"id\":\"1\"}", 0},
      {"{\"id\":1.5}", 0},        {"{}", 0},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *message = json_loads(cases[i].text, 0, NULL);
    g_assert_cmpuint(message_id(message), ==, cases[i].id);
    json_decref(message);
  }
  g_assert_cmpuint(message_id(NULL), ==, 0);
}

/* Each name of a shape is a field, each reply a message that may be one. */
static void test_names(void) {
  for (const Verb *verb = verbs; verb->type; verb++) {
    g_assert_true(verb_find(verb->type) == verb);
    g_auto(GStrv) names = g_strsplit(verb->in, " ", -1);
    for (char **name = names; *name; name++) {
      g_strdelimit(*name, "?", 0);
      if (!field_find(verb->fields, *name))
        g_error("%s: no field %s", verb->type, *name);
    }
    const Told *reply = told_find(verb->reply);
    g_assert_true(reply && reply->when != ALONE);
  }
  for (const Told *one = told; one->type; one++)
    g_assert_true(told_find(one->type) == one);
  g_assert_null(verb_find("dance"));
  g_assert_null(told_find("dance"));
}

static void test_told(void) {
  static const struct {
    const char *text, *wrong; /* member and code of the first that is wrong; NULL: it is fine */
  } cases[] = {
      {"{\"t\":\"ok\",\"id\":1}", NULL},
      {"{\"t\":\"ok\"}", "id missing"},
      {"{\"t\":\"ok\",\"id\":0}", "id unknown"},
      {"{\"t\":\"ok\",\"id\":1,\"more\":1}", "more unknown"},
      {"{\"t\":\"dance\"}", "t words"},
      {"{\"t\":7}", "t words"},
      {"{\"t\":\"speaker\",\"pid\":null}", NULL},
      {"{\"t\":\"speaker\",\"pid\":null,\"id\":3}", "id unknown"},
      {"{\"t\":\"speaker\"}", "pid missing"},
      {"{\"t\":\"error\",\"code\":\"gone\",\"message\":\"\"}", NULL},
      {"{\"t\":\"error\",\"id\":9,\"code\":\"bad_sdp\",\"message\":\"\",\"line\":3}", NULL},
      {"{\"t\":\"slots\",\"set\":{\"v0\":null}}", NULL},
      {"{\"t\":\"slots\",\"set\":{\"v0\":{}}}", "set.v0.pid missing"},
      {"{\"t\":\"media_state\",\"state\":\"lost\"}", NULL},
      {"{\"t\":\"media_state\",\"state\":\"gone\"}", "state words"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    json_t *message = json_loads(cases[i].text, 0, NULL);
    Problem problem = {0};
    g_assert_true(told_check(message, &problem) == (cases[i].wrong == NULL));
    const json_t *first = json_array_get(problem.errors, 0);
    g_autofree char *wrong =
        first ? g_strdup_printf("%s %s", json_string_value(json_object_get(first, "field")),
                                json_string_value(json_object_get(first, "code")))
              : NULL;
    g_assert_cmpstr(wrong, ==, cases[i].wrong);
    g_assert_nonnull(json_object_get(message, "t")); /* it was left as it was */
    problem_clear(&problem);
    json_decref(message);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/messages/id", test_id);
  g_test_add_func("/messages/names", test_names);
  g_test_add_func("/messages/told", test_told);
  return g_test_run();
}
