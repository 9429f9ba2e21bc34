#include "store/file-kind.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES 4096
#define TEXT_BYTES 65536
#define NAME_CHARS 120
#define ZIP_END_BYTES 22
#define ZIP_COMMENT_MOST 65535
#define ZIP_ENTRY_BYTES 46
#define ZIP_DIRECTORY_MOST (1024 * 1024) /* of it is looked at */
#define OLE_SECTORS 16                   /* of the directory, which mostly lies in one piece */
#define OLE_ENTRY_BYTES 128

enum { PDF, OFD, DOC, DOCX, XLS, XLSX, PPT, PPTX, TXT, JPG, PNG, HEIC, MP4, M4A, ZIP };

static const FileKind kinds[] = {
    [PDF] = {"application/pdf", "pdf"},
    [OFD] = {"application/ofd", "ofd"},
    [DOC] = {"application/msword", "doc wps"},
    [DOCX] = {"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
              "docx wps"},
    [XLS] = {"application/vnd.ms-excel", "xls et"},
    [XLSX] = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx et"},
    [PPT] = {"application/vnd.ms-powerpoint", "ppt"},
    [PPTX] = {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
    [TXT] = {"text/plain", "txt"},
    [JPG] = {"image/jpeg", "jpg jpeg"},
    [PNG] = {"image/png", "png"},
    [HEIC] = {"image/heic", "heic heif"},
    [MP4] = {"video/mp4", "mp4"},
    [M4A] = {"audio/mp4", "m4a"},
    [ZIP] = {"application/zip", "zip"},
};

typedef struct {
  int fd;
  uint64_t size;
  guint8 head[HEAD_BYTES];
  size_t head_size;
} File;

/* Bytes of the file at that place, at most so many; how many there were. */
static size_t read_at(const File *file, uint64_t at, void *bytes, size_t most) {
  size_t done = 0;
  while (done < most) {
    ssize_t count = pread(file->fd, (char *)bytes + done, most - done, (off_t)(at + done));
    if (count <= 0)
      break;
    done += (size_t)count;
  }
  return done;
}

static uint32_t le16(const guint8 *at) {
  return at[0] | (uint32_t)at[1] << 8;
}

static uint32_t le32(const guint8 *at) {
  return le16(at) | le16(at + 2) << 16;
}

static bool begins(const File *file, const char *bytes, size_t count) {
  return file->head_size >= count && memcmp(file->head, bytes, count) == 0;
}

/* ---- ZIP ---- */

/* What the names of the entries say. */
typedef struct {
  bool types, word, excel, powerpoint, ofd;
} ZipNames;

static bool name_begins(const guint8 *name, size_t size, const char *start) {
  return size >= strlen(start) && memcmp(name, start, strlen(start)) == 0;
}

static void note_name(ZipNames *names, const guint8 *name, size_t size) {
  names->types |= name_begins(name, size, "[Content_Types].xml");
  names->word |= name_begins(name, size, "word/");
  names->excel |= name_begins(name, size, "xl/");
  names->powerpoint |= name_begins(name, size, "ppt/");
  names->ofd |= size == 7 && name_begins(name, size, "OFD.xml");
}

/* The record at the end, behind which there is only a comment; NULL. */
static const guint8 *find_end(const guint8 *tail, size_t size) {
  for (size_t at = size; at >= ZIP_END_BYTES; at--) {
    const guint8 *end = tail + at - ZIP_END_BYTES;
    if (le32(end) == 0x06054b50)
      return end;
  }
  return NULL;
}

static void read_directory(const guint8 *bytes, size_t size, ZipNames *names) {
  for (size_t at = 0; at + ZIP_ENTRY_BYTES <= size && le32(bytes + at) == 0x02014b50;) {
    size_t name = le16(bytes + at + 28), rest = le16(bytes + at + 30) + le16(bytes + at + 32);
    if (at + ZIP_ENTRY_BYTES + name > size)
      return;
    note_name(names, bytes + at + ZIP_ENTRY_BYTES, name);
    at += ZIP_ENTRY_BYTES + name + rest;
  }
}

static const FileKind *zip_kind(const File *file) {
  size_t most = (size_t)MIN(file->size, (uint64_t)(ZIP_END_BYTES + ZIP_COMMENT_MOST));
  g_autofree guint8 *tail = g_malloc(most);
  size_t size = read_at(file, file->size - most, tail, most);
  const guint8 *end = size == most ? find_end(tail, size) : NULL;
  ZipNames names = {0};
  if (!end)
    return NULL;
  size_t directory = MIN(le32(end + 12), ZIP_DIRECTORY_MOST);
  g_autofree guint8 *bytes = g_malloc(directory + 1);
  read_directory(bytes, read_at(file, le32(end + 16), bytes, directory), &names);
  if (names.ofd)
    return &kinds[OFD];
  if (names.types && names.word)
    return &kinds[DOCX];
  if (names.types && names.excel)
    return &kinds[XLSX];
  return names.types && names.powerpoint ? &kinds[PPTX] : &kinds[ZIP];
}

/* ---- OLE2 ---- */

/* Names are UTF-16, little-endian, zero-terminated. */
static bool is_stream(const guint8 *entry, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i <= length; i++)
    if (le16(entry + 2 * i) != (guint8)name[i])
      return false;
  return true;
}

static const FileKind *ole_kind(const File *file) {
  uint32_t shift = le16(file->head + 30), first = le32(file->head + 48);
  if (shift != 9 && shift != 12)
    return NULL;
  size_t most = (size_t)OLE_SECTORS << shift;
  g_autofree guint8 *bytes = g_malloc(most);
  size_t size = read_at(file, ((uint64_t)first + 1) << shift, bytes, most);
  for (size_t at = 0; at + OLE_ENTRY_BYTES <= size; at += OLE_ENTRY_BYTES) {
    if (is_stream(bytes + at, "WordDocument"))
      return &kinds[DOC];
    if (is_stream(bytes + at, "Workbook") || is_stream(bytes + at, "Book"))
      return &kinds[XLS];
    if (is_stream(bytes + at, "PowerPoint Document"))
      return &kinds[PPT];
  }
  return NULL;
}

/* ---- the others ---- */

static const FileKind *iso_kind(const File *file) {
  static const char *const pictures[] = {"heic", "heix", "heim", "heis", "mif1", NULL};
  static const char *const films[] = {"isom", "iso2", "iso4", "iso5", "iso6", "mp41",
                                      "mp42", "avc1", "M4V ", "MSNV", "dash", NULL};
  g_autofree char *brand = g_strndup((const char *)file->head + 8, 4);
  if (g_strv_contains(pictures, brand))
    return &kinds[HEIC];
  if (strcmp(brand, "M4A ") == 0)
    return &kinds[M4A];
  return g_strv_contains(films, brand) ? &kinds[MP4] : NULL;
}

/* No control characters, and either UTF-8 or two-byte characters as GB 18030 has them; only the
 * beginning is looked at, and its last character may be cut. */
static bool is_text(const File *file) {
  g_autofree char *bytes = g_malloc(TEXT_BYTES);
  size_t size = read_at(file, 0, bytes, TEXT_BYTES);
  const char *end;
  for (size_t i = 0; i < size; i++)
    if (((guint8)bytes[i] < 0x20 && !memchr("\t\n\r\f", bytes[i], 4)) || bytes[i] == 0x7f)
      return false;
  if (g_utf8_validate(bytes, (gssize)size, &end) || (size == TEXT_BYTES && bytes + size - end < 4))
    return true;
  for (size_t i = 0; i + 1 < size; i++) {
    guint8 lead = (guint8)bytes[i], trail = (guint8)bytes[i + 1];
    if (lead < 0x80)
      continue;
    if (lead == 0x80 || lead == 0xff || trail < 0x30 || trail == 0x7f || trail == 0xff)
      return false;
    i++;
  }
  return size > 0;
}

const FileKind *file_kind(int fd, uint64_t size) {
  File file = {.fd = fd, .size = size};
  file.head_size = read_at(&file, 0, file.head, HEAD_BYTES);
  if (file.head_size == 0)
    return NULL;
  if (begins(&file, "%PDF-", 5))
    return &kinds[PDF];
  if (begins(&file, "\xff\xd8\xff", 3))
    return &kinds[JPG];
  if (begins(&file, "\x89PNG\r\n\x1a\n", 8))
    return &kinds[PNG];
  if (begins(&file, "PK\x03\x04", 4) || begins(&file, "PK\x05\x06", 4))
    return zip_kind(&file);
  if (begins(&file, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8) && file.head_size >= 512)
    return ole_kind(&file);
  if (file.head_size >= 12 && memcmp(file.head + 4, "ftyp", 4) == 0)
    return iso_kind(&file);
  return is_text(&file) ? &kinds[TXT] : NULL;
}

/* ---- names ---- */

static bool has_extension(const FileKind *kind, const char *name) {
  const char *dot = strrchr(name, '.');
  g_auto(GStrv) list = g_strsplit(kind->extensions, " ", -1);
  g_autofree char *lower = dot ? g_ascii_strdown(dot + 1, -1) : NULL;
  return lower && g_strv_contains((const char *const *)list, lower);
}

/* Characters that turn the direction of writing make "exe.pdf" of "fdp.exe". */
static bool is_plain(gunichar c) {
  return !g_unichar_iscntrl(c) && g_unichar_type(c) != G_UNICODE_FORMAT &&
         !(c < 0x80 && strchr("\"<>|:*?", (char)c));
}

char *file_kind_name(const FileKind *kind, const char *name) {
  GString *out = g_string_new(NULL);
  const char *at = name;
  for (const char *c = name; *c; c++)
    if (*c == '/' || *c == '\\')
      at = c + 1;
  for (unsigned count = 0; *at && count < NAME_CHARS - 5; at = g_utf8_next_char(at))
    if (is_plain(g_utf8_get_char(at))) {
      g_string_append_unichar(out, g_utf8_get_char(at));
      count++;
    }
  g_autofree char *stem = g_strstrip(g_string_free(out, FALSE));
  const char *from = stem + strspn(stem, ".");
  g_autofree char *usual = g_strndup(kind->extensions, strcspn(kind->extensions, " "));
  if (!*from)
    return g_strconcat("file.", usual, NULL);
  return has_extension(kind, from) ? g_strdup(from) : g_strconcat(from, ".", usual, NULL);
}
