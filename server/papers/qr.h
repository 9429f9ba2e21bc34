/* A text as a QR code (ISO/IEC 18004, by libqrencode), as a PNG of one bit a pixel. Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define QR_TEXT_MOST 300 /* bytes; what a telephone still reads off a badge */

/* NULL: the text is empty or too long. */
GByteArray *qr_png(const char *text);
