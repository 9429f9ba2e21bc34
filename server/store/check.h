/* Values from outside, checked before they reach a row. All set STORE_ERROR_INVALID with a message
 * that names the value. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Valid UTF-8 of least…most characters, not only blanks when least > 0, without control characters
 * (newlines and tabs are fine when lines is true). NULL is invalid. */
bool check_text(const char *what, const char *value, unsigned least, unsigned most, bool lines,
                GError **error);
/* 1…64 of a-z A-Z 0-9 . _ - @ */
bool check_login(const char *value, GError **error);
/* One of the words in `words`, separated by spaces. */
bool check_word(const char *what, const char *value, const char *words, GError **error);
/* 2000-01-01 … 2200-01-01 UTC in milliseconds. */
bool check_time(const char *what, int64_t value, GError **error);

/* Sets INVALID with a formatted message; returns false. */
bool check_fail(GError **error, const char *format, ...) __attribute__((format(printf, 2, 3)));
