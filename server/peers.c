/* See peers.h. */
#include "peers.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

#include "control-client.h"

#define NAME_COLUMNS 20

/* ---- asking ---- */

json_t *peers_ask(const char *data_dir, GError **error) {
  json_t *document = control_ask(data_dir, "peers", error);
  if (!document)
    return NULL;
  json_t *lines = json_incref(json_object_get(document, "peers"));
  json_decref(document);
  if (json_is_array(lines))
    return lines;
  json_decref(lines);
  g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the server's answer lists nobody");
  return NULL;
}

/* ---- wording what the server judged ---- */

static double number(const json_t *line, const char *key) {
  return json_number_value(json_object_get(line, key));
}

static const char *word(const json_t *line, const char *key) {
  const char *text = json_string_value(json_object_get(line, key));
  return text ? text : "";
}

/* What is unknown to this program is said as the server calls it. */
static char *worded(const json_t *line, const char *code) {
  if (strcmp(code, "silent") == 0)
    return g_strdup_printf("silent for %.0f s", number(line, "silent_ms") / 1000);
  if (strcmp(code, "loss_down") == 0)
    return g_strdup_printf("loses %.0f %% of what it is sent",
                           number(line, "loss_down_permille") / 10);
  if (strcmp(code, "loss_up") == 0)
    return g_strdup_printf("%.0f %% of what it sends is lost",
                           number(line, "loss_up_permille") / 10);
  if (strcmp(code, "narrow") == 0)
    return g_strdup_printf("carries %.0f of %.0f kbit/s", number(line, "estimate_kbps"),
                           number(line, "wanted_kbps"));
  if (strcmp(code, "far") == 0)
    return g_strdup_printf("%.0f ms away", number(line, "rtt_ms"));
  if (strcmp(code, "missing") == 0)
    return g_strdup_printf("%.0f pictures do not come", number(line, "pictures_missing"));
  return g_strdup(code);
}

char *peers_trouble(const json_t *line) {
  const json_t *troubles = json_object_get(line, "troubles");
  GString *text = g_string_new(json_array_size(troubles) == 0 ? "ok" : NULL);
  for (size_t i = 0; i < json_array_size(troubles); i++) {
    g_autofree char *one = worded(line, json_string_value(json_array_get(troubles, i)));
    g_string_append_printf(text, "%s%s", i ? ", " : "", one);
  }
  return g_string_free(text, FALSE);
}

/* ---- printing ---- */

static gint worst_first(gconstpointer a, gconstpointer b) {
  const json_t *first = *(const json_t *const *)a, *second = *(const json_t *const *)b;
  double by = number(first, "badness") - number(second, "badness");
  return by != 0 ? (by > 0 ? -1 : 1) : strcmp(word(first, "name"), word(second, "name"));
}

/* Control characters would be the terminal's to obey. Wide characters take two columns. */
static void append_name(GString *out, const char *name) {
  unsigned columns = 0;
  for (; *name; name = g_utf8_next_char(name)) {
    gunichar letter = g_utf8_get_char(name);
    unsigned width = g_unichar_iswide(letter) ? 2 : 1;
    if (columns + width > NAME_COLUMNS)
      break;
    g_string_append_unichar(out, g_unichar_isprint(letter) ? letter : '?');
    columns += width;
  }
  for (; columns <= NAME_COLUMNS; columns++)
    g_string_append_c(out, ' ');
}

static void append_kbps(GString *out, const json_t *line, const char *key) {
  if (json_is_number(json_object_get(line, key)))
    g_string_append_printf(out, "%7.0f", number(line, key));
  else
    g_string_append(out, "      -");
}

/* What was not taken of what came from him: how much, and why most of it. */
static void append_dropped(GString *out, const json_t *dropped) {
  json_int_t sum = 0, most = 0;
  const char *reason, *why = NULL;
  json_t *count;
  json_object_foreach((json_t *)dropped, reason, count) {
    sum += json_integer_value(count);
    if (json_integer_value(count) > most) {
      most = json_integer_value(count);
      why = reason;
    }
  }
  if (!why)
    return;
  g_autofree char *words = g_strdelimit(g_strdup(why), "_", ' ');
  g_string_append_printf(out, " [%" JSON_INTEGER_FORMAT "%s %s]", sum, most < sum ? " mostly" : "",
                         words);
}

static void append_row(GString *out, const json_t *line) {
  const json_t *pictures = json_object_get(line, "pictures");
  g_autofree char *trouble = peers_trouble(line);
  bool here = json_is_true(json_object_get(line, "from_here"));
  append_name(out, word(line, "name"));
  g_string_append_printf(out, "%-3s%s", word(line, "way"), here ? "*" : " ");
  if (json_is_number(json_object_get(line, "rtt_ms")))
    g_string_append_printf(out, "%6.0f", number(line, "rtt_ms"));
  else
    g_string_append(out, "     -");
  g_string_append_printf(out, "%7.1f%6.1f", number(line, "loss_down_permille") / 10,
                         number(line, "loss_up_permille") / 10);
  append_kbps(out, line, "estimate_kbps");
  append_kbps(out, line, "wanted_kbps");
  g_string_append_printf(out, "  %d/%d/%d", (int)json_integer_value(json_array_get(pictures, 0)),
                         (int)json_integer_value(json_array_get(pictures, 1)),
                         (int)json_integer_value(json_array_get(pictures, 2)));
  g_string_append_printf(out, "%7.0f%7.0f%7.0f%5.0f  %s", number(line, "repairs"),
                         number(line, "repairs_refused"), number(line, "unsent"),
                         number(line, "keyframes_asked"), trouble);
  append_dropped(out, json_object_get(line, "dropped"));
  g_string_append_c(out, '\n');
}

char *peers_table(const json_t *lines) {
  g_autoptr(GPtrArray) rows = g_ptr_array_new();
  for (size_t i = 0; i < json_array_size(lines); i++)
    g_ptr_array_add(rows, json_array_get(lines, i));
  g_ptr_array_sort(rows, worst_first);
  GString *out = g_string_new("name                 way    rtt  loss> <loss   kbps wanted  s/m/l"
                              "  again    not unsent keys  line\n");
  for (unsigned i = 0; i < rows->len; i++)
    append_row(out, rows->pdata[i]);
  g_string_append(out,
                  "rtt in ms; loss in percent, > to the participant, < from him; pictures by "
                  "size; * over an address of this machine (TURN);\nagain: packets sent again, "
                  "not: asked for and not; keys: key frames asked for; [] packets from him "
                  "that were not taken\n");
  return g_string_free(out, FALSE);
}
