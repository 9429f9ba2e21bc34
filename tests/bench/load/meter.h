/* From mark to mark: what the participants counted, beside what the server's process and our own
 * used meanwhile. Zeroed at first but for server_pid; embedded. */
#pragma once

#include "process.h"
#include "stage.h"

typedef struct {
  int server_pid; /* 0: is not measured */
  int64_t marked_us, overflows;
  ProcessUse server, own;
} Meter;

/* Free what is returned. */
json_t *meter_mark(Meter *meter, Stage *stage);
