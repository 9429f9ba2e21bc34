/* SHA-256: what a recording, an exported table or an attachment is known by, and what binds a
 * record of a chain to the one before it. Any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGEST_SIZE 65 /* 64 hex digits in lower case and a zero */

/* len bytes as 2 * len hex digits in lower case and a zero. */
void digest_hex(const uint8_t *bytes, size_t len, char *out);
/* Of len bytes. */
void digest_bytes(const void *bytes, size_t len, char out[DIGEST_SIZE]);
/* Adds a field of a record to the text that is hashed: its length in bytes, a colon and its bytes;
 * "-" for NULL. So no two different records read the same. */
void digest_add_field(GString *text, const char *field);
/* Of an open file from its beginning to its end, wherever it stands; *bytes: how many those are.
 * False and errno on a read error (EIO when OpenSSL failed); out is "" then. */
bool digest_fd(int fd, char out[DIGEST_SIZE], uint64_t *bytes);
/* The same of a file by its name; a symbolic link is not followed (ELOOP). */
bool digest_path(const char *path, char out[DIGEST_SIZE], uint64_t *bytes);
