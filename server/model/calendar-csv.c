/* A year's holidays and worked weekends from a file (calendar.h). All bad lines are named at once,
 * so that whoever made the file corrects it in one go, and one bad line refuses the whole file: a
 * calendar with a day missing would count wrong without anybody seeing it. */
#include <stdlib.h>
#include <string.h>

#include "model/calendar.h"

#define FILE_BYTES_MOST 65536 /* 366 rows with notes of some 50 characters */
#define NOTE_CHARACTERS_MOST 500
#define NAMED_MOST 20 /* lines in the message; of a file of another kind every line is bad */

enum { DATE, KIND, NOTE, CELLS };

typedef struct {
  int year;
  GArray *rows;           /* CalendarDay */
  unsigned lines[12][31]; /* where the day stands, from 1 on; 0: it has not come yet */
  GString *wrong;         /* "line 3: why; line 4: why" */
  unsigned wrong_count;
} Reader;

static void clear_row(void *pointer) {
  g_free(((CalendarDay *)pointer)->note);
}

static void add_wrong(Reader *reader, unsigned line, const char *why) {
  if (reader->wrong_count++ < NAMED_MOST)
    g_string_append_printf(reader->wrong, "%sline %u: %s", reader->wrong->len ? "; " : "", line,
                           why);
}

/* Takes one cell off *at, and the comma behind it; *at is NULL after the last one. NULL when a
 * quote is not closed, or stands where it may not. */
static char *take_cell(const char **at) {
  g_autoptr(GString) cell = g_string_new(NULL);
  const char *c = *at;
  if (*c == '"') {
    for (c++; *c && (*c != '"' || c[1] == '"'); c++) {
      g_string_append_c(cell, *c);
      c += *c == '"';
    }
    if (*c++ != '"' || (*c && *c != ','))
      return NULL;
  } else {
    size_t length = strcspn(c, ",");
    g_string_append_len(cell, c, (gssize)length);
    c += length;
    if (strchr(cell->str, '"'))
      return NULL;
  }
  *at = *c == ',' ? c + 1 : NULL;
  return g_string_free(g_steal_pointer(&cell), FALSE);
}

static const char *take_cells(const char *line, char *cells[CELLS]) {
  const char *at = line;
  for (unsigned i = 0; i < CELLS; i++) {
    if (!at)
      return "it has less than the three cells date,kind,note";
    cells[i] = take_cell(&at);
    if (!cells[i])
      return "a quote is not closed, or stands inside a cell without quotes";
  }
  return at ? "it has more than the three cells date,kind,note" : NULL;
}

static const char *take_note(const char *text, char **note) {
  *note = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);
  g_strstrip(*note);
  for (const char *at = *note; *at; at = g_utf8_next_char(at))
    if (g_unichar_iscntrl(g_utf8_get_char(at)))
      return "its note has control characters";
  return g_utf8_strlen(*note, -1) > NOTE_CHARACTERS_MOST ? "its note is longer than 500 characters"
                                                         : NULL;
}

/* Why the line is none, or NULL. *note: what was made of the note, also then. */
static const char *take_row(Reader *reader, unsigned line, char *cells[CELLS], CalendarDay *row) {
  if (!day_parse(cells[DATE], &row->day))
    return "its date is no day, or not written as 2026-03-06";
  if (atoi(cells[DATE]) != reader->year)
    return "its date is of another year";
  row->is_work = strcmp(cells[KIND], "work") == 0;
  if (!row->is_work && strcmp(cells[KIND], "off") != 0)
    return "its kind is neither work nor off";
  unsigned *stands = &reader->lines[atoi(cells[DATE] + 5) - 1][atoi(cells[DATE] + 8) - 1];
  if (*stands)
    return "its date has come before";
  *stands = line;
  return take_note(cells[NOTE], &row->note);
}

static void read_line(Reader *reader, unsigned number, const char *line) {
  char *cells[CELLS] = {NULL};
  CalendarDay row = {0};
  const char *why = take_cells(line, cells);
  if (!why && number == 1)
    why = strcmp(line, "date,kind,note") == 0 ? NULL : "the first line is not date,kind,note";
  else if (!why)
    why = take_row(reader, number, cells, &row);
  if (why)
    add_wrong(reader, number, why);
  if (why || number == 1)
    clear_row(&row);
  else
    g_array_append_val(reader->rows, row);
  for (unsigned i = 0; i < CELLS; i++)
    g_free(cells[i]);
}

static void read_lines(Reader *reader, const char *text, const char *end) {
  for (unsigned number = 1; text < end; number++) {
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    size_t length = (size_t)((stop ? stop : end) - text);
    if (length > 0 && text[length - 1] == '\r')
      length--;
    g_autofree char *line = g_strndup(text, length);
    if (g_utf8_validate_len(text, length, NULL))
      read_line(reader, number, line);
    else
      add_wrong(reader, number, "it is not UTF-8");
    text = stop ? stop + 1 : end;
  }
}

static bool fail(GError **error, int year, const char *why) {
  g_set_error(error, CALENDAR_ERROR, CALENDAR_BAD_FILE, "the calendar of %d: %s", year, why);
  return false;
}

static bool is_fine(Reader *reader, GError **error) {
  if (reader->wrong_count > NAMED_MOST)
    g_string_append_printf(reader->wrong, "; and %u more", reader->wrong_count - NAMED_MOST);
  if (reader->wrong_count > 0)
    return fail(error, reader->year, reader->wrong->str);
  return reader->rows->len > 0 || fail(error, reader->year, "the file has no days");
}

GArray *calendar_read_csv(const char *text, size_t length, int year, GError **error) {
  static const char mark[] = "\xef\xbb\xbf";
  if (length > FILE_BYTES_MOST) {
    fail(error, year, "the file is larger than 64 KiB");
    return NULL;
  }
  size_t skip = length >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0;
  Reader reader = {.year = year,
                   .rows = g_array_new(FALSE, FALSE, sizeof(CalendarDay)),
                   .wrong = g_string_new(NULL)};
  g_array_set_clear_func(reader.rows, clear_row);
  read_lines(&reader, text + skip, text + length);
  if (!is_fine(&reader, error))
    g_clear_pointer(&reader.rows, g_array_unref);
  g_string_free(reader.wrong, TRUE);
  return reader.rows;
}
