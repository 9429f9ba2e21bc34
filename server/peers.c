/* See peers.h. */
#include "peers.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

#include "control-client.h"

#define LOSS_BAD 2.0   /* percent: from here on pictures are repaired all the time */
#define RTT_BAD_MS 300 /* from here on people talk into each other's words (ITU-T G.114) */
#define SILENT_BAD_MS 3000
#define NARROW 0.7 /* of what it would take: below that it is seen */
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

/* ---- judging ---- */

static double number(const json_t *line, const char *key) {
  return json_number_value(json_object_get(line, key));
}

static const char *word(const json_t *line, const char *key) {
  const char *text = json_string_value(json_object_get(line, key));
  return text ? text : "";
}

static void add(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add(GString *text, const char *format, ...) {
  va_list arguments;
  if (text->len > 0)
    g_string_append(text, ", ");
  va_start(arguments, format);
  g_string_append_vprintf(text, format, arguments);
  va_end(arguments);
}

char *peers_trouble(const json_t *line, double *badness) {
  GString *text = g_string_new(NULL);
  double down = number(line, "loss_down_percent"), up = number(line, "loss_up_percent");
  double rtt_ms = number(line, "rtt_ms"), silent_ms = number(line, "silent_ms");
  double estimate = number(line, "estimate_kbps"), wanted = number(line, "wanted_kbps");
  *badness = 0;
  if (strcmp(word(line, "state"), "connected") != 0) {
    add(text, "%s", word(line, "state"));
    *badness += 100;
  } else if (silent_ms >= SILENT_BAD_MS) {
    add(text, "silent for %.0f s", silent_ms / 1000);
    *badness += 50;
  }
  if (down >= LOSS_BAD)
    add(text, "loses %.0f %% of what it is sent", down);
  if (up >= LOSS_BAD)
    add(text, "%.0f %% of what it sends is lost", up);
  *badness += MAX(down, LOSS_BAD) - LOSS_BAD + MAX(up, LOSS_BAD) - LOSS_BAD;
  if (estimate > 0 && wanted > 0 && estimate < NARROW * wanted) {
    add(text, "carries %.0f of %.0f kbit/s", estimate, wanted);
    *badness += 10 * (1 - estimate / wanted);
  }
  if (rtt_ms >= RTT_BAD_MS) {
    add(text, "%.0f ms away", rtt_ms);
    *badness += rtt_ms / 100;
  }
  if (number(line, "pictures_missing") > 0) {
    add(text, "%.0f pictures do not come", number(line, "pictures_missing"));
    *badness += 2;
  }
  if (text->len == 0)
    g_string_append(text, "ok");
  return g_string_free(text, FALSE);
}

/* ---- printing ---- */

typedef struct {
  const json_t *line;
  char *trouble;
  double badness;
} Row;

static void row_clear(void *row) {
  g_free(((Row *)row)->trouble);
}

static gint worst_first(gconstpointer a, gconstpointer b) {
  const Row *first = a, *second = b;
  if (first->badness != second->badness)
    return first->badness > second->badness ? -1 : 1;
  return strcmp(word(first->line, "name"), word(second->line, "name"));
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

static void append_row(GString *out, const Row *row) {
  const json_t *line = row->line, *pictures = json_object_get(line, "pictures");
  bool here = json_is_true(json_object_get(line, "from_here"));
  append_name(out, word(line, "name"));
  g_string_append_printf(out, "%-3s%s", word(line, "way"), here ? "*" : " ");
  if (json_is_number(json_object_get(line, "rtt_ms")))
    g_string_append_printf(out, "%6.0f", number(line, "rtt_ms"));
  else
    g_string_append(out, "     -");
  g_string_append_printf(out, "%7.1f%6.1f", number(line, "loss_down_percent"),
                         number(line, "loss_up_percent"));
  append_kbps(out, line, "estimate_kbps");
  append_kbps(out, line, "wanted_kbps");
  g_string_append_printf(out, "  %d/%d/%d", (int)json_integer_value(json_array_get(pictures, 0)),
                         (int)json_integer_value(json_array_get(pictures, 1)),
                         (int)json_integer_value(json_array_get(pictures, 2)));
  g_string_append_printf(out, "%7.0f%7.0f%7.0f%5.0f  %s", number(line, "repairs"),
                         number(line, "repairs_refused"), number(line, "unsent"),
                         number(line, "keyframes_asked"), row->trouble);
  append_dropped(out, json_object_get(line, "dropped"));
  g_string_append_c(out, '\n');
}

char *peers_table(const json_t *lines) {
  g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Row));
  g_array_set_clear_func(rows, row_clear);
  size_t index;
  json_t *line;
  json_array_foreach((json_t *)lines, index, line) {
    Row row = {.line = line};
    row.trouble = peers_trouble(line, &row.badness);
    g_array_append_val(rows, row);
  }
  g_array_sort(rows, worst_first);
  GString *out = g_string_new("name                 way    rtt  loss> <loss   kbps wanted  s/m/l"
                              "  again    not unsent keys  line\n");
  for (unsigned i = 0; i < rows->len; i++)
    append_row(out, &g_array_index(rows, Row, i));
  g_string_append(out,
                  "rtt in ms; loss in percent, > to the participant, < from him; pictures by "
                  "size; * over an address of this machine (TURN);\nagain: packets sent again, "
                  "not: asked for and not; keys: key frames asked for; [] packets from him "
                  "that were not taken\n");
  return g_string_free(out, FALSE);
}
