/* Makes the table of pinyin.c when the server is built: for each character of the block "CJK
 * Unified Ideographs" how it is read, without its tone, ü as v; and which are read otherwise at the
 * head of a name (单 shan, 仇 qiu). The readings are CLDR's, which ICU has as the transliterations
 * Han-Latin and Han-Latin/Names; its rules take a second to load, which is why the server does not
 * use it itself.
 *
 *   pinyin-table FILE */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

enum { FIRST = 0x4e00, LAST = 0x9fff, READING_MOST = 6 };

static void must(UErrorCode code, const char *what) {
  if (U_SUCCESS(code))
    return;
  fprintf(stderr, "%s: %s\n", what, u_errorName(code));
  exit(EXIT_FAILURE);
}

static UTransliterator *open_rules(const char *name) {
  UErrorCode code = U_ZERO_ERROR;
  UChar id[40];
  u_uastrcpy(id, name);
  UTransliterator *rules = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
  must(code, name);
  return rules;
}

/* ASCII letters; "" when it has no reading. */
static void read_character(const UTransliterator *rules, UChar character, char *reading) {
  UErrorCode code = U_ZERO_ERROR;
  UChar text[32] = {character};
  int32_t length = 1, limit = 1;
  char *to = reading;
  utrans_transUChars(rules, text, &length, 32, 0, &limit, &code);
  must(code, "a character");
  for (int32_t i = 0; i < length && to - reading < READING_MOST; i++) {
    if (text[i] == 0x308) /* of ü, apart from its letter */
      to[-1] = 'v';
    else if (text[i] >= 'a' && text[i] <= 'z')
      *to++ = (char)text[i];
  }
  *to = 0;
}

int main(int argc, char **argv) {
  FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
  if (!out)
    return EXIT_FAILURE;
  /* What a letter carries comes apart, and what is not an ü's is dropped. */
  UTransliterator *plain = open_rules("Han-Latin; Lower; NFD");
  UTransliterator *names = open_rules("Han-Latin/Names; Lower; NFD");
  char reading[READING_MOST + 1], head[READING_MOST + 1];
  fputs("#include \"model/pinyin-table.h\"\n\nconst char pinyin_readings[][7] = {\n", out);
  for (int c = FIRST; c <= LAST; c++) {
    read_character(plain, (UChar)c, reading);
    fprintf(out, "\"%s\",%s", reading, c % 8 == 7 ? "\n" : "");
  }
  fputs("};\nconst PinyinHead pinyin_heads[] = {\n", out);
  for (int c = FIRST; c <= LAST; c++) {
    read_character(plain, (UChar)c, reading);
    read_character(names, (UChar)c, head);
    if (strcmp(reading, head) != 0)
      fprintf(out, "{0x%x, \"%s\"},\n", c, head);
  }
  fputs("{0, \"\"}};\n", out);
  utrans_close(plain);
  utrans_close(names);
  return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
