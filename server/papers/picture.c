#include "picture.h"

#include <libxml/parser.h>
#include <string.h>

#include "qr.h"

#define SIDE_EMU 792000 /* 22 mm: 914400 to the inch (ECMA-376 Part 1 §20.1.2.1) */
#define RELATIONS "word/_rels/document.xml.rels"
#define TYPES "[Content_Types].xml"
#define NAME "yishi-qr"

static const char drawing[] =
    "<w:r xmlns:w=\"" WORD_NAMESPACE "\""
    " xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\""
    " xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
    " xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\""
    " xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
    "<w:drawing><wp:inline><wp:extent cx=\"%1$u\" cy=\"%1$u\"/>"
    "<wp:docPr id=\"%2$u\" name=\"" NAME "-%2$u\"/>"
    "<a:graphic><a:graphicData"
    " uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">"
    "<pic:pic><pic:nvPicPr><pic:cNvPr id=\"%2$u\" name=\"" NAME "-%2$u\"/><pic:cNvPicPr/>"
    "</pic:nvPicPr><pic:blipFill><a:blip r:embed=\"" NAME "-%2$u\"/><a:stretch><a:fillRect/>"
    "</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/>"
    "<a:ext cx=\"%1$u\" cy=\"%1$u\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>"
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>";

#define FIRST 10000 /* above the numbers that a word processor gave to other pictures */

void pictures_add(Pictures *pictures, xmlNode *node, const char *text) {
  GByteArray *png = qr_png(text);
  xmlNode *run = tree_above(node, "r");
  if (!png || !run) {
    g_clear_pointer(&png, g_byte_array_unref);
    return;
  }
  unsigned n = FIRST + pictures->count++;
  g_autofree char *name = g_strdup_printf("word/media/" NAME "-%u.png", n);
  g_autofree char *xml = g_strdup_printf(drawing, SIDE_EMU, n);
  package_add(pictures->package, name, png);
  xmlDoc *tree = xmlReadMemory(xml, (int)strlen(xml), NULL, NULL, XML_PARSE_NONET);
  xmlAddNextSibling(run, tree_copy(xmlDocGetRootElement(tree), run->parent));
  xmlFreeDoc(tree);
}

/* Opens one of the lists that a document has of its parts. */
static xmlDoc *open_list(const Pictures *pictures, const char *name, Part **part) {
  bool has_type;
  *part = package_find(pictures->package, name);
  return *part ? tree_read(*part, &has_type) : NULL;
}

static bool add_relations(const Pictures *pictures) {
  Part *part;
  xmlDoc *tree = open_list(pictures, RELATIONS, &part);
  if (!tree)
    return false;
  xmlNode *root = xmlDocGetRootElement(tree);
  for (unsigned n = FIRST; n < FIRST + pictures->count; n++) {
    g_autofree char *id = g_strdup_printf(NAME "-%u", n);
    g_autofree char *target = g_strdup_printf("media/" NAME "-%u.png", n);
    xmlNode *relation = xmlNewChild(root, root->ns, (const xmlChar *)"Relationship", NULL);
    xmlNewProp(relation, (const xmlChar *)"Id", (const xmlChar *)id);
    xmlNewProp(relation, (const xmlChar *)"Type",
               (const xmlChar *)"http://schemas.openxmlformats.org/officeDocument/2006/"
                                "relationships/image");
    xmlNewProp(relation, (const xmlChar *)"Target", (const xmlChar *)target);
  }
  tree_write(tree, part);
  xmlFreeDoc(tree);
  return true;
}

static bool is_png(const xmlNode *node) {
  xmlChar *ending = xmlGetNoNsProp(node, (const xmlChar *)"Extension");
  bool is = ending && g_ascii_strcasecmp((const char *)ending, "png") == 0;
  xmlFree(ending);
  return is;
}

static bool add_type(const Pictures *pictures) {
  Part *part;
  xmlDoc *tree = open_list(pictures, TYPES, &part);
  if (!tree)
    return false;
  xmlNode *root = xmlDocGetRootElement(tree), *first = xmlFirstElementChild(root);
  xmlNode *node = first;
  while (node && !is_png(node))
    node = xmlNextElementSibling(node);
  if (!node) {
    xmlNode *type = xmlNewNode(root->ns, (const xmlChar *)"Default");
    xmlNewProp(type, (const xmlChar *)"Extension", (const xmlChar *)"png");
    xmlNewProp(type, (const xmlChar *)"ContentType", (const xmlChar *)"image/png");
    if (first)
      xmlAddPrevSibling(first, type);
    else
      xmlAddChild(root, type);
  }
  tree_write(tree, part);
  xmlFreeDoc(tree);
  return true;
}

bool pictures_close(const Pictures *pictures) {
  return pictures->count == 0 || (add_relations(pictures) && add_type(pictures));
}
