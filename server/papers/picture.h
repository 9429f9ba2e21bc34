/* QR codes that a document gets: a part each, its relationship and its type. One thread. */
#pragma once

#include "tree.h"

typedef struct {
  Package *package;
  unsigned count;
} Pictures;

/* Puts the text's code behind the run that node, a text of the body, stands in. An empty or too
 * long text gets none. */
void pictures_add(Pictures *pictures, xmlNode *node, const char *text);
/* After the last: says of each what it is. false: the document has no place for it. */
bool pictures_close(const Pictures *pictures);
