/* What a sheet's cells refer to, gathered from the other parts of the workbook. */
#pragma once

#include "xml.h"

#define BOOK_TEXTS_MOST (64u << 20) /* bytes of shared texts */

typedef struct Book Book;

Book *book_new(void);
void book_free(Book *book);

/* Reads the archive's entry of this name if it is a part that counts. */
TableFault book_read(Book *book, const char *name, struct archive *archive, size_t *budget);

/* The name of the first visible sheet's part; NULL when there is none. Free with g_free. */
char *book_sheet(const Book *book);
/* NULL when there is none of that number. */
const char *book_text(const Book *book, unsigned n);
/* Whether cells of this style show days or times. */
bool book_is_date(const Book *book, unsigned style);
bool book_since_1904(const Book *book);
