/* Stands in for libFuzzer where it is not built in: runs every file of the folders it is given
 * through LLVMFuzzerTestOneInput once and prints TAP. An input that once broke something is kept in
 * the corpus, so this is the regression test of each parser. A crash ends the plan early, which TAP
 * counts as a failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int is_input(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

/* In a block of exactly the file's size, so that a sanitizer sees a byte too far. */
static uint8_t *load(const char *folder, const char *name, size_t *len) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "rb");
  if (file == NULL)
    return NULL;
  uint8_t *data = NULL;
  long size = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  if (size >= 0) {
    rewind(file);
    *len = (size_t)size;
    data = malloc(*len ? *len : 1);
    if (data && fread(data, 1, *len, file) != *len) {
      free(data);
      data = NULL;
    }
  }
  fclose(file);
  return data;
}

int main(int argc, char **argv) {
  int number = 0, failed = 0;
  for (int i = 1; i < argc; i++) {
    struct dirent **entries;
    int count = scandir(argv[i], &entries, is_input, alphasort);
    if (count <= 0) { /* an empty corpus would be a test that cannot fail */
      printf("not ok %d - %s holds no inputs\n", ++number, argv[i]);
      failed++;
      continue;
    }
    for (int e = 0; e < count; e++) {
      size_t len;
      uint8_t *data = load(argv[i], entries[e]->d_name, &len);
      if (data)
        LLVMFuzzerTestOneInput(data, len);
      else
        failed++;
      printf("%s %d - %s\n", data ? "ok" : "not ok", ++number, entries[e]->d_name);
      fflush(stdout);
      free(data);
      free(entries[e]);
    }
    free(entries);
  }
  printf("1..%d\n", number);
  return failed || number == 0;
}
