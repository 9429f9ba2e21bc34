#include "ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "proven.h"
#include "store/audit.h"
#include "store/statement.h"

static bool parse_head(const char *text, AuditHead *head) {
  const char *colon = strchr(text, ':');
  if (!colon || strlen(colon + 1) != 64)
    return false;
  g_autofree char *number = g_strndup(text, (gsize)(colon - text));
  gint64 seq = 0;
  if (!g_ascii_string_to_signed(number, 10, 1, G_MAXINT64, &seq, NULL))
    return false;
  head->seq = seq;
  g_strlcpy(head->hash, colon + 1, sizeof head->hash);
  return true;
}

static int audit_file(const Config *config, char **argv) {
  const char *path = NULL, *proof = NULL, *key = NULL;
  const CtlOption options[] = {{"--proof", &proof, NULL}, {"--key", &key, NULL}};
  if (!ctl_parse(argv, options, G_N_ELEMENTS(options), &path))
    return CTL_USAGE;
  if (!path)
    return ctl_usage("audit file wants a file");
  if (key && !proof)
    return ctl_usage("--key is of a --proof");
  char sha256[DIGEST_SIZE];
  uint64_t bytes;
  if (!digest_path(path, sha256, &bytes)) {
    fprintf(stderr, "yishictl: %s: %s\n", path, g_strerror(errno));
    return EXIT_FAILURE;
  }
  g_autoptr(GError) error = NULL;
  if (proof)
    return proven_by_page(config, proof, key, sha256, &error) ? EXIT_SUCCESS : ctl_fail(error);
  sqlite3 *db = ctl_open(config, &error);
  int found =
      db && audit_verify(db, NULL, NULL, &error) ? proven_by_record(db, sha256, &error) : -1;
  db_close(db);
  if (found < 0)
    return ctl_fail(error);
  if (found == 0)
    fprintf(stderr, "yishictl: no file of exactly these bytes left here (SHA-256 %s)\n", sha256);
  return found > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int ctl_audit(const Config *config, char **argv) {
  const char *noted = NULL;
  const CtlOption options[] = {{"--head", &noted, NULL}};
  AuditHead known, head;
  if (g_strcmp0(*argv, "file") == 0)
    return audit_file(config, argv + 1);
  if (g_strcmp0(*argv, "verify") != 0)
    return ctl_usage("audit wants verify or file");
  if (!ctl_parse(argv + 1, options, G_N_ELEMENTS(options), NULL))
    return CTL_USAGE;
  if (noted && !parse_head(noted, &known))
    return ctl_usage("--head wants SEQ:HASH as an earlier verify printed it");
  g_autoptr(GError) error = NULL;
  sqlite3 *db = ctl_open(config, &error);
  bool fine = db && audit_verify(db, noted ? &known : NULL, &head, &error);
  db_close(db);
  if (!fine)
    return ctl_fail(error);
  printf("%" G_GINT64_FORMAT " records, the chain is whole\nhead %" G_GINT64_FORMAT ":%s\n",
         head.seq, head.seq, head.hash);
  return EXIT_SUCCESS;
}
