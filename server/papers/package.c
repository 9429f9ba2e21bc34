#include "package.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define NAME_MOST 200
#define CHUNK_BYTES 65536

static void part_free(void *pointer) {
  Part *part = pointer;
  g_free(part->name);
  g_byte_array_unref(part->bytes);
  g_free(part);
}

void package_init(Package *package) {
  package->parts = g_ptr_array_new_with_free_func(part_free);
}

void package_clear(Package *package) {
  g_clear_pointer(&package->parts, g_ptr_array_unref);
}

Part *package_find(const Package *package, const char *name) {
  for (unsigned i = 0; i < package->parts->len; i++) {
    Part *part = package->parts->pdata[i];
    if (g_ascii_strcasecmp(part->name, name) == 0) /* ECMA-376 Part 2: names are equal so */
      return part;
  }
  return NULL;
}

void package_add(Package *package, const char *name, GByteArray *bytes) {
  Part *part = g_new(Part, 1);
  *part = (Part){g_strdup(name), bytes};
  g_ptr_array_add(package->parts, part);
}

/* ---- reading ---- */

/* It stays inside wherever it is unpacked. */
static bool is_plain(const char *name) {
  g_auto(GStrv) steps = g_strsplit(name, "/", -1);
  if (strlen(name) > NAME_MOST || strpbrk(name, "\\:*?\"<>|"))
    return false;
  for (const char *at = name; *at; at++)
    if (!g_ascii_isprint(*at))
      return false;
  for (unsigned i = 0; steps[i]; i++)
    if (steps[i][strspn(steps[i], ".")] == 0) /* "", ".", ".." */
      return false;
  return true;
}

static PaperFault read_part(struct archive *archive, size_t *budget, GByteArray *bytes) {
  guint8 chunk[CHUNK_BYTES];
  for (;;) {
    la_ssize_t size = archive_read_data(archive, chunk, sizeof chunk);
    if (size <= 0)
      return size == 0 ? PAPER_FINE : PAPER_UNREADABLE;
    if ((size_t)size > *budget)
      return PAPER_TOO_LARGE;
    *budget -= (size_t)size;
    g_byte_array_append(bytes, chunk, (guint)size);
  }
}

static PaperFault read_entry(Package *package, struct archive *archive, struct archive_entry *entry,
                             size_t *budget, GPtrArray *names) {
  const char *name = archive_entry_pathname(entry);
  if (name && archive_entry_filetype(entry) == AE_IFDIR && g_str_has_suffix(name, "/"))
    return PAPER_FINE;
  if (archive_entry_is_data_encrypted(entry))
    return PAPER_ENCRYPTED;
  if (!name || !is_plain(name) || archive_entry_filetype(entry) != AE_IFREG ||
      package_find(package, name)) {
    g_ptr_array_add(names,
                    name && g_utf8_validate(name, -1, NULL) ? g_strdup(name) : g_strdup("?"));
    return PAPER_FOREIGN;
  }
  GByteArray *bytes = g_byte_array_new();
  package_add(package, name, bytes);
  return read_part(archive, budget, bytes);
}

PaperFault package_read(Package *package, const void *bytes, size_t size, GPtrArray *names) {
  struct archive *archive = archive_read_new();
  struct archive_entry *entry;
  PaperFault fault = PAPER_FINE;
  size_t budget = PAPER_INFLATED_MOST;
  int result = ARCHIVE_FATAL;
  archive_read_support_format_zip_seekable(archive);
  if (archive_read_open_memory(archive, bytes, size) == ARCHIVE_OK)
    for (unsigned count = 0; fault == PAPER_FINE; count++) {
      result = archive_read_next_header(archive, &entry);
      if (result != ARCHIVE_OK)
        break;
      fault = count < PAPER_PARTS_MOST ? read_entry(package, archive, entry, &budget, names)
                                       : PAPER_TOO_LARGE;
    }
  archive_read_free(archive);
  return fault == PAPER_FINE && result != ARCHIVE_EOF ? PAPER_UNREADABLE : fault;
}

/* ---- writing ---- */

static la_ssize_t append(struct archive *archive, void *data, const void *bytes, size_t size) {
  g_byte_array_append(data, bytes, (guint)size);
  return (la_ssize_t)size;
}

static bool write_part(struct archive *archive, const Part *part) {
  struct archive_entry *entry = archive_entry_new();
  archive_entry_set_pathname(entry, part->name);
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_size(entry, (la_int64_t)part->bytes->len);
  bool fine = archive_write_header(archive, entry) == ARCHIVE_OK &&
              archive_write_data(archive, part->bytes->data, part->bytes->len) ==
                  (la_ssize_t)part->bytes->len;
  archive_entry_free(entry);
  return fine;
}

bool package_write(const Package *package, GByteArray *out) {
  struct archive *archive = archive_write_new();
  bool fine = archive_write_set_format_zip(archive) == ARCHIVE_OK &&
              archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK &&
              archive_write_open(archive, out, NULL, append, NULL) == ARCHIVE_OK;
  for (unsigned i = 0; fine && i < package->parts->len; i++)
    fine = write_part(archive, package->parts->pdata[i]);
  fine = archive_write_close(archive) == ARCHIVE_OK && fine;
  archive_write_free(archive);
  return fine;
}
