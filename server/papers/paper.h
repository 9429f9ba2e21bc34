/* A printed form: a template, which is a DOCX (ECMA-376) that an office edits in its word
 * processor, filled with what a record says.
 *
 * In a template {{name}} stands for a value. {{posts.org}} is a column of the list `posts`: the row
 * of a table that it stands in, or the paragraph, comes once for each of the list's rows.
 * {{people.2.name}} in such a row takes the second of as many rows at once as the highest number
 * there says, {{posts.n}} is the row's number. {{qr.code}} is the value as a QR code. A word
 * processor may have cut a placeholder into several runs. They are filled in the text, the headers
 * and the footers; elsewhere, as in footnotes, one is unknown.
 *
 * A template comes from anywhere, and so does what is filled in: everything is bounded, a text
 * never becomes markup, and what leads out of the document or runs in it is refused. Works on
 * memory, opens nothing. One thread. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define PAPER_PARTS_MOST 200             /* of the archive */
#define PAPER_INFLATED_MOST (32u << 20)  /* bytes that may come out of it in all */
#define PAPER_TEMPLATE_MOST (2u << 20)   /* bytes of a template as it is brought */
#define PAPER_REPEATED_MOST (200u << 20) /* bytes of text and markup that lists may become */

typedef enum {
  PAPER_FINE,
  PAPER_UNREADABLE, /* no DOCX, or damaged */
  PAPER_ENCRYPTED,  /* with a password */
  PAPER_TOO_LARGE,  /* more of anything than the bounds above */
  PAPER_FOREIGN,    /* it leads outside, or has something that runs: names has the parts */
  PAPER_UNKNOWN,    /* placeholders that stand for nothing: names has them */
} PaperFault;

const char *paper_fault_name(PaperFault fault); /* "fine", "unreadable" … */

/* What a template is filled with: {values: {NAME: text}, lists: {NAME: {columns: [text], rows:
 * [[text]]}}}. Every placeholder must be among them, also where a list has no rows, so that the
 * same function checks a template. names gets what the fault says of them, char *. Appends the
 * document to out, which is worth nothing with a fault. */
PaperFault paper_fill(const void *template, size_t size, const json_t *data, GByteArray *out,
                      GPtrArray *names);

/* Before the process is locked in: what the libraries would otherwise load when they need it. */
void paper_prepare(void);
