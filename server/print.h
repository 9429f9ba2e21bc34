/* What the program says of itself: `yishid --print WHAT`.
 *
 * Documents and sources that are made of declarations are printed by the program that holds the
 * declarations. Where one stands in the source tree as well, its file says so here: a test compares
 * (test-print.c), and `test-print --refresh` writes it anew. A file holds either nothing but what
 * is printed, or it between two lines of its own (PRINT_BEGIN and PRINT_END with WHAT in them).
 * Main thread, before anything else runs. */
#pragma once

#define PRINT_BEGIN "<!-- yishid --print %s: -->"
#define PRINT_END "<!-- :yishid --print %s -->"

typedef struct {
  const char *what;
  const char *meaning;                   /* for --help */
  const char *file;                      /* path in the source tree, or NULL: it is kept nowhere */
  char *(*text)(void);                   /* whole lines; free with g_free */
  char *(*text_of)(const char *subject); /* the same, of what is printed for each subject */
  const char *subject;                   /* whose it is; NULL in `prints`: each subject's */
} Print;

/* All there are; of what is printed for each subject one a subject ("web/person"). Made once. */
const Print *print_all(void); /* ends with an empty one */

/* NULL when there is none of that name. */
const Print *print_find(const char *what);
/* Free with g_free. */
char *print_text(const Print *print);
/* A line for each. Free with g_free. */
char *print_help(void);
