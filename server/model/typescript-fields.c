#include "model/typescript-fields.h"

#include <stdbool.h>
#include <string.h>

#include "model/take.h"
#include "model/typescript.h"

void typescript_objects(const Field *field, GPtrArray *objects) {
  bool one = field->type == F_LIST || field->type == F_MAP;
  for (const Field *part = field->parts; part && part->name; part++) {
    typescript_objects(part, objects);
    if (one)
      break;
  }
  if (field->type != F_OBJECT)
    return;
  for (unsigned i = 0; i < objects->len; i++)
    if (strcmp(((const Field *)objects->pdata[i])->of, field->of) == 0)
      return;
  g_ptr_array_add(objects, (void *)(uintptr_t)field);
}

static bool is_nullable(const Field *field) {
  return field->flags & (OPTIONAL | OR_NULL);
}

/* 'a' | 'b' */
static void type_words(GString *out, const char *words) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  g_autoptr(GString) type = g_string_new(NULL);
  typescript_union(type, (const char *const *)list, 0);
  g_string_append(out, type->str + 1); /* without the blank before it */
}

static bool is_union(const Field *field) {
  return is_nullable(field) || (field->type == F_WORD && strchr(field->of, ' '));
}

void typescript_type(GString *out, const Field *field) {
  switch (field->type) {
  case F_INT:
  case F_TIME:
    g_string_append(out, "number");
    break;
  case F_BOOL:
    g_string_append(out, "boolean");
    break;
  case F_WORD:
    type_words(out, field->of);
    break;
  case F_WORDS:
    g_string_append_c(out, '(');
    type_words(out, field->of);
    g_string_append(out, ")[]");
    break;
  case F_IDS:
    g_string_append(out, "string[]");
    break;
  case F_OBJECT:
    g_string_append(out, field->of);
    break;
  case F_LIST:
    g_string_append(out, is_union(field->parts) ? "(" : "");
    typescript_type(out, field->parts);
    g_string_append(out, is_union(field->parts) ? ")[]" : "[]");
    break;
  case F_MAP:
    g_string_append(out, "Record<string, ");
    typescript_type(out, field->parts);
    g_string_append(out, ">");
    break;
  default:
    g_string_append(out, "string");
  }
  if (is_nullable(field))
    g_string_append(out, " | null");
}

void typescript_comment(GString *out, const char *indent, const char *about) {
  if (about)
    g_string_append_printf(out, "%s/** %s */\n", indent, about);
}

/* In an object's own fields ("*") what is OPTIONAL may be left out. */
static bool may_be_left_out(const Field *field, const char *shape, bool marked) {
  return marked || (strcmp(shape, "*") == 0 && (field->flags & OPTIONAL));
}

/* Words that may not fit a line; behind the member's name. */
static void add_words(GString *out, const Field *field, unsigned indent) {
  g_auto(GStrv) words = g_strsplit(field->of, " ", -1);
  g_autoptr(GString) flat = g_string_new(NULL);
  if (field->type == F_WORD) {
    typescript_union(out, (const char *const *)words, indent);
    return;
  }
  typescript_type(flat, field);
  if (strchr(flat->str, '\n')) {
    g_string_append(out, " (");
    typescript_union(out, (const char *const *)words, indent);
    g_string_append_printf(out, "\n%*s)[]", (int)indent, "");
  } else {
    g_string_append_printf(out, " %s", flat->str);
  }
}

void typescript_members(GString *out, const Field *fields, const char *shape, const char *indent) {
  bool optional;
  for (const Field *field = fields; field->name; field++) {
    if (!shape_has(shape, field->name, &optional))
      continue;
    typescript_comment(out, indent, field->about);
    g_string_append_printf(out, "%s%s%s:", indent, field->name,
                           may_be_left_out(field, shape, optional) ? "?" : "");
    if (field->type == F_WORDS || (field->type == F_WORD && !is_nullable(field))) {
      add_words(out, field, (unsigned)strlen(indent));
    } else {
      g_string_append_c(out, ' ');
      typescript_type(out, field);
    }
    g_string_append(out, "\n");
  }
}

void typescript_interfaces(GString *out, const GPtrArray *objects) {
  for (unsigned i = 0; i < objects->len; i++) {
    const Field *object = objects->pdata[i];
    g_string_append_printf(out, "export interface %s {\n", object->of);
    typescript_members(out, object->parts, "*", "  ");
    g_string_append(out, "}\n\n");
  }
}
