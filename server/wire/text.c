#include "wire/text.h"

#include <string.h>

bool text_is(Text text, const char *word) {
  return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

Text text_cut(Text *rest, char separator) {
  const char *end = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
  Text part = {rest->at, end ? (size_t)(end - rest->at) : rest->len};
  size_t used = part.len + (end ? 1 : 0);
  rest->at += used;
  rest->len -= used;
  return part;
}

Text text_word(Text *rest) {
  while (rest->len && *rest->at == ' ') {
    rest->at++;
    rest->len--;
  }
  return text_cut(rest, ' ');
}

bool text_copy(Text text, char *out, size_t size) {
  if (text.len >= size)
    return false;
  memcpy(out, text.at, text.len);
  out[text.len] = '\0';
  return true;
}

bool text_number(Text text, uint32_t max, uint32_t *value) {
  uint64_t sum = 0;
  if (text.len == 0 || text.len > 10)
    return false;
  for (size_t i = 0; i < text.len; i++) {
    if (text.at[i] < '0' || text.at[i] > '9')
      return false;
    sum = sum * 10 + (uint64_t)(text.at[i] - '0');
  }
  *value = (uint32_t)sum;
  return sum <= max;
}

bool text_consists_of(Text text, const char *also) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.at[i];
    bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!alphanumeric && (c == '\0' || strchr(also, c) == NULL))
      return false;
  }
  return text.len > 0;
}
