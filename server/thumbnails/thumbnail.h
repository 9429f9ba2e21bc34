/* A small picture of a picture that somebody sent (JPEG or PNG): turned upright as its EXIF says,
 * at most THUMBNAIL_SIDE pixels long, on white where it was transparent, as a JPEG that has the
 * pixels and nothing else: neither where it was taken nor by which camera.
 *
 * What comes, comes from anywhere: its size is looked at before a pixel is decoded, and large JPEGs
 * are decoded small. Works on memory by GDK-PixBuf, opens nothing. One thread. */
#pragma once

#include <glib.h>
#include <stddef.h>

#define THUMBNAIL_SIDE 512
/* Of what is decoded: what telephones make today (108 megapixels), and no more than a process can
 * hold, at four bytes each, before it is made small. */
#define THUMBNAIL_PIXELS_MOST 110000000

typedef enum {
  THUMBNAIL_FINE,
  THUMBNAIL_UNREADABLE, /* neither of the two, or damaged */
  THUMBNAIL_TOO_LARGE,  /* more pixels than the bound above */
} ThumbnailFault;

/* Appends the JPEG to out. */
ThumbnailFault thumbnail_make(const void *bytes, size_t size, GByteArray *out);

/* Before the process is locked in: what the library would otherwise load when it needs it. */
void thumbnail_prepare(void);
