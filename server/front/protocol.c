/* Two writers walk the same declarations: one for people, one for the compiler of the page. */
#include "front/protocol.h"

#include <inttypes.h>
#include <string.h>

#include "front/messages.h"
#include "model/typescript-fields.h"
#include "model/typescript.h"

static GPtrArray *objects_of_all(void) {
  GPtrArray *objects = g_ptr_array_new();
  for (const Told *one = told; one->type; one++)
    for (const Field *field = one->fields; field->name; field++)
      typescript_objects(field, objects);
  for (const Verb *verb = verbs; verb->type; verb++)
    for (const Field *field = verb->fields; field->name; field++)
      typescript_objects(field, objects);
  return objects;
}

static bool is_unbounded(const Field *field) {
  return field->most >= INT32_MAX;
}

static bool is_nullable(const Field *field) {
  return field->flags & (OPTIONAL | OR_NULL);
}

/* ---- for people ---- */

static void say_words(GString *out, const char *words) {
  g_auto(GStrv) list = g_strsplit(words, " ", -1);
  for (unsigned i = 0; list[i]; i++)
    g_string_append_printf(out, "%s`%s`", i ? "\\|" : "", list[i]);
}

static void say_bounds(GString *out, const Field *field) {
  if (field->least == field->most)
    g_string_append_printf(out, "%" PRId64, field->most);
  else if (field->least == 0)
    g_string_append_printf(out, "≤ %" PRId64, field->most);
  else
    g_string_append_printf(out, "%" PRId64 "…%" PRId64, field->least, field->most);
}

static void say_text(GString *out, const Field *field) {
  if (is_unbounded(field)) {
    g_string_append(out, "text");
    return;
  }
  say_bounds(out, field);
  g_string_append(out, " characters");
  if (g_strcmp0(field->of, "!-~") == 0)
    g_string_append(out, " of ASCII without blanks");
  else if (field->of)
    g_string_append_printf(out, " of `%s`", field->of);
  if (field->type == F_TEXT && field->least > 0 && !field->of)
    g_string_append(out, ", one of them visible");
  if (field->flags & LINES)
    g_string_append(out, ", also line ends and tabs");
}

static void say_number(GString *out, const Field *field) {
  if (field->least == INT64_MIN && field->most == INT64_MAX)
    g_string_append(out, "any integer");
  else if (field->most == INT64_MAX)
    g_string_append_printf(out, "integer ≥ %" PRId64, field->least);
  else if (field->least == 0)
    g_string_append_printf(out, "0…%" PRId64, field->most);
  else
    say_bounds(out, field);
}

static void say_type(GString *out, const Field *field) {
  switch (field->type) {
  case F_TEXT:
  case F_RAW:
    say_text(out, field);
    break;
  case F_INT:
    say_number(out, field);
    break;
  case F_BOOL:
    g_string_append(out, "boolean");
    break;
  case F_TIME:
    g_string_append(out, "time");
    break;
  case F_ID:
    g_string_append(out, "id");
    break;
  case F_WORD:
    say_words(out, field->of);
    break;
  case F_OBJECT:
    g_string_append(out, field->of);
    break;
  case F_LIST:
  case F_MAP:
    if (field->type == F_MAP)
      g_string_append_printf(out, "object %s → ", field->of);
    else
      g_string_append(out, "list of ");
    say_type(out, field->parts);
    if (field->parts->about)
      g_string_append_printf(out, " (%s)", field->parts->about);
    if (!is_unbounded(field)) {
      g_string_append(out, ", ");
      say_bounds(out, field);
    }
    break;
  default:
    g_error("%s: no message has a field of this type yet", field->name);
  }
  if (is_nullable(field))
    g_string_append(out, " or `null`");
}

/* "`text`: 1…2000 characters; …" of all fields in the shape. */
static void say_fields(GString *out, const Field *fields, const char *shape) {
  bool first = true, optional;
  for (const Field *field = fields; field->name; field++) {
    if (!shape_has(shape, field->name, &optional))
      continue;
    g_string_append_printf(out, "%s%s`%s`: ", first ? "" : "; ", optional ? "optional " : "",
                           field->name);
    say_type(out, field);
    if (field->about)
      g_string_append_printf(out, " – %s", field->about);
    first = false;
  }
}

static void say_about(GString *out, const char *about, bool first) {
  if (about)
    g_string_append_printf(out, "%s%s", first ? "" : ". ", about);
}

static void say_verb(GString *out, const Verb *verb) {
  static const char *const who[] = {"–", "all", "host, staff"};
  g_string_append_printf(out, "| `%s` | ", verb->type);
  say_fields(out, verb->fields, verb->in);
  say_about(out, verb->about, *verb->in == 0);
  g_string_append_printf(out, " | `%s`", verb->reply);
  if (verb->with)
    g_string_append_printf(out, " with `%s`", verb->with->name);
  g_string_append_printf(out, " | %s |\n", who[verb->needs]);
}

char *protocol_tables(void) {
  GString *out = g_string_new("## Client to server\n| type | members | reply | who |\n|---|---|---|"
                              "---|\n");
  for (const Verb *verb = verbs; verb->type; verb++)
    say_verb(out, verb);
  g_string_append(out, "\n## Server to client\n| type | members |\n|---|---|\n");
  for (const Told *one = told; one->type; one++) {
    g_string_append_printf(out, "| `%s` | ", one->type);
    say_fields(out, one->fields, one->shape);
    say_about(out, one->about, false);
    g_string_append(out, " |\n");
  }
  g_string_append(out, "\n## What they are made of\n| name | members |\n|---|---|\n");
  g_autoptr(GPtrArray) objects = objects_of_all();
  for (unsigned i = 0; i < objects->len; i++) {
    const Field *object = objects->pdata[i];
    g_string_append_printf(out, "| %s | ", object->of);
    say_fields(out, object->parts, "*");
    g_string_append(out, " |\n");
  }
  return g_string_free(out, FALSE);
}

/* ---- for the compiler ---- */

static void type_verb(GString *out, const Verb *verb) {
  typescript_comment(out, "  ", verb->about);
  if (*verb->in) {
    g_string_append_printf(out, "  %s: [\n    {\n", verb->type);
    typescript_members(out, verb->fields, verb->in, "      ");
    g_string_append_printf(out, "    },\n    ServerMessages['%s']", verb->reply);
  } else {
    g_string_append_printf(out, "  %s: [Record<string, never>, ServerMessages['%s']", verb->type,
                           verb->reply);
  }
  if (verb->with) {
    g_string_append_printf(out, " & { %s: ", verb->with->name);
    typescript_type(out, verb->with);
    g_string_append(out, " }");
  }
  g_string_append(out, *verb->in ? ",\n  ]\n" : "]\n");
}

/* "export const CHAT_TEXT_MOST = 2000": what a page must know before it sends. */
static void type_bounds(GString *out) {
  for (const Verb *verb = verbs; verb->type; verb++)
    for (const Field *field = verb->fields; field->name; field++) {
      if (field->type != F_TEXT || field->of || !shape_has(verb->in, field->name, NULL))
        continue;
      g_autofree char *name = g_strdup_printf("%s_%s", verb->type, field->name);
      g_autofree char *upper = g_ascii_strup(name, -1);
      g_string_append_printf(out, "export const %s_MOST = %" PRId64 "\n", upper, field->most);
    }
}

char *protocol_types(void) {
  GString *out = g_string_new("// Printed by `yishid --print messages` from the server's "
                              "declarations; what each means: server/PROTOCOL.md.\n\n");
  g_autoptr(GPtrArray) objects = objects_of_all();
  typescript_interfaces(out, objects);
  g_string_append(out, "/** What the server says, beside `t` and `id`. */\n"
                       "export interface ServerMessages {\n");
  for (const Told *one = told; one->type; one++) {
    typescript_comment(out, "  ", one->about);
    g_string_append_printf(out, "  %s: {\n", one->type);
    typescript_members(out, one->fields, one->shape, "    ");
    g_string_append(out, "  }\n");
  }
  g_string_append(out, "}\n\n/** What a client may ask, and what it is answered with. */\n"
                       "export interface Requests {\n");
  for (const Verb *verb = verbs; verb->type; verb++)
    type_verb(out, verb);
  g_string_append(out, "}\n\n// Characters that texts may have at most.\n");
  type_bounds(out);
  return g_string_free(out, FALSE);
}
