/* A paragraph of WordprocessingML with its placeholders, however the word processor cut it into
 * runs. One thread. */
#pragma once

#include "tree.h"

/* Its own texts, without those of paragraphs in it (text boxes). */
typedef struct {
  GPtrArray *nodes; /* xmlNode, borrowed: w:t */
  GArray *starts;   /* size_t: where each begins in the text */
  GString *text;
} Paragraph;

void paragraph_read(Paragraph *paragraph, const xmlNode *node);
void paragraph_clear(Paragraph *paragraph);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Paragraph, paragraph_clear)

/* The next placeholder from `from` on: *from and *to are its braces' ends in the text; its name
 * without them, free with g_free. NULL: there is none. */
char *paragraph_next(const Paragraph *paragraph, size_t *from, size_t *to);

/* Puts value in place of [from, to); line ends become breaks, and what no XML may have is left
 * out. Those behind it must have been replaced before. The node in which it began is returned. */
xmlNode *paragraph_replace(Paragraph *paragraph, size_t from, size_t to, const char *value);
/* Writes what was replaced into the tree. */
void paragraph_write(Paragraph *paragraph);
