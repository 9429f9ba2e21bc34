#include "model/heads.h"

#include <string.h>

#include "model/take.h"

bool heads_in(const char *text, HeadsIn *in) {
  *in = strcmp(text, "zh") == 0 ? HEADS_ZH : strcmp(text, "en") == 0 ? HEADS_EN : HEADS_PLAIN;
  return *in != HEADS_PLAIN;
}

static const char *word_in(const Word *word, HeadsIn in) {
  return !word || in == HEADS_PLAIN ? NULL : in == HEADS_ZH ? word->zh : word->en;
}

/* For a key of the subject's, else of the kernel's; NULL: there is none, or none is wanted. */
static const char *key_word(const Heads *heads, const char *key, HeadsIn in) {
  const Word *word = model_word(heads->model, heads->info->subject->name, key);
  return word_in(word ? word : model_word(heads->model, "kernel", key), in);
}

/* Whose field it is: a row shows some of what it refers to. */
static const Info *owner(const Heads *heads, const Field *field) {
  const Info *info = heads->info;
  for (unsigned i = 0; i <= model_count(heads->model); i++) {
    if (field == &info->state || field_find(info->subject->fields, field->name) == field)
      return info;
    if (i < model_count(heads->model))
      info = model_info(heads->model, i);
  }
  return heads->info;
}

static const char *value_word(const Heads *heads, const Field *field, const char *value,
                              HeadsIn in) {
  g_autofree char *key = g_strdup_printf("%s.%s", field->name, value);
  return word_in(model_word(heads->model, owner(heads, field)->subject->name, key), in);
}

/* ---- writing ---- */

char *head_of(const Heads *heads, char *const *path, const Field *field) {
  const char *word = key_word(heads, path[0], heads->in);
  const Field *group = field_find(heads->info->subject->fields, path[0]);
  if (!word && field && !path[1]) /* another subject's, shown beside its own */
    word = key_word(&(Heads){heads->model, owner(heads, field), heads->in}, path[0], heads->in);
  if (!word && field && path[1]) { /* of "my.capacity", which the field my_capacity describes */
    g_autofree char *flat = g_strjoinv("_", (char **)path);
    word = strcmp(flat, field->name) == 0 ? key_word(heads, flat, heads->in) : NULL;
    if (word)
      return g_strdup(word);
  }
  if (!word)
    return g_strjoinv(".", (char **)path);
  if (!path[1] || strcmp(path[1], "name") == 0 || (group && group->type == F_DICT))
    return g_strdup(word);
  const Info *other = group && group->type == F_REF ? model_find(heads->model, group->of) : NULL;
  const char *part =
      other ? key_word(&(Heads){heads->model, other, heads->in}, path[1], heads->in) : NULL;
  return g_strdup_printf("%s %s", word, part ? part : path[1]);
}

char *head_value(const Heads *heads, const Field *field, const char *word) {
  const char *shown = field ? value_word(heads, field, word, heads->in) : NULL;
  return g_strdup(shown ? shown : word);
}

char *head_state(const Heads *heads, const char *state) {
  const Field *field = heads->info->state.name ? &heads->info->state : NULL;
  return head_value(heads, field, state);
}

char *head_word(const Heads *heads, char *const *path, const Field *field, const char *text) {
  if (field && field->type == F_WORD)
    return head_value(heads, field, text);
  return !field && strcmp(path[0], "state") == 0 && !path[1] ? head_state(heads, text) : NULL;
}

char *head_list(const Heads *heads, const Field *field, const char *text) {
  json_t *list = json_loads(text, 0, NULL), *item;
  g_autoptr(GString) words = g_string_new(NULL);
  bool plain = json_is_array(list);
  size_t i;
  json_array_foreach(list, i, item) {
    plain = plain && json_is_string(item);
    g_autofree char *word = plain ? head_value(heads, field, json_string_value(item)) : NULL;
    g_string_append_printf(words, "%s%s", i ? "、" : "", word ? word : "");
  }
  json_decref(list);
  return g_strdup(plain ? words->str : text);
}

static const char *const yes[] = {"是", "yes", "true", "1"};
static const char *const no[] = {"否", "no", "false", "0"};

char *head_bool(const Heads *heads, const Field *field, bool value) {
  const char *name = value ? "true" : "false";
  const char *word = field ? value_word(heads, field, name, heads->in) : NULL;
  if (!word) {
    g_autofree char *key = g_strconcat("bool.", name, NULL);
    word = key_word(heads, key, heads->in == HEADS_PLAIN ? HEADS_ZH : heads->in);
  }
  return g_strdup(word ? word : value ? yes[0] : no[0]);
}

/* Of a table of counts; PLAIN: as the API says it. */
static const char *count_word(const Heads *heads, const char *name) {
  g_autofree char *key = g_strconcat("count.", name, NULL);
  const char *word = word_in(model_word(heads->model, "kernel", key), heads->in);
  return word ? word : name;
}

const char *head_none(const Heads *heads) {
  return count_word(heads, "none");
}

const char *head_total(const Heads *heads) {
  return count_word(heads, "total");
}

const char *head_count(const Heads *heads) {
  return count_word(heads, "count");
}

/* ---- reading ---- */

static char *fold(const char *text) {
  g_autofree char *normal = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
  return g_utf8_casefold(normal ? normal : text, -1);
}

static bool is_same(const char *one, const char *other) {
  g_autofree char *a = fold(one), *b = fold(other);
  return strcmp(a, b) == 0;
}

/* A head of this path in any of the ways that it may have been written. */
static bool is_head(const Heads *heads, char *const *path, const char *head) {
  for (HeadsIn in = HEADS_PLAIN; in <= HEADS_EN; in++) {
    g_autofree char *own = head_of(&(Heads){heads->model, heads->info, in}, path, NULL);
    if (is_same(own, head))
      return true;
  }
  return false;
}

bool head_is(const Heads *heads, const Field *field, const char *head) {
  char *name = (char *)(uintptr_t)field->name;
  char *path[] = {name, field->type == F_DICT ? "code" : "id", NULL}, *alone[] = {name, NULL};
  bool grouped = field->type == F_DICT || field->type == F_REF;
  g_autofree char *named = g_strconcat("named_", field->name, NULL);
  bool by_name = sections_find(&heads->info->sections, SECTION_ROWS, named);
  /* The word alone heads the names of what is referred to; where those are not looked up, its id
   * is wanted. */
  if (field->type == F_REF && by_name)
    path[1] = "name";
  else if (field->type == F_REF)
    return is_same(field->name, head) || is_head(heads, path, head);
  return is_head(heads, alone, head) || (grouped && is_head(heads, path, head));
}

bool head_is_id(const Heads *heads, const char *head) {
  char *path[] = {"id", NULL};
  return is_head(heads, path, head);
}

/* How much of the folded text, at its beginning, is this word in one of its ways; 0: it does not
 * begin so. */
static size_t begins_with(const Heads *heads, const Field *field, const char *text,
                          const char *word) {
  size_t most = 0;
  for (HeadsIn in = HEADS_PLAIN; in <= HEADS_EN; in++) {
    const char *shown = value_word(heads, field, word, in);
    g_autofree char *folded = fold(shown ? shown : word);
    if (g_str_has_prefix(text, folded))
      most = MAX(most, strlen(folded));
  }
  return most;
}

static const char *const commas[] = {"、", "，", "；", ",", ";"};

static size_t comma_at(const char *text) {
  for (unsigned i = 0; i < G_N_ELEMENTS(commas); i++)
    if (g_str_has_prefix(text, commas[i]))
      return strlen(commas[i]);
  return 0;
}

/* The longest of the field's words that stands at the beginning of the folded text, with a comma or
 * nothing behind it; NULL: none does. Free with g_free. */
static char *first_word(const Heads *heads, const Field *field, const char *text, size_t *length) {
  g_auto(GStrv) words = g_strsplit(field->of, " ", -1);
  char *found = NULL;
  *length = 0;
  for (unsigned i = 0; words[i]; i++) {
    size_t used = begins_with(heads, field, text, words[i]);
    const char *rest = text + used + strspn(text + used, " ");
    if (used > *length && (!*rest || comma_at(rest))) {
      g_free(found);
      found = g_strdup(words[i]);
      *length = used;
    }
  }
  return found;
}

char *head_read_word(const Heads *heads, const Field *field, const char *text) {
  if (shape_has(field->of, text, NULL))
    return g_strdup(text);
  g_autofree char *folded = fold(text);
  size_t length;
  char *word = first_word(heads, field, folded, &length);
  if (word && !folded[length])
    return word;
  g_free(word);
  return g_strdup(text);
}

json_t *head_read_words(const Heads *heads, const Field *field, const char *text) {
  g_autofree char *folded = fold(text);
  const char *at = folded;
  json_t *list = json_array();
  while (*at) {
    size_t length = comma_at(at);
    if (length == 0 && *at != ' ') {
      g_autofree char *word = first_word(heads, field, at, &length);
      while (!word && at[length] && !comma_at(at + length))
        length++;
      g_autofree char *said = word ? g_strdup(word) : g_strchomp(g_strndup(at, length));
      json_array_append_new(list, json_string(said));
    }
    at += MAX(length, 1);
  }
  return list;
}

bool head_read_bool(const Heads *heads, const Field *field, const char *text, bool *value) {
  for (unsigned i = 0; i < G_N_ELEMENTS(yes); i++) {
    *value = is_same(text, yes[i]);
    if (*value || is_same(text, no[i]))
      return true;
  }
  for (HeadsIn in = HEADS_ZH; in <= HEADS_EN; in++) {
    const char *on = value_word(heads, field, "true", in);
    const char *off = value_word(heads, field, "false", in);
    *value = on && is_same(text, on);
    if (*value || (off && is_same(text, off)))
      return true;
  }
  return false;
}
