/* Words: what a line may be, what a subject must have, and what it may not. */
#include <string.h>

#include "model/keys.h"
#include "model/test-bed.h"

static void test_lines(void) {
  Words words = {NULL};
  char *wrong = NULL;
  g_assert_true(words_parse(
      &words, "# note\n\nname  姓名 | Name\nkind.* = org.kind.*\n  a  甲 或 乙 | A | B\n", &wrong));
  g_assert_cmpstr(words_find(&words, "name")->zh, ==, "姓名");
  g_assert_cmpstr(words_find(&words, "name")->en, ==, "Name");
  g_assert_cmpstr(words_find(&words, "a")->zh, ==, "甲 或 乙");
  g_assert_cmpstr(words_find(&words, "a")->en, ==, "A | B");
  g_assert_null(words_find(&words, "kind.unit"));
  g_autofree char *lent = words_lent(&words, "kind.unit");
  g_assert_cmpstr(lent, ==, "org.kind.unit");
  g_assert_null(words_lent(&words, "kin"));
  words_clear(&words);
}

static void test_wrong_lines(void) {
  static const char *const texts[] = {
      "name\n",         "name 姓名\n",          "name 姓名 | \n",
      "name  | Name\n", "a 甲 | A\na 乙 | B\n", "kind = org.kind.*\n"};
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    Words words = {NULL};
    g_autofree char *why = NULL;
    g_assert_false(words_parse(&words, texts[i], &why));
    g_assert_nonnull(strstr(why, i == 4 ? "line 2" : "line 1"));
    words_clear(&words);
  }
}

/* ---- what a subject must have ---- */

static const Field fields[] = {TEXT("title", 1, 9), WORD("kind", "good bad"), END};
static const Grant grants[] = {{STAFF, "own", "read", NULL}, {0}};
static const List all = {NULL, NULL, "due", NULL, 0};
static const Route routes[] = {
    {R_LIST, "things", "read", .list = &all}, {R_ONE, "things/{thing}", "read"}, {0}};
static const Code codes[] = {{"thing.full", 409, "most:int"}, {0}};
#define SQL "--: row\nselect {t} from thing t\n--: scope own\nt.id = @me\n--: sort due\nt.title\n"
#define ALL_BUT_TITLE                                                                                \
  "thing 物 | Thing\nkind 类 | Kind\nkind.good 好 | Good\nkind.bad 坏 | Bad\nlist.things 物 | " \
  "Things\n"                                                                                         \
  "sort.due 期 | Due\nverb.read 看 | See\nscope.own 己 | Own\n"
#define TITLE "title 名 | Title\n"
#define FULL "code.full 满{most} | Full: {most}\n"

static Model *model_with(const char *words, char **why) {
  const Subject thing = {"thing", "thing", fields, grants, routes, codes, SQL, .words = words};
  Subject *kept = g_memdup2(&thing, sizeof thing);
  const Subject *const subjects[] = {kept, NULL};
  Model *model = model_new(subjects, why);
  if (!model)
    g_free(kept);
  return model;
}

static void test_needed(void) {
  static const struct {
    const char *words, *named;
  } wrong[] = {
      {ALL_BUT_TITLE FULL, " title"},
      {ALL_BUT_TITLE TITLE, " code.full"},
      {ALL_BUT_TITLE TITLE FULL "colour 色 | Colour\n", " colour (nobody asks for it)"},
      {ALL_BUT_TITLE TITLE "code.full 满 | Full: {most}\n", " code.full (its {places})"},
      {ALL_BUT_TITLE TITLE "code.full 满{x} | Full: {x}\n", " code.full (its {places})"},
      {ALL_BUT_TITLE "title {x} | {x}\n" FULL, " title (its {places})"},
      {ALL_BUT_TITLE "title\n" FULL, "line"},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
    g_autofree char *why = NULL;
    g_assert_null(model_with(wrong[i].words, &why));
    g_assert_nonnull(strstr(why, wrong[i].named));
    g_assert_nonnull(strstr(why, "thing"));
  }
  g_autofree char *why = NULL;
  Model *model = model_with(ALL_BUT_TITLE TITLE FULL, &why);
  g_assert_cmpstr(why, ==, NULL);
  g_assert_cmpstr(model_word(model, "thing", "kind.bad")->en, ==, "Bad");
  g_assert_cmpstr(model_word(model, "kernel", "role.staff")->zh, ==, "工作人员");
  g_assert_null(model_word(model, "thing", "colour"));
  g_assert_null(model_word(model, "nothing", "kind"));
  const Subject *kept = model_info(model, 0)->subject;
  model_free(model);
  g_free((void *)(uintptr_t)kept);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/words/lines", test_lines);
  g_test_add_func("/words/wrong-lines", test_wrong_lines);
  g_test_add_func("/words/needed", test_needed);
  return g_test_run();
}
