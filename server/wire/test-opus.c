#include "wire/opus.h"

#include <glib.h>
#include <string.h>

static OpusActivity activity(const char *hex) {
  uint8_t bytes[64];
  size_t len = strlen(hex) / 2;
  g_assert_cmpuint(len, <=, sizeof bytes);
  for (size_t i = 0; i < len; i++)
    bytes[i] =
        (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
  return opus_activity(bytes, len);
}

/* TOC bytes: configuration << 3 | stereo << 2 | code. */
static const struct {
  const char *what, *hex;
  OpusActivity activity;
} cases[] = {
    {"nothing", "", OPUS_UNKNOWN},
    {"DTX: the head alone", "48", OPUS_SILENT},
    {"DTX: two bytes", "4880", OPUS_SILENT},
    {"SILK wide band 20 ms, voice", "48800000", OPUS_VOICE},
    {"SILK wide band 20 ms, none", "487fffff", OPUS_SILENT},
    {"SILK 10 ms: one flag", "40400000", OPUS_SILENT},
    {"SILK 40 ms: the second half is voice", "50400000", OPUS_VOICE},
    {"SILK 40 ms: LBRR alone is no voice", "50200000", OPUS_SILENT},
    {"SILK 60 ms: the last third is voice", "58200000", OPUS_VOICE},
    {"SILK 60 ms: none", "581fffff", OPUS_SILENT},
    {"hybrid 20 ms, voice", "78800000", OPUS_VOICE},
    {"hybrid 20 ms, none", "78000000", OPUS_SILENT},
    {"stereo: the middle channel's flag", "4c800000", OPUS_VOICE},
    {"CELT does not tell", "f8800000", OPUS_UNKNOWN},
    {"CELT of two bytes is DTX all the same", "f880", OPUS_SILENT},
    {"two frames of one size", "49800000aabbcc", OPUS_VOICE},
    {"two frames of one byte", "498000", OPUS_VOICE},
    {"two frames of one size, an odd byte", "49800000", OPUS_UNKNOWN},
    {"two frames, the first of 2 bytes", "4a028000aabbcc", OPUS_VOICE},
    {"two frames, the first empty", "4a00ffff", OPUS_SILENT},
    {"two frames, the first too long", "4a098000", OPUS_UNKNOWN},
    {"a length of two bytes, cut", "4aff80", OPUS_UNKNOWN},
    {"three frames of one size", "4b03800000", OPUS_VOICE},
    {"three frames of their own sizes", "4b83010280aabbcc", OPUS_VOICE},
    {"three frames, lengths beyond the end", "4b830902801122", OPUS_UNKNOWN},
    {"padding of one byte", "4b410180000000", OPUS_VOICE},
    {"padding beyond the end", "4b41ff80000000", OPUS_UNKNOWN},
    {"no frames", "4b008000", OPUS_UNKNOWN},
    {"one frame, its own size", "4b8180aa", OPUS_VOICE},
};

static void test_cases(void) {
  for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++)
    if (activity(cases[i].hex) != cases[i].activity)
      g_error("%s: %d", cases[i].what, activity(cases[i].hex));
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/opus/cases", test_cases);
  return g_test_run();
}
