/* A part that is XML, as a tree of libxml2: read without anything of its own that would be
 * expanded or fetched, and the few things that are asked of one. One thread. */
#pragma once

#include <libxml/tree.h>

#include "package.h"

#define WORD_NAMESPACE "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

/* NULL: it is damaged, or has a document type (*has_type). Free with xmlFreeDoc. */
xmlDoc *tree_read(const Part *part, bool *has_type);
/* What the part says from now on. */
void tree_write(xmlDoc *tree, Part *part);

/* The next element in the order of the document, below top; NULL: there is none. */
xmlNode *tree_next(const xmlNode *top, xmlNode *node);
/* An element of that name in WordprocessingML. */
bool tree_is(const xmlNode *node, const char *name);
/* The nearest of that name above the node, or NULL. */
xmlNode *tree_above(const xmlNode *node, const char *name);
/* A copy, whole, with the names of the place that it is for: below parent. Not attached yet. */
xmlNode *tree_copy(xmlNode *node, xmlNode *parent);
