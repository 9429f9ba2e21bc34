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

static bool is_relation_fine(const xmlNode *node) {
  return strcmp((const char *)node->name, "Relationship") != 0 ||
         (!leads_out(node) &&
          !attribute_has(node, "Type", refused_types, G_N_ELEMENTS(refused_types)));
}

static bool is_instruction_fine(const char *text) {
  g_autofree char *upper = g_ascii_strup(text, -1);
  for (unsigned i = 0; i < G_N_ELEMENTS(refused_fields); i++)
    if (strstr(upper, refused_fields[i]))
      return false;
  return true;
}

/* A word processor may cut an instruction into several runs. */
static bool are_fields_fine(const xmlNode *paragraph) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (xmlNode *node = xmlFirstElementChild((xmlNode *)(uintptr_t)paragraph); node;
       node = tree_next(paragraph, node)) {
    xmlChar *said = tree_is(node, "instrText")   ? xmlNodeGetContent(node)
                    : tree_is(node, "fldSimple") ? xmlGetNsProp(node, (const xmlChar *)"instr",
                                                                (const xmlChar *)WORD_NAMESPACE)
                                                 : NULL;
    g_string_append(text, said ? (const char *)said : "");
    xmlFree(said);
  }
  return is_instruction_fine(text->str);
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
    if (!is_relation_fine(node) || !is_type_fine(node) ||
        (tree_is(node, "p") && !are_fields_fine(node)))
      return false;
  return true;
}

static bool is_xml(const char *name) {
  return g_str_has_suffix(name, ".xml") || g_str_has_suffix(name, ".rels");
}

/* Pictures, fonts and the like are what a word processor shows; binaries of other kinds are not. */
static bool is_binary_fine(const char *name) {
  static const char *const endings[] = {".png", ".jpg", ".jpeg", ".gif",  ".bmp",
                                        ".emf", ".wmf", ".tiff", ".odttf"};
  g_autofree char *lower = g_ascii_strdown(name, -1);
  for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++)
    if (g_str_has_suffix(lower, endings[i]))
      return true;
  return false;
}

static PaperFault inspect_part(const Part *part) {
  bool has_type;
  if (!is_xml(part->name))
    return is_binary_fine(part->name) ? PAPER_FINE : PAPER_FOREIGN;
  xmlDoc *tree = tree_read(part, &has_type);
  if (!tree)
    return has_type ? PAPER_FOREIGN : PAPER_UNREADABLE;
  bool fine = is_tree_fine(xmlDocGetRootElement(tree));
  xmlFreeDoc(tree);
  return fine ? PAPER_FINE : PAPER_FOREIGN;
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
