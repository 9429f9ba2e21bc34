/* Names by the letters that people type for them. */
#include <glib.h>
#include <string.h>

#include "model/pinyin.h"

static void test_words(void) {
  static const struct {
    const char *name, *found, *not ;
  } cases[] = {
      {"张伟", "zhang wei zhangwei zhangw zw", "z zhw"}, /* one letter finds by itself (bigram.h) */
      {"单田芳", "shantianfang stf st", "dantianfang"},  /* 姓 shàn */
      {"孤单", "gudan", "gushan"},
      {"仇和", "qiuhe qh", "chouhe"},
      {"尉迟恭", "yuchigong ycg", "weichigong"},
      {"吕布", "lvbu lubu lv lu lb", "lü"},
      {"欧阳修", "ouyangxiu oyx", ""},
      {"Li 伟", "wei", "l"},
      {"阿合曼·买买提", "ahemanmaimaiti ahmmmt", ""},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *words = pinyin_words(cases[i].name);
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    g_auto(GStrv) found = g_strsplit(cases[i].found, " ", -1);
    g_auto(GStrv) not = g_strsplit(cases[i].not, " ", -1);
    for (unsigned n = 0; found[n]; n++)
      if (!g_strv_contains((const char *const *)list, found[n]))
        g_error("%s: no %s in %s", cases[i].name, found[n], words);
    for (unsigned n = 0; not [n]; n++)
      if (*not [n] && g_strv_contains((const char *const *)list, not [n]))
        g_error("%s: %s in %s", cases[i].name, not [n], words);
  }
}

static void test_none(void) {
  static const char *const names[] = {"", "Ada", "\xff", "ａ", "。"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
    g_autofree char *words = pinyin_words(names[i]);
    g_assert_cmpstr(words, ==, "");
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/pinyin/words", test_words);
  g_test_add_func("/pinyin/none", test_none);
  return g_test_run();
}
