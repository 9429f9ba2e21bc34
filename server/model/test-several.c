/* Several values of one filter: what is taken, and what a condition becomes. */
#include <string.h>

#include "model/several.h"

static const Field state = WORD("state", "filed assigned closed"), kind = DICT("kind", "kinds"),
                   unit = REF("unit", "org"), day = DATE("day"), text = TEXT("text", 1, 20);

static char *taken(const Field *field, const char *said) {
  g_auto(Values) values = {NULL};
  Problem problem = {0};
  if (!several_take(field, said, &values, &problem)) {
    char *wrong = json_dumps(problem.errors, JSON_COMPACT);
    char *copy = g_strdup(wrong);
    free(wrong);
    problem_clear(&problem);
    return copy;
  }
  json_t *plain = value_plain(values_find(&values, field->name));
  char *dumped = json_dumps(plain, JSON_COMPACT | JSON_ENCODE_ANY);
  char *copy = g_strdup(dumped);
  free(dumped);
  json_decref(plain);
  return copy;
}

static void takes(const Field *field, const char *said, const char *wanted) {
  g_autofree char *got = taken(field, said);
  g_assert_cmpstr(got, ==, wanted);
}

static void test_taken(void) {
  takes(&state, "filed", "\"filed\"");
  takes(&state, "filed,assigned", "[\"filed\",\"assigned\"]");
  takes(&state, "filed,filed,", "\"filed\"");
  takes(&state, "filed,lost", "[{\"field\":\"state\",\"code\":\"words\"}]");
  takes(&state, ",", "[{\"field\":\"state\",\"code\":\"few\"}]");
  takes(&kind, "a,b_2", "[\"a\",\"b_2\"]");
  takes(&unit, "0123456789abcdef,zzzzzzzzzzzzzzzz", "[\"0123456789abcdef\",\"zzzzzzzzzzzzzzzz\"]");
  takes(&unit, "0123456789abcdef,x", "[{\"field\":\"unit\",\"code\":\"id\"}]");
  takes(&day, "2026-01-01,2026-01-02", "[{\"field\":\"day\",\"code\":\"date\"}]");
  takes(&text, "甲,乙", "\"甲,乙\""); /* a text may have a comma */
  g_autoptr(GString) many = g_string_new("a0");
  for (unsigned i = 1; i <= SEVERAL_MOST; i++)
    g_string_append_printf(many, ",a%u", i);
  takes(&kind, many->str, "[{\"field\":\"kind\",\"code\":\"many\",\"params\":{\"most\":50}}]");
}

static void becomes(const char *condition, const char *wanted) {
  g_autofree char *got = several_condition(condition, "x");
  g_assert_cmpstr(got, ==, wanted);
}

static void test_conditions(void) {
  becomes("s.org = :x", "s.org in (select value from json_each(:x))");
  becomes("exists (select 1 from post t where t.org = :x and t.y = :xy)",
          "exists (select 1 from post t where t.org in (select value from json_each(:x))"
          " and t.y = :xy)");
  becomes("case :x when 'a' then 1 end",
          "exists (select 1 from json_each(:x) each_x where case each_x.value when 'a' then 1 end"
          "\n)");
  becomes("a >= :x", "exists (select 1 from json_each(:x) each_x where a >= each_x.value\n)");
  becomes("a = :x || 'b'",
          "exists (select 1 from json_each(:x) each_x where a = each_x.value || 'b'\n)");
  becomes("m.id = @me", "m.id = @me");
}

static void compares(const char *condition, const char *wanted) {
  g_autofree char *got = several_compared(condition, "x");
  g_assert_cmpstr(got, ==, wanted);
}

static void test_compared(void) {
  compares("s.org = :x", "s.org");
  compares(":x = exists (select 1 where a = 1 and b = 2)",
           "exists (select 1 where a = 1 and b = 2)");
  compares("s.org is not null and s.org = :x", NULL);
  compares("exists (select 1 where a = :x)", NULL);
  compares("s.org >= :x", NULL);
  compares(":x = (:x)", NULL);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/several/taken", test_taken);
  g_test_add_func("/several/conditions", test_conditions);
  g_test_add_func("/several/compared", test_compared);
  return g_test_run();
}
