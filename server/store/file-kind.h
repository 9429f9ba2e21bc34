/* What a file is, by its content: its name and what a browser says of it count for nothing. Only
 * the kinds that records may have attached are known (systems.md 1.4); what is none of them is
 * refused.
 *
 * Containers are looked into as far as their directory: of a ZIP that says whether it is an office
 * document, an OFD (GB/T 33190) or just a ZIP, of an OLE2 file which office program wrote it.
 * Nothing is unpacked. Any thread; reads the descriptor by position. Sources: ISO 32000 7.5.2,
 * APPNOTE.TXT 6.3.3 sections 4.3.12 and 4.3.16, [MS-CFB] 2.2 and 2.6.1, ISO/IEC 14496-12 4.3. */
#pragma once

#include <stdint.h>

typedef struct {
  const char *mime;
  const char *extensions; /* that its names may end with, separated by blanks; the first is usual */
} FileKind;

/* NULL: none of them, or it cannot be read. Constant. */
const FileKind *file_kind(int fd, uint64_t size);

/* The name as it may be shown and saved: the last part of a path, without control characters, at
 * most 120 characters, ending as files of the kind do. Free with g_free. */
char *file_kind_name(const FileKind *kind, const char *name);
