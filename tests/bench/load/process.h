/* What a process has used, from /proc: the server's, to stand beside what the participants counted,
 * and our own, because the two share the machine. */
#pragma once

#include <jansson.h>

typedef struct {
  int64_t cpu_ns, media_ns; /* of all threads now there; of those named media… */
  unsigned threads, descriptors;
  int64_t memory_kib; /* resident */
} ProcessUse;

/* All 0 when there is no such process. */
ProcessUse process_use(int pid);
/* Between two, over so many seconds. */
json_t *process_json(const ProcessUse *before, const ProcessUse *after, double seconds);
/* Datagrams that found a full socket, either way, in this network namespace. */
int64_t process_udp_overflows(void);
