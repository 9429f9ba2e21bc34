#include "book.h"

#include <stdlib.h>
#include <string.h>

#include "serial.h"

#define LIST_MOST 65536 /* formats, styles */
#define SHEETS_MOST 1024

struct Book {
  bool since_1904;
  char *sheet;         /* relation of the first visible one */
  GHashTable *parts;   /* relation -> part */
  GHashTable *formats; /* number -> code */
  GArray *styles;      /* bool: shows days */
  GPtrArray *texts;    /* in `chunk` */
  GStringChunk *chunk;
  size_t bytes;
  /* Of the part that is being read. */
  GString *text; /* NULL: outside of a text */
  bool in_text, in_ruby, in_cells, too_large;
};

Book *book_new(void) {
  Book *book = g_new0(Book, 1);
  book->parts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  book->formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
  book->styles = g_array_new(FALSE, FALSE, sizeof(bool));
  book->texts = g_ptr_array_new();
  book->chunk = g_string_chunk_new(1 << 16);
  book->text = g_string_new(NULL);
  return book;
}

void book_free(Book *book) {
  g_free(book->sheet);
  g_hash_table_unref(book->parts);
  g_hash_table_unref(book->formats);
  g_array_unref(book->styles);
  g_ptr_array_unref(book->texts);
  g_string_chunk_free(book->chunk);
  g_string_free(book->text, TRUE);
  g_free(book);
}

static unsigned number_of(const char *const *attributes, const char *name) {
  const char *text = xml_attribute(attributes, name);
  return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

/* ---- workbook.xml ---- */

static void book_begin(void *user, const char *name, const char *const *attributes) {
  Book *book = user;
  const char *state = xml_attribute(attributes, "state");
  const char *since = xml_attribute(attributes, "date1904");
  if (strcmp(name, "workbookPr") == 0)
    book->since_1904 = since && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
  if (strcmp(name, "sheet") == 0 && !book->sheet && (!state || strcmp(state, "visible") == 0))
    book->sheet = g_strdup(xml_attribute(attributes, "id"));
}

/* ---- workbook.xml.rels ---- */

static void relation_begin(void *user, const char *name, const char *const *attributes) {
  Book *book = user;
  const char *id = xml_attribute(attributes, "Id"), *target = xml_attribute(attributes, "Target");
  if (strcmp(name, "Relationship") != 0 || !id || !target ||
      g_hash_table_size(book->parts) >= SHEETS_MOST)
    return;
  /* Relative to xl/, or from the root of the archive. */
  g_hash_table_insert(book->parts, g_strdup(id),
                      *target == '/' ? g_strdup(target + 1) : g_strconcat("xl/", target, NULL));
}

/* ---- styles.xml ---- */

static void style_begin(void *user, const char *name, const char *const *attributes) {
  Book *book = user;
  unsigned format = number_of(attributes, "numFmtId");
  const char *code = xml_attribute(attributes, "formatCode");
  if (strcmp(name, "cellXfs") == 0)
    book->in_cells = true;
  if (strcmp(name, "numFmt") == 0 && code && g_hash_table_size(book->formats) < LIST_MOST)
    g_hash_table_insert(book->formats, GUINT_TO_POINTER(format), g_strdup(code));
  if (strcmp(name, "xf") == 0 && book->in_cells && book->styles->len < LIST_MOST) {
    bool date =
        serial_is_date(format, g_hash_table_lookup(book->formats, GUINT_TO_POINTER(format)));
    g_array_append_val(book->styles, date);
  }
}

static void style_end(void *user, const char *name) {
  if (strcmp(name, "cellXfs") == 0)
    ((Book *)user)->in_cells = false;
}

/* ---- sharedStrings.xml: <si> of <t>, or of <r><t>; <rPh> says how it is read aloud ---- */

static void text_begin(void *user, const char *name, const char *const *attributes) {
  Book *book = user;
  if (strcmp(name, "si") == 0)
    g_string_truncate(book->text, 0);
  else if (strcmp(name, "rPh") == 0)
    book->in_ruby = true;
  else if (strcmp(name, "t") == 0)
    book->in_text = true;
}

static void text_end(void *user, const char *name) {
  Book *book = user;
  if (strcmp(name, "rPh") == 0) {
    book->in_ruby = false;
  } else if (strcmp(name, "t") == 0) {
    book->in_text = false;
  } else if (strcmp(name, "si") == 0) {
    g_ptr_array_add(book->texts, g_string_chunk_insert_len(book->chunk, book->text->str,
                                                           (gssize)book->text->len));
    book->bytes += book->text->len + sizeof(char *);
    book->too_large = book->too_large || book->bytes > BOOK_TEXTS_MOST;
  }
}

static void text_add(void *user, const char *text, size_t length) {
  Book *book = user;
  if (!book->in_text || book->in_ruby)
    return;
  /* What no cell may hold is told when one refers to it. */
  length = MIN(length, TABLE_CELL_MOST + 1 - MIN(book->text->len, TABLE_CELL_MOST + 1));
  g_string_append_len(book->text, text, (gssize)length);
}

/* ---- parts ---- */

static void ignore_end(void *user, const char *name) {}

static void ignore_text(void *user, const char *text, size_t length) {}

static bool is_too_large(void *user) {
  return ((const Book *)user)->too_large;
}

static const struct {
  const char *name;
  XmlHandler handler;
} parts[] = {
    {"xl/workbook.xml", {book_begin, ignore_end, ignore_text, is_too_large, NULL}},
    {"xl/_rels/workbook.xml.rels", {relation_begin, ignore_end, ignore_text, is_too_large, NULL}},
    {"xl/styles.xml", {style_begin, style_end, ignore_text, is_too_large, NULL}},
    {"xl/sharedStrings.xml", {text_begin, text_end, text_add, is_too_large, NULL}},
};

TableFault book_read(Book *book, const char *name, struct archive *archive, size_t *budget) {
  for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
    if (strcmp(parts[i].name, name) != 0)
      continue;
    XmlHandler handler = parts[i].handler;
    handler.user = book;
    TableFault fault = xml_read(archive, budget, &handler);
    return book->too_large ? TABLE_TOO_LARGE : fault;
  }
  return TABLE_FINE;
}

char *book_sheet(const Book *book) {
  return book->sheet ? g_strdup(g_hash_table_lookup(book->parts, book->sheet)) : NULL;
}

const char *book_text(const Book *book, unsigned n) {
  return n < book->texts->len ? book->texts->pdata[n] : NULL;
}

bool book_is_date(const Book *book, unsigned style) {
  return style < book->styles->len && g_array_index(book->styles, bool, style);
}

bool book_since_1904(const Book *book) {
  return book->since_1904;
}
