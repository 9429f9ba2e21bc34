#include "model/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/cell.h"

#define COLUMN_WIDTH 16                  /* characters: what most of our columns need */
#define CELL_MOST 32767                  /* characters in a cell (ECMA-376, and libxlsxwriter) */
#define EXACT_MOST (INT64_C(1) << 53)    /* a cell's number is a double */
#define BUFFER_BYTES ((gssize)(1 << 16)) /* of CSV, before it is written */

struct Sheet {
  SheetFormat format;
  bool failed;
  unsigned row, column;
  /* CSV */
  FILE *file;
  GString *text;
  /* XLSX */
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *head;
  /* ROWS */
  json_t *rows, *cells;
};

static const struct {
  const char *extension, *type;
} formats[] = {
    [SHEET_NONE] = {"", ""},
    [SHEET_CSV] = {".csv", "text/csv; charset=utf-8"},
    [SHEET_XLSX] = {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    [SHEET_ROWS] = {"", ""},
};

SheetFormat sheet_format(const char *path) {
  for (SheetFormat format = SHEET_CSV; format <= SHEET_XLSX; format++)
    if (g_str_has_suffix(path, formats[format].extension))
      return format;
  return SHEET_NONE;
}

const char *sheet_extension(SheetFormat format) {
  return formats[format].extension;
}

const char *sheet_type(SheetFormat format) {
  return formats[format].type;
}

static bool fail(GError **error, const char *path, int code) {
  g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(code), "%s: %s", path, g_strerror(code));
  return false;
}

static bool open_book(Sheet *sheet, const char *path, GError **error) {
  g_autofree char *folder = g_path_get_dirname(path);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = folder};
  sheet->book = workbook_new_opt(path, &options);
  sheet->sheet = sheet->book ? workbook_add_worksheet(sheet->book, NULL) : NULL;
  if (!sheet->sheet)
    return fail(error, path, EIO);
  sheet->head = workbook_add_format(sheet->book);
  format_set_bold(sheet->head);
  worksheet_freeze_panes(sheet->sheet, 1, 0);
  worksheet_set_column(sheet->sheet, 0, LXW_COL_MAX - 1, COLUMN_WIDTH, NULL);
  return true;
}

Sheet *sheet_new(const char *path, SheetFormat format, GError **error) {
  g_assert(format != SHEET_NONE);
  g_autoptr(Sheet) sheet = g_new0(Sheet, 1);
  sheet->format = format;
  if (format == SHEET_ROWS) {
    sheet->rows = json_array();
    sheet->cells = json_array();
    return g_steal_pointer(&sheet);
  }
  /* Both libraries open it by name: made here first, so that it is nobody else's to read. */
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail(error, path, errno);
    return NULL;
  }
  if (format == SHEET_XLSX) {
    close(fd);
    return open_book(sheet, path, error) ? g_steal_pointer(&sheet) : NULL;
  }
  sheet->file = fdopen(fd, "w");
  sheet->text = g_string_new("\xEF\xBB\xBF");
  return g_steal_pointer(&sheet);
}

static void write_text(Sheet *sheet) {
  size_t length = sheet->text->len;
  sheet->failed = sheet->failed || fwrite(sheet->text->str, 1, length, sheet->file) != length;
  g_string_truncate(sheet->text, 0);
}

/* What stands between two cells. */
static void next_cell(Sheet *sheet) {
  if (sheet->format == SHEET_CSV && sheet->column > 0)
    g_string_append_c(sheet->text, ',');
  sheet->column++;
}

/* A spreadsheet's cell holds so much; a longer text ends with a mark there, and is whole as CSV. */
static void write_cell(Sheet *sheet, const char *text) {
  g_autofree char *cut =
      g_utf8_strlen(text, -1) > CELL_MOST ? g_utf8_substring(text, 0, CELL_MOST - 1) : NULL;
  g_autofree char *marked = cut ? g_strconcat(cut, "…", NULL) : NULL;
  sheet->failed = worksheet_write_string(sheet->sheet, sheet->row, (lxw_col_t)(sheet->column - 1),
                                         marked ? marked : text,
                                         sheet->row == 0 ? sheet->head : NULL) != LXW_NO_ERROR ||
                  sheet->failed;
}

void sheet_text(Sheet *sheet, const char *text) {
  if (sheet->format == SHEET_ROWS) {
    json_array_append_new(sheet->cells, json_string(text ? text : ""));
    return;
  }
  next_cell(sheet);
  if (sheet->format == SHEET_CSV)
    cell_append(sheet->text, text ? text : "");
  else if (text && *text)
    write_cell(sheet, text);
}

void sheet_number(Sheet *sheet, int64_t number) {
  bool as_text = number > EXACT_MOST || number < -EXACT_MOST;
  if (sheet->format == SHEET_ROWS || (sheet->format == SHEET_XLSX && as_text)) {
    g_autofree char *text = g_strdup_printf("%" PRId64, number);
    sheet_text(sheet, text);
    return;
  }
  next_cell(sheet);
  if (sheet->format == SHEET_CSV)
    g_string_append_printf(sheet->text, "%" PRId64, number);
  else
    worksheet_write_number(sheet->sheet, sheet->row, (lxw_col_t)(sheet->column - 1), (double)number,
                           NULL);
}

void sheet_row(Sheet *sheet) {
  if (sheet->format == SHEET_ROWS) {
    json_array_append_new(sheet->rows, sheet->cells);
    sheet->cells = json_array();
    return;
  }
  sheet->column = 0;
  sheet->row++;
  if (sheet->format == SHEET_XLSX)
    return;
  g_string_append(sheet->text, "\r\n");
  if ((gssize)sheet->text->len > BUFFER_BYTES)
    write_text(sheet);
}

void sheet_free(Sheet *sheet) {
  if (!sheet)
    return;
  if (sheet->file)
    fclose(sheet->file);
  if (sheet->text)
    g_string_free(sheet->text, TRUE);
  json_decref(sheet->rows);
  json_decref(sheet->cells);
  if (sheet->book)
    workbook_close(sheet->book); /* there is no other way to free it */
  g_free(sheet);
}

json_t *sheet_rows(const Sheet *sheet) {
  return json_incref(sheet->rows);
}

bool sheet_close(Sheet *sheet, GError **error) {
  if (sheet->format == SHEET_ROWS) {
    sheet_free(sheet);
    return true;
  }
  if (sheet->format == SHEET_CSV) {
    write_text(sheet);
    sheet->failed = fclose(g_steal_pointer(&sheet->file)) != 0 || sheet->failed;
  } else {
    sheet->failed = workbook_close(g_steal_pointer(&sheet->book)) != LXW_NO_ERROR || sheet->failed;
  }
  bool fine = !sheet->failed;
  if (!fine)
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO, "the table could not be written");
  sheet_free(sheet);
  return fine;
}
