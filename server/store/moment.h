/* A point in time on both clocks, with the boot that the monotonic one belongs to. Durations are
 * differences of mono_us within one boot, so that wall-clock jumps do not count. Any thread. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t wall_ms; /* UTC */
  int64_t mono_us;
  const char *boot; /* the kernel's boot id; static */
} Moment;

Moment moment_now(void);
/* As the HTTP API writes it: null when it is not known. A new reference. */
json_t *json_time(bool known, int64_t value_ms);
/* The kernel's id of this boot (/proc/sys/kernel/random/boot_id); static. */
const char *moment_boot(void);
