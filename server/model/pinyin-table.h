/* What pinyin-table.c makes. Constant data. */
#pragma once

#include <stdint.h>

typedef struct {
  uint32_t character;
  char reading[7];
} PinyinHead;

extern const char pinyin_readings[][7]; /* from U+4E00 to U+9FFF; "": none is known */
extern const PinyinHead pinyin_heads[]; /* of the heads of names; ends with character 0 */
