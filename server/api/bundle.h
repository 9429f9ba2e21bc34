/* A ZIP (APPNOTE.TXT 6.3, by libarchive) that is written to a file, one file after the other: texts
 * are packed, what lies on the disk is taken as it is, as most of it is packed already. Names are
 * ASCII. One thread at a time. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"

typedef struct Bundle Bundle;

/* Makes the file, mode 0600. now_ms: the time that its files have. NULL with error. */
Bundle *bundle_new(const char *path, int64_t now_ms, GError **error);
/* Whatever it is then. NULL is fine. */
void bundle_free(Bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_free)

/* Adds a file; sha256: of what is in it. */
bool bundle_text(Bundle *bundle, const char *name, const char *text, size_t size,
                 char sha256[DIGEST_SIZE], GError **error);
bool bundle_file(Bundle *bundle, const char *name, const char *path, char sha256[DIGEST_SIZE],
                 uint64_t *bytes, GError **error);
/* It is whole; frees it. */
bool bundle_close(Bundle *bundle, GError **error);
