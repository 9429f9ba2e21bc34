/* The parts of an Office Open XML document: an archive of few, bounded, plainly named files (ECMA-
 * 376 Part 2). One thread. */
#pragma once

#include "paper.h"

typedef struct {
  char *name; /* "word/document.xml" */
  GByteArray *bytes;
} Part;

typedef struct {
  GPtrArray *parts; /* Part, in the archive's order */
} Package;

void package_init(Package *package);
void package_clear(Package *package);

/* names gets those of the parts that are not to be there. */
PaperFault package_read(Package *package, const void *bytes, size_t size, GPtrArray *names);
/* The archive, the same bytes for the same parts. false: there was no memory. */
bool package_write(const Package *package, GByteArray *out);

Part *package_find(const Package *package, const char *name); /* or NULL */
/* Takes bytes. */
void package_add(Package *package, const char *name, GByteArray *bytes);
