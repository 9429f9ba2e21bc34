#include "model/typescript.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#define COLUMNS 110

/* Columns that the text takes; a wide character takes two. */
static unsigned width(const char *text) {
  unsigned columns = 0;
  for (; *text; text = g_utf8_next_char(text))
    columns += g_unichar_iswide(g_utf8_get_char(text)) ? 2 : 1;
  return columns;
}

/* Where the next character comes. */
static unsigned column(const GString *out) {
  const char *line = strrchr(out->str, '\n');
  return width(line ? line + 1 : out->str);
}

static void new_line(GString *out, unsigned indent) {
  g_string_append_printf(out, "\n%*s", (int)indent, "");
}

/* In the quotes that need fewer escapes. */
static void add_string(GString *out, const char *text) {
  char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
  g_string_append_c(out, quote);
  for (; *text; text++) {
    if (*text == quote || *text == '\\')
      g_string_append_c(out, '\\');
    g_string_append_c(out, *text);
  }
  g_string_append_c(out, quote);
}

static void add_key(GString *out, const char *key) {
  bool plain = !g_ascii_isdigit(*key);
  for (const char *at = key; *at; at++)
    plain = plain && (g_ascii_isalnum(*at) || *at == '_');
  if (plain)
    g_string_append(out, key);
  else
    add_string(out, key);
  g_string_append_c(out, ':');
}

static void add_scalar(GString *out, const json_t *value) {
  if (json_is_string(value))
    add_string(out, json_string_value(value));
  else if (json_is_integer(value))
    g_string_append_printf(out, "%" PRId64, (int64_t)json_integer_value(value));
  else
    g_string_append(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}

/* On one line. */
static void add_flat(GString *out, const json_t *value) {
  const char *key;
  json_t *member;
  size_t i;
  if (json_is_object(value)) {
    g_string_append(out, json_object_size(value) > 0 ? "{ " : "{");
    json_object_foreach((json_t *)(uintptr_t)value, key, member) {
      add_key(out, key);
      g_string_append_c(out, ' ');
      add_flat(out, member);
      g_string_append(out, ", ");
    }
  } else if (json_is_array(value)) {
    g_string_append_c(out, '[');
    json_array_foreach(value, i, member) {
      add_flat(out, member);
      g_string_append(out, ", ");
    }
  } else {
    add_scalar(out, value);
    return;
  }
  if (g_str_has_suffix(out->str, ", "))
    g_string_truncate(out, out->len - 2);
  if (json_is_object(value))
    g_string_append(out, json_object_size(value) > 0 ? " }" : "}");
  else
    g_string_append_c(out, ']');
}

/* The formatter breaks lists of several objects that have several members each, and what such a
 * list is in. */
static bool wants_lines(const json_t *value) {
  const char *key;
  json_t *member;
  size_t i;
  bool all = json_array_size(value) > 1;
  json_object_foreach((json_t *)(uintptr_t)value, key, member) if (wants_lines(member)) return true;
  json_array_foreach(value, i, member) {
    if (wants_lines(member))
      return true;
    all = all && json_object_size(member) > 1;
  }
  return all;
}

static void add_member(GString *out, const char *key, const json_t *member, unsigned indent) {
  new_line(out, indent);
  if (key)
    add_key(out, key);
  g_autoptr(GString) flat = g_string_new(NULL);
  add_flat(flat, member);
  /* A text that is too long comes behind its key on a line of its own. */
  if (key && json_is_string(member) && column(out) + 2 + width(flat->str) > COLUMNS)
    new_line(out, indent + 2);
  else if (key)
    g_string_append_c(out, ' ');
  typescript_value(out, member, indent);
  g_string_append_c(out, ',');
}

static void add_broken(GString *out, const json_t *value, unsigned indent) {
  const char *key;
  json_t *member;
  size_t i;
  g_string_append_c(out, json_is_object(value) ? '{' : '[');
  json_object_foreach((json_t *)(uintptr_t)value, key, member)
      add_member(out, key, member, indent + 2);
  json_array_foreach(value, i, member) add_member(out, NULL, member, indent + 2);
  new_line(out, indent);
  g_string_append_c(out, json_is_object(value) ? '}' : ']');
}

void typescript_value(GString *out, const json_t *value, unsigned indent) {
  g_autoptr(GString) flat = g_string_new(NULL);
  add_flat(flat, value);
  bool fits = column(out) + width(flat->str) + 1 <= COLUMNS && !wants_lines(value); /* a comma */
  if (fits || (!json_object_size(value) && !json_array_size(value)))
    g_string_append(out, flat->str);
  else
    add_broken(out, value, indent);
}

void typescript_union(GString *out, const char *const *names, unsigned indent) {
  g_autoptr(GString) flat = g_string_new(*names ? NULL : " never");
  for (unsigned i = 0; names[i]; i++) {
    g_string_append(flat, i ? " | " : " ");
    add_string(flat, names[i]);
  }
  if (column(out) + width(flat->str) <= COLUMNS) {
    g_string_append(out, flat->str);
    return;
  }
  for (; *names; names++) {
    new_line(out, indent + 2);
    g_string_append(out, "| ");
    add_string(out, *names);
  }
}

void typescript_names(GString *out, const GPtrArray *names) {
  g_autoptr(GString) flat = g_string_new("[");
  g_autoptr(GString) broken = g_string_new("[\n");
  for (unsigned i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_string_append_printf(flat, "%s%s", i ? ", " : "", name);
    g_string_append_printf(broken, "  %s,\n", name);
  }
  unsigned all = column(out) + width(flat->str) + (unsigned)strlen("] as const");
  g_string_append_printf(out, "%s]", all <= COLUMNS ? flat->str : broken->str);
}

char *typescript_name(const char *name) {
  GString *camel = g_string_new(NULL);
  for (bool upper = true; *name; name++) {
    if (*name != '_')
      g_string_append_c(camel, upper ? g_ascii_toupper(*name) : *name);
    upper = *name == '_';
  }
  return g_string_free(camel, FALSE);
}
