#include "store/moment.h"

#include <glib.h>

#include "base/clock.h"

static char *read_boot(void) {
  char *boot = NULL;
  if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL))
    return g_strdup("unknown");
  return g_strstrip(boot);
}

const char *moment_boot(void) {
  static gsize boot;
  if (g_once_init_enter(&boot))
    g_once_init_leave(&boot, (gsize)read_boot());
  return (const char *)boot;
}

Moment moment_now(void) {
  return (Moment){clock_wall_ms(), clock_mono_us(), moment_boot()};
}

json_t *json_time(bool known, int64_t value_ms) {
  return known ? json_integer(value_ms) : json_null();
}
