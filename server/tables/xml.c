#include "xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define CHUNK_BYTES 65536
#define ATTRIBUTES_MOST 64 /* of an element */

typedef struct {
  const XmlHandler *handler;
  xmlParserCtxtPtr parser;
  GString *values; /* of the element's attributes */
  bool refused;    /* it has a document type */
} Reading;

const char *xml_attribute(const char *const *attributes, const char *name) {
  for (; *attributes; attributes += 2)
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  return NULL;
}

/* libxml2 gives values as pieces of its input: five pointers an attribute (local name, prefix, URI,
 * begin, end). */
static void on_begin(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int spaces, const xmlChar **names, int count, int defaulted,
                     const xmlChar **given) {
  Reading *reading = data;
  const char *pairs[2 * ATTRIBUTES_MOST + 1];
  size_t offsets[ATTRIBUTES_MOST];
  int used = MIN(count, ATTRIBUTES_MOST);
  g_string_truncate(reading->values, 0);
  for (int i = 0; i < used; i++, given += 5) {
    offsets[i] = reading->values->len;
    pairs[2 * i] = (const char *)given[0];
    g_string_append_len(reading->values, (const char *)given[3], given[4] - given[3]);
    g_string_append_c(reading->values, 0);
  }
  for (int i = 0; i < used; i++)
    pairs[2 * i + 1] = reading->values->str + offsets[i];
  pairs[2 * used] = NULL;
  reading->handler->begin(reading->handler->user, (const char *)name, pairs);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri) {
  const Reading *reading = data;
  reading->handler->end(reading->handler->user, (const char *)name);
}

static void on_text(void *data, const xmlChar *text, int length) {
  const Reading *reading = data;
  reading->handler->text(reading->handler->user, (const char *)text, (size_t)length);
}

static void on_doctype(void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system) {
  Reading *reading = data;
  reading->refused = true;
  xmlStopParser(reading->parser);
}

static xmlEntityPtr on_entity(void *data, const xmlChar *name) {
  return xmlGetPredefinedEntity(name);
}

static void on_error(void *data, xmlErrorPtr error) {
  /* what the parser returns says it */
}

static xmlSAXHandler handlers(void) {
  return (xmlSAXHandler){.initialized = XML_SAX2_MAGIC,
                         .startElementNs = on_begin,
                         .endElementNs = on_end,
                         .characters = on_text,
                         .cdataBlock = on_text,
                         .internalSubset = on_doctype,
                         .getEntity = on_entity,
                         .serror = on_error};
}

static TableFault read_chunks(struct archive *archive, size_t *budget, Reading *reading) {
  char chunk[CHUNK_BYTES];
  for (;;) {
    la_ssize_t size = archive_read_data(archive, chunk, sizeof chunk);
    if (size < 0)
      return TABLE_UNREADABLE;
    if ((size_t)size > *budget)
      return TABLE_TOO_LARGE;
    *budget -= (size_t)size;
    int result = xmlParseChunk(reading->parser, chunk, (int)size, size == 0);
    if (reading->refused)
      return TABLE_UNREADABLE;
    if (reading->handler->stop(reading->handler->user))
      return TABLE_FINE;
    if (result != XML_ERR_OK)
      return TABLE_UNREADABLE;
    if (size == 0)
      return TABLE_FINE;
  }
}

TableFault xml_read(struct archive *archive, size_t *budget, const XmlHandler *handler) {
  Reading reading = {.handler = handler, .values = g_string_new(NULL)};
  xmlSAXHandler sax = handlers();
  reading.parser = xmlCreatePushParserCtxt(&sax, &reading, NULL, 0, NULL);
  g_assert(reading.parser);
  xmlCtxtUseOptions(reading.parser, XML_PARSE_NONET | XML_PARSE_COMPACT);
  TableFault fault = read_chunks(archive, budget, &reading);
  xmlFreeDoc(reading.parser->myDoc);
  xmlFreeParserCtxt(reading.parser);
  g_string_free(reading.values, TRUE);
  return fault;
}
