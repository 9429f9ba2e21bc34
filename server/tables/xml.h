/* One part of an archive that is XML, told element by element as it is inflated. A document type,
 * and so every entity of its own, is a fault. */
#pragma once

#include <archive.h>

#include "table.h"

typedef struct {
  void (*begin)(void *user, const char *name, const char *const *attributes); /* pairs, then NULL */
  void (*end)(void *user, const char *name);
  void (*text)(void *user, const char *text, size_t length); /* in pieces */
  bool (*stop)(void *user);                                  /* there is no need for more */
  void *user;
} XmlHandler;

/* The value of an attribute by its local name; NULL. */
const char *xml_attribute(const char *const *attributes, const char *name);

/* Reads the archive's current entry. *budget: bytes that may still come out of it; counted down. */
TableFault xml_read(struct archive *archive, size_t *budget, const XmlHandler *handler);
