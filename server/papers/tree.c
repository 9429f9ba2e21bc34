#include "tree.h"

#include <libxml/parser.h>
#include <string.h>

xmlDoc *tree_read(const Part *part, bool *has_type) {
  static const char type[] = "<!DOCTYPE";
  *has_type = memmem(part->bytes->data, part->bytes->len, type, strlen(type)) != NULL;
  if (*has_type) /* not even read */
    return NULL;
  xmlDoc *tree = xmlReadMemory((const char *)part->bytes->data, (int)part->bytes->len, NULL, NULL,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  *has_type = tree && (tree->intSubset || tree->extSubset); /* in UTF-16 */
  if (tree && !*has_type && xmlDocGetRootElement(tree))
    return tree;
  xmlFreeDoc(tree);
  return NULL;
}

void tree_write(xmlDoc *tree, Part *part) {
  xmlChar *text = NULL;
  int length = 0;
  xmlDocDumpMemoryEnc(tree, &text, &length, "UTF-8");
  g_assert(text);
  g_byte_array_set_size(part->bytes, 0);
  g_byte_array_append(part->bytes, text, (guint)length);
  xmlFree(text);
}

xmlNode *tree_next(const xmlNode *top, xmlNode *node) {
  xmlNode *child = xmlFirstElementChild(node);
  if (child)
    return child;
  for (; node && node != top; node = node->parent) {
    xmlNode *next = xmlNextElementSibling(node);
    if (next)
      return next;
  }
  return NULL;
}

bool tree_is(const xmlNode *node, const char *name) {
  return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0 &&
         node->ns && strcmp((const char *)node->ns->href, WORD_NAMESPACE) == 0;
}

xmlNode *tree_above(const xmlNode *node, const char *name) {
  xmlNode *above = node->parent;
  while (above && !tree_is(above, name))
    above = above->parent;
  return above;
}

xmlNode *tree_copy(xmlNode *node, xmlNode *parent) {
  xmlNode *copy = NULL;
  g_assert(xmlDOMWrapCloneNode(NULL, node->doc, node, &copy, parent->doc, parent, 1, 0) == 0);
  return copy;
}
