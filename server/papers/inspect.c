#include "inspect.h"

#include <string.h>

#include "tree.h"

/* Types of relationships, by their last word. */
static const char *const refused_types[] = {
    "vbaProject", "wordVbaData", "oleObject", "package",          "aFChunk",
    "control",    "subDocument", "frame",     "attachedTemplate", "activeXControlBinary"};
/* In the instructions of fields (ECMA-376 Part 1 §17.16): what fetches, or runs. */
static const char *const refused_fields[] = {"INCLUDE", "LINK",  "DDE",      "IMPORT", "MACRO",
                                             "EMBED",   "SHELL", "DATABASE", "RD "};

/* The other names of the same things, "Strict" (ECMA-376 Part 1 Annex A), which are not looked for
 * here, and which a word processor understands. */
#define STRICT_NAMES "http://purl.oclc.org/ooxml/"

static bool attribute_has(const xmlNode *node, const char *name, const char *const *words,
                          unsigned count) {
  xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
  const char *last = value ? strrchr((const char *)value, '/') : NULL;
  bool found = false;
  for (unsigned i = 0; last && i < count; i++)
    found = found || strcmp(last + 1, words[i]) == 0;
  xmlFree(value);
  return found;
}

static bool leads_out(const xmlNode *relation) {
  xmlChar *mode = xmlGetNoNsProp(relation, (const xmlChar *)"TargetMode");
  xmlChar *target = xmlGetNoNsProp(relation, (const xmlChar *)"Target");
  bool out = (mode && strcmp((const char *)mode, "Internal") != 0) || !target ||
             strpbrk((const char *)target, ":\\") || g_str_has_prefix((const char *)target, "//");
  xmlFree(mode);
  xmlFree(target);
  return out;
}

static bool is_xml(const char *name) {
  return g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".rels");
}

/* What a part is taken for comes from the relationship that leads to it, whatever it is called:
 * what is not XML by its name, and so not looked into, is a picture or a font. */
static bool is_kind_fine(const xmlNode *relation) {
  static const char *const pictures[] = {"image", "thumbnail"}, *const fonts[] = {"font"},
                           *const links[] = {"hyperlink"};
  xmlChar *value = xmlGetNoNsProp(relation, (const xmlChar *)"Target");
  g_autofree char *target = g_ascii_strdown(value ? (const char *)value : "", -1);
  xmlFree(value);
  if (g_str_has_suffix(target, ".odttf"))
    return attribute_has(relation, "Type", fonts, G_N_ELEMENTS(fonts));
  return (is_xml(target) && !strpbrk(target, "?#%")) ||
         attribute_has(relation, "Type", pictures, G_N_ELEMENTS(pictures)) ||
         attribute_has(relation, "Type", links, G_N_ELEMENTS(links));
}

static bool is_relation_fine(const xmlNode *node) {
  return strcmp((const char *)node->name, "Relationship") != 0 ||
         (!leads_out(node) && is_kind_fine(node) &&
          !attribute_has(node, "Type", refused_types, G_N_ELEMENTS(refused_types)));
}

static bool is_instruction_fine(const char *text) {
  g_autofree char *upper = g_ascii_strup(text, -1);
  for (unsigned i = 0; i < G_N_ELEMENTS(refused_fields); i++)
    if (strstr(upper, refused_fields[i]))
      return false;
  return true;
}

/* Within an element of that name, of whatever namespace, or one itself. */
static bool is_within(const xmlNode *node, const char *name) {
  while (node && !(node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0))
    node = node->parent;
  return node != NULL;
}

static char *instruction_of(xmlNode *node) {
  if (tree_is(node, "instrText") || tree_is(node, "delInstrText"))
    return (char *)xmlNodeGetContent(node);
  if (tree_is(node, "fldSimple"))
    return (char *)xmlGetNsProp(node, (const xmlChar *)"instr", (const xmlChar *)WORD_NAMESPACE);
  return NULL;
}

/* A word processor may cut an instruction into several runs, also of several paragraphs, with
 * others in between that it passes over: the other of two choices, a text box, what was deleted. */
static bool are_fields_fine(const xmlNode *top) {
  static const char *const passed_over[] = {"", "Choice", "Fallback", "txbxContent",
                                            "delInstrText"};
  GString *texts[G_N_ELEMENTS(passed_over)];
  bool fine = true;
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
    texts[i] = g_string_new(NULL);
  for (xmlNode *node = (xmlNode *)(uintptr_t)top; node; node = tree_next(top, node)) {
    char *said = instruction_of(node);
    for (unsigned i = 0; said && i < G_N_ELEMENTS(texts); i++)
      if (!is_within(node, passed_over[i]))
        g_string_append(texts[i], said);
    xmlFree(said);
  }
  for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
    fine = fine && is_instruction_fine(texts[i]->str);
    g_string_free(texts[i], TRUE);
  }
  return fine;
}

static bool is_type_fine(const xmlNode *node) {
  xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"ContentType");
  g_autofree char *lower = g_ascii_strdown(type ? (const char *)type : "", -1);
  xmlFree(type);
  return !strstr(lower, "macro") && !strstr(lower, "vba") && !strstr(lower, "oleobject") &&
         !strstr(lower, "activex");
}

static bool is_tree_fine(const xmlNode *top) {
  for (xmlNode *node = (xmlNode *)(uintptr_t)top; node; node = tree_next(top, node))
    if (!is_relation_fine(node) || !is_type_fine(node))
      return false;
  return are_fields_fine(top);
}

static bool is_strict(const xmlNode *top) {
  for (xmlNode *node = (xmlNode *)(uintptr_t)top; node; node = tree_next(top, node))
    for (const xmlNs *names = node->nsDef; names; names = names->next)
      if (names->href && g_str_has_prefix((const char *)names->href, STRICT_NAMES))
        return true;
  return false;
}

/* By how they begin; of any kind, since word processors name some wrongly. */
static bool is_picture(const GByteArray *bytes) {
  static const struct {
    const char *begins;
    unsigned length;
  } kinds[] = {
      {"\x89PNG\r\n\x1A\n", 8},
      {"\xFF\xD8\xFF", 3},
      {"GIF87a", 6},
      {"GIF89a", 6},
      {"BM", 2},
      {"\x01\0\0\0", 4} /* EMF */,
      {"\x01\0\x09\0", 4} /* WMF */,
      {"\xD7\xCD\xC6\x9A", 4},
      {"II*\0", 4},
      {"MM\0*", 4},
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++)
    if (bytes->len > kinds[i].length && memcmp(bytes->data, kinds[i].begins, kinds[i].length) == 0)
      return true;
  return false;
}

/* Pictures, fonts and the like are what a word processor shows; binaries of other kinds are not. A
 * font has no beginning that could be told: it is made unreadable (ECMA-376 Part 4 §2.8.1). */
static bool is_binary_fine(const Part *part) {
  static const char *const endings[] = {".png", ".jpg", ".jpeg", ".gif",
                                        ".bmp", ".emf", ".wmf",  ".tiff"};
  g_autofree char *lower = g_ascii_strdown(part->name, -1);
  for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(lower, endings[i]))
      return is_picture(part->bytes);
  return g_str_has_suffix(lower, ".odttf");
}

static PaperFault inspect_part(const Part *part) {
  bool has_type;
  if (!is_xml(part->name))
    return is_binary_fine(part) ? PAPER_FINE : PAPER_FOREIGN;
  xmlDoc *tree = tree_read(part, &has_type);
  if (!tree)
    return has_type ? PAPER_FOREIGN : PAPER_UNREADABLE;
  const xmlNode *root = xmlDocGetRootElement(tree);
  PaperFault fault = is_strict(root)      ? PAPER_UNREADABLE
                     : is_tree_fine(root) ? PAPER_FINE
                                          : PAPER_FOREIGN;
  xmlFreeDoc(tree);
  return fault;
}

PaperFault inspect(const Package *package, GPtrArray *names) {
  PaperFault worst = PAPER_FINE;
  for (unsigned i = 0; i < package->parts->len; i++) {
    const Part *part = package->parts->pdata[i];
    PaperFault fault = inspect_part(part);
    if (fault == PAPER_UNREADABLE)
      return fault;
    if (fault != PAPER_FINE) {
      g_ptr_array_add(names, g_strdup(part->name));
      worst = fault;
    }
  }
  return worst;
}
