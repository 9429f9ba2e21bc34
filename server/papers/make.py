#!/usr/bin/env python3
r"""Makes the shipped templates of printed forms: make.py OUTPUT.c PARTS SUBJECT.CODE=FILE...

FILE is a form as text, a line each:

    page landscape          across, else upright; before all else
    title TEXT  heading TEXT  text TEXT  plain TEXT  right TEXT  small TEXT
    rule                    the red line
    table 15 35 15 35       widths in hundredths of the type area
    | A | B >3              its rows; ">3" spans three columns, "*" before a text makes it a head, "\n" begins a new line
    || A | B                a row that comes again on each page
    plain-table 50 50       the same without lines, for what is cut out

The page is that of GB/T 9704-2012: A4, top 37 mm, binding edge 28 mm, type area 156 x 225 mm. What is made are the bytes of
a DOCX, stored and not deflated, with one date for all, so that the same text makes the same bytes on every machine.
"""
import html
import io
import os
import re
import sys
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
MM = 1440 / 25.4  # twentieths of a point
STYLES = {"title": "Title", "heading": "Heading", "text": "Body", "plain": "Text", "right": "Right", "small": "Small"}
SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def twips(mm):
    return round(mm * MM)


def paragraph(style, text):
    runs = '<w:r><w:t xml:space="preserve">%s</w:t></w:r>' % html.escape(text, quote=False) if text else ""
    return '<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr>%s</w:p>' % (style, runs)


def cell(text, widths, at, lines):
    span = re.search(r"\s*>(\d+)$", text)
    count = int(span.group(1)) if span else 1
    text = text[: span.start()] if span else text
    width = sum(widths[at : at + count])
    more = '<w:gridSpan w:val="%d"/>' % count if count > 1 else ""
    body = "".join(paragraph("Label" if line.startswith("*") else "Cell", line.lstrip("*"))
                   for line in text.split("\\n"))
    align = "center" if lines else "top"
    return count, '<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>%s<w:vAlign w:val="%s"/></w:tcPr>%s</w:tc>' % (
        width, more, align, body)


def row(line, widths, lines):
    heads = line.startswith("||")
    at, cells = 0, ""
    for text in line.strip("|").split("|"):
        count, made = cell(text.strip(), widths, at, lines)
        at, cells = at + count, cells + made
    if at != len(widths):
        sys.exit("a row of %d columns in a table of %d: %s" % (at, len(widths), line))
    more = "<w:tblHeader/>" if heads else ""
    height = '<w:trHeight w:val="%d" w:hRule="atLeast"/>' % twips(9)
    return "<w:tr><w:trPr><w:cantSplit/>%s%s</w:trPr>%s</w:tr>" % (height, more, cells)


def table(percents, rows, area, lines):
    widths = [round(twips(area) * percent / 100) for percent in percents]
    kind = "single" if lines else "dashed"
    borders = "".join('<w:%s w:val="%s" w:sz="4" w:space="0" w:color="%s"/>'
                      % (side, kind, "auto" if lines else "A0A0A0") for side in SIDES)
    grid = "".join('<w:gridCol w:w="%d"/>' % width for width in widths)
    return ('<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblBorders>%s</w:tblBorders>'
            '<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>%s</w:tblGrid>%s</w:tbl>'
            % (sum(widths), borders, grid, "".join(row(line, widths, lines) for line in rows)))


def section(across):
    size = (297, 210, ' w:orient="landscape"') if across else (210, 297, "")
    # Upright the margins leave 156 x 225 mm; across, the same page is turned.
    top, right, bottom, left = (28, 35, 26, 37) if across else (37, 26, 35, 28)
    return ('<w:sectPr><w:footerReference w:type="default" r:id="footer"/><w:pgSz w:w="%d" w:h="%d"%s/>'
            '<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>'
            "</w:sectPr>" % (twips(size[0]), twips(size[1]), size[2], twips(top), twips(right), twips(bottom),
                             twips(left), twips(15), twips(18 if across else 23)))


def document(lines):
    across = bool(lines) and lines[0].split() == ["page", "landscape"]
    body, at = "", 1 if across else 0
    area = 225 if across else 156
    while at < len(lines):
        word, _, text = lines[at].partition(" ")
        at += 1
        if word in ("table", "plain-table"):
            rows = []
            while at < len(lines) and lines[at].startswith("|"):
                rows.append(lines[at])
                at += 1
            body += table([float(percent) for percent in text.split()], rows, area, word == "table")
            body += paragraph("Small", "")
        elif word == "rule":
            body += paragraph("Rule", "")
        elif word in STYLES:
            body += paragraph(STYLES[word], text.strip())
        else:
            sys.exit("unknown line: " + lines[at - 1])
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document %s %s><w:body>%s%s</w:body></w:document>'
            % (W, R, body, section(across)))


def docx(path, parts):
    def part(name):
        with open(os.path.join(parts, name), encoding="utf-8") as file:
            return file.read()

    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().splitlines() if line.strip() and not line.startswith("#")]
    files = [("[Content_Types].xml", part("content-types.xml")), ("_rels/.rels", part("package-relations.xml")),
             ("word/document.xml", document(lines)), ("word/_rels/document.xml.rels", part("document-relations.xml")),
             ("word/styles.xml", part("styles.xml")), ("word/footer1.xml", part("footer.xml"))]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, text in files:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, text.encode("utf-8"))
    return out.getvalue()


def main():
    output, parts, pairs = sys.argv[1], sys.argv[2], sys.argv[3:]
    made = [(name, docx(path, parts)) for name, path in (pair.split("=", 1) for pair in pairs)]
    if not output.endswith(".c"):  # one form, as the file that it is
        with open(output, "wb") as file:
            file.write(made[0][1])
        return
    with open(output, "w", encoding="ascii") as out:
        out.write('#include "domain/paper_template/paper_template.h"\n\n')
        for n, (_, data) in enumerate(made):
            out.write("static const unsigned char form_%d[] = {" % n)
            for at in range(0, len(data), 20):
                out.write("\n" + ",".join(str(byte) for byte in data[at : at + 20]) + ",")
            out.write("};\n")
        out.write("\nconst ShippedTemplate shipped_templates[] = {\n")
        for n, (name, data) in enumerate(made):
            out.write('    {"%s", form_%d, sizeof form_%d},\n' % (name, n, n))
        out.write("    {0},\n};\n")


main()
