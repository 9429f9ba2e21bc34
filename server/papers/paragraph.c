#include "paragraph.h"

#include <string.h>

#define LINE_MARK '\n'

static bool is_own(const xmlNode *text, const xmlNode *paragraph) {
  return tree_is(text, "t") && tree_above(text, "p") == paragraph;
}

void paragraph_read(Paragraph *paragraph, const xmlNode *node) {
  *paragraph =
      (Paragraph){g_ptr_array_new(), g_array_new(FALSE, FALSE, sizeof(size_t)), g_string_new(NULL)};
  for (xmlNode *at = xmlFirstElementChild((xmlNode *)(uintptr_t)node); at;
       at = tree_next(node, at)) {
    if (!is_own(at, node))
      continue;
    size_t start = paragraph->text->len;
    xmlChar *text = xmlNodeGetContent(at);
    g_ptr_array_add(paragraph->nodes, at);
    g_array_append_val(paragraph->starts, start);
    /* A line end in the file is a blank there, and a mark of ours here. */
    g_strdelimit((char *)text, "\r\n", ' ');
    g_string_append(paragraph->text, (const char *)text);
    xmlFree(text);
  }
}

void paragraph_clear(Paragraph *paragraph) {
  g_ptr_array_unref(paragraph->nodes);
  g_array_unref(paragraph->starts);
  g_string_free(paragraph->text, TRUE);
}

char *paragraph_next(const Paragraph *paragraph, size_t *from, size_t *to) {
  const char *text = paragraph->text->str;
  const char *open = strstr(text + *from, "{{");
  const char *close = open ? strstr(open + 2, "}}") : NULL;
  if (!close)
    return NULL;
  /* Of "{{ {{name}}" the last two braces open it. */
  for (const char *next = strstr(open + 2, "{{"); next && next < close;
       next = strstr(open + 2, "{{"))
    open = next;
  *from = (size_t)(open - text);
  *to = (size_t)(close + 2 - text);
  return g_strstrip(g_strndup(open + 2, (gsize)(close - open - 2)));
}

/* ---- writing ---- */

/* The last node that begins at or before it, and has something there. */
static unsigned node_at(const Paragraph *paragraph, size_t position) {
  unsigned n = 0;
  while (n + 1 < paragraph->starts->len &&
         g_array_index(paragraph->starts, size_t, n + 1) <= position)
    n++;
  return n;
}

/* XML 1.0 §2.2, and tabs, which a text of WordprocessingML does not show, as blanks. */
static void append_clean(GString *out, const char *value) {
  for (const char *at = value; *at; at = g_utf8_next_char(at)) {
    gunichar c = g_utf8_get_char(at);
    if (c == '\t')
      g_string_append_c(out, ' ');
    else if (c == '\n' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF))
      g_string_append_unichar(out, c);
  }
}

xmlNode *paragraph_replace(Paragraph *paragraph, size_t from, size_t to, const char *value) {
  g_autoptr(GString) clean = g_string_new(NULL);
  unsigned node = node_at(paragraph, from);
  append_clean(clean, value);
  g_string_erase(paragraph->text, (gssize)from, (gssize)(to - from));
  g_string_insert_len(paragraph->text, (gssize)from, clean->str, (gssize)clean->len);
  /* What was cut out of later nodes is theirs no more; what came in is the first one's. */
  for (unsigned i = node + 1; i < paragraph->starts->len; i++) {
    size_t *start = &g_array_index(paragraph->starts, size_t, i);
    *start = MAX(*start, to) - to + from + clean->len;
  }
  return paragraph->nodes->pdata[node];
}

static void set_text(xmlNode *node, const char *text, size_t length) {
  xmlNodeSetContent(node, NULL);
  xmlNodeAddContentLen(node, (const xmlChar *)text, (int)length);
  xmlNodeSetSpacePreserve(node, 1);
}

/* A text with line ends becomes several, with breaks between. */
static void write_node(xmlNode *node, const char *text, size_t length) {
  const char *end = text + length, *line = memchr(text, LINE_MARK, length);
  set_text(node, text, (size_t)((line ? line : end) - text));
  while (line) {
    const char *next = memchr(line + 1, LINE_MARK, (size_t)(end - line - 1));
    xmlNode *stop = xmlNewNode(node->ns, (const xmlChar *)"br");
    xmlNode *more = xmlNewNode(node->ns, (const xmlChar *)"t");
    xmlAddNextSibling(node, stop);
    xmlAddNextSibling(stop, more);
    set_text(more, line + 1, (size_t)((next ? next : end) - line - 1));
    node = more;
    line = next;
  }
}

void paragraph_write(Paragraph *paragraph) {
  for (unsigned i = 0; i < paragraph->nodes->len; i++) {
    size_t from = g_array_index(paragraph->starts, size_t, i);
    size_t to = i + 1 < paragraph->nodes->len ? g_array_index(paragraph->starts, size_t, i + 1)
                                              : paragraph->text->len;
    write_node(paragraph->nodes->pdata[i], paragraph->text->str + from, to - from);
  }
}
