#include "store/audit-heads.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/connection.h"
#include "store/statement.h"

#define LINE_MAX_BYTES 512

static const char no_line[] = "0000000000000000000000000000000000000000000000000000000000000000";

/* ---- lines ---- */

typedef struct {
  AuditHead head;
  int64_t at_ms;
  bool restore;
  char previous[65];
  const char *signature; /* into the line */
} Line;

char *audit_heads_path(const Config *config) {
  return *config->audit_heads_file ? g_strdup(config->audit_heads_file)
                                   : g_build_filename(config->data_dir, "audit-heads.log", NULL);
}

static bool parse_line(const char *text, Line *line) {
  char kind[8] = "";
  int end = 0;
  gint64 seq = 0, at_ms = 0;
  *line = (Line){0};
  if (sscanf(text,
             "v1 %" G_GINT64_FORMAT " %64[0-9a-f] %" G_GINT64_FORMAT " %7[a-z] %64[0-9a-f] %n",
             &seq, line->head.hash, &at_ms, kind, line->previous, &end) != 5 ||
      end == 0 || strlen(line->head.hash) != 64 || strlen(line->previous) != 64)
    return false;
  line->head.seq = seq;
  line->at_ms = at_ms;
  line->restore = strcmp(kind, "restore") == 0;
  line->signature = text + end;
  return line->restore || strcmp(kind, "head") == 0;
}

/* The file's lines, the last one whole: what a power cut left of one more is not among them. NULL
 * and NOT_FOUND when there is no file. */
static GStrv read_lines(const char *path, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_autofree char *text = NULL;
  if (!g_file_get_contents(path, &text, NULL, &failed)) {
    bool missing = g_error_matches(failed, G_FILE_ERROR, G_FILE_ERROR_NOENT);
    g_set_error(error, STORE_ERROR, missing ? STORE_ERROR_NOT_FOUND : STORE_ERROR_DATABASE, "%s",
                failed->message);
    return NULL;
  }
  char *end = strrchr(text, '\n');
  if (end)
    *end = 0;
  else
    *text = 0;
  return *text ? g_strsplit(text, "\n", -1) : g_new0(char *, 1);
}

bool audit_heads_last(const char *path, AuditHead *head, GError **error) {
  g_autoptr(GError) failed = NULL;
  g_auto(GStrv) lines = read_lines(path, &failed);
  Line line;
  if (!lines && !g_error_matches(failed, STORE_ERROR, STORE_ERROR_NOT_FOUND))
    g_propagate_error(error, g_steal_pointer(&failed));
  unsigned count = lines ? g_strv_length(lines) : 0;
  if (count == 0)
    return false;
  if (!parse_line(lines[count - 1], &line))
    return store_invalid(error, "%s: line %u is no head", path, count);
  *head = line.head;
  return true;
}

/* Cuts what a power cut left of a line, and tells the SHA-256 of the last whole one. */
static bool find_end(int fd, const char *path, char previous[65], GError **error) {
  char tail[LINE_MAX_BYTES * 2];
  struct stat status;
  memcpy(previous, no_line, 65);
  if (fstat(fd, &status) != 0)
    return store_fail_file(error, "read", path);
  off_t from = MAX(status.st_size - (off_t)sizeof tail, 0);
  ssize_t len = pread(fd, tail, sizeof tail, from);
  if (len < 0)
    return store_fail_file(error, "read", path);
  while (len > 0 && tail[len - 1] != '\n')
    len--;
  if (ftruncate(fd, from + len) != 0 || lseek(fd, 0, SEEK_END) < 0)
    return store_fail_file(error, "write", path);
  if (len == 0)
    return from == 0 || store_invalid(error, "%s: its last line is too long for a head", path);
  ssize_t begin = len - 1;
  while (begin > 0 && tail[begin - 1] != '\n')
    begin--;
  g_autofree char *line = g_strndup(tail + begin, (gsize)(len - 1 - begin));
  g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, line, -1);
  memcpy(previous, sum, 65);
  return true;
}

bool audit_heads_append(const char *path, const AuditKey *key, const AuditHead *head,
                        const char *kind, int64_t at_ms, GError **error) {
  char previous[65];
  int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return store_fail_file(error, "open", path);
  bool fine = connection_give(fd, path, error) && find_end(fd, path, previous, error);
  if (fine) {
    g_autofree char *text =
        g_strdup_printf("v1 %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %s %s ", head->seq,
                        head->hash, at_ms, kind, previous);
    g_autofree char *signature = audit_key_sign(key, text);
    g_autofree char *line = g_strconcat(text, signature, "\n", NULL);
    size_t len = strlen(line);
    fine = write(fd, line, len) == (ssize_t)len && fsync(fd) == 0;
    if (!fine)
      store_fail_file(error, "write", path);
  }
  close(fd);
  return fine;
}

/* ---- verifying ---- */

/* Does the chain have it? */
static bool check_head(sqlite3 *db, const char *path, unsigned number, const AuditHead *head,
                       GError **error) {
  if (head->seq == 0)
    return true;
  g_autoptr(Statement) row =
      db_prepare(db, "select hash from audit_record where seq = :seq", error);
  if (!row)
    return false;
  statement_int(row, ":seq", head->seq);
  int result = statement_step(row, error);
  if (result == SQLITE_ERROR)
    return false;
  if (result == SQLITE_DONE)
    return store_invalid(error,
                         "%s: line %u: audit record %" G_GINT64_FORMAT
                         " is missing: the record was cut short, or an older database put in place",
                         path, number, head->seq);
  return strcmp(column_text(row, 0), head->hash) == 0 ||
         store_invalid(error, "%s: line %u: audit record %" G_GINT64_FORMAT " is another one now",
                       path, number, head->seq);
}

static bool check_line(const char *path, const AuditKey *key, const char *text, unsigned number,
                       const char *previous, Line *line, GError **error) {
  if (!parse_line(text, line))
    return store_invalid(error, "%s: line %u is no head", path, number);
  g_autofree char *said = g_strndup(text, (gsize)(line->signature - text));
  if (!audit_key_signed(key, said, line->signature))
    return store_invalid(error, "%s: line %u is not signed by this key", path, number);
  return strcmp(line->previous, previous) == 0 ||
         store_invalid(error, "%s: line %u does not follow the one before: a line was taken out",
                       path, number);
}

bool audit_heads_verify(const char *path, const AuditKey *key, sqlite3 *db, AuditHeads *heads,
                        GError **error) {
  *heads = (AuditHeads){0};
  g_auto(GStrv) texts = read_lines(path, error);
  if (!texts)
    return false;
  unsigned count = g_strv_length(texts);
  g_autofree Line *lines = g_new0(Line, count + 1);
  g_autofree char *previous = g_strdup(no_line);
  for (unsigned i = 0; i < count; i++) {
    if (!check_line(path, key, texts[i], i + 1, previous, &lines[i], error))
      return false;
    g_free(previous);
    previous = g_compute_checksum_for_string(G_CHECKSUM_SHA256, texts[i], -1);
  }
  int64_t void_from = INT64_MAX; /* of the restores behind */
  for (unsigned i = count; i > 0; i--) {
    const Line *line = &lines[i - 1];
    if (line->head.seq >= void_from)
      heads->voids++;
    else if (!check_head(db, path, i, &line->head, error))
      return false;
    heads->restores += line->restore;
    void_from = line->restore ? MIN(void_from, line->head.seq) : void_from;
  }
  heads->lines = count;
  if (count > 0) {
    heads->last = lines[count - 1].head;
    heads->last_ms = lines[count - 1].at_ms;
  }
  return true;
}
