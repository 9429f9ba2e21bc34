#include "fill.h"

#include <string.h>

#include "paragraph.h"
#include "picture.h"
#include "tree.h"
#include "values.h"

#define BODY "word/document.xml"

typedef struct {
  const json_t *data;
  Pictures pictures;
  bool in_body;     /* pictures go there only */
  GPtrArray *names; /* of unknown ones */
  size_t repeated;  /* bytes that may still be made of lists */
  bool too_large;
} Filling;

/* ---- one paragraph ---- */

static void note_unknown(Filling *filling, const char *name) {
  if (!g_ptr_array_find_with_equal_func(filling->names, name, g_str_equal, NULL))
    g_ptr_array_add(filling->names, g_strdup(name));
}

static void replace(Filling *filling, Paragraph *paragraph, size_t from, size_t to,
                    const char *text, const Place *place) {
  g_auto(Name) name = {0};
  bool known = name_read(filling->data, text, &name) && (!name.qr || filling->in_body);
  if (!known) {
    note_unknown(filling, text);
    return;
  }
  g_autofree char *value = name_value(filling->data, &name, place);
  xmlNode *node = paragraph_replace(paragraph, from, to, name.qr ? "" : value);
  if (name.qr)
    pictures_add(&filling->pictures, node, value);
}

typedef struct {
  size_t from, to;
  char *name;
} Found;

static void found_clear(void *pointer) {
  g_free(((Found *)pointer)->name);
}

static GArray *find_all(const Paragraph *paragraph) {
  GArray *all = g_array_new(FALSE, FALSE, sizeof(Found));
  g_array_set_clear_func(all, found_clear);
  Found found = {0};
  while ((found.name = paragraph_next(paragraph, &found.from, &found.to))) {
    g_array_append_val(all, found);
    found.from = found.to;
  }
  return all;
}

/* From the last to the first, so that the places of those before it stay. */
static void fill_paragraph(Filling *filling, const xmlNode *node, const Place *place) {
  g_auto(Paragraph) paragraph;
  paragraph_read(&paragraph, node);
  g_autoptr(GArray) all = find_all(&paragraph);
  for (unsigned i = all->len; i > 0; i--) {
    const Found *found = &g_array_index(all, Found, i - 1);
    replace(filling, &paragraph, found->from, found->to, found->name, place);
  }
  if (all->len > 0)
    paragraph_write(&paragraph);
}

static void fill_below(Filling *filling, xmlNode *top, const Place *place) {
  for (xmlNode *node = top; node; node = tree_next(top, node))
    if (tree_is(node, "p"))
      fill_paragraph(filling, node, place);
}

/* ---- what comes once for each row of a list ---- */

/* The list that a paragraph's placeholders are of, and how many rows it takes at once. */
static void look_at(const Filling *filling, const xmlNode *node, char **list, unsigned *stride) {
  g_auto(Paragraph) paragraph;
  paragraph_read(&paragraph, node);
  g_autoptr(GArray) all = find_all(&paragraph);
  for (unsigned i = 0; i < all->len; i++) {
    g_auto(Name) name = {0};
    if (!name_read(filling->data, g_array_index(all, Found, i).name, &name) || !name.list)
      continue;
    if (!*list)
      *list = g_strdup(name.list);
    if (strcmp(*list, name.list) == 0)
      *stride = MAX(*stride, name.step + 1);
  }
}

/* The row of a table that a paragraph stands in, or itself. */
static xmlNode *unit_of(xmlNode *paragraph) {
  xmlNode *row = tree_above(paragraph, "tr");
  return row ? row : paragraph;
}

typedef struct {
  xmlNode *node;
  char *list;
  unsigned stride;
} Unit;

static void unit_clear(void *pointer) {
  g_free(((Unit *)pointer)->list);
}

static Unit *unit_at(const GArray *units, const xmlNode *node) {
  for (unsigned i = units->len; i > 0; i--)
    if (g_array_index(units, Unit, i - 1).node == node)
      return &g_array_index(units, Unit, i - 1);
  return NULL;
}

/* The unit that a node is in, itself not counted. */
static const Unit *unit_around(const GArray *units, const xmlNode *node) {
  const Unit *unit = NULL;
  for (node = node->parent; node && !unit; node = node->parent)
    unit = unit_at(units, node);
  return unit;
}

static GArray *find_units(const Filling *filling, xmlNode *root) {
  GArray *units = g_array_new(FALSE, FALSE, sizeof(Unit));
  g_array_set_clear_func(units, unit_clear);
  for (xmlNode *node = root; node; node = tree_next(root, node)) {
    if (!tree_is(node, "p"))
      continue;
    Unit unit = {unit_of(node), NULL, 0}, *known = unit_at(units, unit.node);
    Unit *at = known ? known : &unit;
    look_at(filling, node, &at->list, &at->stride);
    if (!known && unit.list)
      g_array_append_val(units, unit);
  }
  return units;
}

static size_t size_of(xmlNode *node) {
  xmlBuffer *buffer = xmlBufferCreate();
  int size = xmlNodeDump(buffer, node->doc, node, 0, 0);
  xmlBufferFree(buffer);
  return size > 0 ? (size_t)size : 0;
}

/* A list without rows leaves an empty one, as a form on paper has. */
static void repeat(Filling *filling, const Unit *unit) {
  size_t rows = list_rows(filling->data, unit->list), size = size_of(unit->node);
  xmlNode *last = unit->node;
  for (size_t row = 0; row < MAX(rows, 1) && !filling->too_large; row += unit->stride) {
    filling->too_large = size > filling->repeated;
    filling->repeated -= MIN(size, filling->repeated);
    xmlNode *copy = tree_copy(unit->node, unit->node->parent);
    xmlAddNextSibling(last, copy);
    last = copy;
    fill_below(filling, copy, &(Place){unit->list, row});
  }
  xmlUnlinkNode(unit->node);
  xmlFreeNode(unit->node);
}

/* A unit within another comes with that one. */
static void repeat_all(Filling *filling, const GArray *units) {
  g_autoptr(GArray) outer = g_array_new(FALSE, FALSE, sizeof(Unit));
  for (unsigned i = 0; i < units->len; i++)
    if (!unit_around(units, g_array_index(units, Unit, i).node))
      g_array_append_val(outer, g_array_index(units, Unit, i));
  for (unsigned i = 0; i < outer->len; i++)
    repeat(filling, &g_array_index(outer, Unit, i));
}

/* What is in no unit. */
static void fill_once(Filling *filling, xmlNode *root, const GArray *units) {
  for (xmlNode *node = root; node; node = tree_next(root, node))
    if (tree_is(node, "p") && !unit_at(units, node) && !unit_around(units, node))
      fill_paragraph(filling, node, &(Place){NULL, 0});
}

/* ---- the parts ---- */

/* Of what is filled, in the names that are looked for. */
static bool is_root(const xmlNode *root) {
  return tree_is(root, "document") || tree_is(root, "hdr") || tree_is(root, "ftr");
}

static PaperFault fill_part(Filling *filling, Part *part) {
  bool has_type;
  xmlDoc *tree = tree_read(part, &has_type);
  if (!tree)
    return PAPER_UNREADABLE;
  xmlNode *root = xmlDocGetRootElement(tree);
  if (!is_root(root)) {
    xmlFreeDoc(tree);
    return PAPER_UNREADABLE;
  }
  g_autoptr(GArray) units = find_units(filling, root);
  filling->in_body = strcmp(part->name, BODY) == 0;
  /* Each paragraph is filled once: braces in what was filled in are text. */
  fill_once(filling, root, units);
  repeat_all(filling, units);
  tree_write(tree, part);
  xmlFreeDoc(tree);
  return filling->too_large ? PAPER_TOO_LARGE : PAPER_FINE;
}

static bool is_filled(const char *name) {
  return strcmp(name, BODY) == 0 ||
         ((g_str_has_prefix(name, "word/header") || g_str_has_prefix(name, "word/footer")) &&
          g_str_has_suffix(name, ".xml"));
}

/* Comments are for who edits the template. */
static bool is_shown(const char *name) {
  return g_str_has_suffix(name, ".xml") && !g_str_has_prefix(name, "word/comments");
}

/* Where nothing is filled in, as in footnotes, a placeholder would be printed as it stands. */
static PaperFault look_through(Filling *filling, const Part *part) {
  bool has_type;
  xmlDoc *tree = tree_read(part, &has_type);
  if (!tree)
    return PAPER_UNREADABLE;
  xmlNode *root = xmlDocGetRootElement(tree);
  for (xmlNode *node = root; node; node = tree_next(root, node)) {
    if (!tree_is(node, "p"))
      continue;
    g_auto(Paragraph) paragraph;
    paragraph_read(&paragraph, node);
    g_autoptr(GArray) all = find_all(&paragraph);
    for (unsigned i = 0; i < all->len; i++)
      note_unknown(filling, g_array_index(all, Found, i).name);
  }
  xmlFreeDoc(tree);
  return PAPER_FINE;
}

PaperFault fill(Package *package, const json_t *data, GPtrArray *names) {
  Filling filling = {
      .data = data, .pictures = {package, 0}, .names = names, .repeated = PAPER_REPEATED_MOST};
  PaperFault fault = PAPER_FINE;
  unsigned count = package->parts->len; /* pictures are added behind them */
  for (unsigned i = 0; i < count && fault == PAPER_FINE; i++) {
    Part *part = package->parts->pdata[i];
    if (is_filled(part->name))
      fault = fill_part(&filling, part);
    else if (is_shown(part->name))
      fault = look_through(&filling, part);
  }
  if (fault != PAPER_FINE)
    return fault;
  if (names->len > 0)
    return PAPER_UNKNOWN;
  return pictures_close(&filling.pictures) ? PAPER_FINE : PAPER_UNREADABLE;
}
