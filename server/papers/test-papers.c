#include <archive.h>
#include <archive_entry.h>
#include <gio/gio.h>
#include <string.h>

#include "package.h"
#include "paper.h"
#include "qr.h"

/* ---- documents for tests ---- */

#define TYPES                                                                                      \
  "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"                 \
  "<Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
#define RELATIONS(more)                                                                            \
  "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" more    \
  "</Relationships>"
#define BODY(text)                                                                                 \
  "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"          \
  "<w:body>" text "</w:body></w:document>"
#define P(text) "<w:p>" text "</w:p>"
#define R(text) "<w:r><w:t>" text "</w:t></w:r>"

static void add(Package *package, const char *name, const char *text) {
  GByteArray *bytes = g_byte_array_new();
  g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text));
  package_add(package, name, bytes);
}

/* A document with this body, and one part more where a name is given. */
static GByteArray *document(const char *body, const char *name, const char *text) {
  Package package;
  GByteArray *out = g_byte_array_new();
  package_init(&package);
  add(&package, "[Content_Types].xml", TYPES);
  add(&package, "word/document.xml", body);
  add(&package, "word/_rels/document.xml.rels", RELATIONS(""));
  if (name && package_find(&package, name))
    g_ptr_array_remove_index(package.parts, package.parts->len - 1);
  if (name)
    add(&package, name, text);
  g_assert_true(package_write(&package, out));
  package_clear(&package);
  return out;
}

static json_t *data(void) {
  return json_pack("{s:{s:s, s:s, s:s}, s:{s:{s:[s, s], s:[[s, s], [s, s], [s, s]]}, "
                   "s:{s:[s], s:[]}}}",
                   "values", "name", "李明", "note", "a < b & \"c\" </w:t>{{name}}\nsecond\x01",
                   "none", "", "lists", "posts", "columns", "org", "role", "rows", "民建", "委员",
                   "{{name}}", "主任", "工会", "常委", "empty", "columns", "x", "rows");
}

static PaperFault try(const GByteArray *template, GByteArray *out, GPtrArray *names) {
  json_t *with = data();
  PaperFault fault = paper_fill(template->data, template->len, with, out, names);
  json_decref(with);
  return fault;
}

/* What becomes of the body. Free with g_free. */
static char *filled(const char *body) {
  g_autoptr(GByteArray) template = document(body, NULL, NULL), out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  Package package;
  g_assert_cmpint(try(template, out, names), ==, PAPER_FINE);
  package_init(&package);
  g_assert_cmpint(package_read(&package, out->data, out->len, names), ==, PAPER_FINE);
  const GByteArray *bytes = package_find(&package, "word/document.xml")->bytes;
  char *text = g_strndup((const char *)bytes->data, bytes->len);
  package_clear(&package);
  return text;
}

static void expect(const char *body, const char *part) {
  g_autofree char *text = filled(body);
  if (!strstr(text, part))
    g_test_message("%s", text);
  g_assert_nonnull(strstr(text, part));
}

/* ---- filling ---- */

static void test_value(void) {
  expect(BODY(P(R("Name: {{name}}!"))), "Name: 李明!</w:t>");
  expect(BODY(P(R("{{ name }}{{name}}"))), ">李明李明</w:t>");
  expect(BODY(P(R("[{{none}}]"))), ">[]</w:t>");
  expect(BODY(P(R("{{ {{name}} }}"))), ">{{ 李明 }}</w:t>"); /* braces that name nothing are text */
}

/* As word processors cut it: between the braces, in the name, with marks between. */
static void test_runs(void) {
  expect(BODY(P(R("a{") R("{na") "<w:proofErr w:type=\"spellStart\"/>" R("me}") R("}b"))),
         ">a李明</w:t></w:r><w:r><w:t xml:space=\"preserve\"/></w:r>");
  expect(BODY(P(R("a{") R("{na") R("me}") R("}b{{name}}") R("c"))), ">b李明</w:t>");
  /* Two paragraphs are two: what begins in one does not end in the next. */
  expect(BODY(P(R("{{na")) P(R("me}}"))), "{{na");
}

/* What people typed stays text, whatever it looks like. */
static void test_markup_is_text(void) {
  expect(BODY(P(R("{{note}}"))), "a &lt; b &amp; \"c\" &lt;/w:t&gt;{{name}}</w:t><w:br/>"
                                 "<w:t xml:space=\"preserve\">second</w:t>");
  expect(BODY("<w:tbl><w:tr><w:tc>" P(R("{{posts.org}}")) "</w:tc></w:tr></w:tbl>"), ">{{name}}<");
}

static unsigned count(const char *text, const char *part) {
  unsigned n = 0;
  for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
    n++;
  return n;
}

static void test_rows(void) {
  g_autofree char *rows =
      filled(BODY("<w:tbl><w:tr><w:tc>" P(R("head")) "</w:tc></w:tr><w:tr><w:tc>" P(R(
          "{{posts.n}} {{posts.org}} {{name}}")) "</w:tc><w:tc>" P(R("{{posts.role}}")) "</w:tc></"
                                                                                        "w:tr></"
                                                                                        "w:tbl>"));
  g_assert_cmpuint(count(rows, "<w:tr>"), ==, 4);
  g_assert_nonnull(strstr(rows, ">1 民建 李明<"));
  g_assert_nonnull(strstr(rows, ">3 工会 李明<"));
  g_assert_true(strstr(rows, "民建") < strstr(rows, "主任"));
  g_autofree char *lines = filled(BODY(P(R("{{posts.org}}")) P(R("end"))));
  g_assert_cmpuint(count(lines, "<w:p>"), ==, 4);
  /* An empty list leaves a line to write on. */
  g_autofree char *none =
      filled(BODY("<w:tbl><w:tr><w:tc>" P(R("[{{empty.x}}]")) "</w:tc></w:tr></w:tbl>"));
  g_assert_cmpuint(count(none, ">[]<"), ==, 1);
}

static void test_several_at_once(void) {
  g_autofree char *rows = filled(BODY(
      "<w:tbl><w:tr><w:tc>" P(R("[{{posts.1.org}}|{{posts.2.org}}]")) "</w:tc></w:tr></w:tbl>"));
  g_assert_cmpuint(count(rows, "<w:tr>"), ==, 2);
  g_assert_nonnull(strstr(rows, ">[工会|]<"));
}

/* A row within a row that is repeated comes with it. */
static void test_nested(void) {
  g_autofree char *rows = filled(BODY("<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc>" P(R(
      "{{posts.role}}")) "</w:tc></w:tr></w:tbl>" P(R("{{posts.org}}")) "</w:tc></w:tr></w:tbl>"));
  g_assert_cmpuint(count(rows, "<w:tbl>"), ==, 4);
  g_assert_nonnull(strstr(rows, "常委"));
}

static void test_qr(void) {
  g_autoptr(GByteArray) template = document(BODY(P(R("{{qr.name}}"))), NULL, NULL);
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  Package package;
  g_assert_cmpint(try(template, out, names), ==, PAPER_FINE);
  package_init(&package);
  g_assert_cmpint(package_read(&package, out->data, out->len, names), ==, PAPER_FINE);
  const Part *picture = package_find(&package, "word/media/yishi-qr-10000.png");
  g_assert_nonnull(picture);
  g_assert_cmpmem(picture->bytes->data, 8, "\x89PNG\r\n\x1A\n", 8);
  g_assert_nonnull(g_strstr_len(
      (const char *)package_find(&package, "[Content_Types].xml")->bytes->data, -1, "image/png"));
  package_clear(&package);
  g_assert_null(qr_png(""));
}

static void test_unknown(void) {
  g_autoptr(GByteArray) template = document(
      BODY(P(R("{{nam}} {{posts.orgs}} {{nam}} {{name}} {{posts.13.org}} {{}}"))), NULL, NULL);
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  g_assert_cmpint(try(template, out, names), ==, PAPER_UNKNOWN);
  g_assert_cmpuint(names->len, ==, 4);
  g_assert_true(g_ptr_array_find_with_equal_func(names, "nam", g_str_equal, NULL));
  g_assert_true(g_ptr_array_find_with_equal_func(names, "posts.orgs", g_str_equal, NULL));
}

/* The same in, the same bytes out. */
static void test_same(void) {
  g_autoptr(GByteArray) template = document(BODY(P(R("{{name}}"))), NULL, NULL);
  g_autoptr(GByteArray) one = g_byte_array_new(), two = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  try(template, one, names);
  try(template, two, names);
  g_assert_cmpmem(one->data, one->len, two->data, two->len);
}

/* ---- what is refused ---- */

static void refuse_bytes(const GByteArray *template, PaperFault fault, const char *name) {
  g_autoptr(GByteArray) out = g_byte_array_new();
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  PaperFault found = try(template, out, names);
  g_assert_cmpstr(paper_fault_name(found), ==, paper_fault_name(fault));
  if (name)
    g_assert_true(g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL));
}

static void refuse(const char *body, const char *name, const char *text, PaperFault fault,
                   const char *told) {
  g_autoptr(GByteArray) template = document(body, name, text);
  refuse_bytes(template, fault, told);
}

#define PLAIN BODY(P(R("x")))
#define RELS "word/_rels/document.xml.rels"
#define RELATION(type, rest)                                                                       \
  RELATIONS("<Relationship Id=\"a\" Type=\"http://x/" type "\" " rest "/>")

static void test_outside(void) {
  refuse(PLAIN, RELS, RELATION("image", "Target=\"http://x/y\" TargetMode=\"External\""),
         PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("image", "Target=\"file:///etc/passwd\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("image", "Target=\"\\\\\\\\host\\\\share\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("attachedTemplate", "Target=\"x.dotm\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("aFChunk", "Target=\"x.html\""), PAPER_FOREIGN, RELS);
  refuse(BODY(P("<w:r><w:instrText>INCLUDE</w:instrText></w:r>"
                "<w:r><w:instrText>PICTURE \"http://x\"</w:instrText></w:r>")),
         NULL, NULL, PAPER_FOREIGN, "word/document.xml");
  refuse(BODY(P("<w:fldSimple w:instr=\" ddeauto c:\\x \"/>")), NULL, NULL, PAPER_FOREIGN,
         "word/document.xml");
}

#define INSTRUCTION(text) "<w:r><w:instrText>" text "</w:instrText></w:r>"

/* Over paragraphs, and around what the word processor passes over. */
static void test_cut_instructions(void) {
  static const char *const bodies[] = {
      BODY(P(INSTRUCTION("INCL")) P(INSTRUCTION("UDEPICTURE x"))),
      BODY(P(INSTRUCTION("INCL") "<x:AlternateContent xmlns:x=\"x\"><x:Choice>" INSTRUCTION(
          "-") "</x:Choice><x:Fallback/></x:AlternateContent>" INSTRUCTION("UDE"))),
      BODY(P(INSTRUCTION("INCL") "<w:pict><w:txbxContent>" P(
          INSTRUCTION("PAGE")) "</w:txbxContent></w:pict>" INSTRUCTION("UDE"))),
      BODY(P(
          INSTRUCTION("INCL") "<w:r><w:delInstrText>-</w:delInstrText></w:r>" INSTRUCTION("UDE"))),
  };
  for (unsigned i = 0; i < G_N_ELEMENTS(bodies); i++)
    refuse(bodies[i], NULL, NULL, PAPER_FOREIGN, "word/document.xml");
  expect(BODY(P(INSTRUCTION(" PAGE ")) P(INSTRUCTION(" NUMPAGES ") R("{{name}}"))), "李明");
}

#define STRICT "http://purl.oclc.org/ooxml/wordprocessingml/main"

/* The same document by other names would be printed as it stands, whatever its fields do. */
static void test_strict(void) {
  refuse("<w:document xmlns:w=\"" STRICT "\"><w:body>" P(R("{{name}}")) "</w:body></w:document>",
         NULL, NULL, PAPER_UNREADABLE, NULL);
  refuse(BODY(P("<s:r xmlns:s=\"" STRICT "\"><s:instrText>INCLUDE</s:instrText></s:r>")), NULL,
         NULL, PAPER_UNREADABLE, NULL);
  refuse("<document><body>{{name}}</body></document>", NULL, NULL, PAPER_UNREADABLE, NULL);
}

static void test_footnote(void) {
#define NOTES(text)                                                                                \
  "<w:footnotes xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"         \
  "<w:footnote>" text "</w:footnote></w:footnotes>"
  refuse(PLAIN, "word/footnotes.xml", NOTES(P(R("{{na") R("me}}"))), PAPER_UNKNOWN, "name");
  g_autoptr(GByteArray) plain = document(PLAIN, "word/footnotes.xml", NOTES(P(R("{ a }"))));
  refuse_bytes(plain, PAPER_FINE, NULL);
  g_autoptr(GByteArray) comment = document(PLAIN, "word/comments.xml", NOTES(P(R("{{name}}"))));
  refuse_bytes(comment, PAPER_FINE, NULL);
}

static void test_runs_something(void) {
  refuse(PLAIN, "word/vbaProject.bin", "x", PAPER_FOREIGN, "word/vbaProject.bin");
  refuse(PLAIN, "word/embeddings/a.xlsx", "x", PAPER_FOREIGN, "word/embeddings/a.xlsx");
}

/* A part that is not looked into is a picture, and is not led to as anything else. */
static void test_hidden(void) {
  static const char header[] = "<w:hdr xmlns:w=\"x\"/>";
  refuse(PLAIN, "word/media/h.png", header, PAPER_FOREIGN, "word/media/h.png");
  g_autoptr(GByteArray) picture = document(PLAIN, "word/media/h.png", "\x89PNG\r\n\x1A\n.");
  refuse_bytes(picture, PAPER_FINE, NULL);
  refuse(PLAIN, RELS, RELATION("header", "Target=\"media/h.png\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("header", "Target=\"fonts/h.odttf\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("image", "Target=\"fonts/h.odttf\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("header", "Target=\"media/h.png?.xml\""), PAPER_FOREIGN, RELS);
  refuse(PLAIN, RELS, RELATION("image", "Target=\"media/h%20.png\""), PAPER_FINE, NULL);
  refuse(PLAIN, RELS, RELATION("header", "Target=\"header1.xml\""), PAPER_FINE, NULL);
}

static void test_document_type(void) {
  refuse("<!DOCTYPE d [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" BODY(P(R("&e;"))), NULL, NULL,
         PAPER_FOREIGN, "word/document.xml");
  refuse("<!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>" BODY(P(R("&c;"))),
         NULL, NULL, PAPER_FOREIGN, "word/document.xml");
  refuse("<broken", NULL, NULL, PAPER_UNREADABLE, NULL);
}

/* package_write writes what it is given; it is the reading that refuses. */
static void test_names(void) {
  static const char *const names[] = {"../../etc/cron.d/x", "/etc/passwd", "word/../../x",
                                      "word//x.xml"};
  for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
    refuse(PLAIN, names[i], "<x/>", PAPER_FOREIGN, NULL);
  refuse(PLAIN, "WORD/Document.xml", "<x/>", PAPER_FOREIGN, NULL);
}

static void test_bomb(void) {
  g_autofree char *air = g_malloc(PAPER_INFLATED_MOST + 2);
  memset(air, ' ', PAPER_INFLATED_MOST + 1);
  air[PAPER_INFLATED_MOST + 1] = 0;
  g_autoptr(GByteArray) template = document(PLAIN, "word/air.xml", air);
  g_assert_cmpuint(template->len, <, 100000);
  refuse_bytes(template, PAPER_TOO_LARGE, NULL);
}

/* Every byte that can be cut off, or turned over. */
static void test_damaged(void) {
  g_autoptr(GByteArray) template = document(BODY(P(R("{{name}}"))), NULL, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (unsigned i = 0; i < template->len; i++) {
    g_autoptr(GByteArray) out = g_byte_array_new();
    template->data[i] ^= 0xFF;
    try(template, out, names);
    template->data[i] ^= 0xFF;
    json_t *with = data();
    g_autoptr(GByteArray) cut = g_byte_array_new();
    g_assert_cmpint(paper_fill(template->data, i, with, cut, names), !=, PAPER_FINE);
    json_decref(with);
  }
  static const guint8 compound[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1};
  g_autoptr(GByteArray) old = g_byte_array_new();
  g_byte_array_append(old, compound, sizeof compound);
  refuse_bytes(old, PAPER_ENCRYPTED, NULL);
}

/* ---- the program, locked in ---- */

static const char *program;

static int run(const GByteArray *template, GBytes **out) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) process = g_subprocess_new(
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, NULL);
  g_assert_no_error(error);
  json_t *with = data();
  g_autofree char *line = json_dumps(with, JSON_COMPACT);
  json_decref(with);
  GByteArray *in = g_byte_array_new();
  g_byte_array_append(in, (const guint8 *)line, (guint)strlen(line));
  g_byte_array_append(in, (const guint8 *)"\n", 1);
  g_byte_array_append(in, template->data, template->len);
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(in);
  g_assert_true(g_subprocess_communicate(process, bytes, NULL, out, NULL, &error));
  return g_subprocess_get_exit_status(process);
}

static void test_program(void) {
  g_autoptr(GByteArray) template = document(BODY(P(R("{{name}}{{qr.name}}"))), NULL, NULL);
  g_autoptr(GByteArray) wrong = document(BODY(P(R("{{nam}}"))), NULL, NULL);
  g_autoptr(GBytes) out = NULL, refused = NULL;
  g_assert_cmpint(run(template, &out), ==, 0);
  g_assert_cmpmem(g_bytes_get_data(out, NULL), 4, "PK\3\4", 4);
  g_assert_cmpint(run(wrong, &refused), ==, 3);
  g_autofree char *why = g_strndup(g_bytes_get_data(refused, NULL), g_bytes_get_size(refused));
  g_assert_cmpstr(why, ==, "{\"fault\":\"unknown\",\"names\":[\"nam\"]}");
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_assert_cmpint(argc, ==, 2);
  program = argv[1];
  paper_prepare();
  g_test_add_func("/papers/value", test_value);
  g_test_add_func("/papers/runs", test_runs);
  g_test_add_func("/papers/markup_is_text", test_markup_is_text);
  g_test_add_func("/papers/rows", test_rows);
  g_test_add_func("/papers/several_at_once", test_several_at_once);
  g_test_add_func("/papers/nested", test_nested);
  g_test_add_func("/papers/qr", test_qr);
  g_test_add_func("/papers/unknown", test_unknown);
  g_test_add_func("/papers/same", test_same);
  g_test_add_func("/papers/outside", test_outside);
  g_test_add_func("/papers/runs_something", test_runs_something);
  g_test_add_func("/papers/cut_instructions", test_cut_instructions);
  g_test_add_func("/papers/strict", test_strict);
  g_test_add_func("/papers/footnote", test_footnote);
  g_test_add_func("/papers/hidden", test_hidden);
  g_test_add_func("/papers/document_type", test_document_type);
  g_test_add_func("/papers/names", test_names);
  g_test_add_func("/papers/bomb", test_bomb);
  g_test_add_func("/papers/damaged", test_damaged);
  g_test_add_func("/papers/program", test_program);
  return g_test_run();
}
