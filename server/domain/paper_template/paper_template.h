/* The templates of printed forms: those that come with the program, and those that an office
 * brought in their place. */
#pragma once

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

#include "store/audit.h"

/* papers/make.py makes them of the subjects' *.paper. */
typedef struct {
  const char *name; /* "member_profile.record" */
  const unsigned char *bytes;
  size_t size;
} ShippedTemplate;

extern const ShippedTemplate shipped_templates[]; /* the last is empty */

/* The one that is used for the form: the office's, unless only_shipped, else the program's. NULL
 * with error. Any connection. */
GBytes *paper_template_find(sqlite3 *db, const char *form, bool only_shipped, GError **error);

/* It is used from now on, and the former one kept. It has been checked. name: the file's. id gets
 * 17 bytes. Writer. */
bool paper_template_put(sqlite3 *db, const char *form, const char *name, GBytes *document,
                        const Actor *by, int64_t now_ms, char *id, GError **error);
