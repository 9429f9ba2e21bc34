#include "process.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned entries_of(int pid, const char *what) {
  char path[64];
  g_snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
  GDir *folder = g_dir_open(path, 0, NULL);
  unsigned count = 0;
  while (folder && g_dir_read_name(folder))
    count++;
  if (folder)
    g_dir_close(folder);
  return count;
}

/* The first number of a file of /proc, and its first word in word when that is wanted. */
static int64_t read_number(const char *path, char *word, size_t size) {
  char line[128] = "";
  FILE *file = fopen(path, "re");
  if (!file)
    return 0;
  if (!fgets(line, sizeof line, file))
    line[0] = 0;
  fclose(file);
  if (word)
    g_strlcpy(word, g_strchomp(line), size);
  return g_ascii_strtoll(line, NULL, 10);
}

ProcessUse process_use(int pid) {
  ProcessUse use = {.descriptors = entries_of(pid, "fd")};
  char path[96], name[32];
  g_snprintf(path, sizeof path, "/proc/%d/task", pid);
  GDir *tasks = g_dir_open(path, 0, NULL);
  for (const char *task; tasks && (task = g_dir_read_name(tasks)); use.threads++) {
    g_snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task);
    int64_t ns = read_number(path, NULL, 0);
    g_snprintf(path, sizeof path, "/proc/%d/task/%s/comm", pid, task);
    read_number(path, name, sizeof name);
    use.cpu_ns += ns;
    if (g_str_has_prefix(name, "media"))
      use.media_ns += ns;
  }
  if (tasks)
    g_dir_close(tasks);
  g_snprintf(path, sizeof path, "/proc/%d/statm", pid);
  char line[64] = "";
  int64_t pages = 0;
  read_number(path, line, sizeof line);
  if (sscanf(line, "%*s %" SCNd64, &pages) == 1)
    use.memory_kib = pages * sysconf(_SC_PAGESIZE) / 1024;
  return use;
}

json_t *process_json(const ProcessUse *before, const ProcessUse *after, double seconds) {
  double all = (double)(after->cpu_ns - before->cpu_ns) / 1e9;
  double media = (double)(after->media_ns - before->media_ns) / 1e9;
  return json_pack("{s:f, s:f, s:f, s:i, s:i, s:I}", "cpu_s", all, "media_cpu_s", media, "cores",
                   seconds > 0 ? all / seconds : 0, "threads", (int)after->threads, "descriptors",
                   (int)after->descriptors, "memory_kib", (json_int_t)after->memory_kib);
}

int64_t process_udp_overflows(void) {
  FILE *file = fopen("/proc/net/snmp", "re");
  char line[256];
  int64_t in = 0, out = 0;
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Udp: %*d %*d %*d %*d %" SCNd64 " %" SCNd64, &in, &out) == 2)
      break;
  if (file)
    fclose(file);
  return in + out;
}
