#include "outbox/texts.h"

#include <string.h>

static const Word frames[] = {
    [FRAME_MANY] = {(char *)"议事：有 {count} 条新通知", (char *)"Yishi: {count} new notices"},
    [FRAME_ONE] = {(char *)"议事：{text}", (char *)"Yishi: {text}"},
    [FRAME_UNREAD] = {(char *)"您有一条通知尚未阅读：{text}", (char *)"Not read yet: {text}"},
    [FRAME_LINK] = {(char *)"详情请登录查看：", (char *)"Sign in to see more: "},
    [FRAME_END] = {(char *)"本邮件由系统自动发出，请勿回复。",
                   (char *)"This mail was sent by a program; nobody reads answers."},
    [FRAME_NOTICE] = {(char *)"您有一条新通知", (char *)"There is something new for you"},
};

static void add_param(GString *out, const json_t *params, const char *name) {
  const json_t *value = json_object_get(params, name);
  if (json_is_string(value))
    g_string_append(out, json_string_value(value));
  else if (json_is_integer(value))
    g_string_append_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static char *fill(const char *text, const json_t *params) {
  GString *out = g_string_new(NULL);
  while (*text) {
    size_t plain = strcspn(text, "{");
    g_string_append_len(out, text, (gssize)plain);
    text += plain;
    if (!*text)
      break;
    size_t length = strcspn(text, "}");
    g_autofree char *name = g_strndup(text + 1, length - 1);
    add_param(out, params, name);
    text += length + 1;
  }
  return g_string_free(out, FALSE);
}

static char *say(const Word *word, const char *language, const json_t *params) {
  return fill(strcmp(language, "en") == 0 ? word->en : word->zh, params);
}

char *frame_text(Frame frame, const char *language, const json_t *params) {
  return say(&frames[frame], language, params);
}

char *notice_text(const Model *model, const char *code, const char *language,
                  const json_t *params) {
  g_auto(GStrv) parts = g_strsplit(code, ".", 2);
  g_autofree char *key = g_strconcat("notice.", parts[0] ? parts[1] : NULL, NULL);
  const Word *word = parts[0] ? model_word(model, parts[0], key) : NULL;
  return say(word ? word : &frames[FRAME_NOTICE], language, params);
}
