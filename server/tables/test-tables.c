/* Tables as people bring them, and as nobody should: by the library, and by the program. */
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "serial.h"
#include "table.h"

static char *program;

/* "1:name|login 3:李明|" */
static bool note_row(void *user, unsigned n, char *const *cells, unsigned count) {
  GString *text = user;
  g_string_append_printf(text, "%s%u:", text->len ? " " : "", n);
  for (unsigned i = 0; i < count; i++) {
    g_assert_true(g_utf8_validate(cells[i], -1, NULL));
    g_string_append_printf(text, "%s%s", i ? "|" : "", cells[i]);
  }
  return true;
}

static void reads_bytes(const void *bytes, size_t size, TableFault wanted, const char *rows) {
  g_autoptr(GString) text = g_string_new(NULL);
  const TableSink sink = {note_row, text};
  TableFault fault = table_read(bytes, size, &sink);
  g_assert_cmpstr(table_fault_name(fault), ==, table_fault_name(wanted));
  if (rows)
    g_assert_cmpstr(text->str, ==, rows);
}

static void reads(const char *csv, const char *rows) {
  reads_bytes(csv, strlen(csv), TABLE_FINE, rows);
}

/* ---- separated values ---- */

static void test_csv(void) {
  reads("name,login\r\n李明,lm\r\n", "1:name|login 2:李明|lm");
  reads("\xEF\xBB\xBFname,login\n\n\"a \"\"b\"\",\nc\",\n", "1:name|login 3:a \"b\",\nc");
  reads("name;login\na,b;c", "1:name|login 2:a,b|c");
  reads("name\tlogin\ra\tb\r", "1:name|login 2:a|b");
  reads("\"'=1+1\",'+2,'x\n", "1:=1+1|+2|'x");
  reads("", "");
  reads_bytes("a,\"b\n", 5, TABLE_UNREADABLE, NULL);
  reads_bytes("a\0b", 3, TABLE_UNREADABLE, NULL);
}

static void test_encodings(void) {
  static const char gb[] = "\xD0\xD5\xC3\xFB,\xC0\xEE\xC3\xF7\n\x95\x34\xB2\x35,x\n";
  reads_bytes(gb, sizeof gb - 1, TABLE_FINE, "1:姓名|李明 2:𠮷|x");
  reads_bytes("\xFF\xFE\xFF\xFF", 4, TABLE_ENCODING, NULL);
  reads_bytes("a,\x81", 3, TABLE_ENCODING, NULL);
}

static void test_bounds(void) {
  g_autofree char *cell = g_strnfill(TABLE_CELL_MOST + 1, 'x');
  g_autofree char *wide = g_strnfill(TABLE_COLUMNS_MOST, ',');
  g_autofree char *too_wide = g_strconcat(wide, "x\n", NULL);
  g_autoptr(GString) lines = g_string_new(NULL);
  reads_bytes(cell, strlen(cell), TABLE_TOO_LARGE, NULL);
  reads_bytes(cell, strlen(cell) - 1, TABLE_FINE, NULL);
  reads_bytes(too_wide, strlen(too_wide), TABLE_TOO_LARGE, NULL);
  for (unsigned i = 0; i < TABLE_ROWS_MOST; i++)
    g_string_append(lines, "x\n");
  reads_bytes(lines->str, lines->len, TABLE_FINE, NULL);
  g_string_append(lines, "x\n");
  reads_bytes(lines->str, lines->len, TABLE_TOO_LARGE, NULL);
}

/* ---- workbooks ---- */

static char *make_book(gsize *size) {
  g_autofree char *path = NULL;
  char *bytes;
  int fd = g_file_open_tmp("yishi-XXXXXX.xlsx", &path, NULL);
  close(fd);
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *hidden = workbook_add_worksheet(book, "hidden");
  lxw_worksheet *sheet = workbook_add_worksheet(book, "人员");
  lxw_format *date = workbook_add_format(book);
  format_set_num_format(date, "yyyy\"年\"m\"月\"d\"日\"");
  lxw_datetime day = {2026, 11, 30, 0, 0, 0}, moment = {2026, 11, 30, 8, 30, 15};
  worksheet_hide(hidden);
  worksheet_activate(sheet);
  worksheet_set_first_sheet(sheet);
  worksheet_write_string(hidden, 0, 0, "not this", NULL);
  worksheet_write_string(sheet, 0, 0, "姓名", NULL);
  worksheet_write_string(sheet, 0, 1, "login", NULL);
  worksheet_write_string(sheet, 2, 0, "李 & 明", NULL);
  worksheet_write_number(sheet, 2, 1, 13800138000, NULL);
  worksheet_write_datetime(sheet, 2, 3, &day, date);
  worksheet_write_datetime(sheet, 2, 4, &moment, date);
  worksheet_write_boolean(sheet, 3, 0, 1, NULL);
  worksheet_write_number(sheet, 3, 1, 1.5, NULL);
  worksheet_write_string(sheet, 3, 2, "'=1", NULL);
  g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);
  g_assert_true(g_file_get_contents(path, &bytes, size, NULL));
  g_unlink(path);
  return bytes;
}

static void test_xlsx(void) {
  gsize size;
  g_autofree char *bytes = make_book(&size);
  reads_bytes(bytes, size, TABLE_FINE,
              "1:姓名|login 3:李 & 明|13800138000||2026-11-30|2026-11-30 08:30:15 "
              "4:true|1.5|'=1");
}

/* Whatever is cut off or broken is refused, and nothing else happens. */
static bool ignore_row(void *user, unsigned n, char *const *cells, unsigned count) {
  return true;
}

static void test_damaged(void) {
  gsize size;
  g_autofree char *bytes = make_book(&size);
  const TableSink sink = {ignore_row, NULL};
  g_autoptr(GRand) dice = g_rand_new_with_seed(5);
  for (gsize cut = 0; cut < size; cut += 37)
    g_assert_cmpint(table_read(bytes, cut, &sink), !=, cut >= 4 ? TABLE_FINE : 99);
  for (unsigned i = 0; i < 2000; i++) {
    g_autofree char *copy = g_memdup2(bytes, size);
    for (unsigned n = 0; n < 3; n++)
      copy[g_rand_int_range(dice, 0, (gint32)size)] = (char)g_rand_int(dice);
    table_read(copy, size, &sink);
  }
}

/* A workbook whose parts are written by hand. */
typedef struct {
  const char *name, *text;
  unsigned times; /* the text so often in a row */
} Part;

#define BOOK_PART                                                                                  \
  {                                                                                                \
    "xl/workbook.xml",                                                                             \
        "<workbook xmlns:r='r'><sheets><sheet name='a' r:id='x'/></sheets></workbook>", 1          \
  }
#define RELS_PART                                                                                  \
  {                                                                                                \
    "xl/_rels/workbook.xml.rels",                                                                  \
        "<Relationships><Relationship Id='x' Target='s.xml'/></Relationships>", 1                  \
  }
#define SHEET "<worksheet><sheetData><row><c t='inlineStr'><is><t>a</t></is></c></row></sheetData>"

static gsize pack(const Part *parts, char *bytes, gsize most) {
  struct archive *archive = archive_write_new();
  size_t used = 0;
  archive_write_set_format_zip(archive);
  g_assert_cmpint(archive_write_open_memory(archive, bytes, most, &used), ==, ARCHIVE_OK);
  for (; parts->name; parts++) {
    struct archive_entry *entry = archive_entry_new();
    size_t length = strlen(parts->text);
    archive_entry_set_pathname(entry, parts->name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)(length * parts->times));
    archive_write_header(archive, entry);
    for (unsigned i = 0; i < parts->times; i++)
      archive_write_data(archive, parts->text, length);
    archive_entry_free(entry);
  }
  archive_write_close(archive);
  archive_write_free(archive);
  return used;
}

static void reads_parts(const Part *parts, TableFault wanted, const char *rows) {
  gsize most = 4 << 20;
  g_autofree char *bytes = g_malloc(most);
  reads_bytes(bytes, pack(parts, bytes, most), wanted, rows);
}

static void test_hostile(void) {
  g_autofree char *space = g_strnfill(1 << 20, ' ');
  const Part plain[] = {{"xl/s.xml", SHEET "</worksheet>", 1}, BOOK_PART, RELS_PART, {NULL}};
  const Part bomb[] = {{"xl/s.xml", space, 201}, BOOK_PART, RELS_PART, {NULL}};
  const Part other[] = {{"xl/other.xml", space, 500}, BOOK_PART, RELS_PART, plain[0], {NULL}};
  const Part dtd[] = {{"xl/s.xml", "<!DOCTYPE w [<!ENTITY a 'b'>]>" SHEET "</worksheet>", 1},
                      BOOK_PART,
                      RELS_PART,
                      {NULL}};
  const Part entity[] = {
      {"xl/s.xml", "<worksheet><row><c t='str'><v>&passwd;</v></c></row></worksheet>", 1},
      BOOK_PART,
      RELS_PART,
      {NULL}};
  const Part outside[] = {
      {"xl/workbook.xml", "<!DOCTYPE w SYSTEM 'file:///etc/passwd'><workbook/>", 1},
      RELS_PART,
      plain[0],
      {NULL}};
  const Part lost[] = {{"xl/s.xml", "<worksheet><row><c t='s'><v>7</v></c></row></worksheet>", 1},
                       BOOK_PART,
                       RELS_PART,
                       {NULL}};
  const Part back[] = {{"xl/s.xml", "<worksheet><row r='5'/><row r='2'/></worksheet>", 1},
                       BOOK_PART,
                       RELS_PART,
                       {NULL}};
  const Part far[] = {
      {"xl/s.xml", "<worksheet><row><c r='XFD1' t='str'><v>a</v></c></row></worksheet>", 1},
      BOOK_PART,
      RELS_PART,
      {NULL}};
  const Part none[] = {BOOK_PART, RELS_PART, {NULL}};
  reads_parts(plain, TABLE_FINE, "1:a");
  reads_parts(other, TABLE_FINE, "1:a"); /* what nobody asks for is not inflated */
  reads_parts(bomb, TABLE_TOO_LARGE, "");
  reads_parts(dtd, TABLE_UNREADABLE, "");
  reads_parts(entity, TABLE_UNREADABLE, "");
  reads_parts(outside, TABLE_UNREADABLE, "");
  reads_parts(lost, TABLE_UNREADABLE, "");
  reads_parts(back, TABLE_UNREADABLE, "");
  reads_parts(far, TABLE_TOO_LARGE, "");
  reads_parts(none, TABLE_UNREADABLE, "");
  reads_bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8, TABLE_ENCRYPTED, NULL);
}

static void shows(double serial, bool since_1904, const char *wanted) {
  g_autoptr(GString) text = g_string_new(NULL);
  bool fine = serial_text(serial, since_1904, text);
  g_assert_cmpstr(fine ? text->str : NULL, ==, wanted);
}

static void test_serials(void) {
  shows(1, false, "1900-01-01");
  shows(59, false, "1900-02-28");
  shows(61, false, "1900-03-01");
  shows(46356, false, "2026-11-30");
  shows(46356.5, false, "2026-11-30 12:00:00");
  shows(46355.9999999, false, "2026-11-30");
  shows(0.25, false, "06:00:00");
  shows(1, true, "1904-01-02");
  shows(-1, false, NULL);
  shows(1e300, false, NULL);
  shows(0.0 / 0.0, false, NULL);
  g_assert_true(serial_is_date(14, NULL) && serial_is_date(31, NULL));
  g_assert_false(serial_is_date(0, NULL) || serial_is_date(49, NULL));
  g_assert_true(serial_is_date(164, "yyyy/m/d"));
  g_assert_false(serial_is_date(164, "0.00\"day\"") || serial_is_date(164, "[Red]0.0"));
  g_assert_false(serial_is_date(164, "0\\d") || serial_is_date(164, "\"open"));
}

/* ---- the program ---- */

static void test_program(void) {
  g_autofree char *in = NULL, *out = NULL, *text = NULL;
  int file = g_file_open_tmp("yishi-in-XXXXXX", &in, NULL);
  int rows = g_file_open_tmp("yishi-out-XXXXXX", &out, NULL);
  static const char csv[] = "\xD0\xD5\xC3\xFB,login\n\xC0\xEE\xC3\xF7,\"l\"\"m\"\n";
  g_assert_cmpint(write(file, csv, sizeof csv - 1), ==, sizeof csv - 1);
  lseek(file, 0, SEEK_SET);
  const char *const argv[] = {program, NULL};
  GPid child;
  int status;
  g_assert_true(g_spawn_async_with_fds(NULL, (char **)(uintptr_t)argv, NULL,
                                       G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, file, rows,
                                       -1, NULL));
  g_assert_cmpint(waitpid(child, &status, 0), ==, child);
  g_assert_true(g_spawn_check_wait_status(status, NULL));
  g_assert_true(g_file_get_contents(out, &text, NULL, NULL));
  g_assert_cmpstr(text, ==,
                  "[1,\"姓名\",\"login\"]\n[2,\"李明\",\"l\\\"m\"]\n{\"fault\":\"fine\"}\n");
  close(file);
  close(rows);
  g_unlink(in);
  g_unlink(out);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  program = argc > 1 ? argv[1] : NULL;
  table_prepare();
  g_test_add_func("/tables/csv", test_csv);
  g_test_add_func("/tables/encodings", test_encodings);
  g_test_add_func("/tables/bounds", test_bounds);
  g_test_add_func("/tables/xlsx", test_xlsx);
  g_test_add_func("/tables/damaged", test_damaged);
  g_test_add_func("/tables/hostile", test_hostile);
  g_test_add_func("/tables/serials", test_serials);
  if (program)
    g_test_add_func("/tables/program", test_program);
  return g_test_run();
}
